#!/bin/sh
# The tests with AddressSanitizer, its leak check and UndefinedBehaviorSanitizer: `sanitizers.sh [rust|c|python]...`, by
# default all. Library and tests are built with the first, C programs with both.
#
# The programs of tests/faults.rs are not here: their shim has a malloc of its own, so valgrind looks at them.
set -eu

cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}/asan
mkdir -p "$target"
target=$(cd "$target" && pwd)
triple=$(rustc -vV | sed -n 's/^host: //p')

# Stable compilers can do it too; they only do not promise to go on.
export CARGO_TARGET_DIR="$target" RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address -Clink-arg=-rdynamic"
# Local variables stay where they are: the client tells frames on the stack apart by their addresses. Some programs have a
# shim in front of everything.
ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=0:strict_string_checks=1:verify_asan_link_order=0:exitcode=66
export ASAN_OPTIONS
export UBSAN_OPTIONS=print_stacktrace=1
export MOSQUITTO_TEST_SANITIZERS=address,undefined MOSQUITTO_TEST_LIBRARY=ours
MOSQUITTO_TEST_PRELOAD=$(cc -print-file-name=libasan.so)
export MOSQUITTO_TEST_PRELOAD

run() {
    echo "== $*"
    cargo test --target "$triple" --no-fail-fast "$@"
}

# Python with the library. Interpreter and brokers leave memory behind on their own: what counts is what has the library
# on its stack, so all is written down and looked through.
python() {
    reports=$target/python-reports
    rm -rf "$reports"
    mkdir "$reports"
    (
        cd python
        export MOSQUITTO_LIBRARY="$target/$triple/debug/libmosquitto.so" LD_PRELOAD="$MOSQUITTO_TEST_PRELOAD"
        export ASAN_OPTIONS="$ASAN_OPTIONS:exitcode=0:fast_unwind_on_malloc=0:log_path=$reports/report"
        export PYTHONMALLOC=malloc PYTHONDONTWRITEBYTECODE=1
        exec env --default-signal=INT python3 "$@"
    ) || return 1
    found=0
    for report in "$reports"/*; do
        [ -e "$report" ] || break
        awk -v RS= '/ERROR: AddressSanitizer/ || /leak of/ && /libmosquitto/ { print; found = 1 } END { exit found }' \
            "$report" || found=1
    done
    return $found
}

# Loses a list of properties, which is the program's mistake, to see that it would be noticed.
loss='
from ctypes import byref, c_void_p
from mosquitto._library import lib
for _ in range(10):
    head = c_void_p()
    lib.property_add_string(byref(head), 3, b"lost")
'

[ $# -gt 0 ] || set -- rust c python
for part; do
    case $part in
    rust)
        # The frames of functions that were built with it are larger than the client takes any frame to be.
        run --lib -- --skip frames_know_their_order
        run --test scripted --test inbound --test vectors --test threaded --test socks5 --test websocket \
            --test tls --test srv --test transports --test real_broker --test embedded_broker
        ;;
    c)
        # Not what runs them under valgrind, which does that for itself.
        run --test c_programs --test threads --test null_arguments -- --skip valgrind
        ;;
    python)
        echo "== the tests of the Python module"
        cargo build --target "$triple" --lib
        if python -c "$loss" >/dev/null; then
            echo "a loss was not noticed" >&2
            exit 1
        fi
        # Not those that build a library of their own, or use valgrind.
        modules=$(cd python/tests && ls test_*.py | grep -v -e wheel -e valgrind | sed 's/\.py$//; s/^/tests./')
        # shellcheck disable=SC2086 # one word each
        python -m unittest $modules
        ;;
    *) echo "sanitizers.sh: $part: neither rust nor c nor python" >&2 && exit 1 ;;
    esac
done
