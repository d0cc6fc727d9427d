//! Values that must outlive a callback without belonging to a frame.
//!
//! A callback may be left by `longjmp`; whatever the frames below it own is then lost. So what a callback is given, and
//! what an exported function needs while callbacks may run, is parked with the client instead, marked with the thread
//! and the address of the frame that needs it. That frame frees it when it ends. Marks of the same thread that are not
//! above a frame that starts now belong to frames that were jumped over; their values are freed then, the rest with the
//! client. (Stacks grow downwards on every platform that has this library.)

use core::hint::black_box;
use std::any::Any;

use crate::sync::{Mutex, MutexGuard};

/// A frame of one thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    thread: libc::pthread_t,
    address: usize,
}

struct Parked {
    mark: Mark,
    value: Box<dyn Any + Send>,
}

/// The parked values of one client.
#[derive(Default)]
pub(crate) struct Parking(Mutex<Vec<Parked>>);

/// Keeps the parked values of a client as they are, as long as this lives.
pub(crate) struct Still<'a>(
    #[allow(dead_code, reason = "held, not looked at")] MutexGuard<'a, Vec<Parked>>,
);

impl Parking {
    /// Waits until nobody parks or frees, and keeps it so.
    pub(crate) fn still(&self) -> Still<'_> {
        Still(self.0.lock())
    }

    /// Calls `body` in a frame of its own, for which it may park values, and frees them when it returns.
    ///
    /// Never inlined: the order of two frames is the order in which they were entered only if they are two frames.
    #[inline(never)]
    pub(crate) fn scope<T>(&self, body: impl FnOnce(Mark) -> T) -> T {
        let local = 0;
        let mark = self.open(black_box(&local));
        let result = body(mark);
        self.close(mark);
        result
    }

    /// Keeps `value` until the scope of `mark` ends.
    ///
    /// # Safety
    ///
    /// The reference is not used after that, nor after the client is gone.
    pub(crate) unsafe fn park<'a, T: Any + Send>(&self, mark: Mark, value: T) -> &'a T {
        let value = Box::new(value);
        let parked: *const T = &raw const *value;
        self.0.lock().push(Parked { mark, value });
        // SAFETY: what the box holds stays in place until the box is dropped, by the caller's promise after the last use.
        unsafe { &*parked }
    }

    /// Marks the frame in which `local` lives and frees what frames left behind that did not end.
    fn open(&self, local: &u8) -> Mark {
        // SAFETY: pthread_self has no preconditions.
        let thread = unsafe { libc::pthread_self() };
        let mark = Mark { thread, address: (&raw const *local).addr() };
        self.close(mark);
        mark
    }

    /// Frees what the frame of `mark`, and those below it, have parked.
    fn close(&self, mark: Mark) {
        while let Some(parked) = self.take(mark) {
            // Not under the lock.
            drop(parked.value);
        }
    }

    fn take(&self, mark: Mark) -> Option<Parked> {
        let mut parked = self.0.lock();
        let index = parked.iter().rposition(|entry| {
            entry.mark.thread == mark.thread && entry.mark.address <= mark.address
        })?;
        Some(parked.swap_remove(index))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn len(parking: &Parking) -> usize {
        parking.0.lock().len()
    }

    #[test]
    fn a_scope_frees_its_own_values() {
        let parking = Parking::default();
        let counted = Arc::new(());
        parking.scope(|mark| {
            // SAFETY: used inside the scope.
            let parked = unsafe { parking.park(mark, Arc::clone(&counted)) };
            parking.scope(|mark| {
                // SAFETY: not used.
                unsafe { parking.park(mark, Arc::clone(&counted)) };
                assert_eq!(Arc::strong_count(&counted), 3);
            });
            assert_eq!(Arc::strong_count(parked), 2);
        });
        assert_eq!((len(&parking), Arc::strong_count(&counted)), (0, 1));
    }

    #[test]
    fn frames_that_were_jumped_over_are_cleared_by_the_next_one() {
        let parking = Parking::default();
        // Two frames below this one, by address: the stack grows downwards.
        let locals = [0u8; 3];
        let [inner, middle, outer] = &locals;
        let outer_mark = parking.open(outer);
        // SAFETY: the references are not used.
        unsafe { parking.park(outer_mark, 1) };
        let inner_mark = parking.open(inner);
        // SAFETY: as above.
        unsafe { parking.park(inner_mark, 2) };
        assert_eq!(len(&parking), 2, "a caller's value stays");
        parking.open(middle);
        assert_eq!(len(&parking), 1, "what lay below is gone");
        parking.close(outer_mark);
        assert_eq!(len(&parking), 0);
    }

    #[test]
    fn threads_do_not_touch_each_other() {
        let parking = Parking::default();
        let local = 0;
        let mark = parking.open(&local);
        // SAFETY: the reference is not used.
        unsafe { parking.park(mark, 1) };
        let other = Mark { thread: mark.thread.wrapping_add(1), address: usize::MAX };
        parking.close(other);
        assert_eq!(len(&parking), 1);
    }
}
