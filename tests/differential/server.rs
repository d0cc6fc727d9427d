//! What the server of a random script says: answers in order, messages, and in wild scripts what no server may say.

use super::*;

/// Reason codes of PUBACK and PUBREC, of PUBREL and PUBCOMP, of DISCONNECT.
const PUBACK_REASONS: [u8; 7] = [0, 0, 0x10, 0x80, 0x83, 0x87, 0x97];
const PUBREL_REASONS: [u8; 3] = [0, 0, 0x92];
const DISCONNECT_REASONS: [u8; 6] = [0, 4, 0x81, 0x8b, 0x8e, 0x98];

/// Which message a packet is about.
enum About {
    /// The one of this call.
    Call(usize),
    /// Whichever has this packet identifier.
    Mid(u16),
}

impl Writer {
    /// Sends CONNACK; whether it accepts.
    pub(super) fn connack(&mut self, may_be_present: bool, has_id: bool) -> bool {
        let refused = self.random.once(10);
        let present = u8::from(may_be_present && self.version > 3 && self.random.once(2));
        let mut body = match (self.is_v5(), refused) {
            (_, false) => vec![present, 0],
            (false, true) => vec![0, *self.random.pick(&[1, 2, 3, 4, 5, 6])],
            (true, true) => vec![0, *self.random.pick(&[0x80, 0x81, 0x84, 0x85, 0x86, 0x87, 0x88])],
        };
        if self.is_v5() && !self.random.once(100) {
            let assigned: &[u8] = if !has_id || self.wild { &[18] } else { &[] };
            let rest = [31, 36, 37, 39, 33, 34, 40, 41, 42, 17, 38, 19, 26, 28, 21];
            let list = self.packet_properties(&[assigned, &rest].concat());
            body.extend(list);
        }
        self.server(0x20, &body);
        !refused
    }

    /// Something that the server says.
    pub(super) fn serve(&mut self) {
        if !self.pending.is_empty() && !self.random.once(4) {
            // In order, a message has been sent when it is answered, however small the window.
            let choice = if self.wild { self.pending.len().min(3) } else { 1 };
            let at = self.random.below(choice);
            let Pending { kind, call, filters } = self.pending.remove(at);
            self.answer(kind, &About::Call(call), filters);
            if self.wild && self.random.once(8) {
                let again = self.lines.last().cloned();
                self.lines.extend(again);
            }
            return;
        }
        match self.random.below(12) {
            0..=6 => self.message(),
            7 => {
                let mid = 1 + self.random.below(4) as u16;
                self.answer(6, &About::Mid(mid), 0);
            }
            8 => self.server(0xd0, &[]),
            9 if self.is_v5() && self.random.once(2) => self.goodbye(),
            10 if self.is_v5() && self.random.once(3) => {
                let mut body = vec![*self.random.pick(&[0, 0x18, 0x18, 0x19])];
                body.extend(self.packet_properties(&[21, 22, 31, 38]));
                self.server(0xf0, &body);
            }
            _ if self.wild => self.unasked(),
            _ => self.message(),
        }
    }

    /// The beginning of a packet, which is all that comes.
    pub(super) fn truncated(&mut self) {
        let (first, body) = self.message_packet();
        let packet = whole(first, &body);
        let keep = 1 + self.random.below(packet.len() - 1);
        self.push(format!("server {}", hex(&packet[..keep])));
    }

    /// DISCONNECT.
    fn goodbye(&mut self) {
        let mut body = vec![*self.random.pick(&DISCONNECT_REASONS)];
        match self.random.below(4) {
            0 => {}
            1 => body.clear(),
            _ => body.extend(self.packet_properties(&[31, 38, 28])),
        }
        self.server(0xe0, &body);
    }

    /// What no server may say: an answer to nothing, a packet that only clients send, another CONNACK.
    fn unasked(&mut self) {
        match self.random.below(8) {
            0 => {
                let first = *self.random.pick(&[0x00, 0x10, 0x82, 0xa2, 0xc0, 0xe0, 0xf0]);
                self.server(first, &[]);
            }
            1 => {
                self.connack(true, true);
            }
            _ => {
                let kind = *self.random.pick(&[4, 5, 6, 7, 9, 11]);
                let mid = self.random.below(7) as u16;
                self.answer(kind, &About::Mid(mid), 1);
            }
        }
    }

    fn message(&mut self) {
        let (first, body) = self.message_packet();
        self.server(first, &body);
    }

    fn message_packet(&mut self) -> (u8, Vec<u8>) {
        let qos = self.random.below(3) as u8;
        let bad = self.wild && self.random.once(20);
        let mut topic =
            if bad { *self.random.pick(&BAD_TOPICS) } else { *self.random.pick(&TOPICS) };
        let mut properties = Vec::new();
        if self.is_v5() {
            properties = self.packet_properties(&[1, 2, 3, 8, 9, 11, 38]);
            let allowed = self.aliases > 0;
            if self.random.once(if allowed { 2 } else { 12 }) {
                let most = if allowed && !self.random.once(8) { self.aliases } else { 3 };
                properties[0] += 3;
                properties.extend([35, 0, 1 + self.random.below(most) as u8]);
                topic = if self.random.once(2) { b"" } else { topic };
            }
            if self.random.once(40) {
                properties[0] += 4;
                properties.extend([11, 1, 11, 2]);
            }
        }
        let mut body = (topic.len() as u16).to_be_bytes().to_vec();
        body.extend(topic);
        if qos > 0 {
            body.extend((1 + self.random.below(4) as u16).to_be_bytes());
        }
        body.extend(properties);
        let long = [b'z'; 130];
        body.extend(*self.random.pick(&[&b"payload"[..], b"payload", b"", b"\0", &long]));
        let dup = if qos > 0 && self.random.once(5) { 8 } else { 0 };
        let retain = u8::from(self.random.once(4));
        (0x30 | dup | qos << 1 | retain, body)
    }

    fn answer(&mut self, kind: u8, about: &About, filters: usize) {
        let mut body = match about {
            About::Mid(mid) => mid.to_be_bytes().to_vec(),
            About::Call(_) => vec![0xaa; 2],
        };
        let mut refused = false;
        match kind {
            9 => {
                if self.is_v5() {
                    body.extend(self.packet_properties(&[31, 38]));
                }
                let codes: &[u8] =
                    if self.is_v5() { &[0, 1, 2, 0x80, 0x87] } else { &[0, 1, 2, 0x80] };
                body.extend((0..filters).map(|_| *self.random.pick(codes)));
            }
            11 if self.is_v5() => {
                body.extend(self.packet_properties(&[31, 38]));
                body.extend((0..filters).map(|_| *self.random.pick(&[0, 0x11, 0x80])));
            }
            4..=7 if self.is_v5() && self.random.once(3) => {
                let reasons: &[u8] = if kind < 6 { &PUBACK_REASONS } else { &PUBREL_REASONS };
                let reason = *self.random.pick(reasons);
                refused = reason >= 0x80;
                body.push(reason);
                if self.random.once(2) {
                    body.extend(self.packet_properties(&[31, 38]));
                }
            }
            _ => {}
        }
        if let (5, false, About::Call(call)) = (kind, refused, about) {
            self.pending.insert(0, Pending { kind: 7, call: *call, filters });
        }
        self.server(kind << 4 | if kind == 6 { 2 } else { 0 }, &body);
        if let (About::Call(call), Some(line)) = (about, self.lines.last_mut()) {
            // Behind the first byte and the length, which is one byte here.
            if line.get(11..15) == Some("aaaa") {
                line.replace_range(11..15, &format!("{{{call}}}"));
            }
        }
    }

    /// A packet; in wild scripts it is spoilt now and then.
    fn server(&mut self, first: u8, body: &[u8]) {
        let mut packet = whole(first, body);
        if self.wild && self.random.once(8) {
            self.spoil(&mut packet);
        }
        // Packets that arrive together, or in pieces.
        let together = self.wild || self.random.once(10);
        let earlier = self.lines.last_mut().filter(|line| {
            together && line.starts_with("server ") && line.len() < 2000 && !line.contains('{')
        });
        let text = hex(&packet);
        match earlier {
            Some(line) if !text.contains("aaaa") && self.random.once(10) => line.push_str(&text),
            _ => {
                let slowly = text.len() < 100 && self.random.once(30) && !text.contains("aaaa");
                self.push(format!("{} {text}", if slowly { "slowly" } else { "server" }));
            }
        }
    }

    fn spoil(&mut self, packet: &mut Vec<u8>) {
        let short = packet[1] < 127;
        match self.random.below(6) {
            0 if short && packet.len() > 2 => {
                packet.pop();
                packet[1] -= 1;
            }
            1 if short => {
                packet.push(0);
                packet[1] += 1;
            }
            2 if short => {
                // A length that takes more bytes than it needs, or more than there may be.
                let len = packet[1];
                let more = *self.random.pick(&[&[0][..], &[0x80, 0x80, 0], &[0x80, 0x80, 0x80, 0]]);
                packet.splice(1..2, [&[len | 0x80], more].concat());
            }
            _ => {
                let at = self.random.below(packet.len());
                packet[at] ^= 1 << self.random.below(8);
            }
        }
    }

    /// Properties as bytes, with their length in front.
    fn packet_properties(&mut self, ids: &[u8]) -> Vec<u8> {
        let mut list = Vec::new();
        if self.random.once(2) {
            for &id in ids {
                if !self.random.once(6) {
                    continue;
                }
                list.push(id);
                match id {
                    1 | 36 | 37 | 40 | 41 | 42 => list.push(self.random.below(2) as u8),
                    19 => list.extend(1000u16.to_be_bytes()),
                    33 | 34 => list.extend((1 + self.random.below(5) as u16).to_be_bytes()),
                    17 | 2 => list.extend((self.random.below(100) as u32).to_be_bytes()),
                    39 => list.extend((20 + self.random.below(100) as u32).to_be_bytes()),
                    11 => list.push(1 + self.random.below(100) as u8),
                    38 => list.extend(b"\0\x01n\0\x01v"),
                    21 => list.extend(b"\0\x01m"),
                    _ => list.extend(b"\0\x02ab"),
                }
            }
        }
        let mut bytes = vec![list.len() as u8];
        bytes.extend(list);
        bytes
    }
}

/// A packet of this first byte and body.
fn whole(first: u8, body: &[u8]) -> Vec<u8> {
    assert!(body.len() < 16384, "two bytes of length");
    let mut packet = vec![first];
    if body.len() >= 128 {
        packet.push(0x80 | (body.len() & 0x7f) as u8);
        packet.push((body.len() >> 7) as u8);
    } else {
        packet.push(body.len() as u8);
    }
    packet.extend(body);
    packet
}
