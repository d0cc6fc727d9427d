#!/bin/sh
# A C publisher and a C subscriber, compiled against include/ and linked with our library, exchange messages of QoS 0, 1
# and 2 through the small broker of the tests. Needs what building needs, nothing else.
set -eu
cd "$(dirname "$0")/.."

unset LD_LIBRARY_PATH
scripts/check-build-needs.sh

target=${CARGO_TARGET_DIR:-target}
work=$(mktemp -d)
broker=
subscriber=
clean_up() {
    for process in $broker $subscriber; do { kill "$process" && wait "$process"; } 2>/dev/null || true; done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

wait_for() { # file, pattern: until a line of the file matches
    tries=0
    until grep -qs "$2" "$1"; do
        tries=$((tries + 1))
        if [ $tries -gt 200 ]; then
            echo "The demo waited 10 seconds in vain for '$2'." >&2
            exit 1
        fi
        sleep 0.05
    done
}

echo "== The library: cargo build --release"
cargo build --release --lib
cp "$target/release/libmosquitto.so" "$work/libmosquitto.so.1"

echo "== Two C programs, on our headers and our library"
for program in publish subscribe; do
    echo "cc -Iinclude examples/$program.c -lmosquitto -pthread -o $program"
    cc -Wall -Iinclude "examples/$program.c" "$work/libmosquitto.so.1" -Wl,-rpath,"$work" -pthread -o "$work/$program"
done

echo "== A broker for the demo"
# By rustc, since it needs the standard library only: cargo would first build everything that the tests use.
rustc --edition 2024 -O examples/embedded_broker.rs -o "$work/broker"
"$work/broker" >"$work/port" </dev/null &
broker=$!
wait_for "$work/port" '^[0-9][0-9]*$'
port=$(cat "$work/port")
echo "listening on 127.0.0.1, port $port"

echo "== Messages"
timeout 60 "$work/subscribe" 127.0.0.1 "$port" 'demo/#' 3 >"$work/received" &
subscriber=$!
wait_for "$work/received" subscribed
timeout 30 "$work/publish" 127.0.0.1 "$port" demo/greeting
wait_for "$work/received" 'QoS 2: hello'
wait $subscriber || { echo "The subscriber failed." >&2; exit 1; }
subscriber=
cat "$work/received"

for qos in 0 1 2; do
    grep -q "^subscriber: demo/greeting, QoS $qos: hello at QoS $qos\$" "$work/received" ||
        { echo "The message of QoS $qos did not arrive." >&2; exit 1; }
done
echo "== All three arrived, one at each quality of service."
