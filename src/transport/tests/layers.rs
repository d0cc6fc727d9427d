//! Proxy and WebSocket over real sockets: the order of conversations, bytes that come too early, answers to pings, ends.

use std::io::{IoSlice, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use super::support::*;
use crate::error::Error;
use crate::transport::connect::Target;
use crate::transport::poll::Interest;
use crate::transport::proxy::Proxy;
use crate::transport::stages::Plan;
use crate::transport::stream::{Read, Stream, Written};
use crate::transport::web_socket::WebSocket;

/// Messages of these tests begin with their length in four bytes.
fn message_len(start: &[u8]) -> Option<usize> {
    Some(u32::from_be_bytes(*start.first_chunk()?) as usize)
}

fn message(len: usize) -> Vec<u8> {
    let mut message = vec![7; len];
    message[..4].copy_from_slice(&(len as u32).to_be_bytes());
    message
}

fn web_socket() -> WebSocket {
    WebSocket { path: b"/mqtt".to_vec(), headers: Vec::new(), header_limit: 4096, message_len }
}

/// A WebSocket whose upgrade is over, and the server's end of it. `early` has come before there were frames.
fn framed(early: &[u8]) -> (Stream, TcpStream) {
    let (mut stream, peer) = connected();
    let upgrade = web_socket().upgrade(b"localhost", 80, false).unwrap();
    stream.add_framing(upgrade.framing, early.to_vec());
    (stream, peer)
}

/// Frames that the client sent: first byte and payload.
fn frames(mut wire: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = wire {
        let (len, rest) = match second & 0x7f {
            126 => (usize::from(u16::from_be_bytes(*rest.first_chunk().unwrap())), &rest[2..]),
            127 => (u64::from_be_bytes(*rest.first_chunk().unwrap()) as usize, &rest[8..]),
            len => (usize::from(len), rest),
        };
        let (key, rest) = rest.split_at(4);
        let payload = rest[..len].iter().zip(key.iter().cycle()).map(|(a, b)| a ^ b);
        frames.push((*first, payload.collect()));
        wire = &rest[len..];
    }
    frames
}

fn read(stream: &Stream) -> crate::error::Result<Vec<u8>> {
    let mut buffer = [0; 1000];
    loop {
        match stream.read(&mut buffer)? {
            Read::Data(count) => return Ok(buffer[..count].to_vec()),
            Read::WouldBlock => wait_for(stream.descriptor(), Interest::READ),
            Read::Eof => return Ok(Vec::new()),
        }
    }
}

/// Writes all of `bytes`, beginning behind what is taken already.
fn write_all(stream: &Stream, bytes: &[u8], mut taken: usize) {
    while taken < bytes.len() {
        match stream.write(&[IoSlice::new(&bytes[taken..])]).unwrap() {
            Written::Bytes(count) => taken += count,
            Written::WouldBlock => {
                assert!(stream.interest(true).write);
                wait_for(stream.descriptor(), Interest::WRITE);
            }
        }
    }
    assert_eq!(taken, bytes.len());
}

#[test]
fn early_bytes_come_first_and_are_shown() {
    let (stream, mut peer) = framed(b"\x82\x03abc\x02\x01");
    assert!(stream.has_buffered_input());
    let mut buffer = [0; 3];
    assert_eq!(stream.read_buffered(&mut buffer), Ok(Read::Data(1)), "as much as fits raw");
    assert_eq!(read(&stream).unwrap(), b"bc");
    assert!(!stream.has_buffered_input());
    assert_eq!(stream.read_buffered(&mut buffer), Ok(Read::WouldBlock));
    peer.write_all(b"d\x80\x01e").unwrap();
    assert_eq!(read(&stream).unwrap(), b"de");
}

#[test]
fn a_ping_is_answered_by_reading() {
    let (stream, mut peer) = framed(b"");
    peer.write_all(b"\x89\x05hello\x82\x01x").unwrap();
    assert_eq!(read(&stream).unwrap(), b"x");
    let mut pong = [0; 11];
    peer.read_exact(&mut pong).unwrap();
    assert_eq!(frames(&pong), [(0x8a, b"hello".to_vec())]);
}

#[test]
fn an_answer_in_the_middle_of_a_large_message_waits_and_nothing_is_lost_or_repeated() {
    let (stream, mut peer) = framed(b"");
    let plain = [message(16_000_000), message(5)].concat();
    let mut taken = 0;
    while let Written::Bytes(count) = stream.write(&[IoSlice::new(&plain[taken..])]).unwrap() {
        taken += count;
        assert!(taken < plain.len(), "no socket takes so much");
    }
    peer.write_all(b"\x89\x01?").unwrap();
    wait_for(stream.descriptor(), Interest::READ);
    let mut buffer = [0; 100];
    assert_eq!(stream.read(&mut buffer), Ok(Read::WouldBlock));
    assert!(stream.has_buffered_output(), "the pong");
    let expected = plain.clone();
    let mut second = peer.try_clone().unwrap();
    let reader = thread::spawn(move || {
        let mut wire = Vec::new();
        peer.read_to_end(&mut wire).unwrap();
        frames(&wire)
    });
    // Now that there is room, the attempt of a reader to answer sends what the writer waits for.
    wait_for(stream.descriptor(), Interest::WRITE);
    second.write_all(b"\x89\x01!").unwrap();
    wait_for(stream.descriptor(), Interest::READ);
    assert_eq!(stream.read(&mut buffer), Ok(Read::WouldBlock));
    write_all(&stream, &plain, taken);
    while stream.has_buffered_output() {
        wait_for(stream.descriptor(), Interest::WRITE);
        assert_eq!(stream.write(&[]), Ok(Written::Bytes(0)));
    }
    stream.shutdown_write();
    let mut frames = reader.join().unwrap();
    let pong = frames.iter().position(|frame| *frame == (0x8a, b"!".to_vec()));
    frames.remove(pong.expect("the pong; that to the ping before is not needed any more"));
    let (large, small) = expected.split_at(16_000_000);
    assert!(frames == [(0x82, large.to_vec()), (0x82, small.to_vec())]);
}

#[test]
fn a_flood_of_pings_neither_holds_a_reader_nor_takes_memory() {
    let (stream, peer) = framed(b"");
    let feeder = thread::spawn(move || {
        let pings = b"\x89\0".repeat(500_000);
        let mut peer = peer;
        // The other end may be gone before all is written.
        let _ = peer.write_all(&pings);
        peer
    });
    let mut buffer = vec![0; 1000];
    for _ in 0..50 {
        wait_for(stream.descriptor(), Interest::READ);
        assert_eq!(stream.read(&mut buffer), Ok(Read::WouldBlock), "a reader comes back");
    }
    drop(stream);
    feeder.join().unwrap();
}

#[test]
fn a_close_is_answered_and_ends_the_stream_behind_its_data() {
    let (stream, mut peer) = framed(b"");
    peer.write_all(b"\x82\x01x\x88\x02\x03\xe8\x82\x01y").unwrap();
    wait_for(stream.descriptor(), Interest::READ);
    assert_eq!(read(&stream).unwrap(), b"x");
    assert!(stream.has_buffered_input(), "the end is to be found without polling");
    let mut buffer = [0; 100];
    assert_eq!(stream.read_buffered(&mut buffer), Ok(Read::Eof));
    assert_eq!(stream.write(&[IoSlice::new(&message(9))]), Err(Error::ConnLost));
    let mut close = [0; 8];
    peer.read_exact(&mut close).unwrap();
    assert_eq!(frames(&close), [(0x88, b"\x03\xe8".to_vec())]);
}

#[test]
fn what_is_no_frame_ends_with_eproto_behind_its_data() {
    let (stream, mut peer) = framed(b"");
    peer.write_all(b"\x82\x01x\x81\x01y").unwrap();
    assert_eq!(read(&stream).unwrap(), b"x");
    assert!(stream.has_buffered_input());
    assert_eq!(read(&stream), Err(Error::Errno(libc::EPROTO)));
    let mut close = [0; 8];
    peer.read_exact(&mut close).unwrap();
    assert_eq!(frames(&close), [(0x88, b"\x03\xeb".to_vec())]);
}

/// Takes so many bytes.
fn take(peer: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    peer.read_exact(&mut bytes).unwrap();
    bytes
}

/// Takes an upgrade request and answers it; more comes right behind.
fn upgrade(peer: &mut TcpStream, behind: &[u8]) -> String {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.extend(take(peer, 1));
    }
    let request = String::from_utf8(request).unwrap();
    let key = request.split("Key: ").nth(1).unwrap()[..24].to_owned();
    let accept = crate::transport::ws::accept_for(key.as_bytes().try_into().unwrap());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
    );
    peer.write_all(&[answer.as_bytes(), behind].concat()).unwrap();
    request
}

#[test]
fn d10_web_socket_through_a_proxy() {
    let (listener, address) = listen(ANY_V4);
    let proxy = Proxy { host: b"127.0.0.1".to_vec(), port: address.port(), credentials: None };
    let plan = Plan {
        proxy: Some(proxy.exchange(b"broker.example", 8080).unwrap()),
        web_socket: Some(web_socket().upgrade(b"broker.example", 8080, false).unwrap()),
        ..Plan::default()
    };
    let server = thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        assert_eq!(take(&mut peer, 3), b"\x05\x01\0");
        peer.write_all(b"\x05\0").unwrap();
        assert_eq!(take(&mut peer, 21), b"\x05\x01\0\x03\x0ebroker.example\x1f\x90");
        peer.write_all(b"\x05\0\0\x03\x03abc\0\0").unwrap();
        let request = upgrade(&mut peer, b"\x82\x04\x20\x02\0\0");
        assert!(request.contains("\r\nHost: broker.example:8080\r\n"), "{request}");
        peer
    });
    let target = Target { plan, ..tcp("127.0.0.1", address.port()) };
    let stream = connect(target).unwrap();
    assert_eq!(read(&stream).unwrap(), b"\x20\x02\0\0");
    write_all(&stream, &message(4), 0);
    let mut peer = server.join().unwrap();
    assert_eq!(frames(&take(&mut peer, 10)), [(0x82, message(4))]);
}

#[test]
fn refusals_and_ends_during_conversations() {
    let rows: [(&str, bool, &[u8], Error); 6] = [
        ("the proxy refuses", false, b"\x05\0\x05\x05", Error::NoConn),
        ("the proxy ends", false, b"\x05\0", Error::Proxy),
        ("not a proxy", false, b"HTTP/1.1 400 Bad Request\r\n\r\n", Error::Proxy),
        ("not found", true, b"HTTP/1.1 404 Not Found\r\n\r\n", Error::Unknown),
        ("the server ends", true, b"HTTP/1.1 101 Switching", Error::ConnLost),
        ("MQTT", true, b"\x20\x02\0\x05", Error::ConnLost),
    ];
    for (name, web, answer, expected) in rows {
        let (listener, address) = listen(ANY_V4);
        let mut plan = Plan::default();
        if web {
            plan.web_socket = Some(web_socket().upgrade(b"localhost", 80, false).unwrap());
        } else {
            let proxy = Proxy { host: Vec::new(), port: 1, credentials: None };
            plan.proxy = Some(proxy.exchange(b"localhost", 80).unwrap());
        }
        let server = thread::spawn(move || {
            let (mut peer, _) = listener.accept().unwrap();
            peer.write_all(answer).unwrap();
            let _ = peer.shutdown(std::net::Shutdown::Write); // the client may be gone by then
            let mut rest = Vec::new();
            let _ = peer.read_to_end(&mut rest);
        });
        let result = connect(Target { plan, ..tcp("127.0.0.1", address.port()) });
        assert_eq!(result.unwrap_err(), expected, "{name}");
        server.join().unwrap();
    }
}
