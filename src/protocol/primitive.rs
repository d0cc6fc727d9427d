//! The data representations of MQTT 5.0 section 1.5: integers, variable byte integers, length-prefixed data.
//!
//! Reading never goes beyond the slice it was given and answers [`Error::MalformedPacket`] where the slice ends too soon.

use crate::error::{Error, Result};

use super::utf8;

/// The largest Remaining Length and variable byte integer (MQTT 5.0, 1.5.5).
pub const VARINT_MAX: u32 = 268_435_455;

/// Reads values from the front of a slice.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads `bytes` from the start.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    /// What has not been read yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether everything has been read.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `len` bytes.
    pub fn bytes(&mut self, len: usize) -> Result<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(len).ok_or(Error::MalformedPacket)?;
        self.rest = rest;
        Ok(head)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8> {
        let (&byte, rest) = self.rest.split_first().ok_or(Error::MalformedPacket)?;
        self.rest = rest;
        Ok(byte)
    }

    /// Two Byte Integer (1.5.2).
    pub fn u16(&mut self) -> Result<u16> {
        let (&bytes, rest) = self.rest.split_first_chunk().ok_or(Error::MalformedPacket)?;
        self.rest = rest;
        Ok(u16::from_be_bytes(bytes))
    }

    /// Four Byte Integer (1.5.3).
    pub fn u32(&mut self) -> Result<u32> {
        let (&bytes, rest) = self.rest.split_first_chunk().ok_or(Error::MalformedPacket)?;
        self.rest = rest;
        Ok(u32::from_be_bytes(bytes))
    }

    /// Variable Byte Integer (1.5.5). Encodings longer than needed [MQTT-1.5.5-1] or than four bytes are refused, as the
    /// reference does inside packets; the Remaining Length, where it is lenient, is not read with this.
    pub fn varint(&mut self) -> Result<u32> {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21] {
            let byte = self.u8()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift > 0 {
                    return Err(Error::MalformedPacket);
                }
                return Ok(value);
            }
        }
        Err(Error::MalformedPacket)
    }

    /// Binary Data (1.5.6).
    pub fn binary(&mut self) -> Result<&'a [u8]> {
        let len = self.u16()?;
        self.bytes(len.into())
    }

    /// UTF-8 Encoded String (1.5.4), without control characters and non-characters.
    pub fn string(&mut self) -> Result<&'a [u8]> {
        let bytes = self.binary()?;
        utf8::validate(bytes)?;
        Ok(bytes)
    }
}

/// Number of bytes of `value` as a Variable Byte Integer; 5 for what has no encoding.
pub const fn varint_len(value: u32) -> usize {
    match value {
        0..=0x7f => 1,
        0x80..=0x3fff => 2,
        0x4000..=0x1f_ffff => 3,
        0x20_0000..=VARINT_MAX => 4,
        _ => 5,
    }
}

/// Appends `value` as a Variable Byte Integer. Values above [`VARINT_MAX`] have none and are the caller's to refuse.
pub fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends length-prefixed data; more than 65,535 bytes have no encoding and are the caller's to refuse.
pub fn put_binary(out: &mut Vec<u8>, bytes: &[u8]) {
    debug_assert!(bytes.len() <= usize::from(u16::MAX));
    out.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
    out.extend_from_slice(bytes);
}
