//! Where on which stack a call stands: how the client knows a call from inside a handler, and a handler that was left by
//! `longjmp` or with its thread.
//!
//! Nothing runs when a frame is jumped over, so a mark left by it is recognised afterwards: the same thread asks again from
//! a frame that is no deeper, or the thread is gone. Frames of different functions that were called from the same place
//! differ by their sizes; so that this does not count, whatever a handler calls lies a good way below ([`apart`]).
//! Stacks grow downwards on every supported platform.

use core::cell::Cell;
use core::hint::black_box;
use core::mem::MaybeUninit;
use core::num::NonZeroU64;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::transport::{fork, thread};

/// Frames of which one is less than this below the other, in bytes, may have been called from the same place.
const NEAR: usize = 512;
/// Bytes between a frame that calls a handler and everything that the handler calls.
const APART: usize = 1024;

/// What a thread is known by. Kept per thread without a destructor, so it works in a dying thread.
#[derive(Debug, Clone, Copy)]
struct Thread {
    /// No other thread ever has it; none for one that was not seen yet. A fork's child goes on with it.
    serial: Option<NonZeroU64>,
    /// The system's number, to ask whether the thread lives.
    id: i32,
    /// [`fork::forks`] when `id` was asked for.
    forks: u32,
}

thread_local! {
    static THIS: Cell<Thread> = const { Cell::new(Thread { serial: None, id: 0, forks: 0 }) };
}

/// The calling thread: its serial number and the system's.
fn this() -> (NonZeroU64, i32) {
    match THIS.get() {
        Thread { serial: Some(serial), id, forks } if forks == fork::forks() => (serial, id),
        this => meet(this),
    }
}

#[cold]
fn meet(this: Thread) -> (NonZeroU64, i32) {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let new = || NonZeroU64::new(NEXT.fetch_add(1, Ordering::Relaxed)).unwrap_or(NonZeroU64::MAX);
    let (serial, id) = (this.serial.unwrap_or_else(new), thread::id());
    THIS.set(Thread { serial: Some(serial), id, forks: fork::forks() });
    (serial, id)
}

/// A thread and a place on its stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    thread: NonZeroU64,
    id: i32,
    place: usize,
}

impl Frame {
    /// The frame of the caller, that `local`, one of its variables, belongs to.
    pub fn of(local: &u8) -> Frame {
        let (thread, id) = this();
        Frame { thread, id, place: black_box(std::ptr::from_ref(local)) as usize }
    }

    /// Whether `self` was entered before `inner` by the same thread and has not been left.
    pub fn encloses(&self, inner: &Frame) -> bool {
        self.thread == inner.thread && self.place > inner.place + NEAR
    }

    /// Whether `self` was left without notice, seen from a frame that its thread entered just now.
    pub fn is_left(&self, now: &Frame) -> bool {
        self.thread == now.thread && self.place <= now.place + NEAR
    }

    /// Whether the thread with this number has entered it.
    pub fn is_of(&self, thread: NonZeroU64) -> bool {
        self.thread == thread
    }

    /// Whether another thread has entered it.
    pub fn is_foreign(&self) -> bool {
        self.thread != this_thread()
    }

    /// Whether another thread has entered it and ended since. A system call.
    pub fn is_dead(&self) -> bool {
        self.is_foreign() && !thread::is_alive(self.id)
    }
}

/// Calls a handler, so that frames entered by what it calls are told from the caller's.
#[inline(never)]
pub fn apart<T>(handler: impl FnOnce() -> T) -> T {
    let mut space = Space::new();
    space.take();
    let result = handler();
    space.take();
    result
}

/// As a variable of a function that calls many handlers: does for its frame what [`apart`] does for each call.
pub struct Space(MaybeUninit<[u8; APART]>);

impl Space {
    /// Such a variable, still to be told to [`Space::take`] the room.
    #[inline(always)]
    pub const fn new() -> Self {
        Space(MaybeUninit::uninit())
    }

    /// Takes the room, for as long as the variable lives.
    #[inline(always)]
    pub fn take(&mut self) {
        black_box(&mut self.0);
    }
}

/// A number that no other thread has or had.
pub fn this_thread() -> NonZeroU64 {
    this().0
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
        let near = std::hint::black_box(|| here!());
        let near = near();
        assert!(!outer.encloses(&near) && outer.is_left(&near), "called from the same place");
        let inner = apart(|| deeper(outer));
        assert!(inner.is_left(&outer) && !inner.encloses(&outer) && !outer.is_foreign());
        let foreign = std::thread::spawn(move || {
            assert!(outer.is_foreign() && !outer.encloses(&here!()) && !outer.is_dead());
            here!()
        });
        let foreign = foreign.join().unwrap();
        assert!(foreign.is_foreign() && !foreign.is_left(&outer));
        let limit = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while !foreign.is_dead() {
            assert!(std::time::Instant::now() < limit);
        }
    }
}
