//! Streams: reading, gathered and partial writes, ends and resets.

use std::io::{IoSlice, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use super::support::*;
use crate::error::Error;
use crate::transport::poll::{self, Interest, PollEntry};
use crate::transport::stream::{Read, Stream, Written};

fn written(stream: &Stream, bytes: &[u8]) -> crate::error::Result<Written> {
    stream.write(&[IoSlice::new(bytes)])
}

/// Closes the peer's end with a RST and waits until it is here.
fn reset(stream: &Stream, peer: TcpStream) {
    SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    wait_for(stream.descriptor(), Interest::READ);
}

#[test]
fn data_arrives_then_nothing_then_the_end() {
    let (stream, mut peer) = connected();
    let mut buffer = [0; 16];
    assert_eq!(stream.read(&mut buffer), Ok(Read::WouldBlock));
    peer.write_all(b"hello").unwrap();
    wait_for(stream.descriptor(), Interest::READ);
    assert_eq!(stream.read(&mut buffer[..3]), Ok(Read::Data(3)));
    assert_eq!(stream.read(&mut []), Ok(Read::Data(0)), "no room is not the end of the stream");
    assert_eq!(stream.read(&mut buffer[3..]), Ok(Read::Data(2)));
    assert_eq!(&buffer[..5], b"hello");
    drop(peer);
    wait_for(stream.descriptor(), Interest::READ);
    assert_eq!(stream.read(&mut buffer), Ok(Read::Eof));
    assert_eq!(stream.read(&mut buffer), Ok(Read::Eof));
}

#[test]
fn gathered_writes_keep_their_order_however_many_slices() {
    let (stream, mut peer) = connected();
    let pieces: Vec<Vec<u8>> =
        (0..3000u32).map(|n| n.to_be_bytes()[4 - (n as usize % 5).min(4)..].to_vec()).collect();
    let whole: Vec<u8> = pieces.concat();
    let mut sent = 0;
    while sent < whole.len() {
        // The slices that are left, the first cut as a client would cut it.
        let mut skip = sent;
        let mut slices = Vec::new();
        for piece in &pieces {
            let cut = skip.min(piece.len());
            skip -= cut;
            slices.push(IoSlice::new(&piece[cut..]));
        }
        let slices: Vec<_> = slices.into_iter().skip_while(|slice| slice.is_empty()).collect();
        match stream.write(&slices).unwrap() {
            Written::Bytes(length) => sent += length,
            Written::WouldBlock => wait_for(stream.descriptor(), Interest::WRITE),
        }
    }
    assert_eq!(stream.write(&[]), Ok(Written::Bytes(0)));
    stream.shutdown_write();
    let mut received = Vec::new();
    peer.read_to_end(&mut received).unwrap();
    assert_eq!(received, whole);
}

#[test]
fn a_full_socket_takes_a_part_and_the_rest_later() {
    let (stream, mut peer) = connected();
    let block: Vec<u8> = (0..1 << 20).map(|n: u32| (n % 251) as u8).collect();
    let mut sent = 0;
    let mut partial = false;
    while let Written::Bytes(length) = written(&stream, &block).unwrap() {
        sent += length;
        partial |= length < block.len();
        assert!(sent < 1 << 30, "the socket never fills up");
    }
    assert!(partial, "some write was taken in part");
    let mut entries = [PollEntry::new(stream.descriptor(), stream.interest(true))];
    assert_eq!(poll::poll(&mut entries, Some(0)), Ok(0), "full: not writable");
    let mut received = vec![0; sent];
    peer.read_exact(&mut received).unwrap();
    wait_for(stream.descriptor(), Interest::WRITE);
    assert_eq!(written(&stream, b"rest"), Ok(Written::Bytes(4)));
    let mut rest = [0; 4];
    peer.read_exact(&mut rest).unwrap();
    assert_eq!(&rest, b"rest");
}

#[test]
fn a_reset_is_a_lost_connection_for_reader_and_writer() {
    let (stream, peer) = connected();
    reset(&stream, peer);
    assert_eq!(stream.read(&mut [0; 1]), Err(Error::ConnLost));
    let (stream, peer) = connected();
    reset(&stream, peer);
    assert_eq!(written(&stream, b"x"), Err(Error::ConnLost));
}

#[test]
fn writing_to_a_broken_connection_raises_no_sigpipe() {
    let (stream, peer) = connected();
    reset(&stream, peer);
    let _ = stream.read(&mut [0; 1]);
    // On a thread of its own, whose signal mask may be spoilt.
    let observe = || {
        assert!(!sigpipe_pending(), "blocked first, then looked");
        assert_eq!(written(&stream, b"x"), Err(Error::Errno(libc::EPIPE)));
        let two = [IoSlice::new(b"x"), IoSlice::new(b"y")];
        assert_eq!(stream.write(&two), Err(Error::Errno(libc::EPIPE)));
        let ours = sigpipe_pending();
        // The same without MSG_NOSIGNAL, to see that this test would have noticed.
        // SAFETY: one readable byte.
        let sent = unsafe { libc::send(stream.descriptor(), b"x".as_ptr().cast(), 1, 0) };
        assert_eq!(sent, -1);
        (ours, sigpipe_pending())
    };
    let observed = thread::scope(|scope| scope.spawn(observe).join());
    assert_eq!(observed.unwrap(), (false, true));
}

/// Blocks SIGPIPE for this thread and answers whether one is waiting.
fn sigpipe_pending() -> bool {
    let mut set = std::mem::MaybeUninit::uninit();
    // SAFETY: `set` may be written and is filled in before it is read, each time.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGPIPE);
        libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut());
        libc::sigpending(set.as_mut_ptr());
        libc::sigismember(set.as_ptr(), libc::SIGPIPE) == 1
    }
}

#[test]
fn after_shutdown_write_the_peer_sees_the_end_and_may_still_send() {
    let (stream, mut peer) = connected();
    written(&stream, b"bye").unwrap();
    stream.shutdown_write();
    let mut received = Vec::new();
    peer.read_to_end(&mut received).unwrap();
    assert_eq!(received, b"bye");
    peer.write_all(b"late").unwrap();
    wait_for(stream.descriptor(), Interest::READ);
    assert_eq!(stream.read(&mut [0; 8]), Ok(Read::Data(4)));
    assert_eq!(written(&stream, b"x"), Err(Error::Errno(libc::EPIPE)));
}

#[test]
fn shutdown_wakes_whoever_polls() {
    let (stream, _peer) = connected();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| wait_for(stream.descriptor(), Interest::READ));
        stream.shutdown();
        waiting.join().unwrap();
    });
    assert_eq!(stream.read(&mut [0; 1]), Ok(Read::Eof));
}

#[test]
fn writing_is_of_interest_only_with_output() {
    let (stream, _peer) = connected();
    assert_eq!(stream.interest(false), Interest { read: true, write: false });
    assert_eq!(stream.interest(true), Interest { read: true, write: true });
    assert!(!stream.has_buffered_input());
}

#[test]
fn a_stream_may_be_shared_and_an_attempt_moved_between_threads() {
    fn shared<T: Send + Sync>() {}
    fn moved<T: Send>() {}
    shared::<Stream>();
    moved::<crate::transport::connect::Connector>();
}
