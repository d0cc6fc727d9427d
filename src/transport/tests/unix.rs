//! Unix sockets: paths, refusals, and a listener whose queue is full.

use std::os::unix::net::UnixListener;
use std::path::Path;

use socket2::{Domain, SockAddr, Socket, Type};

use super::support::*;
use crate::error::{Error, Result};
use crate::time::Time;
use crate::transport::connect::{Connector, Progress, Target, TcpOptions};
use crate::transport::stream::{Read, Stream};

fn unix(path: impl AsRef<[u8]>) -> Target {
    let bind_address = Some(b"203.0.113.1".to_vec());
    let tcp = TcpOptions { nodelay: true, ..TcpOptions::default() };
    Target { host: path.as_ref().to_vec(), bind_address, tcp, ..Target::default() }
}

fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

#[test]
fn connects_without_regard_to_bind_address_and_nodelay() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("s");
    let listener = UnixListener::bind(&path).unwrap();
    let stream = connect(unix(path_bytes(&path))).unwrap();
    assert!(is_close_on_exec(stream.descriptor()));
    assert!(!stream.nodelay_failed());
    drop(listener.accept().unwrap());
    assert_eq!(stream.read(&mut [0; 1]), Ok(Read::Eof));
}

#[test]
fn paths_that_cannot_be_connected() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let dead = directory.path().join("dead");
    drop(UnixListener::bind(&dead).unwrap());
    let refused = Error::Errno(libc::ECONNREFUSED);
    let rows: &[(&[u8], Error)] = &[
        (b"", Error::Inval),
        (&[b'a'; 108], Error::Inval),
        (b"\0abstract", Error::Inval),
        (&[b'a'; 107], Error::Errno(libc::ENOENT)),
        (b"@name", Error::Errno(libc::ENOENT)),
        (b"/no/such/socket", Error::Errno(libc::ENOENT)),
        (path_bytes(&file), refused),
        (path_bytes(&dead), refused),
    ];
    for (path, expected) in rows {
        let result = connect(unix(path)).map(|_| ());
        assert_eq!(result, Err(*expected), "{}", String::from_utf8_lossy(path));
    }
}

/// A listener with a full queue, and the streams in it.
fn full(path: &Path) -> (Socket, Vec<Stream>) {
    let listener = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    listener.bind(&SockAddr::unix(path).unwrap()).unwrap();
    listener.listen(0).unwrap();
    let mut queued = Vec::new();
    while let Ok(Progress::Connected(stream)) = start(path).advance(START) {
        queued.push(stream);
        assert!(queued.len() < 100, "the listener's queue does not fill up");
    }
    (listener, queued)
}

const START: Time = Time::from_millis(1000);

fn start(path: &Path) -> Connector {
    Connector::start(unix(path_bytes(path)), START).unwrap()
}

#[test]
fn a_full_queue_is_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("s");
    let (listener, _queued) = full(&path);
    let mut connector = start(&path);
    assert!(matches!(connector.advance(START), Ok(Progress::Pending)));
    assert_eq!(connector.descriptor(), -1);
    listener.accept().unwrap();
    let deadline = connector.deadline().unwrap();
    assert!(deadline > START && deadline.since(START) <= 50, "{deadline:?}");
    assert!(matches!(connector.advance(deadline), Ok(Progress::Connected(_))));
}

#[test]
fn a_queue_that_stays_full_is_given_up_after_a_second() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("s");
    let (_listener, _queued) = full(&path);
    let mut connector = start(&path);
    let mut tries = 0;
    let (end, error) = loop {
        let now = connector.deadline().unwrap();
        tries += 1;
        match pending(&mut connector, now) {
            Ok(()) => assert!(connector.deadline() > Some(now), "time goes on"),
            Err(error) => break (now, error),
        }
    };
    assert_eq!(error, Error::Errno(libc::EAGAIN));
    assert!((1000..1100).contains(&end.since(START)), "{end:?}");
    assert!(tries < 50, "{tries} tries");
}

fn pending(connector: &mut Connector, now: Time) -> Result<()> {
    match connector.advance(now)? {
        Progress::Pending => Ok(()),
        Progress::Connected(_) => panic!("connected to a full queue"),
    }
}
