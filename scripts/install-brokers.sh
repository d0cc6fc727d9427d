#!/bin/sh
# Puts two brokers that no distribution has into the target directory, for tests/interoperability.rs: amqtt from PyPI, rumqttd
# from crates.io, which takes minutes to compile. What cannot be had is said, and passed over there.
set -eu

cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"

amqtt() {
    [ -x "$target/amqtt/bin/amqtt" ] && return
    python3 -m venv "$target/amqtt" && "$target/amqtt/bin/pip" install --quiet amqtt==0.12.1
}

rumqttd() {
    [ -x "$target/rumqttd/bin/rumqttd" ] && return
    # One of its dependencies does not compile with later compilers.
    { rustup run 1.85.0 true 2>/dev/null || rustup toolchain install --profile minimal 1.85.0; } &&
        CARGO_TARGET_DIR=$target/rumqttd/build rustup run 1.85.0 \
            cargo install --quiet --locked --root "$target/rumqttd" rumqttd@0.20.0 &&
        rm -rf "$target/rumqttd/build"
}

# `set -e` does not hold in what stands before `||`: each step in there asks for the one before it.
for broker in amqtt rumqttd; do
    $broker || echo "$broker could not be installed"
done
