//! Many threads call everything on one client, against a server that drops connections at random.

use std::collections::HashSet;
use std::time::Duration;

use crate::programs::{Run, figure, program};
use crate::server::{Chaos, Record, Server, key};
use crate::shared;
use crate::support::number_from;

/// Threads that call everything at once.
const THREADS: u8 = 8;

#[test]
fn many_threads_call_everything_and_nothing_accepted_is_lost() {
    let _machine = shared();
    let calls = number_from("MIXED_CALLS", 3000);
    mixed(program("mixed"), calls, "thread");
    for who in ["forever", "loops"] {
        mixed(program("mixed"), calls, who);
    }
}

/// Runs `calls` mixed calls on each thread; nothing that was accepted or acknowledged is lost, nothing of QoS 2 comes
/// twice.
pub fn mixed(run: Run, calls: u64, who: &str) {
    let chaos = Chaos { seed: 20, packets: (calls / 4).clamp(500, 20_000), send_every: 50 };
    let server = Server::start_with(Some(chaos));
    let run = run.arg(server.port()).arg(THREADS).arg(calls).arg(who);
    let output = run.at_least(Duration::from_secs(120 + calls / 100)).ok();
    println!("{who}");
    for line in output.lines().filter(|line| !line.starts_with("numbered")) {
        println!("  {line}");
    }
    let sent = figure(&output, "sent");
    assert!(sent > 0.0 && figure(&output, "complete") == sent, "{output}");
    let record = server.record();
    check_published(&output, &record);
    check_received(&output, &record);
}

/// What the client accepted has reached the server.
fn check_published(output: &str, record: &Record) {
    for thread in 0..THREADS {
        let accepted = format!("accepted {thread} ");
        let line = output.lines().find_map(|line| line.strip_prefix(&accepted)).expect("a line");
        let counts: Vec<u32> = line.split_whitespace().flat_map(str::parse).collect();
        for (qos, count) in [1, 2].into_iter().zip(counts) {
            for number in 0..count {
                let [a, b, c, d] = number.to_be_bytes();
                let times = record.messages.get(&key(&[thread, qos, a, b, c, d])).copied();
                let right = if qos == 2 { times == Some(1) } else { times.is_some() };
                assert!(right, "message {number} of thread {thread} at QoS {qos}: {times:?}");
            }
        }
    }
}

/// What the client acknowledged has reached the program.
fn check_received(output: &str, record: &Record) {
    let line = output.lines().find_map(|line| line.strip_prefix("numbered ")).expect("a line");
    let arrived: Vec<u32> = line.bytes().map(|digit| u32::from(digit - b'0')).collect();
    let none = HashSet::new();
    let acknowledged = record.acknowledged.get("mixed").unwrap_or(&none);
    println!("  acknowledged {}, arrived {}", acknowledged.len(), arrived.len());
    assert!(!acknowledged.is_empty());
    for &number in acknowledged {
        let times = arrived.get(number as usize).copied().unwrap_or(0);
        // Odd ones have QoS 2.
        let right = if number % 2 == 1 { times == 1 } else { times >= 1 };
        assert!(right, "message {number} to the client arrived {times} times");
    }
}
