//! TLS from the outside: the library as built, Debian's broker and clients, `openssl s_server`, and servers that misbehave.
//!
//! What the transport does by itself is tested beside it, in `src/transport/tests/tls`. Names like `d5_…` refer to the
//! numbered faults of the original in the list of differences.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks, threads and sockets are refused to the protocol, not to its tests"
)]

mod support;

#[path = "tls/calls.rs"]
mod calls;
#[path = "tls/clients.rs"]
mod clients;
#[path = "tls/engines.rs"]
mod engines;
#[path = "tls/exit.rs"]
mod exit;
#[path = "tls/loops.rs"]
mod loops;
#[path = "tls/peers.rs"]
mod peers;
#[path = "tls/threads.rs"]
mod threads;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use support::certificates::{Authority, Issued, Kind, path};
use support::client::{Client, Style};
use support::library::Library;
use support::tls_server::{Connection, Setup, TlsServer};

/// No wait takes longer.
const LIMIT: Duration = Duration::from_secs(20);

/// `MOSQ_ERR_SUCCESS` and others.
const SUCCESS: i32 = 0;
const INVAL: i32 = 3;
const CONN_LOST: i32 = 7;
const TLS: i32 = 8;

/// An authority, and a server certificate of it for localhost and 127.0.0.1.
fn authority() -> &'static (Authority, Issued) {
    static AUTHORITY: OnceLock<(Authority, Issued)> = OnceLock::new();
    AUTHORITY.get_or_init(|| {
        let authority = Authority::new("trusted");
        let alternative = Some("DNS:localhost,IP:127.0.0.1");
        let kind = Kind { name: "localhost", alternative, ..Kind::default() };
        let issued = authority.issue("localhost", kind);
        (authority, issued)
    })
}

/// The file of the authority.
fn ca() -> &'static str {
    path(&authority().0.certificate)
}

/// A server with the certificate.
fn setup() -> Setup {
    Setup { certificate: Some(authority().1.clone()), ..Setup::default() }
}

/// A server that takes every client, answers its PINGREQ, PUBLISH of QoS 1 and SUBSCRIBE, and closes after DISCONNECT.
fn broker() -> TlsServer {
    TlsServer::start(setup(), |connection| {
        if connection.welcome().is_ok() {
            serve(connection);
        }
    })
}

/// Goes on after CONNACK until the client disconnects. Answers everything that the client sent.
fn serve(connection: &mut Connection) -> Vec<u8> {
    let mut all = Vec::new();
    let mut at = 0;
    loop {
        let more = connection.read();
        if more.is_empty() {
            connection.close();
            return all;
        }
        all.extend(more);
        while let Some(len) = packet_len(&all[at..]) {
            let packet = all[at..at + len].to_vec();
            at += len;
            answer(connection, &packet);
        }
    }
}

/// The length of the first packet, if it is complete.
fn packet_len(bytes: &[u8]) -> Option<usize> {
    let mut len = 0;
    for (place, byte) in bytes.get(1..)?.iter().enumerate().take(4) {
        len |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            let all = len + place + 2;
            return (bytes.len() >= all).then_some(all);
        }
    }
    None
}

fn answer(connection: &mut Connection, packet: &[u8]) {
    match packet[0] >> 4 {
        3 if packet[0] & 6 == 2 => {
            let body = packet.iter().skip(1).position(|byte| byte & 0x80 == 0).unwrap() + 2;
            let topic = usize::from(packet[body]) << 8 | usize::from(packet[body + 1]);
            let mid = &packet[body + 2 + topic..body + 4 + topic];
            connection.write(&[&[0x40, 2], mid].concat());
        }
        8 => {
            connection.write(&[0x90, 3, packet[2], packet[3], 0]);
        }
        12 => {
            connection.write(&[0xd0, 0]);
        }
        _ => {}
    }
}

/// A client that trusts the authority.
fn client(id: &str) -> Client {
    let client = Client::new(Library::Ours, Some(id), true, 4, Style::Conversation);
    assert_eq!(client.tls_trust(Some(ca()), None), SUCCESS);
    client
}

/// Runs the loop until there is an event that begins like this; the events until then.
fn run_until(client: &Client, event: &str) -> Vec<String> {
    let deadline = Instant::now() + LIMIT;
    let mut events = Vec::new();
    while !events.iter().any(|text: &String| text.starts_with(event)) {
        assert!(Instant::now() < deadline, "no {event}: {events:?} {:?}", client.log());
        client.run_once(20);
        events.extend(client.take_events());
    }
    events
}

/// Waits for what another thread does.
fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !condition() {
        assert!(Instant::now() < deadline, "{what}: not in time");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether the log has a line with this in it.
fn logged(client: &Client, text: &str) -> bool {
    client.log().iter().any(|(_, line)| line.contains(text))
}
