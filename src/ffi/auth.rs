//! `mosquitto/libmosquitto_auth.h`: credentials and extended authentication.

use core::ffi::{c_char, c_int, c_void};

use super::boundary;
use super::export::export;
use super::handle;
use super::properties::node::Received;
use super::properties_in::with_properties;
use super::types::{mosquitto, mosquitto_property};
use crate::error::Error;

export!("mosquitto_username_pw_set", "MOSQ_1.0");
/// Set user name and password. They count from the next connection on, and are sent readable to
/// everybody unless the connection uses TLS.
///
/// Parameters:
///   mosq - a client.
///   username - user name, UTF-8, at most 65535 bytes; NULL for none. It is copied.
///   password - password, at most 65535 bytes; NULL for none. It is copied. A password without a user
///     name is possible with MQTT 5 only.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq is NULL, a password without user name (nothing is changed then), or one of
///     them too long.
///   MOSQ_ERR_MALFORMED_UTF8 - the user name is not valid UTF-8.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_username_pw_set(
    mosq: *mut mosquitto,
    username: *const c_char,
    password: *const c_char,
) -> c_int {
    // SAFETY: NULL or a client, NULL or NUL-terminated strings, by the caller's contract.
    unsafe {
        handle::quiet(mosq, |client| {
            client.set_credentials(boundary::string(username), boundary::string(password))
        })
    }
}

export!("mosquitto_ext_auth_continue", "MOSQ_2.1");
/// Send AUTH with reason code MQTT_RC_CONTINUE_AUTHENTICATION: the next step of an MQTT 5 extended
/// authentication, whose first step are the properties of mosquitto_connect_bind_v5(). Usually called
/// inside the function of mosquitto_ext_auth_callback_set().
///
/// Parameters:
///   context - a client set to MQTT 5.
///   auth_method - name of the method, the same as in CONNECT.
///   auth_data_len - number of bytes of auth_data.
///   auth_data - data of the method, any bytes; NULL for none.
///   props - further properties, without method and data; NULL for none. The caller frees them.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - written or queued.
///   MOSQ_ERR_PROTOCOL - context or auth_method is NULL, the client is not set to MQTT 5, auth_method is
///     not the method of CONNECT or CONNECT had none, or a property that AUTH may not carry.
///   MOSQ_ERR_MALFORMED_UTF8 - auth_method is not valid UTF-8.
///   MOSQ_ERR_OVERSIZE_PACKET - the server does not accept packets of this size.
///   MOSQ_ERR_NO_CONN - there is no connection.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: may be called at any time from any thread and inside callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn mosquitto_ext_auth_continue(
    context: *mut mosquitto,
    auth_method: *const c_char,
    auth_data_len: u16,
    auth_data: *const c_void,
    props: *const mosquitto_property,
) -> c_int {
    if context.is_null() {
        return Error::Protocol.code();
    }
    // SAFETY: a client, and NULL or what the manual above says, by the caller's contract.
    unsafe {
        handle::held(context, |client| {
            let method = boundary::string(auth_method);
            let data = handle::payload(auth_data, auth_data_len.into());
            with_properties(client, props, Received::All, |properties| {
                client.auth_continue(method, data, properties)
            })
        })
    }
}
