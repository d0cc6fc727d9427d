//! Random scripts: what programs do and what servers say, mostly right, sometimes not. A script is known by its number.

use crate::script::{Script, property};
use crate::support::pattern::hex;

/// xorshift64*: the same scripts for the same seed, everywhere.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }

    /// Once in `of` times.
    fn once(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

const TOPICS: [&[u8]; 6] =
    [b"a", b"a/b", b"$SYS/x", "\u{e4}/\u{20ac}".as_bytes(), b"/", b"long/long/long"];
const BAD_TOPICS: [&[u8]; 6] = [b"", b"a/#", b"+", b"a\xff", b"\xed\xa0\x80", b"x+"];
const FILTERS: [&[u8]; 8] =
    [b"a/#", b"+/b", b"#", b"a", b"$SYS/#", b"+", b"$share/g/a", b"$share/g/#"];
const BAD_FILTERS: [&[u8]; 7] = [b"", b"a#", b"#/a", b"a+/b", b"\xff", b"$share//a", b"$share/g"];
/// Reason codes of PUBACK and PUBREC, of PUBREL and PUBCOMP, of DISCONNECT.
const PUBACK_REASONS: [u8; 7] = [0, 0, 0x10, 0x80, 0x83, 0x87, 0x97];
const PUBREL_REASONS: [u8; 3] = [0, 0, 0x92];
const DISCONNECT_REASONS: [u8; 6] = [0, 4, 0x81, 0x8b, 0x8e, 0x98];
const EVENTS: [&str; 6] =
    ["connect", "disconnect", "publish", "message", "subscribe", "unsubscribe"];

#[derive(Clone, Copy)]
struct Pending {
    kind: u8,
    call: usize,
    filters: usize,
}

/// Which message a packet is about.
enum About {
    /// The one of this call.
    Call(usize),
    /// Whichever has this packet identifier.
    Mid(u16),
}

struct Writer {
    random: Random,
    version: u8,
    lines: Vec<String>,
    /// Whether the server may go wrong in this script: spoilt packets, answers that nobody waits for, in any order.
    wild: bool,
    /// How many topic aliases the last `connect` allowed.
    aliases: usize,
    /// Calls that take a packet identifier.
    calls: usize,
    /// What waits for an answer: type of the packet that answers, number of the call, and of its filters.
    pending: Vec<Pending>,
}

/// The script of this number.
pub fn script(number: u64) -> Script {
    let mut random = Random::new(number);
    let version = *random.pick(&[3, 4, 4, 5, 5, 5]);
    let wild = random.once(3);
    let (lines, pending) = (Vec::new(), Vec::new());
    let mut writer = Writer { random, version, lines, wild, aliases: 0, calls: 0, pending };
    writer.write();
    Script { lines: writer.lines }
}

impl Writer {
    fn is_v5(&self) -> bool {
        self.version == 5
    }

    fn push(&mut self, line: String) {
        self.lines.push(line);
    }

    fn write(&mut self) {
        // MQTT 3.1 has no empty identifier: one would be made up.
        let ids: &[&str] = if self.version == 3 { &["6162"] } else { &["-", "6162", "6162", "63"] };
        let id = *self.random.pick(ids);
        let clean = u8::from(id == "-" || self.random.once(2));
        self.push(format!("new {id} {clean} {}", self.version));
        self.settings();
        let mut has_id = id != "-";
        for connection in 0..=self.random.below(3) {
            if connection > 0 {
                self.between(id);
            }
            self.connect(connection == 0);
            if self.random.once(20) {
                self.call(); // before CONNACK
            }
            if self.connack(clean == 0, has_id) {
                has_id = true;
                for _ in 0..=self.random.below(8) {
                    match self.random.below(20) {
                        0 => self.turn(),
                        1..=9 => self.call(),
                        _ => self.serve(),
                    }
                }
            }
            self.end();
        }
    }

    /// What programs choose before they connect.
    fn settings(&mut self) {
        if self.random.once(4) {
            let line = self.will();
            self.push(line);
        }
        if self.random.once(5) {
            let (name, password) =
                (*self.random.pick(&["75", "-"]), *self.random.pick(&["7077", "-"]));
            self.push(format!("user {name} {password}"));
        }
        if self.random.once(6) {
            // Receive maximum and send maximum.
            let (option, value) = (*self.random.pick(&[4, 5]), *self.random.pick(&[1, 2, 20]));
            self.push(format!("int {option} {value}"));
        }
        if self.random.once(12) {
            let count = *self.random.pick(&[1, 2, 5]);
            self.push(format!("inflight {count}"));
        }
        if self.random.once(8) {
            self.option();
        }
        if self.random.once(8) {
            self.turn();
        }
    }

    /// Options that change no byte, or are refused.
    fn option(&mut self) {
        let line = match self.random.below(6) {
            0 => "retry 7".to_owned(),
            1 => format!(
                "int {} {}",
                self.random.pick(&[1, 4, 5, 9, 11, 77]),
                self.random.pick(&[-1, 6, 70000])
            ),
            2 => format!("int {} {}", self.random.pick(&[9, 11]), self.random.below(2)),
            3 => {
                format!("opts {} {}", self.random.pick(&[1, 77]), self.random.pick(&["9", "-"]))
            }
            4 => format!("string {} 61", self.random.pick(&[1, 77])),
            _ => format!("void {} -", self.random.pick(&[1, 77])),
        };
        self.push(line);
    }

    /// Callbacks, what is called inside them, and how the loop runs.
    fn turn(&mut self) {
        match self.random.below(4) {
            0 => {
                let way = *self.random.pick(&["whole", "parts", "external"]);
                self.push(format!("loops {way}"));
            }
            1 => {
                let mask = *self.random.pick(&[8191, 8191, 63, 8128, 0, 1365, 6826]);
                self.push(format!("callbacks {mask}"));
            }
            _ => {
                let event = *self.random.pick(&EVENTS);
                let (lines, calls, pending) = (self.lines.len(), self.calls, self.pending.len());
                match self.random.below(5) {
                    0..=2 => self.publish(),
                    3 => self.subscribe(),
                    _ => self.push("disconnect 0 .".to_owned()),
                }
                // Not counted, and nobody answers.
                self.calls = calls;
                self.pending.truncate(pending);
                let call = self.lines.split_off(lines).concat();
                self.push(format!("in {event} {call}"));
            }
        }
    }

    /// Between two connections.
    fn between(&mut self, id: &str) {
        if !self.wild {
            // Subscriptions are not answered on a later connection.
            self.pending.retain(|pending| pending.kind < 9);
        }
        if self.random.once(3) {
            self.call(); // offline
        }
        if self.random.once(25) {
            let id = *self.random.pick(&["6162", "-", id]);
            let id = if self.version == 3 { "6162" } else { id };
            let clean = u8::from(id == "-" || self.random.once(2));
            self.push(format!("reinitialise {id} {clean}"));
            self.push(format!("opts 1 {}", self.version));
            self.pending.clear();
        } else if self.random.once(25) {
            self.push("will_clear".to_owned());
        }
    }

    fn connect(&mut self, first: bool) {
        if !first && !self.random.once(4) {
            return self.push("reconnect".to_owned());
        }
        let properties = self.properties(&[
            (17, 3),
            (33, 1),
            (39, 1),
            (34, 1),
            (25, 1),
            (23, 1),
            (21, 1),
            (38, 1),
        ]);
        self.aliases = property(&properties, 34).unwrap_or(0) as usize;
        let keepalive = *self.random.pick(&[60, 60, 60, 60, 0, 5, 65535, 4, -1]);
        self.push(format!("connect {keepalive} {properties}"));
    }

    fn end(&mut self) {
        if self.random.once(2) {
            if self.random.once(4) {
                self.truncated();
            }
            self.push("close".to_owned());
        } else if self.random.once(2) {
            let properties = self.properties(&[(31, 1), (38, 1), (17, 1)]);
            let reason = *self.random.pick(&[0, 0, 0, 4, 0x8e, 0x98]);
            self.push(format!("disconnect {reason} {properties}"));
        }
    }

    /// The beginning of a packet, which is all that comes.
    fn truncated(&mut self) {
        let (first, body) = self.message_packet();
        let packet = whole(first, &body);
        let keep = 1 + self.random.below(packet.len() - 1);
        self.push(format!("server {}", hex(&packet[..keep])));
    }

    /// Sends CONNACK; whether it accepts.
    fn connack(&mut self, may_be_present: bool, has_id: bool) -> bool {
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

    /// A call of the program.
    fn call(&mut self) {
        match self.random.below(12) {
            0..=4 => self.publish(),
            5 | 6 => self.subscribe(),
            7 => {
                let filter = self.filter();
                let properties = self.properties(&[(38, 1)]);
                self.push(format!("unsubscribe {filter} {properties}"));
                self.expect_answer(11, 1);
            }
            8 => {
                let (count, filters) = self.filters();
                let options = if self.is_v5() { *self.random.pick(&[0, 4, 8, 16]) } else { 0 };
                let properties = self.properties(&[(11, 1), (38, 1)]);
                let properties = if properties == "." { "-" } else { &properties };
                self.push(format!("subscribe_many {count} {filters} 1 {options} {properties}"));
                self.expect_answer(9, count);
            }
            9 => {
                let (count, filters) = self.filters();
                let properties = self.properties(&[(38, 1)]);
                let properties = if properties == "." { "-" } else { &properties };
                self.push(format!("unsubscribe_many {count} {filters} {properties}"));
                self.expect_answer(11, count);
            }
            10 => {
                let line = self.will();
                self.push(line);
            }
            _ => self.option(),
        }
    }

    fn filters(&mut self) -> (usize, String) {
        let count = 1 + self.random.below(3);
        let filters: Vec<String> = (0..count).map(|_| self.filter()).collect();
        (count, filters.join(" "))
    }

    fn subscribe(&mut self) {
        let filter = self.filter();
        let qos = *self.random.pick(&[0, 1, 2, 2, 1, 3]);
        let options = if self.is_v5() { *self.random.pick(&[0, 0, 4, 8, 16, 32, 48]) } else { 0 };
        let properties = self.properties(&[(11, 1), (38, 1)]);
        self.push(format!("subscribe {filter} {qos} {options} {properties}"));
        self.expect_answer(9, 1);
    }

    fn publish(&mut self) {
        let topic = self.topic();
        let long = "5a".repeat(130);
        let payload = *self.random.pick(&["68656c6c6f", "68656c6c6f", "00", "-", "ff", &long]);
        let qos = *self.random.pick(&[0, 1, 2, 1, 2, 3]);
        let retain = u8::from(self.random.once(4));
        let properties =
            self.properties(&[(1, 1), (2, 1), (3, 1), (8, 1), (9, 1), (35, 1), (38, 2)]);
        self.push(format!("publish {topic} {payload} {qos} {retain} {properties}"));
        match qos {
            1 => self.expect_answer(4, 1),
            2 => self.expect_answer(5, 1),
            _ => self.calls += 1,
        }
    }

    fn expect_answer(&mut self, kind: u8, filters: usize) {
        self.pending.push(Pending { kind, call: self.calls, filters });
        self.calls += 1;
    }

    /// Something that the server says.
    fn serve(&mut self) {
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

    fn topic(&mut self) -> String {
        match self.random.below(15) {
            0 => text(self.random.pick(&BAD_TOPICS)),
            1 => "-".to_owned(),
            _ => text(self.random.pick(&TOPICS)),
        }
    }

    fn filter(&mut self) -> String {
        match self.random.below(12) {
            0 => text(self.random.pick(&BAD_FILTERS)),
            _ => text(self.random.pick(&FILTERS)),
        }
    }

    fn will(&mut self) -> String {
        let topic = self.topic();
        let properties = self.properties(&[(24, 1), (2, 1), (38, 1)]);
        let (qos, retain) = (self.random.below(3), self.random.below(2));
        format!("will {topic} 776f {qos} {retain} {properties}")
    }

    /// A list for a call: some of these, each with how often it may stand there. `.` is the call that has none.
    fn properties(&mut self, ids: &[(u8, usize)]) -> String {
        let wanted = if self.is_v5() { !self.random.once(2) } else { self.random.once(40) };
        if !wanted {
            return self.random.pick(&["-", "."]).to_string();
        }
        let mut entries = Vec::new();
        for &(id, most) in ids {
            if id == 21 && !self.random.once(8) || id == 35 && !self.random.once(4) {
                continue;
            }
            if self.random.once(3) {
                for _ in 0..=self.random.below(most) {
                    let number = 1 + self.random.below(3);
                    entries.push(match id {
                        1 | 25 | 23 => format!("{id}={}", number % 2),
                        9 => "9=0102".to_owned(),
                        21 => "21=6d".to_owned(),
                        3 | 8 | 31 | 28 => format!("{id}=78"),
                        38 => "38=6e/76".to_owned(),
                        39 => format!("39={}", 100 * number),
                        _ => format!("{id}={number}"),
                    });
                    if id != 38 {
                        break;
                    }
                }
            }
        }
        if self.random.once(60) {
            let odd = ["11=3", "35=1", "36=1", "17=4", "33=0", "22=01"];
            entries.push(self.random.pick(&odd).to_string());
        }
        if self.random.once(80) {
            let again = entries.last().cloned();
            entries.extend(again);
        }
        if entries.is_empty() { "-".to_owned() } else { entries.join(",") }
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

/// Bytes as a word of a script.
fn text(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    if bytes.is_empty() { "=".to_owned() } else { hex(bytes) }
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
