//! The loop's own thread: started, stopped, joined.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::transport::clock;
use crate::transport::thread::Thread;

use super::Client;
use super::core::{Core, Link, Stop, Threaded};
use super::event_loop::Run;
use super::frame::{Frame, here, this_thread};

/// What debuggers and `ps` show.
const NAME: &str = "mosquitto loop";
/// Longer than any wait that is not ended by something: a day, in milliseconds.
const LONG: u32 = 86_400_000;
/// How often it is looked whether a thread that was not waited for has vanished, in milliseconds.
const GLANCE: u64 = 50;

impl Client {
    /// `mosquitto_loop_start`: a thread that runs the loop from now on, also over later connect calls. After a disconnect it
    /// waits for the first of those.
    pub fn start(self: &Arc<Self>) -> Result<()> {
        let mut core = self.enter(&here!());
        if core.has_ending_thread() {
            // It may still be telling the program of the end: who stops the loop waits for that, nobody else.
            if let Some(thread) = core.loop_thread.take() {
                core.rare.retired.push(thread);
            }
            drop(core.thread.take());
            core.threaded = Threaded::None;
        }
        if core.threaded != Threaded::None || core.closed {
            self.unlock(core);
            return Err(Error::Inval);
        }
        let ended = core.thread.take();
        core.threaded = Threaded::Own;
        core.stop = None;
        core.loop_id = core.loop_id.wrapping_add(1);
        core.ensure_wake();
        let loop_id = core.loop_id;
        let client = Arc::clone(self);
        let result = match Thread::spawn(NAME, move || client.thread_main(loop_id)) {
            Ok(thread) => {
                core.thread = Some(thread);
                Ok(())
            }
            Err(error) => {
                core.threaded = Threaded::None;
                Err(error)
            }
        };
        if ended.is_some() {
            // It has ended, unless `set_threaded` has hidden it: then it learns here that its place is taken.
            self.interrupt();
            core.wake();
        }
        drop(core); // and not `unlock`: this frame owns the thread
        self.changed.notify_all();
        if let Some(thread) = ended.filter(|thread| !thread.is_this()) {
            thread.join();
        }
        result
    }

    /// `mosquitto_loop_stop`: the thread ends, the connection stays as it is. With `force` false a disconnect under way is
    /// finished first, and so are the messages published before.
    ///
    /// Returns when the thread has ended; from a handler call on that thread at once.
    pub fn stop(&self, force: bool) -> Result<()> {
        let mut core = self.enter(&here!());
        if core.loop_thread == Some(this_thread()) {
            // Nobody can wait for himself: the thread ends when the handler call under way has returned.
            drop(core.thread.take());
            core.rare.retired.push(this_thread());
            self.interrupt();
            core.loop_id = core.loop_id.wrapping_add(1);
            core.loop_thread = None;
            core.threaded = Threaded::None;
            core.stop = None; // another thread that waits for the end has nothing more to say
            self.unlock(core);
            self.changed.notify_all();
            return Ok(());
        }
        // Another thread may take its place as soon as it has ended; that one is none of this call's business.
        let loop_id = core.loop_id;
        let Some(thread) = core.thread.take() else {
            // Another call may be waiting for it already.
            if force && core.stop.is_some() {
                core.stop = Some(Box::new(Stop::Now));
                self.interrupt();
                core.wake();
                self.changed.notify_all();
            }
            let mut waited = false;
            while core.threaded == Threaded::Own && core.loop_id == loop_id {
                waited = true;
                core = self.wait_change(core, LONG.into());
            }
            self.unlock(core);
            return if waited { Ok(()) } else { Err(Error::Inval) };
        };
        self.interrupt();
        core.stop = Some(Box::new(if force { Stop::Now } else { core.gentle_stop(clock::now()) }));
        if core.closing_deadline.is_some() {
            core.closing_deadline = Some(clock::now() + core.disconnect_patience());
        }
        core.wake();
        drop(core); // and not `unlock`: this frame owns the thread
        self.changed.notify_all();
        thread.join();
        let mut core = self.lock();
        if core.loop_id == loop_id {
            core.stop = None;
            if core.threaded == Threaded::Own {
                core.threaded = Threaded::None;
            }
        }
        while core.has_retired_calls() {
            core = self.wait_change(core, GLANCE);
        }
        self.unlock(core);
        self.changed.notify_all();
        Ok(())
    }

    /// What the thread does: waits for the first connect call, then loops.
    fn thread_main(&self, loop_id: u32) {
        let here = here!();
        let mut core = self.lock();
        let run = Run::of_thread(&core, loop_id);
        while core.is_unconnected() && !core.is_over(run) {
            core = self.wait_change(core, LONG.into());
        }
        if core.loop_id == loop_id {
            core.loop_thread = Some(this_thread());
        }
        while !core.is_over(run) {
            self.unlock(core);
            let run = self.begin_run(Some(loop_id));
            let result = loop {
                if let Some(result) = self.turn_or_reconnect(run, LONG, &here) {
                    break result;
                }
            };
            core = self.lock();
            // Unless the program has connected again since.
            if result.is_err() || core.is_unconnected() {
                break;
            }
        }
        if let Some(rare) = core.rare.existing() {
            rare.retired.retain(|thread| *thread != this_thread());
        }
        if core.loop_id == loop_id {
            core.loop_thread = None;
            if core.threaded == Threaded::Own {
                core.threaded = Threaded::None;
            }
        }
        self.unlock(core);
        self.changed.notify_all();
    }
}

impl Core {
    /// Whether there is no connection, and none is to be made before the program asks for it.
    fn is_unconnected(&self) -> bool {
        let unwanted = self.options.host.is_none() || self.stay_disconnected;
        unwanted && matches!(self.link, Link::None)
    }

    /// Whether a thread whose place was taken, another one than the caller's, is still inside a handler call.
    fn has_retired_calls(&self) -> bool {
        let retired = |call: &&Frame| self.rare.retired.iter().any(|thread| call.is_of(*thread));
        self.calls.iter().filter(retired).any(|call| call.is_foreign() && !call.is_dead())
    }

    /// Whether the client's own thread, another one than the caller's, has nothing left to do but end.
    fn has_ending_thread(&self) -> bool {
        self.threaded == Threaded::Own
            && self.options.host.is_some()
            && self.is_unconnected()
            && self.loop_thread.is_some_and(|thread| thread != this_thread())
    }
}
