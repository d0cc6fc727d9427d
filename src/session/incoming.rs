//! Received messages: acknowledged, each QoS 2 message handed over once [MQTT-4.3.3-10], topic aliases resolved.

use core::ops::Range;

use crate::error::Error;
use crate::protocol::packet::ack::{self, Ack};
use crate::protocol::packet::publish::{self, Received};
use crate::protocol::packet::{Packet, kind};
use crate::protocol::property::{self, id};

use super::id_map::IdMap;
use super::log::{Text, log_client};
use super::{Event, Fault, Session};

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
    /// It was kept since its PUBLISH.
    Kept(Kept),
}

/// A QoS 2 message between PUBLISH and PUBREL. Topic and payload each have a NUL byte behind them.
#[derive(Debug)]
pub struct Kept {
    /// Topic, NUL, payload, NUL, properties.
    pub bytes: Box<[u8]>,
    /// Bytes of the topic.
    pub topic: usize,
    /// Bytes of the payload.
    pub payload: usize,
    retain: bool,
}

/// What has been received and not handed over.
#[derive(Debug, Default)]
pub struct Incoming {
    kept: IdMap<Kept>,
}

impl Incoming {
    /// The server has no session: what it began will not be finished.
    pub fn forget(&mut self) {
        self.kept.clear();
    }
}

impl Session {
    /// PUBLISH (3.3).
    pub(super) fn publish_received(&mut self, packet: Packet<'_>) -> Result<Event, Fault> {
        let received = publish::decode(packet, self.version)?;
        let mid = received.mid;
        if received.qos > 0 && self.is_receive_maximum_exceeded(&received) {
            return Err(Fault::new(Error::Protocol, RECEIVE_MAXIMUM_EXCEEDED)); // [MQTT-3.3.4-9]
        }
        let topic = packet.slice(&received.topic);
        let list = packet.slice(&received.properties);
        let alias = if list.is_empty() { None } else { property::get_int16(list, id::TOPIC_ALIAS) };
        let resolved = match alias {
            Some(alias) => self.aliases.receive(alias, topic, self.promised.topic_alias_maximum)?,
            None if topic.is_empty() => return Err(Error::Protocol.into()),
            None => None,
        };
        if received.bad_name {
            return Err(Error::MalformedPacket.into()); // [MQTT-3.3.2-2]
        }
        if received.qos == 3 {
            return Err(Fault::new(Error::Protocol, PROTOCOL_ERROR)); // [MQTT-3.3.1-4]
        }
        log_client!(
            self,
            "received PUBLISH (d{}, q{}, r{}, m{}, '{}', ... ({} bytes))",
            u8::from(packet.flags() & publish::DUP != 0),
            received.qos,
            u8::from(received.retain),
            mid,
            Text(resolved.unwrap_or(topic)),
            received.payload.len()
        );
        if received.qos == 2 {
            let topic = resolved.unwrap_or(topic);
            let kept = || Kept::new(topic, packet.slice(&received.payload), list, received.retain);
            self.incoming.kept.entry(mid).or_insert_with(kept);
            self.acknowledge(kind::PUBREC, mid);
            return Ok(Event::None);
        }
        if received.qos == 1 {
            self.acknowledge(kind::PUBACK, mid);
        }
        let Received { topic, payload, properties, qos, retain, .. } = received;
        let alias = alias.filter(|_| topic.is_empty());
        let content = Content::Packet { topic, alias, payload, properties };
        Ok(Event::Message(Delivery { mid, qos, retain, content }))
    }

    /// Whether the server has more QoS 1 and 2 messages in flight than our CONNECT allowed; MQTT 3 has no such limit.
    fn is_receive_maximum_exceeded(&self, received: &Received) -> bool {
        self.version.is_v5()
            && self.incoming.kept.len() >= self.promised.receive_maximum.into()
            && !(received.qos == 2 && self.incoming.kept.contains_key(&received.mid))
    }

    /// PUBREL (3.6): the message that was kept is the program's now.
    pub(super) fn pubrel(&mut self, ack: Ack) -> Event {
        log_client!(self, "received PUBREL (Mid: {})", ack.mid);
        log_client!(self, "sending PUBCOMP (m{})", ack.mid);
        self.output.append(|out| out.extend_from_slice(&ack::encode(kind::PUBCOMP, ack.mid)));
        match self.incoming.kept.remove(&ack.mid) {
            None => Event::None,
            Some(kept) => {
                let retain = kept.retain;
                Event::Message(Delivery {
                    mid: ack.mid,
                    qos: 2,
                    retain,
                    content: Content::Kept(kept),
                })
            }
        }
    }

    /// PUBACK or PUBREC. The program sees the message after it, as with the original.
    fn acknowledge(&mut self, kind: u8, mid: u16) {
        let name = if kind == kind::PUBACK { "PUBACK" } else { "PUBREC" };
        log_client!(self, "sending {} (m{}, rc0)", name, mid);
        self.output.append(|out| out.extend_from_slice(&ack::encode(kind, mid)));
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
}
