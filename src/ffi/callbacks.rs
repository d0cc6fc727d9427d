//! `mosquitto/libmosquitto_callbacks.h`: the callback types and their setters. What calls them is `dispatch`.

#![allow(non_camel_case_types)] // the C names

use core::ffi::{c_char, c_int, c_void};

use super::boundary::guard;
use super::dispatch::Callbacks;
use super::export::export;
use super::handle;
use super::types::{mosquitto, mosquitto_message, mosquitto_property};
use crate::client::Client;

/// Called at the start of every connection attempt, after an old connection has been closed and before
/// the host name is looked up. Credentials, will and options set here count for this attempt.
pub type LIBMOSQ_CB_pre_connect =
    Option<unsafe extern "C-unwind" fn(mosq: *mut mosquitto, obj: *mut c_void)>;

/// Called when the server has answered CONNECT. rc is 0 if the connection is accepted, else the
/// return code (MQTT 3.1 and 3.1.1: enum mqtt311_connack_codes) or reason code (MQTT 5: enum
/// mqtt5_return_codes) of the refusal.
pub type LIBMOSQ_CB_connect =
    Option<unsafe extern "C-unwind" fn(mosq: *mut mosquitto, obj: *mut c_void, rc: c_int)>;

/// As LIBMOSQ_CB_connect. Bit 0 of flags is set if the server has a session of this client.
pub type LIBMOSQ_CB_connect_with_flags = Option<
    unsafe extern "C-unwind" fn(mosq: *mut mosquitto, obj: *mut c_void, rc: c_int, flags: c_int),
>;

/// As LIBMOSQ_CB_connect_with_flags, with the properties of the CONNACK, or NULL if it has none.
pub type LIBMOSQ_CB_connect_v5 = Option<
    unsafe extern "C-unwind" fn(
        mosq: *mut mosquitto,
        obj: *mut c_void,
        rc: c_int,
        flags: c_int,
        props: *const mosquitto_property,
    ),
>;

/// Called when the connection has ended. rc is 0 if the program asked for it, a reason code of 128 or
/// more if an MQTT 5 server ended it, else one of MOSQ_ERR_*.
pub type LIBMOSQ_CB_disconnect =
    Option<unsafe extern "C-unwind" fn(mosq: *mut mosquitto, obj: *mut c_void, rc: c_int)>;

/// As LIBMOSQ_CB_disconnect, with the properties of the server's DISCONNECT, or NULL.
pub type LIBMOSQ_CB_disconnect_v5 = Option<
    unsafe extern "C-unwind" fn(
        mosq: *mut mosquitto,
        obj: *mut c_void,
        rc: c_int,
        props: *const mosquitto_property,
    ),
>;

/// Called when a message is complete: at QoS 0 when it has been written to the connection, at QoS 1
/// and 2 when the server has acknowledged it. mid is the number that publish gave.
pub type LIBMOSQ_CB_publish =
    Option<unsafe extern "C-unwind" fn(mosq: *mut mosquitto, obj: *mut c_void, mid: c_int)>;

/// As LIBMOSQ_CB_publish, with the reason code and the properties of the acknowledgement; 0 and NULL if
/// there are none. A reason code of 128 or more says that the server did not take the message.
pub type LIBMOSQ_CB_publish_v5 = Option<
    unsafe extern "C-unwind" fn(
        mosq: *mut mosquitto,
        obj: *mut c_void,
        mid: c_int,
        reason_code: c_int,
        props: *const mosquitto_property,
    ),
>;

/// Called when a message has arrived. The message belongs to the library and is valid until the
/// callback returns; mosquitto_message_copy() keeps one.
pub type LIBMOSQ_CB_message = Option<
    unsafe extern "C-unwind" fn(
        mosq: *mut mosquitto,
        obj: *mut c_void,
        message: *const mosquitto_message,
    ),
>;

/// As LIBMOSQ_CB_message, with the properties of the message, or NULL if it has none.
pub type LIBMOSQ_CB_message_v5 = Option<
    unsafe extern "C-unwind" fn(
        mosq: *mut mosquitto,
        obj: *mut c_void,
        message: *const mosquitto_message,
        props: *const mosquitto_property,
    ),
>;

/// Called when the server has answered a subscribe call. granted_qos has one element per topic filter:
/// the QoS granted (0, 1, 2), or 128 or more if the filter was refused. It is valid until the callback
/// returns.
pub type LIBMOSQ_CB_subscribe = Option<
    unsafe extern "C-unwind" fn(
        mosq: *mut mosquitto,
        obj: *mut c_void,
        mid: c_int,
        qos_count: c_int,
        granted_qos: *const c_int,
    ),
>;

/// As LIBMOSQ_CB_subscribe, with the properties of the SUBACK, or NULL if it has none.
pub type LIBMOSQ_CB_subscribe_v5 = Option<
    unsafe extern "C-unwind" fn(
        mosq: *mut mosquitto,
        obj: *mut c_void,
        mid: c_int,
        qos_count: c_int,
        granted_qos: *const c_int,
        props: *const mosquitto_property,
    ),
>;

/// Called when the server has answered an unsubscribe call.
pub type LIBMOSQ_CB_unsubscribe =
    Option<unsafe extern "C-unwind" fn(mosq: *mut mosquitto, obj: *mut c_void, mid: c_int)>;

/// As LIBMOSQ_CB_unsubscribe, with the properties of the UNSUBACK, or NULL if it has none.
pub type LIBMOSQ_CB_unsubscribe_v5 = Option<
    unsafe extern "C-unwind" fn(
        mosq: *mut mosquitto,
        obj: *mut c_void,
        mid: c_int,
        props: *const mosquitto_property,
    ),
>;

/// As LIBMOSQ_CB_unsubscribe_v5, with one reason code per topic filter; 0 and NULL before MQTT 5.
pub type LIBMOSQ_CB_unsubscribe2_v5 = Option<
    unsafe extern "C-unwind" fn(
        mosq: *mut mosquitto,
        obj: *mut c_void,
        mid: c_int,
        reason_code_count: c_int,
        reason_codes: *const c_int,
        props: *const mosquitto_property,
    ),
>;

/// Called when the server has sent AUTH (MQTT 5 extended authentication). auth_method and auth_data are
/// NULL if the packet does not have them; the method is NUL-terminated. Returns MOSQ_ERR_SUCCESS to go
/// on, or the MOSQ_ERR_* with which the connection ends. mosquitto_ext_auth_continue() answers.
pub type LIBMOSQ_CB_ext_auth = Option<
    unsafe extern "C-unwind" fn(
        mosq: *mut mosquitto,
        obj: *mut c_void,
        auth_method: *const c_char,
        auth_data_len: u16,
        auth_data: *const c_void,
        props: *const mosquitto_property,
    ) -> c_int,
>;

/// Called with every line of log. level is one of MOSQ_LOG_*; str has no newline at its end.
pub type LIBMOSQ_CB_log = Option<
    unsafe extern "C-unwind" fn(
        mosq: *mut mosquitto,
        obj: *mut c_void,
        level: c_int,
        str: *const c_char,
    ),
>;

/// Body of every setter: `set` puts the function into its place. No client, no effect.
unsafe fn set(mosq: *mut mosquitto, set: impl FnOnce(&Callbacks)) {
    // SAFETY: by the caller's promise.
    unsafe { set_and_tell(mosq, |callbacks, _| set(callbacks)) };
}

/// As [`set`], for a setter of which the client is to know.
unsafe fn set_and_tell(mosq: *mut mosquitto, set: impl FnOnce(&Callbacks, &Client)) {
    guard((), || {
        // SAFETY: NULL or a living client, by the contract of every setter.
        if let Some(client) = unsafe { handle::client(mosq) } {
            set(handle::callbacks(client), client);
        }
    });
}

export!("mosquitto_pre_connect_callback_set", "MOSQ_2.1");
/// Set the function that is called at the start of every connection attempt, also of those that the
/// library makes by itself. It runs on the thread that connects.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_pre_connect - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_pre_connect_callback_set(
    mosq: *mut mosquitto,
    on_pre_connect: LIBMOSQ_CB_pre_connect,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.pre_connect.set(on_pre_connect)) };
}

export!("mosquitto_connect_callback_set", "MOSQ_1.0");
/// Set the function that is called when the server has answered CONNECT.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_connect - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_connect_callback_set(
    mosq: *mut mosquitto,
    on_connect: LIBMOSQ_CB_connect,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.connect.set(on_connect)) };
}

export!("mosquitto_connect_with_flags_callback_set", "MOSQ_1.5");
/// Set the function that is called, after that of mosquitto_connect_callback_set(), when the server has
/// answered CONNECT; it also gets the flags of the answer.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_connect - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_connect_with_flags_callback_set(
    mosq: *mut mosquitto,
    on_connect: LIBMOSQ_CB_connect_with_flags,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.connect_with_flags.set(on_connect)) };
}

export!("mosquitto_connect_v5_callback_set", "MOSQ_1.6");
/// Set the function that is called, after those of mosquitto_connect_callback_set() and
/// mosquitto_connect_with_flags_callback_set(), when the server has answered CONNECT; it also gets the
/// properties of the answer. It is called with every version of MQTT.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_connect - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_connect_v5_callback_set(
    mosq: *mut mosquitto,
    on_connect: LIBMOSQ_CB_connect_v5,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.connect_v5.set(on_connect)) };
}

export!("mosquitto_disconnect_callback_set", "MOSQ_1.0");
/// Set the function that is called when a connection has ended: once for every connection, whoever ended
/// it. A connection attempt that fails inside the connect call does not call it.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_disconnect - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_disconnect_callback_set(
    mosq: *mut mosquitto,
    on_disconnect: LIBMOSQ_CB_disconnect,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.disconnect.set(on_disconnect)) };
}

export!("mosquitto_disconnect_v5_callback_set", "MOSQ_1.6");
/// Set the function that is called, after that of mosquitto_disconnect_callback_set(), when a connection
/// has ended; it also gets the properties of the server's DISCONNECT.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_disconnect - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_disconnect_v5_callback_set(
    mosq: *mut mosquitto,
    on_disconnect: LIBMOSQ_CB_disconnect_v5,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.disconnect_v5.set(on_disconnect)) };
}

export!("mosquitto_publish_callback_set", "MOSQ_1.0");
/// Set the function that is called when a published message is complete. At QoS 0 it may run inside the
/// publish call, if no network thread runs.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_publish - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_publish_callback_set(
    mosq: *mut mosquitto,
    on_publish: LIBMOSQ_CB_publish,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.publish.set(on_publish)) };
}

export!("mosquitto_publish_v5_callback_set", "MOSQ_1.6");
/// Set the function that is called, after that of mosquitto_publish_callback_set(), when a published
/// message is complete; it also gets the reason code and the properties of the acknowledgement.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_publish - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_publish_v5_callback_set(
    mosq: *mut mosquitto,
    on_publish: LIBMOSQ_CB_publish_v5,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.publish_v5.set(on_publish)) };
}

export!("mosquitto_message_callback_set", "MOSQ_1.0");
/// Set the function that is called when a message has arrived.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_message - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_message_callback_set(
    mosq: *mut mosquitto,
    on_message: LIBMOSQ_CB_message,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.message.set(on_message)) };
}

export!("mosquitto_message_v5_callback_set", "MOSQ_1.6");
/// Set the function that is called, after that of mosquitto_message_callback_set(), when a message has
/// arrived; it also gets the properties of the message.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_message - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_message_v5_callback_set(
    mosq: *mut mosquitto,
    on_message: LIBMOSQ_CB_message_v5,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.message_v5.set(on_message)) };
}

export!("mosquitto_subscribe_callback_set", "MOSQ_1.0");
/// Set the function that is called when the server has answered a subscribe call.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_subscribe - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_subscribe_callback_set(
    mosq: *mut mosquitto,
    on_subscribe: LIBMOSQ_CB_subscribe,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.subscribe.set(on_subscribe)) };
}

export!("mosquitto_subscribe_v5_callback_set", "MOSQ_1.6");
/// Set the function that is called, after that of mosquitto_subscribe_callback_set(), when the server has
/// answered a subscribe call; it also gets the properties of the answer.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_subscribe - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_subscribe_v5_callback_set(
    mosq: *mut mosquitto,
    on_subscribe: LIBMOSQ_CB_subscribe_v5,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.subscribe_v5.set(on_subscribe)) };
}

export!("mosquitto_unsubscribe_callback_set", "MOSQ_1.0");
/// Set the function that is called when the server has answered an unsubscribe call.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_unsubscribe - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_unsubscribe_callback_set(
    mosq: *mut mosquitto,
    on_unsubscribe: LIBMOSQ_CB_unsubscribe,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.unsubscribe.set(on_unsubscribe)) };
}

export!("mosquitto_unsubscribe_v5_callback_set", "MOSQ_1.6");
/// Set the function that is called, after that of mosquitto_unsubscribe_callback_set(), when the server
/// has answered an unsubscribe call; it also gets the properties of the answer.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_unsubscribe - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_unsubscribe_v5_callback_set(
    mosq: *mut mosquitto,
    on_unsubscribe: LIBMOSQ_CB_unsubscribe_v5,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.unsubscribe_v5.set(on_unsubscribe)) };
}

export!("mosquitto_unsubscribe2_v5_callback_set", "MOSQ_2.1");
/// Set the function that is called, after those of mosquitto_unsubscribe_callback_set() and
/// mosquitto_unsubscribe_v5_callback_set(), when the server has answered an unsubscribe call; it also
/// gets one reason code per topic filter.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_unsubscribe - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_unsubscribe2_v5_callback_set(
    mosq: *mut mosquitto,
    on_unsubscribe: LIBMOSQ_CB_unsubscribe2_v5,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.unsubscribe2_v5.set(on_unsubscribe)) };
}

export!("mosquitto_ext_auth_callback_set", "MOSQ_2.1");
/// Set the function that is called when the server has sent AUTH. Without one, an AUTH packet ends the
/// connection with MOSQ_ERR_AUTH.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_ext_auth - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_ext_auth_callback_set(
    mosq: *mut mosquitto,
    on_ext_auth: LIBMOSQ_CB_ext_auth,
) {
    // SAFETY: by the caller's contract.
    unsafe { set(mosq, |callbacks| callbacks.ext_auth.set(on_ext_auth)) };
}

export!("mosquitto_log_callback_set", "MOSQ_1.0");
/// Set the function that gets the lines of log. It may run on any thread that uses the client, also while
/// another callback runs, and inside nearly every function. Without one no line is made, unless the
/// environment variable MOSQUITTO_LOG asks for lines on standard error: "error", "warning", "notice",
/// "info" or "debug". Programs that run with the rights of another user (setuid) ignore it.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   on_log - the function; NULL for none.
///
/// Threads: may be called at any time from any thread and inside callbacks; a change counts from the
/// next event on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_log_callback_set(mosq: *mut mosquitto, on_log: LIBMOSQ_CB_log) {
    // SAFETY: by the caller's contract.
    unsafe {
        set_and_tell(mosq, |callbacks, client| {
            callbacks.set_log(on_log);
            client.log_listener_changed();
        });
    }
}
