#!/bin/sh
# Says what building needs and this machine lacks; 1 if something is missing.
set -eu

missing() { # what, where to get it
    echo "Building needs $1: $2" >&2
    failed=1
}

failed=0
command -v cargo >/dev/null || missing "Rust (cargo)" "see https://rustup.rs"
command -v cc >/dev/null || missing "a C compiler (cc)" "on Debian and Ubuntu, apt-get install gcc libc6-dev"
if ! command -v pkg-config >/dev/null; then
    missing "pkg-config" "on Debian and Ubuntu, apt-get install pkg-config"
elif [ -z "${OPENSSL_DIR:-}${OPENSSL_LIB_DIR:-}" ] && ! pkg-config --exists 'openssl >= 3'; then
    missing "the development files of OpenSSL 3" "on Debian and Ubuntu, apt-get install libssl-dev"
fi
exit $failed
