#!/bin/sh
# A C publisher and a C subscriber, compiled against include/ and linked with our library, exchange messages of QoS 0, 1
# and 2 through the small broker of the tests. Needs Rust and a C compiler, nothing else.
set -eu
cd "$(dirname "$0")/.."

for tool in cargo cc; do
    command -v $tool >/dev/null && continue
    case $tool in
    cargo) echo "The demo needs Rust (cargo): see https://rustup.rs" >&2 ;;
    cc) echo "The demo needs a C compiler (cc); on Debian and Ubuntu: apt-get install gcc libc6-dev" >&2 ;;
    esac
    exit 1
done

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
    cc -Wall -Iinclude "examples/$program.c" "$work/libmosquitto.so.1" -Wl,-rpath,"$work" -pthread -o "$work/$program"
    echo "cc -Iinclude examples/$program.c -lmosquitto -pthread"
done

echo "== A broker for the demo"
cargo build --example embedded_broker
"$target/debug/examples/embedded_broker" >"$work/broker" </dev/null &
broker=$!
wait_for "$work/broker" '[0-9]'
port=$(grep -o '[0-9][0-9]*' "$work/broker" | tail -n 1)
echo "listening on port $port"

echo "== Messages"
: >"$work/subscriber"
"$work/subscribe" 127.0.0.1 "$port" 'demo/#' 3 >"$work/subscriber" &
subscriber=$!
wait_for "$work/subscriber" subscribed
"$work/publish" 127.0.0.1 "$port" demo/greeting
wait_for "$work/subscriber" 'QoS 2: hello'
wait $subscriber || { echo "The subscriber failed." >&2; exit 1; }
subscriber=
cat "$work/subscriber"

for qos in 0 1 2; do
    grep -q "^subscriber: demo/greeting, QoS $qos: hello at QoS $qos\$" "$work/subscriber"
done
echo "== All three arrived."
