//! Brokers that are not Mosquitto: what each has, asked by a C program on our library (`interoperability/probe.c`), is what
//! stands in `docs/interoperability.md`.
//!
//! Passes over brokers that are not installed, and says so; those that take long to start are tried where
//! `INTEROPERABILITY_ALL` is set. `UPDATE_INTEROPERABILITY=1` writes the matrix anew, for which all have to be there.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks and sockets are refused to the protocol, not to its tests"
)]

mod support;

#[path = "interoperability/brokers.rs"]
mod brokers;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use brokers::{Broker, KITS, Kit};
use support::c_program::{Headers, Running, compile, root};
use support::library::{Library, LoaderPath};
use support::scripted_broker::Output;

const LIMIT: Duration = Duration::from_secs(240);
const QUESTIONS: [&str; 6] = ["qos0", "qos1", "qos2", "retained", "will", "session"];
const HEAD: &str = "# Interoperability\n\n\
    What brokers answer to `tests/interoperability/probe.c` on this library, measured by `tests/interoperability.rs`, which\n\
    compares this table with whichever of them are installed. \"ends (2)\" means that the connection ends with that code,\n\
    \"refused (132)\" is the reason of CONNACK, \"granted 1\" a subscription at QoS 2 that got QoS 1. What is not \"yes\" is the\n\
    broker's: over TCP libmosquitto 2.0.11 has to get the same answers.\n\n\
    Several processes that share a subscription: `examples/worker.c`, tried by `tests/examples.rs`.\n\n\
    | broker | MQTT | by | QoS 0 | QoS 1 | QoS 2 | retained | will | session |\n|---|---|---|---|---|---|---|---|---|\n";

#[test]
fn brokers_answer_as_in_the_matrix() {
    let update = std::env::var_os("UPDATE_INTEROPERABILITY").is_some();
    let all = update || std::env::var_os("INTEROPERABILITY_ALL").is_some();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let library = Library::Ours.file();
    let source = root().join("tests/interoperability/probe.c");
    let library = [library.to_str().expect("a UTF-8 path")];
    let probe = compile(&source, Headers::Ours, &library, directory.path()).expect("it compiles");
    let file = root().join("docs/interoperability.md");
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    let mut text = HEAD.to_owned();
    let mut wrong = Vec::new();
    for kit in KITS.iter().filter(|kit| all || !kit.slow) {
        let Some(broker) = kit.start() else {
            eprintln!("passed over: {} is not installed", kit.name);
            continue;
        };
        for row in rows(kit, &broker, &probe) {
            if !expected.contains(&row) {
                wrong.push(row.clone());
            }
            let _ = writeln!(text, "{row}");
        }
    }
    if update {
        std::fs::write(file, text).expect("docs/ can be written");
    } else {
        assert!(wrong.is_empty(), "not in docs/interoperability.md:\n{}", wrong.join("\n"));
    }
}

/// The lines of a broker: versions and transports at the same time.
fn rows(kit: &Kit, broker: &Broker, probe: &Path) -> Vec<String> {
    let loaders = [Library::Ours, Library::Theirs].map(LoaderPath::new);
    let ask = |library: Library, version: &str, transport: &str| {
        let stdout = Arc::new(Output::default());
        let mut command = Command::new(probe);
        let host = if transport == "tls" { "localhost" } else { "127.0.0.1" };
        command.args([host, &broker.port(version, transport).to_string(), version, transport]);
        command.args([broker.authority(), "-", "-"]);
        let loader = &loaders[usize::from(library == Library::Theirs)];
        command.env("LD_LIBRARY_PATH", loader.path()).env("LC_ALL", "C");
        let running = Running::start(&mut command, stdout.clone()).expect("it starts");
        let status = running.finish(LIMIT).expect("it ends in time");
        assert!(status.success(), "{}: {status}\n{}", kit.name, stdout.text());
        let text = stdout.text();
        let answers = QUESTIONS.iter().map(|question| {
            let line = text.lines().find_map(|line| line.strip_prefix(question));
            line.unwrap_or_else(|| panic!("{}: no {question}\n{text}", kit.name)).trim().to_owned()
        });
        let answers: Vec<String> = answers.collect();
        let version = if version == "4" { "3.1.1" } else { "5.0" };
        format!("| {} | {version} | {transport} | {} |", kit.name, answers.join(" | "))
    };
    std::thread::scope(|scope| {
        let mut rows = Vec::new();
        for version in ["4", "5"] {
            for transport in kit.transports {
                let ask = &ask;
                rows.push(scope.spawn(move || {
                    let row = ask(Library::Ours, version, transport);
                    if *transport == "tcp" {
                        assert_eq!(row, ask(Library::Theirs, version, transport), "2.0.11 differs");
                    }
                    row
                }));
            }
        }
        rows.into_iter().map(|row| row.join().expect("no panic")).collect()
    })
}
