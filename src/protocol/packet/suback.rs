//! SUBACK and UNSUBACK (MQTT 5.0, 3.9 and 3.11): decoder.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::protocol::version::Version;

use super::{NOWHERE, Packet, kind};

/// What SUBACK or UNSUBACK says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Packet identifier of the request.
    pub mid: u16,
    /// Where the codes stand, a byte each; empty for an UNSUBACK before MQTT 5.
    pub codes: Range<usize>,
    /// Where the properties stand.
    pub properties: Range<usize>,
}

/// Reads SUBACK or UNSUBACK. Codes are not checked. One without codes is malformed, except that UNSUBACK has none before
/// MQTT 5, where whatever stands behind the identifier is ignored.
pub fn decode(packet: Packet<'_>, version: Version) -> Result<Answer> {
    if packet.flags() != 0 {
        return Err(Error::MalformedPacket);
    }
    let mut cursor = packet.reader();
    let mid = cursor.packet_id()?;
    let properties = if version.is_v5() { cursor.properties(packet.kind())? } else { NOWHERE };
    if packet.kind() == kind::UNSUBACK && !version.is_v5() {
        return Ok(Answer { mid, codes: NOWHERE, properties });
    }
    let codes = cursor.remaining();
    if codes.is_empty() {
        return Err(Error::MalformedPacket);
    }
    Ok(Answer { mid, codes, properties })
}
