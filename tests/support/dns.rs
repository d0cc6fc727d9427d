//! A name server of the domain name system for tests, small and obedient, on 127.0.0.1 port 53 of a network of its own.

use std::collections::HashMap;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Record types.
const A: u16 = 1;
const SRV: u16 = 33;

/// What is known of a name.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Servers: priority, weight, port, target.
    Servers(Vec<(u16, u16, u16, &'static str)>),
    /// An address.
    Address(Ipv4Addr),
    /// Bytes in place of a whole answer behind the question.
    Garbage(Vec<u8>),
    /// No answer at all.
    Silence,
}

/// A server that runs until the process ends.
pub struct NameServer {
    names: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl NameServer {
    /// Starts to answer; knows nothing yet.
    pub fn start() -> NameServer {
        let socket = UdpSocket::bind("127.0.0.1:53").expect("port 53 of this network");
        let server = NameServer { names: Arc::default(), asked: Arc::default() };
        let (names, asked) = (Arc::clone(&server.names), Arc::clone(&server.asked));
        thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                let query = &buffer[..length];
                let (name, kind) = question(query);
                if kind == SRV {
                    lock(&asked).push(name.clone());
                }
                let answer = lock(&names).get(&name).cloned();
                if let Some(message) = response(query, kind, answer) {
                    let _ = socket.send_to(&message, from);
                }
            }
        });
        server
    }

    /// Lets it know something, or something else, or nothing any more.
    pub fn set(&self, name: &str, answer: Option<Answer>) {
        let mut names = lock(&self.names);
        match answer {
            Some(answer) => names.insert(name.to_owned(), answer),
            None => names.remove(name),
        };
    }

    /// The names whose servers were asked for.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.asked).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Name and type of a question.
fn question(query: &[u8]) -> (String, u16) {
    let (mut labels, mut at) = (Vec::new(), 12);
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..end]).into_owned());
        at = end;
    }
    (labels.join("."), u16::from_be_bytes([query[at + 1], query[at + 2]]))
}

/// The answer to a question, if there is to be one.
fn response(query: &[u8], kind: u16, answer: Option<Answer>) -> Option<Vec<u8>> {
    let question_end = 12 + query[12..].iter().position(|byte| *byte == 0)? + 5;
    let records: Vec<Vec<u8>> = match (&answer, kind) {
        (Some(Answer::Servers(servers)), SRV) => servers.iter().map(srv).collect(),
        (Some(Answer::Address(address)), A) => vec![record(A, &address.octets())],
        (Some(Answer::Silence), _) => return None,
        _ => Vec::new(),
    };
    let code = if answer.is_none() { 3 } else { 0 };
    let mut message = query[..question_end].to_vec();
    message[2..4].copy_from_slice(&[0x81, 0x80 | code]);
    message[6..12].fill(0);
    if let Some(Answer::Garbage(bytes)) = answer {
        message[7] = 1;
        message.extend(bytes);
        return Some(message);
    }
    message[7] = u8::try_from(records.len()).ok()?;
    message.extend(records.concat());
    Some(message)
}

/// A record about the name of the question.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a short record").to_be_bytes();
    [&[0xc0, 12][..], &kind.to_be_bytes(), &[0, 1, 0, 0, 0, 60], &length, data].concat()
}

fn srv((priority, weight, port, target): &(u16, u16, u16, &str)) -> Vec<u8> {
    let mut data = [priority, weight, port].map(|number| number.to_be_bytes()).concat();
    for label in target.split('.').filter(|label| !label.is_empty()) {
        data.push(u8::try_from(label.len()).expect("a short label"));
        data.extend(label.as_bytes());
    }
    data.push(0);
    record(SRV, &data)
}

/// A whole answer to the question for `name`, with these servers.
pub fn message(name: &str, servers: &[(u16, u16, u16, &'static str)]) -> Vec<u8> {
    let mut query = vec![0; 12];
    query[5] = 1;
    for label in name.split('.') {
        query.push(u8::try_from(label.len()).expect("a short label"));
        query.extend(label.as_bytes());
    }
    query.extend([0, 0, 33, 0, 1]);
    response(&query, SRV, Some(Answer::Servers(servers.to_vec()))).expect("few records")
}
