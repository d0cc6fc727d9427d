//! What is said in the handshake, and what is waited for meanwhile.

use std::io::Write;
use std::sync::Mutex;
use std::time::Instant;

use super::super::support::{listen, wait_for, wait_until};
use super::*;
use crate::transport::poll::Interest;

#[test]
fn a_silent_server_is_waited_for_without_turning() {
    let (listener, address) = listen(super::super::support::ANY_V4);
    let mut attempt = attempt(&context(trusting()), "localhost", address.port());
    let (mut peer, _) = listener.accept().unwrap();
    wait_until("ClientHello is out", || {
        assert!(matches!(
            attempt.advance(clock::now()),
            Ok(crate::transport::connect::Progress::Pending)
        ));
        !attempt.wants_write()
    });
    let mut entries = Vec::new();
    attempt.descriptors(&mut entries);
    assert_eq!(entries.len(), 1);
    assert!(entries[0].want_read && !entries[0].want_write, "{entries:?}");
    assert!(attempt.ssl().is_some(), "the program can have the object before the end");
    peer.write_all(b"no TLS at all").unwrap();
    wait_for(attempt.descriptor(), Interest::READ);
    assert_eq!(attempt.advance(clock::now()).map(|_| ()), Err(Error::Tls));
    assert!(says(&attempt.take_log(), "wrong version number"));
}

#[test]
fn the_servers_name_is_sent_as_the_program_wrote_it() {
    let names = Arc::new(Mutex::new(Vec::new()));
    let seen = names.clone();
    let server = TlsServer::start(setup(), move |connection| {
        if connection.accept().is_err() {
            return; // a client that could not say the name
        }
        seen.lock().unwrap().push(connection.server_name());
        send_back(connection);
    });
    let context = context(TlsConfig { insecure: true, ..trusting() });
    for host in ["localhost", "127.0.0.1", "Broker.Example.Test"] {
        let stream = connect(&context, host, server.port()).0.expect("a connection");
        stream.shutdown_write();
        assert_eq!(read_to_end(&stream), None);
        assert_eq!(names.lock().unwrap().pop(), Some(Some(host.to_owned())));
    }
    // Longer than OpenSSL can say: no connection rather than one without.
    let (result, _) = connect(&context, &"a".repeat(256), server.port());
    assert_eq!(result.map(|_| ()), Err(Error::Tls));
}

#[test]
fn one_application_protocol_whatever_is_in_it() {
    let table: [(&[u8], Option<&[u8]>); 5] = [
        (b"mqtt", Some(b"\x04mqtt")),
        (b"a,b", Some(b"\x03a,b")),
        (b"", None),
        (&[b'x'; 300], Some(&[b'x'; 255])), // cut; the first byte is the length
        (&[b'y'; 254], Some(&[b'y'; 255])),
    ];
    for (protocol, offered) in table {
        let server = echo(Setup { protocol: Some(b"mqtt"), ..setup() });
        let config = TlsConfig { alpn: Some(protocol.to_vec()), ..trusting() };
        // A server that does not know the protocol is taken all the same.
        assert!(connect(&context(config), "localhost", server.port()).0.is_ok());
        let mut seen = server.offered.lock().unwrap().pop();
        if let Some(list) = seen.as_mut().filter(|list| list.len() == 255) {
            assert_eq!(list[0], 254);
            list[0] = list[1];
        }
        assert_eq!(seen.as_deref(), offered);
    }
}

#[test]
fn versions_and_ciphers() {
    use crate::transport::tls::config::Version;
    use openssl_sys::{TLS1_2_VERSION, TLS1_3_VERSION};
    let with = |config: TlsConfig, version| {
        let server = echo(Setup { version: Some(version), ..setup() });
        connect(&context(config), "localhost", server.port()).0.map(|_| ())
    };
    let suites = |list: &str| TlsConfig {
        cipher_suites: Some(list.into()),
        version: Version::Tls13,
        ..trusting()
    };
    let ciphers = |list: &str| TlsConfig { ciphers: Some(list.into()), ..trusting() };
    let only_13 = TlsConfig { version: Version::Tls13, ..trusting() };
    let rows = [
        (trusting(), TLS1_2_VERSION, true),
        (trusting(), TLS1_3_VERSION, true),
        (only_13.clone(), TLS1_3_VERSION, true),
        (only_13, TLS1_2_VERSION, false),
        (suites("TLS_CHACHA20_POLY1305_SHA256"), TLS1_3_VERSION, true),
        (ciphers("ECDHE-ECDSA-AES128-GCM-SHA256"), TLS1_2_VERSION, true),
        (ciphers("ECDHE-RSA-AES128-GCM-SHA256"), TLS1_2_VERSION, false), // not with this key
        (ciphers("ECDHE-RSA-AES128-GCM-SHA256"), TLS1_3_VERSION, true),  // another list
    ];
    for (row, (config, version, good)) in rows.into_iter().enumerate() {
        let expected = if good { Ok(()) } else { Err(Error::Tls) };
        assert_eq!(with(config, version), expected, "row {row}");
    }
}

/// [D16] Delayed acknowledgements would cost 40 ms.
#[test]
fn a_handshake_and_an_answer_take_no_time() {
    let server = echo(setup());
    let context = context(trusting());
    let mut times: Vec<u128> = (0..9)
        .map(|_| {
            let start = Instant::now();
            let stream = connect(&context, "localhost", server.port()).0.expect("a connection");
            stream.write(&[std::io::IoSlice::new(b"hello")]).unwrap();
            read_exactly(&stream, 5);
            start.elapsed().as_millis()
        })
        .collect();
    times.sort_unstable();
    assert!(times[4] < 35, "milliseconds: {times:?}");
}
