//! The changes that rules make to lines of theirs (see `rules.rs`): each computes what ours has to print instead, from the
//! script and from what is known of the connection, never from what ours did, unless it says so.

use crate::facts::{Limits, Phase, error_name, sent};
use crate::packets::{self, Packet};
use crate::rules::{Case, without_inside};
use crate::script::{property, text_property, word};
use crate::support::pattern::hex;

/// 2.0.11 has one code for most faults and says nothing to the server.
pub fn refusal(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let fault = case.heard?.fault?;
    let version = case.facts.connection.as_ref()?.version;
    let code = lines.iter().find_map(|line| line.strip_prefix("loop -> ")?.split(' ').next())?;
    let old = [format!("on_disconnect rc={code}"), format!("on_disconnect_v5 rc={code}")];
    let goodbye = fault.reason.filter(|_| version == 5);
    let mut goodbye = goodbye.map(|reason| format!("e001{reason:02x}"));
    let mut changed = Vec::new();
    for line in lines {
        if old.contains(line) {
            changed.push(line.replace(&format!("rc={code}"), &format!("rc={}", fault.code)));
        } else if line.starts_with("loop -> ") {
            changed.push(format!("loop -> {} {}", fault.code, error_name(fault.code)));
        } else if line.starts_with("sent ") {
            changed.push(format!("{line}{}", goodbye.take().unwrap_or_default()));
        } else if line == "client closed" {
            changed.extend(goodbye.take().map(|packet| format!("sent {packet}")));
            changed.push(line.clone());
        } else {
            changed.push(line.clone());
        }
    }
    Some(changed)
}

/// 2.0.11 closes as soon as DISCONNECT is written; 2.1.2 waits for the server to close.
pub fn disconnect_later(_: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let called = lines.iter().any(|line| line.ends_with("disconnect -> 0 SUCCESS"));
    let closed = lines.iter().any(|line| line == "client closed");
    let first = lines.iter().position(|line| line.starts_with("on_disconnect"))?;
    let told = |line: &String| line.starts_with("on_disconnect") || line.starts_with("in ");
    let count = lines[first..].iter().take_while(|line| told(line)).count();
    let mut changed = lines.to_vec();
    let mut told: Vec<String> = changed.drain(first..first + count).collect();
    // It may have told so for every message that it still sent.
    let once: Vec<String> = told.drain(..told.len() / 2).collect();
    if once != told {
        changed.extend(once);
    }
    changed.extend(told);
    (called && closed).then_some(changed)
}

/// DUP says that the PUBLISH was sent before; in MQTT 5, to a server that has kept the session.
pub fn dup(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let anew = is_new_session(case);
    Some(map_messages(lines, |mid, packet| {
        let message = case.facts.messages.get(&mid);
        let before = message.is_some_and(|message| message.sent.is_some() && !message.anew);
        packet.first = packet.first & !8 | if before && !anew { 8 } else { 0 };
    }))
}

/// 2.0.11 believes that a server it has never seen takes no retained messages.
pub fn retain(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let (limits, (_, call)) = (limits(case), case.call());
    Some(map_messages(lines, |mid, packet| {
        let message = case.after.messages.get(&mid).or(case.facts.messages.get(&mid));
        let wanted = match message {
            Some(message) => message.retain,
            None => word(&call, 0) == "publish" && word(&call, 4) == "1",
        };
        let retain = wanted && limits.get(37) != Some(0);
        packet.first = packet.first & !1 | u8::from(retain);
    }))
}

/// What PUBREC had come for is complete: no PUBREL, but on_publish.
pub fn no_session(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    if !is_new_session(case) {
        return None;
    }
    let done: Vec<u16> =
        case.facts.messages.iter().filter(|(_, it)| it.released).map(|(&mid, _)| mid).collect();
    let told: Vec<String> = done.iter().flat_map(|&mid| case.facts.published(mid, 0)).collect();
    let mut changed = without(lines, |packet| packet.kind() == packets::PUBREL);
    let told_before = |line: &&String| {
        line.starts_with("on_connect") || line.starts_with("  ") || line.starts_with("in ")
    };
    let at = changed.iter().take_while(told_before).count();
    let completes = !done.is_empty();
    if let Some(before) = left_when_told(case).filter(|_| completes) {
        return lines.starts_with(before).then(|| case.ours.to_vec());
    }
    changed.splice(at..at, told);
    // Another message may have its place.
    let moved = if completes { other_messages(case, &changed) } else { None };
    moved.or(Some(changed))
}

/// With keepalive 0 and a server that sets one, 2.0.11 finds that it should have sent PINGREQ.
pub fn no_ping(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let connection = case.facts.connection.as_ref()?;
    let told = connection.keepalive == 0 && limits(case).get(19).is_some();
    told.then(|| without(lines, |packet| packet.kind() == packets::PINGREQ))
}

/// 2.0.11 takes the server's Receive Maximum instead of its own, and keeps it for the next server.
pub fn window(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    case.after.was_told(33).then(|| other_messages(case, lines))?
}

/// With 2.0.11 another window counts when the next message is complete.
pub fn new_window(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    case.facts.window_changed.then(|| other_messages(case, lines))?
}

/// With 2.0.11 every acknowledgement makes a place in the window.
pub fn places(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    case.after.stray.then(|| other_messages(case, lines))?
}

/// 2.0.11 still has the limits of the server before.
pub fn old_limits(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let limits = limits(case);
    if let Some((_, before)) = lines.split_last().filter(|(last, _)| *last == "CRASH") {
        let too_large = case.after.was_told(39) && limits.get(39).is_none();
        return (too_large && case.ours.starts_with(before)).then(|| case.ours.to_vec());
    }
    let code = answer(case, lines)?;
    let (told, now) = match code {
        24 => (36, limits.get(36).is_some_and(|most| most < qos(case))),
        25 => (39, limits.get(39).is_some()),
        _ => return None,
    };
    let other = answer(case, case.ours)? != code;
    (case.after.was_told(told) && !now && other).then(|| case.ours.to_vec())
}

/// What is larger than the server takes: 2.0.11 ends by an assertion, or does not count every byte.
pub fn too_large(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let maximum = limits(case).get(39)? as usize;
    let crashed = lines.last().is_some_and(|line| line == "CRASH");
    let too_much = |packet: Packet| packet.len > maximum;
    let sent_too_much = lines.iter().flat_map(|line| sent(line)).any(too_much);
    let calls = [&["publish"], &REQUESTS[..]].concat();
    // It has not looked at what waits for a place in the window.
    let waits = case.facts.was_told(33) && lines.len() == 2 && qos(case) > 0;
    if crashed && case.inside().is_some() {
        let refused = case.ours.iter().any(|line| line == "in publish -> 25 OVERSIZE_PACKET");
        let alike = case.ours.starts_with(&lines[..lines.len() - 1]);
        return (refused && alike).then(|| case.ours.to_vec());
    }
    (crashed || sent_too_much || waits)
        .then(|| refused(case, lines, &calls, 25, "OVERSIZE_PACKET"))?
}

/// Messages that were taken before the server was known are dropped and told with a reason.
pub fn dropped(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let limits = limits(case);
    // 2.0.11 ends by an assertion if it is to send what is too large.
    let crashed = lines.last().is_some_and(|line| line == "CRASH") && limits.get(39).is_some();
    let above = |packet: &Packet| {
        let qos = u32::from(packet.flags() >> 1 & 3);
        let larger = limits.get(39).is_some_and(|maximum| packet.len > maximum as usize);
        packet.message_mid().is_some() && (larger || limits.get(36).is_some_and(|most| qos > most))
    };
    // How large one is that was never sent, is not known.
    let too_much = |qos: u8| limits.get(36).is_some_and(|most| u32::from(qos) > most);
    let mut waits = case.facts.messages.values();
    let waits_above = waits.any(|message| too_much(message.qos) || limits.get(39).is_some());
    let sent_above = lines.iter().flat_map(|line| sent(line)).any(|packet| above(&packet));
    let lines = &lines[..lines.len() - usize::from(crashed)];
    if crashed && case.ours.starts_with(lines) {
        return Some(case.ours.to_vec());
    }
    if let Some(before) = left_when_told(case) {
        return (waits_above && lines.starts_with(before)).then(|| case.ours.to_vec());
    }
    let told = |line: &&String| line.starts_with("on_publish") && !lines.contains(line);
    let alone = !case.theirs.iter().any(|line| line.starts_with("in "));
    let kept = match case.inside() {
        Some("publish") if alone => without_inside(case.ours),
        _ => case.ours.to_vec(),
    };
    let kept: Vec<String> = kept.iter().filter(|line| !told(line)).cloned().collect();
    let message = |packet: &Packet| packet.message_mid().is_some();
    let same = without(lines, message) == without(&kept, message);
    ((crashed || sent_above || waits_above) && same).then(|| case.ours.to_vec())
}

/// 2.0.11 says that a message was sent if there is no place for it in the window.
pub fn offline(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let offline = case.facts.connection.is_none() || case.inside() == Some("disconnect");
    let fits = offline && word(&case.call().1, 0) == "publish" && qos(case) > 0;
    let line = |line: &String| line.replace("publish -> 0 SUCCESS", "publish -> 4 NO_CONN");
    fits.then(|| lines.iter().map(line).collect())
}

/// 2.0.11 takes the keepalive from a call that it refuses.
pub fn refused_keepalive(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let called =
        word(case.line, 0) == "connect" && lines.iter().any(|line| line == "loop -> 19 KEEPALIVE");
    called.then(|| lines[..1].to_vec())
}

/// [MQTT-3.3.4-6]
pub fn identifier_in_publish(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    property(word(&case.call().1, 5), 11)?;
    refused(case, lines, &["publish"], 2, "PROTOCOL")
}

/// [MQTT-3.3.2-9]
pub fn alias_above(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let alias = property(word(&case.call().1, 5), 35)?;
    let maximum = limits(case).get(34).unwrap_or(0);
    let unknown =
        ["-", "="].contains(&word(&case.call().1, 1)) && !case.facts.aliases.contains(&alias);
    (alias > maximum || unknown).then(|| refused(case, lines, &["publish"], 148, "other"))?
}

/// 3.14.2.2.2
pub fn expiry_raised(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let raised = property(word(&case.call().1, 2), 17)? > 0;
    let connection = case.facts.connection.as_ref()?;
    let told = connection.limits.get(17).or(connection.asked(17)).unwrap_or(0);
    (raised && told == 0).then(|| refused(case, lines, &["disconnect"], 2, "PROTOCOL"))?
}

/// What the server does not have (3.2.2.3.11 to 3.2.2.3.13).
pub fn subscriptions(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let limits = limits(case);
    let has = |id| limits.get(id) != Some(0);
    let identifier = case.call().1.split([' ', ',']).any(|entry| entry.starts_with("11="));
    if identifier && !has(41) {
        return refused(case, lines, &REQUESTS[..2], 161, "other");
    }
    for filter in filters(&case.call().1) {
        if filter.starts_with(b"$share/") && !has(42) {
            return refused(case, lines, &REQUESTS[..2], 158, "other");
        }
        if filter.iter().any(|byte| b"+#".contains(byte)) && !has(40) {
            return refused(case, lines, &REQUESTS[..2], 162, "other");
        }
    }
    None
}

/// [MQTT-4.8.2-1] [MQTT-4.8.2-2] [MQTT-3.8.3-4]
pub fn shared_filters(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    if case.facts.connection.as_ref()?.version != 5 {
        return None;
    }
    for filter in filters(&case.call().1) {
        let Some(rest) = filter.strip_prefix(b"$share/") else { continue };
        let (name, filter) = match rest.iter().position(|&byte| byte == b'/') {
            Some(slash) => (&rest[..slash], &rest[slash + 1..]),
            None => (rest, &[][..]),
        };
        if name.is_empty() || filter.is_empty() || name.iter().any(|byte| b"+#".contains(byte)) {
            return refused(case, lines, &REQUESTS, 3, "INVAL");
        }
        let call = case.call().1;
        let options: u32 = call.split(' ').rev().nth(1)?.parse().unwrap_or(0);
        if call.starts_with("subscribe") && options & 4 != 0 {
            return refused(case, lines, &REQUESTS[..2], 2, "PROTOCOL");
        }
    }
    None
}

/// [MQTT-4.7.3-1]
pub fn empty_filter(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let empty = filters(&case.call().1).iter().any(Vec::is_empty);
    empty.then(|| refused(case, lines, &REQUESTS, 3, "INVAL"))?
}

/// 3.1.2.11.10
pub fn data_without_method(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let asked = word(case.line, 2);
    let alone = text_property(asked, 22).is_some() && text_property(asked, 21).is_none();
    alone.then(|| refused(case, lines, &["connect"], 2, "PROTOCOL"))?
}

/// [MQTT-4.7.3-1]
pub fn empty_will(case: &Case<'_>, _: &[String]) -> Option<Vec<String>> {
    if !case.line.starts_with("will = ") {
        return None;
    }
    Some(vec!["will_set -> 3 INVAL".to_owned()])
}

/// 2.0.11 takes the flag from the will for a server whose predecessor took no retained messages.
pub fn will_retain(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    (case.facts.was_told(37) && case.facts.will_retain).then(|| {
        map_sent(lines, |mut packets| {
            for packet in packets.iter_mut().filter(|packet| packet.kind() == packets::CONNECT) {
                packet.body[7] |= 0x20; // behind the name and the version of the protocol
            }
            packets
        })
    })
}

/// Messages in flight, and those that wait for a place, come before what is published inside on_connect or on_publish, and
/// before DISCONNECT.
pub fn old_first(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let connack = |packet: &Packet| packet.kind() == packets::CONNACK;
    let accepted = case.heard.is_some_and(|heard| heard.packets.iter().any(connack));
    let releases = accepted || case.heard.is_some_and(|heard| heard.releases);
    if !releases || !lines.iter().any(|line| line.starts_with("in ")) {
        return None;
    }
    let line = lines.iter().find(|line| line.starts_with("sent "))?;
    let (theirs, ours) = (sent(line), case.ours.iter().flat_map(|line| sent(line)));
    let resent = |packet: &Packet| match packet.kind() {
        packets::PUBREL => true,
        _ => packet.message_mid().is_some_and(|mid| case.facts.messages.contains_key(&mid)),
    };
    let (old, new): (Vec<Packet>, Vec<Packet>) = ours.partition(resent);
    let fresh: Vec<Packet> = theirs.iter().filter(|packet| !resent(packet)).cloned().collect();
    let ends = new.iter().any(|packet| packet.kind() == packets::DISCONNECT);
    let same = old.len() == theirs.len() - fresh.len() || ends;
    let packets = [old, fresh].concat();
    same.then(|| map_sent(lines, |_| packets.clone()))
}

/// After mosquitto_disconnect nothing is delivered.
pub fn nothing_after(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let left = lines.iter().position(|line| line == "in disconnect -> 0 SUCCESS")?;
    let (before, after) = lines.split_at(left);
    // What the program sees of the event during which it leaves is what it sees.
    let event = format!("on_{}", case.inside()?);
    let own = |line: &&String| line.starts_with(&event);
    let first = after.iter().rposition(|line| own(&line)).unwrap_or(0);
    let own_lines = |line: &&String| own(line) || line.starts_with("    ");
    let count = match event.as_str() {
        "on_message" => after[first..].iter().take_while(own_lines).count().max(1),
        _ => after[first..].iter().take_while(|line| !line.starts_with("on_message")).count(),
    };
    let behind = first + count;
    let (seen, behind) = after.split_at(behind.min(after.len()));
    let message = |line: &&String| line.starts_with("on_message") || line.starts_with("    ");
    let behind = behind.iter().filter(|line| !message(line));
    let kept: Vec<String> = before.iter().chain(seen).chain(behind).cloned().collect();
    // Nothing is wrong with what nobody looks at any more.
    let fault = |line: &&String| line.starts_with("loop -> ");
    let kept = kept.iter().filter(|line| !fault(line)).map(|line| match line.split_once(" rc=") {
        Some((callback, _)) if callback.starts_with("on_disconnect") => {
            format!("{callback} rc=0")
        }
        _ => line.clone(),
    });
    let kept: Vec<String> = kept.collect();
    let seen =
        |mid: u16| kept.iter().any(|line| line.starts_with(&format!("on_message mid={mid} ")));
    let answers = [packets::PUBACK, packets::PUBREC, packets::PUBCOMP];
    let mut said = false;
    let mut kept = without(&kept, |packet| {
        said |= packet.kind() == packets::DISCONNECT;
        let mid = packet.reader().u16().unwrap_or(0);
        answers.contains(&packet.kind()) && !seen(mid)
    });
    let closed = kept.iter().position(|line| line == "client closed");
    if let (Some(at), false) = (closed, said) {
        match kept[..at].last_mut().filter(|line| line.starts_with("sent ")) {
            Some(line) => line.push_str("e000"),
            None => kept.insert(at, "sent e000".to_owned()),
        }
    }
    Some(kept)
}

/// A topic alias means nothing to the next server: the topic is sent alone.
pub fn alias_again(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let v5 = case.facts.connection.as_ref()?.version == 5;
    v5.then(|| {
        map_messages(lines, |mid, packet| {
            let message = case.facts.messages.get(&mid);
            if message.is_some_and(|message| message.sent.is_some()) {
                packet.remove_alias();
            }
        })
    })
}

/// The server closes in the middle of a packet.
pub fn end_inside(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let inside = !case.facts.connection.as_ref()?.partial.is_empty();
    let line = |line: &String| {
        line.replace("rc=14", "rc=7").replace("loop -> 14 ERRNO (0)", "loop -> 7 CONN_LOST")
    };
    (inside && case.line == "close").then(|| lines.iter().map(line).collect())
}

/// A CONNECT that begins an authentication: packets wait for CONNACK [MQTT-3.1.2-30].
pub fn held(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let connection = case.facts.connection.as_ref()?;
    packets::bytes(&connection.asked, 21)?;
    let told = |line: &String| line.starts_with("sent ") || line.starts_with("on_publish");
    let kept = lines.iter().filter(|line| !told(line)).cloned();
    (connection.phase == Phase::Handshake).then(|| kept.collect())
}

/// Before CONNACK, a message stays behind older ones that were not sent yet.
pub fn behind(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let early = case.facts.connection.as_ref()?.phase == Phase::Handshake;
    let waiting = case.facts.messages.values().any(|message| message.sent.is_none());
    (early && waiting && word(case.line, 0) == "publish")
        .then(|| without(lines, |packet| packet.message_mid().is_some()))
}

const REQUESTS: [&str; 4] = ["subscribe", "subscribe_many", "unsubscribe", "unsubscribe_many"];

/// A call of this name that ours refuses with this code and no more to do.
fn refused(
    case: &Case<'_>,
    lines: &[String],
    calls: &[&str],
    code: u32,
    name: &str,
) -> Option<Vec<String>> {
    let (prefix, line) = case.call();
    let call = calls.iter().find(|call| word(&line, 0) == **call)?;
    let refusal = format!("{prefix}{} -> {code} {name}", call.replace("_many", "_multiple"));
    if prefix.is_empty() {
        return Some(vec![refusal]);
    }
    let answer = lines.iter().position(|line| line.starts_with("in "))?;
    let mut changed = without_inside(lines);
    changed.insert(answer, refusal);
    Some(changed)
}

/// The filters of a call, which has some.
fn filters(line: &str) -> Vec<Vec<u8>> {
    if word(line, 0).ends_with("_many") {
        let count = word(line, 1).parse().unwrap_or(0);
        line.split(' ').skip(2).take(count).map(packets::unhex).collect()
    } else if REQUESTS.contains(&word(line, 0)) {
        vec![packets::unhex(word(line, 1))]
    } else {
        Vec::new()
    }
}

fn qos(case: &Case<'_>) -> u32 {
    word(&case.call().1, 3).parse().unwrap_or(0)
}

/// The code that the call was answered with.
fn answer(case: &Case<'_>, lines: &[String]) -> Option<u32> {
    let (prefix, line) = case.call();
    let call = format!("{prefix}{} -> ", word(&line, 0).replace("_many", "_multiple"));
    let code = lines.iter().find_map(|line| line.strip_prefix(&call))?;
    code.split(' ').next()?.parse().ok()
}

/// Which QoS 1 and 2 messages go out when, and nothing else: here ours is believed.
fn other_messages(case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
    let message = |packet: &Packet| match packet.kind() {
        packets::PUBREL => case.facts.messages.contains_key(&packet.reader().u16().unwrap_or(0)),
        _ => packet.message_mid().is_some(),
    };
    (without(lines, message) == without(case.ours, message)).then(|| case.ours.to_vec())
}

/// If the program of ours left inside on_publish, which theirs did not call: what it had seen before. It sees no more.
fn left_when_told<'a>(case: &Case<'a>) -> Option<&'a [String]> {
    let left = case.ours.iter().position(|line| line == "in disconnect -> 0 SUCCESS")?;
    let told = case.ours.get(..left - 1)?;
    (case.inside() == Some("publish") && !case.theirs.iter().any(|line| line.starts_with("in ")))
        .then_some(told)
}

/// The limits of the server that is connected in this step.
fn limits(case: &Case<'_>) -> Limits {
    if case.inside() == Some("disconnect") {
        return Limits::default();
    }
    let ended = case.after.past.get(case.facts.past.len());
    let connection = case.after.connection.as_ref().or(case.facts.connection.as_ref());
    let limits = ended.filter(|_| case.heard.is_some()).or(connection.map(|c| &c.limits));
    limits.cloned().unwrap_or_default()
}

/// Whether the server accepts a connection of MQTT 5 without having the session.
fn is_new_session(case: &Case<'_>) -> bool {
    let new =
        |packet: &Packet| packet.kind() == packets::CONNACK && packet.body.first() == Some(&0);
    let v5 = case.facts.connection.as_ref().is_some_and(|connection| connection.version == 5);
    v5 && case.heard.is_some_and(|heard| heard.packets.iter().any(new))
}

/// The lines with the packets that were sent changed.
fn map_sent(lines: &[String], mut change: impl FnMut(Vec<Packet>) -> Vec<Packet>) -> Vec<String> {
    let line = |line: &String| {
        if !line.starts_with("sent ") {
            return Some(line.clone());
        }
        let bytes: Vec<u8> = change(sent(line)).iter().flat_map(Packet::bytes).collect();
        (!bytes.is_empty()).then(|| format!("sent {}", hex(&bytes)))
    };
    lines.iter().filter_map(line).collect()
}

/// The lines without some of the packets that were sent.
pub fn without(lines: &[String], mut gone: impl FnMut(&Packet) -> bool) -> Vec<String> {
    map_sent(lines, |mut packets| {
        packets.retain(|packet| !gone(packet));
        packets
    })
}

/// The lines with messages changed; those of QoS 0 have identifier 0.
fn map_messages(lines: &[String], change: impl Fn(u16, &mut Packet)) -> Vec<String> {
    map_sent(lines, |mut packets| {
        for packet in packets.iter_mut().filter(|packet| packet.kind() == packets::PUBLISH) {
            change(packet.message_mid().unwrap_or(0), packet);
        }
        packets
    })
}
