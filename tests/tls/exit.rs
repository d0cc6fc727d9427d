//! Programs that end without a word: the network thread still works with OpenSSL while the process is taken down.

use std::process::Command;
use std::sync::Arc;

use super::support::c_program::{Headers, Running, compile, root};
use super::support::library::LoaderPath;
use super::support::scripted_broker::Output;
use super::*;

#[test]
fn returning_from_main_at_any_moment_is_no_crash() {
    let server = TlsServer::start(setup(), |connection| {
        if connection.welcome().is_ok() {
            connection.read_to_end();
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let source = root().join("tests/tls/exit.c");
    let library = Library::Ours.file();
    let program = compile(&source, Headers::Ours, &[path(&library)], directory.path()).unwrap();
    let loader = LoaderPath::new(Library::Ours);
    for round in 0..60 {
        let mut command = Command::new(&program);
        command.args([&server.port().to_string(), ca(), &(round % 12).to_string()]);
        command.env("LD_LIBRARY_PATH", loader.path());
        let running = Running::start(&mut command, Arc::new(Output::default())).unwrap();
        let stderr = running.stderr.clone();
        let status = running.finish(LIMIT).unwrap();
        assert!(status.success(), "round {round}: {status}: {}", stderr.text());
    }
}
