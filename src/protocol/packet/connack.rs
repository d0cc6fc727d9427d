//! CONNACK (MQTT 5.0, 3.2): decoder.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::protocol::version::Version;

use super::{NOWHERE, Packet, kind};

/// What CONNACK says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connack {
    /// The acknowledge flags byte, not checked.
    pub flags: u8,
    /// Return code, reason code in MQTT 5.
    pub reason: u8,
    /// Where the properties stand, or what is wrong with them: of less weight than what is wrong with the flags.
    pub properties: Result<Range<usize>>,
}

/// Reason "Unsupported Protocol Version" (3.2.2.2), for the program whose server speaks MQTT 3 only.
pub const UNSUPPORTED_PROTOCOL_VERSION: u8 = 0x84;

/// Reads CONNACK. Trailing bytes behind MQTT 5 properties are ignored.
///
/// A server that speaks MQTT 3 only answers a MQTT 5 CONNECT with two bytes, the second being 1: that is
/// [`UNSUPPORTED_PROTOCOL_VERSION`] without properties.
pub fn decode(packet: Packet<'_>, version: Version) -> Result<Connack> {
    let body = packet.body();
    if packet.flags() != 0 || !version.is_v5() && body.len() != 2 {
        return Err(Error::MalformedPacket);
    }
    if let (Version::V5, &[flags, 1]) = (version, body) {
        return Ok(Connack {
            flags,
            reason: UNSUPPORTED_PROTOCOL_VERSION,
            properties: Ok(NOWHERE),
        });
    }
    let mut cursor = packet.reader();
    let flags = cursor.reader.u8()?;
    let reason = cursor.reader.u8()?;
    let properties = if version.is_v5() { cursor.properties(kind::CONNACK) } else { Ok(NOWHERE) };
    Ok(Connack { flags, reason, properties })
}
