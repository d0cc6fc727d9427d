//! All C programs on our library under valgrind: no invalid access, nothing lost.
//!
//! Slow, so it runs a few programs at a time and only those that fit: a program with `@valgrind no` says why not.
//! `TLS_RECONNECTS=10000 C_TEST=tls_reconnect cargo test --test valgrind` makes ten thousand connections.

mod support;

use std::process::Command;
use std::time::Duration;

use support::c_program::VALGRIND;
use support::c_suite::{Bench, for_each, programs};
use support::library::Library;

const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn no_error_and_no_leak() {
    if !Library::Ours.is_selected() {
        return;
    }
    let version = Command::new("valgrind").arg("--version").output();
    assert!(version.is_ok(), "valgrind is not installed: apt-get install valgrind");
    let mut programs = programs();
    programs.retain(|program| program.valgrind);
    let bench = Bench::new(Library::Ours, &programs, &VALGRIND, LIMIT);
    let results = for_each(&programs, 4, |program| bench.run(program).problems);
    let failed: Vec<String> = results
        .iter()
        .filter(|(_, problems)| !problems.is_empty())
        .map(|(program, problems)| format!("{}:\n{}", program.name, problems.join("\n")))
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {} programs failed\n{}",
        failed.len(),
        results.len(),
        failed.join("\n")
    );
}
