//! A peer that falls silent, in each stage on the way to a session: it is left when the keepalive is over, and the client
//! can be stopped at once. (Name servers that fall silent: `tests/srv.rs`.)

use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use crate::support::certificates::{Authority, path};
use crate::support::client::Client;
use crate::support::driving::run_to_failure;
use crate::support::peer::unread;
use crate::support::server::{Connection, Server};
use crate::support::web::WEB_SOCKETS;
use crate::{client, ours};

/// `MOSQ_ERR_KEEPALIVE`
const KEEPALIVE: i32 = 19;
/// Stopping takes no longer, if the machine leaves us one of so many tries.
const STOP: Duration = Duration::from_millis(100);
const TRIES: usize = 5;

/// How the client connects.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Plain,
    Proxy,
    ProxyThenTls,
    Tls,
    WebSocket,
}

/// Where the peer falls silent, on which way, and what it has said by then.
type Stall = (&'static str, Way, fn(&mut Connection));

const STALLS: [Stall; 16] = [
    ("before CONNACK", Way::Plain, |peer| drop(peer.packet())),
    ("within CONNACK", Way::Plain, |peer| {
        peer.packet();
        peer.send(b"\x20\x02\0");
    }),
    ("SOCKS5: greeted", Way::Proxy, |_| ()),
    ("SOCKS5: half a method", Way::Proxy, |peer| peer.send(b"\x05")),
    ("SOCKS5: method chosen", Way::Proxy, |peer| peer.send(b"\x05\x02")),
    ("SOCKS5: login accepted", Way::Proxy, |peer| peer.send(b"\x05\x02\x01\0")),
    ("SOCKS5: half a name", Way::Proxy, |peer| peer.send(b"\x05\x02\x01\0\x05\0\0\x03\x40")),
    ("SOCKS5: done, then CONNECT", Way::Proxy, |peer| {
        peer.send(b"\x05\0\x05\0\0\x01\0\0\0\0\0\0");
    }),
    ("SOCKS5: done, then TLS", Way::ProxyThenTls, |peer| {
        peer.send(b"\x05\0\x05\0\0\x01\0\0\0\0\0\0");
    }),
    ("TLS: greeted", Way::Tls, |_| ()),
    ("TLS: half a record", Way::Tls, |peer| peer.send(b"\x16\x03\x03\0\x7a\x02")),
    ("WebSocket: accepted", Way::WebSocket, |_| ()),
    ("WebSocket: asked", Way::WebSocket, |peer| drop(peer.upgrade_request())),
    ("WebSocket: half an answer", Way::WebSocket, |peer| peer.send(b"HTTP/1.1 101 ")),
    ("WebSocket: upgraded", Way::WebSocket, |peer| drop(peer.upgrade(b""))),
    ("WebSocket: half a frame", Way::WebSocket, |peer| drop(peer.upgrade(b"\x82\x04\x20"))),
];

/// A client on this way, not connected; `port` is the peer's.
fn prepared(way: Way, port: u16, ca: &str) -> Client {
    let client = client();
    match way {
        Way::Plain => {}
        Way::Proxy | Way::ProxyThenTls => {
            assert_eq!(client.socks5(port, Some(("alice", Some("s3cret")))), 0);
        }
        Way::WebSocket => assert_eq!(client.int_option(WEB_SOCKETS.0, WEB_SOCKETS.1), 0),
        Way::Tls => {}
    }
    if matches!(way, Way::Tls | Way::ProxyThenTls) {
        assert_eq!(client.tls_trust(Some(ca), None), 0);
    }
    client
}

/// A peer that says its part, tells so, and waits for the end.
fn silent(script: fn(&mut Connection)) -> (Server<()>, mpsc::Receiver<()>) {
    let (said, told) = mpsc::channel();
    let server = Server::start(move |door| {
        let mut peer = door.accept();
        script(&mut peer);
        let _ = said.send(());
        peer.rest();
    });
    (server, told)
}

#[test]
fn a_silent_peer_is_left_when_the_keepalive_is_over() {
    if !ours() {
        return;
    }
    let authority = Authority::new("nobody's");
    let ca = path(&authority.certificate);
    std::thread::scope(|scope| {
        for (stage, way, script) in STALLS {
            scope.spawn(move || {
                let (server, _told) = silent(script);
                let client = prepared(way, server.port(), ca);
                let begun = Instant::now();
                assert_eq!(client.connect_async("127.0.0.1", server.port(), 5), 0, "{stage}");
                assert_eq!(run_to_failure(&client).0, KEEPALIVE, "{stage}: {:?}", client.log());
                let took = begun.elapsed();
                assert!(took > Duration::from_millis(4900), "{stage}: {took:?}");
                let expected = [format!("disconnect({KEEPALIVE},[])")];
                assert_eq!(client.take_events(), expected, "{stage}");
                server.finish();
            });
        }
        scope.spawn(|| {
            let full = Full::new();
            let client = client();
            assert_eq!(client.connect_async("127.0.0.1", full.port, 5), 0);
            assert_eq!(run_to_failure(&client).0, KEEPALIVE, "{:?}", client.log());
        });
    });
}

#[test]
fn a_client_with_a_silent_peer_stops_within_100_ms() {
    if !ours() {
        return;
    }
    let authority = Authority::new("nobody's");
    let ca = path(&authority.certificate);
    for (stage, way, script) in STALLS {
        stops_at_once(stage, || {
            let (server, told) = silent(script);
            let client = prepared(way, server.port(), ca);
            assert_eq!(client.loop_start(), 0);
            assert_eq!(client.connect_async("127.0.0.1", server.port(), 60), 0, "{stage}");
            told.recv().expect("the peer has said its part");
            let read = || client.socket() >= 0 && unread(client.socket()) == 0;
            let deadline = Instant::now() + crate::support::server::LIMIT;
            while !read() {
                assert!(Instant::now() < deadline, "{stage}: {:?}", client.log());
                std::thread::sleep(Duration::from_millis(1));
            }
            (client, Some(server))
        });
    }
    let full = Full::new();
    stops_at_once("connecting", || {
        let client = client();
        assert_eq!(client.loop_start(), 0);
        assert_eq!(client.connect_async("127.0.0.1", full.port, 60), 0);
        (client, None)
    });
}

/// Stops and destroys what `reach` gives, a client with its thread in some state; prints how long that took.
fn stops_at_once(stage: &str, reach: impl Fn() -> (Client, Option<Server<()>>)) {
    let mut best = Duration::MAX;
    for _ in 0..TRIES {
        let (client, server) = reach();
        let begun = Instant::now();
        assert_eq!(client.loop_stop(true), 0, "{stage}");
        drop(client);
        best = best.min(begun.elapsed());
        if let Some(server) = server {
            server.finish();
        }
        if best < STOP {
            println!("{stage}: stopped in {best:?}");
            return;
        }
    }
    panic!("{stage}: {best:?} at best");
}

/// A listener that answers no SYN: its queue is full.
pub struct Full {
    /// Its port on 127.0.0.1.
    pub port: u16,
    _listener: TcpListener,
    _queue: Vec<TcpStream>,
}

impl Full {
    /// Fills the queue.
    pub fn new() -> Full {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        let any: std::net::SocketAddr = ([127, 0, 0, 1], 0).into();
        socket.bind(&SockAddr::from(any)).expect("a free port");
        socket.listen(0).expect("a listener");
        let listener = TcpListener::from(socket);
        let address = listener.local_addr().expect("an address");
        let mut queue = Vec::new();
        let wait = Duration::from_millis(200);
        while let Ok(stream) = TcpStream::connect_timeout(&address, wait) {
            queue.push(stream);
            assert!(queue.len() < 100, "the queue does not fill up");
        }
        Full { port: address.port(), _listener: listener, _queue: queue }
    }
}
