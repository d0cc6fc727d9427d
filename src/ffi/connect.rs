//! `mosquitto/libmosquitto_connect.h`: connecting, reconnecting, disconnecting.

use core::ffi::{c_char, c_int};
use core::ptr;

use super::boundary;
use super::export::export;
use super::handle;
use super::properties::node::Received;
use super::properties_in::with_properties;
use super::types::{mosquitto, mosquitto_property};
use crate::client::Connect;

export!("mosquitto_connect", "MOSQ_1.0");
/// Connect to a server. The call returns when the connection is open (TCP, Unix socket) and CONNECT is
/// queued; whether the server accepts it is told to the connect callbacks by the loop.
///
/// Parameters:
///   mosq - a client. An open connection is closed without a word to the server or to the callbacks;
///     messages with QoS 1 and 2 are kept, everything else that is queued is lost.
///   host - host name or address of the server, or with port 0 the path of a Unix socket (at most 107
///     bytes). It is copied and used for reconnecting.
///   port - 1 to 65535, usually 1883; 0 for a Unix socket.
///   keepalive - seconds after which the client sends PINGREQ if it has sent nothing else; 0 for never,
///     or 5 to 65535. A server that does not answer within that time counts as lost.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - connected; run the loop.
///   MOSQ_ERR_INVAL - mosq or host is NULL, port or keepalive out of range, or a password was set
///     without a user name (MQTT 3.1 and 3.1.1).
///   MOSQ_ERR_ERRNO - a system call failed; errno tells why, for example ECONNREFUSED.
///   MOSQ_ERR_EAI - the name could not be resolved; errno is the EAI_* number of getaddrinfo().
///   MOSQ_ERR_NOMEM - out of memory.
///   MOSQ_ERR_TLS, MOSQ_ERR_PROXY - TLS or the SOCKS server failed.
///
/// Threads: may be called at any time from any thread and inside callbacks. The pre_connect callback
/// and the log callback run inside the call.
///
/// See also: mosquitto_connect_bind_v5, mosquitto_connect_async, mosquitto_reconnect,
/// mosquitto_disconnect
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_connect(
    mosq: *mut mosquitto,
    host: *const c_char,
    port: c_int,
    keepalive: c_int,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { connect(mosq, host, port, keepalive, ptr::null(), Mode::Blocking(ptr::null())) }
}

export!("mosquitto_connect_bind", "MOSQ_1.2");
/// Connect as mosquitto_connect(), from a given local address.
///
/// Parameters:
///   mosq, host, port, keepalive - as in mosquitto_connect().
///   bind_address - host name or address of the local network interface; NULL for the one used so far,
///     at first any. It stays in use for later connections;
///     mosquitto_string_option(mosq, MOSQ_OPT_BIND_ADDRESS, NULL) takes it back.
///
/// Returns:
///   as mosquitto_connect().
///
/// Threads: as mosquitto_connect().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_connect_bind(
    mosq: *mut mosquitto,
    host: *const c_char,
    port: c_int,
    keepalive: c_int,
    bind_address: *const c_char,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { connect(mosq, host, port, keepalive, bind_address, Mode::Blocking(ptr::null())) }
}

export!("mosquitto_connect_bind_v5", "MOSQ_1.6");
/// Connect as mosquitto_connect_bind(), with properties for the CONNECT packet of MQTT 5.
///
/// Parameters:
///   mosq, host, port, keepalive, bind_address - as in mosquitto_connect_bind().
///   properties - properties of CONNECT; NULL for none. They are copied, the caller frees its list. They
///     are used for reconnecting until the next mosquitto_connect(), mosquitto_connect_bind() or
///     mosquitto_connect_bind_v5().
///
/// Returns:
///   as mosquitto_connect(), and:
///   MOSQ_ERR_NOT_SUPPORTED - properties with a client that is not set to MQTT 5.
///   MOSQ_ERR_PROTOCOL - a property that CONNECT may not carry, or a value that is not allowed.
///   MOSQ_ERR_DUPLICATE_PROPERTY - a property twice that may occur once.
///   MOSQ_ERR_MALFORMED_UTF8 - a string that is not valid UTF-8.
///
/// Threads: as mosquitto_connect().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_connect_bind_v5(
    mosq: *mut mosquitto,
    host: *const c_char,
    port: c_int,
    keepalive: c_int,
    bind_address: *const c_char,
    properties: *const mosquitto_property,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { connect(mosq, host, port, keepalive, bind_address, Mode::Blocking(properties)) }
}

export!("mosquitto_connect_async", "MOSQ_1.0");
/// Connect as mosquitto_connect(), without waiting for the connection; the loop does the rest. Meant for
/// programs that use mosquitto_loop_start(), before or after this call.
///
/// Parameters:
///   mosq, host, port, keepalive - as in mosquitto_connect(). Properties of an earlier
///     mosquitto_connect_bind_v5() are kept.
///
/// Returns:
///   as mosquitto_connect(). MOSQ_ERR_SUCCESS says that the connection has been started. Failures that
///   show later are told to the disconnect callbacks.
///
/// Threads: as mosquitto_connect().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_connect_async(
    mosq: *mut mosquitto,
    host: *const c_char,
    port: c_int,
    keepalive: c_int,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { connect(mosq, host, port, keepalive, ptr::null(), Mode::Async) }
}

export!("mosquitto_connect_bind_async", "MOSQ_1.2");
/// Connect as mosquitto_connect_async(), from a given local address.
///
/// Parameters:
///   mosq, host, port, keepalive - as in mosquitto_connect().
///   bind_address - as in mosquitto_connect_bind().
///
/// Returns:
///   as mosquitto_connect_async().
///
/// Threads: as mosquitto_connect().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_connect_bind_async(
    mosq: *mut mosquitto,
    host: *const c_char,
    port: c_int,
    keepalive: c_int,
    bind_address: *const c_char,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { connect(mosq, host, port, keepalive, bind_address, Mode::Async) }
}

export!("mosquitto_connect_srv", "MOSQ_1.3");
/// Connect to one of the servers that the domain name system lists for a domain (SRV records of
/// _mqtt._tcp, or of _secure-mqtt._tcp if TLS is set up), without waiting; the loop does the rest. Servers
/// are tried in the order of RFC 2782 until one lets itself be connected. With TLS, the server has to
/// prove the name that the record gives. Reconnecting asks anew.
///
/// Parameters:
///   mosq - a client.
///   host - the domain. It is copied and used for reconnecting.
///   keepalive - as in mosquitto_connect().
///   bind_address - as in mosquitto_connect_bind().
///
/// Returns:
///   MOSQ_ERR_SUCCESS - the question is on its way. If there is no answer, or none of the servers can be
///     connected, the disconnect callbacks are told: MOSQ_ERR_LOOKUP for the former.
///   MOSQ_ERR_INVAL - mosq or host is NULL, or keepalive out of range.
///   MOSQ_ERR_ERRNO - a system call failed; errno tells why.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: as mosquitto_connect().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_connect_srv(
    mosq: *mut mosquitto,
    host: *const c_char,
    keepalive: c_int,
    bind_address: *const c_char,
) -> c_int {
    // SAFETY: the same contract; there are no properties.
    unsafe { connect(mosq, host, 0, keepalive, bind_address, Mode::Service) }
}

export!("mosquitto_reconnect", "MOSQ_1.0");
/// Connect again with the arguments of the last connect call. mosquitto_loop_forever() and the network
/// thread do this by themselves.
///
/// Parameters:
///   mosq - a client.
///
/// Returns:
///   as mosquitto_connect(); MOSQ_ERR_INVAL also if no connect call came before.
///
/// Threads: as mosquitto_connect().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_reconnect(mosq: *mut mosquitto) -> c_int {
    // SAFETY: NULL or a client, by the caller's contract.
    unsafe { handle::held(mosq, |client| client.reconnect(true)) }
}

export!("mosquitto_reconnect_async", "MOSQ_1.2");
/// Connect again as mosquitto_reconnect(), without waiting for the connection.
///
/// Parameters:
///   mosq - a client.
///
/// Returns:
///   as mosquitto_connect_async(); MOSQ_ERR_INVAL also if no connect call came before.
///
/// Threads: as mosquitto_connect().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_reconnect_async(mosq: *mut mosquitto) -> c_int {
    // SAFETY: NULL or a client, by the caller's contract.
    unsafe { handle::held(mosq, |client| client.reconnect(false)) }
}

export!("mosquitto_disconnect", "MOSQ_1.0");
/// Disconnect: what is queued is still written, then DISCONNECT, so that the server drops the will. The
/// disconnect callbacks run when the connection has closed, not inside this call. Loops that reconnect by
/// themselves end, also if there is no connection at the moment.
///
/// Parameters:
///   mosq - a client.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - disconnecting.
///   MOSQ_ERR_INVAL - mosq is NULL.
///   MOSQ_ERR_NO_CONN - there is no connection.
///   MOSQ_ERR_CONN_LOST, MOSQ_ERR_ERRNO, MOSQ_ERR_TLS - writing failed.
///
/// Threads: may be called at any time from any thread and inside callbacks.
///
/// See also: mosquitto_disconnect_v5
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_disconnect(mosq: *mut mosquitto) -> c_int {
    // SAFETY: the same contract.
    unsafe { mosquitto_disconnect_v5(mosq, 0, ptr::null()) }
}

export!("mosquitto_disconnect_v5", "MOSQ_1.6");
/// Disconnect as mosquitto_disconnect(), with a reason code and properties for the DISCONNECT packet of
/// MQTT 5.
///
/// Parameters:
///   mosq - a client.
///   reason_code - one of enum mqtt5_return_codes that DISCONNECT may carry, for example
///     MQTT_RC_DISCONNECT_WITH_WILL_MSG. Ignored with MQTT 3.1 and 3.1.1.
///   properties - properties of DISCONNECT; NULL for none. The caller frees them.
///
/// Returns:
///   as mosquitto_disconnect(), and:
///   MOSQ_ERR_INVAL - a reason code that does not exist.
///   MOSQ_ERR_NOT_SUPPORTED - properties with a client that is not set to MQTT 5.
///   MOSQ_ERR_PROTOCOL, MOSQ_ERR_DUPLICATE_PROPERTY, MOSQ_ERR_MALFORMED_UTF8 - properties that
///     DISCONNECT may not carry.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_disconnect_v5(
    mosq: *mut mosquitto,
    reason_code: c_int,
    properties: *const mosquitto_property,
) -> c_int {
    // SAFETY: NULL or a client, NULL or a list, by the caller's contract.
    unsafe {
        handle::held(mosq, |client| {
            with_properties(client, properties, Received::First, |properties| {
                client.disconnect(reason_code, properties)
            })
        })
    }
}

enum Mode {
    /// With the properties that replace those of earlier calls.
    Blocking(*const mosquitto_property),
    /// With the properties of earlier calls.
    Async,
    /// The same, to the servers of a domain.
    Service,
}

/// # Safety
///
/// The contract of `mosquitto_connect_bind_v5`.
unsafe fn connect(
    mosq: *mut mosquitto,
    host: *const c_char,
    port: c_int,
    keepalive: c_int,
    bind_address: *const c_char,
    mode: Mode,
) -> c_int {
    // SAFETY: NULL or a client, NULL or NUL-terminated strings, by the caller's contract.
    unsafe {
        handle::held(mosq, |client| {
            let connect = Connect {
                host: boundary::string(host),
                port,
                keepalive,
                bind_address: boundary::string(bind_address),
                service: matches!(mode, Mode::Service),
                properties: None,
                blocking: matches!(mode, Mode::Blocking(_)),
            };
            match mode {
                Mode::Async | Mode::Service => client.connect(&connect),
                Mode::Blocking(list) => {
                    with_properties(client, list, Received::All, |properties| {
                        let properties = Some(properties.unwrap_or(&[]));
                        client.connect(&Connect { properties, ..connect })
                    })
                }
            }
        })
    }
}
