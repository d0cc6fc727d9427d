//! `mosquitto/libmosquitto_publish.h`: sending messages.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use super::boundary;
use super::export::export;
use super::handle;
use super::properties::node::Received;
use super::properties_in::{wire_of, with_properties};
use super::types::{Bool, mosquitto, mosquitto_property};
use crate::client::{LARGE, Publish, Published};

export!("mosquitto_publish", "MOSQ_1.0");
/// Publish a message.
///
/// Parameters:
///   mosq - a client.
///   mid - receives the number of the message, which the publish callbacks get when it is complete; may
///     be NULL. It is set before anything is sent.
///   topic - topic name, UTF-8, 1 to 65535 bytes, without + and #, at most 200 of /.
///   payloadlen - number of bytes of the payload, 0 to 268435455.
///   payload - the content, any bytes; may be NULL if payloadlen is 0. It is copied.
///   qos - Quality of Service: 0 at most once, 1 at least once, 2 exactly once.
///   retain - true: the server keeps the message for later subscribers of the topic.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - written or queued.
///   MOSQ_ERR_INVAL - mosq is NULL, qos or topic not allowed, or payload is NULL with a payloadlen.
///   MOSQ_ERR_MALFORMED_UTF8 - the topic is not valid UTF-8.
///   MOSQ_ERR_PAYLOAD_SIZE - payloadlen out of range.
///   MOSQ_ERR_NO_CONN - there is no connection. A message with QoS 1 or 2 is queued all the same, *mid
///     is set, and it is sent after the next connection; one with QoS 0 is not.
///   MOSQ_ERR_CONN_LOST, MOSQ_ERR_ERRNO, MOSQ_ERR_TLS - writing failed; a message with QoS 1 or 2 is
///     queued all the same.
///   MOSQ_ERR_QOS_NOT_SUPPORTED - the server does not support this QoS.
///   MOSQ_ERR_OVERSIZE_PACKET - the server does not accept packets of this size.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: may be called at any time from any thread and inside callbacks. Without a network thread,
/// and not inside a callback, the message is written by this call as far as the connection takes it;
/// then the publish callbacks of a message with QoS 0 run before it returns.
///
/// See also: mosquitto_publish_v5, mosquitto_publish_callback_set
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_publish(
    mosq: *mut mosquitto,
    mid: *mut c_int,
    topic: *const c_char,
    payloadlen: c_int,
    payload: *const c_void,
    qos: c_int,
    retain: Bool,
) -> c_int {
    // SAFETY: NULL or a client, and NULL or what the manual above says, by the caller's contract.
    unsafe {
        let message = move || message(topic, payloadlen, payload, qos, retain);
        if is_large(payloadlen, qos) {
            return publish_large(mosq, mid, message, ptr::null());
        }
        handle::held_if_unfinished(mosq, move |client| {
            client.publish(message(), move |number| boundary::put(mid, number))
        })
    }
}

export!("mosquitto_publish_v5", "MOSQ_1.6");
/// Publish a message as mosquitto_publish(), with properties for the PUBLISH packet of MQTT 5.
///
/// Parameters:
///   mosq, mid, topic, payloadlen, payload, qos, retain - as in mosquitto_publish(). With the property
///     MQTT_PROP_TOPIC_ALIAS topic may be NULL or "".
///   properties - properties of PUBLISH; NULL for none. The caller frees them.
///
/// Returns:
///   as mosquitto_publish(), and:
///   MOSQ_ERR_NOT_SUPPORTED - properties with a client that is not set to MQTT 5.
///   MOSQ_ERR_PROTOCOL - a property that PUBLISH may not carry, or a value that is not allowed.
///   MOSQ_ERR_DUPLICATE_PROPERTY - a property twice that may occur once.
///   MOSQ_ERR_TOPIC_ALIAS_INVALID - the topic alias is above the maximum of the server.
///
/// Threads: as mosquitto_publish().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_publish_v5(
    mosq: *mut mosquitto,
    mid: *mut c_int,
    topic: *const c_char,
    payloadlen: c_int,
    payload: *const c_void,
    qos: c_int,
    retain: Bool,
    properties: *const mosquitto_property,
) -> c_int {
    // SAFETY: NULL or a client, and NULL or what the manual above says, by the caller's contract.
    unsafe {
        if properties.is_null() {
            return mosquitto_publish(mosq, mid, topic, payloadlen, payload, qos, retain);
        }
        let message = move || message(topic, payloadlen, payload, qos, retain);
        if is_large(payloadlen, qos) {
            return publish_large(mosq, mid, message, properties);
        }
        handle::held_if_unfinished(mosq, move |client| match wire_of(properties, Received::First) {
            Ok(wire) => {
                let message = Publish { properties: Some(&wire), ..message() };
                client.publish(message, move |number| boundary::put(mid, number))
            }
            Err(error) => Published { result: Err(error), done: true },
        })
    }
}

/// The message of the arguments, without properties.
///
/// # Safety
///
/// As for mosquitto_publish(); the message is used during the call only.
#[inline(always)]
unsafe fn message<'a>(
    topic: *const c_char,
    payloadlen: c_int,
    payload: *const c_void,
    qos: c_int,
    retain: Bool,
) -> Publish<'a> {
    Publish {
        // SAFETY: NULL or a string, by the caller's contract.
        topic: unsafe { boundary::string(topic) },
        payload_len: payloadlen,
        // SAFETY: NULL or so many bytes, by the caller's contract.
        payload: unsafe { handle::payload(payload, payloadlen) },
        qos,
        retain: retain.get(),
        properties: None,
    }
}

/// Whether the message may be written straight from the program's memory.
#[inline(always)]
fn is_large(payloadlen: c_int, qos: c_int) -> bool {
    qos == 0 && usize::try_from(payloadlen).is_ok_and(|len| len >= LARGE)
}

/// Publishes a message for which [`is_large`] holds.
///
/// # Safety
///
/// As for mosquitto_publish_v5().
#[cold]
unsafe fn publish_large(
    mosq: *mut mosquitto,
    mid: *mut c_int,
    message: impl FnOnce() -> Publish<'static>,
    properties: *const mosquitto_property,
) -> c_int {
    // SAFETY: NULL or a client, and NULL or what the manual above says, by the caller's contract.
    unsafe {
        handle::held(mosq, |client| {
            with_properties(client, properties, Received::First, |properties| {
                let message = Publish { properties, ..message() };
                client.publish_large(message, &mut |number| boundary::put(mid, number))
            })
        })
    }
}
