//! TLS under every kind of loop: what is waited for, what ends a connection, and what that means to the program.

use std::net::TcpListener;
use std::sync::mpsc;

use super::support::driving::external_turn;
use super::*;

/// A client whose reconnects follow each other quickly enough for a test: 1 s is the least there is.
fn patient(id: &str) -> Client {
    let client = client(id);
    assert_eq!(client.reconnect_delay(1, 1, false), SUCCESS);
    client
}

#[test]
fn d2_a_server_that_dies_is_connected_to_again() {
    let server = TlsServer::start(setup(), |connection| {
        if connection.welcome().is_err() {
            return;
        }
        if connection.number > 0 {
            serve(connection);
        } // else it goes without a word
    });
    let client = patient("killed");
    let (handle, port) = (client.handle(), server.port());
    client.react("connect", |_| {});
    client.react("connect", |client| {
        client.disconnect(0, &[]);
    });
    assert_eq!(handle.connect("localhost", port, 60, &[]), SUCCESS);
    assert_eq!(handle.loop_forever(), SUCCESS);
    let events = client.take_events();
    let kinds: Vec<&str> = events.iter().map(|event| &event[..event.len().min(12)]).collect();
    assert_eq!(kinds, ["connect(0,0,", "disconnect(7", "connect(0,0,", "disconnect(0"]);
}

#[test]
fn d4_disconnect_ends_tls_and_waits_without_turning() {
    let (told, asked) = mpsc::channel();
    let server = TlsServer::start(setup(), move |connection| {
        connection.welcome().expect("a client");
        let all = connection.read_to_end();
        // Still open: the client waits for us.
        std::thread::sleep(Duration::from_millis(300));
        told.send((all, connection.was_closed())).unwrap();
    });
    let client = client("leaving");
    // Called inside a callback, where the original gets the code wrong.
    client.react("connect", |client| {
        client.disconnect(0, &[]);
    });
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
    run_until(&client, "connect(0");
    let start = Instant::now();
    let mut calls = 0;
    while client.run_once(1000) == SUCCESS && client.socket() >= 0 {
        calls += 1;
        assert!(start.elapsed() < LIMIT);
    }
    let events = client.take_events();
    assert!(events.iter().any(|event| event.starts_with("disconnect(0")), "{events:?}");
    assert!(calls < 20, "{calls} calls of mosquitto_loop");
    let (all, closed) = asked.recv().unwrap();
    assert_eq!(all, [0xe0, 0], "DISCONNECT");
    assert!(closed, "close_notify");
    assert!(!logged(&client, "OpenSSL Error"), "{:?}", client.log());
}

#[test]
fn d9_a_silent_server_costs_no_turns() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let client = client("silent");
    let port = listener.local_addr().unwrap().port();
    assert_eq!(client.connect("localhost", port, 60, &[]), SUCCESS);
    let _peer = listener.accept().unwrap();
    assert!(client.socket() >= 0);
    let (start, mut turns) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_millis(400) {
        let events = if client.want_write() { libc::POLLIN | libc::POLLOUT } else { libc::POLLIN };
        let mut entry = libc::pollfd { fd: client.socket(), events, revents: 0 };
        // SAFETY: one entry.
        unsafe { libc::poll(&raw mut entry, 1, 100) };
        assert_eq!(client.loop_read(), SUCCESS);
        assert_eq!(client.loop_write(), SUCCESS);
        assert_eq!(client.loop_misc(), SUCCESS);
        turns += 1;
    }
    assert!(turns < 20, "{turns} turns in 400 ms");
    // What the program sends now waits, and does not turn the loop either.
    client.publish("topic", b"payload", 0, false, &[]);
    assert!(!client.want_write());
    drop(client);
}

#[test]
fn d12_what_is_sent_early_comes_after_the_handshake() {
    let (told, asked) = mpsc::channel();
    let server = TlsServer::start(setup(), move |connection| {
        let mut all = connection.welcome().expect("a client");
        all.extend(serve(connection));
        told.send(all).unwrap();
    });
    let client = client("early");
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
    for _ in 0..3 {
        client.publish("t", b"x", 0, false, &[]);
    }
    run_until(&client, "connect(0");
    client.disconnect(0, &[]);
    run_until(&client, "disconnect(0");
    let all = asked.recv().unwrap();
    let connect = packet_len(&all).unwrap();
    assert_eq!(all[connect..], [&b"\x30\x04\0\x01tx".repeat(3)[..], &[0xe0, 0]].concat());
}

#[test]
fn d13_the_end_inside_a_packet_is_a_lost_connection() {
    let server = TlsServer::start(setup(), |connection| {
        connection.welcome().expect("a client");
        connection.write(&[0x30, 100, 0, 1]);
        connection.close();
    });
    let client = client("inside");
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
    run_until(&client, &format!("disconnect({CONN_LOST}"));
}

/// A server with another certificate cannot be cured by trying again.
#[test]
fn an_untrusted_server_ends_the_loop() {
    let stranger = Authority::new("stranger");
    let issued = stranger.issue("localhost", Kind { name: "localhost", ..Kind::default() });
    let server =
        TlsServer::start(Setup { certificate: Some(issued), ..Setup::default() }, |connection| {
            let _ = connection.accept();
        });
    let client = patient("refusing");
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
    assert_eq!(client.loop_forever(), TLS);
    assert_eq!(client.take_events(), ["disconnect(8,[])"]);
    assert_eq!(server.connections(), 1);
    let log = client.log();
    let lines: Vec<&str> = log.iter().map(|(_, line)| line.as_str()).collect();
    let openssl = "OpenSSL Error while trying to get the error[0]: error:0A000086:SSL routines::certificate verify failed";
    assert!(lines.contains(&openssl), "{lines:?}");
}

/// A file that is missing for a moment is: the next attempt may find it.
#[test]
fn a_file_that_is_not_there_is_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ca.crt");
    std::fs::copy(ca(), &file).unwrap();
    let server = TlsServer::start(setup(), |connection| {
        if connection.welcome().is_ok() && connection.number > 0 {
            serve(connection);
        }
    });
    let client = Client::new(Library::Ours, Some("waiting"), true, 4, Style::Conversation);
    client.reconnect_delay(1, 1, false);
    assert_eq!(client.tls_trust(Some(path(&file)), None), SUCCESS);
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
    assert_eq!(client.loop_start(), SUCCESS);
    std::fs::rename(&file, directory.path().join("away")).unwrap();
    wait_until("a failed attempt", || logged(&client, "Unable to load CA certificates"));
    assert_eq!(server.connections(), 1, "no connection without it");
    std::fs::rename(directory.path().join("away"), &file).unwrap();
    wait_until("another connection", || server.connections() > 1);
    client.disconnect(0, &[]);
    assert_eq!(client.loop_stop(false), SUCCESS);
}

/// An external loop that waits for exactly what it is told to, with more bytes in both directions than sockets hold.
#[test]
fn an_external_loop_moves_megabytes_both_ways() {
    const COUNT: usize = 60;
    const SIZE: usize = 100_000;
    let broker = super::support::tls_broker::TlsBroker::start();
    let client = Client::new(Library::Ours, Some("external"), true, 4, Style::Conversation);
    assert_eq!(client.tls_trust(Some(broker.ca()), None), SUCCESS);
    assert_eq!(client.connect("localhost", broker.port(), 60, &[]), SUCCESS);
    let deadline = Instant::now() + LIMIT;
    let (mut messages, mut subscribed) = (0, false);
    while messages < COUNT {
        assert!(Instant::now() < deadline, "{messages} messages");
        external_turn(&client, 10_000); // long: whoever waits for the wrong thing is found out
        for event in client.take_events() {
            if event.starts_with("connect(0") {
                client.subscribe(&["external/#".to_owned()], 0, 0, &[]);
            } else if event.starts_with("subscribe(") && !subscribed {
                subscribed = true;
                for number in 0..COUNT {
                    let payload = vec![number as u8; SIZE];
                    client.publish("external/topic", &payload, 0, false, &[]);
                }
            } else if event.starts_with("message(") {
                messages += 1;
            }
        }
    }
}
