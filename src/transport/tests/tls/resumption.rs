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

/// What the two kinds of handshake cost the client. Prints figures.
#[test]
fn a_short_handshake_costs_less() {
    const ROUNDS: u64 = 40;
    let server = echo(setup());
    let mut bytes = Vec::new();
    for resuming in [false, true] {
        let config = Arc::new(trusting());
        let mut kept = Context::get(&config, None).expect("a context");
        let (mut total, mut time) = (0, 0);
        for round in 0..=ROUNDS {
            let start = thread_time();
            let stream = connect(&kept, "localhost", server.port()).0.expect("a connection");
            if round > 0 {
                time += thread_time() - start;
                total += bytes_of(&stream);
            }
            // The server's tickets come with its answer.
            stream.write(&[std::io::IoSlice::new(b"x")]).expect("write");
            read_exactly(&stream, 1);
            drop(stream);
            if !resuming {
                kept = Context::get(&config, None).expect("a context");
            }
        }
        let kind = if resuming { "resumed" } else { "full" };
        let (size, micros) = (total / ROUNDS, time / ROUNDS / 1000);
        println!("{kind} handshake: {size} bytes, {micros} us of the client's thread");
        bytes.push(size);
    }
    assert!(bytes[1] < bytes[0], "{bytes:?}");
}

/// Bytes sent and received so far.
fn bytes_of(stream: &Stream) -> u64 {
    unsafe extern "C" {
        fn BIO_number_read(bio: *mut openssl_sys::BIO) -> u64;
        fn BIO_number_written(bio: *mut openssl_sys::BIO) -> u64;
    }
    let ssl = stream.ssl().expect("TLS").as_ptr();
    // SAFETY: the object of a stream that is alive and in no other hands.
    unsafe {
        let bio = openssl_sys::SSL_get_rbio(ssl.cast());
        BIO_number_read(bio) + BIO_number_written(bio)
    }
}

/// Processor time of this thread in nanoseconds.
fn thread_time() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists, and `time` may be written.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
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
