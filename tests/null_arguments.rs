//! Every function of the library with NULL, out-of-range, over-long and non-UTF-8 arguments: it answers the documented
//! code and never crashes. The table is C, `tests/null_arguments/`, and runs on the built library.

mod support;

use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use support::c_program::{Headers, Running, VALGRIND, compiler, root};
use support::library::{Library, LoaderPath};

const FILES: [&str; 4] = ["main.c", "client.c", "messages.c", "pure.c"];
const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn every_row_gives_the_documented_answer() {
    run(&[]);
}

/// Nothing is read that is not the caller's, nothing freed twice, nothing lost.
#[test]
fn valgrind_has_nothing_to_say() {
    run(&VALGRIND);
}

/// Compiles the table and runs it, behind the words of `wrapper` if there are any.
fn run(wrapper: &[&str]) {
    // Clients of the table connect here; nobody answers them.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();

    let directory = tempfile::tempdir().expect("a temporary directory");
    let program = directory.path().join("table");
    let [main, others @ ..] = FILES.map(|file| root().join("tests/null_arguments").join(file));
    let output = compiler(&main, Headers::Ours)
        .args(others)
        .arg(Library::Ours.file())
        .arg("-o")
        .arg(&program)
        .output()
        .expect("a C compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let loader_path = LoaderPath::new(Library::Ours);
    let mut words = wrapper.iter().map(OsString::from).chain([program.into()]);
    let mut command = Command::new(words.next().expect("at least the program"));
    command.args(words).arg(port.to_string()).env("LD_LIBRARY_PATH", loader_path.path());
    let stdout = Arc::default();
    let running = Running::start(&mut command, Arc::clone(&stdout)).expect("a program");
    let stderr = Arc::clone(&running.stderr);
    let status = running.finish(LIMIT);
    let words = format!("{}{}", stdout.text(), stderr.text());
    assert!(status.is_ok_and(|status| status.success()), "{words}");
    assert!(words.contains(" rows, 0 failed"), "{words}");
}

#[test]
fn the_table_has_rows_for_every_function() {
    let table: String = FILES
        .iter()
        .map(|file| fs::read_to_string(root().join("tests/null_arguments").join(file)))
        .collect::<Result<_, _>>()
        .expect("the files of the table");
    let called: Vec<&str> = table
        .split("mosquitto_")
        .skip(1)
        .filter_map(|rest| rest.split_once('(').map(|(name, _)| name))
        .collect();
    let symbols =
        fs::read_to_string(root().join("tests/vectors/symbols.tsv")).expect("symbols.tsv");
    let functions: Vec<&str> = symbols
        .lines()
        .filter_map(|line| line.strip_prefix("mosquitto_")?.split('\t').next())
        .collect();
    assert_eq!(functions.len(), 126);
    let missing: Vec<_> = functions.iter().filter(|name| !called.contains(name)).collect();
    assert!(missing.is_empty(), "no row calls {missing:?}");
}
