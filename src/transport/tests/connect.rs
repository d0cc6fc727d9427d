//! Connection attempts from host and port to a stream, and what they answer when they fail.

use std::os::fd::BorrowedFd;
use std::sync::mpsc;

use socket2::SockRef;

use super::support::*;
use crate::error::Error;
use crate::transport::clock;
use crate::transport::connect::{Connector, Progress, Target, TcpOptions};
use crate::transport::resolve::Lookup;

#[test]
fn numeric_and_named_hosts_connect() {
    let (listener, address) = listen(ANY_V4);
    for host in ["127.0.0.1", "127.1", "localhost"] {
        let stream = connect(tcp(host, address.port())).expect(host);
        let (_, from) = listener.accept().unwrap();
        assert!(from.ip().is_loopback());
        assert!(is_close_on_exec(stream.descriptor()));
    }
}

#[test]
fn ipv6_connects() {
    let Some((listener, address)) = listen_v6() else { return };
    let stream = connect(tcp("::1", address.port())).unwrap();
    assert!(listener.accept().unwrap().1.is_ipv6());
    assert!(stream.descriptor() >= 0);
}

#[test]
fn a_listener_on_this_machine_is_connected_within_start() {
    let (_listener, address) = listen(ANY_V4);
    let mut connector = Connector::start(tcp("127.0.0.1", address.port()), clock::now()).unwrap();
    let promised = connector.descriptor();
    let (mut entries, _) = connector.wants();
    assert_eq!(entries.len(), 1);
    assert_eq!(crate::transport::poll::poll(&mut entries, Some(0)), Ok(1), "a poll would not wait");
    let Ok(Progress::Connected(stream)) = connector.advance(clock::now()) else {
        panic!("not connected");
    };
    assert_eq!(stream.descriptor(), promised);
    assert_eq!(connector.descriptor(), -1);
}

#[test]
fn a_refusal_by_this_machine_is_known_within_start() {
    let refusing = Refusing::new();
    let port = refusing.address.port();
    let refused = Connector::start(tcp("127.0.0.1", port), clock::now());
    assert_eq!(refused.map(|_| ()), Err(Error::Errno(libc::ECONNREFUSED)));
}

#[test]
fn failures_have_the_code_of_what_failed() {
    let (_listener, address) = listen(ANY_V4);
    let open = address.port();
    let refusing = Refusing::new();
    let none = Error::Eai(libc::EAI_NONAME);
    let rows: &[(&str, u16, Option<&str>, Error)] = &[
        ("", 1883, None, none),
        ("256.1.1.1", 1883, None, none),
        ("bad\0host", 1883, None, Error::Inval),
        ("127.0.0.1", open, Some(""), none),
        ("127.0.0.1", open, Some("256.1.1.1"), none),
        ("127.0.0.1", open, Some("bad\0bind"), Error::Inval),
        // Nobody's address here (TEST-NET-3); only bound to, never contacted.
        ("127.0.0.1", open, Some("203.0.113.1"), Error::Errno(libc::EADDRNOTAVAIL)),
        ("127.0.0.1", refusing.address.port(), Some("127.0.0.2"), Error::Errno(libc::ECONNREFUSED)),
    ];
    for &(host, port, bind, expected) in rows {
        let bind_address = bind.map(|bind| bind.as_bytes().to_vec());
        let target = Target { bind_address, ..tcp(host, port) };
        assert_eq!(connect(target).map(|_| ()), Err(expected), "{host:?} {bind:?}");
    }
}

#[test]
fn a_bind_address_of_the_other_family_fails() {
    let (_listener, address) = listen(ANY_V4);
    let target = Target { bind_address: Some(b"::1".to_vec()), ..tcp("127.0.0.1", address.port()) };
    match connect(target).map(|_| ()) {
        Err(Error::Errno(libc::EINVAL | libc::EAFNOSUPPORT)) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_own_end_is_the_bind_address() {
    let (listener, address) = listen(ANY_V4);
    let target =
        Target { bind_address: Some(b"127.0.0.3".to_vec()), ..tcp("127.0.0.1", address.port()) };
    let _stream = connect(target).unwrap();
    assert_eq!(listener.accept().unwrap().1.ip().to_string(), "127.0.0.3");
}

#[test]
fn nodelay_as_asked_for() {
    let (_listener, address) = listen(ANY_V4);
    for nodelay in [false, true] {
        let stream = connect(Target {
            tcp: TcpOptions { nodelay, ..TcpOptions::default() },
            ..tcp("127.0.0.1", address.port())
        })
        .unwrap();
        assert!(!stream.nodelay_failed());
        // SAFETY: `stream` keeps the descriptor open for as long as it is borrowed.
        let descriptor = unsafe { BorrowedFd::borrow_raw(stream.descriptor()) };
        assert_eq!(SockRef::from(&descriptor).tcp_nodelay().unwrap(), nodelay);
    }
}

#[test]
fn a_failed_attempt_fails_the_same_way_again() {
    let lookup = Lookup::start_with(b"gone.test", |_| Err(Error::Eai(libc::EAI_AGAIN))).unwrap();
    let started = Connector::start_with(tcp("gone.test", 1883), lookup, None, clock::now());
    // The helper thread may be through already.
    let Ok(mut connector) = started else {
        assert_eq!(started.map(|_| ()), Err(Error::Eai(libc::EAI_AGAIN)));
        return;
    };
    for _ in 0..2 {
        assert_eq!(drive(&mut connector).map(|_| ()), Err(Error::Eai(libc::EAI_AGAIN)));
    }
    assert_eq!((connector.descriptor(), connector.deadline()), (-1, None));
}

#[test]
fn while_looking_up_there_is_a_descriptor_to_wait_for_and_the_socket_has_another() {
    let (_listener, address) = listen(ANY_V4);
    let (answer, question) = mpsc::channel();
    let lookup = Lookup::start_with(b"slow.test", move |_| question.recv().unwrap()).unwrap();
    let mut connector =
        Connector::start_with(tcp("slow.test", address.port()), lookup, None, clock::now())
            .unwrap();
    let waiting = connector.descriptor();
    assert!(is_close_on_exec(waiting));
    assert_eq!(connector.deadline(), None);
    let (mut entries, _) = connector.wants();
    assert_eq!(entries.iter().map(|entry| entry.descriptor).collect::<Vec<_>>(), [waiting]);
    assert_eq!(crate::transport::poll::poll(&mut entries, Some(0)), Ok(0));
    assert!(matches!(connector.advance(clock::now()), Ok(Progress::Pending)));
    answer.send(Ok(vec![ANY_V4])).unwrap();
    let stream = drive(&mut connector).unwrap();
    assert_ne!(stream.descriptor(), waiting);
}

/// An answer that comes after `advance` has looked and before the caller asks what to poll must not be slept through.
#[test]
fn an_answer_in_between_is_ready_at_once() {
    let (_listener, address) = listen(ANY_V4);
    let (answer, question) = mpsc::channel();
    let lookup = Lookup::start_with(b"between.test", move |_| question.recv().unwrap()).unwrap();
    let target = tcp("between.test", address.port());
    let mut connector = Connector::start_with(target, lookup, None, clock::now()).unwrap();
    answer.send(Ok(vec![ANY_V4])).unwrap();
    wait_until("the answer", || {
        let (mut entries, _) = connector.wants();
        assert!(!entries.is_empty(), "nothing to wait for");
        assert_ne!(connector.descriptor(), -1);
        crate::transport::poll::poll(&mut entries, Some(0)) == Ok(1)
    });
    drive(&mut connector).unwrap();
}

#[test]
fn both_names_are_waited_for() {
    let (listener, address) = listen(ANY_V4);
    let (answer, question) = mpsc::channel();
    let host = Lookup::start(b"127.0.0.1").unwrap();
    let bind = Lookup::start_with(b"bind.test", move |_| question.recv().unwrap()).unwrap();
    let target = tcp("127.0.0.1", address.port());
    let mut connector = Connector::start_with(target, host, Some(bind), clock::now()).unwrap();
    assert!(nobody_came(&listener));
    assert_ne!(connector.descriptor(), -1);
    answer.send(Ok(vec!["127.0.0.4:0".parse().unwrap()])).unwrap();
    let _stream = drive(&mut connector).unwrap();
    assert_eq!(listener.accept().unwrap().1.ip().to_string(), "127.0.0.4");
}
