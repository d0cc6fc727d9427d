//! Programs and libraries may be exchanged: built with either header and library, run on either.
//!
//! `tests/c_programs.rs` runs programs that were built for the distribution's 2.0.11 on our library. Here the same
//! programs are built with our headers and our library, and run on 2.0.11: they need no symbol and no version node that
//! it has not, and print what they print when they were built for it. Every fifth program; `INTERCHANGE_ALL=1` takes all.

mod support;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use support::c_program::{Headers, compiler};
use support::c_suite::{Bench, Program, diff, for_each, programs};
use support::library::Library;

const LIMIT: Duration = Duration::from_secs(30);

#[test]
fn programs_built_with_ours_run_on_theirs() {
    if Library::selected().len() < 2 {
        return;
    }
    let mut programs = programs();
    programs.retain(|program| !program.ours_only);
    assert!(programs.len() >= 40, "only {} programs", programs.len());
    if std::env::var_os("INTERCHANGE_ALL").is_none() {
        let mut number = 0;
        programs.retain(|_| {
            number += 1;
            number % 5 == 0
        });
    }
    let bench = || Bench::new(Library::Theirs, &programs, &[], LIMIT);
    let (for_theirs, for_ours) = (bench(), bench());
    let results = for_each(&programs, 4, |program| {
        // What is only for ours is built with our headers and library.
        let with_ours = Program { ours_only: true, ..program.clone() };
        let (expected, got) = std::thread::scope(|scope| {
            let expected = scope.spawn(|| for_theirs.run(program));
            let got = for_ours.run(&with_ours);
            (expected.join().expect("no panic"), got)
        });
        let mut problems = [expected.problems, got.problems].concat();
        problems.push(diff(&expected.stdout, &got.stdout));
        problems.retain(|problem| !problem.is_empty());
        problems
    });
    let failed: Vec<String> = results
        .iter()
        .filter(|(_, problems)| !problems.is_empty())
        .map(|(program, problems)| format!("{}:\n{}", program.name, problems.join("\n")))
        .collect();
    assert!(failed.is_empty(), "{} programs failed\n{}", failed.len(), failed.join("\n"));
}

/// The tool that distributions ask: nothing of 2.0.11 is missing or changed.
#[test]
fn abidiff_finds_nothing_incompatible() {
    let (theirs, ours) = (Library::Theirs.file(), Library::Ours.file());
    let output = match Command::new("abidiff").arg(&theirs).arg(&ours).output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("passed over: abidiff ({error}); Debian has it in abigail-tools");
            return;
        }
    };
    let text = String::from_utf8_lossy(&output.stdout);
    // Bits of the exit status: 1 and 2 are errors of the tool, 4 is any change, 8 one that breaks programs.
    let status = output.status.code().expect("no signal");
    assert_eq!(status & !4, 0, "status {status}\n{text}");
    assert!(text.contains("0 Removed"), "{text}");
    // The comparison itself: the other way round, what came with 2.1 is gone.
    let output = Command::new("abidiff").arg(&ours).arg(&theirs).output().expect("abidiff runs");
    assert_eq!(output.status.code().expect("no signal") & 8, 8, "{}", output.status);
}

/// The types of functions and structs, as the tool reads them from what a compiler made of both headers: arguments, results,
/// callbacks, members of structs.
#[test]
fn abidiff_finds_no_changed_type() {
    if let Err(error) = Command::new("abidiff").arg("--version").output() {
        eprintln!("passed over: abidiff ({error}); Debian has it in abigail-tools");
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let compile = |name: &str, include: &str, extra: &str| {
        let source = directory.path().join(name).with_extension("c");
        let object = source.with_extension("so");
        let text = format!("{include}\n{}{extra}\n", variables_of_every_type());
        std::fs::write(&source, text).expect("a source");
        let output =
            compiler(&source, Headers::Ours).args(["-shared", "-fPIC", "-o"]).arg(&object).output();
        let output = output.expect("a C compiler");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        object
    };
    let own = "#include <mosquitto.h>";
    let theirs = compile("theirs", "#include \"/usr/include/mosquitto.h\"", "int more;");
    let ours = compile("ours", own, "int more;");
    let changed = compile("changed", own, "long more;");
    let compare = |a: &Path, b: &Path| {
        let output = Command::new("abidiff").arg(a).arg(b).output().expect("abidiff runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (status, text) = compare(&theirs, &ours);
    assert_eq!(status, Some(0), "{text}");
    // The comparison itself: it sees that one variable has another type.
    let (status, text) = compare(&ours, &changed);
    assert_ne!(status, Some(0), "{text}");
}

/// A variable for each function of 2.0.11 and each struct of its header.
fn variables_of_every_type() -> String {
    let table = include_str!("vectors/symbols.tsv");
    let mut rows = table.lines().filter(|line| !line.starts_with('#'));
    let header: Vec<&str> = rows.next().expect("a header line").split('\t').collect();
    let old = header.iter().position(|name| *name == "in_2_0_11").expect("the column");
    let names = rows.filter_map(|row| {
        let fields: Vec<&str> = row.split('\t').collect();
        (fields[old] == "yes").then_some(fields[0])
    });
    let names: Vec<&str> = names.collect();
    assert_eq!(names.len(), 107);
    let functions = names.iter().map(|name| format!("__typeof__(&{name}) pointer_to_{name};\n"));
    let structs =
        ["mosquitto_message", "libmosquitto_will", "libmosquitto_auth", "libmosquitto_tls"];
    let structs = structs.iter().map(|name| format!("struct {name} a_{name};\n"));
    functions.chain(structs).collect()
}
