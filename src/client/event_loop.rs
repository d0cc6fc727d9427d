//! The loop functions: waiting for the descriptors of one client, reading, writing, keeping alive, connecting again.

use crate::error::{EPROTO, Error, Result};
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
/// How long memory for large packets is kept for the next one, in milliseconds.
const RESERVE: u64 = 200;
/// A wait between two attempts is not cut into shorter pieces than this, in milliseconds.
const SLICE: u64 = 100;
/// `errno` after a signal was handled.
const EINTR: i32 = 4;

/// Whether a wait is over because something is ready, and what.
#[derive(Debug, Clone, Copy, Default)]
struct Ready {
    read: bool,
    write: bool,
}

/// A loop that runs until it is over.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// The life of the client that it belongs to: `mosquitto_reinitialise` ends it.
    life: u32,
    /// Its number, if the client's own thread runs it.
    loop_id: Option<u32>,
}

impl Run {
    /// The loop of the client's own thread with this number.
    pub(super) fn of_thread(core: &Core, loop_id: u32) -> Run {
        Run { life: core.life, loop_id: Some(loop_id) }
    }
}

impl Client {
    /// `mosquitto_loop`: waits up to `timeout_ms` for the connection, handles what there is, keeps it alive.
    ///
    /// `max_packets` must be positive and means nothing else.
    pub fn run_once(&self, timeout_ms: i32, max_packets: i32) -> Result<()> {
        if max_packets < 1 {
            return Err(Error::Inval);
        }
        self.turn(u32::try_from(timeout_ms).unwrap_or(DEFAULT_TIMEOUT), None, &here!())
    }

    /// `mosquitto_loop_read`, for a program that waits itself.
    pub fn loop_read(&self, max_packets: i32) -> Result<()> {
        let here = here!();
        let core = self.enter_connected(max_packets, &here)?;
        self.as_driver(core, &here, |mut core| {
            if core.stream().is_none() {
                let result;
                (core, result) = self.advance(core, &here);
                // What came together with the last bytes of the handshake would not be shown by the descriptor again.
                let buffered = core.stream().is_some_and(|stream| stream.has_buffered_input());
                if result.is_err() || !buffered {
                    return (core, result);
                }
            }
            self.read(core, &here)
        })
    }

    /// `mosquitto_loop_write`, for a program that waits itself.
    pub fn loop_write(&self, max_packets: i32) -> Result<()> {
        let here = here!();
        let core = self.enter_connected(max_packets, &here)?;
        self.as_driver(core, &here, |core| {
            let (core, result) = self.write_or_end(core, &here);
            let buffered = core
                .stream()
                .is_some_and(|stream| stream.has_buffered_input() || stream.reads_by_write());
            if result.is_ok() && buffered { self.read(core, &here) } else { (core, result) }
        })
    }

    /// `mosquitto_loop_misc`: what is to be done without any descriptor being ready.
    pub fn loop_misc(&self) -> Result<()> {
        let here = here!();
        let core = self.enter_connected(1, &here)?;
        self.as_driver(core, &here, |mut core| {
            core.input.release();
            let (core, result) = self.misc(core, &here);
            // It may have gone on with a handshake, and read more than that.
            let buffered = core.stream().is_some_and(|stream| stream.has_buffered_input());
            if result.is_ok() && buffered { self.read(core, &here) } else { (core, result) }
        })
    }

    fn enter_connected(&self, max_packets: i32, here: &Frame) -> Result<MutexGuard<'_, Core>> {
        if max_packets < 1 {
            return Err(Error::Inval);
        }
        let core = self.enter(here);
        match core.link {
            Link::None | Link::Reserved(_) => {
                self.unlock(core);
                Err(Error::NoConn)
            }
            _ => Ok(core),
        }
    }

    /// Takes a step as the thread that drives the connection. If another one does, nothing is left to do here: it looks
    /// after everything before it stops.
    fn as_driver<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
        step: impl FnOnce(MutexGuard<'a, Core>) -> (MutexGuard<'a, Core>, Result<()>),
    ) -> Result<()> {
        if !core.begin_driving(here) {
            self.unlock(core);
            return Ok(());
        }
        let (mut core, result) = step(core);
        core.end_driving(here);
        self.unlock(core);
        self.changed.notify_all();
        result
    }

    /// What is done once before a loop runs, as the thread of `loop_id` if it is the client's own. The answer is for
    /// [`Client::run_turn`].
    pub fn begin_run(&self, loop_id: Option<u32>) -> Run {
        let mut core = self.lock();
        if !core.options.no_wake || loop_id.is_some() {
            core.ensure_wake();
        }
        core.options.backoff.reset();
        core.retry_at = None;
        let run = Run { life: core.life, loop_id };
        self.unlock(core);
        run
    }

    /// One turn of `mosquitto_loop_forever`, after [`Client::begin_run`]: until the program disconnects, or an error that
    /// trying again does not cure. Then the answer is how it ended. A turn takes no longer than the timeout and what the
    /// handler calls take.
    pub fn run_turn(&self, run: Run, timeout_ms: i32) -> Option<Result<()>> {
        let timeout = u32::try_from(timeout_ms).unwrap_or(DEFAULT_TIMEOUT);
        self.turn_or_reconnect(run, timeout, &here!())
    }

    /// One turn, and what follows when the connection is gone.
    pub(super) fn turn_or_reconnect(
        &self,
        run: Run,
        timeout: u32,
        here: &Frame,
    ) -> Option<Result<()>> {
        let result = self.turn(timeout, Some(run), here);
        let mut core = self.lock();
        if core.is_over(run) {
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
        core = self.back_off(core, run, timeout);
        let connected = !matches!(core.link, Link::None);
        let over = core.is_over(run) || core.stay_disconnected;
        if connected || over {
            core.retry_at = None;
        }
        let waits = core.retry_at.is_some_and(|retry_at| retry_at > clock::now());
        self.unlock(core);
        match (connected, over) {
            (true, _) => None,
            (false, true) => Some(Ok(())),
            (false, false) => {
                if !waits {
                    // Whatever is wrong may be right the next time.
                    let _ = self.attempt(Attempt::Automatic, here);
                }
                None
            }
        }
    }

    /// Waits before the next attempt; not if the program connected or gave up meanwhile.
    fn back_off<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        run: Run,
        timeout: u32,
    ) -> MutexGuard<'a, Core> {
        let begun = clock::now();
        let end = begun + u64::from(timeout).max(SLICE);
        while matches!(core.link, Link::None) && !core.stay_disconnected && !core.is_over(run) {
            let retry_at = match core.retry_at {
                Some(retry_at) => retry_at,
                None => begun + core.options.backoff.next(),
            };
            core.retry_at = Some(retry_at);
            let left = retry_at.min(end).since(clock::now());
            if left == 0 {
                break;
            }
            core = self.wait_change(core, left);
        }
        core
    }

    /// One turn of a loop. A loop that is over does not wait: whoever ended it woke only those who waited already.
    fn turn(&self, timeout: u32, run: Option<Run>, here: &Frame) -> Result<()> {
        let is_over = |core: &mut Core| run.is_some_and(|run| core.is_over(run));
        let mut core = self.enter(here);
        if let Link::Reserved(frame) = &core.link {
            if frame.is_dead() {
                drop(core.drop_link());
            }
        }
        if core.closed || matches!(core.link, Link::None) {
            self.unlock(core);
            return Err(Error::NoConn);
        }
        let elsewhere =
            matches!(core.link, Link::Reserved(_) | Link::Connecting { connector: None, .. });
        if elsewhere || !core.begin_driving(here) {
            if !is_over(&mut core) {
                core = self.wait_change(core, timeout.into()); // another thread is at it
            }
            self.unlock(core);
            return Ok(());
        }
        let generation = core.generation;
        let (mut core, result) = self.write_or_end(core, here);
        if result.is_ok() && core.generation == generation {
            core = self.tell_completions(core, here); // of what other threads have written
        }
        core.end_driving(here);
        self.changed.notify_all();
        if result.is_err() || core.generation != generation {
            self.unlock(core);
            return result;
        }
        core = self.tell_log(core);
        if core.generation != generation || core.closed {
            self.unlock(core);
            return Ok(());
        }
        // Whole packets that were left by a loop that ended, or a handler call that was jumped out of: of those there will be
        // no news.
        let left_over = core.driver.is_none() && core.input.has_packet();
        let mut wait = if left_over { 0 } else { core.wait(timeout, clock::now()) };
        if core.input.is_reserve() {
            wait = wait.min(RESERVE);
        }
        if is_over(&mut core) {
            self.unlock(core);
            return Ok(());
        }
        let ready = match self.wait_ready(core, wait) {
            Ok(ready) => ready,
            Err(Error::Errno(EINTR)) => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut core = self.lock();
        if core.generation != generation || core.closed {
            self.unlock(core);
            return Ok(());
        }
        if wait == RESERVE && !ready.read && core.driver.is_none() {
            core.input.release();
        }
        self.as_driver(core, here, |core| self.after_wait(core, here, ready))
    }

    /// The second half of a turn: what there is to do after the wait.
    fn after_wait<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
        ready: Ready,
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        let generation = core.generation;
        let mut result = Ok(());
        if ready.read && core.stream().is_some() {
            (core, result) = self.read(core, here);
            if result.is_err() || core.generation != generation {
                return (core, result);
            }
        }
        if ready.write || core.stream().is_none() || core.has_output() {
            (core, result) = self.write_or_end(core, here);
        }
        if result.is_ok() && core.generation == generation {
            (core, result) = self.misc(core, here);
        }
        (core, result)
    }

    /// Waits in poll until a descriptor is ready, the time is up or another thread wants something.
    fn wait_ready(&self, mut core: MutexGuard<'_, Core>, wait: u64) -> Result<Ready> {
        let timeout = Some(u32::try_from(wait).unwrap_or(u32::MAX));
        core.ensure_wake_if_shared(wait);
        let wake = core.wake.clone();
        let wake_entry =
            PollEntry::new(wake.as_ref().map_or(-1, |wake| wake.descriptor()), Interest::READ);
        if let Some(stream) = core.stream().cloned() {
            if wait == 0 || stream.has_buffered_input() {
                return Ok(Ready { read: true, write: false }); // reading tells as well as polling
            }
            let interest = stream.interest(core.has_output());
            core.sleepers += 1;
            drop(core); // and not `unlock`: this frame owns the stream
            let mut entries = [PollEntry::new(stream.descriptor(), interest), wake_entry];
            let result = poll::poll(&mut entries, timeout);
            let [entry, _] = entries;
            drop(self.woken_up());
            let ready = stream.readiness(&entry);
            return result.map(|_| Ready { read: ready.read, write: ready.write });
        }
        let mut entries = vec![wake_entry];
        if let Link::Connecting { connector: Some(connector), .. } = &core.link {
            connector.descriptors(&mut entries);
        }
        core.sleepers += 1;
        drop(core); // and not `unlock`: this frame owns the entries
        let result = poll::poll(&mut entries, timeout);
        drop(self.woken_up());
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
        if core.rare.parked.is_empty() && core.stream().is_some() && core.input.has_packet() {
            return self.read(core, here); // left over by a loop that was stopped
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
        let stopping = match self.stop.as_deref() {
            Some(Stop::Gently { deadline, .. }) => Some(*deadline),
            _ => None,
        };
        until(self.session.deadline())
            .min(until(connecting))
            .min(until(self.closing_deadline))
            .min(until(stopping))
            .min(timeout.into())
    }

    /// Whether a loop is to end now.
    pub(super) fn is_over(&mut self, run: Run) -> bool {
        let replaced = run.life != self.life || run.loop_id.is_some_and(|id| id != self.loop_id);
        self.closed || replaced || run.loop_id.is_some() && self.is_stopped(clock::now())
    }
}

/// The errors after which `mosquitto_loop_forever` returns instead of connecting again.
fn is_fatal(error: Error) -> bool {
    matches!(error.code(), 1..=3 | 6 | 8..=13 | 16) || error == Error::Errno(EPROTO)
}
