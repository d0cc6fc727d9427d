//! PUBLISH (MQTT 5.0, 3.3): encoder and decoder.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::protocol::topic;
use crate::protocol::version::Version;

use super::{NOWHERE, Packet, kind, packet_len, properties_len, put_header, put_properties};

/// The DUP bit of the first byte.
pub const DUP: u8 = 0x08;
/// The RETAIN bit of the first byte.
pub const RETAIN: u8 = 0x01;

/// The QoS in the flags of a PUBLISH: 0 to 3.
#[inline(always)]
pub const fn qos(flags: u8) -> u8 {
    flags >> 1 & 3
}

/// What a PUBLISH to be sent carries.
#[derive(Debug, Clone, Copy)]
pub struct Publish<'a> {
    /// Topic name; empty with a topic alias.
    pub topic: &'a [u8],
    /// Payload.
    pub payload: &'a [u8],
    /// 0 to 2.
    pub qos: u8,
    /// The RETAIN flag.
    pub retain: bool,
    /// Packet identifier; not on the wire at QoS 0.
    pub mid: u16,
    /// MQTT 5 properties as on the wire.
    pub properties: &'a [u8],
}

impl Publish<'_> {
    /// Bytes behind the fixed header.
    #[inline(always)]
    fn remaining(&self, version: Version) -> usize {
        let mid = if self.qos > 0 { 2 } else { 0 };
        2 + self.topic.len() + mid + properties_len(version, self.properties) + self.payload.len()
    }

    /// Bytes of the whole packet; [`Error::PayloadSize`] if MQTT has none so long.
    #[inline(always)]
    pub fn len(&self, version: Version) -> Result<usize> {
        packet_len(self.remaining(version))
    }

    /// Appends the packet up to its payload: the caller appends that.
    #[inline(always)]
    pub fn put_head(&self, out: &mut Vec<u8>, version: Version) {
        let first = kind::PUBLISH | self.qos << 1 | u8::from(self.retain);
        let [high, low] = (self.topic.len() as u16).to_be_bytes();
        match self.remaining(version) {
            // One step for what is almost always four bytes.
            remaining @ ..0x80 => out.extend([first, remaining as u8, high, low]),
            remaining => {
                put_header(out, first, remaining);
                out.extend_from_slice(&[high, low]);
            }
        }
        out.extend_from_slice(self.topic);
        if self.qos > 0 {
            out.extend_from_slice(&self.mid.to_be_bytes());
        }
        put_properties(out, version, self.properties);
    }

    /// Appends the packet.
    #[inline(always)] // in two places: the message stays in registers
    pub fn put(&self, out: &mut Vec<u8>, version: Version) {
        self.put_head(out, version);
        out.extend_from_slice(self.payload);
    }
}

/// Where the parts of a received PUBLISH stand in its packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Topic name; the two bytes in front of it are its length.
    pub topic: Range<usize>,
    /// Packet identifier, 0 at QoS 0.
    pub mid: u16,
    /// Properties.
    pub properties: Range<usize>,
    /// Payload: the rest of the packet.
    pub payload: Range<usize>,
    /// 0 to 3, where 3 is for the session to refuse.
    pub qos: u8,
    /// The RETAIN flag.
    pub retain: bool,
    /// Whether the topic may not name a message: wildcards, too many levels. For the session to refuse, once it has
    /// looked at the topic alias.
    pub bad_name: bool,
}

/// A received PUBLISH of the usual kind: no properties, an ASCII topic. Its parts where they lie.
#[derive(Debug, PartialEq, Eq)]
pub struct Plain<'a> {
    /// The topic name, and the two bytes in front of it, which are its length.
    pub topic: &'a mut [u8],
    /// Packet identifier, 0 at QoS 0.
    pub mid: u16,
    /// The payload, with which the packet ends, and the byte behind it.
    pub payload: &'a mut [u8],
}

/// Takes a PUBLISH apart if it is of the usual kind and nothing is wrong with it; what else there is, [`decode`] says. Most
/// packets of a busy client come here, so it does no more than is needed.
///
/// `body` is what follows the fixed header, and the byte behind the packet.
#[inline(always)]
pub fn split_plain(flags: u8, body: &mut [u8], version: Version) -> Option<Plain<'_>> {
    let &[high, low, ..] = &*body else { return None };
    let topic_len = usize::from(u16::from_be_bytes([high, low]));
    let (topic, mut payload) = body.split_at_mut_checked(2 + topic_len)?;
    let mut mid = 0;
    match qos(flags) {
        0 => {}
        1 | 2 => {
            let ([high, low], behind) = payload.split_first_chunk_mut()?;
            (mid, payload) = (u16::from_be_bytes([*high, *low]), behind);
            if mid == 0 {
                return None;
            }
        }
        _ => return None,
    }
    if version.is_v5() {
        let [0, behind @ ..] = payload else { return None };
        payload = behind;
    }
    let fine = !payload.is_empty() && topic::is_plain_name(topic.get(2..)?);
    fine.then_some(Plain { topic, mid, payload })
}

/// Reads PUBLISH, in the order in which faults are to be found: topic, identifier, properties.
pub fn decode(packet: Packet<'_>, version: Version) -> Result<Received> {
    let flags = packet.flags();
    let qos = qos(flags);
    let mut cursor = packet.reader();
    let len = usize::from(cursor.reader.u16()?);
    let start = cursor.position();
    let name = cursor.reader.bytes(len)?;
    let check = topic::classify_name(name);
    if !check.is_utf8 {
        return Err(Error::MalformedUtf8);
    }
    if len == 0 && !version.is_v5() {
        return Err(Error::Protocol);
    }
    let mid = if qos > 0 { cursor.packet_id()? } else { 0 };
    let properties = if version.is_v5() { cursor.properties(kind::PUBLISH)? } else { NOWHERE };
    Ok(Received {
        topic: start..start + len,
        mid,
        properties,
        payload: cursor.remaining(),
        qos,
        retain: flags & RETAIN != 0,
        bad_name: len > 0 && !check.is_name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::frame::{self, Frame};
    use proptest::prelude::*;

    proptest! {
        /// What the short way accepts, the long one reads in the same way.
        #[test]
        fn a_plain_message_is_a_message(
            flags in 0u8..16,
            topic in prop_oneof![Just("a/topic/of/20/letters"), Just("t"), Just(""), Just("a/+"), Just("\u{e4}")],
            behind in prop::collection::vec(prop_oneof![3 => Just(0u8), 1 => any::<u8>()], 0..8),
            cut in 0usize..4,
            version in prop::sample::select(&[Version::V31, Version::V311, Version::V5][..]),
        ) {
            let mut body = vec![0, topic.len() as u8];
            body.extend_from_slice(topic.as_bytes());
            body.extend_from_slice(&behind);
            body.truncate(body.len() - cut.min(body.len()));
            let mut bytes = vec![kind::PUBLISH | flags, body.len() as u8];
            bytes.extend_from_slice(&body);
            let Ok(Frame::Complete { header, .. }) = frame::split(&bytes, frame::NO_LIMIT) else { panic!() };
            let packet = Packet::new(&bytes, header);
            let mut body = [packet.body(), b"!"].concat();
            if let Some(plain) = split_plain(flags, &mut body, version) {
                let received = decode(packet, version).unwrap();
                prop_assert_eq!(&plain.topic[2..], packet.slice(&received.topic));
                prop_assert_eq!(plain.payload, [packet.slice(&received.payload), b"!"].concat());
                prop_assert_eq!((received.mid, received.bad_name), (plain.mid, false));
                prop_assert!(received.properties.is_empty() && received.qos < 3);
            } else if topic == "t" && behind.is_empty() && cut == 0 && flags < 2 {
                prop_assert!(version.is_v5(), "plain, but not taken for it");
            }
        }
    }
}
