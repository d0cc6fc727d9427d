//! What frames are made of: RFC 6455 section 5.2; and control frames, which are small enough to be values.

use core::fmt;

use crate::error::{EPROTO, Error};

pub(super) const FIN: u8 = 0x80;
pub(super) const RESERVED: u8 = 0x70;
pub(super) const OPCODE: u8 = 0x0f;
pub(super) const MASKED: u8 = 0x80;
pub(super) const LENGTH: u8 = 0x7f;
/// Values of the length field that announce a longer one.
pub(super) const LENGTH_16: u8 = 126;
pub(super) const LENGTH_64: u8 = 127;

pub(super) const CONTINUATION: u8 = 0;
pub(super) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;
pub(super) const PING: u8 = 9;
pub(super) const PONG: u8 = 10;

/// The payload that a control frame can have.
pub(super) const MAX_CONTROL: usize = 125;

/// A control frame.
#[derive(Clone, Copy)]
pub struct Control {
    opcode: u8,
    len: usize,
    payload: [u8; MAX_CONTROL],
}

impl Control {
    pub(super) const fn new(opcode: u8) -> Control {
        Control { opcode, len: 0, payload: [0; MAX_CONTROL] }
    }

    pub(super) const fn opcode(&self) -> u8 {
        self.opcode
    }

    pub(super) fn payload(&self) -> &[u8] {
        self.payload.get(..self.len).unwrap_or_default()
    }

    /// Appends as much of `bytes` as fits.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        for (to, from) in self.payload.iter_mut().skip(self.len).zip(bytes) {
            *to = *from;
            self.len += 1;
        }
    }

    pub(super) fn unmask(&mut self, key: super::mask::Key) {
        super::mask::apply(key, 0, self.payload.get_mut(..self.len).unwrap_or_default());
    }

    /// What to send in answer to it, if anything.
    pub(super) fn reply(&self) -> Option<Control> {
        let (opcode, len) = match self.opcode {
            PING => (PONG, self.len),
            // The status, without its reason.
            CLOSE => (CLOSE, self.len.min(2)),
            _ => return None,
        };
        Some(Control { opcode, len, payload: self.payload })
    }
}

impl PartialEq for Control {
    fn eq(&self, other: &Control) -> bool {
        (self.opcode, self.payload()) == (other.opcode, other.payload())
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Control({}, {:02x?})", self.opcode, self.payload())
    }
}

/// What a server must not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A reserved bit: an extension that nobody asked for.
    Reserved,
    /// A text frame [MQTT-6.0.0-1].
    Text,
    /// An opcode that does not exist.
    Opcode(u8),
    /// A control frame in fragments, or longer than 125 bytes.
    Control,
    /// A close frame with half a status.
    Close,
    /// A length beyond 2^63.
    Length,
}

impl Fault {
    /// What the connection ends with.
    pub const fn error(self) -> Error {
        Error::Errno(EPROTO)
    }

    /// What the server is told: RFC 6455 section 7.4.1.
    pub(super) fn reply(self) -> Control {
        let status: u16 = if self == Fault::Text { 1003 } else { 1002 };
        let mut close = Control::new(CLOSE);
        close.extend(&status.to_be_bytes());
        close
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Reserved => f.write_str("a WebSocket frame with a reserved bit"),
            Fault::Text => f.write_str("a WebSocket text frame"),
            Fault::Opcode(opcode) => write!(f, "a WebSocket frame of the unknown type {opcode}"),
            Fault::Control => f.write_str("a WebSocket control frame in fragments or too long"),
            Fault::Close => f.write_str("a malformed WebSocket close frame"),
            Fault::Length => f.write_str("a WebSocket frame of impossible length"),
        }
    }
}
