//! `mosquitto/libmosquitto_socks.h`: connections through a proxy.

use core::ffi::{c_char, c_int};

use super::boundary;
use super::export::export;
use super::handle;
use super::types::mosquitto;

export!("mosquitto_socks5_set", "MOSQ_1.4");
/// Set a SOCKS5 proxy for the connections to come. The proxy resolves the host name. There is no way
/// back but mosquitto_reinitialise().
///
/// Parameters:
///   mosq - a client.
///   host - host name or address of the proxy; it is copied.
///   port - 1 to 65535.
///   username - user name, offered to the proxy; NULL for none. It is copied.
///   password - password; NULL for an empty one. It is copied. Without a user name it is not used.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq or host is NULL, host is longer than 256 bytes or port out of range: nothing is
///     changed. Or username or password is longer than 255 bytes: the proxy is set without them.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: may be called at any time from any thread; it counts from the next connection on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_socks5_set(
    mosq: *mut mosquitto,
    host: *const c_char,
    port: c_int,
    username: *const c_char,
    password: *const c_char,
) -> c_int {
    // SAFETY: NULL or a client, NULL or NUL-terminated strings, by the caller's contract.
    unsafe {
        handle::quiet(mosq, |client| {
            let [host, username, password] =
                [host, username, password].map(|text| boundary::string(text));
            client.set_socks5(host, port, username, password)
        })
    }
}
