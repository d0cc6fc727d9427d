#!/bin/sh
# What the library, fuzz/ and model/ depend on, held against deny.toml by cargo-deny: licences, sources, what is banned. Where
# cargo-deny is not installed that is passed over. `deny.sh all` installs it, and asks the database of advisories too.
set -eu

cd "$(dirname "$0")/.."
checks="bans licenses sources"
tools=${CARGO_TARGET_DIR:-target}/tools
PATH=$PATH:$tools/bin

if [ "${1:-}" = all ] && ! command -v cargo-deny >/dev/null; then
    cargo install --quiet --locked --root "$tools" cargo-deny
fi
if ! command -v cargo-deny >/dev/null; then
    echo "passed over: cargo-deny is not installed"
    exit 0
fi
if [ "${1:-}" = all ]; then
    if timeout 120 cargo-deny fetch db >/dev/null 2>&1; then
        checks="$checks advisories"
    else
        echo "passed over: the database of advisories cannot be fetched"
    fi
fi
for manifest in Cargo.toml fuzz/Cargo.toml model/Cargo.toml; do
    # shellcheck disable=SC2086 # several words
    cargo-deny --locked --manifest-path "$manifest" --config deny.toml check $checks
done
