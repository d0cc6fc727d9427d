//! MQTT over WebSocket: the settings, and [`ws`](super::ws) as an [`Exchange`] and the [`Framing`] that follows it.

use std::io::IoSlice;

use super::exchange::{Exchange, Framing, Upgrade};
use super::random;
use super::ws::decode::{Decoder, End};
use super::ws::encode::{Encoder, MessageLen};
use super::ws::upgrade::{self, Refusal, Request};
use crate::error::{Error, Result};

/// Keys are fetched from the system so many at a time.
const KEYS: usize = 64;

/// How to open a WebSocket.
#[derive(Debug, Clone)]
pub struct WebSocket {
    /// What to ask for, as [`upgrade::path`] has it.
    pub path: Vec<u8>,
    /// Further headers, as [`upgrade::headers`] has them.
    pub headers: Vec<u8>,
    /// How many bytes the header of the answer may have.
    pub header_limit: usize,
    /// How messages are told apart: each is sent in a frame of its own.
    pub message_len: MessageLen,
}

impl WebSocket {
    /// The upgrade of a connection to `host` and `port` (0 for a Unix socket), which is encrypted if it is `secure`.
    ///
    /// Fails with `Inval` for a host that would end its header line, with `Errno` where there is no randomness.
    pub fn upgrade(&self, host: &[u8], port: u16, secure: bool) -> Result<Upgrade> {
        let mut nonce = [0; 16];
        random::fill(&mut nonce)?;
        let WebSocket { path, headers, .. } = self;
        let request = Request { path, host, port, secure, headers, nonce };
        let upgrade = upgrade::Upgrade::new(&request, self.header_limit)?;
        let encoder = Encoder::new(self.message_len);
        Ok(Upgrade {
            exchange: Box::new(Conversation { upgrade, refusal: None }),
            framing: Box::new(Frames {
                encoder,
                decoder: Decoder::default(),
                keys: Keys::default(),
            }),
        })
    }
}

#[derive(Debug)]
struct Conversation {
    upgrade: upgrade::Upgrade,
    refusal: Option<Refusal>,
}

impl Conversation {
    fn refuse(&mut self, refusal: Refusal) -> Error {
        self.refusal = Some(refusal);
        refusal.error()
    }
}

impl Exchange for Conversation {
    fn output(&self) -> &[u8] {
        self.upgrade.output()
    }

    fn sent(&mut self, count: usize) {
        self.upgrade.sent(count);
    }

    fn wanted(&self) -> usize {
        usize::MAX
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<usize> {
        self.upgrade.feed(bytes).map_err(|refusal| self.refuse(refusal))
    }

    fn is_done(&self) -> bool {
        self.upgrade.is_done()
    }

    fn ended(&mut self) -> Error {
        self.refuse(Refusal::Closed)
    }

    fn complaint(&self) -> Option<String> {
        self.refusal.map(|refusal| format!("WebSocket upgrade failed: {refusal}"))
    }
}

#[derive(Debug)]
struct Frames {
    encoder: Encoder,
    decoder: Decoder,
    keys: Keys,
}

impl Framing for Frames {
    fn output(&mut self, slices: &[IoSlice<'_>]) -> Result<&[u8]> {
        self.encoder.output(slices, || self.keys.next())
    }

    fn sent(&mut self, count: usize) -> usize {
        self.encoder.sent(count)
    }

    fn has_own_output(&self) -> bool {
        self.encoder.has_control()
    }

    fn decode(&mut self, buffer: &mut [u8]) -> usize {
        let payload = self.decoder.decode(buffer);
        if let Some(reply) = self.decoder.take_reply() {
            self.encoder.control(reply);
        }
        payload
    }

    fn end(&self) -> Option<Result<()>> {
        Some(match self.decoder.end()? {
            End::Closed => Ok(()),
            End::Broken(fault) => Err(fault.error()),
        })
    }

    fn complaint(&self) -> Option<String> {
        match self.decoder.end()? {
            End::Closed => None,
            End::Broken(fault) => Some(format!("the server sent {fault}")),
        }
    }
}

/// Unpredictable keys (RFC 6455 section 5.3), without a system call for each.
#[derive(Debug)]
struct Keys {
    bytes: [u8; 4 * KEYS],
    used: usize,
}

impl Default for Keys {
    fn default() -> Keys {
        Keys { bytes: [0; 4 * KEYS], used: 4 * KEYS }
    }
}

impl Keys {
    fn next(&mut self) -> Result<[u8; 4]> {
        if self.used >= self.bytes.len() {
            random::fill(&mut self.bytes)?;
            self.used = 0;
        }
        let key = self.bytes.get(self.used..).and_then(|rest| rest.first_chunk());
        self.used += 4;
        Ok(key.copied().unwrap_or_default())
    }
}
