#!/bin/sh
# Builds the library with the very compiler that Cargo.toml names (rust-version), which rustup fetches where it is missing.
# What the standard library has got since, clippy finds every day (incompatible_msrv); what the language has, only this.
set -eu

cd "$(dirname "$0")/.."
version=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
toolchain=$version.0
if ! command -v rustup >/dev/null; then
    echo "passed over: no rustup to get Rust $version with"
    exit 0
fi
if ! rustup run "$toolchain" rustc --version 2>/dev/null && ! rustup toolchain install --profile minimal "$toolchain"; then
    echo "passed over: Rust $toolchain cannot be fetched"
    exit 0
fi
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/msrv rustup run "$toolchain" cargo build --lib --locked
