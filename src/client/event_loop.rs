//! The loop functions: waiting for the descriptors of one client, reading, writing, keeping alive, connecting again.

use crate::error::{Error, Result};
use crate::sync::MutexGuard;
use crate::time::Time;
use crate::transport::clock;
use crate::transport::poll::{self, Interest, PollEntry};

use super::Client;
use super::connect::Attempt;
use super::core::{Core, Link, Stop};
use super::frame::{Frame, here};

/// What a negative timeout means, in milliseconds.
const DEFAULT_TIMEOUT: u32 = 1000;
/// How long a client without keepalive waits for nothing, in milliseconds.
const LONG: u64 = 86_400_000;
/// `errno` after a server broke the rules of TLS or WebSocket.
const EPROTO: i32 = 71;
/// `errno` after a signal was handled.
const EINTR: i32 = 4;

/// Whether a wait is over because something is ready, and what.
#[derive(Debug, Clone, Copy, Default)]
struct Ready {
    read: bool,
    write: bool,
}

impl Client {
    /// `mosquitto_loop`: waits up to `timeout_ms` for the connection, handles what there is, keeps it alive.
    ///
    /// `max_packets` must be positive and means nothing else.
    pub fn run_once(&self, timeout_ms: i32, max_packets: i32) -> Result<()> {
        if max_packets < 1 {
            return Err(Error::Inval);
        }
        self.turn(u32::try_from(timeout_ms).unwrap_or(DEFAULT_TIMEOUT), &here!())
    }

    /// `mosquitto_loop_read`, for a program that waits itself.
    pub fn loop_read(&self, max_packets: i32) -> Result<()> {
        let here = here!();
        let core = self.lock_connected(max_packets)?;
        if let Link::Open(_) = core.link {
            self.unlock(core);
            return self.read(&here);
        }
        let (core, result) = self.advance(core, &here);
        let buffered = core.stream().is_some_and(|stream| stream.has_buffered_input());
        self.unlock(core);
        // What came together with the last bytes of the handshake would not be shown by the descriptor again.
        if result.is_ok() && buffered { self.read(&here) } else { result }
    }

    /// `mosquitto_loop_write`, for a program that waits itself.
    pub fn loop_write(&self, max_packets: i32) -> Result<()> {
        let here = here!();
        let core = self.lock_connected(max_packets)?;
        let (core, result) = self.write_or_end(core, &here);
        let buffered = core
            .stream()
            .is_some_and(|stream| stream.has_buffered_input() || stream.reads_by_write());
        self.unlock(core);
        if result.is_ok() && buffered { self.read(&here) } else { result }
    }

    /// `mosquitto_loop_misc`: what is to be done without any descriptor being ready.
    pub fn loop_misc(&self) -> Result<()> {
        let here = here!();
        let core = self.lock_connected(1)?;
        let (core, result) = self.misc(core, &here);
        self.unlock(core);
        result
    }

    fn lock_connected(&self, max_packets: i32) -> Result<MutexGuard<'_, Core>> {
        if max_packets < 1 {
            return Err(Error::Inval);
        }
        let core = self.lock();
        match core.link {
            Link::None | Link::Blocking => {
                self.unlock(core);
                Err(Error::NoConn)
            }
            _ => Ok(core),
        }
    }

    /// One turn of `mosquitto_loop_forever`, after [`Client::begin_run`]: until the program disconnects, or an error that
    /// trying again does not cure. Then the answer is how it ended.
    pub fn run_turn(&self, timeout_ms: i32) -> Option<Result<()>> {
        let timeout = u32::try_from(timeout_ms).unwrap_or(DEFAULT_TIMEOUT);
        self.turn_or_reconnect(timeout, &here!(), None)
    }

    /// What is done once before a loop runs, as the thread of `loop_id` if it is the client's own.
    pub fn begin_run(&self, loop_id: Option<u64>) {
        let mut core = self.lock();
        if !core.options.no_wake || loop_id.is_some() {
            core.ensure_wake();
        }
        core.options.backoff.reset();
        self.unlock(core);
    }

    /// One turn, and what follows when the connection is gone.
    pub(super) fn turn_or_reconnect(
        &self,
        timeout: u32,
        here: &Frame,
        loop_id: Option<u64>,
    ) -> Option<Result<()>> {
        let result = self.turn(timeout, here);
        let mut core = self.lock();
        if core.is_over(loop_id) {
            self.unlock(core);
            return Some(Ok(()));
        }
        match result {
            Ok(()) => {
                self.unlock(core);
                return None;
            }
            Err(error) if is_fatal(error) => {
                self.unlock(core);
                return Some(Err(error));
            }
            Err(_) => {}
        }
        core = self.back_off(core, loop_id);
        let connected = !matches!(core.link, Link::None);
        let over = core.is_over(loop_id) || core.stay_disconnected;
        self.unlock(core);
        match (connected, over) {
            (true, _) => None,
            (false, true) => Some(Ok(())),
            (false, false) => {
                // Whatever is wrong may be right the next time.
                let _ = self.attempt(Attempt::Automatic, here);
                None
            }
        }
    }

    /// Waits before the next attempt; not if the program connected or gave up meanwhile.
    fn back_off<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        loop_id: Option<u64>,
    ) -> MutexGuard<'a, Core> {
        if !matches!(core.link, Link::None) || core.stay_disconnected {
            return core;
        }
        let end = clock::now() + core.options.backoff.next();
        loop {
            let left = end.since(clock::now());
            let settled =
                core.is_over(loop_id) || core.stay_disconnected || !matches!(core.link, Link::None);
            if left == 0 || settled {
                return core;
            }
            core = self.wait_change(core, left);
        }
    }

    /// One turn of a loop.
    fn turn(&self, timeout: u32, here: &Frame) -> Result<()> {
        let core = self.lock();
        if core.closed || matches!(core.link, Link::None) {
            self.unlock(core);
            return Err(Error::NoConn);
        }
        let generation = core.generation;
        let (mut core, result) = self.write_or_end(core, here);
        if result.is_err() || core.generation != generation {
            self.unlock(core);
            return result;
        }
        // What a handler call left behind that was jumped out of: there may be whole packets, and no news of them.
        let abandoned = core.reader.is_some_and(|reader| reader.is_left(here));
        let wait = if abandoned { 0 } else { core.wait(timeout, clock::now()) };
        let driven_elsewhere =
            matches!(core.link, Link::Blocking | Link::Connecting { connector: None, .. });
        if driven_elsewhere || core.is_read_elsewhere(here) {
            let core = self.wait_change(core, wait); // another thread is at it
            self.unlock(core);
            return Ok(());
        }
        let ready = match self.wait_ready(core, wait) {
            Ok(ready) => ready,
            Err(Error::Errno(EINTR)) => return Ok(()),
            Err(error) => return Err(error),
        };
        core = self.lock();
        if core.generation != generation || core.closed {
            self.unlock(core);
            return Ok(());
        }
        if ready.read && core.stream().is_some() {
            self.unlock(core);
            self.read(here)?;
            core = self.lock();
            if core.generation != generation {
                self.unlock(core);
                return Ok(());
            }
        }
        let mut result = Ok(());
        if ready.write || core.stream().is_none() || core.has_output() {
            (core, result) = self.write_or_end(core, here);
        }
        if result.is_ok() && core.generation == generation {
            (core, result) = self.misc(core, here);
        }
        self.unlock(core);
        result
    }

    /// Waits in poll until a descriptor is ready, the time is up or another thread wants something.
    fn wait_ready(&self, mut core: MutexGuard<'_, Core>, wait: u64) -> Result<Ready> {
        let timeout = Some(u32::try_from(wait).unwrap_or(u32::MAX));
        core.ensure_wake_if_shared();
        let wake = core.wake.clone();
        let wake_entry =
            PollEntry::new(wake.as_ref().map_or(-1, |wake| wake.descriptor()), Interest::READ);
        if let Some(stream) = core.stream().cloned() {
            if wait == 0 || stream.has_buffered_input() {
                self.unlock(core);
                return Ok(Ready { read: true, write: false }); // reading tells as well as polling
            }
            let interest = stream.interest(core.has_output());
            core.sleepers += 1;
            self.unlock(core);
            let mut entries = [PollEntry::new(stream.descriptor(), interest), wake_entry];
            let result = poll::poll(&mut entries, timeout);
            let [entry, _] = entries;
            self.woke_up();
            let ready = stream.readiness(&entry);
            return result.map(|_| Ready { read: ready.read, write: ready.write });
        }
        let mut entries = vec![wake_entry];
        if let Link::Connecting { connector: Some(connector), .. } = &core.link {
            connector.descriptors(&mut entries);
        }
        core.sleepers += 1;
        self.unlock(core);
        let result = poll::poll(&mut entries, timeout);
        self.woke_up();
        result.map(|_| Ready::default())
    }

    /// Goes on connecting or writing; a connection that breaks thereby is ended and the program told.
    fn write_or_end<'a>(
        &'a self,
        core: MutexGuard<'a, Core>,
        here: &Frame,
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        if let Link::Connecting { .. } = core.link {
            let generation = core.generation;
            let (core, result) = self.advance(core, here);
            return match result {
                Err(error) if core.generation == generation => {
                    self.end_connection(core, here, error)
                }
                result => (core, result),
            };
        }
        let generation = core.generation;
        let (core, result) = self.flush(core, here);
        match result {
            Err(error) if core.generation == generation => self.end_connection(core, here, error),
            _ => (core, Ok(())),
        }
    }

    /// Keepalive, and the end of a disconnect that the server does not answer.
    fn misc<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        let now = clock::now();
        if let Link::Connecting { .. } = core.link {
            let generation = core.generation;
            let result;
            (core, result) = self.write_or_end(core, here);
            if result.is_err() || core.generation != generation {
                return (core, result);
            }
        }
        if core.closing_deadline.is_some_and(|deadline| deadline <= now) {
            return self.end_connection(core, here, Error::ConnLost);
        }
        match core.session.tick(now) {
            Err(error) => self.end_connection(core, here, error),
            Ok(()) if core.has_output() => self.write_or_end(core, here),
            Ok(()) => (core, Ok(())),
        }
    }
}

impl Core {
    /// How long the loop may wait, in milliseconds: at most `timeout`, not beyond the next deadline.
    fn wait(&self, timeout: u32, now: Time) -> u64 {
        let connecting = match &self.link {
            Link::Connecting { connector: Some(connector), .. } => connector.deadline(),
            _ => None,
        };
        let until = |deadline: Option<Time>| deadline.map_or(LONG, |deadline| deadline.since(now));
        let stopping = match self.stop {
            Some(Stop::Gently { deadline, .. }) => Some(deadline),
            _ => None,
        };
        until(self.session.deadline())
            .min(until(connecting))
            .min(until(self.closing_deadline))
            .min(until(stopping))
            .min(timeout.into())
    }

    /// Whether another thread reads and hands over.
    fn is_read_elsewhere(&self, here: &Frame) -> bool {
        self.reader.is_some_and(|reader| reader.is_foreign() && reader != *here)
    }

    /// Whether a loop is to end now.
    pub(super) fn is_over(&mut self, loop_id: Option<u64>) -> bool {
        let replaced = loop_id.is_some_and(|id| id != self.loop_id);
        self.closed || replaced || loop_id.is_some() && self.is_stopped(clock::now())
    }
}

/// The errors after which `mosquitto_loop_forever` returns instead of connecting again.
fn is_fatal(error: Error) -> bool {
    matches!(error.code(), 1..=3 | 6 | 8..=13 | 16) || error == Error::Errno(EPROTO)
}
