//! What the standard and `docs/` make of the server's packets, given the facts: what ours prints about each, or the fault.

use super::*;
use crate::packets::{MALFORMED, PROTOCOL};
use crate::support::pattern::hex;

const CONNECT: u32 = 0;
const DISCONNECT: u32 = 1;
const PUBLISH: u32 = 2;
const MESSAGE: u32 = 3;
const SUBSCRIBE: u32 = 4;
const UNSUBSCRIBE: u32 = 5;
const FLAGS: u32 = 6;
/// From a plain callback to that with properties.
const V5: u32 = 7;

#[derive(Default)]
struct Answer {
    callbacks: Vec<String>,
    sent: Vec<u8>,
    what: Vec<&'static str>,
    unknown: bool,
    /// Ends the connection without a fault of the server: the code of the loop.
    over: Option<u16>,
}

impl Facts {
    /// What the server says in this step; takes part in what follows from it.
    pub fn hear(&mut self, line: &str) -> Option<Heard> {
        let text = line.strip_prefix("server ").or(line.strip_prefix("slowly "))?;
        let bytes = self.resolve(text.split(' ').next().unwrap_or(""))?;
        let version = self.connection.as_ref()?.version;
        self.connection.as_mut()?.partial.extend(bytes);
        let mut heard = Heard::default();
        let mut answer = Answer::default();
        while let Some(result) = self.next_packet() {
            let result = result.and_then(|packet| {
                heard.packets.push(packet.clone());
                self.judge(&packet, &mut answer)
            });
            heard.fault = result.err();
            if heard.fault.is_some() || answer.over.is_some() {
                self.drop_connection();
                break;
            }
        }
        heard.what = std::mem::take(&mut answer.what);
        let zero = |connection: &Connection| connection.partial.first() == Some(&0);
        heard.what.extend(self.connection.as_ref().filter(|c| zero(c)).map(|_| what::ZERO));
        heard.what.extend(heard.fault.map(|fault| fault.what));
        let code = heard.fault.map(|fault| fault.code).or(answer.over);
        if let Some(fault) = heard.fault {
            self.say(
                &mut answer.callbacks,
                DISCONNECT,
                &format!("on_disconnect rc={}", fault.code),
            );
            let line = format!("on_disconnect_v5 rc={}", fault.code);
            self.say(&mut answer.callbacks, DISCONNECT + V5, &line);
            if let (5, Some(reason)) = (version, fault.reason) {
                answer.sent.extend([0xe0, 1, reason]);
            }
        }
        let mut lines = answer.callbacks;
        if let Some(code) = code.filter(|&code| code > 0) {
            lines.push(format!("loop -> {code} {}", error_name(code)));
        }
        if !answer.sent.is_empty() {
            lines.push(format!("sent {}", hex(&answer.sent)));
        }
        if code.is_some() {
            lines.push("client closed".to_owned());
        }
        let event = self.hook.get(1).map(|event| format!("on_{event} "));
        heard.hooked = event.is_some_and(|event| lines.iter().any(|line| line.starts_with(&event)));
        heard.lines = lines;
        heard.releases = answer.unknown;
        Some(heard)
    }

    /// What ours tells when a message is complete.
    pub fn published(&self, mid: u16, reason: u8) -> Vec<String> {
        let mut lines = Vec::new();
        self.say(&mut lines, PUBLISH, &format!("on_publish mid={mid}"));
        let line = format!("on_publish_v5 mid={mid} reason={reason}");
        self.say(&mut lines, PUBLISH + V5, &line);
        lines
    }

    fn next_packet(&mut self) -> Option<packets::Result<Packet>> {
        let connection = self.connection.as_mut()?;
        let maximum = connection.asked(39).filter(|_| connection.version == 5);
        if let (Some(maximum), Some(len)) = (maximum, packets::announced(&connection.partial))
            && len > maximum as usize
        {
            return Some(Err(Fault { code: 25, reason: Some(0x95), what: what::TOO_LARGE }));
        }
        packets::take(&mut connection.partial)
    }

    fn say(&self, out: &mut Vec<String>, bit: u32, line: &str) {
        if self.mask >> bit & 1 == 1 {
            out.push(line.to_owned());
        }
    }

    fn say_with(&self, out: &mut Vec<String>, bit: u32, line: &str, properties: &[Property]) {
        if self.mask >> bit & 1 == 1 {
            out.push(line.to_owned());
            out.extend(packets::printed(properties));
        }
    }

    fn judge(&mut self, packet: &Packet, answer: &mut Answer) -> packets::Result<()> {
        let Some(connection) = &self.connection else { return Ok(()) };
        let up = connection.phase == Phase::Up;
        match packet.kind() {
            packets::CONNACK => self.connack(packet, answer),
            packets::DISCONNECT => self.disconnect(packet, answer),
            packets::AUTH => self.auth(packet),
            _ if !up => Err(PROTOCOL),
            packets::PUBLISH => self.publish(packet, answer),
            packets::PUBACK | packets::PUBREC | packets::PUBREL | packets::PUBCOMP => {
                self.acknowledgement(packet, answer)
            }
            packets::SUBACK | packets::UNSUBACK => self.answer(packet, answer),
            packets::PINGRESP | packets::PINGREQ => match (packet.first, packet.body.is_empty()) {
                (0xd0, true) => Ok(()),
                (0xc0, true) => Err(PROTOCOL),
                _ => Err(MALFORMED),
            },
            _ => Err(PROTOCOL),
        }
    }

    /// 3.2
    fn connack(&mut self, packet: &Packet, answer: &mut Answer) -> packets::Result<()> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        if connection.phase == Phase::Up {
            return Err(PROTOCOL);
        }
        let v5 = connection.version == 5;
        if packet.flags() != 0 || !v5 && packet.body.len() != 2 {
            return Err(MALFORMED);
        }
        let mut reader = packet.reader();
        let (flags, mut reason) = (reader.u8()?, reader.u8()?);
        let old = v5 && packet.body.len() == 2 && reason == 1;
        if connection.version != 3 && flags & 0xfe != 0 || self.clean && flags != 0 {
            return Err(PROTOCOL);
        }
        let mut properties = Vec::new();
        if old {
            answer.what.push(what::OLD_CONNACK);
            reason = 132;
        } else if v5 {
            properties = reader.properties(packets::CONNACK)?;
        }
        if properties.iter().any(|property| property.id == 18) {
            if self.has_id {
                return Err(PROTOCOL);
            }
            self.has_id = true;
        }
        let present = flags & 1 == 1;
        answer.unknown = self.messages.keys().any(|mid| !connection.flight.contains_key(mid));
        connection.limits = Limits { properties: properties.clone() };
        if reason == 0 {
            connection.phase = Phase::Up;
            if connection.version != 3 && !present || self.clean {
                self.kept.clear();
            }
            if v5 && !present {
                self.messages.retain(|_, message| !message.released);
                let now = Some(self.connections);
                let earlier = self.messages.values_mut().filter(|message| message.sent != now);
                earlier.for_each(|message| message.anew = true);
            }
        }
        let code = match reason {
            0 => None,
            1..=5 => Some(5),
            _ => Some(2),
        };
        self.say(&mut answer.callbacks, CONNECT, &format!("on_connect rc={reason}"));
        let line = format!("on_connect_with_flags rc={reason} flags={flags}");
        self.say(&mut answer.callbacks, FLAGS, &line);
        let line = format!("on_connect_v5 rc={reason} flags={flags}");
        self.say_with(&mut answer.callbacks, CONNECT + V5, &line, &properties);
        if let Some(code) = code {
            self.say(&mut answer.callbacks, DISCONNECT, &format!("on_disconnect rc={code}"));
            let line = format!("on_disconnect_v5 rc={code}");
            self.say(&mut answer.callbacks, DISCONNECT + V5, &line);
            answer.over = Some(code);
        }
        Ok(())
    }

    /// 3.3
    fn publish(&mut self, packet: &Packet, answer: &mut Answer) -> packets::Result<()> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let v5 = connection.version == 5;
        let qos = packet.flags() >> 1 & 3;
        let mut reader = packet.reader();
        let mut topic = packets::topic(&mut reader)?.to_vec();
        if topic.is_empty() && !v5 {
            return Err(PROTOCOL);
        }
        let mid = if qos > 0 { reader.mid()? } else { 0 };
        let properties = if v5 { reader.properties(packets::PUBLISH)? } else { Vec::new() };
        let again = qos == 2 && self.kept.contains_key(&mid);
        if v5 && qos > 0 && !again && self.kept.len() >= connection.receive_maximum {
            return Err(Fault { code: 2, reason: Some(0x93), what: what::TOO_MANY });
        }
        if let Some(alias) = number(&properties, 35) {
            if alias > connection.asked(34).unwrap_or(0) {
                return Err(Fault { code: 148, reason: Some(0x94), what: what::ALIAS_ABOVE });
            }
            if topic.is_empty() {
                topic = connection.aliases.get(&alias).cloned().ok_or(PROTOCOL)?;
                answer.what.push(what::ALIAS);
            } else {
                connection.aliases.insert(alias, topic.clone());
            }
        }
        if topic.is_empty() {
            return Err(PROTOCOL);
        }
        if !packets::is_topic(&topic) {
            return Err(MALFORMED);
        }
        if qos == 3 {
            return Err(PROTOCOL);
        }
        if properties.iter().filter(|property| property.id == 11).count() > 1 {
            answer.what.push(what::SEVERAL);
        }
        let retain = packet.flags() & 1 == 1;
        let message = Kept { topic, payload: reader.0.to_vec(), retain, properties };
        if qos > 0 && (again || self.their_kept.len() != self.kept.len()) {
            answer.what.push(what::KEPT);
        }
        match qos {
            2 => {
                self.their_kept.push_back(mid);
                self.kept.entry(mid).or_insert(message);
                answer.sent.extend([0x50, 2, (mid >> 8) as u8, mid as u8]);
            }
            _ => {
                if qos == 1 {
                    answer.sent.extend([0x40, 2, (mid >> 8) as u8, mid as u8]);
                }
                self.deliver(mid, qos, &message, answer);
            }
        }
        Ok(())
    }

    fn deliver(&self, mid: u16, qos: u8, message: &Kept, answer: &mut Answer) {
        let topic = String::from_utf8_lossy(&message.topic);
        let len = message.payload.len();
        let payload =
            if len == 0 { "NULL".to_owned() } else { packets::printed_bytes(&message.payload) };
        let retain = u8::from(message.retain);
        let text = format!(
            "mid={mid} topic='{topic}' payload={payload} len={len} qos={qos} retain={retain}"
        );
        self.say(&mut answer.callbacks, MESSAGE, &format!("on_message {text}"));
        let line = format!("on_message_v5 {text}");
        self.say_with(&mut answer.callbacks, MESSAGE + V5, &line, &message.properties);
    }

    /// 3.4 to 3.7
    fn acknowledgement(&mut self, packet: &Packet, answer: &mut Answer) -> packets::Result<()> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let kind = packet.kind();
        let flags = if kind == packets::PUBREL { 2 } else { 0 };
        if packet.flags() != flags && (kind != packets::PUBREL || connection.version != 3) {
            return Err(MALFORMED);
        }
        let mut reader = packet.reader();
        let mid = reader.mid()?;
        let mut reason = 0;
        let mut properties = Vec::new();
        if connection.version == 5 && !reader.0.is_empty() {
            reason = reader.u8()?;
            let known: &[u8] = match kind {
                packets::PUBACK | packets::PUBREC => {
                    &[0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]
                }
                _ => &[0, 0x92],
            };
            let check = if known.contains(&reason) { Ok(()) } else { Err(PROTOCOL) };
            if kind == packets::PUBREC {
                check?;
            }
            if !reader.0.is_empty() {
                properties = reader.properties(kind)?;
            }
            check?;
        }
        if !reader.0.is_empty() {
            return Err(MALFORMED);
        }
        explained(connection, &properties)?;
        if kind == packets::PUBREL {
            let theirs = self.their_kept.iter().position(|&kept| kept == mid);
            if self.their_kept.len() != self.kept.len() {
                answer.what.push(what::KEPT);
            }
            theirs.and_then(|at| self.their_kept.remove(at));
            answer.sent.extend([0x70, 2, (mid >> 8) as u8, mid as u8]);
            if let Some(message) = self.kept.remove(&mid) {
                self.deliver(mid, 2, &message, answer);
            }
            return Ok(());
        }
        let failed = reason >= 0x80;
        let complete = match (kind, connection.flight.get(&mid)) {
            (packets::PUBACK, Some((2, _))) | (packets::PUBCOMP, Some((1, _))) => {
                return Err(PROTOCOL);
            }
            (packets::PUBREC, Some((1, _))) if !failed => return Err(PROTOCOL),
            (packets::PUBREC, Some((2, _))) => failed,
            (packets::PUBREC, _) | (_, None) => {
                answer.what.push(what::STRAY);
                self.stray = true;
                if kind == packets::PUBREC && !failed {
                    answer.sent.extend([0x62, 2, (mid >> 8) as u8, mid as u8]);
                }
                return Ok(());
            }
            _ => true,
        };
        if !complete {
            if let Some(message) = self.messages.get_mut(&mid) {
                message.released = true;
            }
            answer.sent.extend([0x62, 2, (mid >> 8) as u8, mid as u8]);
            return Ok(());
        }
        if failed && kind == packets::PUBREC {
            answer.what.push(what::REFUSED);
        }
        connection.flight.remove(&mid);
        self.messages.remove(&mid);
        // A message that waits may take the place.
        answer.unknown |= self.messages.keys().any(|mid| !connection.flight.contains_key(mid));
        self.say(&mut answer.callbacks, PUBLISH, &format!("on_publish mid={mid}"));
        let line = format!("on_publish_v5 mid={mid} reason={reason}");
        self.say_with(&mut answer.callbacks, PUBLISH + V5, &line, &properties);
        Ok(())
    }

    /// 3.9 and 3.11
    fn answer(&mut self, packet: &Packet, answer: &mut Answer) -> packets::Result<()> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let v5 = connection.version == 5;
        if packet.flags() != 0 {
            return Err(MALFORMED);
        }
        let mut reader = packet.reader();
        let mid = reader.mid()?;
        let properties = if v5 { reader.properties(packet.kind())? } else { Vec::new() };
        let codes = reader.0;
        if codes.is_empty() && (v5 || packet.kind() == packets::SUBACK) {
            return Err(Fault { what: what::NO_CODES, ..MALFORMED });
        }
        explained(connection, &properties)?;
        if connection.requests.get(&mid) != Some(&packet.kind()) {
            answer.what.push(what::STRAY);
            return Ok(());
        }
        connection.requests.remove(&mid);
        answer.unknown |= self.messages.keys().any(|mid| !connection.flight.contains_key(mid));
        let (bit, text) = match packet.kind() {
            packets::SUBACK => {
                let codes: Vec<String> = codes.iter().map(u8::to_string).collect();
                (SUBSCRIBE, format!("subscribe MID mid={mid} codes=[{}]", codes.join(" ")))
            }
            _ => (UNSUBSCRIBE, format!("unsubscribe MID mid={mid}")),
        };
        self.say(&mut answer.callbacks, bit, &format!("on_{}", text.replace(" MID", "")));
        let line = format!("on_{}", text.replace(" MID", "_v5"));
        self.say_with(&mut answer.callbacks, bit + V5, &line, &properties);
        Ok(())
    }

    /// 3.14
    fn disconnect(&mut self, packet: &Packet, answer: &mut Answer) -> packets::Result<()> {
        let Some(connection) = &self.connection else { return Ok(()) };
        if connection.version != 5 {
            return Err(PROTOCOL);
        }
        if packet.flags() != 0 {
            return Err(MALFORMED);
        }
        let mut reader = packet.reader();
        let reason = reader.u8().unwrap_or(0);
        let short = reader.0.is_empty();
        let properties = if short { Vec::new() } else { reader.properties(packets::DISCONNECT)? };
        answer.what.extend([what::DISCONNECT]);
        if packet.body.is_empty() {
            answer.what.push(what::SHORT_DISCONNECT);
        }
        self.say(&mut answer.callbacks, DISCONNECT, &format!("on_disconnect rc={reason}"));
        let line = format!("on_disconnect_v5 rc={reason}");
        self.say_with(&mut answer.callbacks, DISCONNECT + V5, &line, &properties);
        answer.over = Some(0);
        Ok(())
    }

    /// 3.15; the program has no callback for it.
    fn auth(&self, packet: &Packet) -> packets::Result<()> {
        let Some(connection) = &self.connection else { return Ok(()) };
        if connection.version != 5 {
            return Err(PROTOCOL);
        }
        if packet.flags() != 0 {
            return Err(MALFORMED);
        }
        let mut reader = packet.reader();
        let mut properties = Vec::new();
        let mut reason = 0;
        if !reader.0.is_empty() {
            reason = reader.u8()?;
            properties = reader.properties(packets::AUTH)?;
        }
        explained(connection, &properties)?;
        if let Some(method) = packets::bytes(&connection.asked, 21) {
            let same = packets::bytes(&properties, 21) == Some(method);
            if !same || ![0, 0x18, 0x19].contains(&reason) {
                return Err(Fault { what: what::WRONG_METHOD, ..PROTOCOL });
            }
        }
        Err(Fault { code: 11, reason: None, what: what::AUTH })
    }
}

/// Reason String and User Property for a client that asked for none [MQTT-3.1.2-29].
fn explained(connection: &Connection, properties: &[Property]) -> packets::Result<()> {
    let asked = connection.asked(23) != Some(0);
    if asked || !properties.iter().any(|property| [31, 38].contains(&property.id)) {
        return Ok(());
    }
    Err(Fault { what: what::EXPLAINED, ..PROTOCOL })
}

/// `error_name` of `common.h`.
pub fn error_name(code: u16) -> &'static str {
    match code {
        2 => "PROTOCOL",
        5 => "CONN_REFUSED",
        7 => "CONN_LOST",
        11 => "AUTH",
        18 => "MALFORMED_UTF8",
        21 => "MALFORMED_PACKET",
        22 => "DUPLICATE_PROPERTY",
        25 => "OVERSIZE_PACKET",
        _ => "other",
    }
}
