# `make help` lists what there is to do. Longer steps are in scripts/.

TARGET := $(or $(CARGO_TARGET_DIR),target)
LIBRARY := $(TARGET)/release/libmosquitto.so
STATIC := $(LIBRARY:.so=.a)

# Where `make install` puts things; DESTDIR goes before all of them.
DESTDIR ?=
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
PLACES = LIBRARY='$(LIBRARY)' STATIC='$(STATIC)' DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' \
	INCLUDEDIR='$(INCLUDEDIR)' MANDIR='$(MANDIR)'

# Of each target of `make fuzz`.
SECONDS := 10

.PHONY: help build demo test test-long coverage fuzz headers shows bench bench-record install install-strip uninstall packages clean

help:
	@echo 'make build     the library: $(LIBRARY), and beside it libmosquitto.so.1'
	@echo 'make demo      a C publisher and a C subscriber talk through it, QoS 0, 1 and 2'
	@echo 'make test      format, lints, all tests and a little fuzzing; installs what they need where it may'
	@echo 'make test-long what takes too long for every day: faults everywhere, random scripts, many connections, races, sanitizers, fuzzing'
	@echo 'make coverage  lines and branches that the tests reach, by module'
	@echo 'make fuzz      every fuzz target for SECONDS=10 each, or those that TARGETS names'
	@echo 'make install   library, headers, pkg-config, CMake and manual below PREFIX ($(PREFIX)); also install-strip'
	@echo 'make uninstall takes them away again; DESTDIR, PREFIX, LIBDIR, INCLUDEDIR, MANDIR as when installing'
	@echo 'make packages  Debian packages in $(TARGET)/debian'
	@echo 'make headers   writes include/ anew from src/ffi, and man/ from include/'
	@echo 'make shows     counts and measures: system calls, tests, unsafe code'
	@echo 'make bench     how fast it is beside other libraries (benches/README.md); QUICK=1: in less than a minute'
	@echo 'make clean     removes what was built'

build:
	@scripts/check-build-needs.sh
	cargo build --release --lib
	ln -sf libmosquitto.so $(LIBRARY).1

demo:
	@scripts/demo.sh

# Builds only where nothing has been built: root, who installs, often has no Rust.
$(LIBRARY) $(STATIC):
	$(MAKE) build

install: $(LIBRARY) $(STATIC)
	$(PLACES) scripts/install.sh install

install-strip: $(LIBRARY) $(STATIC)
	$(PLACES) STRIP=yes scripts/install.sh install

uninstall:
	$(PLACES) scripts/install.sh uninstall

packages: $(LIBRARY) $(STATIC)
	packaging/debian/build.sh $(LIBRARY) $(STATIC) $(TARGET)/debian

# The tests run twice: on a library that checks its arithmetic, then, but for those that are part of it, on the one that is
# shipped.
test:
	scripts/install-test-needs.sh
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	cargo fmt --check --manifest-path fuzz/Cargo.toml
	CARGO_TARGET_DIR=$(abspath $(TARGET)) cargo clippy --manifest-path fuzz/Cargo.toml --no-default-features -- -D warnings
	scripts/deny.sh
	scripts/model.sh
	cargo test
	cargo build --release --lib
	MOSQUITTO_TEST_FILE=$(abspath $(LIBRARY)) cargo test --test '*'
	$(MAKE) fuzz

# What takes too long for every day, with its figures (docs/proof.md): the tests of every day, which are built already, on the
# library that is shipped.
LONG := MOSQUITTO_TEST_FILE=$(abspath $(LIBRARY)) cargo test
test-long:
	scripts/install-test-needs.sh
	scripts/deny.sh all
	scripts/msrv.sh
	cargo build --release --lib
	FAULTS_EVERY=1 RESTART_MESSAGES=40000 $(LONG) --test faults -- --nocapture
	scripts/install-brokers.sh
	INTEROPERABILITY_ALL=1 $(LONG) --test interoperability -- --nocapture
	INTERCHANGE_ALL=1 $(LONG) --test interchange
	DIFFERENTIAL_SCRIPTS=100000 $(LONG) --test differential -- --nocapture
	RESETS=1000 $(LONG) --test transports -- --nocapture resets
	C_TEST=tls_reconnect TLS_RECONNECTS=10000 MOSQUITTO_TEST_LIBRARY=ours $(LONG) --test c_programs -- --nocapture
	C_TEST=tls_reconnect TLS_RECONNECTS=1000 $(LONG) --test valgrind
	STOP_ROUNDS=10000 MOMENTS=200 WAIT_SECONDS=10 MIXED_CALLS=1000000 PILE_MESSAGES=2000 $(LONG) --test threads -- --nocapture
	MODEL_MORE=1 scripts/model.sh
	RACE_CALLS=5000 scripts/races.sh
	scripts/sanitizers.sh
	$(MAKE) fuzz SECONDS=60

coverage:
	@scripts/coverage.sh

fuzz:
	SECONDS_EACH=$(SECONDS) TARGETS='$(TARGETS)' scripts/fuzz.sh

headers:
	UPDATE_HEADERS=1 cargo test --test headers
	UPDATE_MANUAL=1 cargo test --test manual

shows:
	@scripts/shows.sh

# LIBS="name=directory ..." are further libmosquitto.so.1 to compare with; COUNT=0: times only, COUNT=only: counts only.
bench: build
	benches/bench.py --ours $(LIBRARY) --out $(TARGET)/bench $(foreach lib,$(LIBS),--lib $(lib)) $(if $(QUICK),--quick) \
		$(if $(filter 0,$(COUNT)),--no-count) $(if $(filter only,$(COUNT)),--count-only)

# Keeps what `make bench` has measured last: benches/results/, the picture, the tables in README.md and docs/.
bench-record:
	benches/show.py record $(TARGET)/bench/results.json

clean:
	cargo clean
