//! Tests written as conversations: calls of a program, packets both ways and events, one a line, in order.
//!
//! Client and broker live in one thread, so nothing depends on timing: a line that waits drives the client's loop.
//! Bytes are in the notation of `pattern`, properties are `{id=value id=value}`, words with spaces are quoted.
//!
//! | line | meaning |
//! |---|---|
//! | `## NAME \| v5 id=c clean=0 …` | begins a case; see `Setup` |
//! | `call … = RC` | the program calls a function (see `Call`), which answers so; `= 0 mid=7` where there is one |
//! | `connected` | `connect = 0`, CONNECT, a plain CONNACK and its event in one word |
//! | `-> PATTERN` | the client's next bytes; `-> CONNECT` (any name of `script`) for a whole packet |
//! | `<- BYTES`, `<1 BYTES` | sent to the client, with `\|` in pieces, or one by one |
//! | `on EVENT` | the next event; see `client::Style::Conversation` |
//! | `rc N` | the next code of a loop call that was not 0 |
//! | `nothing` | no byte, no event and no loop code is left, however often the loop runs |
//! | `end`, `shut`, `close`, `reset`, `accept` | as in `script` |
//! | `socket open`, `socket closed` | what `mosquitto_socket` says |
//! | `log LEVEL TEXT` | that line was logged |
//! | `in EVENT: call … = RC` | inside the next callback of that name, the program calls this |

use std::collections::VecDeque;
use std::ffi::c_int;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::client::{Client, Handle, Prop, Style};
use super::library::Library;
use super::pattern::{Pattern, hex};
use super::peer::{Listener, Peer, unread};
use super::script::{self, Step};

const LIMIT: Duration = Duration::from_secs(10);
/// A connect that nobody answers ends by this; long enough for no test to see it.
const KEEPALIVE: c_int = 60;

/// One case: its name and its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Words behind the name: `v3`, `v4`, `v5`, `unix`, `id=…`, `clean=0`, `auth=RESULT`.
    setup: String,
    lines: Vec<String>,
}

/// The cases of a file.
pub fn parse(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(head) = line.strip_prefix("## ") {
            let (name, setup) = head.split_once('|').unwrap_or_else(|| panic!("setup? {line}"));
            let (name, setup) = (name.trim().to_owned(), setup.trim().to_owned());
            cases.push(Case { name, setup, lines: Vec::new() });
        } else if !line.is_empty() && !line.starts_with("# ") {
            cases.last_mut().unwrap_or_else(|| panic!("no case: {line}")).lines.push(line.into());
        }
    }
    cases
}

/// Plays one case.
pub fn play(case: &Case, library: Library) -> Result<(), String> {
    let mut stage = Stage::new(case, library)?;
    for (number, line) in case.lines.iter().enumerate() {
        stage.line(line).map_err(|problem| {
            let log: Vec<String> = stage.client.log().into_iter().map(|(_, text)| text).collect();
            let log = log[log.len().saturating_sub(6)..].join("\n      ");
            format!("line {} `{line}`: {problem}\n    log:\n      {log}", number + 1)
        })?;
    }
    stage.finish().map_err(|problem| format!("at the end: {problem}"))
}

struct Stage {
    client: Client,
    version: c_int,
    listener: Listener,
    peer: Option<Peer>,
    codes: VecDeque<c_int>,
    inside: Arc<Mutex<Vec<String>>>,
    promised: usize,
}

impl Stage {
    fn new(case: &Case, library: Library) -> Result<Stage, String> {
        let (mut version, mut id, mut clean, mut unix, mut auth) =
            (4, Some("c"), true, false, None);
        for word in case.setup.split_whitespace() {
            match word.split_once('=').unwrap_or((word, "")) {
                ("v3", "") => version = 3,
                ("v4", "") => version = 4,
                ("v5", "") => version = 5,
                ("unix", "") => unix = true,
                ("id", "") => id = None,
                ("id", text) => id = Some(text),
                ("clean", "0") => clean = false,
                ("auth", result) => auth = Some(number(result)?),
                _ => return Err(format!("setup {word:?}?")),
            }
        }
        let client = Client::new(library, id, clean, version, Style::Conversation);
        if let Some(result) = auth {
            client.set_ext_auth(result);
        }
        Ok(Stage {
            client,
            version,
            listener: if unix { Listener::unix() } else { Listener::tcp() },
            peer: None,
            codes: VecDeque::new(),
            inside: Arc::default(),
            promised: 0,
        })
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "connected" => self.connected(),
            "on" => self.event(rest),
            "rc" => self.code(number(rest)?),
            "nothing" => self.nothing(),
            "socket" => {
                let state = if self.client.socket() == -1 { "closed" } else { "open" };
                same(rest, state)
            }
            "log" => self.logged(rest),
            "in" => self.inside(rest),
            "->" | "<-" | "<1" | "end" | "shut" | "close" | "reset" | "accept" => {
                self.step(script::parse_line(line)?)
            }
            _ => {
                let (call, expected) = split_answer(line)?;
                let call = Call::parse(call)?;
                let got = call.perform(self.client.handle(), &self.listener);
                same(expected, &got)
            }
        }
    }

    fn connected(&mut self) -> Result<(), String> {
        let connack = if self.version == 5 { "<- 20[00 00 []]" } else { "<- 20020000" };
        for line in ["connect = 0", "-> CONNECT", connack, "on connect(0,0,[])"] {
            self.line(line)?;
        }
        Ok(())
    }

    fn step(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Accept => {
                self.peer = None;
                self.peer()?;
            }
            Step::Close => self.peer = None,
            Step::Reset => {
                if let Some(peer) = self.peer.take() {
                    peer.reset();
                }
            }
            Step::Shut => self.peer()?.shut_sending(),
            Step::Send(pieces) => {
                for piece in pieces {
                    let (handle, codes) = (self.client.handle(), &mut self.codes);
                    let peer = self.peer.as_mut().ok_or("no connection")?;
                    peer.send(&piece, LIMIT, |_| turn(handle, codes))?;
                    // A piece is seen alone: the client reads it before the next one comes.
                    self.settle();
                }
            }
            Step::Expect(_, pattern) => {
                self.peer()?;
                let (handle, codes) = (self.client.handle(), &mut self.codes);
                let peer = self.peer.as_mut().ok_or("no connection")?;
                peer.expect(&pattern, LIMIT, |_| turn(handle, codes))?;
            }
            Step::ExpectPacket(packet_type) => {
                self.peer()?;
                let (handle, codes) = (self.client.handle(), &mut self.codes);
                let peer = self.peer.as_mut().ok_or("no connection")?;
                peer.expect_packet(packet_type, LIMIT, |_| turn(handle, codes))?;
            }
            Step::End => {
                let (handle, codes) = (self.client.handle(), &mut self.codes);
                let peer = self.peer.as_mut().ok_or("no connection")?;
                peer.expect_end(LIMIT, |_| turn(handle, codes))?;
            }
            Step::Stdout(_) | Step::Quiet(_) => return Err("not in a conversation".to_owned()),
        }
        Ok(())
    }

    fn peer(&mut self) -> Result<&mut Peer, String> {
        if self.peer.is_none() {
            self.peer = Some(self.listener.accept(LIMIT)?);
        }
        self.peer.as_mut().ok_or("no connection".to_owned())
    }

    fn event(&mut self, expected: &str) -> Result<(), String> {
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(event) = self.client.take_event() {
                return same(expected, &event);
            }
            if Instant::now() > deadline {
                return Err("no event".to_owned());
            }
            turn(self.client.handle(), &mut self.codes);
        }
    }

    fn code(&mut self, expected: c_int) -> Result<(), String> {
        let deadline = Instant::now() + LIMIT;
        while self.codes.is_empty() {
            if Instant::now() > deadline {
                return Err("the loop did not fail".to_owned());
            }
            turn(self.client.handle(), &mut self.codes);
        }
        let code = self.codes.pop_front().unwrap_or_default();
        same(&expected.to_string(), &code.to_string())
    }

    fn nothing(&mut self) -> Result<(), String> {
        self.settle();
        let fd = self.client.socket();
        if let Some(peer) = &mut self.peer {
            if fd != -1 {
                peer.pump_all(fd, LIMIT)?;
            }
            peer.pump();
            same("", &hex(peer.unchecked()))?;
        }
        same("", &self.client.take_events().join(" "))?;
        let codes: Vec<String> = self.codes.iter().map(c_int::to_string).collect();
        same("", &codes.join(" "))
    }

    fn logged(&self, expected: &str) -> Result<(), String> {
        let found = self.client.log().iter().any(|(level, text)| {
            expected.strip_prefix(&format!("{level} ")).is_some_and(|line| line == text)
        });
        if found { Ok(()) } else { Err("not logged".to_owned()) }
    }

    fn inside(&mut self, rest: &str) -> Result<(), String> {
        const EVENTS: [&str; 7] =
            ["connect", "disconnect", "publish", "message", "subscribe", "unsubscribe", "ext_auth"];
        let (event, line) = rest.split_once(':').ok_or("in EVENT: call")?;
        let event = EVENTS.iter().find(|name| **name == event).ok_or("no such event")?;
        let (call, expected) = split_answer(line.trim())?;
        let (call, expected) = (Call::parse(call)?, expected.to_owned());
        let (results, line) = (self.inside.clone(), line.trim().to_owned());
        let (host, port) = (self.listener.host(), self.listener.port());
        self.promised += 1;
        self.client.react(event, move |handle| {
            let got = call.perform_at(handle, &host, port);
            let result = same(&expected, &got).err();
            let text = result.map_or(String::new(), |problem| format!("inside: {line}: {problem}"));
            results.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        });
        Ok(())
    }

    /// Runs the client's loop until it has read everything that was sent and written all that it wants to.
    fn settle(&mut self) {
        let deadline = Instant::now() + LIMIT;
        while self.client.socket() != -1 && Instant::now() < deadline {
            let before = self.codes.len();
            if unread(self.client.socket()) == 0 && !self.client.want_write() {
                break;
            }
            turn(self.client.handle(), &mut self.codes);
            if self.codes.len() > before {
                break;
            }
        }
    }

    /// Nothing may be left over, and all that was to happen inside callbacks must have happened.
    fn finish(&mut self) -> Result<(), String> {
        self.nothing()?;
        let inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        match inside.iter().find(|problem| !problem.is_empty()) {
            Some(problem) => Err(problem.clone()),
            None if inside.len() < self.promised => Err("a callback never came".to_owned()),
            None => Ok(()),
        }
    }
}

/// One call of the loop. Without a connection there is nothing to run.
fn turn(client: Handle, codes: &mut VecDeque<c_int>) {
    if client.socket() == -1 {
        std::thread::sleep(Duration::from_millis(1));
        return;
    }
    let rc = client.run_once(5);
    if rc != 0 {
        codes.push_back(rc);
    }
}

fn same(expected: &str, got: &str) -> Result<(), String> {
    if expected == got {
        Ok(())
    } else {
        Err(format!("\n      expected {expected:.600}\n      received {got:.600}"))
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is no number"))
}

/// `call … = answer`; the `=` stands alone, so that it is not one of an option.
fn split_answer(line: &str) -> Result<(&str, &str), String> {
    let (call, answer) = line.rsplit_once(" = ").ok_or("a call needs `= RC`")?;
    Ok((call.trim(), answer.trim()))
}

/// A call of the program.
///
/// | call | function |
/// |---|---|
/// | `connect [keepalive=N] [{…}]` | `mosquitto_connect`, or with properties `_bind_v5` |
/// | `reconnect` | `mosquitto_reconnect` |
/// | `disconnect [REASON] [{…}]` | `mosquitto_disconnect_v5` |
/// | `publish TOPIC PAYLOAD QOS [retain] [{…}]` | `mosquitto_publish_v5`; payload as text or `BYTE*COUNT` |
/// | `subscribe FILTER… QOS [options=N] [{…}]` | `mosquitto_subscribe_multiple` |
/// | `unsubscribe FILTER… [{…}]` | `mosquitto_unsubscribe_multiple` |
/// | `auth METHOD DATA [{…}]` | `mosquitto_ext_auth_continue`, data in hex, `-` for none |
/// | `option NUMBER VALUE` | `mosquitto_int_option` |
/// | `will TOPIC PAYLOAD QOS [retain] [{…}]` | `mosquitto_will_set_v5` |
/// | `credentials NAME PASSWORD` | `mosquitto_username_pw_set`, `-` for NULL |
/// | `loop`, `loop_read`, `loop_write`, `loop_misc` | one call |
/// | `want_write`, `socket` | `1` or `0`; `open` or `closed` |
#[derive(Debug, Clone)]
struct Call {
    name: String,
    words: Vec<String>,
    props: Vec<Prop>,
}

impl Call {
    fn parse(text: &str) -> Result<Call, String> {
        let (text, props) = match text.split_once('{') {
            Some((head, list)) => (head, list.trim_end().strip_suffix('}').ok_or("{ without }")?),
            None => (text, ""),
        };
        let mut words = split_words(text)?.into_iter();
        let name = words.next().ok_or("no call")?;
        let props = split_words(props)?
            .iter()
            .map(|word| {
                let (id, value) = word.split_once('=').ok_or("{id=value}")?;
                Ok(Prop { id: number(id)?, value: value.to_owned() })
            })
            .collect::<Result<_, String>>()?;
        Ok(Call { name, words: words.collect(), props })
    }

    fn perform(&self, client: Handle, listener: &Listener) -> String {
        self.perform_at(client, &listener.host(), listener.port())
    }

    /// Makes the call; what it answered as text.
    fn perform_at(&self, client: Handle, host: &str, port: u16) -> String {
        let word = |index: usize| self.words.get(index).map_or("", String::as_str);
        let int = |index: usize| word(index).parse::<c_int>().expect("a number");
        let has = |flag: &str| self.words.iter().any(|word| word == flag);
        let option = |name: &str| {
            let found = self.words.iter().find_map(|word| word.strip_prefix(name));
            found.map(|value| value.parse::<c_int>().expect("a number"))
        };
        let with_mid = |(rc, mid): (c_int, c_int)| match mid {
            -1 => rc.to_string(),
            mid => format!("{rc} mid={mid}"),
        };
        let nullable = |text: &str| (text != "-").then(|| text.to_owned());
        let props = &self.props[..];
        match self.name.as_str() {
            "connect" => {
                let keepalive = option("keepalive=").unwrap_or(KEEPALIVE);
                client.connect(host, port, keepalive, props).to_string()
            }
            "reconnect" => client.reconnect().to_string(),
            "disconnect" => {
                let reason = if self.words.is_empty() { 0 } else { int(0) };
                client.disconnect(reason, props).to_string()
            }
            "publish" => {
                let payload = payload(word(1));
                with_mid(client.publish(word(0), &payload, int(2), has("retain"), props))
            }
            "will" => {
                client.will(word(0), &payload(word(1)), int(2), has("retain"), props).to_string()
            }
            "subscribe" => {
                let options = option("options=").unwrap_or(0);
                let end = self.words.iter().position(|word| word.starts_with("options="));
                let qos = end.unwrap_or(self.words.len()) - 1;
                with_mid(client.subscribe(&self.words[..qos], int(qos), options, props))
            }
            "unsubscribe" => with_mid(client.unsubscribe(&self.words, props)),
            "auth" => {
                let data = if word(1) == "-" { "" } else { word(1) };
                let data = Pattern::parse(data).and_then(|data| data.exact()).expect("hex");
                client.auth_continue(word(0), &data, props).to_string()
            }
            "option" => client.int_option(int(0), int(1)).to_string(),
            "credentials" => client
                .credentials(nullable(word(0)).as_deref(), nullable(word(1)).as_deref())
                .to_string(),
            "loop" => client.run_once(0).to_string(),
            "loop_read" => client.loop_read().to_string(),
            "loop_write" => client.loop_write().to_string(),
            "loop_misc" => client.loop_misc().to_string(),
            "want_write" => i32::from(client.want_write()).to_string(),
            "socket" => if client.socket() == -1 { "closed" } else { "open" }.to_owned(),
            other => panic!("no such call: {other}"),
        }
    }
}

/// Text as it is, or `BYTE*COUNT` for many of one.
fn payload(text: &str) -> Vec<u8> {
    let is_pattern = text.contains('*');
    match Pattern::parse(text).and_then(|pattern| pattern.exact()) {
        Ok(bytes) if is_pattern => bytes,
        _ => text.as_bytes().to_vec(),
    }
}

/// Words between spaces; `"two words"` is one, also behind a `=`.
fn split_words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut any) = (String::new(), false, false);
    for c in text.chars() {
        match c {
            '"' => (quoted, any) = (!quoted, true),
            ' ' if !quoted => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => {
                word.push(c);
                any = true;
            }
        }
    }
    if quoted {
        return Err("text without end".to_owned());
    }
    if any {
        words.push(word);
    }
    Ok(words)
}
