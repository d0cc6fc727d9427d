#!/bin/sh
# Makes the Debian packages from a built library: build.sh LIBRARY STATIC DIRECTORY. Called by `make packages`.
#
#   libmosquitto-rs1, libmosquitto-rs-dev   in place of libmosquitto1 and libmosquitto-dev
#   libmosquitto-rs-try                     beside them, with the command with-libmosquitto-rs
#
# With dpkg's own tools, because cargo-deb knows no `symbols` and `shlibs` files, by which packages that are built against
# the library get their dependencies. Needs dpkg-dev.
#
# The distribution's programs depend on exactly its own version of libmosquitto1, so the drop-in provides that version
# besides its own: the one that is installed or, where none is, the one that apt would install; DISTRIBUTION_VERSION says
# otherwise. DEBFULLNAME and DEBEMAIL name who makes the packages, COMPRESSION how they are packed (xz).
set -eu

library=$(realpath "$1")
static=$(realpath "$2")
mkdir -p "$3"
out=$(realpath "$3")
cd "$(dirname "$0")/../.."
here=packaging/debian

version=$(dpkg-parsechangelog -l $here/changelog -S Version)
architecture=$(dpkg --print-architecture)
multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
maintainer="${DEBFULLNAME:-libmosquitto-rs contributors} <${DEBEMAIL:-packages@libmosquitto-rs.invalid}>"
libdir=/usr/lib/$multiarch
real=libmosquitto.so.$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
# So that the same source gives the same packages.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(dpkg-parsechangelog -l $here/changelog -S Timestamp)}
export SOURCE_DATE_EPOCH
umask 022

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

distribution_version() { # package: what its dependants on this system ask for; nothing where it is unknown
    if [ -n "${DISTRIBUTION_VERSION:-}" ]; then
        echo "$DISTRIBUTION_VERSION"
        return
    fi
    installed=$(dpkg-query -W -f '${Status} ${Version}\n' "$1" 2>/dev/null | sed -n 's/^install ok installed //p' | head -n 1)
    [ -n "$installed" ] || installed=$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \([0-9].*\)$/\1/p')
    echo "$installed"
}

provides() { # package: its name at our version and at the distribution's
    theirs=$(distribution_version "$1")
    printf '%s (= %s)' "$1" "$version"
    [ -z "$theirs" ] || [ "$theirs" = "$version" ] || printf ', %s (= %s)' "$1" "$theirs"
}

depends() { # what the library needs, by the packages of this system
    mkdir "$work/depends" "$work/depends/debian"
    printf 'Source: libmosquitto-rs\n\nPackage: libmosquitto-rs1\nArchitecture: any\n' >"$work/depends/debian/control"
    (cd "$work/depends" && dpkg-shlibdeps -O -e"$library" 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
}

documents() { # package
    doc=$work/$1/usr/share/doc/$1
    mkdir -p "$doc"
    install -m 644 $here/copyright "$doc"
    gzip -9nc $here/changelog >"$doc/changelog.Debian.gz"
    gzip -9nc CHANGELOG.md >"$doc/changelog.gz"
}

pack() { # package: the files are there, the rest is made
    root=$work/$1
    documents "$1"
    find "$root/usr" -type f -path '*/man/*' ! -name '*.gz' -exec gzip -9n {} +
    # Links between manual pages follow them.
    find "$root/usr" -type l -path '*/man/*' | while read -r link; do
        ln -s "$(readlink "$link").gz" "$link.gz"
        rm "$link"
    done
    size=$(du -sk --apparent-size "$root" | cut -f 1)
    mkdir -p "$root/DEBIAN"
    awk -v package="$1" 'BEGIN { RS = ""; ORS = "\n" } $2 == package' $here/control.in |
        sed -e "s|@VERSION@|$version|" -e "s|@ARCHITECTURE@|$architecture|" -e "s|@MAINTAINER@|$maintainer|" \
            -e "s|@SIZE@|$size|" -e "s|@DEPENDS@|$needs|" -e "s|@PROVIDES libmosquitto1@|$(provides libmosquitto1)|" \
            -e "s|@PROVIDES libmosquitto-dev@|$(provides libmosquitto-dev)|" >"$root/DEBIAN/control"
    (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    dpkg-deb --root-owner-group "-Z${COMPRESSION:-xz}" --build "$root" "$out/$1_${version}_$architecture.deb" >/dev/null
    echo "$out/$1_${version}_$architecture.deb"
}

needs=$(depends)
make --no-print-directory -s install-strip LIBRARY="$library" STATIC="$static" DESTDIR="$work/all" PREFIX=/usr \
    LIBDIR="$libdir" INCLUDEDIR=/usr/include MANDIR=/usr/share/man

# The library, as the loader finds it.
runtime=$work/libmosquitto-rs1
mkdir -p "$runtime$libdir" "$runtime/DEBIAN"
mv "$work/all$libdir/$real" "$work/all$libdir/libmosquitto.so.1" "$runtime$libdir"
chmod 644 "$runtime$libdir/$real" # as Debian's libraries are
install -m 644 $here/symbols "$runtime/DEBIAN/symbols"
echo "libmosquitto 1 libmosquitto1 (>= 2.0.11)" >"$runtime/DEBIAN/shlibs"
echo "activate-noawait ldconfig" >"$runtime/DEBIAN/triggers"

# The same where the loader does not look by itself.
try=$work/libmosquitto-rs-try
private=$libdir/libmosquitto-rs
mkdir -p "$try$private" "$try/usr/bin" "$try/usr/share/man/man1"
cp -a "$runtime$libdir/." "$try$private"
sed "s|@DIRECTORY@|$private|" $here/with-libmosquitto-rs >"$try/usr/bin/with-libmosquitto-rs"
chmod 755 "$try/usr/bin/with-libmosquitto-rs"
install -m 644 $here/with-libmosquitto-rs.1 "$try/usr/share/man/man1"

# Everything else is for compiling programs.
mv "$work/all" "$work/libmosquitto-rs-dev"
doc=$work/libmosquitto-rs-dev/usr/share/doc/libmosquitto-rs-dev
mkdir -p "$doc/manual" "$doc/examples"
install -m 644 docs/manual/*.md "$doc/manual"
install -m 644 docs/differences.md "$doc"
install -m 644 examples/*.c examples/CMakeLists.txt examples/*.py examples/*.js examples/*.lua "$doc/examples"

pack libmosquitto-rs1
pack libmosquitto-rs-dev
pack libmosquitto-rs-try
