//! The first step at which two outputs differ, and the rule that explains it, if any does.
//!
//! Behind an explained difference the two clients are in different states, so the rest of the script says nothing.

use crate::runner::Output;
use crate::script::{Script, WRONG};

/// A step that differs.
pub struct Difference<'a> {
    /// The script.
    pub script: &'a Script,
    /// Number of the step.
    pub step: usize,
    /// What theirs printed.
    pub theirs: Vec<String>,
    /// What ours printed.
    pub ours: Vec<String>,
    /// What both printed before.
    pub earlier: Vec<Vec<String>>,
}

/// Why a difference is right.
pub struct Rule {
    /// Name for the figures.
    pub name: &'static str,
    /// File in which it stands.
    pub file: &'static str,
    /// Words that stand there.
    pub words: &'static str,
    explains: fn(&Difference<'_>) -> bool,
}

/// All rules, the narrow ones first.
pub const RULES: &[Rule] = &[
    Rule {
        name: "malformed packets: code 21 instead of 2, DISCONNECT with the reason, as 2.1",
        file: "tests/vectors/inbound.tsv",
        words: "e00181",
        explains: |d| canonical_error(&d.theirs) == canonical_error(&d.ours),
    },
    Rule {
        name: "malformed packets that 2.0.11 takes, and what they swallow",
        file: "docs/differences.md",
        words: "received packets: the 37 forms",
        explains: |d| {
            let same = once_without_properties(&d.ours) == once_without_properties(&d.theirs);
            d.server_went_wrong() && (d.has_ours("loop ->") || d.ours.is_empty() || same)
        },
    },
    Rule {
        name: "the short form of DISCONNECT",
        file: "tests/vectors/inbound-ours.tsv",
        words: "the short form of reason 0 [MQTT-3.14.2-1]",
        explains: |d| d.word(1).starts_with("e000") && d.has_ours("on_disconnect rc=0"),
    },
    Rule {
        name: "a queued message that the next server does not take",
        file: "tests/conversations/publish.txt",
        words: "a queued message that the next server does not take is dropped",
        explains: |d| {
            let dropped = |line: &String| {
                line.starts_with("on_publish_v5")
                    && (line.ends_with("=155") || line.ends_with("=149"))
            };
            d.connections() > 1 && d.ours.iter().any(dropped)
        },
    },
    Rule {
        name: "larger than the server takes: 2.0.11 ends by an assertion",
        file: "docs/differences.md",
        words: "QoS 1 or 2 message larger than the server takes",
        explains: |d| d.word(0) == "publish" && d.theirs.is_empty() && d.has_ours("publish -> 25"),
    },
    Rule {
        name: "end of the connection inside a packet",
        file: "c_tests/differences.tsv",
        words: "end of stream inside a packet is a lost connection",
        explains: |d| {
            d.word(0) == "close"
                && d.has_ours("on_disconnect rc=7")
                && d.has_theirs("on_disconnect rc=14")
        },
    },
    Rule {
        name: "properties of the server's DISCONNECT, and on_disconnect once",
        file: "docs/differences.md",
        words: "properties lost; bytes behind it call on_disconnect again",
        explains: |d| {
            d.server_packet(0xe0)
                && once_without_properties(&d.ours) == once_without_properties(&d.theirs)
        },
    },
    Rule {
        name: "acknowledgements that answer nothing are ignored",
        file: "docs/differences.md",
        words: "acknowledgements that answer nothing",
        explains: |d| d.is_acknowledgement() && !d.answers_something() && d.ours.is_empty(),
    },
    Rule {
        name: "and free no place in the window",
        file: "docs/differences.md",
        words: "acknowledgements that answer nothing",
        explains: |d| {
            let not_sent = |lines: &[String]| {
                let kept = lines.iter().filter(|line| !line.starts_with("sent"));
                kept.cloned().collect::<Vec<_>>()
            };
            let quota = d.server_packet(0x30) && d.has_ours("sent e00193");
            let same = d.script.wild && not_sent(&d.ours) == not_sent(&d.theirs);
            same || quota && d.past().iter().any(|line| line.starts_with("server 62"))
        },
    },
    Rule {
        name: "on_publish of a refused message, as 2.1",
        file: "tests/vectors/inbound-ours.tsv",
        words: "publish(1) publish5(1,135",
        explains: |d| {
            let more = |line: &&String| {
                !line.starts_with("on_publish mid") && !line.starts_with("    property")
            };
            d.server_packet(0x50) && d.ours.iter().filter(more).eq(d.theirs.iter())
        },
    },
    Rule {
        name: "resent after a reconnect: DUP only if sent before",
        file: "docs/differences.md",
        words: "first transmission of a message published offline",
        explains: |d| d.connections() > 1 && without(8, &d.theirs) == without(8, &d.ours),
    },
    Rule {
        name: "MQTT 5 without Session Present: published anew",
        file: "docs/differences.md",
        words: "MQTT 5, reconnect, server without the session",
        explains: |d| d.script.version == 5 && d.server_packet(0x20) && d.connections() > 1,
    },
    Rule {
        name: "a new session forgets messages that were received by half",
        file: "docs/differences.md",
        words: "clean session, reconnect, half a QoS 2 message received",
        explains: |d| d.server_packet(0x60) && d.connections() > 1,
    },
    Rule {
        name: "limits are those of the connection",
        file: "docs/differences.md",
        words: "limits of a server (QoS, packet size, receive maximum, aliases)",
        explains: |d| {
            let answer = d.has_theirs("publish -> 24") || d.has_theirs("publish -> 25");
            let sent = ["publish", "connect", "reconnect"].contains(&d.word(0))
                && (d.has_theirs("sent") || d.has_ours("sent"));
            let received = d.server_packet(0x30) && d.has_theirs("on_disconnect rc=2");
            let over = |line: &String| line.starts_with("on_disconnect");
            let later = d.connections() > 1 || d.earlier.iter().flatten().any(over);
            let smaller = d.past().iter().any(|line| line.starts_with("int 5"));
            d.script.version == 5 && (later && (answer || sent || received) || smaller && sent)
        },
    },
    Rule {
        name: "retain is kept for what was published before the first connection",
        file: "docs/differences.md",
        words: "retain is kept",
        explains: |d| d.server_packet(0x20) && without(9, &d.theirs) == without(9, &d.ours),
    },
    Rule {
        name: "Request Problem Information 0 is insisted on",
        file: "docs/differences.md",
        words: "Request Problem Information 0",
        explains: |d| {
            let asked = d
                .script
                .lines
                .iter()
                .any(|line| line.starts_with("connect ") && line.contains("23=0"));
            asked && d.mark() != "" && d.ours_ends_with_error()
        },
    },
    Rule {
        name: "QoS 2 repeated before PUBREL is one message",
        file: "docs/differences.md",
        words: "QoS 2 PUBLISH repeated before PUBREL",
        explains: |d| {
            let taken =
                d.server_packet(0x30) && d.has_theirs("loop -> 2") && !d.ours_ends_with_error();
            taken && d.script.version == 5 && d.repeats_qos_2()
        },
    },
    Rule {
        name: "offline with a full window",
        file: "docs/differences.md",
        words: "while the window is full",
        explains: |d| {
            d.word(0) == "publish" && d.has_theirs("publish -> 0") && d.has_ours("publish -> 4")
        },
    },
    Rule {
        name: "keepalive of the server, none of ours",
        file: "docs/differences.md",
        words: "keepalive chosen by the server",
        explains: |d| {
            let ping = |line: &&String| *line != "sent c000";
            d.server_packet(0x20) && d.theirs.iter().filter(ping).eq(d.ours.iter())
        },
    },
    Rule {
        name: "properties that a call may not have",
        file: "docs/differences.md",
        words: "Subscription Identifier in publish",
        explains: |d| {
            d.word(0) == "publish" && d.has_ours("publish -> 2 ") && d.line().contains("11=")
        },
    },
    Rule {
        name: "a topic alias above the server's maximum",
        file: "docs/differences.md",
        words: "a topic alias above the server's maximum",
        explains: |d| d.word(0) == "publish" && d.has_ours("publish -> 148"),
    },
    Rule {
        name: "session expiry raised from 0 by disconnect",
        file: "docs/differences.md",
        words: "Session Expiry Interval raised from 0",
        explains: |d| {
            d.has_ours("disconnect -> 2 ")
                && d.script.lines[..=d.step].iter().any(|line| line.contains("17="))
        },
    },
    Rule {
        name: "subscriptions of a kind that the server has not",
        file: "docs/differences.md",
        words: "wildcard or shared subscriptions, subscription identifiers",
        explains: |d| {
            d.word(0).starts_with("subscribe") && d.ours.iter().any(|line| line.contains("-> 16"))
        },
    },
];

/// What explains it.
pub fn explanation(difference: &Difference<'_>) -> Option<&'static Rule> {
    RULES.iter().find(|rule| (rule.explains)(difference))
}

/// The first difference of two outputs of a script.
pub fn first_difference<'a>(
    script: &'a Script,
    theirs: &Output,
    ours: &Output,
) -> Option<Difference<'a>> {
    let (theirs, ours) = (together(script, theirs), together(script, ours));
    let step = (0..theirs.len().max(ours.len())).find(|&at| theirs.get(at) != ours.get(at))?;
    let lines = |steps: &[Vec<String>]| steps.get(step).cloned().unwrap_or_default();
    let (their_lines, our_lines) = (lines(&theirs), lines(&ours));
    let earlier = ours.into_iter().take(step).collect();
    Some(Difference { script, step, theirs: their_lines, ours: our_lines, earlier })
}

/// The steps, with `disconnect` and the `close` behind it as one: on_disconnect comes in the call or when the server closes.
fn together(script: &Script, output: &Output) -> Vec<Vec<String>> {
    let mut steps = output.steps.clone();
    for at in 1..steps.len() {
        if script.lines[at] == "close" && script.lines[at - 1].starts_with("disconnect") {
            let mut both = std::mem::take(&mut steps[at - 1]);
            both.append(&mut steps[at]);
            both.sort();
            steps[at] = both;
        }
    }
    if output.crashed {
        steps.push(vec!["CRASH".to_owned()]);
    }
    steps
}

impl Difference<'_> {
    fn line(&self) -> &str {
        self.script.lines.get(self.step).map_or("", String::as_str)
    }

    fn word(&self, number: usize) -> &str {
        self.line().split(' ').nth(number).unwrap_or("")
    }

    fn mark(&self) -> &str {
        if self.word(0) == "server" { self.word(2) } else { "" }
    }

    /// Whether the step is a packet of the server with this first byte, but for the flags.
    fn server_packet(&self, first: u8) -> bool {
        self.word(0) == "server" && self.word(1).starts_with(&format!("{first:02x}")[..1])
    }

    fn is_acknowledgement(&self) -> bool {
        [0x40, 0x50, 0x70, 0x90, 0xb0].iter().any(|&first| self.server_packet(first))
    }

    /// Whether this packet is wrong, or an earlier one was whose length may have swallowed it.
    fn server_went_wrong(&self) -> bool {
        let past = self.past();
        let begun = past
            .iter()
            .rposition(|line| line.starts_with("connect") || line == "reconnect")
            .unwrap_or(0);
        self.mark() != "" && past[begun..].iter().any(|line| line.ends_with(WRONG))
    }

    fn ours_ends_with_error(&self) -> bool {
        self.has_ours("loop -> 2")
    }

    fn has_ours(&self, start: &str) -> bool {
        self.ours.iter().any(|line| line.starts_with(start))
    }

    fn has_theirs(&self, start: &str) -> bool {
        self.theirs.iter().any(|line| line.starts_with(start))
    }

    /// The lines up to this step.
    fn past(&self) -> &[String] {
        &self.script.lines[..=self.step.min(self.script.lines.len() - 1)]
    }

    fn connections(&self) -> usize {
        self.past()
            .iter()
            .filter(|line| line.starts_with("connect") || *line == "reconnect")
            .count()
    }

    /// Whether the packet is the first answer of its kind to a call that succeeded: to a subscription, on the connection on
    /// which it was asked for; to a message, when it had been sent.
    fn answers_something(&self) -> bool {
        let packet = self.word(1);
        let call = packet.split(['{', '}']).nth(1).and_then(|number| number.parse::<usize>().ok());
        let Some((at, mid)) = call.and_then(|call| self.call(call)) else { return false };
        let between = &self.past()[at..self.step];
        let number = format!("{mid:04x}");
        let same = |line: &String| {
            let earlier = line.strip_prefix("server ").unwrap_or("");
            let about = earlier.contains(&packet[4..]) || earlier.get(4..8) == Some(&number);
            earlier.starts_with(&packet[..1]) && about
        };
        if between.iter().any(same) {
            return false;
        }
        if packet.starts_with(['9', 'b']) {
            return !between.iter().any(|line| is_connect(line) || line == "close");
        }
        let sent =
            self.earlier[at..].iter().flatten().filter_map(|line| line.strip_prefix("sent "));
        sent.flat_map(packets).any(|packet| message_mid(&packet) == Some(mid))
    }

    /// Step and packet identifier of a call that took one.
    fn call(&self, number: usize) -> Option<(usize, u16)> {
        let takes_mid = |line: &String| {
            let word = line.split(' ').next().unwrap_or("");
            ["publish", "subscribe", "subscribe_many", "unsubscribe"].contains(&word)
        };
        let lines = self.past().iter().enumerate();
        let (at, _) = lines.filter(|(_, line)| takes_mid(line)).nth(number)?;
        let mid = self.earlier.get(at)?.iter().find_map(|line| line.strip_prefix("mid "))?;
        Some((at, mid.parse().ok()?))
    }

    /// Whether this QoS 2 message, or one before on this connection, has come twice.
    fn repeats_qos_2(&self) -> bool {
        let past = self.past();
        let begun = past.iter().rposition(|line| is_connect(line)).unwrap_or(0);
        let packets = past[begun..].iter().filter_map(|line| line.strip_prefix("server "));
        let packets = packets.flat_map(packets_of_line);
        let mids: Vec<u16> = packets
            .filter(|packet| packet[0] & 0xf6 == 0x34)
            .filter_map(|packet| message_mid(&packet))
            .collect();
        mids.iter().enumerate().any(|(at, mid)| mids[..at].contains(mid))
    }
}

fn is_connect(line: &str) -> bool {
    line.starts_with("connect") || line == "reconnect"
}

/// The packets of a `server` line, without its mark.
fn packets_of_line(line: &str) -> Vec<Vec<u8>> {
    packets(line.split(' ').next().unwrap_or(""))
}

/// The packet identifier of a PUBLISH.
fn message_mid(packet: &[u8]) -> Option<u16> {
    if packet[0] >> 4 != 3 || packet[0] & 6 == 0 {
        return None;
    }
    let header = 1 + packet[1..].iter().position(|byte| byte & 0x80 == 0)? + 1;
    let at = header
        + 2
        + usize::from(u16::from_be_bytes([*packet.get(header)?, *packet.get(header + 1)?]));
    Some(u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]))
}

/// Code 21 as 2, and no DISCONNECT.
fn canonical_error(lines: &[String]) -> Vec<String> {
    let lines = lines.iter().filter(|line| !line.starts_with("sent e0"));
    lines
        .map(|line| {
            let line = line
                .replace("rc=21", "rc=2")
                .replace("loop -> 21 MALFORMED_PACKET", "loop -> 2 PROTOCOL");
            match line.rfind("e0018") {
                Some(at) if line.starts_with("sent ") && at + 6 == line.len() => {
                    line[..at].to_owned()
                }
                _ => line,
            }
        })
        .collect()
}

fn once_without_properties(lines: &[String]) -> Vec<&String> {
    let mut kept: Vec<&String> = Vec::new();
    for line in lines.iter().filter(|line| !line.starts_with("    property")) {
        if !line.starts_with("on_disconnect") || !kept.iter().any(|kept| starts_alike(kept, line)) {
            kept.push(line);
        }
    }
    kept
}

/// Whether two lines tell of the same callback.
fn starts_alike(a: &str, b: &str) -> bool {
    a.split(' ').next() == b.split(' ').next()
}

/// The lines, without these flags in PUBLISH packets: 8 is DUP, 1 RETAIN.
fn without(flags: u8, lines: &[String]) -> Vec<String> {
    let clear = |hex: &str| {
        let mut all = packets(hex);
        for packet in all.iter_mut().filter(|packet| packet[0] >> 4 == 3) {
            packet[0] &= !flags;
        }
        all.concat().iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let line = |line: &String| line.strip_prefix("sent ").map_or_else(|| line.clone(), clear);
    lines.iter().map(line).collect()
}

/// Bytes in hex as packets; the last one may not be whole.
fn packets(hex: &str) -> Vec<Vec<u8>> {
    let digits =
        |at: usize| hex.get(2 * at..2 * at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    let bytes: Vec<u8> = (0..hex.len() / 2).map_while(digits).collect();
    let mut packets = Vec::new();
    let mut rest = &bytes[..];
    while rest.len() >= 2 {
        let (mut len, mut at) = (0, 1);
        while let Some(byte) = rest.get(at).filter(|_| at < 5) {
            len |= usize::from(byte & 0x7f) << (7 * (at - 1));
            at += 1;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let end = (at + len).min(rest.len());
        packets.push(rest[..end].to_vec());
        rest = &rest[end..];
    }
    packets
}
