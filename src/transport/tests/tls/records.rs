//! Bytes through TLS: all of them, in order, whatever the sizes and however slow the other end.

use std::io::IoSlice;

use openssl_sys::{TLS1_2_VERSION, TLS1_3_VERSION};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::transport::stream::Written;

/// Writes everything, from this thread, while another one reads.
fn write_all(stream: &Stream, bytes: &[u8], cuts: &[usize]) {
    let mut slices = Vec::new();
    let mut rest = bytes;
    for cut in cuts.iter().cycle() {
        let (slice, more) = rest.split_at((*cut).min(rest.len()));
        slices.push(slice);
        rest = more;
        if rest.is_empty() {
            break;
        }
    }
    let mut done = 0;
    let mut begin = 0;
    while begin < slices.len() {
        let some: Vec<IoSlice<'_>> = slices[begin..]
            .iter()
            .take(16)
            .enumerate()
            .map(|(at, slice)| IoSlice::new(if at == 0 { &slice[done..] } else { slice }))
            .collect();
        match stream.write(&some).expect("write") {
            Written::Bytes(mut count) => {
                count += done;
                done = 0;
                while begin < slices.len() && count >= slices[begin].len() {
                    count -= slices[begin].len();
                    begin += 1;
                }
                done += count;
            }
            Written::WouldBlock => wait_to_write(stream),
        }
    }
}

fn wait_to_write(stream: &Stream) {
    let mut interest = stream.interest(true);
    interest.read = !interest.write; // the other thread reads
    let mut entries = [PollEntry::new(stream.descriptor(), interest)];
    assert_eq!(poll::poll(&mut entries, Some(LIMIT_MS as u32)), Ok(1), "not ready in time");
}

#[test]
fn everything_comes_back_in_order() {
    for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
        let server = echo(Setup { version: Some(version), ..setup() });
        let context = context(trusting());
        let cuts = proptest::collection::vec(1usize..40_000, 1..8);
        let mut runner = TestRunner::new(Config { cases: 12, ..Config::default() });
        let run = runner.run(&(cuts, 1usize..2_000_000), |(cuts, total)| {
            let bytes: Vec<u8> = (0..total).map(|at| (at * 7 + at / 251) as u8).collect();
            let stream = connect(&context, "localhost", server.port()).0.expect("a connection");
            let back = std::thread::scope(|scope| {
                let back = scope.spawn(|| read_exactly(&stream, total));
                write_all(&stream, &bytes, &cuts);
                back.join().expect("no panic")
            });
            prop_assert!(back == bytes, "{total} bytes in pieces of {cuts:?}");
            Ok(())
        });
        run.unwrap();
    }
}

#[test]
fn a_server_that_does_not_read_stops_us_and_loses_nothing() {
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let gone = std::sync::Mutex::new(gone);
    let server = TlsServer::start(setup(), move |connection| {
        connection.accept().expect("handshake");
        gone.lock().unwrap().recv().expect("a sign");
        let all = connection.read_to_end();
        let sum: u64 = all.iter().map(|byte| u64::from(*byte)).sum();
        // Told after the end of the client's half.
        assert!(connection.was_closed(), "close_notify did not come");
        connection.write(format!("{} {sum}", all.len()).as_bytes());
        connection.close();
    });
    let stream = connect(&context(trusting()), "localhost", server.port()).0.expect("a connection");
    let chunk = vec![3u8; 100_000];
    let mut total = 0;
    while let Written::Bytes(count) = stream.write(&[IoSlice::new(&chunk)]).expect("write") {
        total += count;
    }
    assert!(stream.interest(true).write, "the socket is to be waited for");
    go.send(()).unwrap();
    // The record under way was not counted: it must be given again, and may be followed by more.
    let mut left = 50_000;
    while left > 0 {
        match stream.write(&[IoSlice::new(&chunk[..left])]).expect("write") {
            Written::Bytes(count) => {
                total += count;
                left -= count;
            }
            Written::WouldBlock => wait_to_write(&stream),
        }
    }
    stream.shutdown_write();
    let expected = format!("{total} {}", total * 3);
    assert_eq!(read_exactly(&stream, expected.len()), expected.as_bytes());
    assert_eq!(read_to_end(&stream), None);
}

/// A reader that takes everything once must not miss what came together with the last record that it took.
#[test]
fn input_that_the_socket_does_not_show() {
    let server = TlsServer::start(setup(), |connection| {
        connection.accept().expect("handshake");
        for _ in 0..1000 {
            connection.write(&[1; 100]);
        }
        connection.read();
    });
    let stream = connect(&context(trusting()), "localhost", server.port()).0.expect("a connection");
    let mut buffer = [0; 150];
    let (mut total, mut buffered) = (0, 0);
    while total < 100_000 {
        match stream.read(&mut buffer).expect("read") {
            Read::Data(count) => total += count,
            Read::WouldBlock => wait(&stream, false),
            Read::Eof => panic!("the stream ended"),
        }
        // What is here already can be had without asking the system, and comes to an end.
        while stream.has_buffered_input() {
            match stream.read_buffered(&mut buffer).expect("read") {
                Read::Data(count) => {
                    total += count;
                    buffered += count;
                }
                Read::WouldBlock => assert!(!stream.has_buffered_input()),
                Read::Eof => panic!("the stream ended"),
            }
        }
    }
    assert!(buffered > 0, "nothing was ever left in the buffer");
}

#[test]
fn new_keys_in_the_middle() {
    let server =
        TlsServer::start(Setup { version: Some(TLS1_3_VERSION), ..setup() }, |connection| {
            connection.accept().expect("handshake");
            for _ in 0..20 {
                connection.update_keys();
                let bytes = connection.read();
                connection.write(&bytes);
            }
            send_back(connection);
        });
    let stream = connect(&context(trusting()), "localhost", server.port()).0.expect("a connection");
    for round in 0..40u8 {
        while stream.write(&[IoSlice::new(&[round; 10])]).expect("write") == Written::WouldBlock {
            wait(&stream, true);
        }
        assert_eq!(read_exactly(&stream, 10), [round; 10]);
    }
}
