//! Random scripts for `interpreter.c`: what programs do and what servers say, mostly right, sometimes not.

/// xorshift64*: the same scripts for the same seed, everywhere.
pub struct Random(u64);

impl Random {
    /// Scripts of one number.
    pub fn new(seed: u64) -> Random {
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

/// What a script knows of a packet of its server; the third word of such a step.
pub const RIGHT: &str = "right";
/// The packet is not what the standard allows at this place.
pub const WRONG: &str = "wrong";

/// One script: a protocol version and lines for the interpreter.
#[derive(Debug, Clone)]
pub struct Script {
    /// 3, 4 or 5.
    pub version: u8,
    /// Whether the server may go wrong: spoilt packets, answers that nobody waits for, in any order.
    pub wild: bool,
    /// The steps, without `end`.
    pub lines: Vec<String>,
}

const TOPICS: [&[u8]; 6] =
    [b"a", b"a/b", b"$SYS/x", "\u{e4}/\u{20ac}".as_bytes(), b"/", b"long/long/long"];
const BAD_TOPICS: [&[u8]; 6] = [b"", b"a/#", b"+", b"a\xff", b"\xed\xa0\x80", b"x+"];
const FILTERS: [&[u8]; 6] = [b"a/#", b"+/b", b"#", b"a", b"$SYS/#", b"+"];
const BAD_FILTERS: [&[u8]; 5] = [b"", b"a#", b"#/a", b"a+/b", b"\xff"];
/// Reason codes of PUBACK and PUBREC, of PUBREL and PUBCOMP, of DISCONNECT.
const PUBACK_REASONS: [u8; 7] = [0, 0, 0x10, 0x80, 0x83, 0x87, 0x97];
const PUBREL_REASONS: [u8; 3] = [0, 0, 0x92];
const DISCONNECT_REASONS: [u8; 4] = [0x81, 0x8b, 0x8e, 0x98];

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
    /// Whether the server may go wrong in this script.
    wild: bool,
    /// Calls that take a packet identifier.
    calls: usize,
    /// What waits for an answer: type of the packet that answers, number of the call, and of its filters.
    pending: Vec<Pending>,
}

impl Script {
    /// The script of this number.
    pub fn new(number: u64) -> Script {
        let mut random = Random::new(number);
        let version = *random.pick(&[3, 4, 4, 5, 5, 5]);
        let wild = random.once(3);
        let (lines, pending) = (Vec::new(), Vec::new());
        let mut writer = Writer { random, version, lines, wild, calls: 0, pending };
        writer.write();
        Script { version, wild, lines: writer.lines }
    }

    /// As the interpreter reads it.
    pub fn text(&self) -> String {
        let mut text = self.lines.join("\n");
        text.push_str("\nend\n");
        text
    }
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
        for connection in 0..=self.random.below(3) {
            if connection > 0 {
                if !self.wild {
                    // Subscriptions are not answered on a later connection.
                    self.pending.retain(|pending| pending.kind < 9);
                }
                if self.random.once(3) {
                    self.call(); // offline
                }
            }
            if connection == 0 || self.random.once(4) {
                let properties = self.properties(&[
                    (17, 3),
                    (33, 1),
                    (39, 1),
                    (34, 1),
                    (25, 1),
                    (23, 1),
                    (38, 1),
                ]);
                let keepalive = *self.random.pick(&[60, 60, 60, 0, 5, 65535]);
                let properties = if connection > 0 && !self.is_v5() { "-" } else { &properties };
                self.push(format!("connect {keepalive} {properties}"));
            } else {
                self.push("reconnect".to_owned());
            }
            if self.connack(clean == 0) {
                for _ in 0..=self.random.below(8) {
                    if self.random.once(2) { self.call() } else { self.serve() }
                }
            }
            if self.random.once(2) {
                self.push("close".to_owned());
            } else if self.random.once(2) {
                let properties = self.properties(&[(31, 1), (38, 1), (17, 1)]);
                let reason = *self.random.pick(&[0, 0, 0, 4, 0x8e, 0x98]);
                self.push(format!("disconnect {reason} {properties}"));
                self.push("close".to_owned());
            }
        }
    }

    /// Sends CONNACK; whether it accepts.
    fn connack(&mut self, may_be_present: bool) -> bool {
        let refused = self.random.once(10);
        let present = u8::from(may_be_present && self.version > 3 && self.random.once(2));
        let mut body = match (self.is_v5(), refused) {
            (_, false) => vec![present, 0],
            (false, true) => vec![0, *self.random.pick(&[1, 2, 3, 4, 5, 6])],
            (true, true) => vec![0, *self.random.pick(&[0x80, 0x81, 0x84, 0x85, 0x86, 0x87, 0x88])],
        };
        if self.is_v5() {
            let list =
                self.packet_properties(&[18, 31, 36, 37, 39, 33, 34, 40, 41, 42, 17, 38, 19]);
            body.extend(list);
        }
        self.server(0x20, &body, RIGHT);
        !refused
    }

    /// A call of the program.
    fn call(&mut self) {
        match self.random.below(10) {
            0..=4 => self.publish(),
            5 | 6 => {
                let filter = self.filter();
                let qos = *self.random.pick(&[0, 1, 2, 2, 1, 3]);
                let options =
                    if self.is_v5() { *self.random.pick(&[0, 0, 4, 8, 16, 32]) } else { 0 };
                let properties = self.properties(&[(11, 1), (38, 1)]);
                self.push(format!("subscribe {filter} {qos} {options} {properties}"));
                self.expect_answer(9, 1);
            }
            7 => {
                let filter = self.filter();
                let properties = self.properties(&[(38, 1)]);
                self.push(format!("unsubscribe {filter} {properties}"));
                self.expect_answer(11, 1);
            }
            8 => {
                let count = 1 + self.random.below(3);
                let filters: Vec<String> = (0..count).map(|_| self.filter()).collect();
                let filters: Vec<String> = filters
                    .into_iter()
                    .map(|filter| if filter == "-" { "61".to_owned() } else { filter })
                    .collect();
                self.push(format!("subscribe_many {count} {} 1", filters.join(" ")));
                self.expect_answer(9, count);
            }
            _ => {
                let line = self.will();
                self.push(line);
            }
        }
    }

    fn publish(&mut self) {
        let topic = self.topic();
        let payload = *self.random.pick(&["68656c6c6f", "00", "-", "ff"]);
        let qos = *self.random.pick(&[0, 1, 2, 1, 2, 3]);
        let retain = u8::from(self.random.once(4));
        let properties = self.properties(&[(1, 1), (2, 1), (3, 1), (8, 1), (9, 1), (38, 2)]);
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
            return self.answer(kind, &About::Call(call), filters);
        }
        match self.random.below(12) {
            0..=6 => self.message(),
            7 => {
                let mid = 1 + self.random.below(4) as u16;
                self.answer(6, &About::Mid(mid), 0);
            }
            8 => self.server(0xd0, &[], RIGHT),
            9 if self.is_v5() => {
                let mut body = vec![*self.random.pick(&DISCONNECT_REASONS)];
                body.extend(self.packet_properties(&[31, 38, 28]));
                self.server(0xe0, &body, RIGHT);
            }
            _ if self.wild => {
                let kind = *self.random.pick(&[4, 5, 6, 7, 9, 11]);
                let mid = 1 + self.random.below(6) as u16;
                self.answer(kind, &About::Mid(mid), 1);
            }
            _ => self.message(),
        }
    }

    fn message(&mut self) {
        let qos = self.random.below(3) as u8;
        let bad = self.wild && self.random.once(20);
        let topic = if bad { *self.random.pick(&BAD_TOPICS) } else { *self.random.pick(&TOPICS) };
        let mut body = (topic.len() as u16).to_be_bytes().to_vec();
        body.extend(topic);
        if qos > 0 {
            body.extend((1 + self.random.below(4) as u16).to_be_bytes());
        }
        if self.is_v5() {
            body.extend(self.packet_properties(&[1, 2, 3, 8, 9, 11, 38]));
        }
        body.extend(*self.random.pick(&[&b"payload"[..], b"", b"\0"]));
        let dup = if qos > 0 && self.random.once(5) { 8 } else { 0 };
        let retain = u8::from(self.random.once(4));
        self.server(0x30 | dup | qos << 1 | retain, &body, if bad { WRONG } else { RIGHT });
    }

    fn answer(&mut self, kind: u8, about: &About, filters: usize) {
        let mut body = match about {
            About::Mid(mid) => mid.to_be_bytes().to_vec(),
            About::Call(_) => vec![0; 2],
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
        self.server(kind << 4 | if kind == 6 { 2 } else { 0 }, &body, RIGHT);
        if let (About::Call(call), Some(line)) = (about, self.lines.last_mut()) {
            // Behind the first byte and the length, which is one byte here.
            if line.get(11..15) == Some("0000") {
                line.replace_range(11..15, &format!("{{{call}}}"));
            }
        }
    }

    /// A packet; in wild scripts it is spoilt now and then.
    fn server(&mut self, first: u8, body: &[u8], mark: &str) {
        let mut packet = vec![first];
        assert!(body.len() < 16384, "two bytes of length");
        if body.len() >= 128 {
            packet.push(0x80 | (body.len() & 0x7f) as u8);
            packet.push((body.len() >> 7) as u8);
        } else {
            packet.push(body.len() as u8);
        }
        packet.extend(body);
        let spoilt = self.wild && self.random.once(8);
        if spoilt {
            match self.random.below(3) {
                0 => {
                    let at = self.random.below(packet.len());
                    packet[at] ^= 1 << self.random.below(8);
                }
                1 if packet.len() > 2 && packet[1] < 128 => {
                    packet.pop();
                    packet[1] -= 1;
                }
                _ => {
                    packet.push(0);
                    packet[1] = packet[1].wrapping_add(1);
                }
            }
        }
        self.push(format!("server {} {}", hex(&packet), if spoilt { WRONG } else { mark }));
    }

    fn topic(&mut self) -> String {
        match self.random.below(15) {
            0 => hex(self.random.pick(&BAD_TOPICS)),
            1 => "-".to_owned(),
            _ => hex(self.random.pick(&TOPICS)),
        }
    }

    fn filter(&mut self) -> String {
        match self.random.below(15) {
            0 => hex(self.random.pick(&BAD_FILTERS)),
            _ => hex(self.random.pick(&FILTERS)),
        }
    }

    fn will(&mut self) -> String {
        let topic = self.topic();
        let properties = self.properties(&[(24, 1), (2, 1), (38, 1)]);
        let (qos, retain) = (self.random.below(3), self.random.below(2));
        format!("will {topic} 776f {qos} {retain} {properties}")
    }

    /// A list for a call: some of these, each with how often it may stand there.
    fn properties(&mut self, ids: &[(u8, usize)]) -> String {
        let wanted = if self.is_v5() { !self.random.once(2) } else { self.random.once(40) };
        if !wanted {
            return "-".to_owned();
        }
        let mut entries = Vec::new();
        for &(id, most) in ids {
            if self.random.once(3) {
                for _ in 0..=self.random.below(most) {
                    let number = 1 + self.random.below(3);
                    entries.push(match id {
                        1 | 25 | 23 => format!("{id}={}", number % 2),
                        9 => "9=0102".to_owned(),
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
            entries.push(self.random.pick(&["11=3", "35=1", "36=1", "17=4"]).to_string());
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
                    39 => list.extend((40 + self.random.below(100) as u32).to_be_bytes()),
                    11 => list.push(1 + self.random.below(100) as u8),
                    38 => list.extend(b"\0\x01n\0\x01v"),
                    _ => list.extend(b"\0\x02ab"),
                }
            }
        }
        let mut bytes = vec![list.len() as u8];
        bytes.extend(list);
        bytes
    }
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
