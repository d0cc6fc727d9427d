//! Everything that the system can refuse goes wrong once at every place: sessions of a C program
//! (`c_tests/faults/session.c`) with a shim in front of the C library, against a server that counts.
//!
//! What was accepted arrives, QoS 2 exactly once in both directions, and nothing hangs, crashes or is left over.
//! An ordinary run tries a part of the places; `FAULTS_EVERY=1` tries each.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks and threads are refused to the protocol, not to its tests"
)]

mod support;

#[path = "faults/broker.rs"]
mod broker;
#[path = "faults/programs.rs"]
mod programs;
#[allow(dead_code, reason = "the thread tests use more of it")]
#[path = "threads/server.rs"]
mod server;
#[path = "faults/sessions.rs"]
mod sessions;

use std::time::Duration;

use broker::{Broker, Stop};
use server::{Chaos, Server, key};
use sessions::{Case, Driver, run, run_under};
use support::c_program::VALGRIND;
use support::number_from;

/// No program takes longer.
const LIMIT: Duration = Duration::from_secs(300);

/// Calls of the library and how each can go wrong.
const FAULTS: [(&str, &[&str]); 15] = [
    (
        "send",
        &["EINTR", "EAGAIN", "ENOBUFS", "ENOMEM", "ECONNRESET", "EPIPE", "ETIMEDOUT", "short"],
    ),
    ("recv", &["EINTR", "EAGAIN", "ENOMEM", "ECONNRESET", "ETIMEDOUT", "EIO", "short", "nothing"]),
    ("poll", &["EINTR", "EAGAIN", "ENOMEM", "nothing"]),
    ("socket", &["EMFILE", "ENOBUFS", "ENOMEM"]),
    ("connect", &["EINTR", "ECONNREFUSED", "ENETUNREACH", "EAGAIN", "ETIMEDOUT"]),
    ("getaddrinfo", &["EAI_AGAIN", "EAI_MEMORY"]),
    ("eventfd", &["EMFILE", "ENOMEM"]),
    // Of an eventfd, which never waits: it knows no other failure that matters (EAGAIN means that it is readable).
    ("read", &["EINTR", "EAGAIN"]),
    ("write", &["EINTR"]),
    ("pthread_create", &["EAGAIN"]),
    ("setsockopt", &["EINVAL", "ENOBUFS"]),
    ("getsockopt", &["EINVAL", "ENOBUFS"]),
    ("fcntl", &["EINVAL"]),
    ("getrandom", &["EINTR", "ENOSYS"]),
    ("close", &["EINTR", "EIO"]),
];

/// What passes by itself, so that it may happen at every second call for ever.
const PASSING: [&str; 4] = ["EINTR", "EAGAIN", "short", "nothing"];

#[test]
fn every_call_of_the_system_may_fail_at_every_place() {
    let every = number_from("FAULTS_EVERY", 9);
    let mut cases = Vec::new();
    for (call, errors) in FAULTS {
        for error in errors {
            let passing = PASSING.contains(error) && ["send", "recv", "poll"].contains(&call);
            let passing = passing && (call, *error) != ("recv", "nothing");
            let often = if passing { (2, 1_000_000) } else { (1, 4) };
            for (step, times) in [(1, 1), often] {
                for driver in Driver::ALL {
                    let first = cases.len() as u64 % every + 1;
                    cases.push(Case { driver, call, error, step, times, first, every });
                }
            }
        }
    }
    run("calls", &cases);
}

#[test]
fn a_session_goes_through_one_byte_at_a_time() {
    let mut cases = Vec::new();
    for call in ["send", "recv"] {
        for driver in Driver::ALL {
            let always = Case {
                driver,
                call,
                error: "short",
                step: 1,
                times: 1_000_000,
                first: 1,
                every: 60_000,
            };
            cases.push(always);
        }
    }
    run("one byte at a time", &cases);
}

#[test]
fn the_connection_may_break_at_every_byte() {
    let every = number_from("FAULTS_EVERY", 9);
    let mut cases = Vec::new();
    for call in ["cut-sent", "cut-received"] {
        for driver in Driver::ALL {
            let first = cases.len() as u64 % every + 1;
            cases.push(Case { driver, call, error: "-", step: 1, times: 1, first, every });
        }
    }
    run("cuts", &cases);
}

/// What a connection that broke, or a call that failed, leaves behind is nothing.
#[test]
fn nothing_leaks_on_the_way() {
    // The shim has a malloc of its own, which valgrind has to replace too.
    let valgrind = [&VALGRIND[..], &["--soname-synonyms=somalloc=shim.so"]].concat();
    let faults = [
        ("send", "ECONNRESET"),
        ("recv", "nothing"),
        ("connect", "ECONNREFUSED"),
        ("socket", "EMFILE"),
        ("getaddrinfo", "EAI_AGAIN"),
        ("eventfd", "EMFILE"),
        ("pthread_create", "EAGAIN"),
        ("cut-received", "-"),
    ];
    let every = number_from("FAULTS_EVERY", 9) * 5;
    let cases = faults.iter().zip([Driver::Loop, Driver::Thread].into_iter().cycle());
    let cases = cases.map(|(&(call, error), driver)| Case {
        driver,
        call,
        error,
        step: 1,
        times: 1,
        first: 1,
        every,
    });
    run_under(&valgrind, "under valgrind", &cases.collect::<Vec<_>>());
}

/// `QOS2_CUTS` asks for more.
#[test]
fn qos_2_is_exactly_once_however_often_the_connection_breaks() {
    let cuts = number_from("QOS2_CUTS", 1000);
    for (seed, driver) in [(1, "loop"), (2, "external")] {
        let chaos = Chaos { seed, packets: 1 << 40, send_every: 1 };
        let server = Server::start_with(Some(chaos));
        let arguments = [server.port(), driver.to_owned(), cuts.to_string(), seed.to_string()];
        let ended = programs::run("exactly_once", &arguments, &[], LIMIT);
        assert_eq!(ended.status, Ok(()), "{}", ended.stdout);
        let line = |name: &str| {
            let found = ended.stdout.lines().find_map(|line| line.strip_prefix(name));
            found.unwrap_or_else(|| panic!("no {name} in {}", ended.stdout)).trim().to_owned()
        };
        let published = line("published ");
        let (tag, published) = published.split_once(' ').expect("two numbers");
        let tag: u16 = tag.parse().expect("a number");
        let published: u32 = published.parse().expect("a number");
        let record = server.record();
        for number in 0..published {
            let payload = [&tag.to_be_bytes()[..], &number.to_be_bytes(), &[2]].concat();
            assert_eq!(record.messages.get(&key(&payload)), Some(&1), "{driver}: {number}");
        }
        let numbered = line("numbered ").into_bytes();
        let mut received = 0;
        for &number in &record.acknowledged[&line("client ")] {
            let count = numbered.get(number as usize).copied().unwrap_or(b'0') - b'0';
            // The server's numbers are at QoS 1 and 2 in turn.
            assert!(count == 1 || number % 2 == 0 && count > 1, "{driver}: {number} {count} times");
            received += 1;
        }
        let twice = numbered.iter().skip(1).step_by(2).filter(|&&count| count > b'1').count();
        assert_eq!(twice, 0, "{driver}: messages at QoS 2 that came twice");
        println!("{driver}: {cuts} cuts, {published} messages sent and {received} received");
    }
}

/// What the broker has acknowledged is the broker's to keep, so only one that may save is asked for all messages.
#[test]
fn a_broker_may_stop_and_start_under_load() {
    let messages = number_from("RESTART_MESSAGES", 4000);
    for how in [Stop::Asked, Stop::Killed] {
        let mut broker = Broker::start();
        let arguments = [broker.port().to_string(), messages.to_string()];
        let program = programs::start("restarts", &arguments, &[]);
        program.stdout().wait_for("ready\n", LIMIT).expect("it connects");
        let mut restarts = 0;
        // Moments that differ from one restart to the next; none of them decides anything.
        while program
            .stdout()
            .wait_for("sent\n", Duration::from_millis(20 + restarts * 37 % 200))
            .is_err()
        {
            broker.restart(how);
            restarts += 1;
        }
        let ended = program.end(LIMIT);
        assert_eq!(ended.status, Ok(()), "{}", ended.stdout);
        let figure = |name| ended.figure(name);
        println!(
            "{how:?}: {restarts} restarts, {messages} messages, {} connections",
            figure("connections")
        );
        assert!(restarts > 1, "no restart under load");
        assert_eq!((figure("complete"), figure("again")), (messages, 0), "{}", ended.stdout);
        if how == Stop::Asked {
            assert_eq!((figure("missing"), figure("twice")), (0, 0), "{}", ended.stdout);
        }
    }
}

/// Functions whose memory belongs to the program answer MOSQ_ERR_NOMEM or NULL whichever allocation fails, and so does
/// publishing much at QoS 1 and 2. Elsewhere the process may end, as Rust's collections do it: by SIGABRT, never otherwise.
/// That includes what the system does not take at once of a large message at QoS 0, which is copied in the middle of it.
#[test]
fn every_allocation_may_fail() {
    let arguments: &[String] = &[];
    let ended = programs::run("allocations", arguments, &[], LIMIT);
    assert_eq!(ended.status, Ok(()), "{}", ended.stdout);
    print!("{}", ended.stdout);
    let mut checked = 0;
    for line in ended.stdout.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let ["row", name, "denied", denied, "answered", answered, ..] = words[..] else {
            panic!("{line}");
        };
        let promised = name.starts_with("property_")
            || ["publish_much_qos1", "publish_much_qos2", "sub_topic_tokenise", "message_copy"]
                .contains(&name);
        if promised {
            assert_eq!(denied, answered, "{line}");
            assert_ne!(denied, "0", "{line}");
            checked += 1;
        }
    }
    assert_eq!(checked, 14);
}
