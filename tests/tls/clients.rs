//! Debian's clients, untouched, over TLS.

use std::process::Command;

use super::support::clients::{Address, ClientProgram};
use super::support::library::LoaderPath;
use super::support::scenarios::{Scene, VERSIONS};
use super::support::terminal::on_terminal;
use super::support::tls_broker::{TlsBroker, tls_address};
use super::*;

fn addresses(broker: &TlsBroker) -> [(&'static str, Address); 4] {
    [
        ("file", broker.by_file()),
        ("path", broker.by_path()),
        ("certificate", broker.by_certificate()),
        ("key", broker.by_key()),
    ]
}

#[test]
fn every_version_and_qos_by_file_path_certificate_and_key() {
    let broker = TlsBroker::start();
    for library in Library::selected() {
        for (name, address) in addresses(&broker) {
            let scene = Scene::new(library, address, &format!("tls/{name}"));
            for version in VERSIONS {
                for qos in ["0", "1", "2"] {
                    scene.message(version, qos);
                }
            }
        }
    }
}

#[test]
fn every_qos_with_every_option() {
    let broker = TlsBroker::start();
    let named = TlsBroker::start_as(Kind { name: "other.test", ..Kind::default() });
    let suite = ["--ciphers", "ECDHE-ECDSA-AES256-GCM-SHA384", "--tls-version", "tlsv1.2"];
    let suite_13 = ["--ciphers", "TLS_AES_128_GCM_SHA256", "--tls-version", "tlsv1.3"];
    let rows: [(&TlsBroker, &[&str]); 7] = [
        (&broker, &["--tls-version", "tlsv1.2"]),
        (&broker, &["--tls-version", "tlsv1.3"]),
        (&broker, &["--tls-alpn", "mqtt"]),
        (&broker, &suite),
        (&broker, &suite_13),
        (&broker, &["--insecure"]),
        (&named, &["--insecure"]),
    ];
    for library in Library::selected() {
        for (number, (broker, options)) in rows.into_iter().enumerate() {
            if library == Library::Theirs && options == suite_13 {
                continue; // 2.0 takes that for a suite of TLS 1.2
            }
            let address = broker.by_file_and(options);
            let scene = Scene::new(library, address, &format!("tls/option/{number}"));
            for qos in ["0", "1", "2"] {
                scene.message("mqttv311", qos);
            }
        }
    }
}

/// The clients have no option for the password of a key: OpenSSL asks on the terminal.
#[test]
fn every_qos_with_an_encrypted_key() {
    let broker = TlsBroker::start();
    for library in Library::selected() {
        let loader = LoaderPath::new(library);
        let run = |program: &str, options: &[&str], password: &str| {
            let mut command = Command::new(program);
            command.args(broker.by_encrypted_key().options()).args(options).env("LC_ALL", "C");
            loader.apply(&mut command);
            on_terminal(command, "pass phrase:", password)
        };
        for qos in ["0", "1", "2"] {
            let topic = format!("tls/encrypted/{}/{qos}", library.name());
            let send = ["-t", &topic, "-m", "hello", "-r", "-q", qos];
            let Some((status, text)) = run("mosquitto_pub", &send, "secret\n") else { return };
            assert!(status.success(), "{status}: {text}");
            let receive = ["-t", &topic, "-C", "1", "-q", qos];
            let Some((status, text)) = run("mosquitto_sub", &receive, "secret\n") else { return };
            assert!(status.success() && text.ends_with("hello\r\n"), "{status}: {text}");
        }
        let send = ["-t", "topic", "-m", "hello"];
        let Some((status, text)) = run("mosquitto_pub", &send, "wrong\n") else { return };
        assert!(!status.success() && text.contains("A TLS error occurred"), "{status}: {text}");
    }
}

#[test]
fn lines_large_messages_and_wills() {
    let broker = TlsBroker::start();
    for library in Library::selected() {
        let scene = Scene::new(library, broker.by_file(), "tls/more");
        scene.lines_in_order("mqttv5");
        scene.large_payload("mqttv311");
        scene.will("mqttv311");
        scene.persistent_session("mqttv311");
    }
}

/// Where our library is found, for as long as programs may look for it.
fn ours() -> &'static LoaderPath {
    static OURS: OnceLock<LoaderPath> = OnceLock::new();
    OURS.get_or_init(|| LoaderPath::new(Library::Ours))
}

/// Publishes one message with `options` on our library.
fn publish(port: u16, options: &[&str]) -> ClientProgram {
    let address = tls_address(port, &[]);
    let message = ["-t", "topic", "-m", "message", "-q", "1"];
    ClientProgram::start("mosquitto_pub", ours(), &address, &[options, &message].concat())
}

#[test]
fn servers_that_are_not_to_be_trusted() {
    let (authority, _) = authority();
    let stranger = Authority::new("stranger");
    let localhost = Kind { name: "localhost", ..Kind::default() };
    let rows = [
        (stranger.issue("stranger", localhost), "unable to get local issuer certificate"),
        (
            authority.issue("other", Kind { name: "other.test", ..localhost }),
            "Error: host name verification failed.",
        ),
        (authority.issue("old", Kind { expired: true, ..localhost }), "certificate has expired"),
    ];
    for (issued, reason) in rows {
        let server = TlsServer::start(
            Setup { certificate: Some(issued.clone()), ..Setup::default() },
            |connection| {
                assert!(connection.accept().is_err(), "the client took the certificate");
            },
        );
        let (code, text) = publish(server.port(), &["--cafile", ca()]).fail();
        assert_eq!((code, text.trim_end()), (TLS, "Error: A TLS error occurred"), "{issued:?}");
        // With --debug it says why, on stdout, whatever is to be sent or received.
        let address = tls_address(server.port(), &[]);
        let says = |program: &str, more: &[&str]| {
            let options = [&["--cafile", ca(), "-d", "-t", "topic"], more].concat();
            let program = ClientProgram::start(program, ours(), &address, &options);
            program.wait_for(reason);
            program.fail();
        };
        for qos in ["0", "1", "2"] {
            says("mosquitto_pub", &["-m", "message", "-q", qos]);
            says("mosquitto_sub", &["-q", qos]);
        }
    }
}

#[test]
fn options_of_the_clients() {
    let (authority, _) = authority();
    let server = broker();
    let trust = ["--cafile", ca()];
    let rows: [&[&str]; 7] = [
        &[],
        &["--tls-version", "tlsv1.2"],
        &["--tls-version", "tlsv1.3"],
        &["--tls-alpn", "mqtt"],
        &["--ciphers", "ECDHE-ECDSA-AES256-GCM-SHA384", "--tls-version", "tlsv1.2"],
        &["--nodelay"],
        &["--insecure"],
    ];
    for options in rows {
        publish(server.port(), &[&trust, options].concat()).finish();
    }
    let offered = server.offered.lock().unwrap().clone();
    assert_eq!(offered, [b"\x04mqtt".to_vec()]);

    // --insecure: another name, but not another authority.
    let kind = Kind { name: "other.test", ..Kind::default() };
    let other = Setup { certificate: Some(authority.issue("named", kind)), ..Setup::default() };
    let server = TlsServer::start(other, |connection| {
        if connection.welcome().is_ok() {
            serve(connection);
        }
    });
    let refused = (TLS, "Error: A TLS error occurred\n".to_owned());
    assert_eq!(publish(server.port(), &trust).fail(), refused);
    publish(server.port(), &[&trust[..], &["--insecure"]].concat()).finish();
    let stranger = Authority::new("stranger");
    let strange = ["--cafile", path(&stranger.certificate), "--insecure"];
    assert_eq!(publish(server.port(), &strange).fail(), refused);

    // What OpenSSL does not take is an error of the connect call.
    let bad = ["--cafile", ca(), "--ciphers", "no such cipher"];
    let (code, text) = publish(server.port(), &bad).fail();
    assert_eq!((code, text.trim_end()), (1, "Unable to connect (A TLS error occurred)."));
    let (code, text) = publish(server.port(), &["--cafile", "/nonexistent"]).fail();
    assert!(code == 1 && text.contains("File not found"), "{code} {text}");
}
