//! MQTT over WebSocket: exact bytes against a scripted server, and real brokers.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks, threads and sockets are refused to the protocol, not to its tests"
)]

mod support;

#[path = "websocket/brokers.rs"]
mod brokers;
#[path = "websocket/clients.rs"]
mod clients;
#[path = "websocket/connections.rs"]
mod connections;
#[path = "websocket/frames.rs"]
mod frames;
#[path = "websocket/upgrade.rs"]
mod upgrade;

use support::client::{Client, Style};
use support::library::Library;
use support::server::{Connection, Server};
use support::web::WEB_SOCKETS;

/// A PUBLISH of MQTT 3.1.1.
const MESSAGE: &[u8] = b"\x30\x04\0\x01th";

fn ours() -> bool {
    Library::Ours.is_selected()
}

fn client(id: &str, version: i32) -> Client {
    let client = Client::new(Library::Ours, Some(id), true, version, Style::Conversation);
    assert_eq!(client.int_option(WEB_SOCKETS.0, WEB_SOCKETS.1), 0);
    client
}

/// A client of ours and a server that plays `script` with its first connection.
fn with_server<T: Send + 'static>(
    version: i32,
    script: impl FnOnce(&mut Connection) -> T + Send + 'static,
) -> (Client, Server<T>) {
    let server = Server::start(|door| script(&mut door.accept()));
    let client = client("c", version);
    assert_eq!(client.connect("127.0.0.1", server.port(), 60, &[]), 0);
    (client, server)
}

/// A short frame as servers must not send it, and some do.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [9, 8, 7, 6];
    let mut frame = vec![first, 0x80 | payload.len() as u8];
    frame.extend(key);
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(a, b)| a ^ b));
    frame
}
