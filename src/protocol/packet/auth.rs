//! AUTH (MQTT 5.0, 3.15): encoder and decoder.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::protocol::version::Version;

use super::{NOWHERE, Packet, kind, packet_len, properties_len, put_header, put_properties};

/// Reason "Continue authentication".
pub const CONTINUE: u8 = 0x18;
/// Reason "Re-authenticate".
pub const REAUTHENTICATE: u8 = 0x19;

/// What the server's AUTH says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth {
    /// Reason code; 0 where the packet has none.
    pub reason: u8,
    /// Where the properties stand.
    pub properties: Range<usize>,
}

/// Reads AUTH, which MQTT 5 brought. It may be empty, but has properties where it has a reason code.
pub fn decode(packet: Packet<'_>, version: Version) -> Result<Auth> {
    if !version.is_v5() {
        return Err(Error::Protocol);
    }
    if packet.flags() != 0 {
        return Err(Error::MalformedPacket);
    }
    let mut cursor = packet.reader();
    if cursor.reader.is_empty() {
        return Ok(Auth { reason: 0, properties: NOWHERE });
    }
    let reason = cursor.reader.u8()?;
    let properties = cursor.properties(kind::AUTH)?;
    Ok(Auth { reason, properties })
}

/// Bytes of the AUTH that [`put`] appends; an error if MQTT has none so long.
pub fn len(properties: &[u8]) -> Result<usize> {
    packet_len(1 + properties_len(Version::V5, properties))
}

/// Appends AUTH with reason [`CONTINUE`].
pub fn put(out: &mut Vec<u8>, properties: &[u8]) {
    put_header(out, kind::AUTH, 1 + properties_len(Version::V5, properties));
    out.push(CONTINUE);
    put_properties(out, Version::V5, properties);
}
