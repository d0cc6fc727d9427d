//! How a connection fails, and that the answer does not depend on where it shows.

use std::io::{IoSlice, Read as _, Write};
use std::time::Duration;

use openssl_sys::{TLS1_2_VERSION, TLS1_3_VERSION};

use super::super::support::{ANY_V4, listen};
use super::*;

/// Writes until it fails.
fn write_until_error(stream: &Stream) -> Error {
    for _ in 0..1000 {
        if let Err(error) = stream.write(&[IoSlice::new(b"x")]) {
            return error;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("writing does not fail");
}

/// [D2] A server that goes without a word is a lost connection.
#[test]
fn the_end_without_close_notify() {
    let server = TlsServer::start(setup(), |connection| {
        connection.accept().expect("handshake");
        connection.write(b"hello");
    });
    let stream = connect(&context(trusting()), "localhost", server.port()).0.expect("a connection");
    assert_eq!(read_exactly(&stream, 5), b"hello");
    assert_eq!(read_to_end(&stream), None);
    let lines = stream.take_log();
    assert!(says(&lines, "without ending TLS"), "{lines:?}");
    assert_eq!(read_to_end(&stream), None, "and again");
}

#[test]
fn the_end_with_close_notify() {
    let server = TlsServer::start(setup(), |connection| {
        connection.accept().expect("handshake");
        connection.write(b"hello");
        connection.close();
        connection.wait_for_end();
    });
    let stream = connect(&context(trusting()), "localhost", server.port()).0.expect("a connection");
    assert_eq!(read_exactly(&stream, 5), b"hello");
    assert_eq!(read_to_end(&stream), None);
    assert_eq!(stream.take_log(), []);
}

#[test]
fn a_reset_is_a_lost_connection_for_reader_and_writer() {
    for write in [false, true] {
        let server = TlsServer::start(setup(), |connection| {
            connection.accept().expect("handshake");
            connection.read();
            connection.reset();
        });
        let stream =
            connect(&context(trusting()), "localhost", server.port()).0.expect("a connection");
        stream.write(&[IoSlice::new(b"x")]).expect("write");
        let error =
            if write { write_until_error(&stream) } else { read_to_end(&stream).expect("error") };
        assert_eq!(error, Error::ConnLost, "writing: {write}");
        assert_eq!(read_to_end(&stream), Some(Error::ConnLost), "and again");
    }
}

#[test]
fn the_end_during_the_handshake_is_a_lost_connection() {
    for reset in [false, true] {
        let server = TlsServer::start(setup(), move |connection| {
            connection.socket.read_exact(&mut [0; 5]).expect("a greeting");
            if reset {
                connection.reset();
            }
        });
        let (result, lines) = connect(&context(trusting()), "localhost", server.port());
        assert_eq!(result.map(|_| ()), Err(Error::ConnLost), "{lines:?}");
    }
    // Also when the server has begun to speak.
    let (listener, address) = listen(ANY_V4);
    let server = std::thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        peer.write_all(&[22, 3, 3, 0, 100, 2]).unwrap();
    });
    let (result, lines) = connect(&context(trusting()), "localhost", address.port());
    server.join().unwrap();
    assert_eq!(result.map(|_| ()), Err(Error::ConnLost), "{lines:?}");
}

/// A server that refuses us says so after the handshake in TLS 1.3 and within it in TLS 1.2; it may have closed the
/// socket before we read that, and we may notice while writing.
#[test]
fn a_client_that_is_refused_always_gets_the_same_answer() {
    for (version, write) in
        [(TLS1_2_VERSION, false), (TLS1_3_VERSION, false), (TLS1_3_VERSION, true)]
    {
        let strict = Setup {
            client_authority: Some(authority().certificate.clone()),
            version: Some(version),
            ..setup()
        };
        let server = TlsServer::start(strict, |connection| {
            connection.accept().expect_err("no certificate, no handshake");
        });
        let (result, mut lines) = connect(&context(trusting()), "localhost", server.port());
        let error = match result {
            Err(error) => error,
            Ok(stream) => {
                let error = match write {
                    true => write_until_error(&stream),
                    false => read_to_end(&stream).expect("an error"),
                };
                lines.extend(stream.take_log());
                error
            }
        };
        assert_eq!(error, Error::Tls, "{version:x} {write}: {lines:?}");
        let reason = if version == TLS1_2_VERSION { "handshake failure" } else { "required" };
        assert!(says(&lines, reason), "{lines:?}");
    }
}

/// Once the server has taken us, broken TLS is a broken connection.
#[test]
fn nonsense_later_is_a_lost_connection() {
    let server = TlsServer::start(setup(), |connection| {
        connection.accept().expect("handshake");
        connection.write(b"hello");
        connection.socket.write_all(&[23, 3, 3, 0, 20]).unwrap();
        connection.socket.write_all(&[0; 20]).unwrap();
        connection.wait_for_end();
    });
    let stream = connect(&context(trusting()), "localhost", server.port()).0.expect("a connection");
    assert_eq!(read_exactly(&stream, 5), b"hello");
    assert_eq!(read_to_end(&stream), Some(Error::ConnLost));
    assert!(says(&stream.take_log(), "bad record mac"));
}

#[test]
fn a_client_certificate_lets_us_in() {
    let strict = Setup { client_authority: Some(authority().certificate.clone()), ..setup() };
    let server = echo(strict);
    let own = authority().issue("own", Kind { name: "own", ..Kind::default() });
    let config = TlsConfig {
        certificate: Some(own.certificate().into()),
        key: Some(own.key().into()),
        ..trusting()
    };
    let stream = connect(&context(config), "localhost", server.port()).0.expect("a connection");
    stream.write(&[IoSlice::new(b"hello")]).expect("write");
    assert_eq!(read_exactly(&stream, 5), b"hello");
}
