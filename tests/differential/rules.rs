//! Where the outputs of a step may differ, and how: each rule turns lines of theirs into those that ours must print instead.
//!
//! A step is explained if the lines of theirs, changed by a few rules, are exactly those of ours. After some differences
//! both clients are in the same state and the script goes on; after others it says nothing more.

use crate::changes;
use crate::facts::{Facts, Heard, sent, what};
use crate::packets::{self, Packet};

/// A step at which the outputs differ.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub line: &'a str,
    /// What was so before it.
    pub facts: &'a Facts,
    /// What the server says in it.
    pub heard: Option<&'a Heard>,
    /// What is so after it.
    pub after: &'a Facts,
    pub theirs: &'a [String],
    pub ours: &'a [String],
    /// Whether to look at what was called inside a callback, and not at the step itself.
    pub looks_inside: bool,
}

/// How lines of theirs become those of ours; `None` if the rule has nothing to say here.
type Change = fn(&Case<'_>, &[String]) -> Option<Vec<String>>;

enum Kind {
    /// The server's packets are something of this name, and ours does what the standard wants.
    Heard(&'static str),
    Change(Change),
}

/// Whether the two clients go on alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Same,
    Apart,
}

/// Why a difference is right.
pub struct Rule {
    /// Name for the figures.
    pub name: &'static str,
    /// Words of a line of `docs/differences.md`, which says why.
    pub words: &'static str,
    kind: Kind,
    then: Then,
}

const fn heard(name: &'static str, words: &'static str, then: Then) -> Rule {
    Rule { name, words, kind: Kind::Heard(name), then }
}

const fn change(name: &'static str, words: &'static str, then: Then, change: Change) -> Rule {
    Rule { name, words, kind: Kind::Change(change), then }
}

/// All rules.
pub const RULES: &[Rule] = &[
    change(
        "a refused packet: code and DISCONNECT",
        "code 2 for whatever is wrong",
        Then::Same,
        changes::refusal,
    ),
    heard(packets::FORBIDDEN, "packets that 2.0.11 takes", Then::Apart),
    heard(what::ZERO, "packets that 2.0.11 takes", Then::Apart),
    heard(what::NO_CODES, "an answer without codes", Then::Apart),
    heard(what::ALIAS_ABOVE, "topic aliases that a server uses", Then::Apart),
    heard(what::ALIAS, "topic aliases that a server uses", Then::Apart),
    heard(what::TOO_MANY, "more messages than our Receive Maximum", Then::Apart),
    heard(what::TOO_LARGE, "announced length of an incoming packet", Then::Apart),
    heard(what::EXPLAINED, "Request Problem Information 0", Then::Apart),
    heard(what::AUTH, "AUTH from the server", Then::Apart),
    heard(what::WRONG_METHOD, "AUTH from the server", Then::Apart),
    heard(what::SHORT_DISCONNECT, "DISCONNECT of length 0", Then::Apart),
    heard(
        what::DISCONNECT,
        "properties lost; bytes behind it call on_disconnect again",
        Then::Same,
    ),
    heard(what::STRAY, "acknowledgements that answer nothing", Then::Apart),
    heard(what::REFUSED, "PUBREC with an error", Then::Same),
    heard(what::SEVERAL, "a PUBLISH received with several subscription identifiers", Then::Apart),
    heard(what::KEPT, "QoS 2 PUBLISH repeated before PUBREL", Then::Apart),
    change(
        "on_disconnect comes when the server has closed",
        "closes at once, on_disconnect comes inside the call",
        Then::Same,
        changes::disconnect_later,
    ),
    change(
        "DUP only if sent before",
        "first transmission of a message published offline",
        Then::Same,
        changes::dup,
    ),
    change(
        "RETAIN as the program wanted it",
        "retain flag of what is published before the first connection",
        Then::Same,
        changes::retain,
    ),
    change(
        "MQTT 5 without the session",
        "MQTT 5, reconnect, server without the session",
        Then::Apart,
        changes::no_session,
    ),
    change(
        "no PINGREQ without keepalive",
        "keepalive chosen by the server",
        Then::Same,
        changes::no_ping,
    ),
    change(
        "the window",
        "limits of a server (QoS, packet size, receive maximum, aliases)",
        Then::Apart,
        changes::window,
    ),
    change(
        "another window while connected",
        "the window set while connected",
        Then::Apart,
        changes::new_window,
    ),
    change(
        "places in the window",
        "acknowledgements that answer nothing",
        Then::Apart,
        changes::places,
    ),
    change(
        "limits of an earlier server",
        "limits of a server (QoS, packet size, receive maximum, aliases)",
        Then::Apart,
        changes::old_limits,
    ),
    change(
        "packets above the server's maximum",
        "QoS 1 or 2 message larger than the server takes",
        Then::Apart,
        changes::too_large,
    ),
    change(
        "queued messages that the server does not take",
        "QoS 1 or 2 message larger than the server takes",
        Then::Apart,
        changes::dropped,
    ),
    change("offline with a full window", "while the window is full", Then::Same, changes::offline),
    change(
        "Subscription Identifier in publish",
        "Subscription Identifier in publish",
        Then::Apart,
        changes::identifier_in_publish,
    ),
    change(
        "a topic alias above the server's maximum",
        "a topic alias above the server's maximum",
        Then::Apart,
        changes::alias_above,
    ),
    change(
        "session expiry raised from 0",
        "Session Expiry Interval raised from 0",
        Then::Apart,
        changes::expiry_raised,
    ),
    change(
        "subscriptions that the server has not",
        "wildcard or shared subscriptions, subscription identifiers",
        Then::Apart,
        changes::subscriptions,
    ),
    change("$share filters", "`$share` filters of MQTT 5", Then::Apart, changes::shared_filters),
    change("an empty filter", "an empty topic filter", Then::Apart, changes::empty_filter),
    change(
        "nothing after disconnect",
        "`mosquitto_disconnect` inside on_message with more messages received",
        Then::Apart,
        changes::nothing_after,
    ),
    change(
        "topic aliases are not sent again",
        "limits of a server (QoS, packet size, receive maximum, aliases)",
        Then::Same,
        changes::alias_again,
    ),
    change(
        "keepalive of a call that is refused",
        "takes the keepalive over",
        Then::Same,
        changes::refused_keepalive,
    ),
    change(
        "nothing before older messages",
        "messages in flight and those of on_connect",
        Then::Apart,
        changes::behind,
    ),
    change(
        "Authentication Data alone",
        "Authentication Data without",
        Then::Apart,
        changes::data_without_method,
    ),
    change(
        "a will without topic",
        "`mosquitto_will_set` with an empty topic",
        Then::Apart,
        changes::empty_will,
    ),
    change(
        "RETAIN of the will",
        "limits of a server (QoS, packet size, receive maximum, aliases)",
        Then::Same,
        changes::will_retain,
    ),
    change(
        "messages in flight first",
        "messages in flight and those of on_connect",
        Then::Same,
        changes::old_first,
    ),
    change(
        "the end inside a packet",
        "end of the connection inside a packet",
        Then::Same,
        changes::end_inside,
    ),
    change(
        "nothing before an authentication is over",
        "packets made while an authentication",
        Then::Apart,
        changes::held,
    ),
];

impl Case<'_> {
    /// The call that is looked at, and what stands in front of its answer.
    pub fn call(&self) -> (&'static str, String) {
        match self.looks_inside {
            true => ("in ", self.facts.hook[2..].join(" ")),
            false => ("", self.line.to_owned()),
        }
    }

    /// The callback inside which something was called.
    pub fn inside(&self) -> Option<&str> {
        let event = self.facts.hook.get(1).map(String::as_str);
        event.filter(|_| fired(self.theirs) || fired(self.ours))
    }
}

/// What explains a case.
pub struct Explanation {
    pub rules: Vec<&'static Rule>,
    /// Whether the script goes on.
    pub goes_on: bool,
}

/// At most so many rules at one step.
const DEPTH: usize = 3;

/// The fewest rules that make theirs of ours.
pub fn explanation(case: &Case<'_>) -> Option<Explanation> {
    let outside = Case { looks_inside: false, ..*case };
    let inside = Case { looks_inside: true, ..*case };
    search(&outside).or_else(|| case.inside().and_then(|_| search(&inside)))
}

fn search(case: &Case<'_>) -> Option<Explanation> {
    let (theirs, ours) = (fired(case.theirs), fired(case.ours));
    let target = if ours && !theirs { without_inside(case.ours) } else { case.ours.to_vec() };
    let mut reached = vec![(case.theirs.to_vec(), Vec::<&'static Rule>::new())];
    for _ in 0..DEPTH {
        let mut further = Vec::new();
        for (lines, rules) in &reached {
            for rule in RULES.iter().filter(|rule| !rules.iter().any(|used| used.name == rule.name))
            {
                let Some(changed) = rule.apply(case, lines).filter(|changed| changed != lines)
                else {
                    continue;
                };
                let rules = [&rules[..], &[rule]].concat();
                if changed == target || changed == case.ours {
                    let same = |rule: &&Rule| {
                        let heard = matches!(rule.kind, Kind::Heard(_));
                        rule.then == Then::Same || heard && both_closed(case)
                    };
                    let goes_on =
                        inside(case.theirs).eq(inside(case.ours)) && rules.iter().all(same);
                    return Some(Explanation { goes_on, rules });
                }
                further.push((changed, rules));
            }
        }
        reached = further;
    }
    None
}

/// What was called inside a callback.
fn inside(lines: &[String]) -> impl Iterator<Item = &String> {
    lines.iter().filter(|line| line.starts_with("in "))
}

fn fired(lines: &[String]) -> bool {
    inside(lines).next().is_some()
}

/// The lines without a call inside a callback, and without what follows from it.
pub fn without_inside(lines: &[String]) -> Vec<String> {
    let mid = lines.iter().find_map(|line| line.strip_prefix("in mid ")?.parse::<u16>().ok());
    let left = lines.iter().any(|line| line == "in disconnect -> 0 SUCCESS");
    // What was published at QoS 0 is complete when it is written.
    let complete = mid
        .map(|mid| [format!("on_publish mid={mid}"), format!("on_publish_v5 mid={mid} reason=0")]);
    let complete = complete.unwrap_or_default();
    let plain = lines.iter().any(|line| complete.contains(line));
    let follows = |line: &String| {
        let goodbye = line.starts_with("on_disconnect") || line == "client closed";
        line.starts_with("in ") || complete.contains(line) || left && goodbye
    };
    let outside: Vec<String> = lines.iter().filter(|line| !follows(line)).cloned().collect();
    let is_plain =
        |packet: &Packet| packet.kind() == packets::PUBLISH && packet.message_mid().is_none();
    let sent = outside.iter().flat_map(|line| sent(line));
    let mut before = sent.filter(is_plain).count();
    changes::without(&outside, |packet| match packet.kind() {
        packets::DISCONNECT => left,
        // The last one is that of the callback.
        packets::PUBLISH if is_plain(packet) => {
            before -= 1;
            plain && before == 0
        }
        _ => mid.is_some() && packet.request_mid() == mid,
    })
}

/// Whether the server's first packet ended both connections: nothing of it is left, and nothing else was handled.
fn both_closed(case: &Case<'_>) -> bool {
    let closed = |lines: &[String]| lines.iter().any(|line| line == "client closed");
    let told = |line: &String| {
        line.starts_with("on_") && !line.starts_with("on_disconnect") || line.starts_with("sent ")
    };
    closed(case.theirs) && closed(case.ours) && !case.theirs.iter().any(told)
}

impl Rule {
    fn apply(&self, case: &Case<'_>, lines: &[String]) -> Option<Vec<String>> {
        match self.kind {
            Kind::Change(change) => change(case, lines),
            Kind::Heard(name) => {
                let heard = case.heard.filter(|heard| heard.what.contains(&name))?;
                if heard.hooked {
                    return inside_seen(case, heard);
                }
                Some(if heard.releases { with_sent(heard, lines) } else { heard.lines.clone() })
            }
        }
    }
}

/// What was called inside a callback is seen on ours alone: all but that, and what follows from it, is as expected.
fn inside_seen(case: &Case<'_>, heard: &Heard) -> Option<Vec<String>> {
    let told = |line: &&String| line.starts_with("on_") || line.starts_with("    ");
    let mut outside = case.ours.iter().filter(told);
    let mut expected = heard.lines.iter().filter(told);
    expected.all(|line| outside.any(|other| other == line)).then(|| case.ours.to_vec())
}

/// What is expected, with the bytes that theirs has sent.
fn with_sent(heard: &Heard, lines: &[String]) -> Vec<String> {
    let is_sent = |line: &String| line.starts_with("sent ");
    let mut all: Vec<String> = heard.lines.iter().filter(|line| !is_sent(line)).cloned().collect();
    let at = all.iter().position(|line| line == "client closed").unwrap_or(all.len());
    // Of a connection that ends, messages and what ours has to say; a client answers no PINGREQ.
    let ends = heard.fault.is_some();
    let mut messages = Vec::new();
    let lines = changes::without(lines, |packet| match packet.kind() {
        packets::PUBLISH | packets::PUBREL => {
            let again = ends && messages.contains(packet);
            messages.push(packet.clone());
            again
        }
        kind => ends || kind == packets::PINGRESP,
    });
    let there: Vec<_> = lines.iter().flat_map(|line| sent(line)).collect();
    let own: Vec<String> = heard.lines.iter().filter(|line| is_sent(line)).cloned().collect();
    let own = changes::without(&own, |packet| there.contains(packet));
    let sent: Vec<String> = lines.into_iter().filter(is_sent).chain(own).collect();
    let bytes: String = sent.iter().filter_map(|line| line.strip_prefix("sent ")).collect();
    if !bytes.is_empty() {
        all.insert(at, format!("sent {bytes}"));
    }
    all
}
