#!/bin/sh
# Which lines and regions the tests reach, by module. Needs `rustup component add llvm-tools`; takes its time.
set -eu

target=${CARGO_TARGET_DIR:-target}/coverage
tools=$(dirname "$(find "$(rustc --print sysroot)" -name llvm-profdata | head -n 1)")
[ -x "$tools/llvm-profdata" ] || {
    echo "llvm-profdata is missing: rustup component add llvm-tools" >&2
    exit 1
}

rm -rf "$target/profiles"
export CARGO_TARGET_DIR="$target" RUSTFLAGS="-C instrument-coverage" LLVM_PROFILE_FILE="$target/profiles/%p-%m.profraw"
# One that fails because everything is slower does not hold up the rest.
cargo test --no-fail-fast --lib --test scripted --test inbound --test vectors --test threaded --test socks5 \
    --test null_arguments --test websocket --test tls --test c_programs || true

"$tools/llvm-profdata" merge -sparse "$target"/profiles/*.profraw -o "$target/all.profdata"
# shellcheck disable=SC2012 # names without surprises
tests=$(ls -t "$target"/debug/deps/mosquitto-* | grep -v '\.d$' | head -n 1)
"$tools/llvm-cov" report -instr-profile="$target/all.profdata" -object "$target/debug/deps/libmosquitto.so" \
    -object "$tests" --ignore-filename-regex='(/tests|tests\.rs|registry|rustlib|/rustc/)' |
    awk '$1 ~ /\.rs$/ {
            module = $1; sub(/.*src\//, "", module); sub(/\/.*/, "", module)
            regions[module] += $2; missed[module] += $3; lines[module] += $8; unseen[module] += $9
            regions["all"] += $2; missed["all"] += $3; lines["all"] += $8; unseen["all"] += $9
        }
        END {
            for (module in lines) printf "%-14s %6d lines %5.1f %%  %6d regions %5.1f %%\n", module, lines[module],
                100 - 100 * unseen[module] / lines[module], regions[module], 100 - 100 * missed[module] / regions[module]
        }' | sort
