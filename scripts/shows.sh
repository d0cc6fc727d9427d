#!/bin/sh
# Counts what can be counted exactly: system calls per message on this library and on the distribution's, and what the
# tests say of themselves: rows, programs, cases, lines of unsafe code. Times are not measured here; they need a quiet machine.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
unset LD_LIBRARY_PATH
export LC_ALL=C
scripts/install-test-needs.sh

target=${CARGO_TARGET_DIR:-target}
work=$(mktemp -d)
broker=
clean_up() {
    [ -z "$broker" ] || { kill "$broker" && wait "$broker"; } 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

die() {
    echo "$*" >&2
    exit 1
}

wait_for() { # file, pattern: until a line of the file matches
    tries=0
    until grep -qs "$2" "$1"; do
        tries=$((tries + 1))
        [ $tries -le 400 ] || die "waited 20 seconds in vain for '$2' in $1: $(cat "$1")"
        sleep 0.05
    done
}

start_broker() { # on a free port
    for port in 21883 22883 23883 24883 25883 26883 27883 28883; do
        printf 'listener %s 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n' $port >"$work/conf"
        : >"$work/broker"
        mosquitto -c "$work/conf" >>"$work/broker" 2>&1 &
        broker=$!
        wait_for "$work/broker" 'running\|Error'
        grep -q running "$work/broker" && return
        broker=
    done
    die "no broker could be started: $(cat "$work/broker")"
}

# The two libraries, each under the name that programs ask for.
theirs=$(cc -print-file-name=libmosquitto.so.1)
[ -e "$theirs" ] || die "the distribution's libmosquitto.so.1 is not installed"
cargo build --release --lib --quiet
mkdir "$work/ours" "$work/theirs"
cp "$target/release/libmosquitto.so" "$work/ours/libmosquitto.so.1"
cp "$theirs" "$work/theirs/libmosquitto.so.1"
# Linked with the older one: what it lacks is not used.
cc -O2 -Wall -Wextra benches/burst.c "$work/theirs/libmosquitto.so.1" -pthread -o "$work/burst"
start_broker

counted() { # library, mode, count: runs burst under strace, leaves "calls name" lines in $work/calls
    : >"$work/out" # before the background job does: what the last run printed must not be waited for
    LD_LIBRARY_PATH="$work/$1" timeout 120 strace -f -qq -c -U calls,name -o "$work/strace" \
        "$work/burst" "$2" "$3" "$port" <&3 >"$work/out" 2>"$work/err" &
    traced=$!
    case $2-$3 in
    receive*-0) ;;
    receive*)
        wait_for "$work/out" ready
        : >"$work/broker"
        LD_LIBRARY_PATH="$work/theirs" timeout 120 "$work/burst" publish-start "$3" "$port"
        wait_for "$work/broker" disconnected # the publisher: all messages are through
        ;;
    esac
    [ "$2" != receive-late ] || echo >&3
    wait $traced || die "burst $2 on $1 failed: $(cat "$work/err")"
    awk '$1 ~ /^[0-9]+$/ && $2 != "total"' "$work/strace" >"$work/calls"
}

# What COUNT messages cost beyond connecting and disconnecting, per message: all calls, and the three most frequent.
per_message() { # library, mode, count
    counted "$1" "$2" 0
    mv "$work/calls" "$work/base"
    counted "$1" "$2" "$3"
    awk 'FNR == NR { base[$2] = $1; next } { print $1 - base[$2], $2 }' "$work/base" "$work/calls" |
        sort -rn | awk -v n="$3" '{ all += $1 } NR <= 3 && $1 > 0 { most = most sprintf("  %.4f %s", $1 / n, $2) }
            END { printf "%8.4f %s\n", all / n, most }'
}

mkfifo "$work/go"
exec 3<>"$work/go"
echo "== System calls per message, all and the most frequent (strace -f -c; modes: see benches/burst.c)"
for what in "publish 1000" "publish-start 1000" "publish-callback 1000" "receive 100000" "receive-late 100000"; do
    set -- $what
    for library in ours theirs; do
        printf '%-17s %6s  %-7s' "$1" "$2" $library
        per_message $library "$1" "$2"
    done
done

echo "== The tests, on the release library"
MOSQUITTO_TEST_FILE=$(realpath "$target/release/libmosquitto.so") \
    cargo test --no-fail-fast --tests -- --nocapture --test-threads=1 >"$work/tests" 2>&1 && failed=no || failed=yes
echo "C and C++ programs: $(find c_tests -name '*.c' -o -name '*.cpp' | wc -l)"
# What the tests print about themselves: rows, cases, lines of unsafe code; then their results.
sed 's/^test .* \.\.\. //' "$work/tests" | grep -E '^(total|rows|files|lines with|cases|programs|valgrind)[ :]' || true
grep '^test result' "$work/tests" | awk '{ passed += $4; failed += $6; ignored += $8 }
    END { print "tests passed: " passed ", failed: " failed ", ignored: " ignored }'
[ $failed = no ] || die "Some tests failed; see make test."
