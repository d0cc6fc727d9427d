//! `mosquitto/libcommon_utf8.h`.

use core::ffi::{c_char, c_int};

use super::boundary::{self, guard_code};
use super::export::export;
use crate::error::Error;
use crate::protocol::utf8;

/// The longest string that is looked at: one byte more than MQTT can send, as with the reference.
const MAX_LEN: usize = 65_536;

export!("mosquitto_validate_utf8", "MOSQ_1.5");
/// Tell whether a string can be sent in MQTT: well-formed UTF-8 without control characters (U+0000 to
/// U+001F, U+007F to U+009F), surrogates and non-characters.
///
/// Parameters:
///   str - the string; it needs no NUL behind it.
///   len - number of bytes, at most 65536. MQTT can send one byte less.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - it can.
///   MOSQ_ERR_INVAL - str is NULL, or len is negative or too large.
///   MOSQ_ERR_MALFORMED_UTF8 - it is not such a string.
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_validate_utf8(str: *const c_char, len: c_int) -> c_int {
    guard_code(|| {
        let len = usize::try_from(len).ok().filter(|&len| len <= MAX_LEN).ok_or(Error::Inval)?;
        // SAFETY: NULL or `len` bytes, by the caller's contract.
        utf8::validate(unsafe { boundary::slice(str.cast(), len) }.ok_or(Error::Inval)?)
    })
}
