//! The two shapes of a protocol between TCP and MQTT: a conversation that comes first, and frames around every byte.
//!
//! Both are pure: bytes in, bytes out. Sockets, waiting and the order of layers are the business of [`super::stages`]
//! and [`super::layers`].

use std::fmt::Debug;
use std::io::IoSlice;

use crate::error::{Error, Result};

/// A conversation with a peer that must be over before the layer above may speak: SOCKS5, the WebSocket upgrade.
pub trait Exchange: Debug + Send {
    /// Bytes to be sent now; empty when it is the peer's turn.
    fn output(&self) -> &[u8];

    /// The first `count` bytes of [`Exchange::output`] have been sent.
    fn sent(&mut self, count: usize);

    /// How many bytes to read at most. A conversation whose rest belongs to another layer (SOCKS5 before TLS) names the
    /// exact number that it can take, so that nothing is read too far.
    fn wanted(&self) -> usize;

    /// Takes bytes of the peer and answers how many of them were its own; what is left when it is done belongs to the
    /// layer above.
    ///
    /// Fails with the error that ends the connection.
    fn receive(&mut self, bytes: &[u8]) -> Result<usize>;

    /// Whether it has come to its good end: everything is received, and there is no output.
    fn is_done(&self) -> bool;

    /// What it means that the peer ends the stream now.
    fn ended(&mut self) -> Error;

    /// Why it failed, for people.
    fn complaint(&self) -> Option<String> {
        None
    }
}

/// Frames around the bytes of the layer above, for as long as the connection lasts: WebSocket. Keeps little more than what
/// it has ready to be sent.
pub trait Framing: Debug + Send {
    /// Bytes to be sent now. If all earlier ones are sent, they are made anew: what the frames need for themselves, then
    /// as much of `slices` as is worth one call of the system. Empty only if there is nothing to send.
    ///
    /// The next call offers the same slices again, until [`Framing::sent`] counts them as taken.
    fn output(&mut self, slices: &[IoSlice<'_>]) -> Result<&[u8]>;

    /// The first `count` bytes of [`Framing::output`] have been sent. Answers how many bytes of the slices that completes.
    fn sent(&mut self, count: usize) -> usize;

    /// Whether there is output that is not the caller's, such as the answer to a ping.
    fn has_own_output(&self) -> bool;

    /// Takes all of `buffer`, frames or pieces of them, and puts the bytes for the layer above at its start, in place.
    /// Answers how many.
    fn decode(&mut self, buffer: &mut [u8]) -> usize;

    /// Whether nothing will come behind the bytes decoded so far: the peer has said so, or it sent what is no frame.
    fn end(&self) -> Option<Result<()>>;

    /// What is wrong with that, for people.
    fn complaint(&self) -> Option<String> {
        None
    }
}

/// What it takes to speak WebSocket: the upgrade, then the frames.
#[derive(Debug)]
pub struct Upgrade {
    /// HTTP request and response.
    pub exchange: Box<dyn Exchange>,
    /// The frames that follow.
    pub framing: Box<dyn Framing>,
}
