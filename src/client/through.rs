//! Writing by the thread that publishes, where a loop has a thread of its own, and of large messages.
//!
//! A large QoS 0 message before which nothing waits goes straight from the program's memory to the system, and only what
//! that does not take is copied. And a publisher who is so fast that bytes pile up writes them himself, while they are in
//! the processor's cache. The program is told by the loop as ever.

use crate::error::Result;
use crate::session::{LARGE, Phase};
use crate::sync::MutexGuard;

use super::core::{Core, Threaded};
use super::frame::Frame;
use super::{Client, Publish};

/// So many bytes that wait for the loop's thread are written by the publisher.
const PILE: usize = 256 * 1024;

impl Client {
    /// Writes what has piled up, if nobody is at it and the system takes something.
    #[cold]
    pub(super) fn write_pile<'a>(&'a self, core: MutexGuard<'a, Core>) -> MutexGuard<'a, Core> {
        // Whatever is wrong, the loop finds out.
        self.write_with(core, &[]).0
    }

    /// Publishes `message`, for which [`Core::can_write_through`] was asked. Else as [`Client::publish`].
    #[cold]
    pub(super) fn publish_through(
        &self,
        mut core: MutexGuard<'_, Core>,
        here: &Frame,
        message: &Publish<'_>,
        on_mid: &mut dyn FnMut(i32),
    ) -> Result<()> {
        match core.session.publish_head(message) {
            Ok(mid) => on_mid(mid.into()),
            Err(error) => {
                self.unlock(core);
                return Err(error);
            }
        }
        let (mut core, result) = self.write_with(core, message.payload.unwrap_or_default());
        if core.threaded == Threaded::Own {
            core.wake(); // to tell the program, to write the rest, or to find out what is wrong
            self.unlock(core);
            return Ok(());
        }
        let (core, result) = match result {
            Ok(()) => {
                let core = self.tell_completions(core, here);
                self.flush(core, here)
            }
            failed => (core, failed),
        };
        self.unlock(core);
        result
    }

    /// Writes what the session has made, and behind it a `payload` that belongs there.
    fn write_with<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        payload: &[u8],
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        let (Some(stream), Some(mut batch)) = (core.stream().cloned(), core.unsent.take()) else {
            return (core, Ok(())); // not after `is_clear`
        };
        core.session.output.take(&mut batch);
        let (core, written) = self.write_batch(core, stream, batch, payload);
        (core, written.map_or(Ok(()), |written| written.map(|_| ())))
    }
}

impl Core {
    /// Whether `message` may be written without being copied: nothing is to go before it.
    #[inline]
    pub fn can_write_through(&self, message: &Publish<'_>, here: &Frame) -> bool {
        message.qos == 0
            && message.payload.is_some_and(|payload| payload.len() >= LARGE)
            && self.threaded != Threaded::External
            && self.session.takes_head()
            && self.is_clear(here)
    }

    /// Whether so much waits that it is worth while to ask [`Core::is_piled_up`].
    #[inline]
    pub fn may_be_piled_up(&self) -> bool {
        self.session.output.waiting() > PILE
    }

    /// Whether so much has been left to the loop's thread that the publisher is to help.
    #[inline]
    pub fn is_piled_up(&self, here: &Frame) -> bool {
        self.may_be_piled_up()
            && self.threaded == Threaded::Own
            && self.session.phase() == Phase::Up
            && !self.session.log.is_enabled()
            && self.is_clear(here)
    }

    /// Whether the system may take bytes, and the calling thread give them to it.
    fn is_clear(&self, here: &Frame) -> bool {
        self.unsent.as_ref().is_some_and(|unsent| unsent.is_empty())
            && self.stream().is_some_and(|stream| !stream.has_buffered_output())
            && !self.is_in_call(here)
    }
}
