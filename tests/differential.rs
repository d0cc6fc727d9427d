//! Random scripts of calls and server packets, on our library and on the distribution's 2.0.11: return codes, callbacks and
//! bytes are the same, or rules say what is different and why (`differential/rules.rs`). What ours makes of the server's
//! packets is also held against a second reader of the standard (`differential/facts.rs`). A script that fails is made
//! small; as it is then printed, it can be put into `differential/cases.txt`, which is played first.
//!
//! `DIFFERENTIAL_SCRIPTS` asks for more, `DIFFERENTIAL_FROM` for other ones; a script is known by its number.
//! `DIFFERENTIAL_DOUBT=words` shows what the rules with these words in their names explain, `DIFFERENTIAL_REACH=1` how often
//! everything occurs.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "threads are refused to the protocol, not to its tests"
)]

mod support;

#[path = "differential/changes.rs"]
mod changes;
#[path = "differential/compare.rs"]
mod compare;
#[path = "differential/facts.rs"]
mod facts;
#[path = "differential/generator.rs"]
mod generator;
#[path = "differential/packets.rs"]
mod packets;
#[path = "differential/reach.rs"]
mod reach;
#[path = "differential/rules.rs"]
mod rules;
#[path = "differential/runner.rs"]
mod runner;
#[path = "differential/script.rs"]
mod script;
#[path = "differential/shrink.rs"]
mod shrink;

use std::collections::BTreeMap;

use compare::{Problem, Verdict, compare};
use rules::RULES;
use runner::{Output, Runner};
use script::Script;
use support::library::Library;
use support::number_from;

/// Scripts for one process.
const BATCH: u64 = 250;
/// So many scripts that nothing explains are shown.
const SHOWN: usize = 20;

/// An interpreter for each library.
struct Runners {
    theirs: Runner,
    ours: Runner,
}

impl Runners {
    fn new() -> Runners {
        Runners { theirs: Runner::new(Library::Theirs), ours: Runner::new(Library::Ours) }
    }

    fn compare(&self, scripts: &[Script]) -> Vec<Verdict> {
        self.run(scripts).0
    }

    /// Verdicts, and what ours printed.
    fn run(&self, scripts: &[Script]) -> (Vec<Verdict>, Vec<Output>) {
        let doubted = std::env::var("DIFFERENTIAL_DOUBT").ok();
        let (theirs, ours) = std::thread::scope(|scope| {
            let theirs = scope.spawn(|| self.theirs.run(scripts));
            let ours = self.ours.run(scripts);
            (theirs.join().expect("no panic"), ours)
        });
        let outputs = scripts.iter().zip(theirs.iter().zip(&ours));
        let verdicts = outputs
            .map(|(script, (theirs, ours))| compare(script, theirs, ours, doubted.as_deref()))
            .collect();
        (verdicts, ours)
    }

    /// A small script with the same kind of problem, and that problem.
    fn shrink(&self, script: Script, problem: Problem) -> (Script, Problem) {
        let lines = script.lines[..(problem.step + 1).min(script.lines.len())].to_vec();
        let by = problem.expected_by;
        let small = shrink::shrink(Script { lines }, |candidates| {
            let fails = |verdict: &Verdict| {
                verdict.problem.as_ref().is_some_and(|problem| problem.expected_by == by)
            };
            self.compare(candidates).iter().map(fails).collect()
        });
        let again = self.compare(std::slice::from_ref(&small)).remove(0).problem;
        (small, again.unwrap_or(problem))
    }
}

#[test]
fn scripts_print_the_same_on_both_libraries() {
    let from = number_from("DIFFERENTIAL_FROM", 0);
    let count = number_from("DIFFERENTIAL_SCRIPTS", 2000);
    let runners = Runners::new();
    let mut explained: BTreeMap<&str, u32> = BTreeMap::new();
    let mut unexplained = Vec::new();
    let (mut steps, mut all_steps) = (0, 0);
    let mut reached = reach::Counts::new();
    for start in (from..from + count).step_by(BATCH as usize) {
        let numbers = start..(start + BATCH).min(from + count);
        let scripts: Vec<Script> = numbers.clone().map(generator::script).collect();
        let (verdicts, ours) = runners.run(&scripts);
        for ((number, script), (verdict, ours)) in
            numbers.zip(&scripts).zip(verdicts.into_iter().zip(&ours))
        {
            reach::count(&mut reached, script, ours);
            for rule in verdict.rules {
                *explained.entry(rule).or_default() += 1;
            }
            steps += verdict.steps;
            all_steps += script.lines.len();
            unexplained.extend(verdict.problem.map(|problem| (number, script.clone(), problem)));
        }
    }
    for (rule, times) in &explained {
        println!("{times:7} {rule}");
    }
    println!(
        "{count} scripts, {steps} of {all_steps} steps compared, {} unexplained",
        unexplained.len()
    );
    if std::env::var_os("DIFFERENTIAL_REACH").is_some() {
        reached.iter().for_each(|(name, times)| println!("{times:7} {name}"));
    }
    let total = unexplained.len();
    let text: String = unexplained
        .into_iter()
        .take(SHOWN)
        .map(|(number, script, problem)| {
            let (script, problem) = runners.shrink(script, problem);
            show(&format!("script {number}"), &script, &problem)
        })
        .collect();
    assert!(total == 0, "{total} unexplained\n{text}");
    if count >= 2000 {
        assert!(steps * 5 > all_steps * 4, "too few steps are compared");
        assert_eq!(reach::missing(&reached, count), Vec::<String>::new(), "occurs too rarely");
    }
}

/// Scripts in which something was found, and one for each rule.
#[test]
fn known_scripts_print_the_same() {
    let file = support::c_program::root().join("tests/differential/cases.txt");
    let cases = script::cases(&std::fs::read_to_string(file).expect("the cases"));
    let scripts: Vec<Script> = cases.iter().map(|(_, script)| script.clone()).collect();
    let verdicts = Runners::new().compare(&scripts);
    let mut text = String::new();
    for ((name, script), verdict) in cases.iter().zip(&verdicts) {
        if let Some(problem) = &verdict.problem {
            text += &show(name, script, problem);
        }
        let is_rule = RULES.iter().any(|rule| rule.name == name);
        if is_rule && !verdict.rules.contains(&name.as_str()) {
            text += &format!("{name}: explained by {:?}\n", verdict.rules);
        }
    }
    assert!(text.is_empty(), "{text}");
    let has_case = |rule: &&rules::Rule| cases.iter().any(|(name, _)| name == rule.name);
    let without: Vec<&str> =
        RULES.iter().filter(|rule| !has_case(rule)).map(|rule| rule.name).collect();
    assert_eq!(without, Vec::<&str>::new(), "rules without a case");
}

/// Finds a small script for each rule (`cargo test --test differential -- --ignored --nocapture`).
#[test]
#[ignore = "prints material for cases.txt"]
fn small_scripts_for_the_rules() {
    let runners = Runners::new();
    let count = number_from("DIFFERENTIAL_SCRIPTS", 20_000);
    let mut found: BTreeMap<&str, Script> = BTreeMap::new();
    for start in (0..count).step_by(BATCH as usize) {
        let scripts: Vec<Script> = (start..start + BATCH).map(generator::script).collect();
        for (script, verdict) in scripts.iter().zip(runners.compare(&scripts)) {
            for rule in verdict.rules {
                found.entry(rule).or_insert_with(|| script.clone());
            }
        }
    }
    for rule in RULES {
        let Some(script) = found.remove(rule.name) else {
            println!("# nothing for {}", rule.name);
            continue;
        };
        let small = shrink::shrink(script, |candidates| {
            let verdicts = runners.compare(candidates);
            verdicts.iter().map(|verdict| verdict.rules.contains(&rule.name)).collect()
        });
        println!("## {}\n{}\n", rule.name, small.lines.join("\n"));
    }
}

/// Whoever looks up a rule finds it.
#[test]
fn every_rule_points_to_a_line() {
    let file = support::c_program::root().join("docs/differences.md");
    let text = std::fs::read_to_string(file).expect("the list of differences");
    for rule in RULES {
        let found = text.lines().any(|line| line.contains(rule.words));
        assert!(found, "{}: {:?} is in no line", rule.name, rule.words);
    }
}

fn show(name: &str, script: &Script, problem: &Problem) -> String {
    let mut text = format!("## {name}\n{}\n", script.lines.join("\n"));
    text += &format!("# step {}, expected by {}:\n", problem.step, problem.expected_by);
    for (sign, lines) in [('-', &problem.expected), ('+', &problem.ours)] {
        for line in lines {
            text += &format!("# {sign} {line}\n");
        }
    }
    text + "\n"
}
