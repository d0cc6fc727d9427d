//! Tests that count what the whole process has, or change it: each runs alone, in a process of its own.

use std::env;
use std::io::{IoSlice, Write as _};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use super::support::*;
use crate::transport::clock;
use crate::transport::connect::Connector;
use crate::transport::poll::{self, Interest, PollEntry};
use crate::transport::resolve::Lookup;
use crate::transport::stream::{Read, Written};

const ALONE: &str = "MOSQUITTO_TEST_ALONE";

/// Runs `body` if this process was made for the test `name`, else makes such a process and expects it to succeed.
fn alone(name: &str, body: impl FnOnce()) {
    if env::var_os(ALONE).is_some() {
        return body();
    }
    let path = format!("{}::{name}", module_path!().split_once("::").expect("crate name").1);
    let output = Command::new(env::current_exe().unwrap())
        .args([&path, "--exact", "--test-threads=1", "--nocapture"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("1 passed"),
        "{path}:\n{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn count(directory: &str) -> usize {
    std::fs::read_dir(directory).unwrap().count()
}

#[test]
fn abandoned_lookups_leave_nothing_behind() {
    alone("abandoned_lookups_leave_nothing_behind", || {
        let (threads, descriptors) = (count("/proc/self/task"), count("/proc/self/fd"));
        let mut gates = Vec::new();
        for round in 0..200 {
            let (gate, closed) = mpsc::channel::<()>();
            gates.push(gate);
            // Forty names, so five attempts at each.
            let host = format!("host{}.test", round % 40);
            let lookup = Lookup::start_with(host.as_bytes(), move |_| {
                let _ = closed.recv();
                Ok(vec![ANY_V4])
            });
            let target = tcp(&host, 1883);
            let connector = Connector::start_with(target, lookup.unwrap(), None, clock::now());
            drop(connector.unwrap());
        }
        assert_eq!(
            count("/proc/self/task"),
            threads + 40,
            "one thread a name while the resolver is silent"
        );
        drop(gates);
        wait_until("threads end", || count("/proc/self/task") == threads);
        assert_eq!(count("/proc/self/fd"), descriptors);
    });
}

#[test]
fn lookups_of_one_name_at_one_time_share_one_call() {
    alone("lookups_of_one_name_at_one_time_share_one_call", || {
        let calls = Arc::new(AtomicUsize::new(0));
        let (release, gate) = mpsc::channel::<()>();
        let mut gate = Some(gate);
        let mut ask = |host: &str| {
            let calls = Arc::clone(&calls);
            let gate = gate.take();
            Lookup::start_with(host.as_bytes(), move |_| {
                calls.fetch_add(1, Ordering::Relaxed);
                // Only the first call is held up.
                let _ = gate.map(|gate| gate.recv());
                Ok(vec![ANY_V4])
            })
            .unwrap()
        };
        let answered = |lookup: &Lookup| {
            wait_for(lookup.descriptor().expect("asked"), Interest::READ);
            assert_eq!(lookup.answer(), Some(&Ok(vec![ANY_V4])));
        };
        let lookups: Vec<_> = (0..100).map(|_| ask("shared.test")).collect();
        answered(&ask("other.test"));
        drop(release);
        lookups.iter().for_each(answered);
        assert_eq!(calls.load(Ordering::Relaxed), 2, "one call a name");
        answered(&ask("shared.test"));
        assert_eq!(calls.load(Ordering::Relaxed), 3, "a lookup that is over is not joined");
    });
}

#[test]
fn attempts_and_streams_leave_no_descriptor_behind() {
    alone("attempts_and_streams_leave_no_descriptor_behind", || {
        let silent = Silent::new(ANY_V4);
        let (listener, open) = listen(ANY_V4);
        let refusing = Refusing::new();
        let refused = refusing.address;
        let descriptors = count("/proc/self/fd");
        for port in [silent.address.port(), open.port(), refused.port()] {
            let connector = Connector::start(tcp("127.0.0.1", port), clock::now());
            assert_eq!(connector.is_err(), port == refused.port());
        }
        drop(connect(tcp("127.0.0.1", open.port())).unwrap());
        drop(listener.accept().unwrap());
        assert_eq!(count("/proc/self/fd"), descriptors);
    });
}

#[test]
fn descriptors_above_1024_work() {
    alone("descriptors_above_1024_work", || {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: `limit` may be read and written.
        unsafe {
            libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit);
            limit.rlim_cur = limit.rlim_max.min(4096);
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
        }
        assert!(limit.rlim_cur >= 2048, "the hard limit of this machine is {}", limit.rlim_max);
        let (listener, address) = listen(ANY_V4);
        let _padding: Vec<_> = (0..1100).map(|_| listener.try_clone().unwrap()).collect();
        let stream = connect(tcp("localhost", address.port())).unwrap();
        assert!(stream.descriptor() > 1024);
        let mut peer = listener.accept().unwrap().0;
        assert_eq!(stream.write(&[IoSlice::new(b"ping")]), Ok(Written::Bytes(4)));
        peer.write_all(b"pong").unwrap();
        wait_for(stream.descriptor(), Interest::READ);
        assert_eq!(stream.read(&mut [0; 8]), Ok(Read::Data(4)));
    });
}

#[test]
fn a_child_does_not_wait_for_its_parents_lookup() {
    alone("a_child_does_not_wait_for_its_parents_lookup", || {
        let (gate, closed) = mpsc::channel::<()>();
        let _parents = Lookup::start_with(b"forked.test", move |_| {
            let _ = closed.recv();
            Ok(vec![ANY_V4])
        });
        // SAFETY: glibc lets a child of a process with threads allocate and start threads; it does no more than that.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let lookup = Lookup::start_with(b"forked.test", |_| Ok(vec![ANY_V4])).unwrap();
            let mut entries = [PollEntry::new(lookup.descriptor().unwrap_or(-1), Interest::READ)];
            let answered = poll::poll(&mut entries, Some(LIMIT_MS as u32)) == Ok(1);
            // SAFETY: ends the child at once, whose only thread must not go back into the test harness.
            unsafe { libc::_exit(i32::from(!answered)) };
        }
        let mut status = -1;
        // SAFETY: `status` may be written.
        assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
        assert_eq!(status, 0, "the child got no answer");
        drop(gate);
    });
}
