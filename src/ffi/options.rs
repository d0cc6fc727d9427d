//! `mosquitto/libmosquitto_options.h`: settings of a client.

use core::ffi::{c_char, c_int, c_uint, c_void};
use core::ptr;

use super::boundary::{self, guard};
use super::defs::mosq_opt_t;
use super::export::export;
use super::handle;
use super::types::{Bool, mosquitto};
use crate::client::tls::UserContext;
use crate::error::Error;

const PROTOCOL_VERSION: c_int = mosq_opt_t::MOSQ_OPT_PROTOCOL_VERSION as c_int;
const SSL_CTX: c_int = mosq_opt_t::MOSQ_OPT_SSL_CTX as c_int;
const SEND_MAXIMUM: c_int = mosq_opt_t::MOSQ_OPT_SEND_MAXIMUM as c_int;

/// `enum mosq_opt_t` as it arrives from C: any integer.
#[repr(transparent)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionNumber(pub c_int);

export!("mosquitto_int_option", "MOSQ_1.6");
/// Set an option whose value is an integer. Values count from the next connection on.
///
/// Parameters:
///   mosq - a client.
///   option, value -
///     MOSQ_OPT_PROTOCOL_VERSION: MQTT_PROTOCOL_V31, MQTT_PROTOCOL_V311 (default) or MQTT_PROTOCOL_V5.
///     MOSQ_OPT_RECEIVE_MAXIMUM: how many messages with QoS 1 and 2 the server may send before they are
///       acknowledged, told to MQTT 5 servers; 0 (for 65535) to 65535, default 20.
///     MOSQ_OPT_SEND_MAXIMUM: how many messages with QoS 1 and 2 the client sends before they are
///       acknowledged; the rest waits. 0 (for 65535) to 65535, default 20. An MQTT 5 server may
///       ask for fewer.
///     MOSQ_OPT_TCP_NODELAY: 1 to send small packets at once, 0 (default) not to.
///     MOSQ_OPT_DISABLE_SOCKETPAIR: 1 for no wake-up descriptor; for programs that use the client from
///       one thread only.
///     MOSQ_OPT_TRANSPORT: MOSQ_T_TCP (default) or MOSQ_T_WEBSOCKETS.
///     MOSQ_OPT_HTTP_HEADER_SIZE: the most bytes that the HTTP answer of a WebSocket server may have, at
///       least 100; default 4096.
///     MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, MOSQ_OPT_TLS_OCSP_REQUIRED, MOSQ_OPT_TLS_USE_OS_CERTS: 0 or 1.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq is NULL, the option is not known or not one for integers, or the value is not
///     allowed. A program can find out this way whether the library knows an option.
///   MOSQ_ERR_NOT_SUPPORTED - this build of the library lacks the feature.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_int_option(
    mosq: *mut mosquitto,
    option: OptionNumber,
    value: c_int,
) -> c_int {
    // SAFETY: NULL or a client, by the caller's contract.
    unsafe { handle::quiet(mosq, |client| client.set_int_option(option.0, value)) }
}

export!("mosquitto_string_option", "MOSQ_1.6");
/// Set an option whose value is a string. Values count from the next connection on.
///
/// Parameters:
///   mosq - a client.
///   option, value - the string is copied; NULL takes the option back to its default.
///     MOSQ_OPT_BIND_ADDRESS: the local address or host name to connect from.
///     MOSQ_OPT_HTTP_PATH: the path that WebSocket connections ask for, default "/mqtt"; with a query if
///       the server wants one, without spaces and control characters.
///     MOSQ_OPT_TLS_ALPN: the application protocol to offer to the server, for example "mqtt".
///     MOSQ_OPT_TLS_ENGINE: the identifier of an OpenSSL engine.
///     MOSQ_OPT_TLS_KEYFORM: "pem" or "engine", what the keyfile of mosquitto_tls_set() is; not NULL.
///     MOSQ_OPT_TLS_ENGINE_KPASS_SHA1: SHA-1 of the password of the engine's key, 40 hexadecimal digits.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq is NULL, the option is not known or not one for strings, or the value is not
///     allowed.
///   MOSQ_ERR_NOT_SUPPORTED - this build of the library lacks the feature.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_string_option(
    mosq: *mut mosquitto,
    option: OptionNumber,
    value: *const c_char,
) -> c_int {
    // SAFETY: NULL or a client, and NULL or a NUL-terminated string, by the caller's contract.
    unsafe {
        handle::quiet(mosq, |client| client.set_string_option(option.0, boundary::string(value)))
    }
}

export!("mosquitto_void_option", "MOSQ_1.6");
/// Set an option whose value is a pointer. It counts from the next connection on.
///
/// Parameters:
///   mosq - a client.
///   option, value -
///     MOSQ_OPT_SSL_CTX: an SSL_CTX of OpenSSL 3 to be used for TLS instead of one that the library makes.
///       The client takes a reference of its own. NULL takes it back.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq is NULL, or the option is not known or not one for pointers.
///   MOSQ_ERR_NOT_SUPPORTED - this build of the library lacks the feature.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_void_option(
    mosq: *mut mosquitto,
    option: OptionNumber,
    value: *mut c_void,
) -> c_int {
    // SAFETY: NULL or a client, and for this option NULL or an SSL_CTX, by the caller's contract.
    unsafe {
        handle::quiet(mosq, |client| match option.0 {
            SSL_CTX => client.set_tls_context(UserContext::new(value)),
            _ => Err(Error::Inval),
        })
    }
}

export!("mosquitto_opts_set", "MOSQ_1.4");
/// Set an option. Kept for old programs; new ones use mosquitto_int_option() and
/// mosquitto_void_option().
///
/// Parameters:
///   mosq - a client.
///   option, value -
///     MOSQ_OPT_PROTOCOL_VERSION: value points to an int as for mosquitto_int_option().
///     MOSQ_OPT_SSL_CTX: value is the SSL_CTX, as for mosquitto_void_option().
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq is NULL, another option, or the value is not allowed.
///   MOSQ_ERR_NOT_SUPPORTED - this build of the library lacks the feature.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_opts_set(
    mosq: *mut mosquitto,
    option: OptionNumber,
    value: *mut c_void,
) -> c_int {
    if option.0 != PROTOCOL_VERSION {
        // SAFETY: the same contract.
        return unsafe { mosquitto_void_option(mosq, option, value) };
    }
    // SAFETY: NULL or a client, and NULL or a pointer to an int, by the caller's contract.
    unsafe {
        handle::quiet(mosq, |client| {
            let version = value.cast::<c_int>().as_ref().ok_or(Error::Inval)?;
            client.set_int_option(PROTOCOL_VERSION, *version)
        })
    }
}

export!("mosquitto_max_inflight_messages_set", "MOSQ_1.2");
/// Set how many messages with QoS 1 and 2 are sent before they are acknowledged. Kept for old programs;
/// the same as MOSQ_OPT_SEND_MAXIMUM of mosquitto_int_option().
///
/// Parameters:
///   mosq - a client.
///   max_inflight_messages - 0 (for 65535) to 65535; the default is 20.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq is NULL, or the number is above 65535.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_max_inflight_messages_set(
    mosq: *mut mosquitto,
    max_inflight_messages: c_uint,
) -> c_int {
    // SAFETY: NULL or a client, by the caller's contract.
    unsafe {
        handle::quiet(mosq, |client| {
            let maximum = c_int::try_from(max_inflight_messages).map_err(|_| Error::Inval)?;
            client.set_int_option(SEND_MAXIMUM, maximum)
        })
    }
}

export!("mosquitto_message_retry_set", "MOSQ_1.0");
/// Has no effect: MQTT sends messages again only on a new connection. Kept for old programs.
///
/// Parameters:
///   mosq - a client.
///   message_retry - not used.
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_message_retry_set(mosq: *mut mosquitto, message_retry: c_uint) {
    let _ = (mosq, message_retry);
}

export!("mosquitto_reconnect_delay_set", "MOSQ_1.2");
/// Set how long mosquitto_loop_forever() and the network thread wait before they connect again.
///
/// Parameters:
///   mosq - a client.
///   reconnect_delay - seconds before the first attempt; 0 counts as 1. Default 1.
///   reconnect_delay_max - the longest wait in seconds; default 1. If it is not above reconnect_delay,
///     every wait takes reconnect_delay_max.
///   reconnect_exponential_backoff - how waits grow from attempt to attempt until the connection is
///     accepted: true doubles them, false adds reconnect_delay. Default false.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq is NULL.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_reconnect_delay_set(
    mosq: *mut mosquitto,
    reconnect_delay: c_uint,
    reconnect_delay_max: c_uint,
    reconnect_exponential_backoff: Bool,
) -> c_int {
    // SAFETY: NULL or a client, by the caller's contract.
    unsafe {
        handle::quiet(mosq, |client| {
            let exponential = reconnect_exponential_backoff.get();
            client.set_reconnect_delay(reconnect_delay, reconnect_delay_max, exponential)
        })
    }
}

export!("mosquitto_user_data_set", "MOSQ_1.0");
/// Set the pointer that callbacks get, first set with mosquitto_new(). It counts from the next callback
/// on. NULL is given to the callbacks as NULL here.
///
/// Parameters:
///   mosq - a client; NULL is ignored.
///   obj - the pointer; the library does not use it.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_user_data_set(mosq: *mut mosquitto, obj: *mut c_void) {
    guard((), || {
        // SAFETY: NULL or a client, by the caller's contract.
        if let Some(client) = unsafe { handle::client(mosq) } {
            handle::callbacks(client).set_user_data(obj);
        }
    });
}

export!("mosquitto_userdata", "MOSQ_1.5");
/// Read the pointer that callbacks get.
///
/// Parameters:
///   mosq - a client.
///
/// Returns:
///   the pointer of mosquitto_new() or mosquitto_user_data_set(); the client itself if the former was
///   given NULL; NULL if mosq is NULL.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_userdata(mosq: *mut mosquitto) -> *mut c_void {
    guard(ptr::null_mut(), || {
        // SAFETY: NULL or a client, by the caller's contract.
        let client = unsafe { handle::client(mosq) };
        client.map_or(ptr::null_mut(), |client| handle::callbacks(client).user_data())
    })
}
