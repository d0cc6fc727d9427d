//! `mosquitto/libmosquitto_will.h`: the message that the server publishes when the client is lost.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use super::boundary;
use super::export::export;
use super::handle;
use super::properties::node::{self, Received};
use super::properties_in::with_properties;
use super::types::{Bool, mosquitto, mosquitto_property};
use crate::client::Publish;

export!("mosquitto_will_set", "MOSQ_1.0");
/// Set the will: a message that the server publishes if the connection ends without DISCONNECT. It
/// counts from the next connection on, and replaces an earlier one.
///
/// Parameters:
///   mosq - a client.
///   topic - topic name, UTF-8, 1 to 65535 bytes, without + and #, at most 200 of /; it is copied.
///   payloadlen - number of bytes of the payload, 0 to 65535.
///   payload - the content, any bytes; may be NULL if payloadlen is 0. It is copied.
///   qos - 0, 1 or 2.
///   retain - true: the server retains the message.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq is NULL, topic or qos not allowed, or payload is NULL with a payloadlen.
///   MOSQ_ERR_MALFORMED_UTF8 - the topic is not valid UTF-8.
///   MOSQ_ERR_PAYLOAD_SIZE - payloadlen out of range.
///   MOSQ_ERR_NOMEM - out of memory.
///   In case of failure an earlier will stays.
///
/// Threads: may be called at any time from any thread and inside callbacks.
///
/// See also: mosquitto_will_set_v5, mosquitto_will_clear
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_will_set(
    mosq: *mut mosquitto,
    topic: *const c_char,
    payloadlen: c_int,
    payload: *const c_void,
    qos: c_int,
    retain: Bool,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { mosquitto_will_set_v5(mosq, topic, payloadlen, payload, qos, retain, ptr::null_mut()) }
}

export!("mosquitto_will_set_v5", "MOSQ_1.6");
/// Set the will as mosquitto_will_set(), with properties for MQTT 5.
///
/// Parameters:
///   mosq, topic, payloadlen, payload, qos, retain - as in mosquitto_will_set().
///   properties - properties of the will; NULL for none. If the call succeeds they belong to the library
///     and must not be used any more; if it fails they still belong to the caller.
///
/// Returns:
///   as mosquitto_will_set(), and:
///   MOSQ_ERR_NOT_SUPPORTED - properties with a client that is not set to MQTT 5.
///   MOSQ_ERR_PROTOCOL - a property that a will may not carry, or a value that is not allowed.
///   MOSQ_ERR_DUPLICATE_PROPERTY - a property twice that may occur once.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_will_set_v5(
    mosq: *mut mosquitto,
    topic: *const c_char,
    payloadlen: c_int,
    payload: *const c_void,
    qos: c_int,
    retain: Bool,
    properties: *mut mosquitto_property,
) -> c_int {
    // SAFETY: NULL or a client, and NULL or what the manual above says, by the caller's contract.
    unsafe {
        handle::quiet(mosq, |client| {
            let will = Publish {
                topic: boundary::string(topic),
                payload_len: payloadlen,
                payload: handle::payload(payload, payloadlen),
                qos,
                retain: retain.get(),
                properties: None,
            };
            with_properties(client, properties, Received::All, |properties| {
                client.set_will(&Publish { properties, ..will })
            })?;
            // The client has its copy; the list is the library's now, so nobody else needs it.
            node::free_list(properties);
            Ok(())
        })
    }
}

export!("mosquitto_will_clear", "MOSQ_1.0");
/// Take the will back. It counts from the next connection on.
///
/// Parameters:
///   mosq - a client.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - there is no will any more.
///   MOSQ_ERR_INVAL - mosq is NULL.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_will_clear(mosq: *mut mosquitto) -> c_int {
    // SAFETY: NULL or a client, by the caller's contract.
    unsafe { handle::quiet(mosq, |client| client.clear_will()) }
}
