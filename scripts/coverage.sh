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
# One that fails because everything is slower does not hold up the rest. A program with the rights of another user may not
# write down what it has reached.
cargo test --no-fail-fast --lib --test scripted --test inbound --test vectors --test threaded --test socks5 \
    --test null_arguments --test websocket --test tls --test c_programs --test srv --test transports --test diagnostics \
    --test embedded_broker --test threads -- --skip setuid || true

"$tools/llvm-profdata" merge -sparse "$target"/profiles/*.profraw -o "$target/all.profdata"
# shellcheck disable=SC2012 # names without surprises
tests=$(ls -t "$target"/debug/deps/mosquitto-* | grep -v '\.d$' | head -n 1)
"$tools/llvm-cov" export -format=lcov -instr-profile="$target/all.profdata" -object "$target/debug/deps/libmosquitto.so" \
    -object "$tests" --ignore-filename-regex='(/tests|tests\.rs|registry|rustlib|/rustc/)' >"$target/all.lcov"
# The tests that stand at the end of a file do not count.
awk -F '[:,]' '
    function count(what, taken) {
        all[what, module] += 1; reached[what, module] += taken
        all[what, "all"] += 1; reached[what, "all"] += taken
    }
    function share(what) {
        return sprintf("%6d %s %5.1f %%", all[what, module], what,
            all[what, module] ? 100 * reached[what, module] / all[what, module] : 100)
    }
    /^SF:/ {
        end = 1e9; number = 0
        while ((getline line < $2) > 0) {
            number++
            if (line ~ /^mod tests \{/) end = number
        }
        close($2)
        module = $2; sub(/.*src\//, "", module); sub(/\/.*/, "", module)
        modules[module]
    }
    /^DA:/ && $2 < end { count("lines", $3 > 0) }
    /^BRDA:/ && $2 < end { count("branches", $5 + 0 > 0) }
    END {
        modules["all"]
        for (module in modules) printf "%-12s %s  %s\n", module, share("lines"), share("branches")
    }' "$target/all.lcov" | sort
