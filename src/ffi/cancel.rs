//! pthread_cancel(): a program may cancel a thread of its own that runs a client.
//!
//! Cancellation unwinds the stack without asking. Frames of this library are no place for that, so it is put off while one
//! runs, and happens between two turns of mosquitto_loop_forever() or after the call. What is not protected so, because it
//! must be fast or is pure, calls nothing of the C library that is a cancellation point (but for the first call in a fork's
//! child, which closes the copies of descriptors).

use core::ffi::c_int;

const DISABLE: c_int = 1;

unsafe extern "C" {
    fn pthread_setcancelstate(state: c_int, old: *mut c_int) -> c_int;
}

unsafe extern "C-unwind" {
    safe fn pthread_testcancel();
}

/// Whether a thread may be cancelled, as it was before [`put_off`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct State(c_int);

/// Puts cancellation of the calling thread off.
pub(crate) fn put_off() -> State {
    let mut old = 0;
    // SAFETY: takes a number and a place for one; affects the calling thread only.
    unsafe { pthread_setcancelstate(DISABLE, &raw mut old) };
    State(old)
}

/// Lets cancellation happen again as before.
pub(crate) fn allow(state: State) {
    // SAFETY: the state that the C library gave; NULL because the present one is known.
    unsafe { pthread_setcancelstate(state.0, core::ptr::null_mut()) };
}

/// Runs `body`, in which the thread is not cancelled. Only where `body` runs no function of the program that may leave by
/// unwinding: nothing would undo it then.
pub(crate) fn without<T>(body: impl FnOnce() -> T) -> T {
    let state = put_off();
    let result = body();
    allow(state);
    result
}

/// Ends the calling thread here if it was cancelled and may be.
///
/// # Safety
///
/// No frame between this one and the program's owns anything that needs dropping.
#[inline]
pub(crate) unsafe fn test(state: State) {
    allow(state);
    pthread_testcancel();
    put_off();
}
