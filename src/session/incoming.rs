//! Received messages: acknowledged, each QoS 2 message handed over once [MQTT-4.3.3-10], topic aliases resolved.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::protocol::packet::ack::{self, Ack};
use crate::protocol::packet::publish::{self, Plain, Received};
use crate::protocol::packet::{Packet, kind};
use crate::protocol::property::{self, id};

use super::id_map::IdMap;
use super::log::{Text, log_client};
use super::{Fault, Session};

/// Reason "Receive Maximum exceeded".
const RECEIVE_MAXIMUM_EXCEEDED: u8 = 0x93;
/// Reason "Protocol Error".
const PROTOCOL_ERROR: u8 = 0x82;

/// A message for the program.
#[derive(Debug)]
pub struct Delivery {
    /// Packet identifier, 0 at QoS 0.
    pub mid: u16,
    /// 0, 1 or 2.
    pub qos: u8,
    /// The RETAIN flag.
    pub retain: bool,
    /// Where the message is.
    pub content: Content,
}

/// Where a message is.
#[derive(Debug)]
pub enum Content {
    /// In the packet that was handled.
    Packet {
        /// The topic; empty if `alias` says it.
        topic: Range<usize>,
        /// The alias whose topic [`Session::alias_topic`] knows.
        alias: Option<u16>,
        /// The payload, which ends with the packet.
        payload: Range<usize>,
        /// Properties.
        properties: Range<usize>,
    },
    /// It was kept since its PUBLISH: [`Session::take_kept`].
    Kept,
}

/// A QoS 2 message between PUBLISH and PUBREL. Topic and payload each have a NUL byte behind them.
#[derive(Debug)]
pub struct Kept {
    /// Topic, NUL, payload, NUL, properties.
    bytes: Box<[u8]>,
    /// Bytes of the topic.
    topic: usize,
    /// Bytes of the payload.
    payload: usize,
    retain: bool,
}

/// What has been received and not handed over.
#[derive(Debug, Default)]
pub struct Incoming {
    kept: IdMap<Kept>,
    /// The one whose PUBREL was just handled.
    released: Option<Kept>,
}

impl Incoming {
    /// The server has no session: what it began will not be finished.
    pub fn forget(&mut self) {
        self.kept.clear();
    }
}

impl Session {
    /// PUBLISH of the usual kind, while the connection is up: the message is to be handed over now. `None` has done nothing,
    /// and leaves the packet to [`Session::publish_received`]. Arguments as for [`publish::split_plain`].
    #[inline(always)] // for the one place where every message comes by
    pub fn plain_received<'a>(&mut self, flags: u8, body: &'a mut [u8]) -> Option<Plain<'a>> {
        if self.log.is_enabled() {
            return None;
        }
        let plain = publish::split_plain(flags, body, self.version)?;
        if plain.mid != 0 {
            if self.is_receive_maximum_exceeded(1, plain.mid) {
                return None;
            }
            self.acknowledge(kind::PUBACK, plain.mid);
        }
        Some(plain)
    }

    /// PUBLISH (3.3), while the connection is up. The answer is the message if it is to be handed over now.
    pub fn publish_received(&mut self, packet: Packet<'_>) -> Result<Option<Delivery>, Fault> {
        let Received { topic, mid, properties, payload, qos, retain, bad_name } =
            publish::decode(packet, self.version)?;
        if qos > 0 && self.is_receive_maximum_exceeded(qos, mid) {
            return Err(Fault::new(Error::Protocol, RECEIVE_MAXIMUM_EXCEEDED)); // [MQTT-3.3.4-9]
        }
        let mut alias = None;
        if !properties.is_empty() {
            alias = self.alias_received(packet.slice(&properties), packet.slice(&topic))?;
        }
        if topic.is_empty() && alias.is_none() {
            return Err(Error::Protocol.into());
        }
        if bad_name {
            return Err(Error::MalformedPacket.into()); // [MQTT-3.3.2-2]
        }
        if qos == 3 {
            return Err(Fault::new(Error::Protocol, PROTOCOL_ERROR)); // [MQTT-3.3.1-4]
        }
        if self.log.is_enabled() {
            self.log_received(packet, &topic, alias, mid, payload.len());
        }
        match qos {
            0 => {}
            1 => self.acknowledge(kind::PUBACK, mid),
            _ => {
                if !self.incoming.kept.contains_key(&mid) {
                    self.keep(packet, mid, retain, alias, [&topic, &payload, &properties]);
                }
                self.acknowledge(kind::PUBREC, mid);
                return Ok(None);
            }
        }
        let content = Content::Packet { topic, alias, payload, properties };
        Ok(Some(Delivery { mid, qos, retain, content }))
    }

    /// Keeps a QoS 2 message until its PUBREL comes.
    fn keep(
        &mut self,
        packet: Packet<'_>,
        mid: u16,
        retain: bool,
        alias: Option<u16>,
        parts: [&Range<usize>; 3],
    ) {
        let [topic, payload, properties] = parts.map(|part| packet.slice(part));
        let topic = alias.map_or(topic, |alias| self.alias_topic(alias));
        let kept = Kept::new(topic, payload, properties, retain);
        self.incoming.kept.insert(mid, kept);
    }

    /// The topic alias, if it stands for the topic.
    fn alias_received(&mut self, properties: &[u8], topic: &[u8]) -> Result<Option<u16>> {
        let Some(alias) = property::get_int16(properties, id::TOPIC_ALIAS) else { return Ok(None) };
        self.aliases.receive(alias, topic, self.promised.topic_alias_maximum)?;
        Ok(topic.is_empty().then_some(alias))
    }

    #[cold]
    fn log_received(
        &mut self,
        packet: Packet<'_>,
        topic: &Range<usize>,
        alias: Option<u16>,
        mid: u16,
        payload_len: usize,
    ) {
        let flags = packet.flags();
        let topic = alias.map_or(packet.slice(topic), |alias| self.alias_topic(alias)).to_vec();
        log_client!(
            self,
            "received PUBLISH (d{}, q{}, r{}, m{}, '{}', ... ({} bytes))",
            flags >> 3,
            flags >> 1 & 3,
            flags & 1,
            mid,
            Text(&topic),
            payload_len
        );
    }

    /// Whether the server has more QoS 1 and 2 messages in flight than our CONNECT allowed; MQTT 3 has no such limit.
    fn is_receive_maximum_exceeded(&self, qos: u8, mid: u16) -> bool {
        self.version.is_v5()
            && self.incoming.kept.len() >= self.promised.receive_maximum.into()
            && !(qos == 2 && self.incoming.kept.contains_key(&mid))
    }

    /// PUBREL (3.6), while the connection is up: the message that was kept is the program's now, if there is one.
    pub fn released(&mut self, packet: Packet<'_>) -> Result<Option<Delivery>, Fault> {
        let Ack { mid, .. } = self.ack(packet)?;
        if self.log.is_enabled() {
            self.log_released(mid);
        }
        self.output.append(|out| out.extend_from_slice(&ack::encode(kind::PUBCOMP, mid)));
        self.incoming.released = self.incoming.kept.remove(&mid);
        let delivery =
            |kept: &Kept| Delivery { mid, qos: 2, retain: kept.retain, content: Content::Kept };
        Ok(self.incoming.released.as_ref().map(delivery))
    }

    #[cold]
    fn log_released(&mut self, mid: u16) {
        log_client!(self, "received PUBREL (Mid: {})", mid);
        log_client!(self, "sending PUBCOMP (m{})", mid);
    }

    /// The message whose PUBREL was just handled.
    pub fn take_kept(&mut self) -> Option<Kept> {
        self.incoming.released.take()
    }

    /// PUBACK or PUBREC. The program sees the message after it, as with the original.
    #[inline]
    fn acknowledge(&mut self, kind: u8, mid: u16) {
        if self.log.is_enabled() {
            self.log_acknowledgement(kind, mid);
        }
        self.output.append(|out| out.extend_from_slice(&ack::encode(kind, mid)));
    }

    #[cold]
    fn log_acknowledgement(&mut self, kind: u8, mid: u16) {
        let name = if kind == kind::PUBACK { "PUBACK" } else { "PUBREC" };
        log_client!(self, "sending {} (m{}, rc0)", name, mid);
    }

    /// The topic that an alias stood for in the packet that was just handled.
    pub fn alias_topic(&self, alias: u16) -> &[u8] {
        self.aliases.incoming_topic(alias).unwrap_or_default()
    }
}

impl Kept {
    fn new(topic: &[u8], payload: &[u8], properties: &[u8], retain: bool) -> Self {
        let mut bytes = Vec::with_capacity(topic.len() + payload.len() + properties.len() + 2);
        bytes.extend_from_slice(topic);
        bytes.push(0);
        bytes.extend_from_slice(payload);
        bytes.push(0);
        bytes.extend_from_slice(properties);
        Kept { bytes: bytes.into_boxed_slice(), topic: topic.len(), payload: payload.len(), retain }
    }

    /// Topic, payload and properties.
    pub fn parts(&self) -> [&[u8]; 3] {
        let payload_start = self.topic + 1;
        let payload_end = payload_start + self.payload;
        [0..self.topic, payload_start..payload_end, payload_end + 1..self.bytes.len()]
            .map(|range| self.bytes.get(range).unwrap_or_default())
    }
}
