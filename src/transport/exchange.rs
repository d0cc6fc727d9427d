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
    fn ended(&self) -> Error;
}

/// Frames around the bytes of the layer above, for as long as the connection lasts: WebSocket.
pub trait Framing: Debug + Send {
    /// Puts frames with bytes of `slices` behind `out` and answers how many of those bytes it took, counted over the
    /// slices in order.
    fn encode(&mut self, slices: &[IoSlice<'_>], out: &mut Vec<u8>) -> Result<usize>;

    /// Takes frames, or pieces of them, from the start of `input` and puts the bytes for the layer above at the start of
    /// `buffer`. Answers to control frames go behind `out`.
    ///
    /// Goes on until one of the two is used up; keeps what it needs to know of an unfinished frame to itself.
    fn decode(&mut self, input: &[u8], buffer: &mut [u8], out: &mut Vec<u8>) -> Result<Decoded>;
}

/// What [`Framing::decode`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decoded {
    /// Bytes taken from the input.
    pub consumed: usize,
    /// Bytes put into the buffer.
    pub produced: usize,
    /// The peer will send no more (counts behind the bytes produced).
    pub ended: bool,
}

/// What it takes to speak WebSocket: the upgrade, then the frames.
#[derive(Debug)]
pub struct Upgrade {
    /// HTTP request and response.
    pub exchange: Box<dyn Exchange>,
    /// The frames that follow.
    pub framing: Box<dyn Framing>,
}
