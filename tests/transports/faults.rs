//! Faults of the original that show on every transport. Names like `d1_…` are those of the list in `docs/transports.md`.

use std::io;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::stalls::Full;
use crate::support::driving::{external_turn, run_to, run_to_failure};
use crate::support::server::{CONNACK, LIMIT, Server};
use crate::{client, ours};

/// `MOSQ_ERR_CONN_LOST`, `MOSQ_ERR_ERRNO`, `MOSQ_ERR_EAI`
const CONN_LOST: i32 = 7;
const ERRNO: i32 = 14;
const EAI: i32 = 15;
/// `MOSQ_OPT_BIND_ADDRESS`
const BIND_ADDRESS: i32 = 12;
/// `MOSQ_OPT_X_TCP_KEEPALIVE` and its kin.
const TCP_KEEPALIVE: i32 = 0x4001;
const TCP_USER_TIMEOUT: i32 = 0x4002;
const CONNECT_TIMEOUT: i32 = 0x4003;

/// A port of 127.0.0.1 where nobody listens, for as long as the socket lives.
fn refusing() -> (socket2::Socket, u16) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
    let socket = socket.expect("a socket");
    let any: std::net::SocketAddr = ([127, 0, 0, 1], 0).into();
    socket.bind(&any.into()).expect("a free port");
    let port = socket.local_addr().expect("an address").as_socket().expect("TCP").port();
    (socket, port)
}

#[test]
fn d1_errno_is_that_of_the_call_that_failed() {
    if !ours() {
        return;
    }
    let (_socket, refused) = refusing();
    type Row = (&'static str, u16, Option<&'static str>, i32, &'static [i32]);
    let rows: [Row; 6] = [
        ("127.0.0.1", refused, None, ERRNO, &[libc::ECONNREFUSED]),
        ("127.0.0.1", refused, Some("192.0.2.1"), ERRNO, &[libc::EADDRNOTAVAIL]),
        ("127.0.0.1", refused, Some("::1"), ERRNO, &[libc::EAFNOSUPPORT, libc::EINVAL]),
        ("/nonexistent/socket", 0, None, ERRNO, &[libc::ENOENT]),
        ("/dev/null", 0, None, ERRNO, &[libc::ECONNREFUSED]),
        // Whether the resolver has somebody to ask depends on the machine.
        ("no-such-host.invalid", 1883, None, EAI, &[libc::EAI_NONAME, libc::EAI_AGAIN, -5]),
    ];
    for (host, port, bind, rc, expected) in rows {
        let client = client();
        assert_eq!(client.string_option(BIND_ADDRESS, bind.map(str::as_bytes)), 0);
        let answer = client.connect(host, port, 60, &[]);
        let errno = io::Error::last_os_error().raw_os_error().expect("of the system");
        assert_eq!(answer, rc, "{host} {bind:?}: errno {errno}");
        assert!(expected.contains(&errno), "{host} {bind:?}: errno {errno}");
        assert_eq!(client.take_events(), [""; 0], "the call has told");
    }
}

#[test]
fn d4_disconnect_waits_for_the_server_without_turning() {
    if !ours() {
        return;
    }
    let (release, gate) = mpsc::channel::<()>();
    let server = Server::start(move |door| {
        let mut server = door.accept();
        server.packet();
        server.send(CONNACK);
        assert_eq!(server.rest(), b"\xe0\0", "DISCONNECT, then the end of what the client sends");
        let _ = gate.recv(); // still open on our side
    });
    let client = client();
    // Inside a callback, where the original gets the code wrong.
    client.react("connect", |client| {
        client.disconnect(0, &[]);
    });
    assert_eq!(client.connect("127.0.0.1", server.port(), 60, &[]), 0);
    run_to(&client, "connect(0,0,[])");
    let (begun, mut turns) = (Instant::now(), 0);
    while client.socket() >= 0 {
        assert!(begun.elapsed() < LIMIT);
        assert!(!client.want_write(), "there is nothing to write");
        external_turn(&client, 1000);
        turns += 1;
    }
    assert_eq!(client.take_events(), ["disconnect(0,[])"]);
    assert!(turns < 20, "{turns} turns");
    assert!(begun.elapsed() > Duration::from_millis(500), "the server was given a moment");
    drop(release);
    server.finish();
}

#[test]
fn d13_the_end_inside_a_packet_is_a_lost_connection() {
    if !ours() {
        return;
    }
    let cuts: [&[u8]; 4] = [b"\x30", b"\x30\x80", b"\x30\x64\0\x01", b"\x40\x02\0"];
    for cut in cuts {
        let server = Server::start(|door| {
            let mut server = door.accept();
            server.packet();
            server.send(&[CONNACK, cut].concat());
        });
        let client = client();
        assert_eq!(client.connect("127.0.0.1", server.port(), 60, &[]), 0);
        run_to(&client, "connect(0,0,[])");
        assert_eq!(run_to_failure(&client).0, CONN_LOST, "{cut:x?}");
        assert_eq!(client.take_events(), ["disconnect(7,[])"], "{cut:x?}");
        server.finish();
    }
}

#[test]
fn d14_connecting_takes_no_longer_than_the_program_says() {
    if !ours() {
        return;
    }
    let full = Full::new();
    // The call that waits, a loop that drives, and a peer that is silent behind TCP.
    let client = client();
    assert_eq!(client.int_option(CONNECT_TIMEOUT, -1), 3);
    assert_eq!(client.int_option(CONNECT_TIMEOUT, 300), 0);
    let begun = Instant::now();
    let rc = client.connect("127.0.0.1", full.port, 60, &[]);
    let errno = io::Error::last_os_error().raw_os_error();
    assert_eq!((rc, errno), (ERRNO, Some(libc::ETIMEDOUT)));
    assert!(begun.elapsed() > Duration::from_millis(290));
    assert_eq!(client.connect_async("127.0.0.1", full.port, 60), 0);
    assert_eq!(run_to_failure(&client), (ERRNO, libc::ETIMEDOUT));
    let server = Server::start(|door| door.accept().rest());
    assert_eq!(client.socks5(server.port(), None), 0);
    assert_eq!(client.connect("broker.example", 1883, 60, &[]), 0, "TCP is through");
    assert_eq!(run_to_failure(&client), (ERRNO, libc::ETIMEDOUT));
    assert_eq!(server.finish(), b"\x05\x01\0");
    assert_eq!(client.take_events(), ["disconnect(14,[])", "disconnect(14,[])"]);
}

#[test]
fn d16_tcp_watches_the_connection_if_the_program_says_so() {
    if !ours() {
        return;
    }
    let number = |descriptor, level, option| {
        let (mut value, mut len) = (0i32, size_of::<i32>() as libc::socklen_t);
        // SAFETY: a number and its size.
        let read = unsafe {
            let to = (&raw mut value).cast();
            libc::getsockopt(descriptor, level, option, to, &raw mut len)
        };
        assert_eq!(read, 0);
        value
    };
    for (keepalive, timeout) in [(0, 0), (75, 9_000)] {
        let server = Server::start(|door| door.accept().rest());
        let client = client();
        for bad in [-1, 32_768] {
            assert_eq!(client.int_option(TCP_KEEPALIVE, bad), 3);
        }
        assert_eq!(client.int_option(TCP_USER_TIMEOUT, -1), 3);
        assert_eq!(client.int_option(TCP_KEEPALIVE, keepalive), 0);
        assert_eq!(client.int_option(TCP_USER_TIMEOUT, timeout), 0);
        assert_eq!(client.connect("127.0.0.1", server.port(), 60, &[]), 0);
        let socket = client.socket();
        let on = number(socket, libc::SOL_SOCKET, libc::SO_KEEPALIVE);
        assert_eq!(on, i32::from(keepalive > 0));
        if keepalive > 0 {
            assert_eq!(number(socket, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE), keepalive);
        }
        assert_eq!(number(socket, libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT), timeout);
        drop(client);
        server.finish();
    }
}
