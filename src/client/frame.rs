//! Where on which stack a call stands: how the client knows a call from inside a handler, and a handler that was left by
//! `longjmp`.
//!
//! Nothing runs when a frame is jumped over, so a mark left by it is recognised afterwards: the same thread asks again from
//! a frame that is no deeper. Stacks grow downwards on every supported platform.

use core::hint::black_box;

thread_local! {
    /// Its address is the thread's name: no allocation, no destructor.
    static ANCHOR: u8 = const { 0 };
}

/// A thread and a place on its stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    thread: usize,
    place: usize,
}

impl Frame {
    /// The frame of the caller, that `local`, one of its variables, belongs to.
    pub fn of(local: &u8) -> Frame {
        Frame { thread: this_thread(), place: black_box(local as *const u8) as usize }
    }

    /// Whether `self` was entered before `inner` by the same thread and has not been left.
    pub fn encloses(&self, inner: &Frame) -> bool {
        self.thread == inner.thread && self.place > inner.place
    }

    /// Whether `self` was left without notice, seen from a frame that its thread entered just now.
    pub fn is_left(&self, now: &Frame) -> bool {
        self.thread == now.thread && self.place <= now.place
    }

    /// Whether another thread has entered it.
    pub fn is_foreign(&self) -> bool {
        self.thread != this_thread()
    }
}

/// A number that no other living thread has.
pub fn this_thread() -> usize {
    ANCHOR.with(|anchor| anchor as *const u8 as usize)
}

/// The calling function's [`Frame`].
macro_rules! here {
    () => {{
        let local = 0u8;
        $crate::client::frame::Frame::of(&local)
    }};
}
pub(crate) use here;

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(never)]
    fn deeper(outer: Frame) -> Frame {
        let inner = here!();
        assert!(outer.encloses(&inner) && !outer.is_left(&inner));
        inner
    }

    #[test]
    fn frames_know_their_order() {
        let outer = here!();
        let inner = deeper(outer);
        assert!(inner.is_left(&outer) && !inner.encloses(&outer) && !outer.is_foreign());
        let foreign = std::thread::spawn(move || (outer.is_foreign(), outer.encloses(&here!())))
            .join()
            .unwrap();
        assert_eq!(foreign, (true, false));
    }
}
