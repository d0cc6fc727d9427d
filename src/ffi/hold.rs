//! What keeps a client alive while a function runs that may call callbacks, since one of them may destroy the client.
//!
//! A function that runs holds a count of the client, and each thread remembers what its functions hold, each hold with
//! an address in the stack that lies below the function and above everything that it calls. The function gives its count
//! back when it ends. If a callback was left by `longjmp`, the function never ends; then `mosquitto_destroy` finds the
//! hold below its own frame, where no caller of it can be, and gives it back. (Stacks grow downwards on every platform
//! that has this library.) What a thread still holds when it ends, because it jumped or was cancelled, is given back then.

use core::cell::Cell;
use core::hint::black_box;
use core::mem::MaybeUninit;
use core::ptr;
use std::sync::Arc;

use crate::client::Client;

/// Bytes between the frame of a function that holds and the address of its hold: more than the frames of the exported
/// functions differ in size, so that the hold of one called before from the same place is below the frame of another.
const APART: usize = 512;

/// How many functions of a thread can hold at a time, one inside a callback of the other, and still be found again.
const DEPTH: usize = 16;

#[derive(Clone, Copy, PartialEq, Eq)]
struct Hold {
    client: *const Client,
    address: usize,
}

const NONE: Hold = Hold { client: ptr::null(), address: 0 };

/// The holds of a thread, in no order; free places are [`NONE`].
struct Holds([Cell<Hold>; DEPTH]);

/// The thread ends: no frame of it is left.
impl Drop for Holds {
    fn drop(&mut self) {
        while self.give_back(|_| true) {}
    }
}

thread_local! {
    static HOLDS: Holds = const { Holds([const { Cell::new(NONE) }; DEPTH]) };
}

/// Runs `body`; the client stays alive until it is done. Owns nothing meanwhile.
///
/// # Safety
///
/// `client` came from `Arc::into_raw`, and that count has not been given back yet. While `body` runs it may be.
pub(crate) unsafe fn while_running<T>(client: *const Client, body: impl FnOnce() -> T) -> T {
    // SAFETY: alive by the caller's promise.
    unsafe { Arc::increment_strong_count(client) };
    let local = 0;
    let frame = address_of(&local);
    let (mine, result) = apart(|address| {
        let hold = Hold { client, address };
        // A thread that is ending already has no list any more.
        let kept = HOLDS.try_with(|holds| holds.keep(hold, frame)).unwrap_or(false);
        let result = body();
        let take = |holds: &Holds| holds.take(|other| other == hold).is_some();
        (!kept || HOLDS.try_with(take).unwrap_or(false), result)
    });
    if mine {
        // SAFETY: the count that was added above, which nobody else has given back.
        unsafe { Arc::decrement_strong_count(client) };
    }
    result
}

/// Gives back what functions of this thread hold of `client` that will not end.
///
/// # Safety
///
/// `client` came from `Arc::into_raw`, and that count has not been given back yet.
pub(crate) unsafe fn give_back_abandoned(client: *const Client) {
    let local = 0;
    let frame = address_of(&local);
    let _ = HOLDS.try_with(|holds| {
        while holds.give_back(|hold| hold.client == client && hold.address < frame) {}
    });
}

impl Holds {
    /// Remembers a hold of the function whose frame is `frame`; false if there is no place for it.
    fn keep(&self, hold: Hold, frame: usize) -> bool {
        loop {
            if let Some(place) = self.find(|other| other == NONE) {
                place.set(hold);
                return true;
            }
            if !self.give_back(|other| other.address < frame) {
                return false;
            }
        }
    }

    /// Gives back one abandoned hold; false if there is none.
    fn give_back(&self, is_abandoned: impl Fn(Hold) -> bool) -> bool {
        let Some(hold) = self.take(is_abandoned) else { return false };
        // SAFETY: the count that `while_running` added and did not come back to.
        unsafe { Arc::decrement_strong_count(hold.client) };
        true
    }

    fn take(&self, which: impl Fn(Hold) -> bool) -> Option<Hold> {
        self.find(|hold| hold != NONE && which(hold)).map(|place| place.replace(NONE))
    }

    fn find(&self, which: impl Fn(Hold) -> bool) -> Option<&Cell<Hold>> {
        self.0.iter().find(|place| which(place.get()))
    }
}

fn address_of(local: &u8) -> usize {
    black_box(&raw const *local).addr()
}

/// Calls `body` in a frame of its own, with an address that is at least [`APART`] below the frame of the caller.
#[inline(never)]
fn apart<T>(body: impl FnOnce(usize) -> T) -> T {
    let mut space = MaybeUninit::<[u8; APART]>::uninit();
    let result = body(black_box(&raw mut space).addr());
    black_box(&mut space);
    result
}
