//! `mosquitto/libmosquitto_socks.h`: connections through a proxy. Until SOCKS is there, the setter says so.

use core::ffi::{c_char, c_int};

use super::boundary;
use super::export::export;
use super::handle;
use super::types::mosquitto;
use crate::error::Error;

/// Bytes that the name of the proxy may have.
const MAX_HOST: usize = 256;
/// Bytes that user name and password may have (RFC 1929).
const MAX_CREDENTIAL: usize = 255;

export!("mosquitto_socks5_set", "MOSQ_1.4");
/// Set a SOCKS5 proxy for the connections to come. The proxy resolves the host name.
///
/// Parameters:
///   mosq - a client.
///   host - host name or address of the proxy; it is copied.
///   port - 1 to 65535.
///   username - user name for the proxy; NULL for none. It is copied.
///   password - password for the proxy; NULL for none. It is copied.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq or host is NULL, port out of range, or user name or password too long.
///   MOSQ_ERR_NOT_SUPPORTED - this build of the library lacks SOCKS.
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
        handle::quiet(mosq, |_| {
            let host = boundary::string(host).ok_or(Error::Inval)?;
            let credentials = [username, password].map(|text| boundary::string(text));
            let fit = credentials.iter().flatten().all(|text| text.len() <= MAX_CREDENTIAL);
            if host.len() > MAX_HOST || !(1..=65535).contains(&port) || !fit {
                return Err(Error::Inval);
            }
            Err(Error::NotSupported)
        })
    }
}
