//! Explores every scenario, and finds every mutation, by the program `model`, which a fault may end in any way. With
//! `MODEL_MORE=1` each scenario is explored with one preemption more, which takes some ten times as long.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "clocks and threads are refused to the protocol, not to its model"
)]

use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use model::mutation::MUTATIONS;
use model::scenarios::SCENARIOS;

/// Runs the program.
fn model(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_model"));
    command.args(arguments).env("RUST_BACKTRACE", "0").output().expect("it runs")
}

/// Does `act` for each number below `count`, on all processors.
fn for_all(count: usize, act: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(at) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < count)
                {
                    act(at);
                }
            });
        }
    });
}

#[test]
fn every_scenario_holds_in_every_interleaving() {
    let more = std::env::var("MODEL_MORE").map_or(0, |more| more.parse().expect("a number"));
    let total = AtomicUsize::new(0);
    for_all(SCENARIOS.len(), |at| {
        let scenario = &SCENARIOS[at];
        let preemptions = scenario.preemptions + more;
        let output = model(&[scenario.name, &preemptions.to_string()]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} with {preemptions}: {errors}", scenario.name);
        let said = String::from_utf8_lossy(&output.stdout);
        let (count, seconds) = said.trim().split_once(' ').expect("count and seconds");
        println!(
            "{:22} {preemptions} preemptions {count:>8} interleavings {seconds:>6} s",
            scenario.name
        );
        total.fetch_add(count.parse().expect("a number"), Ordering::Relaxed);
    });
    let total = total.into_inner();
    println!("{total} interleavings");
    // Less would mean that threads no longer meet.
    assert!(total > 50_000);
}

#[test]
fn every_mutation_is_found() {
    for_all(MUTATIONS.len(), |at| {
        let mutation = &MUTATIONS[at];
        let output = model(&[mutation.found_by, &mutation.preemptions.to_string(), mutation.name]);
        let errors = String::from_utf8_lossy(&output.stderr);
        let found = !output.status.success() && errors.contains(mutation.says);
        assert!(found, "{}: {:?} {errors}", mutation.name, output.status);
    });
    println!("{} mutations found", MUTATIONS.len());
}
