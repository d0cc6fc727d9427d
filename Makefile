# `make help` lists what there is to do. Longer steps are in scripts/.

TARGET := $(or $(CARGO_TARGET_DIR),target)
LIBRARY := $(TARGET)/release/libmosquitto.so

.PHONY: help build demo test headers shows bench bench-record clean

help:
	@echo 'make build     the library: $(LIBRARY), and beside it libmosquitto.so.1'
	@echo 'make demo      a C publisher and a C subscriber talk through it, QoS 0, 1 and 2'
	@echo 'make test      format, lints and all tests; installs what they need where it may'
	@echo 'make headers   writes include/ anew from src/ffi'
	@echo 'make shows     counts and measures: system calls, tests, unsafe code'
	@echo 'make bench     how fast it is beside other libraries (benches/README.md); QUICK=1: in less than a minute'
	@echo 'make clean     removes what was built'

build:
	@scripts/check-build-needs.sh
	cargo build --release --lib
	ln -sf libmosquitto.so $(LIBRARY).1

demo:
	@scripts/demo.sh

# The tests run twice: on a library that checks its arithmetic, then on the one that is shipped.
test:
	scripts/install-test-needs.sh
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	cargo test
	cargo build --release --lib
	MOSQUITTO_TEST_FILE=$(abspath $(LIBRARY)) cargo test --tests

headers:
	UPDATE_HEADERS=1 cargo test --test headers

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
