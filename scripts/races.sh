#!/bin/sh
# The thread programs (c_tests/threads/) under race detectors: `races.sh [thread-sanitizer|helgrind|drd]...`, by default
# all three. RACE_CALLS says how many calls each of eight threads makes (default 1,000).
#
# ThreadSanitizer sees everything, the standard library too, which is built anew for it from its source (the component
# rust-src of rustup); without that it is passed over. helgrind and DRD know only the locks of the C library, so they get a
# library that uses those.
set -eu

cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
target=$(cd "$target" && pwd)

run() {
    echo "== $RACE_DETECTOR"
    cargo test --test threads a_race_detector -- --nocapture
}

thread_sanitizer() {
    triple=$(rustc -vV | sed -n 's/^host: //p')
    sysroot=$(rustc --print sysroot)
    if [ ! -d "$sysroot/lib/rustlib/src/rust/library" ] && ! rustup component add rust-src; then
        echo "no source of the standard library: ThreadSanitizer passed over (rustup component add rust-src)"
        return
    fi
    # Stable compilers can do it too; they only do not promise to go on.
    CARGO_TARGET_DIR=$target/tsan RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=thread \
        cargo build -Zbuild-std --target "$triple" --lib
    runtime=$(echo "$sysroot/lib/rustlib/$triple/lib/"librustc-*_rt.tsan.a)
    export RACE_DETECTOR=thread-sanitizer SANITIZER_RUNTIME="$runtime"
    export MOSQUITTO_TEST_FILE="$target/tsan/$triple/debug/libmosquitto.so"
    run
    unset SANITIZER_RUNTIME
}

valgrind_tool() {
    CARGO_TARGET_DIR=$target/pthread RUSTFLAGS="--cfg pthread_locks" cargo build --lib
    export RACE_DETECTOR="$1" MOSQUITTO_TEST_FILE="$target/pthread/debug/libmosquitto.so"
    run
}

[ $# -gt 0 ] || set -- thread-sanitizer helgrind drd
for detector; do
    case $detector in
    thread-sanitizer) thread_sanitizer ;;
    helgrind | drd) valgrind_tool "$detector" ;;
    *) echo "races.sh: $detector: neither thread-sanitizer nor helgrind nor drd" >&2 && exit 1 ;;
    esac
done
