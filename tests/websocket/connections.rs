//! From one connection to the next, what waits for the upgrade, Unix sockets, event loops of programs.

use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use crate::support::client::{Client, Prop};
use crate::support::driving::{external_loop, external_wait, run_to, run_until};
use crate::support::peer::wait_readable;
use crate::support::server::{CONNACK, Connection, LIMIT, Server};
use crate::support::web::{agreement, frame};
use crate::{MESSAGE, client, masked, ours};

#[test]
fn d11_d12_properties_arrive_and_what_is_published_early_waits() {
    if !ours() {
        return;
    }
    let server = Server::start(|door| {
        let mut server = door.accept();
        let request = server.upgrade_request();
        assert!(!wait_readable(
            std::os::fd::AsRawFd::as_raw_fd(server.stream()),
            Duration::from_millis(50)
        ));
        server.send(&agreement(&request));
        let (_, connect) = server.frame();
        let properties: &[u8] = b"\x05\x02\0\x3c\x08\x11\0\0\x0e\x10\x21\0\x14";
        assert!(connect.windows(properties.len()).any(|part| part == properties), "{connect:x?}");
        server.send(&frame(0x82, b"\x20\x03\0\0\0"));
        assert_eq!(server.frame(), (0x82, b"\x30\x09\0\x05early\0!".to_vec()));
    });
    let client = client("c", 5);
    let expiry = Prop { id: 17, value: "3600".to_owned() };
    assert_eq!(client.connect("127.0.0.1", server.port(), 60, &[expiry]), 0);
    assert_eq!(client.publish("early", b"!", 0, false, &[]).0, 0);
    run_until(&client, "the message", || server.is_finished());
    server.finish();
}

#[test]
fn d10_every_connection_starts_from_a_clean_state() {
    if !ours() {
        return;
    }
    let ends: [fn(Connection); 5] = [
        |_| (),
        |mut server| drop(server.upgrade_request()),
        |mut server| {
            let request = server.upgrade_request();
            server.send(&agreement(&request)[..60]);
        },
        |mut server| {
            server.accept_mqtt();
            server.send(b"\x82\x7e\x01"); // in the middle of a header
        },
        |mut server| {
            server.accept_mqtt();
            server.send(&masked(0x02, b"\x30\x04\0\x01th")[..9]); // in the middle of a masked payload
        },
    ];
    let server = Server::start(move |door| {
        for end in ends {
            end(door.accept());
        }
        let mut server = door.accept();
        server.accept_mqtt();
        server.send(&frame(0x82, MESSAGE));
        server.rest()
    });
    let client = client("c", 4);
    client.connect("127.0.0.1", server.port(), 60, &[]);
    client.loop_start();
    let deadline = Instant::now() + LIMIT;
    loop {
        match client.take_event() {
            Some(event) if event.starts_with("message") => break,
            Some(event) => assert!(
                event == "connect(0,0,[])" || event == "disconnect(7,[])",
                "{event}; {:?}",
                client.log()
            ),
            None => std::thread::sleep(Duration::from_millis(2)),
        }
        assert!(Instant::now() < deadline, "not back in time: {:?}", client.log());
    }
    drop(client);
    server.finish();
}

#[test]
fn a_refusal_ends_the_loop_and_a_manual_reconnect_works() {
    if !ours() {
        return;
    }
    let server = Server::start(|door| {
        let mut server = door.accept();
        server.upgrade_request();
        server.send(b"HTTP/1.1 503 Service Unavailable\r\n\r\n");
        drop(server);
        let mut server = door.accept();
        server.accept_mqtt();
        server.rest()
    });
    let client = client("c", 4);
    client.connect("127.0.0.1", server.port(), 60, &[]);
    assert_eq!(client.loop_forever(), 13);
    assert_eq!(client.take_events(), ["disconnect(13,[])"]);
    assert_eq!(client.reconnect(), 0);
    run_to(&client, "connect(0,0,[])");
    drop(client);
    server.finish();
}

#[test]
fn over_a_unix_socket() {
    if !ours() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("web.sock");
    let listener = UnixListener::bind(&path).expect("a Unix socket");
    let server = Server::unix(listener, |door| {
        let mut server = door.accept();
        let request = server.upgrade(&frame(0x82, CONNACK));
        assert_eq!(request[1], "Host: localhost");
        server.frame()
    });
    let client = client("c", 4);
    assert_eq!(client.connect(path.to_str().expect("UTF-8"), 0, 60, &[]), 0);
    run_to(&client, "connect(0,0,[])");
    assert_eq!(server.finish().1[0], 0x10);
}

#[test]
fn an_external_loop_gets_through_without_spinning() {
    if !ours() {
        return;
    }
    let server = Server::start(|door| {
        let mut server = door.accept();
        let request = server.upgrade_request();
        server.send_slowly(&agreement(&request)[..20]);
        server.send(&agreement(&request)[20..]);
        server.frame();
        server.send_slowly(&[frame(0x89, b"?"), frame(0x82, CONNACK)].concat());
        assert_eq!(server.frame(), (0x8a, b"?".to_vec()));
        server.rest()
    });
    let client = client("c", 4);
    assert_eq!(client.connect_async("127.0.0.1", server.port(), 60), 0);
    let turns = external_loop(&client);
    assert!(turns < 60, "{turns} turns for 30 small pieces");
    drop(client);
    server.finish();
}

#[test]
fn what_came_with_the_answer_is_handled_whichever_function_reads_it() {
    if !ours() {
        return;
    }
    type Function = fn(&Client) -> i32;
    let functions: [(&str, Function); 3] = [
        ("read", |client| client.loop_read()),
        ("write", |client| client.loop_write()),
        ("misc", |client| client.loop_misc()),
    ];
    for (name, function) in functions {
        let server = Server::start(|door| {
            let mut server = door.accept();
            server.upgrade(&[frame(0x82, CONNACK), frame(0x82, MESSAGE)].concat());
            server.rest()
        });
        let client = client("c", 4);
        assert_eq!(client.connect("127.0.0.1", server.port(), 60, &[]), 0);
        let deadline = Instant::now() + LIMIT;
        let mut events = Vec::new();
        while events.len() < 2 {
            assert!(Instant::now() < deadline, "{name}: only {events:?}");
            if external_wait(&client, 100) != 0 {
                assert_eq!(function(&client), 0, "{name}");
            }
            // What came during mosquitto_connect() is shown by no descriptor.
            assert_eq!(client.loop_misc(), 0, "{name}");
            events.extend(client.take_events());
        }
        assert_eq!(events, ["connect(0,0,[])", "message(0,t,h,1,0,0,[])"], "{name}");
        drop(client);
        server.finish();
    }
}
