//! The C programs of `c_tests/` print the same on our library and on the distribution's libmosquitto 2.0.11.
//!
//! What differs by intention stands in `c_tests/differences.tsv`, each line with its reason. Programs that use what 2.0.11
//! lacks run on ours alone, against `c_tests/expected/`.

mod support;

use std::time::Duration;

use support::c_program::{Headers, compiler, root};
use support::c_suite::{
    Bench, Outcome, Peer, diff, differences, expected_from, for_each, programs,
};
use support::library::Library;
use support::pattern::{Pattern, hex};
use support::script::Step;

const LIMIT: Duration = Duration::from_secs(30);

#[test]
fn programs_print_the_same_on_both_libraries() {
    let programs = programs();
    let table = differences();
    let libraries = Library::selected();
    let benches: Vec<Bench> =
        libraries.iter().map(|&library| Bench::new(library, &programs, &[], LIMIT)).collect();
    let bench = |library| benches.iter().find(|bench: &&Bench| bench.library == library);

    let results = for_each(&programs, 4, |program| {
        let theirs = bench(Library::Theirs).filter(|_| !program.ours_only);
        let ours = bench(Library::Ours);
        // At the same time: some programs wait for a keepalive.
        let (theirs, ours) = std::thread::scope(|scope| {
            let theirs = scope.spawn(|| theirs.map(|bench| bench.run(program)));
            let ours = ours.map(|bench| bench.run(program));
            (theirs.join().expect("no panic"), ours)
        });
        let mut problems = Vec::new();
        for (name, outcome) in [("theirs", theirs.as_ref()), ("ours", ours.as_ref())] {
            if let Some(outcome) = outcome {
                problems.extend(outcome.problems.iter().map(|p| format!("on {name}: {p}")));
            }
        }
        let expected = match &theirs {
            Some(theirs) => expected_from(&program.name, &theirs.stdout, &table),
            None if program.ours_only => expected_file(&program.name),
            None => Ok(String::new()),
        };
        match (expected, &ours) {
            (Err(problem), _) => problems.push(problem),
            (Ok(expected), Some(ours)) if theirs.is_some() || program.ours_only => {
                problems.push(diff(&expected, &ours.stdout));
            }
            _ => {}
        }
        if let (Some(theirs), Some(ours)) = (&theirs, &ours)
            && theirs.problems.is_empty()
            && ours.problems.is_empty()
            && same_bytes_expected(&program.peer)
        {
            for (number, (theirs, ours)) in theirs.sent.iter().zip(&ours.sent).enumerate() {
                if theirs != ours {
                    let pattern = Pattern(theirs.iter().copied().map(Some).collect());
                    problems.push(format!("connection {number}: {}", pattern.difference(ours)));
                }
            }
        }
        problems.retain(|problem| !problem.is_empty());
        if std::env::var_os("C_TEST").is_some() {
            show(&program.name, "theirs", theirs.as_ref());
            show(&program.name, "ours", ours.as_ref());
        }
        problems
    });

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

/// Whether both libraries must send the same: the script names no library and has no wildcard.
fn same_bytes_expected(peer: &Peer) -> bool {
    match peer {
        Peer::Script(steps) => steps.iter().all(|(_, step)| match step {
            Step::Expect(library, pattern) => library.is_none() && pattern.exact().is_ok(),
            _ => true,
        }),
        _ => false,
    }
}

/// The outputs as they are, for work on one program (`C_TEST=name cargo test --test c_programs -- --nocapture`).
fn show(program: &str, library: &str, outcome: Option<&Outcome>) {
    if let Some(outcome) = outcome {
        let sent = outcome.sent.iter().map(|sent| format!("sent {}\n", hex(sent)));
        let sent = sent.collect::<String>();
        println!("--- {program} on {library}\n{}{sent}{}", outcome.stdout, outcome.stderr);
    }
}

fn expected_file(name: &str) -> Result<String, String> {
    let file = root().join("c_tests/expected").join(name).with_extension("txt");
    std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))
}

#[test]
fn there_are_enough_programs_for_both_libraries() {
    if std::env::var_os("C_TEST").is_none() {
        let common = programs().iter().filter(|program| !program.ours_only).count();
        assert!(common >= 40, "only {common} programs run on both libraries");
    }
}

#[test]
fn programs_compile_with_our_headers() {
    if !Library::Ours.is_selected() {
        return;
    }
    let programs = programs();
    let results = for_each(&programs, 2, |program| {
        let output = compiler(&program.source, Headers::Ours).arg("-fsyntax-only").output();
        output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned())
    });
    for (program, result) in results {
        assert_eq!(result.expect("a C compiler"), "", "{}", program.name);
    }
}

#[test]
fn every_callback_is_set_by_some_program() {
    let setters = include_str!("vectors/symbols.tsv");
    let setters = setters.lines().filter_map(|line| line.split('\t').next());
    let setters: Vec<&str> = setters.filter(|name| name.ends_with("_callback_set")).collect();
    assert_eq!(setters.len(), 17);
    let sources = std::fs::read_dir(root().join("c_tests")).expect("c_tests exists").flatten();
    let sources: String =
        sources.filter_map(|entry| std::fs::read_to_string(entry.path()).ok()).collect();
    for setter in setters {
        assert!(sources.contains(&format!("{setter}(mosq")), "{setter} is used nowhere");
    }
}
