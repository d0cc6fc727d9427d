//! Any thread, any callback, any moment: what `docs/threads.md` promises, as C programs (`c_tests/threads/`) against a
//! server that misbehaves on demand.
//!
//! An ordinary run does few rounds. For more: `STOP_ROUNDS`, `MOMENTS`, `MIXED_CALLS` (numbers), `WAIT_SECONDS`;
//! `COMPARE_STOPS=1` measures the distribution's library beside ours.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks and threads are refused to the protocol, not to its tests"
)]

mod support;

#[path = "threads/programs.rs"]
mod programs;
#[path = "threads/server.rs"]
mod server;

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use programs::{Run, figure, program, program_on, rounds};
use server::{Chaos, Server, key};
use support::library::Library;

/// Held by tests that look at the clock: alone. The others share it.
static MACHINE: RwLock<()> = RwLock::new(());

fn alone() -> RwLockWriteGuard<'static, ()> {
    MACHINE.write().unwrap_or_else(PoisonError::into_inner)
}

fn shared() -> RwLockReadGuard<'static, ()> {
    MACHINE.read().unwrap_or_else(PoisonError::into_inner)
}

fn ours() -> bool {
    Library::Ours.is_selected()
}

/// Runs a program that is a list of rows; all of them must be there and hold.
fn rows(run: Run, count: usize) {
    assert_eq!(figure(&run.ok(), "rows"), count as f64);
}

/// States in which a client is stopped.
const STATES: [&str; 12] = [
    "never-connected",
    "resolving",
    "syn-dropped",
    "syn-dropped-reconnect",
    "blocking-connect",
    "no-connack",
    "not-accepted",
    "back-off",
    "idle",
    "full-flow",
    "in-callback",
    "from-callback",
];

/// Milliseconds for disconnect, loop_stop and destroy together.
const STOP_LIMIT: f64 = 100.0;
/// A machine that is busy with something else may take longer, but not every time.
const TRIES: usize = 3;

#[test]
fn stopping_takes_at_most_100_ms_in_every_state() {
    if !ours() {
        return;
    }
    let _machine = alone();
    let server = Server::start();
    let mut slow = Vec::new();
    println!("{:22} {:>10}  theirs", "state", "ours");
    for state in STATES {
        let run =
            |library| program_on(library, "stop", &[]).arg(server.port()).arg(state).shimmed();
        let mut tries = (0..TRIES).map(|_| figure(&run(Library::Ours).ok(), "stopped"));
        let ours = tries.find(|ms| *ms <= STOP_LIMIT);
        // The distribution's library is shown beside it on request: it takes minutes, where it comes back at all.
        let theirs = std::env::var_os("COMPARE_STOPS").map(|_| {
            let ended = run(Library::Theirs).limit(Duration::from_secs(150)).end();
            let figure = |output: &str| figure(output, "stopped");
            match ended.status {
                Ok(()) => format!("{:.1} ms", figure(&ended.stdout)),
                Err(problem) if ended.stdout.contains("stopped") => {
                    format!("{:.1} ms ({problem})", figure(&ended.stdout))
                }
                Err(problem) => problem,
            }
        });
        let shown = ours.map_or("too long".to_owned(), |ms| format!("{ms:.1} ms"));
        println!("{state:22} {shown:>10}  {}", theirs.unwrap_or_default());
        if ours.is_none() {
            slow.push(state);
        }
    }
    assert!(slow.is_empty(), "more than {STOP_LIMIT} ms, {TRIES} times: {slow:?}");
}

#[test]
fn loops_start_and_stop_as_the_tables_say() {
    if ours() {
        let _machine = alone();
        rows(program("tables").arg(Server::start().port()), 32);
    }
}

#[test]
fn every_call_inside_every_callback() {
    if !ours() {
        return;
    }
    let _machine = shared();
    let server = Server::start();
    for (mode, cases) in [("loop", 17 * 23), ("forever", 17 * 23), ("thread", 17 * 22)] {
        let output = program("callbacks").arg(server.port()).arg(mode).ok();
        assert_eq!(figure(&output, "cases"), f64::from(cases), "{mode}");
    }
}

const VALGRIND: [&str; 6] = [
    "valgrind",
    "--quiet",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect,possible",
    "--error-exitcode=99",
    "--fair-sched=yes",
];

/// A client that is destroyed, made anew or jumped out of inside each callback: valgrind has nothing to say.
#[test]
fn the_end_of_a_client_in_every_callback_under_valgrind() {
    if !ours() {
        return;
    }
    let _machine = shared();
    let server = Server::start();
    for mode in ["loop", "forever", "thread"] {
        let run = program_on(Library::Ours, "callbacks", &VALGRIND);
        let output =
            run.arg(server.port()).arg(mode).arg("all").arg("destroy,reinitialise,longjmp");
        let cases = if mode == "thread" { 2 } else { 3 };
        assert_eq!(figure(&output.ok(), "cases"), f64::from(17 * cases), "{mode}");
    }
}

#[test]
fn destroy_reinitialise_and_reconnect_at_any_moment() {
    if !ours() {
        return;
    }
    let _machine = shared();
    let server = Server::start();
    let moments = rounds("MOMENTS", 100);
    rows(program("moments").arg(server.port()).arg(moments), 7);
    let valgrind = program_on(Library::Ours, "moments", &VALGRIND);
    rows(valgrind.arg(server.port()).arg(5), 7);
    // Whatever was going on, DISCONNECT left.
    let farewells = usize::try_from(moments).expect("a number") + 5;
    let said = |record: &server::Record| {
        record.packets.get(&("farewell".to_owned(), 14)) == Some(&farewells)
    };
    let record = |server: &Server| format!("{:?}", server.record().packets);
    assert!(server.wait(Duration::from_secs(10), said), "{farewells}: {}", record(&server));
}

#[test]
fn a_cancelled_thread_leaves_a_client_that_works() {
    if !ours() {
        return;
    }
    let _machine = shared();
    let server = Server::start();
    rows(program("cancels").arg(server.port()), 8);
    rows(program_on(Library::Ours, "cancels", &VALGRIND).arg(server.port()), 8);
}

#[test]
fn a_child_of_fork_leaves_the_connection_to_its_parent() {
    if !ours() {
        return;
    }
    let _machine = shared();
    let server = Server::start();
    rows(program("forks").arg(server.port()), 7);
    let settled = |record: &server::Record| record.open.values().all(|open| *open == 0);
    assert!(server.wait(Duration::from_secs(10), settled));
    // Each connection ended by the DISCONNECT of who had made it.
    let record = server.record();
    assert!(record.broken.is_empty(), "{:?}", record.broken);
    for (client, _) in &record.connects {
        let connects = record.connects.iter().filter(|(other, _)| other == client).count();
        let disconnects = record.packets.get(&(client.clone(), 14));
        assert_eq!(disconnects, Some(&connects), "{client}");
    }
}

#[test]
fn connecting_never_blocks_and_falls_through() {
    if !ours() {
        return;
    }
    let _machine = alone();
    let server = Server::start();
    rows(program("connecting").arg(server.port()).shimmed(), 12);
}

#[test]
fn attempts_come_at_the_documented_delays() {
    if ours() {
        let _machine = alone();
        rows(program("delays"), 9);
    }
}

#[test]
fn descriptors_are_few_of_any_number_and_not_inherited() {
    if !ours() {
        return;
    }
    let _machine = shared();
    let server = Server::start();
    rows(program("descriptors").arg(server.port()).shimmed(), 7);
}

#[test]
fn idle_clients_sleep_and_failing_ones_nearly_so() {
    if !ours() {
        return;
    }
    let _machine = shared();
    let server = Server::start();
    let seconds = rounds("WAIT_SECONDS", 3);
    let run =
        |what: &str| program("waits").arg(server.port()).arg(what).arg(seconds).shimmed().ok();
    let run = &run;
    std::thread::scope(|scope| {
        for what in ["idle", "idle-forever", "idle-loop"] {
            scope.spawn(move || {
                let sleeps = figure(&run(what), "sleeps");
                println!("{what}: {sleeps} wake-ups in {seconds} s");
                assert!(sleeps <= 1.0, "{what}: {sleeps} wake-ups");
            });
        }
        for what in
            ["refused", "dropped", "bad", "rejected", "silent", "unresolved", "dead-resolver"]
        {
            scope.spawn(move || {
                let percent = figure(&run(what), "percent");
                println!("{what}: {percent} % of a processor over {seconds} s");
                assert!(percent < 1.0, "{what}: {percent} %");
            });
        }
    });
    // A ping and its answer per second; one more on either side.
    let pings = figure(&run("ping"), "sleeps");
    let expected = seconds as f64..=(2 * seconds + 2) as f64;
    assert!(expected.contains(&pings), "{pings} wake-ups, not {expected:?}");
    let burst = run("burst");
    let (messages, sleeps) = (figure(&burst, "messages"), figure(&burst, "sleeps"));
    println!("burst: {sleeps} wake-ups for {messages} messages");
    assert!(sleeps < messages / 4.0, "{sleeps} wake-ups for {messages} messages");
}

#[test]
fn starting_and_stopping_never_fails_or_leaks() {
    if !ours() {
        return;
    }
    let _machine = shared();
    let server = Server::start();
    let rounds = rounds("STOP_ROUNDS", 2000);
    let output = program("rounds").arg(server.port()).arg(rounds).limit(Duration::from_secs(600));
    let output = output.ok();
    print!("{output}");
    assert_eq!(figure(&output, "rounds"), rounds as f64);
}

const THREADS: u8 = 8;

/// Runs `calls` mixed calls on each of several threads against a server that drops connections at random; nothing that was
/// accepted or acknowledged is lost, nothing of QoS 2 comes twice.
fn mixed(run: Run, calls: u64, who: &str) {
    let chaos = Chaos { seed: 20, packets: (calls / 4).clamp(500, 20_000), send_every: 50 };
    let server = Server::start_with(Some(chaos));
    let run = run.arg(server.port()).arg(THREADS).arg(calls).arg(who);
    let output = run.limit(Duration::from_secs(3600)).ok();
    for line in output.lines().filter(|line| !line.starts_with("numbered")) {
        println!("{line}");
    }
    let sent = figure(&output, "sent");
    assert!(sent > 0.0 && figure(&output, "complete") == sent, "{output}");
    let record = server.record();
    for thread in 0..THREADS {
        let accepted = format!("accepted {thread}");
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
    // In the other direction.
    let line = output.lines().find_map(|line| line.strip_prefix("numbered ")).expect("a line");
    let arrived: Vec<u32> = line.bytes().map(|digit| u32::from(digit - b'0')).collect();
    let none = HashSet::new();
    let acknowledged = record.acknowledged.get("mixed").unwrap_or(&none);
    println!("acknowledged {}, arrived {}", acknowledged.len(), arrived.len());
    assert!(!acknowledged.is_empty());
    for &number in acknowledged {
        let times = arrived.get(number as usize).copied().unwrap_or(0);
        // Odd ones have QoS 2.
        let right = if number % 2 == 1 { times == 1 } else { times >= 1 };
        assert!(right, "message {number} to the client arrived {times} times");
    }
}

#[test]
fn nothing_is_lost_whatever_many_threads_do() {
    if !ours() {
        return;
    }
    let _machine = shared();
    let calls = rounds("MIXED_CALLS", 4000);
    mixed(program("mixed"), calls, "thread");
    for who in ["forever", "loops"] {
        mixed(program("mixed"), calls.min(4000), who);
    }
}
