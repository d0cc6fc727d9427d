#!/bin/sh
# Which lines and branches the tests reach, by module. Needs `rustup component add llvm-tools`; takes its time.
set -eu

target=${CARGO_TARGET_DIR:-target}/coverage
tools=$(dirname "$(find "$(rustc --print sysroot)" -name llvm-profdata | head -n 1)")
[ -x "$tools/llvm-profdata" ] || {
    echo "llvm-profdata is missing: rustup component add llvm-tools" >&2
    exit 1
}

rm -rf "$target/profiles"
# Stable compilers can count branches too; they only do not promise to go on.
export RUSTC_BOOTSTRAP=1 RUSTFLAGS="-C instrument-coverage -Z coverage-options=branch"
export CARGO_TARGET_DIR="$target" LLVM_PROFILE_FILE="$target/profiles/%p-%m.profraw"
# One that fails because everything is slower does not hold up the rest.
cargo test --no-fail-fast --lib --test scripted --test inbound --test vectors --test threaded --test socks5 \
    --test null_arguments --test websocket --test tls --test c_programs --test srv --test transports --test diagnostics \
    --test embedded_broker --test threads || true

"$tools/llvm-profdata" merge -sparse "$target"/profiles/*.profraw -o "$target/all.profdata"
# shellcheck disable=SC2012 # names without surprises
tests=$(ls -t "$target"/debug/deps/mosquitto-* | grep -v '\.d$' | head -n 1)
"$tools/llvm-cov" report -instr-profile="$target/all.profdata" -object "$target/debug/deps/libmosquitto.so" \
    -object "$tests" --ignore-filename-regex='(/tests|tests\.rs|registry|rustlib|/rustc/)' |
    awk '$1 ~ /\.rs$/ {
            module = $1; sub(/.*src\//, "", module); sub(/\/.*/, "", module)
            lines[module] += $8; unseen[module] += $9; branches[module] += $11; untaken[module] += $12
            lines["all"] += $8; unseen["all"] += $9; branches["all"] += $11; untaken["all"] += $12
        }
        function share(all, missed) { return all ? 100 - 100 * missed / all : 100 }
        END {
            for (module in lines) printf "%-14s %6d lines %5.1f %%  %6d branches %5.1f %%\n", module, lines[module],
                share(lines[module], unseen[module]), branches[module], share(branches[module], untaken[module])
        }' | sort
