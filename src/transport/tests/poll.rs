//! Waiting and waking.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::support::*;
use crate::error::Error;
use crate::time::Time;
use crate::transport::clock;
use crate::transport::poll::{Interest, PollEntry, poll, timeout};
use crate::transport::wake::Wake;

fn entry(wake: &Wake) -> PollEntry {
    PollEntry::new(wake.descriptor(), Interest::READ)
}

#[test]
fn a_wake_from_another_thread_ends_a_wait_without_limit() {
    let wake = Wake::new().unwrap();
    assert!(is_close_on_exec(wake.descriptor()));
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let mut entries = [entry(&wake)];
            let ready = poll(&mut entries, None);
            (ready, entries[0].readable, entries[0].writable)
        });
        wake.wake();
        assert_eq!(waiting.join().unwrap(), (Ok(1), true, false));
    });
}

#[test]
fn wakes_last_until_drained_and_count_as_one() {
    let wake = Wake::new().unwrap();
    let ready = |wake: &Wake| poll(&mut [entry(wake)], Some(0));
    assert_eq!(ready(&wake), Ok(0));
    wake.drain();
    wake.wake();
    wake.wake();
    assert_eq!(ready(&wake), Ok(1));
    assert_eq!(ready(&wake), Ok(1));
    wake.drain();
    assert_eq!(ready(&wake), Ok(0));
    wake.wake();
    assert_eq!(ready(&wake), Ok(1));
}

#[test]
fn each_entry_gets_its_own_answer_however_many_there_are() {
    let (stream, peer) = connected();
    drop(peer);
    wait_for(stream.descriptor(), Interest::READ);
    let idle = Wake::new().unwrap();
    let woken = Wake::new().unwrap();
    woken.wake();
    for padding in [0, 20] {
        let mut entries = vec![entry(&idle); padding];
        entries.extend([
            entry(&woken),
            PollEntry::new(-1, Interest { read: true, write: true }),
            PollEntry::new(stream.descriptor(), Interest { read: true, write: true }),
            PollEntry::new(woken.descriptor(), Interest::default()),
            // Nobody's descriptor: reported as broken, so that its owner meets the error.
            PollEntry::new(RAW_UNUSED, Interest::READ),
        ]);
        assert_eq!(poll(&mut entries, Some(0)), Ok(3));
        let answers: Vec<_> = entries.iter().map(|e| (e.readable, e.writable)).collect();
        let (idle, rest) = answers.split_at(padding);
        assert!(idle.iter().all(|&answer| answer == (false, false)));
        assert_eq!(
            rest,
            [(true, false), (false, false), (true, true), (false, false), (true, true)]
        );
    }
}

/// A number far above any descriptor of this process.
const RAW_UNUSED: i32 = i32::MAX - 1;

#[test]
fn the_time_is_kept() {
    let began = clock::now();
    assert_eq!(poll(&mut [], Some(30)), Ok(0));
    assert!(clock::now().since(began) >= 29);
    let at = Time::from_millis;
    let rows = [
        (None, None),
        (Some(at(150)), Some(50)),
        (Some(at(100)), Some(0)),
        (Some(at(1)), Some(0)),
        (Some(at(u64::MAX)), Some(u32::MAX)),
    ];
    for (deadline, expected) in rows {
        assert_eq!(timeout(deadline, at(100)), expected, "{deadline:?}");
    }
    // Longer than the system call can be told, and still a limit, not an error.
    let wake = Wake::new().unwrap();
    wake.wake();
    assert_eq!(poll(&mut [entry(&wake)], Some(u32::MAX)), Ok(1));
}

#[test]
fn a_signal_ends_a_wait_with_eintr() {
    extern "C" fn ignore(_: libc::c_int) {}
    let handler: extern "C" fn(libc::c_int) = ignore;
    // SAFETY: the handler does nothing; SIGURG is used by nobody else in this process.
    unsafe { libc::signal(libc::SIGURG, handler as libc::sighandler_t) };
    let done = &AtomicBool::new(false);
    thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::channel();
        let waiting = scope.spawn(move || {
            // SAFETY: takes nothing, answers the id of this thread.
            let _ = sender.send(unsafe { libc::pthread_self() });
            let mut entries = [PollEntry { readable: true, ..PollEntry::new(-1, Interest::READ) }];
            let result = poll(&mut entries, Some(LIMIT_MS as u32));
            done.store(true, Ordering::Release);
            (result, entries[0].readable)
        });
        let thread = receiver.recv().unwrap();
        wait_until("the wait ends", || {
            // SAFETY: the thread is not joined before this loop ends.
            unsafe { libc::pthread_kill(thread, libc::SIGURG) };
            done.load(Ordering::Acquire)
        });
        assert_eq!(waiting.join().unwrap(), (Err(Error::Errno(libc::EINTR)), false));
    });
}
