//! Replays `vectors/inbound.tsv`: 441 inputs from a server, measured on 2.1.2 (and 2.0.11 where it differs).
//!
//! A client is brought into the state that the row names, gets the bytes, and its first failing loop code, callbacks,
//! answer and socket state are compared. `vectors/inbound-ours.tsv` has the rows on which our library deliberately
//! answers otherwise. The same replay on the distribution's 2.0.11 shows that the replay itself is right.

mod support;

use std::collections::HashMap;
use std::time::Duration;

use support::client::{Client, Prop, Style};
use support::library::Library;
use support::pattern::{Pattern, hex};
use support::peer::{Listener, Peer, unread};

const LIMIT: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    version: i32,
    setup: String,
    case: String,
    input: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    rc: String,
    callbacks: String,
    wire: String,
    socket: String,
}

/// Rows of a table as (first column or nothing, key, answer).
fn rows(text: &str, with_library: bool) -> Vec<(String, Key, Answer)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut fields = line.split('\t').map(str::to_owned);
            let mut field = || fields.next().unwrap_or_else(|| panic!("too few fields: {line}"));
            let library = if with_library { field() } else { String::new() };
            let version = field().parse().unwrap_or_else(|_| panic!("no version: {line}"));
            let key = Key { version, setup: field(), case: field(), input: field() };
            let answer = Answer { rc: field(), callbacks: field(), wire: field(), socket: field() };
            (library, key, answer)
        })
        .collect()
}

fn vectors() -> Vec<(String, Key, Answer)> {
    rows(include_str!("vectors/inbound.tsv"), true)
}

#[test]
fn our_library_answers_as_2_1_2_or_better() {
    if !Library::Ours.is_selected() {
        return;
    }
    let mut deliberate: HashMap<Key, Answer> =
        rows(include_str!("vectors/inbound-ours.tsv"), false)
            .into_iter()
            .map(|(_, key, answer)| (key, answer))
            .collect();
    let mut cases = vectors();
    cases.retain(|(library, ..)| library == "2.1.2");
    assert_eq!(cases.len(), 441);
    let mut failures = Vec::new();
    for (_, key, reference) in cases {
        let expected = deliberate.remove(&key).unwrap_or(reference);
        check(Library::Ours, &key, &expected, &mut failures);
    }
    assert_eq!(deliberate.len(), 0, "rows of inbound-ours.tsv without a vector: {deliberate:?}");
    report(&failures);
}

#[test]
fn the_distributions_library_answers_as_measured() {
    if !Library::Theirs.is_selected() {
        return;
    }
    let all = vectors();
    // 2.0.11 has a row of its own only where it differs. That also counts for rows which name 2.0.20.
    let own: HashMap<Key, Answer> = all
        .iter()
        .filter(|(library, ..)| library == "2.0.11")
        .map(|(_, key, answer)| (key.clone(), answer.clone()))
        .collect();
    let mut failures = Vec::new();
    let mut checked = 0;
    for (_, key, reference) in all.iter().filter(|(library, ..)| library == "2.1.2") {
        let mut expected = own.get(key).unwrap_or(reference).clone();
        // 2.0.11 has no callback with the reason codes of an UNSUBACK; that alone makes no row of its own.
        if let Some(at) = expected.callbacks.find(" unsubscribe2_5") {
            expected.callbacks.truncate(at);
        }
        // An assertion in 2.0.11 ends the process on these; callbacks that it lacks are not installed.
        if expected.rc == "abort" || key.setup.contains("ext_auth") {
            continue;
        }
        check(Library::Theirs, key, &expected, &mut failures);
        checked += 1;
    }
    assert!(checked > 400, "only {checked} cases");
    report(&failures);
}

fn report(failures: &[String]) {
    assert!(failures.is_empty(), "{} cases failed\n{}", failures.len(), failures.join("\n"));
}

fn check(library: Library, key: &Key, expected: &Answer, failures: &mut Vec<String>) {
    match replay(library, key) {
        Ok(answer) if answer == *expected => {}
        Ok(answer) => failures.push(format!(
            "v{} {} | {} | {:.80}\n  expected {expected:?}\n  received {answer:?}",
            key.version, key.setup, key.case, key.input
        )),
        Err(problem) => failures.push(format!(
            "v{} {} | {} | {:.80}: {problem}",
            key.version, key.setup, key.case, key.input
        )),
    }
}

/// The client and its other end.
struct Scene {
    client: Client,
    peer: Peer,
    rc: i32,
}

fn replay(library: Library, key: &Key) -> Result<Answer, String> {
    let mut scene = set_up(library, key)?;
    scene.client.take_events();
    scene.rc = 0;
    for packet in key.input.split(' ') {
        let bytes = Pattern::parse(packet)?.exact()?;
        // The client may have closed already; what it did is what counts.
        let _ = scene.peer.send(&bytes, LIMIT, |_| {});
    }
    scene.settle();
    scene.peer.pump_all(scene.client.socket(), LIMIT)?;
    let mut rc = scene.rc;
    if rc == 0 && scene.client.socket() == -1 {
        rc = scene.client.run_once(0);
    }
    let events = scene.client.take_events();
    let dash = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    Ok(Answer {
        rc: rc.to_string(),
        callbacks: dash(events.join(" ")),
        wire: dash(split_packets(scene.peer.unchecked())),
        socket: if scene.client.socket() == -1 { "closed" } else { "open" }.to_owned(),
    })
}

fn set_up(library: Library, key: &Key) -> Result<Scene, String> {
    let version = key.version;
    let mut words = key.setup.split(' ');
    let state = words.next().unwrap_or_default();
    let mut connack = if version == 5 { "2003000000" } else { "20020000" }.to_owned();
    let mut connect_properties = Vec::new();
    let client = Client::new(library, Some("c"), true, version, Style::Vectors);
    for word in words {
        if let Some(hex) = word.strip_prefix("connack=") {
            connack = hex.to_owned();
        } else if let Some(value) = word.strip_prefix("connect-prop-34=") {
            connect_properties.push(Prop { id: 34, value: value.to_owned() });
        } else if word == "ext_auth-callback-returning-0" {
            client.set_ext_auth(0);
        } else {
            return Err(format!("setup {word:?}?"));
        }
    }
    let listener = Listener::tcp();
    let rc = client.connect(&listener.host(), listener.port(), 60, &connect_properties);
    if rc != 0 {
        return Err(format!("mosquitto_connect: {rc}"));
    }
    let peer = listener.accept(LIMIT)?;
    let mut scene = Scene { client, peer, rc: 0 };
    scene.peer.expect_packet(1, LIMIT, |_| {})?;
    if state == "before-connack" {
        return Ok(scene);
    }
    scene.send(&connack)?;
    let v5 = if version == 5 { "00" } else { "" };
    match state {
        "active" => {}
        "q1_sent" => scene.publish(1, &format!("32[s\"t\" 0001 {v5} 70]"))?,
        "q2_sent" => scene.publish(2, &format!("34[s\"t\" 0001 {v5} 70]"))?,
        "q2_pubrel_sent" => {
            scene.publish(2, &format!("34[s\"t\" 0001 {v5} 70]"))?;
            scene.send("50020001")?;
            scene.expect("62020001")?;
        }
        "q2_received" => {
            scene.send(&format!("34[s\"t\" 0009 {v5} \"stored\"]"))?;
            scene.expect("50020009")?;
        }
        other => return Err(format!("setup {other:?}?")),
    }
    match scene.rc {
        0 => Ok(scene),
        rc => Err(format!("the set-up ended with {rc}")),
    }
}

impl Scene {
    fn publish(&mut self, qos: i32, wire: &str) -> Result<(), String> {
        match self.client.publish("t", b"p", qos, false, &[]) {
            (0, 1) => self.expect(wire),
            other => Err(format!("publish gave {other:?}")),
        }
    }

    fn send(&mut self, bytes: &str) -> Result<(), String> {
        self.peer.send(&Pattern::parse(bytes)?.exact()?, LIMIT, |_| {})?;
        self.settle();
        Ok(())
    }

    fn expect(&mut self, bytes: &str) -> Result<(), String> {
        self.peer.expect(&Pattern::parse(bytes)?, LIMIT, |_| {})
    }

    /// Runs the client's loop until it has read everything that was sent and written all that it wants to.
    fn settle(&mut self) {
        while self.rc == 0 && self.client.socket() != -1 {
            if unread(self.client.socket()) == 0 && !self.client.want_write() {
                break;
            }
            self.rc = self.client.run_once(0);
        }
    }
}

/// Sent bytes as in the table: packets separated by spaces.
fn split_packets(bytes: &[u8]) -> String {
    let mut words = Vec::new();
    let mut rest = bytes;
    while rest.len() >= 2 {
        let len = (2 + usize::from(rest[1])).min(rest.len());
        words.push(hex(&rest[..len]));
        rest = &rest[len..];
    }
    if !rest.is_empty() {
        words.push(hex(rest));
    }
    words.join(" ")
}
