//! What follows from a script and from what our library has sent so far: which connection stands, what both sides asked for,
//! what is in flight. From that, what the standard and `docs/` make of the server's next packets.
//!
//! This is no second library: what to send after CONNACK, or when the window moves, it does not know and does not say. What
//! is made of the server's packets stands in `judge.rs`.

#[path = "judge.rs"]
mod judge;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::packets::{self, Fault, Packet, Property, number, unhex};
use crate::script::property;

pub use judge::error_name;

/// Names for what was heard, beside [`packets::FORBIDDEN`]; rules refer to them.
pub mod what {
    pub const NO_CODES: &str = "an answer without codes";
    pub const ALIAS_ABOVE: &str = "a topic alias above our maximum";
    pub const ALIAS: &str = "a topic alias instead of a topic";
    pub const TOO_MANY: &str = "more messages than our receive maximum";
    pub const TOO_LARGE: &str = "a packet above our maximum";
    pub const EXPLAINED: &str = "problem information that was not asked for";
    pub const AUTH: &str = "AUTH without a callback for it";
    pub const WRONG_METHOD: &str = "AUTH with another method";
    pub const OLD_CONNACK: &str = "the CONNACK of a server that does not know MQTT 5";
    pub const SHORT_DISCONNECT: &str = "the short form of DISCONNECT";
    pub const DISCONNECT: &str = "properties of DISCONNECT";
    pub const STRAY: &str = "an acknowledgement of nothing";
    pub const REFUSED: &str = "PUBREC with an error";
    pub const SEVERAL: &str = "several subscription identifiers";
    pub const ZERO: &str = "a first byte of 0";
    pub const KEPT: &str = "QoS 2 messages that theirs has twice or should have forgotten";
}

/// What the server told in CONNACK.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    pub properties: Vec<Property>,
}

impl Limits {
    /// The number of a property, if it was told.
    pub fn get(&self, id: u8) -> Option<u32> {
        number(&self.properties, id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Handshake,
    Up,
}

/// The connection that stands.
#[derive(Debug, Clone)]
pub struct Connection {
    pub version: u8,
    pub phase: Phase,
    /// Properties of CONNECT.
    pub asked: Vec<Property>,
    pub keepalive: u32,
    pub receive_maximum: usize,
    pub limits: Limits,
    /// Bytes of a packet that is not whole.
    pub partial: Vec<u8>,
    aliases: BTreeMap<u32, Vec<u8>>,
    /// Messages in flight on it: QoS, and whether PUBREL was sent.
    pub flight: BTreeMap<u16, (u8, bool)>,
    requests: BTreeMap<u16, u8>,
}

impl Connection {
    fn learn_connect(&mut self, packet: &Packet) -> packets::Result<()> {
        let mut reader = packet.reader();
        reader.string()?;
        reader.u16()?; // version and flags
        self.keepalive = reader.u16()?.into();
        if self.version == 5 {
            self.asked = reader.any_properties()?;
        }
        self.receive_maximum = self.asked(33).unwrap_or(0) as usize;
        Ok(())
    }

    /// What CONNECT asked for.
    pub fn asked(&self, id: u8) -> Option<u32> {
        number(&self.asked, id)
    }
}

/// A message that the program has published and that is not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub qos: u8,
    pub retain: bool,
    /// Its PUBLISH was sent on this connection, by number; the last one.
    pub sent: Option<usize>,
    /// Since then a server without the session was met: what is sent next is sent for the first time.
    pub anew: bool,
    /// PUBREL was sent.
    pub released: bool,
}

#[derive(Debug, Clone)]
struct Kept {
    topic: Vec<u8>,
    payload: Vec<u8>,
    retain: bool,
    properties: Vec<Property>,
}

/// What the server's bytes of one step are, and what ours does about them.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    pub packets: Vec<Packet>,
    pub what: Vec<&'static str>,
    pub fault: Option<Fault>,
    /// What ours prints, but for what calls inside callbacks do, and for messages that waited.
    pub lines: Vec<String>,
    /// A callback does something.
    pub hooked: bool,
    /// Messages that waited may go out.
    pub releases: bool,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Facts {
    pub version: u8,
    clean: bool,
    has_id: bool,
    mask: u32,
    pub connection: Option<Connection>,
    /// Connections so far.
    pub connections: usize,
    /// What servers of earlier connections told.
    pub past: Vec<Limits>,
    /// Packet identifiers of the calls.
    calls: Vec<Option<u16>>,
    pub messages: BTreeMap<u16, Outgoing>,
    kept: BTreeMap<u16, Kept>,
    /// Identifiers of messages as theirs keeps them: once for each PUBLISH, from session to session.
    their_kept: VecDeque<u16>,
    /// Something was acknowledged that was not in flight.
    pub stray: bool,
    pub hook: Vec<String>,
    /// Topic aliases that the program has used with a topic.
    pub aliases: BTreeSet<u32>,
    /// The window was set while a connection stood.
    pub window_changed: bool,
    /// The will is retained.
    pub will_retain: bool,
}

impl Facts {
    pub fn new() -> Facts {
        Facts {
            version: 4,
            clean: true,
            has_id: false,
            mask: !0,
            connection: None,
            connections: 0,
            past: Vec::new(),
            calls: Vec::new(),
            messages: BTreeMap::new(),
            kept: BTreeMap::new(),
            their_kept: VecDeque::new(),
            stray: false,
            hook: Vec::new(),
            aliases: BTreeSet::new(),
            window_changed: false,
            will_retain: false,
        }
    }

    /// Whether a server, of whichever connection, has told this.
    pub fn was_told(&self, id: u8) -> bool {
        let current = self.connection.iter().map(|connection| &connection.limits);
        self.past.iter().chain(current).any(|limits| limits.get(id).is_some())
    }

    /// What our library printed in a step.
    pub fn learn(&mut self, line: &str, ours: &[String]) {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        let done = |start: &str| ours.iter().any(|line| line.starts_with(start));
        match word(0) {
            "new" => {
                self.has_id = word(1) != "-" || word(3) == "3";
                self.clean = word(2) == "1";
                self.version = word(3).parse().unwrap_or(4);
            }
            "reinitialise" if done("reinitialise -> 0") => {
                let (calls, hook) = (self.calls.clone(), self.hook.clone());
                let (has_id, clean) = (word(1) != "-", word(2) == "1");
                *self = Facts { calls, hook, has_id, clean, ..Facts::new() };
            }
            "int" | "opts" if word(1) == "1" && done(&format!("{} -> 0", told(word(0)))) => {
                self.version = word(2).parse().unwrap_or(self.version);
            }
            "int" | "inflight" => self.window_changed |= self.connection.is_some(),
            "callbacks" => self.mask = word(1).parse().unwrap_or(!0),
            "in" => self.hook = words.clone(),
            "will" if done("will_set -> 0") => self.will_retain = word(4) == "1",
            "close" => self.drop_connection(),
            _ => {}
        }
        self.learn_call(&words, ours, "");
        if ours.iter().any(|line| line.starts_with("in ")) {
            let call = std::mem::take(&mut self.hook).split_off(2);
            self.learn_call(&call, ours, "in ");
        }
        if done("accepted") {
            self.drop_connection();
            self.connections += 1;
            self.connection = Some(Connection {
                version: self.version,
                phase: Phase::Handshake,
                asked: Vec::new(),
                keepalive: 0,
                receive_maximum: 0,
                limits: Limits::default(),
                partial: Vec::new(),
                aliases: BTreeMap::new(),
                flight: BTreeMap::new(),
                requests: BTreeMap::new(),
            });
        }
        for packet in ours.iter().flat_map(|line| sent(line)) {
            self.learn_sent(&packet);
        }
        if done("client closed") {
            self.drop_connection();
        }
    }

    /// A call that takes a packet identifier.
    fn learn_call(&mut self, words: &[String], ours: &[String], prefix: &str) {
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        let kind = match word(0) {
            "publish" => packets::PUBLISH,
            "subscribe" | "subscribe_many" => packets::SUBACK,
            "unsubscribe" | "unsubscribe_many" => packets::UNSUBACK,
            _ => return,
        };
        let mid = ours.iter().find_map(|line| line.strip_prefix(prefix)?.strip_prefix("mid "));
        let mid = mid.and_then(|mid| mid.parse().ok());
        if prefix.is_empty() {
            self.calls.push(mid);
        }
        let Some(mid) = mid else { return };
        if let (packets::PUBLISH, false) = (kind, ["-", "="].contains(&word(1))) {
            self.aliases.extend(property(word(5), 35));
        }
        match (kind, word(3)) {
            (packets::PUBLISH, "1" | "2") => {
                let qos = word(3).parse().unwrap_or(1);
                let message = Outgoing {
                    qos,
                    retain: word(4) == "1",
                    sent: None,
                    anew: false,
                    released: false,
                };
                self.messages.insert(mid, message);
            }
            (packets::PUBLISH, _) => {}
            _ => {
                if let Some(connection) = &mut self.connection {
                    connection.requests.insert(mid, kind);
                }
            }
        }
    }

    /// A packet of ours; the connection may be over by now.
    fn learn_sent(&mut self, packet: &Packet) {
        let mut flight = self.connection.as_mut();
        match packet.kind() {
            packets::CONNECT => {
                let _ = flight.map(|connection| connection.learn_connect(packet));
            }
            packets::PUBLISH => {
                let Some(mid) = packet.message_mid() else { return };
                let Some(message) = self.messages.get_mut(&mid) else { return };
                message.sent = Some(self.connections);
                message.anew = false;
                // Whoever was told so is not told otherwise when it is sent again.
                message.retain = packet.flags() & 1 == 1;
                flight.as_mut().map(|c| c.flight.insert(mid, (message.qos, false)));
            }
            packets::PUBREL => {
                let Ok(mid) = packet.reader().u16() else { return };
                // Else it answers a PUBREC for nothing.
                if self.messages.get(&mid).is_some_and(|message| message.released) {
                    flight.as_mut().map(|c| c.flight.insert(mid, (2, true)));
                }
            }
            _ => {}
        }
    }

    fn drop_connection(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.past.push(connection.limits);
        }
    }

    /// The bytes of a `server` line with its packet identifiers, unless it answers a call that failed.
    fn resolve(&self, text: &str) -> Option<Vec<u8>> {
        let mut all = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            let (call, behind) = behind.split_once('}')?;
            let mid = (*self.calls.get(call.parse::<usize>().ok()?)?)?;
            all += &format!("{before}{mid:04x}");
            rest = behind;
        }
        all += rest;
        Some(unhex(&all))
    }
}

/// The packets of a line that begins with `sent`.
pub fn sent(line: &str) -> Vec<Packet> {
    line.strip_prefix("sent ").map_or_else(Vec::new, |hex| packets::all(&unhex(hex)))
}

/// The name under which the interpreter prints a call.
fn told(word: &str) -> &str {
    match word {
        "int" => "int_option",
        "opts" => "opts_set",
        other => other,
    }
}
