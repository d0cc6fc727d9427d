//! DISCONNECT (MQTT 5.0, 3.14): encoder and decoder.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::protocol::version::Version;

use super::{NOWHERE, Packet, kind, packet_len, properties_len, put_header, put_properties};

/// What the server's DISCONNECT says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disconnect {
    /// Reason code; 0 where the packet has none.
    pub reason: u8,
    /// Where the properties stand.
    pub properties: Range<usize>,
}

/// Reads DISCONNECT. Before MQTT 5 a server has none to send.
pub fn decode(packet: Packet<'_>, version: Version) -> Result<Disconnect> {
    if !version.is_v5() {
        return Err(Error::Protocol);
    }
    if packet.flags() != 0 {
        return Err(Error::MalformedPacket);
    }
    let mut cursor = packet.reader();
    let reason = if cursor.reader.is_empty() { 0 } else { cursor.reader.u8()? };
    let properties =
        if cursor.reader.is_empty() { NOWHERE } else { cursor.properties(kind::DISCONNECT)? };
    Ok(Disconnect { reason, properties })
}

/// Bytes of the whole packet, 2 where reason code and properties can be left out; an error if MQTT has none so long.
pub fn len(version: Version, reason: u8, properties: &[u8]) -> Result<usize> {
    packet_len(remaining(version, reason, properties))
}

fn remaining(version: Version, reason: u8, properties: &[u8]) -> usize {
    match (version.is_v5(), reason, properties) {
        (false, _, _) | (true, 0, []) => 0,
        (true, _, []) => 1,
        (true, _, properties) => 1 + properties_len(version, properties),
    }
}

/// Appends DISCONNECT.
pub fn put(out: &mut Vec<u8>, version: Version, reason: u8, properties: &[u8]) {
    let remaining = remaining(version, reason, properties);
    put_header(out, kind::DISCONNECT, remaining);
    if remaining > 0 {
        out.push(reason);
    }
    if remaining > 1 {
        put_properties(out, version, properties);
    }
}
