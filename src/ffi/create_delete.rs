//! `mosquitto/libmosquitto_create_delete.h`: making and freeing clients.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use super::boundary::{self, guard};
use super::cancel;
use super::dispatch::Callbacks;
use super::export::export;
use super::handle;
use super::types::{Bool, mosquitto};
use crate::client::Client;
use crate::error::Error;

export!("mosquitto_new", "MOSQ_1.0");
/// Make a client.
///
/// Parameters:
///   id - the client identifier, UTF-8 without control characters, 1 to 65535 bytes; it is copied. NULL
///        asks for a random one (clean_session must be true then).
///   clean_session - true: the server forgets subscriptions and messages of this client when it
///        disconnects. false: it keeps them. The client's own queue of messages with QoS 1 and 2 is kept
///        in both cases until mosquitto_destroy().
///   obj - a pointer of the program that every callback gets; the library does not use it. With NULL the
///        callbacks get the client itself.
///
/// Returns:
///   the client, to be freed with mosquitto_destroy(); or NULL with errno set to EINVAL (id not allowed,
///   or NULL without clean_session) or ENOMEM.
///
/// Threads: the functions of one client may be called from any thread at any time.
///
/// See also: mosquitto_reinitialise, mosquitto_destroy, mosquitto_user_data_set
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_new(
    id: *const c_char,
    clean_session: Bool,
    obj: *mut c_void,
) -> *mut mosquitto {
    let make = || {
        // SAFETY: NULL or a NUL-terminated string, by the caller's contract.
        let id = unsafe { boundary::string(id) };
        let client = Client::new(id, clean_session.get(), Box::new(Callbacks::new()))?;
        let mosq = handle::from_client(client);
        // SAFETY: made one line above.
        if let Some(client) = unsafe { handle::client(mosq) } {
            handle::callbacks(client).start(mosq, obj);
            client.log_listener_changed();
        }
        Ok(mosq)
    };
    cancel::without(|| guard(Err(Error::NoMem), make)).unwrap_or_else(|error| {
        let errno = if error == Error::NoMem { libc::ENOMEM } else { libc::EINVAL };
        boundary::set_errno(errno);
        ptr::null_mut()
    })
}

export!("mosquitto_reinitialise", "MOSQ_1.0");
/// Make a client as new: as mosquitto_destroy() and mosquitto_new() with the same pointer. A network
/// thread ends, the connection closes without DISCONNECT, and queued messages, will, credentials,
/// options and callbacks are gone.
///
/// Parameters:
///   mosq - a client.
///   id, clean_session, obj - as in mosquitto_new().
///
/// Returns:
///   MOSQ_ERR_SUCCESS - done.
///   MOSQ_ERR_INVAL - mosq is NULL, or id is NULL without clean_session (the client is left as it was);
///     or id is empty or longer than 65535 bytes.
///   MOSQ_ERR_MALFORMED_UTF8 - id is not valid.
///   MOSQ_ERR_NOMEM - out of memory.
///   After the last three the client can only be destroyed or reinitialised again.
///
/// Threads: may be called from any thread and inside callbacks. A loop that another thread runs ends.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_reinitialise(
    mosq: *mut mosquitto,
    id: *const c_char,
    clean_session: Bool,
    obj: *mut c_void,
) -> c_int {
    let body = |client: &Client| {
        // SAFETY: NULL or a NUL-terminated string, by the caller's contract.
        let id = unsafe { boundary::string(id) };
        if id.is_none() && !clean_session.get() {
            return Err(Error::Inval);
        }
        // First, so that the end of the old life is not told to the new one.
        handle::callbacks(client).start(mosq, obj);
        client.reinitialise(id, clean_session.get())
    };
    // SAFETY: NULL or a client, by the caller's contract.
    unsafe { handle::held(mosq, |client| body(client)) }
}

export!("mosquitto_destroy", "MOSQ_1.0");
/// Free a client. A network thread ends, the connection closes; messages still queued are lost. Without
/// a mosquitto_disconnect() before, the server publishes the will. No callback is called any more.
///
/// Parameters:
///   mosq - a client, not to be used afterwards; NULL is ignored.
///
/// Threads: may be called from any thread. A loop that another thread runs ends, and a callback under way
/// there is waited for; no other function of the client may be in use. Inside a callback of the client its
/// memory goes when the function that called the callback ends.
///
/// See also: mosquitto_new, mosquitto_disconnect
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_destroy(mosq: *mut mosquitto) {
    // SAFETY: NULL or a client that the program gives up, by the caller's contract.
    cancel::without(|| guard((), || unsafe { handle::destroy(mosq) }));
}
