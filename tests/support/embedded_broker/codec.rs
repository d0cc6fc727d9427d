//! MQTT packets as the broker needs them: fixed header, fields, properties. No meaning, no state.

use std::io::{self, Read};

/// What is wrong with a packet; MQTT 5 reason code of the DISCONNECT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed(pub u8);

/// A packet that cannot be read.
pub const MALFORMED: Malformed = Malformed(0x81);
/// A packet that must not be sent.
pub const PROTOCOL_ERROR: Malformed = Malformed(0x82);

/// First byte and body of the next packet; `None` at the end of the stream.
pub fn read_packet(stream: &mut impl Read) -> io::Result<Option<(u8, Vec<u8>)>> {
    let mut byte = [0];
    if stream.read(&mut byte)? == 0 {
        return Ok(None);
    }
    let first = byte[0];
    let mut len = 0;
    for shift in [0, 7, 14, 21] {
        stream.read_exact(&mut byte)?;
        len |= usize::from(byte[0] & 0x7f) << shift;
        if byte[0] & 0x80 == 0 {
            let mut body = Vec::new();
            // Grows with what arrives, not with what was announced.
            stream.take(u64::try_from(len).unwrap_or_default()).read_to_end(&mut body)?;
            return if body.len() == len { Ok(Some((first, body))) } else { Ok(None) };
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "remaining length of five bytes"))
}

/// A packet of `first` byte and `body`.
pub fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    put_varint(&mut out, body.len());
    out.extend_from_slice(body);
    out
}

/// Appends a variable byte integer.
pub fn put_varint(out: &mut Vec<u8>, mut value: usize) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        out.push(if value > 0 { low | 0x80 } else { low });
        if value == 0 {
            return;
        }
    }
}

/// Appends a two-byte length and the bytes.
pub fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// One property: identifier and value as on the wire.
pub type Property = (u8, Vec<u8>);

/// Appends a property list with its length.
pub fn put_properties(out: &mut Vec<u8>, properties: &[Property]) {
    let len = properties.iter().map(|(_, value)| 1 + value.len()).sum();
    put_varint(out, len);
    for (id, value) in properties {
        out.push(*id);
        out.extend_from_slice(value);
    }
}

/// Reads fields off the front of a body.
pub struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    /// So many bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (head, tail) = self.0.split_at_checked(len).ok_or(MALFORMED)?;
        self.0 = tail;
        Ok(head)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(self.take(1)?[0])
    }

    /// Two bytes.
    pub fn u16(&mut self) -> Result<u16, Malformed> {
        let bytes = self.take(2)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// Bytes behind their two-byte length.
    pub fn binary(&mut self) -> Result<&'a [u8], Malformed> {
        let len = self.u16()?;
        self.take(len.into())
    }

    /// The same as text.
    pub fn string(&mut self) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.binary()?).map_err(|_| MALFORMED)
    }

    /// A variable byte integer.
    pub fn varint(&mut self) -> Result<usize, Malformed> {
        let mut value = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.u8()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(MALFORMED)
    }

    /// A property list behind its length; values stay as they are on the wire.
    pub fn properties(&mut self) -> Result<Vec<Property>, Malformed> {
        let len = self.varint()?;
        let mut list = Fields(self.take(len)?);
        let mut properties = Vec::new();
        while !list.0.is_empty() {
            let id = list.u8()?;
            let before = list.0;
            match id {
                1 | 23 | 25 | 36 | 37 | 40..=42 => list.take(1).map(drop)?,
                19 | 33..=35 => list.take(2).map(drop)?,
                2 | 17 | 24 | 39 => list.take(4).map(drop)?,
                11 => list.varint().map(drop)?,
                3 | 8 | 9 | 18 | 21 | 22 | 26 | 28 | 31 => list.binary().map(drop)?,
                38 => list.binary().and_then(|_| list.binary()).map(drop)?,
                _ => return Err(MALFORMED),
            }
            properties.push((id, before[..before.len() - list.0.len()].to_vec()));
        }
        Ok(properties)
    }
}

/// The number in the value of property `id`, if the list has it.
pub fn number(properties: &[Property], id: u8) -> Option<u32> {
    let (_, value) = properties.iter().find(|(found, _)| *found == id)?;
    Some(value.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}
