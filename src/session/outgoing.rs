//! Messages of the program on their way to the server: publish, the send window, acknowledgements.
//!
//! A message waits in a queue until the window has room, is then in flight until the server has acknowledged it, and
//! leaves with its packet identifier. Every step costs the same however many messages there are.

use crate::error::{Error, Result};
use crate::protocol::packet::ack::Ack;
use crate::protocol::packet::{Packet, kind, publish::Publish};
use crate::protocol::primitive::VARINT_MAX;
use crate::protocol::property::{self, id};
use crate::protocol::topic;
use crate::protocol::version::Version;

use super::config::{Draft, check_qos};
use super::lazy::empty;
use super::log::{ClientName, NOTICE, Text, WARNING, log, log_client};
use super::output::Output;
use super::queue::Queue;
use super::stored::{LARGE, Stored};
use super::window::{Message, Stage, Window};
use super::{Completion, Fault, Phase, Session};

/// Reason "QoS not supported", for a message that this server does not take.
const QOS_NOT_SUPPORTED: u8 = 0x9b;
/// Reason "Packet too large", for a message that this server does not take.
const PACKET_TOO_LARGE: u8 = 0x95;

/// The queue and the window.
#[derive(Debug)]
pub struct Outgoing {
    /// Not sent on this connection; some were on an earlier one.
    pub waiting: Queue<Message>,
    /// Sent and not completely acknowledged.
    pub window: Window,
    /// QoS 0 messages and requests that must not leave before CONNACK (MQTT 5.0, 4.12): packets, with the identifier of
    /// each that is a QoS 0 message.
    pub held: Vec<(Vec<u8>, Option<u16>)>,
    /// How many QoS 1 and 2 messages the program has published.
    pub accepted: u64,
    /// How many of them are complete.
    pub completed: u64,
}

empty!(Outgoing);

impl Outgoing {
    const fn new() -> Self {
        Outgoing {
            waiting: Queue::new(),
            window: Window::new(),
            held: Vec::new(),
            accepted: 0,
            completed: 0,
        }
    }

    /// Remembers what of the window the server may have seen.
    pub fn connection_lost(&mut self, output: &Output) {
        self.held.clear();
        self.window.for_each(|message| {
            if !message.resend {
                message.dup |= message.stage == Stage::Publish && output.written() > message.start;
                message.resend = true;
            }
        });
    }
}

/// A message that passed its checks.
struct Checked<'a> {
    publish: Publish<'a>,
    /// The program's topic alias.
    alias: Option<u16>,
    /// Bytes of the packet.
    len: usize,
    /// The topic if the message is sent without alias: differs from `publish.topic` where only the alias was given.
    full_topic: &'a [u8],
}

impl Session {
    /// Publishes a message (MQTT 5.0, 3.3). On success the answer is its identifier, given also with
    /// [`Error::NoConn`], which means lost at QoS 0 and queued at QoS 1 and 2.
    ///
    /// Everything else that fails, fails before an identifier is taken; nothing is queued then.
    pub fn publish(&mut self, draft: Draft<'_>) -> Result<(u16, Result<()>)> {
        match self.publish_plain(draft) {
            Some(mid) => Ok((mid, Ok(()))),
            None => self.publish_any(&draft),
        }
    }

    /// [`Session::publish`] of a message of the usual kind, when that succeeds; `None` has done nothing.
    #[inline(always)]
    pub fn publish_plain(&mut self, draft: Draft<'_>) -> Option<u16> {
        match draft.qos {
            0 => self.append_plain(draft),
            1 | 2 => self.enqueue_plain(draft),
            _ => None,
        }
    }

    /// QoS 0 and [`Session::plain`]: to the output. `None` has done nothing.
    #[inline(always)]
    fn append_plain(&mut self, draft: Draft<'_>) -> Option<u16> {
        let (publish, len) = self.plain(&draft, 0)?;
        self.output.reserve(len).ok()?;
        let version = self.version;
        self.output.append(|out| publish.put(out, version));
        let mid = self.ids.pass();
        self.output.mark(mid);
        Some(mid)
    }

    /// QoS 1 or 2 and [`Session::plain`]: to the window or the queue. `None` has done nothing.
    #[inline(never)]
    fn enqueue_plain(&mut self, draft: Draft<'_>) -> Option<u16> {
        let (publish, len) = self.plain(&draft, draft.qos as u8)?;
        let mut packet = self.pool.take(len).ok()?;
        let mid = self.ids.acquire();
        Publish { mid, ..publish }.put(&mut packet, self.version);
        self.outgoing.accepted += 1;
        let message = Message::new(mid, publish.qos, packet);
        if self.outgoing.waiting.is_empty() && self.can_send(mid) {
            self.transmit(message);
        } else {
            self.outgoing.waiting.push_back(message);
        }
        Some(mid)
    }

    /// What to send, and the length of the packet, if the message is of the usual kind and nothing is wrong with it: not
    /// large, no properties, an ASCII topic, a connection, nobody who listens to log lines.
    #[inline(always)]
    fn plain<'a>(&self, draft: &Draft<'a>, qos: u8) -> Option<(Publish<'a>, usize)> {
        let &Draft { topic: Some(topic), properties: None, payload_len, .. } = draft else {
            return None;
        };
        let payload = draft.payload.unwrap_or_default();
        let fine = qos <= self.limits.max_qos
            && payload.len() < LARGE
            && payload.len() == payload_len as usize
            && self.phase == Phase::Up
            && !self.log.is_enabled()
            && topic::is_plain_name(topic);
        let retain = draft.retain && self.limits.retain;
        let publish = Publish { topic, payload, qos, retain, mid: 0, properties: &[] };
        let len = publish.len(self.version).ok()?;
        (fine && len <= self.limits.max_packet as usize).then_some((publish, len))
    }

    #[inline(never)]
    fn publish_any(&mut self, draft: &Draft<'_>) -> Result<(u16, Result<()>)> {
        let remembered = self.remembered_topic(draft);
        let mut checked = self.check_publish(draft, remembered.as_deref())?;
        // Much data is where memory runs out first: then the program is told, and nothing has happened.
        let memory = if checked.publish.qos == 0 && checked.publish.payload.len() < LARGE {
            self.output.reserve(checked.len)?;
            None
        } else {
            Some(self.pool.take(checked.len)?)
        };
        if checked.publish.qos == 0 {
            let mid = self.ids.pass();
            return Ok((mid, self.publish_at_once(checked, mid, memory)));
        }
        let mid = self.ids.acquire();
        checked.publish.mid = mid;
        self.enqueue(checked, memory.unwrap_or_default());
        Ok((mid, if self.is_open() { Ok(()) } else { Err(Error::NoConn) }))
    }

    /// [`Session::publish`] at QoS 0 for a caller who writes the payload himself, next, behind what is in the output.
    ///
    /// To be called only if [`Session::takes_head`].
    pub fn publish_head(&mut self, draft: &Draft<'_>) -> Result<u16> {
        let remembered = self.remembered_topic(draft);
        let Checked { publish, alias, full_topic, .. } =
            self.check_publish(draft, remembered.as_deref())?;
        let mid = self.ids.pass();
        let version = self.version;
        self.output.append(|out| publish.put_head(out, version));
        self.output.leave_out(publish.payload.len());
        self.output.mark(mid);
        if let Some(alias) = alias {
            self.aliases.remember(alias, full_topic, true);
        }
        Ok(mid)
    }

    /// Whether a message could be written now, as far as the session has to do with it; nobody is told of it by a log line.
    pub fn takes_head(&self) -> bool {
        self.phase == Phase::Up && self.output.is_empty() && !self.log.is_enabled()
    }

    /// The topic that the draft's alias stands for, where the draft names none. Copied, since sending changes the table.
    fn remembered_topic(&self, draft: &Draft<'_>) -> Option<Vec<u8>> {
        if let Some([_, ..]) = draft.topic {
            return None;
        }
        let alias = draft.properties.and_then(|list| property::get_int16(list, id::TOPIC_ALIAS));
        alias.and_then(|alias| self.aliases.remembered(alias)).map(<[u8]>::to_vec)
    }

    /// The checks of publish, in the order in which programs know the answers.
    fn check_publish<'a>(
        &self,
        draft: &Draft<'a>,
        remembered: Option<&'a [u8]>,
    ) -> Result<Checked<'a>> {
        let version = self.current_version();
        let qos = check_qos(draft.qos)?;
        if draft.properties.is_some() && !version.is_v5() {
            return Err(Error::NotSupported);
        }
        if qos > self.limits.max_qos {
            return Err(Error::QosNotSupported);
        }
        let properties = draft.properties.unwrap_or_default();
        let alias =
            if properties.is_empty() { None } else { self.check_publish_properties(properties)? };
        let topic = draft.topic.unwrap_or_default();
        let full_topic = match (topic, alias) {
            ([], None) => return Err(Error::Inval),
            ([], Some(_)) => remembered.ok_or(Error::TopicAliasInvalid)?,
            (topic, _) => topic,
        };
        let name = topic::classify_name(full_topic);
        if !name.is_utf8 || topic.len() > topic::MAX_LEN + 1 {
            return Err(Error::MalformedUtf8);
        }
        if !(0..=VARINT_MAX as i32).contains(&draft.payload_len) {
            return Err(Error::PayloadSize);
        }
        if !name.is_name {
            return Err(Error::Inval);
        }
        if draft.payload_len > 0 && draft.payload.is_none() {
            return Err(Error::Inval);
        }
        let known = alias.is_some_and(|alias| self.aliases.is_known(alias));
        let publish = Publish {
            topic: if known { topic } else { full_topic },
            payload: draft.payload.unwrap_or_default(),
            qos,
            retain: draft.retain && self.limits.retain,
            mid: 0,
            properties,
        };
        let len = publish.len(version)?;
        if len > self.limits.max_packet as usize {
            return Err(Error::OversizePacket);
        }
        Ok(Checked { publish, alias, len, full_topic })
    }

    /// Properties of PUBLISH; the answer is the topic alias.
    fn check_publish_properties(&self, properties: &[u8]) -> Result<Option<u16>> {
        property::check_sendable(kind::PUBLISH.into(), properties)?;
        let alias = property::get_int16(properties, id::TOPIC_ALIAS);
        if alias.is_some_and(|alias| alias > self.limits.topic_alias_maximum) {
            return Err(Error::TopicAliasInvalid); // [MQTT-3.3.2-9]
        }
        Ok(alias)
    }

    /// QoS 0: to the output, or lost. `memory` is what the packet needs if it is not to be copied there.
    fn publish_at_once(
        &mut self,
        checked: Checked<'_>,
        mid: u16,
        memory: Option<Vec<u8>>,
    ) -> Result<()> {
        if !self.is_open() {
            return Err(Error::NoConn);
        }
        let Checked { publish, alias, full_topic, .. } = checked;
        if self.log.is_enabled() {
            self.log_publish(publish, mid, false);
        }
        if self.holds() {
            self.hold(publish, mid);
            return Ok(());
        }
        let version = self.version;
        match memory {
            None => self.output.append(|out| publish.put(out, version)),
            Some(memory) => {
                let packet = Stored::new(encode(&publish, version, memory));
                self.output.append_stored(&packet);
            }
        }
        self.output.mark(mid);
        if let Some(alias) = alias {
            self.aliases.remember(alias, full_topic, true);
        }
        Ok(())
    }

    #[cold]
    fn hold(&mut self, publish: Publish<'_>, mid: u16) {
        let packet = encode(&publish, self.version, Vec::new());
        self.outgoing.held.push((packet, Some(mid)));
    }

    /// QoS 1 and 2: into the window if there is room and nothing waits, else into the queue.
    /// `memory` is what the packet needs.
    fn enqueue(&mut self, checked: Checked<'_>, memory: Vec<u8>) {
        let Checked { publish, alias, full_topic, .. } = checked;
        self.outgoing.accepted += 1;
        let version = self.current_version();
        let room = self.can_send(publish.mid) && self.outgoing.waiting.is_empty();
        let packet = match alias {
            None => encode(&publish, version, memory),
            // The copy that is kept must make sense on any later connection.
            Some(_) => {
                let properties = property::without(publish.properties, id::TOPIC_ALIAS);
                let whole = Publish { topic: full_topic, properties: &properties, ..publish };
                encode(&whole, version, memory)
            }
        };
        let mut message = Message::new(publish.mid, publish.qos, packet);
        if let Some(alias) = alias {
            let unchanged = self.aliases.remembered(alias) == Some(full_topic);
            let known = room || unchanged && self.aliases.is_known(alias);
            self.aliases.remember(alias, full_topic, known);
        }
        if !room {
            self.outgoing.waiting.push_back(message);
            return;
        }
        if self.log.is_enabled() {
            self.log_publish(publish, publish.mid, false);
        }
        if alias.is_none() {
            self.transmit(message);
            return;
        }
        message.start = self.output.appended();
        self.output.append(|out| publish.put(out, version));
        self.outgoing.window.push(message);
    }

    /// Sends a message: from now on it is in flight.
    #[inline(always)] // moved once only
    fn transmit(&mut self, mut message: Message) {
        message.start = self.output.appended();
        self.output.append_stored(&message.packet);
        self.outgoing.window.push(message);
    }

    /// Whether a message with this identifier may enter the window now.
    #[inline]
    fn can_send(&self, mid: u16) -> bool {
        self.is_open()
            && !self.holds()
            && self.outgoing.window.len() < self.window_size()
            && !(self.ids.has_repeated() && self.is_in_use(mid))
    }

    #[cold]
    fn is_in_use(&self, mid: u16) -> bool {
        self.outgoing.window.contains(mid) || self.requests.contains(mid)
    }

    /// How many messages may be in flight [MQTT-3.3.4-7].
    pub(super) fn window_size(&self) -> usize {
        self.config.send_maximum.min(self.limits.receive_maximum).into()
    }

    /// Moves what the window has room for from the queue into it.
    pub(super) fn release(&mut self) {
        while let Some(message) = self.outgoing.waiting.front() {
            if !self.can_send(message.mid) {
                return;
            }
            if let Some(message) = self.outgoing.waiting.pop_front() {
                self.send(message);
            }
        }
    }

    /// Sends a message from the queue, or completes it if this server cannot take it.
    pub(super) fn send(&mut self, mut message: Message) {
        let refusal = if message.qos > self.limits.max_qos {
            Some(QOS_NOT_SUPPORTED)
        } else if message.packet.len() > self.limits.max_packet as usize {
            log!(
                self.log,
                NOTICE,
                "Dropping too large outgoing PUBLISH ({} bytes)",
                message.packet.len()
            );
            Some(PACKET_TOO_LARGE)
        } else {
            None
        };
        if let Some(reason) = refusal {
            self.complete(message.mid, reason);
            return;
        }
        message.packet.set_flags(message.dup, self.limits.retain);
        message.resend = false;
        if self.log.is_enabled() {
            self.log_stored(&message);
        }
        self.transmit(message);
    }

    /// A message is over without an answer of the server.
    pub(super) fn complete(&mut self, mid: u16, reason: u8) {
        self.ids.release(mid);
        self.outgoing.completed += 1;
        self.completions.push_back(Completion { mid, reason });
    }

    /// PUBACK, PUBREC or PUBCOMP in the short form, without reason code, and as expected, while the connection is up. `None`
    /// has done nothing, and leaves the packet to [`Session::acknowledged`]; else the answer is whether the message is
    /// complete now.
    #[inline]
    pub fn plain_acknowledged(&mut self, first: u8, mid: u16) -> Option<bool> {
        if self.log.is_enabled() {
            return None;
        }
        let message = self.outgoing.window.get_mut(mid)?;
        match (first, message.qos, message.stage) {
            _ if message.resend => None,
            (kind::PUBACK, 1, _) | (kind::PUBCOMP, 2, Stage::Pubrel) => {
                self.finish(mid);
                Some(true)
            }
            (kind::PUBREC, 2, Stage::Publish) => {
                self.have_received(mid);
                Some(false)
            }
            _ => None,
        }
    }

    /// PUBACK (3.4), PUBREC (3.5) and PUBCOMP (3.7), while the connection is up. The answer is the acknowledgement if the
    /// message is complete now.
    pub fn acknowledged(&mut self, packet: Packet<'_>) -> Result<Option<Ack>, Fault> {
        let kind = packet.kind();
        let ack = self.ack(packet)?;
        if self.log.is_enabled() {
            self.log_ack(kind, &ack);
        }
        let qos = if kind == kind::PUBACK { 1 } else { 2 };
        match self.outgoing.window.get_mut(ack.mid) {
            _ if kind == kind::PUBREC => self.pubrec(ack),
            Some(message) if message.qos != qos => Err(Error::Protocol.into()),
            Some(message) if !message.resend => {
                self.finish(ack.mid);
                Ok(Some(ack))
            }
            _ => {
                self.warn_unknown(kind, ack.mid);
                Ok(None)
            }
        }
    }

    fn pubrec(&mut self, ack: Ack) -> Result<Option<Ack>, Fault> {
        let failed = ack.reason >= 0x80;
        match self.outgoing.window.get_mut(ack.mid) {
            Some(message) if message.qos == 1 && !failed => return Err(Error::Protocol.into()),
            Some(message) if message.qos == 2 && !message.resend => {
                if failed {
                    self.finish(ack.mid);
                    return Ok(Some(ack));
                }
                self.have_received(ack.mid);
                return Ok(None);
            }
            _ => {
                self.warn_unknown(kind::PUBREC, ack.mid);
                if failed {
                    return Ok(None);
                }
            }
        }
        self.send_pubrel(ack.mid);
        Ok(None)
    }

    /// The server has a QoS 2 message: it need not be sent again.
    #[inline]
    fn have_received(&mut self, mid: u16) {
        if let Some(message) = self.outgoing.window.get_mut(mid) {
            message.stage = Stage::Pubrel;
            let packet = core::mem::replace(&mut message.packet, Stored::empty());
            self.pool.give(packet.into_memory());
        }
        self.send_pubrel(mid);
    }

    /// PUBREL, which may carry no DUP flag [MQTT-3.6.1-1].
    pub(super) fn send_pubrel(&mut self, mid: u16) {
        if self.log.is_enabled() {
            self.log_pubrel(mid);
        }
        self.send_ack(kind::PUBREL, mid);
    }

    #[cold]
    fn log_pubrel(&mut self, mid: u16) {
        log_client!(self, "sending PUBREL (m{})", mid);
    }

    /// The server has acknowledged a message completely, or refused it.
    #[inline]
    fn finish(&mut self, mid: u16) {
        if let Some(message) = self.outgoing.window.remove(mid) {
            self.pool.give(message.packet.into_memory());
        }
        self.ids.release(mid);
        self.outgoing.completed += 1;
        self.release();
    }

    #[cold]
    fn log_ack(&mut self, kind: u8, ack: &Ack) {
        let name = name_of(kind);
        if kind == kind::PUBREC {
            log_client!(self, "received {} (Mid: {})", name, ack.mid);
        } else {
            log_client!(self, "received {} (Mid: {}, RC:{})", name, ack.mid, ack.reason);
        }
    }

    #[cold]
    fn warn_unknown(&mut self, kind: u8, mid: u16) {
        log!(
            self.log,
            WARNING,
            "Warning: Received {} from {} for an unknown packet identifier {}.",
            name_of(kind),
            ClientName(self.config.id.as_deref()),
            mid
        );
    }

    /// Whether packets must wait for the end of an authentication (4.12): nothing but AUTH and DISCONNECT may leave.
    pub(super) fn holds(&self) -> bool {
        self.phase == Phase::Handshake && self.promised.auth_method.is_some()
    }

    /// Sends what waited for the end of an authentication.
    pub(super) fn release_held(&mut self) {
        let Some(outgoing) = self.outgoing.existing() else { return };
        for (packet, mid) in core::mem::take(&mut outgoing.held) {
            self.output.append(|out| out.extend_from_slice(&packet));
            if let Some(mid) = mid {
                self.output.mark(mid);
            }
        }
    }

    #[cold]
    fn log_publish(&mut self, publish: Publish<'_>, mid: u16, dup: bool) {
        let topic: &[u8] = if publish.topic.is_empty() { b"(null)" } else { publish.topic };
        log_client!(
            self,
            "sending PUBLISH (d{}, q{}, r{}, m{}, '{}', ... ({} bytes))",
            u8::from(dup),
            publish.qos,
            u8::from(publish.retain),
            mid,
            Text(topic),
            publish.payload.len()
        );
    }

    /// The line of [`Session::log_publish`] for a packet that was encoded before.
    #[cold]
    fn log_stored(&mut self, message: &Message) {
        if let Some((publish, dup)) = message.packet.parts(self.version) {
            self.log_publish(publish, message.mid, dup);
        }
    }
}

/// An acknowledgement in a log line.
pub(super) fn name_of(kind: u8) -> &'static str {
    match kind {
        kind::PUBACK => "PUBACK",
        kind::PUBREC => "PUBREC",
        kind::PUBREL => "PUBREL",
        _ => "PUBCOMP",
    }
}

/// Encodes a message in `packet`, which is empty and has the memory for it.
#[inline(never)]
fn encode(publish: &Publish<'_>, version: Version, mut packet: Vec<u8>) -> Vec<u8> {
    publish.put(&mut packet, version);
    packet
}
