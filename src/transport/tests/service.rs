//! Servers of a domain: tried in order, each with all that lies above TCP, until one works.

use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use super::support::*;
use crate::error::{Error, Result};
use crate::transport::clock;
use crate::transport::connect::{Connector, Progress, Service, Target};
use crate::transport::log::{LogLine, Severity};
use crate::transport::proxy::Proxy;
use crate::transport::srv::{Question, Record, Status};

fn record(priority: u16, port: u16) -> Record {
    Record { priority, weight: 0, port, target: b"127.0.0.1".to_vec() }
}

fn question(name: &str, answer: Result<Vec<Record>, Status>) -> Question {
    Question::start_with(name.as_bytes(), move |_| answer).unwrap()
}

/// A service whose servers are connected as `target` says.
fn service(target: impl Fn(&[u8], u16) -> Result<Target> + Send + 'static) -> Service {
    Service { name: b"_mqtt._tcp.test".to_vec(), target: Box::new(target) }
}

fn plain(host: &[u8], port: u16) -> Result<Target> {
    Ok(Target { host: host.to_vec(), port, ..Target::default() })
}

#[test]
fn d22_the_next_server_is_tried_when_one_refuses() {
    let (listener, address) = listen(ANY_V4);
    let refusing = Refusing::new();
    let records = vec![record(2, address.port()), record(1, refusing.address.port())];
    let question = question("refusing.test", Ok(records));
    let mut connector = Connector::ask(service(plain), question);
    let stream = drive(&mut connector).unwrap();
    assert!(connector.is_established());
    listener.accept().unwrap();
    drop(stream);
}

#[test]
fn a_silent_server_is_passed_over_when_its_time_is_over() {
    let (listener, address) = listen(ANY_V4);
    let silent = Silent::new(ANY_V4);
    let records = vec![record(2, address.port()), record(1, silent.address.port())];
    let question = question("silent.test", Ok(records));
    let quick = |host: &[u8], port| Ok(Target { timeout: Some(100), ..plain(host, port)? });
    drive(&mut Connector::ask(service(quick), question)).unwrap();
    listener.accept().unwrap();
    let alone = tcp("127.0.0.1", silent.address.port());
    let result = connect(Target { timeout: Some(100), ..alone });
    assert_eq!(result.map(drop), Err(Error::Errno(libc::ETIMEDOUT)));
}

#[test]
fn a_server_that_fails_above_tcp_is_passed_over_too() {
    let (proxies, address) = listen(ANY_V4);
    let port = address.port();
    let proxy = Proxy { host: b"127.0.0.1".to_vec(), port, credentials: None };
    let service = service(move |host, port| {
        let mut target = plain(&proxy.host, proxy.port)?;
        target.plan.proxy = Some(proxy.exchange(host, port)?);
        Ok(target)
    });
    let server = thread::spawn(move || {
        for (port, reply) in [(1u16, &b"\x05\x04"[..]), (2, b"\x05\0\0\x01\0\0\0\0\0\0")] {
            let (mut peer, _) = proxies.accept().unwrap();
            let mut bytes = [0; 3];
            peer.read_exact(&mut bytes).unwrap();
            peer.write_all(b"\x05\0").unwrap();
            let mut request = [0; 10];
            peer.read_exact(&mut request).unwrap();
            assert_eq!(request[8..], port.to_be_bytes(), "each server by its own port");
            peer.write_all(reply).unwrap();
        }
    });
    let question = question("proxied.test", Ok(vec![record(2, 2), record(1, 1)]));
    let mut connector = Connector::ask(service, question);
    drive(&mut connector).unwrap();
    server.join().unwrap();
    let text = "Error: the SOCKS5 proxy could not connect: host unreachable (4).";
    assert_eq!(connector.take_log(), [LogLine::new(Severity::Error, text)]);
}

#[test]
fn the_failure_is_that_of_the_last_server() {
    let refusing = Refusing::new();
    let port = refusing.address.port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let ports = Arc::clone(&asked);
    let service = service(move |host, port| {
        ports.lock().unwrap().push(port);
        if port == 1 { Err(Error::NoMem) } else { plain(host, port) }
    });
    let records = vec![record(3, port), record(1, port), record(2, 1)];
    let question = question("all-failing.test", Ok(records));
    let mut connector = Connector::ask(service, question);
    let expected = Error::Errno(libc::ECONNREFUSED);
    assert_eq!(drive(&mut connector).unwrap_err(), expected);
    assert_eq!(*asked.lock().unwrap(), [port, 1, port]);
    assert_eq!(connector.advance(clock::now()).unwrap_err(), expected, "and stays so");
}

#[test]
fn d22_without_a_server_it_fails_with_lookup_and_says_why() {
    for (name, answer, status) in [
        ("no-server.test", Ok(vec![]), 1),
        ("root.test", Ok(vec![Record { target: Vec::new(), ..record(0, 0) }]), 1),
        ("timeout.test", Err(Status::TIMEOUT), 12),
    ] {
        let (gate, gated) = mpsc::channel::<()>();
        let question = Question::start_with(name.as_bytes(), move |_| {
            gated.recv().unwrap();
            answer
        });
        let mut connector = Connector::ask(service(plain), question.unwrap());
        assert!(connector.is_service());
        assert!(matches!(connector.advance(clock::now()), Ok(Progress::Pending)));
        gate.send(()).unwrap();
        assert_eq!(drive(&mut connector).unwrap_err(), Error::Lookup, "{name}");
        let text = format!("Error: SRV lookup failed ({status}).");
        assert_eq!(connector.take_log(), [LogLine::new(Severity::Error, text)]);
    }
}

#[test]
fn dropping_abandons_the_question() {
    let (gate, answer) = mpsc::channel::<Result<Vec<Record>, Status>>();
    let question = Question::start_with(b"stuck.test", move |_| answer.recv().unwrap()).unwrap();
    let connector = Connector::ask(service(plain), question);
    assert!(connector.descriptor() >= 0);
    assert!(!connector.wants_write());
    let begun = clock::now();
    drop(connector);
    assert!(clock::now().since(begun) < 100);
    gate.send(Ok(vec![])).unwrap();
}
