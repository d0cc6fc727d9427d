//! PUBACK, PUBREC, PUBREL, PUBCOMP (MQTT 5.0, 3.4 to 3.7): encoder and decoder.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::protocol::version::Version;

use super::{NOWHERE, Packet, kind};

/// The first byte of PUBREL.
pub const PUBREL: u8 = kind::PUBREL | 0x02;

/// What an acknowledgement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// Packet identifier.
    pub mid: u16,
    /// Reason code; 0 where the packet has none.
    pub reason: u8,
    /// Where the properties stand.
    pub properties: Range<usize>,
}

/// Reads one of the four packets: flags as the standard fixes them (MQTT 3.1 leaves those of PUBREL open), nothing behind
/// what is defined, and a reason code that the packet may carry.
#[inline(always)]
pub fn decode(packet: Packet<'_>, version: Version) -> Result<Ack> {
    let kind = packet.kind();
    let flags_right = match kind {
        kind::PUBREL => packet.flags() == PUBREL & 0x0f || version == Version::V31,
        _ => packet.flags() == 0,
    };
    if !flags_right {
        return Err(Error::MalformedPacket);
    }
    let mut cursor = packet.reader();
    let mid = cursor.packet_id()?;
    let mut reason = 0;
    let mut properties = NOWHERE;
    if version.is_v5() && !cursor.reader.is_empty() {
        reason = cursor.reader.u8()?;
        if kind == kind::PUBREC {
            check_reason(kind, reason)?;
        }
        if !cursor.reader.is_empty() {
            properties = cursor.properties(kind)?;
        }
        check_reason(kind, reason)?;
    }
    if !cursor.reader.is_empty() {
        return Err(Error::MalformedPacket);
    }
    Ok(Ack { mid, reason, properties })
}

/// The reason codes of MQTT 5.0, 3.4.2.1 to 3.7.2.1.
fn check_reason(kind: u8, reason: u8) -> Result<()> {
    let known = match kind {
        kind::PUBACK | kind::PUBREC => {
            matches!(reason, 0x00 | 0x10 | 0x80 | 0x83 | 0x87 | 0x90 | 0x91 | 0x97 | 0x99)
        }
        _ => matches!(reason, 0x00 | 0x92),
    };
    if known { Ok(()) } else { Err(Error::Protocol) }
}

/// The packet in its short form: no reason code, no properties.
pub fn encode(kind: u8, mid: u16) -> [u8; 4] {
    let first = if kind == kind::PUBREL { PUBREL } else { kind };
    let [high, low] = mid.to_be_bytes();
    [first, 2, high, low]
}
