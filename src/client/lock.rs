//! Taking and leaving the one lock of a client; log lines are handed over when it is left.

use crate::sync::MutexGuard;

use super::Client;
use super::core::{Core, Link};
use super::frame::{Frame, apart, here, this_thread};

/// Keeps a client as it is, as long as this lives.
#[derive(Debug)]
pub struct Still<'a>(#[allow(dead_code, reason = "held, not looked at")] MutexGuard<'a, Core>);

impl Client {
    /// Waits until no thread is changing the state, and keeps it so. Nothing else of the client works meanwhile: for a
    /// thread that is about to fork.
    pub fn still(&self) -> Still<'_> {
        Still(self.core.lock())
    }

    /// Takes the connection down without a word to the program. Closing may call the program's functions (of its own TLS
    /// context), so the lock is given up for it.
    pub(super) fn close_link<'a>(&'a self, mut core: MutexGuard<'a, Core>) -> MutexGuard<'a, Core> {
        let link = core.drop_link();
        self.interrupt();
        core.forget_input();
        if let Link::None | Link::Reserved(_) = link {
            return core;
        }
        drop(core); // and not `unlock`: this frame owns the link
        drop(link);
        self.lock()
    }

    /// Takes the lock for one step.
    pub(super) fn lock(&self) -> MutexGuard<'_, Core> {
        let mut core = self.relock();
        core.meet(this_thread());
        core
    }

    /// Takes the lock again, in a call that has had it before.
    #[inline]
    pub(super) fn relock(&self) -> MutexGuard<'_, Core> {
        let mut core = self.core.lock();
        core.notice_fork();
        core
    }

    /// The handler may have begun, or ceased, to want log lines: looked at here only, not for each line.
    pub fn log_listener_changed(&self) {
        let mut core = self.lock();
        core.session.log.enable(self.handler.wants_log());
    }

    /// Takes the lock for the first step of a call of the program.
    pub(super) fn enter(&self, here: &Frame) -> MutexGuard<'_, Core> {
        let mut core = self.lock();
        core.sweep(here);
        if core.teller.is_some_and(|teller| teller.is_left(here)) {
            self.stop_telling(&mut core);
        }
        core
    }

    /// Leaves the lock, and hands over the log lines that were made under it.
    ///
    /// The program's function may leave by `longjmp`: the caller owns nothing then. A caller that does own something just
    /// drops the guard, and leaves the lines to the next one.
    pub(super) fn unlock(&self, core: MutexGuard<'_, Core>) {
        let quiet = core.session.log.is_empty();
        drop(core);
        if !quiet {
            self.write_log();
        }
    }

    /// Hands over the log lines that there are, before something that may take long or own something.
    pub(super) fn tell_log<'a>(&'a self, core: MutexGuard<'a, Core>) -> MutexGuard<'a, Core> {
        if core.session.log.is_empty() {
            return core;
        }
        self.unlock(core);
        self.lock()
    }

    #[cold]
    fn write_log(&self) {
        let here = here!();
        let mut core = self.lock();
        // One at a time, so that nothing is lost if the program's function never returns here.
        while let Some((level, line)) = core.session.log.take_line() {
            if core.closed {
                continue;
            }
            core.rare.log_calls.push(here);
            drop(core);
            apart(|| self.handler.log(level, line));
            core = self.lock();
            if let Some(at) = core.rare.log_calls.iter().rposition(|call| *call == here) {
                core.rare.log_calls.remove(at);
            }
            if core.closed {
                self.changed.notify_all(); // somebody may wait for the end of this call
            }
        }
    }
}
