//! Random scripts: what programs do and what servers say, mostly right, sometimes not. A script is known by its number. The
//! server has a file of its own.

#[path = "server.rs"]
mod server;

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
const EVENTS: [&str; 6] =
    ["connect", "disconnect", "publish", "message", "subscribe", "unsubscribe"];

#[derive(Clone, Copy)]
struct Pending {
    kind: u8,
    call: usize,
    filters: usize,
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
}

/// Bytes as a word of a script.
fn text(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    if bytes.is_empty() { "=".to_owned() } else { hex(bytes) }
}
