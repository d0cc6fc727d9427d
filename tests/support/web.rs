//! WebSocket from the server's side, and the options of clients.

use std::ffi::c_int;

use super::server::{CONNACK, Connection};

// The proof of the handshake is pure, and its unit tests pin it to the standard's examples.
#[path = "../../src/transport/ws/accept.rs"]
mod accept;

/// `MOSQ_OPT_TRANSPORT` and `MOSQ_T_WEBSOCKETS`.
pub const WEB_SOCKETS: (c_int, c_int) = (15, 2);
/// `MOSQ_OPT_HTTP_PATH`
pub const HTTP_PATH: c_int = 16;
/// `MOSQ_OPT_HTTP_HEADER_SIZE`
pub const HTTP_HEADER_SIZE: c_int = 17;
/// `MOSQ_OPT_X_HTTP_HEADERS`
pub const X_HTTP_HEADERS: c_int = 0x4000;

impl Connection {
    /// An upgrade request: its lines without the empty one, each without its end.
    pub fn upgrade_request(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            let line = line.strip_suffix("\r\n").expect("CR LF at the end of every line");
            if line.is_empty() {
                return lines;
            }
            lines.push(line.to_owned());
        }
    }

    /// Takes an upgrade request and agrees; `behind` comes in the same write.
    pub fn upgrade(&mut self, behind: &[u8]) -> Vec<String> {
        let request = self.upgrade_request();
        self.send(&[&agreement(&request), behind].concat());
        request
    }

    /// A frame of the client: its first byte and its payload.
    pub fn frame(&mut self) -> (u8, Vec<u8>) {
        let head = self.take(2);
        assert_eq!(head[1] & 0x80, 0x80, "a client masks");
        let len = match head[1] & 0x7f {
            126 => self.take(2).iter().fold(0, |len, byte| len << 8 | usize::from(*byte)),
            127 => self.take(8).iter().fold(0, |len, byte| len << 8 | usize::from(*byte)),
            len => usize::from(len),
        };
        let key = self.take(4);
        let payload = self.take(len);
        (head[0], payload.iter().zip(key.iter().cycle()).map(|(a, b)| a ^ b).collect())
    }

    /// Takes an upgrade and CONNECT, answers both. The CONNECT packet.
    pub fn accept_mqtt(&mut self) -> Vec<u8> {
        self.upgrade(b"");
        let (first, connect) = self.frame();
        assert_eq!((first, connect[0]), (0x82, 0x10), "CONNECT in a frame of its own");
        self.send(&frame(0x82, CONNACK));
        connect
    }
}

/// The answer that agrees to `request`.
pub fn agreement(request: &[String]) -> Vec<u8> {
    let key = request.iter().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "));
    let key = key.expect("a key").as_bytes().try_into().expect("a key of 24 characters");
    let accept = accept::accept(key);
    let accept = String::from_utf8_lossy(&accept);
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
    )
    .into_bytes()
}

/// A frame as servers send it, with the shortest length.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len if len < 126 => frame.push(len as u8),
        len if len < 65536 => {
            frame.push(126);
            frame.extend((len as u16).to_be_bytes());
        }
        len => {
            frame.push(127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}
