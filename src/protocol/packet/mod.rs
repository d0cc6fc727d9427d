//! One file a packet, or a family of packets of the same form: encoders append to a buffer, decoders read a body and
//! answer ranges of it. What a packet means in which state is the session's.

pub mod ack;
pub mod auth;
pub mod connack;
pub mod connect;
pub mod disconnect;
pub mod publish;
pub mod suback;
pub mod subscribe;

use core::ops::Range;

use crate::error::{Error, Result};

use super::primitive::{Reader, VARINT_MAX, put_varint, varint_len};
use super::property;
use super::version::Version;

/// Packet types as they stand in the high nibble of the first byte (MQTT 5.0, 2.1.2).
#[allow(missing_docs)]
pub mod kind {
    pub const CONNECT: u8 = 0x10;
    pub const CONNACK: u8 = 0x20;
    pub const PUBLISH: u8 = 0x30;
    pub const PUBACK: u8 = 0x40;
    pub const PUBREC: u8 = 0x50;
    pub const PUBREL: u8 = 0x60;
    pub const PUBCOMP: u8 = 0x70;
    pub const SUBSCRIBE: u8 = 0x80;
    pub const SUBACK: u8 = 0x90;
    pub const UNSUBSCRIBE: u8 = 0xa0;
    pub const UNSUBACK: u8 = 0xb0;
    pub const PINGREQ: u8 = 0xc0;
    pub const PINGRESP: u8 = 0xd0;
    pub const DISCONNECT: u8 = 0xe0;
    pub const AUTH: u8 = 0xf0;

    /// Whether a packet of this kind carries an application message or acknowledges one.
    pub const fn is_of_message(kind: u8) -> bool {
        PUBLISH <= kind && kind <= PUBCOMP
    }
}

/// A received packet: the whole of it, with the length of its fixed header.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    bytes: &'a [u8],
    header: usize,
}

impl<'a> Packet<'a> {
    /// `bytes` is one complete packet, as [`super::frame::split`] found it.
    pub const fn new(bytes: &'a [u8], header: usize) -> Self {
        Packet { bytes, header }
    }

    /// The first byte's high nibble, one of [`kind`].
    pub fn kind(&self) -> u8 {
        self.first() & 0xf0
    }

    /// The first byte's low nibble.
    pub fn flags(&self) -> u8 {
        self.first() & 0x0f
    }

    fn first(&self) -> u8 {
        self.bytes.first().copied().unwrap_or(0)
    }

    /// Everything behind the fixed header.
    #[inline]
    pub fn body(&self) -> &'a [u8] {
        self.bytes.get(self.header..).unwrap_or(&[])
    }

    /// The bytes of a range that a decoder answered.
    pub fn slice(&self, range: &Range<usize>) -> &'a [u8] {
        self.bytes.get(range.clone()).unwrap_or(&[])
    }

    fn reader(&self) -> Cursor<'a> {
        Cursor { reader: Reader::new(self.body()), end: self.bytes.len() }
    }
}

/// A reader that knows where in the packet it stands.
struct Cursor<'a> {
    reader: Reader<'a>,
    end: usize,
}

impl Cursor<'_> {
    fn position(&self) -> usize {
        self.end - self.reader.rest().len()
    }

    fn remaining(&self) -> Range<usize> {
        self.position()..self.end
    }

    /// Reads a property list, length in front, checks it for `command` and answers where it stands.
    fn properties(&mut self, command: u8) -> Result<Range<usize>> {
        let len = self.reader.varint()? as usize;
        let start = self.position();
        let bytes = self.reader.bytes(len)?;
        if len > 0 {
            property::check_received(command.into(), bytes)?;
        }
        Ok(start..start + len)
    }

    /// A packet identifier, which is never 0 [MQTT-2.2.1-3].
    fn packet_id(&mut self) -> Result<u16> {
        match self.reader.u16()? {
            0 => Err(Error::Protocol),
            id => Ok(id),
        }
    }
}

/// No bytes.
pub const NOWHERE: Range<usize> = 0..0;

/// Appends a fixed header. `remaining` is at most [`VARINT_MAX`], see [`packet_len`].
fn put_header(out: &mut Vec<u8>, first: u8, remaining: usize) {
    out.push(first);
    put_varint(out, remaining as u32);
}

/// The length of a packet with so many bytes behind its fixed header; [`Error::PayloadSize`] if MQTT has none so long.
#[inline(always)]
pub fn packet_len(remaining: usize) -> Result<usize> {
    match u32::try_from(remaining) {
        Ok(remaining @ 0..=VARINT_MAX) => Ok(1 + varint_len(remaining) + remaining as usize),
        _ => Err(Error::PayloadSize),
    }
}

/// Bytes of a property list with its length in front; 0 before MQTT 5, which has none.
#[inline]
fn properties_len(version: Version, properties: &[u8]) -> usize {
    if version.is_v5() { varint_len(properties.len() as u32) + properties.len() } else { 0 }
}

/// Appends a property list with its length in front; nothing before MQTT 5.
#[inline]
fn put_properties(out: &mut Vec<u8>, version: Version, properties: &[u8]) {
    match (version.is_v5(), properties) {
        (false, _) => {}
        (true, []) => out.push(0),
        (true, properties) => {
            put_varint(out, properties.len() as u32);
            out.extend_from_slice(properties);
        }
    }
}

/// Appends PINGREQ (3.12).
pub fn put_pingreq(out: &mut Vec<u8>) {
    out.extend_from_slice(&[kind::PINGREQ, 0]);
}
