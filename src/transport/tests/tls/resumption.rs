//! Short handshakes: when there are any, and that nothing depends on them.

use std::sync::Mutex;

use openssl_sys::{TLS1_2_VERSION, TLS1_3_VERSION};

use super::*;

/// A server that greets, and notes which handshakes were short.
fn noting(setup: Setup, reset: bool) -> (TlsServer, Arc<Mutex<Vec<bool>>>) {
    let resumed = Arc::new(Mutex::new(Vec::new()));
    let noted = resumed.clone();
    let server = TlsServer::start(setup, move |connection| {
        if connection.accept().is_ok() {
            noted.lock().unwrap().push(connection.resumed());
            connection.write(b"hello");
            connection.read();
            if reset {
                connection.reset();
            }
        }
    });
    (server, resumed)
}

fn greet(context: &Arc<Context>, host: &str, port: u16) -> Result<()> {
    let stream = connect(context, host, port).0?;
    assert_eq!(read_exactly(&stream, 5), b"hello");
    stream.write(&[std::io::IoSlice::new(b"x")])?;
    let _ = read_to_end(&stream);
    Ok(())
}

#[test]
fn the_second_handshake_is_short() {
    for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
        for reset in [false, true] {
            let (server, resumed) = noting(Setup { version: Some(version), ..setup() }, reset);
            let context = context(trusting());
            for _ in 0..4 {
                greet(&context, "localhost", server.port()).expect("a connection");
            }
            assert_eq!(*resumed.lock().unwrap(), [false, true, true, true], "reset: {reset}");
        }
    }
}

#[test]
fn another_name_or_other_settings_are_another_server() {
    let (server, resumed) = noting(setup(), false);
    let first = context(trusting());
    greet(&first, "localhost", server.port()).unwrap();
    greet(&first, "127.0.0.1", server.port()).unwrap();
    greet(&context(trusting()), "127.0.0.1", server.port()).unwrap();
    assert_eq!(*resumed.lock().unwrap(), [false, false, false]);
    // A name that the certificate does not have is refused as ever.
    assert_eq!(greet(&first, "other.test", server.port()), Err(Error::Tls));
}

/// OpenSSL servers that ask for certificates and forgot one setting end resumed handshakes with an alert.
#[test]
fn a_server_that_cannot_resume_costs_one_attempt() {
    let own = authority().issue("resuming", Kind { name: "own", ..Kind::default() });
    for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
        let strict = Setup {
            client_authority: Some(authority().certificate.clone()),
            without_session_context: true,
            version: Some(version),
            ..setup()
        };
        let (server, resumed) = noting(strict, false);
        let context = context(TlsConfig {
            certificate: Some(own.certificate().into()),
            key: Some(own.key().into()),
            ..trusting()
        });
        let results: Vec<_> = (0..4).map(|_| greet(&context, "localhost", server.port())).collect();
        let lost = results.iter().filter(|result| result.is_err()).count();
        assert!(lost <= 1, "{version:x}: {results:?}");
        assert!(results.iter().all(|r| matches!(r, Ok(()) | Err(Error::ConnLost))), "{results:?}");
        assert_eq!(results[3], Ok(()));
        assert!(resumed.lock().unwrap().iter().all(|short| !short));
    }
}

#[test]
fn proof_of_no_revocation_is_asked_for_every_time() {
    let good = authority().ocsp_response("resumption", localhost(), "V\t400101000000Z\t");
    let (server, resumed) = noting(Setup { ocsp: Some(good), ..setup() }, false);
    let context = context(TlsConfig { ocsp_required: true, ..trusting() });
    for _ in 0..3 {
        greet(&context, "localhost", server.port()).expect("a connection");
    }
    assert_eq!(*resumed.lock().unwrap(), [false, false, false]);
}
