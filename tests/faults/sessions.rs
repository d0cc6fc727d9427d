//! Runs `c_tests/faults/session.c` for a list of cases and compares what its clients say with what the server saw.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::programs;
use crate::server::{Chaos, Record, Server, key};

/// Who moves the connection.
#[derive(Debug, Clone, Copy)]
pub enum Driver {
    /// `mosquitto_loop`.
    Loop,
    /// `mosquitto_loop_start`.
    Thread,
    /// `mosquitto_loop_forever` in a thread of the program.
    Forever,
    /// `mosquitto_loop_read`, `_write` and `_misc`.
    External,
}

impl Driver {
    /// All of them.
    pub const ALL: [Driver; 4] = [Driver::Loop, Driver::Thread, Driver::Forever, Driver::External];

    fn name(self) -> &'static str {
        match self {
            Driver::Loop => "loop",
            Driver::Thread => "thread",
            Driver::Forever => "forever",
            Driver::External => "external",
        }
    }
}

/// One kind of fault, at place `first`, `first + every` and so on, until a session does not come that far.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Who moves the connection.
    pub driver: Driver,
    /// What goes wrong.
    pub call: &'static str,
    /// And how.
    pub error: &'static str,
    /// Every which call.
    pub step: u32,
    /// So many times.
    pub times: u32,
    /// The first place.
    pub first: u64,
    /// The distance of the places.
    pub every: u64,
}

/// So many programs run at a time: most of them wait.
const AT_ONCE: usize = 8;
const LIMIT: Duration = Duration::from_secs(600);

/// Runs all cases; prints what was tried.
pub fn run(name: &str, cases: &[Case]) {
    let begun = Instant::now();
    let next = AtomicUsize::new(0);
    let sums = Mutex::new((0, 0));
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(cases.len()) {
            scope.spawn(|| {
                // A message for each that it gets, and no connection ended by itself.
                let chaos = Chaos { seed: 1, packets: 1 << 40, send_every: 1 };
                let server = Server::start_with(Some(chaos));
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (sessions, fired, problems) = play(case, &server);
                    let mut sums = sums.lock().expect("no panic");
                    *sums = (sums.0 + sessions, sums.1 + fired);
                    drop(sums);
                    if !problems.is_empty() {
                        let text = format!("{case:?}\n{}", problems.join("\n"));
                        failures.lock().expect("no panic").push(text);
                    }
                }
            });
        }
    });
    let (sessions, fired) = *sums.lock().expect("no panic");
    println!("{name}: {sessions} sessions, {fired} faults, {:?}", begun.elapsed());
    let failures = failures.lock().expect("no panic");
    assert!(failures.is_empty(), "{} cases failed\n{}", failures.len(), failures.join("\n"));
    assert!(fired > 0, "nothing went wrong");
}

fn play(case: &Case, server: &Server) -> (u64, u64, Vec<String>) {
    let arguments = [
        server.port(),
        case.driver.name().to_owned(),
        case.call.to_owned(),
        case.error.to_owned(),
        case.step.to_string(),
        case.times.to_string(),
        case.first.to_string(),
        case.every.to_string(),
    ];
    let ended = programs::run("session", &arguments, &[], LIMIT);
    let mut problems = Vec::new();
    if let Err(status) = &ended.status {
        problems.push(status.clone());
        let told = |line: &&str| line.starts_with("FAILED") || line.starts_with("NOT");
        problems.extend(ended.stdout.lines().filter(told).map(str::to_owned));
    }
    problems.extend(compare(&ended.stdout, &server.record()));
    (ended.figure("sessions"), ended.figure("fired"), problems)
}

/// What was accepted has arrived, what the server knows to be received was, QoS 2 once.
fn compare(stdout: &str, record: &Record) -> Vec<String> {
    let mut problems = Vec::new();
    let mut received = HashMap::new();
    for line in stdout.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["accepted", tag, session, number, qos] => {
                let parse = |word: &str| word.parse::<u32>().expect("a number");
                let (tag, session) = (parse(tag), parse(session));
                let [.., t1, t0] = tag.to_be_bytes();
                let [.., s1, s0] = session.to_be_bytes();
                let payload = [t1, t0, s1, s0, parse(number) as u8, parse(qos) as u8, 0];
                let count = record.messages.get(&key(&payload)).copied().unwrap_or(0);
                if count == 0 || qos == "2" && count != 1 {
                    problems.push(format!("{line}: arrived {count} times"));
                }
            }
            ["received", client, counts] => {
                received.insert(client.to_owned(), counts.as_bytes().to_vec());
            }
            _ => {}
        }
    }
    for (client, counts) in &received {
        let acknowledged = record.acknowledged.get(client);
        for (number, count) in counts.iter().enumerate() {
            let acknowledged =
                acknowledged.is_some_and(|numbers| numbers.contains(&(number as u32)));
            // The server's numbers are at QoS 1 and 2 in turn.
            if number % 2 == 1 && *count > b'1' || acknowledged && *count == b'0' {
                problems.push(format!("{client}: number {number} came {} times", count - b'0'));
            }
        }
    }
    problems
}
