//! What the random scripts reach: how often each kind of call, answer, packet and fault occurs, and what must occur.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::packets::{self, Packet};
use crate::runner::Output;
use crate::script::{Script, word};

/// What must occur in every 2,000 scripts, at least so often: beginnings of the names that [`count`] gives.
pub const WANTED: &[(&str, u64)] = &[
    ("call connect v3", 100),
    ("call connect v4", 100),
    ("call connect v5", 100),
    ("call reconnect", 100),
    ("call reinitialise", 20),
    ("call will ", 100),
    ("call will_clear", 5),
    ("call user", 50),
    ("call int", 100),
    ("call opts", 10),
    ("call string", 10),
    ("call void", 10),
    ("call inflight", 20),
    ("call retry", 5),
    ("call callbacks", 50),
    ("call in connect publish", 3),
    ("call in message publish", 3),
    ("call in publish publish", 3),
    ("call in message subscribe", 3),
    ("call in message disconnect", 3),
    ("fired in", 50),
    ("call loops whole", 10),
    ("call loops parts", 10),
    ("call loops external", 10),
    ("call publish qos 0", 100),
    ("call publish qos 1", 100),
    ("call publish qos 2", 100),
    ("call publish qos 3", 50),
    ("call subscribe ", 100),
    ("call subscribe_many", 50),
    ("call unsubscribe ", 50),
    ("call unsubscribe_many", 50),
    ("call disconnect", 100),
    ("property 11 of subscribe", 20),
    ("property 17 of connect", 20),
    ("property 17 of disconnect", 20),
    ("property 21 of connect", 3),
    ("property 24 of will", 20),
    ("property 31 of disconnect", 20),
    ("property 33 of connect", 20),
    ("property 34 of connect", 20),
    ("property 35 of publish", 20),
    ("property 38 of unsubscribe", 20),
    ("property 39 of connect", 20),
    ("answer publish -> 0", 100),
    ("answer publish -> 2", 5),
    ("answer publish -> 3", 50),
    ("answer publish -> 4", 50),
    ("answer publish -> 10", 5),
    ("answer publish -> 18", 5),
    ("answer publish -> 22", 1),
    ("answer publish -> 24", 5),
    ("answer publish -> 25", 3),
    ("answer publish -> 148", 10),
    ("answer subscribe -> 0", 100),
    ("answer subscribe -> 4", 5),
    ("answer connect -> 3", 20),
    ("answer connect -> 10", 5),
    ("answer disconnect -> 4", 5),
    ("server CONNACK v3", 100),
    ("server CONNACK v4", 100),
    ("server CONNACK v5", 100),
    ("server CONNACK refusal", 50),
    ("server CONNACK session present", 100),
    ("server CONNACK property 17", 20),
    ("server CONNACK property 18", 10),
    ("server CONNACK property 19", 20),
    ("server CONNACK property 33", 20),
    ("server CONNACK property 34", 20),
    ("server CONNACK property 36", 20),
    ("server CONNACK property 37", 20),
    ("server CONNACK property 39", 20),
    ("server CONNACK property 40", 20),
    ("server CONNACK property 41", 20),
    ("server CONNACK property 42", 20),
    ("server PUBLISH qos 0", 100),
    ("server PUBLISH qos 1", 100),
    ("server PUBLISH qos 2", 100),
    ("server PUBLISH dup", 50),
    ("server PUBLISH property 35", 20),
    ("server PUBACK", 100),
    ("server PUBREC", 100),
    ("server PUBREL", 100),
    ("server PUBCOMP", 50),
    ("server PUBACK error", 10),
    ("server PUBREC error", 10),
    ("server SUBACK", 100),
    ("server UNSUBACK", 50),
    ("server PINGRESP", 50),
    ("server DISCONNECT", 20),
    ("server AUTH", 20),
    ("server several packets at once", 50),
    ("server byte by byte", 50),
    ("server closes inside a packet", 20),
    ("heard forbidden packet", 100),
    ("heard an acknowledgement of nothing", 50),
    ("heard a topic alias above our maximum", 20),
    ("heard a topic alias instead of a topic", 1),
    ("heard QoS 2 messages that theirs", 3),
];

/// How often everything occurs.
pub type Counts = BTreeMap<String, u64>;

/// Counts what occurs in a script; what the server says, as long as our library listens.
pub fn count(counts: &mut Counts, script: &Script, ours: &Output) {
    let mut add = |name: String| *counts.entry(name).or_default() += 1;
    let mut facts = Facts::new();
    for (line, lines) in script.lines.iter().zip(&ours.steps) {
        match word(line, 0) {
            "server" | "slowly" => {}
            "connect" => add(format!("call connect v{}", facts.version)),
            "publish" => add(format!("call publish qos {}", word(line, 3))),
            "in" => add(format!("call in {} {}", word(line, 1), word(line, 2))),
            call => add(format!("call {call} {}", word(line, 1))),
        }
        for (call, id) in properties(line) {
            add(format!("property {id} of {call}"));
        }
        let answers = lines.iter().filter(|line| line.contains(" -> "));
        answers.for_each(|line| add(format!("answer {line}")));
        if lines.iter().any(|line| line.starts_with("in ")) {
            add(format!("fired in {}", facts.hook.get(1).map_or("", String::as_str)));
        }
        let inside = facts.connection.as_ref().is_some_and(|c| !c.partial.is_empty());
        if line == "close" && inside {
            add("server closes inside a packet".to_owned());
        }
        let version = facts.connection.as_ref().map_or(0, |connection| connection.version);
        if let Some(heard) = facts.hear(line) {
            heard.what.iter().for_each(|what| add(format!("heard {what}")));
            heard.packets.iter().flat_map(|packet| names(packet, version)).for_each(&mut add);
            if heard.packets.len() > 1 {
                add("server several packets at once".to_owned());
            }
            if line.starts_with("slowly") {
                add("server byte by byte".to_owned());
            }
        }
        facts.learn(line, lines);
    }
}

/// What is wanted and does not occur often enough in so many scripts.
pub fn missing(counts: &Counts, scripts: u64) -> Vec<String> {
    let times = |start: &str| {
        let names = counts.iter().filter(|(name, _)| name.starts_with(start));
        names.map(|(_, times)| times).sum::<u64>()
    };
    let rare = WANTED.iter().filter(|(start, most)| times(start) * 2000 < most * scripts);
    rare.map(|(start, _)| format!("{start}: {}", times(start))).collect()
}

/// The properties of a call.
fn properties(line: &str) -> Vec<(&str, &str)> {
    let Some(list) = line.split(' ').find(|word| word.contains('=') && word.len() > 1) else {
        return Vec::new();
    };
    let ids = list.split(',').filter_map(|entry| entry.split('=').next());
    ids.map(|id| (word(line, 0), id)).collect()
}

/// What a packet of the server is.
fn names(packet: &Packet, version: u8) -> Vec<String> {
    let kind = match packet.kind() {
        packets::CONNACK => "CONNACK",
        packets::PUBLISH => "PUBLISH",
        packets::PUBACK => "PUBACK",
        packets::PUBREC => "PUBREC",
        packets::PUBREL => "PUBREL",
        packets::PUBCOMP => "PUBCOMP",
        packets::SUBACK => "SUBACK",
        packets::UNSUBACK => "UNSUBACK",
        packets::PINGRESP => "PINGRESP",
        packets::DISCONNECT => "DISCONNECT",
        packets::AUTH => "AUTH",
        _ => "another packet",
    };
    let mut names = vec![format!("server {kind} v{version}")];
    let mut add = |what: String| names.push(format!("server {kind} {what}"));
    let mut reader = packet.reader();
    let read = match packet.kind() {
        packets::CONNACK => {
            if packet.body.get(1).is_some_and(|&code| code > 0) {
                add("refusal".to_owned());
            }
            if packet.body.first() == Some(&1) {
                add("session present".to_owned());
            }
            reader.u16().map(drop)
        }
        packets::PUBLISH => {
            add(format!("qos {}", packet.flags() >> 1 & 3));
            if packet.flags() & 8 != 0 {
                add("dup".to_owned());
            }
            let topic = reader.string().map(drop);
            let has_mid = packet.flags() & 6 != 0;
            topic.and_then(|()| if has_mid { reader.u16().map(drop) } else { Ok(()) })
        }
        packets::DISCONNECT | packets::AUTH => reader.u8().map(drop),
        packets::SUBACK | packets::UNSUBACK => reader.u16().map(drop),
        _ => {
            if packet.body.get(2).is_some_and(|&code| code >= 0x80) {
                add("error".to_owned());
            }
            reader.u16().and_then(|_| reader.u8()).map(drop)
        }
    };
    let list = read.and_then(|()| reader.any_properties()).unwrap_or_default();
    if version == 5 {
        list.iter().for_each(|property| add(format!("property {}", property.id)));
    }
    names
}
