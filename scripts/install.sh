#!/bin/sh
# Puts the built library where compilers, linkers and `man` look for it, or takes it away again. Called by
# `make install` and `make uninstall`, which give it LIBRARY, STATIC, DESTDIR, PREFIX, LIBDIR, INCLUDEDIR, MANDIR and STRIP.
#
# One list of files for both ways, at the end. Writes below DESTDIR only, builds nothing, needs no tool but POSIX's.
set -eu
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
real=libmosquitto.so.$version
way=$1 # install or uninstall

directory() { # path: made, or removed if nothing is left in it
    case $way in
    install) mkdir -p "$DESTDIR$1" ;;
    uninstall) rmdir "$DESTDIR$1" 2>/dev/null || true ;;
    esac
}

file() { # mode, source, path
    rm -f "$DESTDIR$3" # also so that a running program keeps the old one
    [ "$way" = uninstall ] || install -m "$1" "$2" "$DESTDIR$3"
}

link() { # what it points to, path
    rm -f "$DESTDIR$2"
    [ "$way" = uninstall ] || ln -s "$1" "$DESTDIR$2"
}

template() { # source, path: with the places filled in
    rm -f "$DESTDIR$2"
    [ "$way" = uninstall ] && return
    sed -e "s|@VERSION@|$version|g" -e "s|@PREFIX@|$PREFIX|g" -e "s|@LIBDIR@|$LIBDIR|g" \
        -e "s|@INCLUDEDIR@|$INCLUDEDIR|g" "$1" >"$DESTDIR$2"
    chmod 644 "$DESTDIR$2"
}

headers() {
    for header in include/*.h include/mosquitto/*.h; do
        file 644 "$header" "$INCLUDEDIR/${header#include/}"
    done
}

manual() { # each page, and a link to it from every function that it describes: `man mosquitto_publish`
    for page in man/*.3; do
        name=$(basename "$page")
        file 644 "$page" "$MANDIR/man3/$name"
        for function in $(sed -n 's/^\.SS \(mosquitto_[a-z0-9_]*\)$/\1/p' "$page"); do
            link "$name" "$MANDIR/man3/$function.3"
        done
    done
}

own="$LIBDIR/cmake/mosquitto $INCLUDEDIR/mosquitto"
shared="$LIBDIR/pkgconfig $MANDIR/man3"
[ "$way" = uninstall ] || for path in $own $shared; do directory "$path"; done

file 755 "$LIBRARY" "$LIBDIR/$real"
link "$real" "$LIBDIR/libmosquitto.so.1"
link libmosquitto.so.1 "$LIBDIR/libmosquitto.so"
file 644 "$STATIC" "$LIBDIR/libmosquitto.a"
headers
template packaging/libmosquitto.pc.in "$LIBDIR/pkgconfig/libmosquitto.pc"
template packaging/mosquittoConfig.cmake.in "$LIBDIR/cmake/mosquitto/mosquittoConfig.cmake"
template packaging/mosquittoConfigVersion.cmake.in "$LIBDIR/cmake/mosquitto/mosquittoConfigVersion.cmake"
manual

[ "$way" = install ] || for path in $own; do directory "$path"; done
if [ "$way" = install ] && [ -n "${STRIP:-}" ]; then
    strip --strip-unneeded "$DESTDIR$LIBDIR/$real"
    strip --strip-debug "$DESTDIR$LIBDIR/libmosquitto.a"
fi

# The loader finds libraries of the system's directories by an index.
case $DESTDIR:$LIBDIR in
:/usr/local/lib | :/usr/lib | :/usr/lib/* | :/lib*) [ "$(id -u)" != 0 ] || ldconfig ;;
esac
