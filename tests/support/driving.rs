//! Runs a client until something happens: by `mosquitto_loop`, by an event loop of the test, or by waiting for the
//! client's own thread.

use std::ffi::{c_int, c_short};
use std::time::{Duration, Instant};

use super::client::Client;
use super::server::LIMIT;

/// Runs the client's loop until `done`.
///
/// # Panics
/// If that takes too long.
pub fn run_until(client: &Client, what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !done() {
        assert!(Instant::now() < deadline, "{what}: not in time; log: {:?}", client.log());
        client.run_once(5);
    }
}

/// Runs the client's loop until it gives an event, which has to be this one.
pub fn run_to(client: &Client, expected: &str) {
    let mut event = None;
    run_until(client, expected, || {
        event = client.take_event();
        event.is_some()
    });
    assert_eq!(event.as_deref(), Some(expected), "log: {:?}", client.log());
}

/// Runs the client's loop until that fails: its code and `errno`.
pub fn run_to_failure(client: &Client) -> (c_int, c_int) {
    let deadline = Instant::now() + LIMIT;
    loop {
        assert!(Instant::now() < deadline, "no failure in time; log: {:?}", client.log());
        set_errno(0);
        let rc = client.run_once(5);
        if rc != 0 {
            return (rc, std::io::Error::last_os_error().raw_os_error().unwrap_or(0));
        }
    }
}

fn set_errno(errno: c_int) {
    // SAFETY: this thread's errno.
    unsafe { *libc::__errno_location() = errno };
}

/// Waits until the client's own thread gives an event, which has to be this one.
pub fn wait_for_event(client: &Client, expected: &str) {
    let deadline = Instant::now() + LIMIT;
    loop {
        if let Some(event) = client.take_event() {
            assert_eq!(event, expected, "log: {:?}", client.log());
            return;
        }
        assert!(Instant::now() < deadline, "no {expected}; log: {:?}", client.log());
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Waits for exactly what the client says it waits for; what came of it, as poll has it.
pub fn external_wait(client: &Client, timeout_ms: c_int) -> c_short {
    let write = if client.want_write() { libc::POLLOUT } else { 0 };
    let mut poll = libc::pollfd { fd: client.socket(), events: libc::POLLIN | write, revents: 0 };
    // SAFETY: one valid pollfd.
    unsafe { libc::poll(&raw mut poll, 1, timeout_ms) };
    poll.revents
}

/// A turn of a program's own event loop.
pub fn external_turn(client: &Client, timeout_ms: c_int) {
    let ready = external_wait(client, timeout_ms);
    if ready & (libc::POLLIN | libc::POLLERR) != 0 {
        assert_eq!(client.loop_read(), 0);
    }
    if ready & libc::POLLOUT != 0 {
        assert_eq!(client.loop_write(), 0);
    }
    assert_eq!(client.loop_misc(), 0);
}

/// Takes such turns until there is an event. How many it took.
pub fn external_loop(client: &Client) -> usize {
    let deadline = Instant::now() + LIMIT;
    let mut turns = 0;
    while client.take_event().is_none() {
        assert!(Instant::now() < deadline, "no event; log: {:?}", client.log());
        external_turn(client, 1000);
        turns += 1;
    }
    turns
}
