//! From `struct mosquitto *` to the client behind it, and how long that client stays.
//!
//! A handle is `Arc::into_raw` of the client. A call that may run callbacks holds the client besides ([`super::hold`]),
//! because a callback may destroy the handle.

use core::ffi::{c_int, c_void};
use core::mem::ManuallyDrop;
use std::sync::Arc;

use super::boundary::{self, guard, guard_in_line, guard_open};
use super::cancel;
use super::dispatch::Callbacks;
use super::fork;
use super::hold;
use super::types::mosquitto;
use crate::client::{Client, Published};
use crate::error::{Error, Result};

/// The handle of a new client; the counterpart is [`destroy`].
pub(crate) fn from_client(client: Arc<Client>) -> *mut mosquitto {
    let raw = Arc::into_raw(client);
    fork::register(raw);
    raw.cast_mut().cast()
}

/// The client behind a handle, `None` for NULL.
///
/// # Safety
///
/// `mosq` is NULL or a handle that is not destroyed while the reference is in use.
pub(crate) unsafe fn client<'a>(mosq: *const mosquitto) -> Option<&'a Client> {
    // SAFETY: a handle points to the `Client` inside an `Arc`, alive by the caller's promise.
    unsafe { mosq.cast::<Client>().as_ref() }
}

/// The callbacks of a client that has a handle.
pub(crate) fn callbacks(client: &Client) -> &Callbacks {
    let handler = std::ptr::from_ref(client.handler());
    // SAFETY: handles are made by mosquitto_new() only, which gives every client a `Callbacks`.
    unsafe { &*handler.cast::<Callbacks>() }
}

/// Ends the client and gives back the count that the handle stands for.
///
/// # Safety
///
/// `mosq` is a handle, and nobody uses it afterwards; callbacks of it may be running.
pub(crate) unsafe fn destroy(mosq: *mut mosquitto) {
    // SAFETY: alive until the line that drops the count.
    if let Some(client) = unsafe { client(mosq) } {
        callbacks(client).close();
        client.close();
        let raw = mosq.cast::<Client>().cast_const();
        fork::unregister(raw);
        // SAFETY: `mosq` came from `Arc::into_raw` in `from_client`, and the caller gives it up.
        unsafe {
            hold::give_back_abandoned(raw);
            Arc::decrement_strong_count(raw);
        }
    }
}

/// Body of a function that runs no callback: NULL is `MOSQ_ERR_INVAL`, a failure its number.
///
/// # Safety
///
/// As [`client`], during the call.
pub(crate) unsafe fn quiet(
    mosq: *mut mosquitto,
    body: impl FnOnce(&Client) -> Result<()>,
) -> c_int {
    cancel::without(|| {
        boundary::guard_code(|| {
            // SAFETY: by the caller's promise.
            let client = unsafe { client(mosq) }.ok_or(Error::Inval)?;
            body(client)
        })
    })
}

/// Body of a function that may run callbacks, which may destroy `mosq`: as [`quiet`], but the client lives until `body`
/// is done.
///
/// # Safety
///
/// As [`client`], until a callback destroys it.
pub(crate) unsafe fn held(
    mosq: *mut mosquitto,
    body: impl FnOnce(&Arc<Client>) -> Result<()>,
) -> c_int {
    if mosq.is_null() {
        return Error::Inval.code();
    }
    let raw = mosq.cast::<Client>().cast_const();
    let state = cancel::put_off();
    // SAFETY: `mosq` came from `Arc::into_raw` and has not been destroyed.
    let result = unsafe {
        hold::while_running(raw, || {
            guard_open(Err(Error::Unknown), || {
                // `ManuallyDrop` leaves the count to the hold.
                let client = ManuallyDrop::new(Arc::from_raw(raw));
                body(&client)
            })
        })
    };
    cancel::allow(state);
    // Last, because it sets errno.
    boundary::code(result)
}

/// Body of mosquitto_loop_forever(): as [`held`], one turn of the loop after the other; in between the thread can be
/// cancelled.
///
/// # Safety
///
/// As [`held`]; the calling function owns nothing that needs dropping.
pub(crate) unsafe fn run(mosq: *mut mosquitto, timeout: c_int, max_packets: c_int) -> c_int {
    if mosq.is_null() || max_packets < 1 {
        return Error::Inval.code();
    }
    let raw = mosq.cast::<Client>().cast_const();
    let state = cancel::put_off();
    // SAFETY: `mosq` came from `Arc::into_raw` and has not been destroyed; while it is held it can be referred to. Nothing
    // in these frames needs dropping where the thread can be cancelled.
    let result = unsafe {
        hold::while_running(raw, || {
            let client = &*raw;
            let Some(run) = guard(None, || Some(client.begin_run(None))) else {
                return Err(Error::Unknown);
            };
            loop {
                if let Some(result) =
                    guard_open(Some(Err(Error::Unknown)), || client.run_turn(run, timeout))
                {
                    break result;
                }
                // A thread that ends here gives the client back by its list of holds.
                cancel::test(state);
            }
        })
    };
    cancel::allow(state);
    boundary::code(result)
}

/// Body of a function whose speed counts, in two parts: `begin` runs no callback and mostly is all there is to do. Only if
/// not, the client is held while the rest of it is done.
///
/// # Safety
///
/// As [`held`].
#[inline(always)]
pub(crate) unsafe fn held_if_unfinished(
    mosq: *mut mosquitto,
    begin: impl FnOnce(&Client) -> Published,
) -> c_int {
    // SAFETY: by the caller's promise, and until the end of `begin` nothing can destroy it.
    let Some(client) = (unsafe { client(mosq) }) else { return Error::Inval.code() };
    let panicked = Published { result: Err(Error::Unknown), done: true };
    match guard_in_line(panicked, || begin(client)) {
        Published { result: Ok(()), done: true } => boundary::SUCCESS,
        Published { result, done: true } => boundary::code(result),
        // SAFETY: by the caller's promise.
        Published { result, .. } => unsafe { held(mosq, |client| client.finish_publish(result)) },
    }
}

/// Bytes of a payload: `None` for NULL or a length below 1, which the client then judges by the length alone.
///
/// # Safety
///
/// `payload` is NULL or points to `len` bytes that nobody changes while the slice is in use.
pub(crate) unsafe fn payload<'a>(payload: *const c_void, len: c_int) -> Option<&'a [u8]> {
    match usize::try_from(len) {
        Ok(0) | Err(_) => None,
        // SAFETY: by the caller's promise.
        Ok(len) => unsafe { boundary::slice(payload, len) },
    }
}
