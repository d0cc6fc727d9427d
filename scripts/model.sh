#!/bin/sh
# The client under a model checker (model/README.md): every scenario in every order of its threads' steps, and every mutation.
# MODEL_MORE=1 allows one preemption more.
set -eu

cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
CARGO_TARGET_DIR=$(cd "$target" && pwd)/model
export CARGO_TARGET_DIR

# What cannot be fetched is passed over; a lock file that does not fit Cargo.toml is a fault.
if ! why=$(cargo fetch --quiet --locked --manifest-path model/Cargo.toml 2>&1); then
    echo "$why" >&2
    case $why in *"lock file"*) exit 1 ;; esac
    echo "no loom, and no network to fetch it by: the model is passed over"
    exit 0
fi
cargo fmt --check --manifest-path model/Cargo.toml
cargo clippy --quiet --locked --lib --bins --test model --manifest-path model/Cargo.toml -- -D warnings
cargo test --quiet --locked --manifest-path model/Cargo.toml -- --nocapture
