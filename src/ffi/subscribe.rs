//! `mosquitto/libmosquitto_subscribe.h`: asking for messages.

use core::ffi::{c_char, c_int};
use core::ptr;

use super::boundary;
use super::export::export;
use super::filters::with_filters;
use super::handle;
use super::properties::node::Received;
use super::properties_in::with_properties;
use super::types::{mosquitto, mosquitto_property};

export!("mosquitto_subscribe", "MOSQ_1.0");
/// Subscribe to a topic filter.
///
/// Parameters:
///   mosq - a client that is connected.
///   mid - receives the number of the request, which the subscribe callbacks get with the answer; may be
///     NULL. It is set before anything is sent.
///   sub - topic filter, UTF-8, 1 to 65535 bytes, at most 200 of /. A level that is + stands for any one
///     level, a last level that is # for any number of levels.
///   qos - the most that messages shall have: 0, 1 or 2.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - written or queued; the subscribe callbacks tell what the server says.
///   MOSQ_ERR_INVAL - mosq is NULL, qos or filter not allowed.
///   MOSQ_ERR_MALFORMED_UTF8 - the filter is not valid UTF-8.
///   MOSQ_ERR_NO_CONN - there is no connection; nothing is queued.
///   MOSQ_ERR_CONN_LOST, MOSQ_ERR_ERRNO, MOSQ_ERR_TLS - writing failed.
///   MOSQ_ERR_OVERSIZE_PACKET - the server does not accept packets of this size.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: may be called at any time from any thread and inside callbacks.
///
/// See also: mosquitto_subscribe_multiple, mosquitto_subscribe_callback_set, mosquitto_unsubscribe
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_subscribe(
    mosq: *mut mosquitto,
    mid: *mut c_int,
    sub: *const c_char,
    qos: c_int,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { mosquitto_subscribe_v5(mosq, mid, sub, qos, 0, ptr::null()) }
}

export!("mosquitto_subscribe_v5", "MOSQ_1.6");
/// Subscribe to a topic filter as mosquitto_subscribe(), with options and properties of MQTT 5.
///
/// Parameters:
///   mosq, mid, sub, qos - as in mosquitto_subscribe().
///   options - values of enum mqtt5_sub_options combined with |, or 0. Only MQTT 5 sends them.
///   properties - properties of SUBSCRIBE; NULL for none. The caller frees them.
///
/// Returns:
///   as mosquitto_subscribe(), and:
///   MOSQ_ERR_INVAL - options with other bits, or with both MQTT_SUB_OPT_SEND_RETAIN_NEW and
///     MQTT_SUB_OPT_SEND_RETAIN_NEVER.
///   MOSQ_ERR_NOT_SUPPORTED - properties with a client that is not set to MQTT 5.
///   MOSQ_ERR_PROTOCOL - a property that SUBSCRIBE may not carry, a value that is not allowed, or
///     MQTT_SUB_OPT_NO_LOCAL with a shared subscription.
///   MOSQ_ERR_DUPLICATE_PROPERTY - a property twice that may occur once.
///   MOSQ_ERR_WILDCARD_SUBS_NOT_SUPPORTED, MOSQ_ERR_SHARED_SUBS_NOT_SUPPORTED,
///   MOSQ_ERR_SUBSCRIPTION_IDS_NOT_SUPPORTED - the server has said that it does not support them.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_subscribe_v5(
    mosq: *mut mosquitto,
    mid: *mut c_int,
    sub: *const c_char,
    qos: c_int,
    options: c_int,
    properties: *const mosquitto_property,
) -> c_int {
    // SAFETY: NULL or a client, and NULL or what the manual above says, by the caller's contract.
    unsafe {
        handle::held(mosq, |client| {
            let filters = [boundary::string(sub)];
            with_properties(client, properties, Received::First, |properties| {
                client.subscribe(&filters, qos, options, properties, &mut |number| {
                    boundary::put(mid, number);
                })
            })
        })
    }
}

export!("mosquitto_subscribe_multiple", "MOSQ_1.6");
/// Subscribe to several topic filters with one packet, as mosquitto_subscribe_v5().
///
/// Parameters:
///   mosq, mid - as in mosquitto_subscribe().
///   sub_count - number of filters, 1 or more.
///   sub - the filters.
///   qos, options - for all of them, as in mosquitto_subscribe_v5().
///   properties - as in mosquitto_subscribe_v5(); may be NULL.
///
/// Returns:
///   as mosquitto_subscribe_v5(); MOSQ_ERR_INVAL also if sub is NULL or sub_count is below 1.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_subscribe_multiple(
    mosq: *mut mosquitto,
    mid: *mut c_int,
    sub_count: c_int,
    sub: *const *mut c_char,
    qos: c_int,
    options: c_int,
    properties: *const mosquitto_property,
) -> c_int {
    // SAFETY: NULL or a client, and NULL or what the manual above says, by the caller's contract.
    unsafe {
        handle::held(mosq, |client| {
            with_filters(client, sub_count, sub, |filters| {
                with_properties(client, properties, Received::First, |properties| {
                    client.subscribe(filters, qos, options, properties, &mut |number| {
                        boundary::put(mid, number);
                    })
                })
            })
        })
    }
}
