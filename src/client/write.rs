//! Writing: whoever holds the writer token hands everything there is to the system, a gathered call at a time, without
//! the lock; everybody else just leaves bytes behind.

use std::io::IoSlice;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::error::{Error, Result};
use crate::session::Phase;
use crate::session::output::Batch;
use crate::sync::MutexGuard;
use crate::transport::clock;
use crate::transport::stream::{Stream, Written};

use super::core::{Core, Threaded};
use super::frame::{Frame, apart};
use super::handler::{Event, Handler, RawBytes};
use super::{Client, Publish, Published};

/// QoS 0 messages of which the program is told with one leave of the lock.
const TOGETHER: usize = 64;
/// Slices handed to the system at once.
const SLICES: usize = 16;

impl Client {
    /// Ends a call: [`Client::submit`] if it made a packet.
    pub(super) fn conclude<'a>(
        &'a self,
        core: MutexGuard<'a, Core>,
        here: &Frame,
        result: Result<()>,
    ) -> Result<()> {
        match result {
            Ok(()) => self.submit(core, here),
            Err(error) => {
                self.unlock(core);
                Err(error)
            }
        }
    }

    /// Ends a call that made output: writes at once if nobody else is there to do it, else leaves that to the loop.
    ///
    /// The answer is what writing said; the connection is not closed here, that is the loop's to find out and to tell.
    pub(super) fn submit<'a>(&'a self, mut core: MutexGuard<'a, Core>, here: &Frame) -> Result<()> {
        if core.writes_at_once() && !core.is_in_call(here) {
            let (core, result) = self.flush(core, here);
            self.unlock(core);
            return result;
        }
        if core.is_piled_up(here) {
            core = self.write_pile(core);
        }
        core.wake();
        self.unlock(core);
        Ok(())
    }

    /// Writes as much as the system takes now, and tells the program which QoS 0 messages are out.
    pub(super) fn flush<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        loop {
            core = self.tell_log(core); // before the bytes that it speaks of
            let Some(stream) = core.stream().cloned() else { return (core, Ok(())) };
            let Some(mut batch) = core.unsent.take() else { return (core, Ok(())) };
            if batch.is_empty() {
                core.session.output.take(&mut batch);
            }
            if batch.is_empty() && !stream.has_buffered_output() {
                core.unsent = Some(batch);
                if core.output_done() {
                    drop(core); // and not `unlock`: this frame owns the stream
                    stream.shutdown_write();
                    core = self.lock();
                }
                return (core, Ok(()));
            }
            let (after, written) = self.write_batch(core, stream, batch, &[]);
            core = after;
            match written {
                None => continue,
                Some(Ok(Written::Bytes(_))) => {
                    if core.closing_deadline.is_some() {
                        core.closing_deadline = Some(clock::now() + core.disconnect_patience());
                    }
                }
                Some(Ok(Written::WouldBlock)) => {
                    core.wake(); // who waits does not know yet that the socket is to be waited for
                    return (core, Ok(()));
                }
                Some(Err(error)) => return (core, Err(error)),
            }
            core = self.tell_completions(core, here);
        }
    }

    /// Hands `batch` to the system, and behind it a `payload` that belongs there, of which only what the system does not
    /// take is copied. The answer is what the system said, unless the connection is gone since.
    pub(super) fn write_batch<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        stream: Arc<Stream>,
        mut batch: Box<Batch>,
        payload: &[u8],
    ) -> (MutexGuard<'a, Core>, Option<Result<Written>>) {
        let generation = core.generation;
        let nodelay = core.nodelay_to_set();
        drop(core); // and not `unlock`: this frame owns the batch

        if let Some(nodelay) = nodelay {
            stream.set_nodelay(nodelay);
        }
        let mut slices = [IoSlice::new(&[]); SLICES];
        let written = stream.write(batch.gather(&mut slices, payload));
        let lines = if written.is_err() { stream.take_log() } else { Vec::new() };
        let count = if let Ok(Written::Bytes(count)) = written { count } else { 0 };
        let beyond = batch.advance(count);
        if let Some(rest @ [_, ..]) = payload.get(beyond..) {
            batch.append(Arc::new(rest.to_vec()));
        }

        drop(stream);
        core = self.lock();
        let lasts = core.generation == generation;
        if !lasts {
            batch.clear(); // these bytes were for a connection that is gone
        }
        core.unsent = Some(batch);
        if !lasts {
            return (core, None);
        }
        core.log_transport(lines);
        if let Ok(Written::Bytes(count)) = written {
            core.session.wrote(count, clock::now());
        }
        (core, Some(written))
    }

    /// Tells the program of published messages that are complete without an answer of the server.
    pub(super) fn tell_completions<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
    ) -> MutexGuard<'a, Core> {
        while core.session.has_completion() && !core.closed && !core.is_stopping() {
            if let Some(teller) = core.teller {
                if teller.is_foreign() && !teller.is_dead() {
                    break; // it tells of these too
                }
                self.stop_telling(&mut core); // a handler call further out, or one that never returned
            }
            // Where another thread publishes and this one writes, there may be many.
            if !core.writes_at_once() && core.session.only_written() {
                core = self.tell_written(core, here);
                continue;
            }
            let Some(completion) = core.session.next_completion() else { break };
            let (mid, reason) = (completion.mid.into(), completion.reason.into());
            let event = Event::Publish { mid, reason, properties: RawBytes::EMPTY };
            core = self.call(core, here, &event).0;
        }
        core
    }

    /// Tells the program of some QoS 0 messages, with one leave of the lock.
    ///
    /// They stay in the session's books meanwhile, and `told` says how far this has come: so nothing is lost or repeated if
    /// the program's function leaves by `longjmp`, or calls a loop function that goes on with the rest.
    fn tell_written<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
    ) -> MutexGuard<'a, Core> {
        let mut mids = [0; TOGETHER];
        let (count, first) = core.session.output.written_next(&mut mids);
        self.told.store(first, Ordering::Relaxed);
        self.interrupted.store(false, Ordering::Relaxed);
        core.teller = Some(*here);
        let tell = |handler: &dyn Handler| {
            for (told, &mid) in (first + 1..).zip(mids.iter().take(count)) {
                self.told.store(told, Ordering::Relaxed);
                handler.published(mid.into());
                let taken_over = self.told.load(Ordering::Relaxed) != told;
                if taken_over || self.interrupted.load(Ordering::Acquire) {
                    break;
                }
            }
        };
        core = self.call_in_line(core, here, |handler| apart(|| tell(handler))).0;
        if core.teller == Some(*here) {
            self.stop_telling(&mut core);
        }
        core
    }

    /// Books what [`Client::tell_written`] has told of so far. If it still runs, it ends when its handler call returns.
    pub(super) fn stop_telling(&self, core: &mut Core) {
        core.teller = None;
        core.session.output.forget_told(self.told.load(Ordering::Relaxed));
        self.told.store(u64::MAX, Ordering::Relaxed);
    }

    /// Makes [`Client::tell_written`] look at the state before it goes on.
    pub(super) fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Release);
    }

    /// Makes a handler call, without the lock. Nothing is told once the client is being destroyed.
    pub(super) fn call<'a>(
        &'a self,
        core: MutexGuard<'a, Core>,
        here: &Frame,
        event: &Event,
    ) -> (MutexGuard<'a, Core>, i32) {
        self.call_in_line(core, here, |handler| apart(|| handler.event(event)))
    }

    /// As [`Client::call`], for the places where every message comes by: `call` is to be [`apart`] by the caller's means.
    #[inline(always)]
    pub(super) fn call_in_line<'a, T: Default>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
        call: impl FnOnce(&dyn Handler) -> T,
    ) -> (MutexGuard<'a, Core>, T) {
        if core.closed {
            return (core, T::default());
        }
        core.calls.push(*here);
        self.unlock(core);
        let answer = call(&*self.handler);
        let mut core = self.relock();
        core.leave_call(here);
        if core.closed || core.stop.is_some() {
            self.changed.notify_all(); // somebody may wait for the end of this call
        }
        (core, answer)
    }

    /// Ends the connection: a last attempt to get out what is left, then the program is told. The answer is what the loop
    /// function is to return, which is success if the program wanted it so.
    pub(super) fn end_connection<'a>(
        &'a self,
        core: MutexGuard<'a, Core>,
        here: &Frame,
        error: Error,
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        let generation = core.generation;
        let (core, _) = self.flush(core, here);
        if core.generation != generation {
            return (core, Ok(())); // a handler call has put another connection in its place
        }
        self.drop_connection(core, here, error)
    }

    /// Ends the connection, with whatever was still to be written, and tells the program.
    pub(super) fn drop_connection<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
        error: Error,
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        let wanted = core.disconnecting;
        let rc = if wanted { 0 } else { error.code() };
        // The program hears nothing of attempts that the loop makes by itself.
        let quiet = core.is_silent_attempt() && !wanted;
        let link = core.drop_link();
        core.forget_input();
        drop(core); // and not `unlock`: this frame owns the link
        drop(link);
        core = self.lock();
        if !quiet {
            let event = Event::Disconnect { rc, properties: RawBytes::EMPTY };
            core = self.call(core, here, &event).0;
        }
        self.changed.notify_all();
        (core, if wanted { Ok(()) } else { Err(error) })
    }
}

impl Core {
    /// Whether calls that make output write it themselves, outside of handler calls: nobody else is there to do it.
    pub fn writes_at_once(&self) -> bool {
        self.threaded == Threaded::None
    }

    /// Hands a message to the session; `on_mid` gets its id.
    pub fn publish(&mut self, message: Publish<'_>, on_mid: impl FnOnce(i32)) -> Result<()> {
        let (mid, result) = self.session.publish(message)?;
        on_mid(mid.into());
        result
    }

    /// Whether a publish with this result is done: nobody waits for it to be written by the caller, and there is nothing to
    /// tell.
    #[inline(always)]
    pub(super) fn published(&mut self, result: Result<()>) -> Published {
        let left = self.writes_at_once() || self.may_be_piled_up();
        let done = self.session.log.is_empty() && (result.is_err() || !left);
        if done && result.is_ok() {
            self.wake();
        }
        Published { result, done }
    }

    /// How to set TCP_NODELAY before the next write, if not as it is.
    pub(super) fn nodelay_to_set(&mut self) -> Option<bool> {
        let adapts = self.options.nodelay.is_none() && self.options.is_tcp();
        if adapts { self.pace.write() } else { None }
    }

    /// Everything is written. If DISCONNECT was the last of it, so is the server to know, which is for the caller to do,
    /// and has a second to close.
    fn output_done(&mut self) -> bool {
        let done = self.session.phase() == Phase::Closing && !self.half_closed;
        if done {
            self.half_closed = true;
            self.closing_deadline = Some(clock::now() + self.disconnect_patience());
        }
        done
    }
}
