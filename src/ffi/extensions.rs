//! `mosquitto/extensions.h`: what this library has beyond the original. Functions are named
//! `mosquitto_x_*`, options `MOSQ_OPT_X_*` (from 0x4000), the version node is `MOSQX_1.0`.

use core::ffi::{c_char, c_int};

use super::export::export;

/// Option of mosquitto_string_option(): further headers of the HTTP request that opens a WebSocket, such
/// as "Authorization: Basic ...". One in a line, "Name: value", with "\n" between lines; NULL (default)
/// for none. MOSQ_ERR_INVAL for anything else, and for the headers that the exchange itself needs.
pub const MOSQ_OPT_X_HTTP_HEADERS: c_int = 0x4000;

/// Option of mosquitto_int_option(): how many seconds a connection may be silent before TCP asks whether
/// the server is still there; 1 to 32767, 0 (default) for never. The keepalive of MQTT finds out as well,
/// by packets of its own.
pub const MOSQ_OPT_X_TCP_KEEPALIVE: c_int = 0x4001;

/// Option of mosquitto_int_option(): how many milliseconds the server may leave data unacknowledged before
/// the connection counts as lost; 0 (default) for what the system thinks right, usually a quarter of an
/// hour.
pub const MOSQ_OPT_X_TCP_USER_TIMEOUT: c_int = 0x4002;

/// Option of mosquitto_int_option(): how many milliseconds connecting may take: name, TCP, proxy, TLS and
/// WebSocket, for each server of a domain anew. Then it fails with MOSQ_ERR_ERRNO, errno ETIMEDOUT, which
/// mosquitto_loop_forever() and the network thread answer with another attempt. 0 (default) for no limit
/// but the keepalive.
pub const MOSQ_OPT_X_CONNECT_TIMEOUT: c_int = 0x4003;

const VERSION: &str = concat!("libmosquitto-rs ", env!("CARGO_PKG_VERSION"), "\0");

export!("mosquitto_x_version", "MOSQX_1.0");
/// Tell which implementation of libmosquitto is running. A program finds out whether it runs on this
/// implementation by looking this function up with dlsym().
///
/// Returns:
///   "libmosquitto-rs " and the version. The string is constant and is not freed.
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_x_version() -> *const c_char {
    VERSION.as_ptr().cast()
}
