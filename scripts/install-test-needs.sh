#!/bin/sh
# Installs what the tests need and this machine lacks; does nothing, and needs no rights, when all is there.
#
# Leaves no mosquitto service behind: the tests start brokers of their own, on free ports.
set -eu

PATH=$PATH:/usr/sbin:/sbin # where Debian puts the broker
packages=
policy=/usr/sbin/policy-rc.d

need() { # package, then the command that shows whether it is there
    package=$1
    shift
    "$@" >/dev/null 2>&1 || packages="$packages $package"
}

header() { # whether the C++ compiler finds it
    printf '#include <stddef.h>\n#include <%s>\n' "$1" | c++ -x c++ -fsyntax-only - 2>/dev/null
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

need gcc command -v cc
need libc6-dev header stdlib.h
need pkg-config command -v pkg-config
need libssl-dev pkg-config --exists 'openssl >= 3' # the library itself is built with it
need openssl command -v openssl
need g++ command -v c++
need binutils command -v readelf
need mosquitto command -v mosquitto
need mosquitto-clients command -v mosquitto_rr
need libmosquitto-dev header mosquitto.h
need libmosquittopp-dev header mosquittopp.h
need valgrind command -v valgrind
need libc6-dbg valgrind -q true # without it valgrind may not start
need strace command -v strace
need abigail-tools command -v abidiff
need cmake command -v cmake
need groff command -v groff # checks the manual
need dpkg-dev command -v dpkg-shlibdeps # makes the Debian packages
need fakeroot command -v fakeroot
need codespell command -v codespell
need libuv1-dev pkg-config --exists libuv
need luajit command -v luajit
need nats-server command -v nats-server # a broker that is not Mosquitto
need python3 command -v python3
need python3-venv python3 -c "import ensurepip, venv" # for the test that installs the Python package
need libpaho-mqtt-dev header MQTTAsync.h # benches/ compares with it

for component in rustfmt clippy; do
    case $component in rustfmt) tool=fmt ;; *) tool=$component ;; esac
    cargo $tool --version >/dev/null 2>&1 && continue
    if ! command -v rustup >/dev/null; then
        echo "The tests need cargo $tool, and there is no rustup to install it with." >&2
        exit 1
    fi
    rustup component add $component
done

# What tests import from npm: a WebSocket broker that is not Mosquitto, and foreign functions for Node.js. Tests pass over
# it, and say so, where there is no npm.
root=$(dirname "$0")/..
for imports in tests/web_broker:web_broker examples:examples_node; do
    source=$root/${imports%:*}
    installed=${CARGO_TARGET_DIR:-$root/target}/${imports#*:}
    command -v npm >/dev/null || break
    cmp -s "$source/package-lock.json" "$installed/installed.json" && continue
    mkdir -p "$installed"
    cp "$source"/package*.json "$installed"
    if (cd "$installed" && npm ci --silent --no-audit --no-fund >/dev/null 2>&1); then
        cp "$installed/package-lock.json" "$installed/installed.json"
    else
        echo "npm could not install what ${imports%:*}/package.json asks for; tests with it will be passed over." >&2
    fi
done

[ -n "$packages" ] || exit 0
if ! command -v apt-get >/dev/null; then
    echo "The tests need what Debian and Ubuntu call$packages, and there is no apt-get here: please install them." >&2
    exit 1
fi
if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
    echo "The tests need packages that only root may install. Please run:" >&2
    echo "    sudo apt-get install$packages" >&2
    exit 1
fi

# While we install, no package may start its service.
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
    trap 'as_root rm -f $policy' EXIT
fi

echo "installing$packages"
as_root apt-get update -qq </dev/null
# shellcheck disable=SC2086 # one word each
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 $packages </dev/null

# It would be started when the machine starts next.
case " $packages " in
*" mosquitto "*)
    if command -v systemctl >/dev/null && systemctl is-enabled mosquitto >/dev/null 2>&1; then
        as_root systemctl disable --now mosquitto >/dev/null 2>&1 || true
    fi
    ;;
esac
