//! `mosquitto/libmosquitto_unsubscribe.h`: no longer asking for messages.

use core::ffi::{c_char, c_int};
use core::ptr;

use super::boundary;
use super::export::export;
use super::filters::with_filters;
use super::handle;
use super::properties::node::Received;
use super::properties_in::with_properties;
use super::types::{mosquitto, mosquitto_property};

export!("mosquitto_unsubscribe", "MOSQ_1.0");
/// Unsubscribe from a topic filter.
///
/// Parameters:
///   mosq - a client that is connected.
///   mid - receives the number of the request, which the unsubscribe callbacks get with the answer; may
///     be NULL. It is set before anything is sent.
///   sub - the filter, as it was given to subscribe.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - written or queued; the unsubscribe callbacks tell when the server has answered.
///   MOSQ_ERR_INVAL - mosq is NULL, or the filter is not allowed.
///   MOSQ_ERR_MALFORMED_UTF8 - the filter is not valid UTF-8.
///   MOSQ_ERR_NO_CONN - there is no connection; nothing is queued.
///   MOSQ_ERR_CONN_LOST, MOSQ_ERR_ERRNO, MOSQ_ERR_TLS - writing failed.
///   MOSQ_ERR_OVERSIZE_PACKET - the server does not accept packets of this size.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: may be called at any time from any thread and inside callbacks.
///
/// See also: mosquitto_unsubscribe_multiple, mosquitto_unsubscribe_callback_set
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_unsubscribe(
    mosq: *mut mosquitto,
    mid: *mut c_int,
    sub: *const c_char,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { mosquitto_unsubscribe_v5(mosq, mid, sub, ptr::null()) }
}

export!("mosquitto_unsubscribe_v5", "MOSQ_1.6");
/// Unsubscribe from a topic filter as mosquitto_unsubscribe(), with properties of MQTT 5.
///
/// Parameters:
///   mosq, mid, sub - as in mosquitto_unsubscribe().
///   properties - properties of UNSUBSCRIBE; NULL for none. The caller frees them.
///
/// Returns:
///   as mosquitto_unsubscribe(), and:
///   MOSQ_ERR_NOT_SUPPORTED - properties with a client that is not set to MQTT 5.
///   MOSQ_ERR_PROTOCOL - a property that UNSUBSCRIBE may not carry.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_unsubscribe_v5(
    mosq: *mut mosquitto,
    mid: *mut c_int,
    sub: *const c_char,
    properties: *const mosquitto_property,
) -> c_int {
    // SAFETY: NULL or a client, and NULL or what the manual above says, by the caller's contract.
    unsafe {
        handle::held(mosq, |client| {
            let filters = [boundary::string(sub)];
            with_properties(client, properties, Received::First, |properties| {
                client.unsubscribe(&filters, properties, &mut |number| boundary::put(mid, number))
            })
        })
    }
}

export!("mosquitto_unsubscribe_multiple", "MOSQ_1.6");
/// Unsubscribe from several topic filters with one packet, as mosquitto_unsubscribe_v5().
///
/// Parameters:
///   mosq, mid - as in mosquitto_unsubscribe().
///   sub_count - number of filters, 1 or more.
///   sub - the filters.
///   properties - as in mosquitto_unsubscribe_v5(); may be NULL.
///
/// Returns:
///   as mosquitto_unsubscribe_v5(); MOSQ_ERR_INVAL also if sub is NULL or sub_count is below 1.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_unsubscribe_multiple(
    mosq: *mut mosquitto,
    mid: *mut c_int,
    sub_count: c_int,
    sub: *const *mut c_char,
    properties: *const mosquitto_property,
) -> c_int {
    // SAFETY: NULL or a client, and NULL or what the manual above says, by the caller's contract.
    unsafe {
        handle::held(mosq, |client| {
            with_filters(client, sub_count, sub, |filters| {
                with_properties(client, properties, Received::First, |properties| {
                    client.unsubscribe(filters, properties, &mut |number| {
                        boundary::put(mid, number);
                    })
                })
            })
        })
    }
}
