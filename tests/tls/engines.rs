//! Keys that are with an engine of OpenSSL: Debian's clients with an engine made for the test.

use std::process::Command;
use std::sync::Arc;

use super::support::c_program::{Headers, Running, compiler, root};
use super::support::library::LoaderPath;
use super::support::scripted_broker::Output;
use super::support::tls_broker::TlsBroker;
use super::*;

#[test]
fn a_key_by_its_name_with_and_without_a_pin() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("testengine.so");
    let mut build = compiler(&root().join("tests/tls/engine.c"), Headers::Ours);
    let built = build.args(["-shared", "-fPIC", "-o"]).arg(&file).arg("-lcrypto").output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let broker = TlsBroker::start();
    let loader = LoaderPath::new(Library::Ours);
    let (sevens, eights) = ("07".repeat(20), "08".repeat(20));
    // Debian's clients want the name of the key to be that of a file.
    let (own, other) = (broker.client.key(), broker.server.key());
    let rows: [(&str, Option<&str>, Option<&str>, i32); 5] = [
        (own, None, None, 0),
        (other, None, None, 1),
        (own, Some("7"), Some(&sevens), 0),
        (own, Some("7"), Some(&eights), 1),
        (own, Some("7"), None, 1),
    ];
    for (key, wanted, given, code) in rows {
        let mut command = Command::new("mosquitto_pub");
        command.args(["-h", "localhost", "-p", &broker.strict_port().to_string()]);
        command.args(["--cafile", broker.ca(), "--cert", broker.client.certificate()]);
        command.args(["--keyform", "engine", "--tls-engine", "testengine", "--key", key]);
        command.args(["-t", "topic", "-m", "message", "-q", "1"]);
        if let Some(sum) = given {
            command.args(["--tls-engine-kpass-sha1", sum]);
        }
        loader.apply(&mut command);
        command.env("OPENSSL_ENGINES", directory.path()).env("TEST_ENGINE_KEY", own);
        if let Some(pin) = wanted {
            command.env("TEST_ENGINE_PIN", pin);
        }
        let running = Running::start(&mut command, Arc::new(Output::default())).unwrap();
        let stderr = running.stderr.clone();
        let status = running.finish(LIMIT).unwrap();
        assert_eq!(status.code(), Some(code), "{key} {wanted:?} {given:?}: {}", stderr.text());
    }
}
