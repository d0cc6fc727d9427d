//! Connections through a SOCKS5 proxy: the settings, and [`socks5`](super::socks5) as an [`Exchange`].

use super::exchange::Exchange;
pub use super::socks5::Credentials;
use super::socks5::{Handshake, Refusal};
use crate::error::{Error, Result};

/// A proxy to connect through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Its name or address.
    pub host: Vec<u8>,
    /// Its TCP port.
    pub port: u16,
    /// What it may ask for.
    pub credentials: Option<Credentials>,
}

impl Proxy {
    /// The conversation that makes a connection to the proxy one to `host` and `port`.
    ///
    /// Fails as [`Handshake::new`].
    pub fn exchange(&self, host: &[u8], port: u16) -> Result<Box<dyn Exchange>> {
        let handshake = Handshake::new(host, port, self.credentials.clone())?;
        Ok(Box::new(Conversation { handshake, refusal: None }))
    }
}

#[derive(Debug)]
struct Conversation {
    handshake: Handshake,
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
        self.handshake.output()
    }

    fn sent(&mut self, count: usize) {
        self.handshake.sent(count);
    }

    fn wanted(&self) -> usize {
        self.handshake.wanted()
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<usize> {
        self.handshake.feed(bytes).map_err(|refusal| self.refuse(refusal))
    }

    fn is_done(&self) -> bool {
        self.handshake.is_done()
    }

    fn ended(&mut self) -> Error {
        self.refuse(Refusal::Closed)
    }

    fn complaint(&self) -> Option<String> {
        self.refusal.map(|refusal| refusal.to_string())
    }
}
