//! Finds packets in a byte stream (MQTT 5.0, 2.1): type, flags, Remaining Length. Incremental: looks at what has arrived
//! and says how much is missing; keeps nothing.

use crate::error::{Error, Result};

use super::primitive::VARINT_MAX;

/// What stands at the start of the bytes received so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// A whole packet of `len` bytes, of which `header` are the fixed header.
    Complete {
        /// Bytes of the fixed header, 2 to 5.
        header: usize,
        /// Bytes of the packet, fixed header included.
        len: usize,
    },
    /// A packet of `len` bytes has begun; at least one byte is missing.
    Partial {
        /// Bytes of the packet, fixed header included.
        len: usize,
    },
    /// Not even the length is known yet.
    Unknown,
}

/// Looks at the start of `bytes`.
///
/// A Remaining Length of five bytes is [`Error::MalformedPacket`]; a packet longer than `max_packet` bytes is
/// [`Error::OversizePacket`], known before anything of it is kept [MQTT-3.1.2-24].
pub fn split(bytes: &[u8], max_packet: u32) -> Result<Frame> {
    let mut remaining = 0u32;
    let mut shift = 0;
    for (position, &byte) in bytes.iter().enumerate().skip(1) {
        remaining |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let header = position + 1;
            let len = header + remaining as usize;
            if len > max_packet as usize {
                return Err(Error::OversizePacket);
            }
            return Ok(if bytes.len() >= len {
                Frame::Complete { header, len }
            } else {
                Frame::Partial { len }
            });
        }
        shift += 7;
        if shift > 21 {
            return Err(Error::MalformedPacket);
        }
    }
    Ok(Frame::Unknown)
}

/// A `max_packet` that refuses nothing.
pub const NO_LIMIT: u32 = VARINT_MAX + 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_packets_however_they_are_cut() {
        let packet = [0x30, 0x83, 0x01].iter().copied().chain([7; 131]).collect::<Vec<u8>>();
        for cut in 0..packet.len() {
            let expected = if cut < 3 { Frame::Unknown } else { Frame::Partial { len: 134 } };
            assert_eq!(split(&packet[..cut], NO_LIMIT), Ok(expected), "cut at {cut}");
        }
        assert_eq!(split(&packet, NO_LIMIT), Ok(Frame::Complete { header: 3, len: 134 }));
    }

    #[test]
    fn accepts_lengths_of_up_to_four_bytes_only() {
        assert_eq!(split(&[0x30, 0x80, 0x80, 0x80], NO_LIMIT), Ok(Frame::Unknown));
        assert_eq!(split(&[0x30, 0x80, 0x80, 0x80, 0x80], NO_LIMIT), Err(Error::MalformedPacket));
        assert_eq!(split(&[0x30, 0x85, 0x00], NO_LIMIT), Ok(Frame::Partial { len: 8 }));
    }

    #[test]
    fn refuses_what_is_too_long_before_it_arrives() {
        assert_eq!(split(&[0x30, 0x08], 10), Ok(Frame::Partial { len: 10 }));
        assert_eq!(split(&[0x30, 0x09], 10), Err(Error::OversizePacket));
    }
}
