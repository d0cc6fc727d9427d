#!/usr/bin/env bash
# Builds the fuzz targets with coverage and AddressSanitizer, runs each for SECONDS_EACH (default 10), as many at a time as
# there are processors, and prints what came of it. TARGETS names some of them. Findings go to fuzz/artifacts, and their
# input is printed.
#
# Works with the stable toolchain: the coverage pass has a stable flag, and RUSTC_BOOTSTRAP=1 allows the sanitizer.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

seconds=${SECONDS_EACH:-10}
triple=$(rustc -vV | sed -n 's/^host: //p')
target=${CARGO_TARGET_DIR:-target}
targets=${TARGETS:-$(sed -n 's/^name = "\(.*\)"$/\1/p' Cargo.toml | tail -n +2)}

export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="--cfg fuzzing -Zsanitizer=address -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares"
# shellcheck disable=SC2046 # one word each
cargo build --release --locked --target "$triple" $(printf -- '--bin %s ' $targets)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fuzz() {
    name=$1
    log=$work/$name.log
    mkdir -p "artifacts/$name" "corpus/$name" "$work/$name"
    # New inputs go to a directory of their own: the corpus in the repository stays small.
    "$target/$triple/release/$name" "$work/$name" "corpus/$name" -artifact_prefix="artifacts/$name/" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -verbosity=1 \
        ${FUZZ_OPTIONS:-} >"$log" 2>&1 && findings=none || findings=FOUND
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
    coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    printf '%-16s %12s %8s %8s %9s\n' "$name" "${runs:-?}" "${rate:-?}" "${coverage:-?}" $findings
    [ $findings = none ] || touch "$log.found"
}

export -f fuzz
export work target triple seconds
printf '%-16s %12s %8s %8s %9s\n' target executions 'a second' coverage findings
# shellcheck disable=SC2086 # one word each
printf '%s\n' $targets | xargs -P "$(nproc)" -I NAME bash -c 'fuzz NAME'
failed=
for found in "$work"/*.found; do
    [ -e "$found" ] || break
    tail -n 40 "${found%.found}" >&2
    failed="$failed $(basename "$found" .log.found)"
done
[ -z "$failed" ] || { echo "Found something in:$failed; the inputs are in fuzz/artifacts." >&2; exit 1; }
