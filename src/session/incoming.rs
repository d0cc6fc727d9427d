//! Received messages: acknowledged, each QoS 2 message handed over once [MQTT-4.3.3-10], topic aliases resolved.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::protocol::packet::ack::{self, Ack};
use crate::protocol::packet::publish::{self, Plain, Received};
use crate::protocol::packet::{Packet, kind};
use crate::protocol::property::{self, id};

use super::id_slab::IdSlab;
use super::lazy::empty;
use super::log::{NOTICE, Text, log, log_client};
use super::outgoing::name_of;
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
    bytes: Vec<u8>,
    /// Bytes of the topic.
    topic: usize,
    /// Bytes of the payload.
    payload: usize,
    retain: bool,
}

/// What has been received and not handed over.
#[derive(Debug)]
pub struct Incoming {
    kept: IdSlab<Kept>,
    /// The one whose PUBREL was just handled.
    released: Option<Kept>,
}

empty!(Incoming);

impl Incoming {
    const fn new() -> Self {
        Incoming { kept: IdSlab::new(), released: None }
    }
}

impl Session {
    /// PUBLISH of the usual kind, while the connection is up. `None` has done nothing, and leaves the packet to
    /// [`Session::publish_received`]. Else the message is to be handed over now, unless it is one of QoS 2. Arguments as for
    /// [`publish::split_plain`].
    #[inline(always)] // for the one place where every message comes by
    pub fn plain_received<'a>(&mut self, flags: u8, body: &'a mut [u8]) -> Option<Plain<'a>> {
        if self.log.is_enabled() {
            return None;
        }
        let plain = publish::split_plain(flags, body, self.version)?;
        if plain.mid != 0 {
            self.count_plain(flags, &plain)?;
        }
        Some(plain)
    }

    /// [`Session::plain_received`] of a message of QoS 1 or 2.
    #[inline]
    fn count_plain(&mut self, flags: u8, plain: &Plain<'_>) -> Option<()> {
        let (mid, qos) = (plain.mid, publish::qos(flags));
        if self.is_receive_maximum_exceeded(qos, mid) {
            return None;
        }
        if qos == 1 {
            self.acknowledge(kind::PUBACK, mid);
            return Some(());
        }
        if !self.incoming.kept.contains(mid) {
            let [_, _, topic @ ..] = &*plain.topic else { return None };
            let (_, payload) = plain.payload.split_last()?;
            let memory = self.pool.take(Kept::len(topic, payload, &[])).ok()?;
            let kept = Kept::new(memory, topic, payload, &[], flags & publish::RETAIN != 0);
            self.incoming.kept.insert(mid, kept);
        }
        self.acknowledge(kind::PUBREC, mid);
        Some(())
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
                if !self.incoming.kept.contains(mid) {
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
        let topic =
            alias.map_or(topic, |alias| self.aliases.incoming_topic(alias).unwrap_or_default());
        let memory = self.pool.take(Kept::len(topic, payload, properties));
        let kept = Kept::new(memory.unwrap_or_default(), topic, payload, properties, retain);
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
            && !(qos == 2 && self.incoming.kept.contains(mid))
    }

    /// PUBREL as expected, while the connection is up: the message that was kept is the program's now. `None` has done
    /// nothing, and leaves the packet to [`Session::released`].
    #[inline]
    pub fn plain_released(&mut self, mid: u16) -> Option<Kept> {
        if self.log.is_enabled() {
            return None;
        }
        let kept = self.incoming.kept.remove(mid)?;
        self.send_ack(kind::PUBCOMP, mid);
        Some(kept)
    }

    /// The program has seen a message that was kept.
    #[inline]
    pub fn take_back(&mut self, kept: Kept) {
        self.pool.give(kept.bytes);
    }

    /// PUBREL (3.6), while the connection is up: the message that was kept is the program's now, if there is one.
    pub fn released(&mut self, packet: Packet<'_>) -> Result<Option<Delivery>, Fault> {
        let Ack { mid, .. } = self.ack(packet)?;
        if self.log.is_enabled() {
            self.log_released(mid);
        }
        self.send_ack(kind::PUBCOMP, mid);
        self.incoming.released = self.incoming.kept.remove(mid);
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
        self.send_ack(kind, mid);
    }

    /// PUBACK, PUBREC, PUBREL or PUBCOMP, except to a server that takes no packet of that size [MQTT-3.2.2-15].
    #[inline]
    pub(super) fn send_ack(&mut self, kind: u8, mid: u16) {
        let ack = ack::encode(kind, mid);
        if ack.len() > self.limits.max_packet as usize {
            return self.log_dropped(kind);
        }
        self.output.append(|out| out.extend_from_slice(&ack));
    }

    #[cold]
    fn log_dropped(&mut self, kind: u8) {
        log!(self.log, NOTICE, "Dropping too large outgoing {} (4 bytes)", name_of(kind));
    }

    #[cold]
    fn log_acknowledgement(&mut self, kind: u8, mid: u16) {
        log_client!(self, "sending {} (m{}, rc0)", name_of(kind), mid);
    }

    /// The topic that an alias stood for in the packet that was just handled.
    pub fn alias_topic(&self, alias: u16) -> &[u8] {
        self.aliases.incoming_topic(alias).unwrap_or_default()
    }
}

impl Kept {
    /// How much memory the parts need.
    #[inline]
    const fn len(topic: &[u8], payload: &[u8], properties: &[u8]) -> usize {
        topic.len() + payload.len() + properties.len() + 2
    }

    /// Copies the parts to `bytes`, which is empty.
    #[inline]
    fn new(
        mut bytes: Vec<u8>,
        topic: &[u8],
        payload: &[u8],
        properties: &[u8],
        retain: bool,
    ) -> Self {
        bytes.extend_from_slice(topic);
        bytes.push(0);
        bytes.extend_from_slice(payload);
        bytes.push(0);
        bytes.extend_from_slice(properties);
        Kept { bytes, topic: topic.len(), payload: payload.len(), retain }
    }

    /// The RETAIN flag.
    pub const fn retain(&self) -> bool {
        self.retain
    }

    /// Topic, payload and properties.
    pub fn parts(&self) -> [&[u8]; 3] {
        let payload_start = self.topic + 1;
        let payload_end = payload_start + self.payload;
        [0..self.topic, payload_start..payload_end, payload_end + 1..self.bytes.len()]
            .map(|range| self.bytes.get(range).unwrap_or_default())
    }
}
