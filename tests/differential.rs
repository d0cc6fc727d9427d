//! Random scripts of calls and server packets, on our library and on the distribution's 2.0.11: return codes, callbacks and
//! bytes are the same, or a rule says why not (`differential/rules.rs`).
//!
//! `DIFFERENTIAL_SCRIPTS` asks for more, `DIFFERENTIAL_FROM` for other ones; a script is known by its number.
//! `DIFFERENTIAL_DOUBT=words` shows what the rules with these words in their names explain.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "threads are refused to the protocol, not to its tests"
)]

mod support;

#[path = "differential/rules.rs"]
mod rules;
#[path = "differential/runner.rs"]
mod runner;
#[path = "differential/script.rs"]
mod script;

use std::collections::BTreeMap;

use rules::{Difference, RULES, explanation, first_difference};
use runner::Runner;
use script::Script;
use support::library::Library;

/// Scripts for one process.
const BATCH: u64 = 250;
/// So many differences that nothing explains are shown.
const SHOWN: usize = 20;

#[test]
fn scripts_print_the_same_on_both_libraries() {
    let from = number_from("DIFFERENTIAL_FROM", 0);
    let count = number_from("DIFFERENTIAL_SCRIPTS", 2000);
    let doubted = std::env::var("DIFFERENTIAL_DOUBT").ok();
    let doubted = doubted.as_deref();
    let (theirs, ours) = (Runner::new(Library::Theirs), Runner::new(Library::Ours));
    let mut explained: BTreeMap<&str, u32> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for start in (from..from + count).step_by(BATCH as usize) {
        let scripts: Vec<Script> =
            (start..(start + BATCH).min(from + count)).map(Script::new).collect();
        let (theirs, ours) = std::thread::scope(|scope| {
            let theirs = scope.spawn(|| theirs.run(&scripts));
            let ours = ours.run(&scripts);
            (theirs.join().expect("no panic"), ours)
        });
        for (number, (script, (theirs, ours))) in
            (start..).zip(scripts.iter().zip(theirs.iter().zip(&ours)))
        {
            let Some(difference) = first_difference(script, theirs, ours) else { continue };
            match explanation(&difference)
                .filter(|rule| !doubted.is_some_and(|name| rule.name.contains(name)))
            {
                Some(rule) => *explained.entry(rule.name).or_default() += 1,
                None => unexplained.push(show(number, &difference)),
            }
        }
    }
    for (rule, times) in &explained {
        println!("{times:7} {rule}");
    }
    let same = count
        - explained.values().map(|&times| u64::from(times)).sum::<u64>()
        - unexplained.len() as u64;
    println!("{count} scripts: {same} the same, {} unexplained", unexplained.len());
    let text = unexplained.iter().take(SHOWN).cloned().collect::<String>();
    assert!(unexplained.is_empty(), "{} unexplained\n{text}", unexplained.len());
    assert!(same * 3 > count, "too few scripts get to their end");
}

/// Whoever looks up a rule finds it.
#[test]
fn every_rule_points_to_a_line() {
    for rule in RULES {
        let file = support::c_program::root().join(rule.file);
        let text = std::fs::read_to_string(file).expect("the file exists");
        assert!(
            text.contains(rule.words),
            "{}: {:?} is not in {}",
            rule.name,
            rule.words,
            rule.file
        );
    }
}

fn show(number: u64, difference: &Difference<'_>) -> String {
    let mut text = format!("=== {number}\n");
    let lines = &difference.script.lines;
    for line in &lines[..(difference.step + 1).min(lines.len())] {
        text += &format!("{line}\n");
    }
    for (sign, lines) in [('-', &difference.theirs), ('+', &difference.ours)] {
        for line in lines {
            text += &format!("  {sign} {line}\n");
        }
    }
    text
}

fn number_from(variable: &str, usual: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}={text}: no number")),
        Err(_) => usual,
    }
}
