//! Pre-shared keys (RFC 4279, TLS 1.2): OpenSSL asks, the configuration of the connection answers.

use std::ffi::{c_char, c_uchar, c_uint};
use std::ptr;

use super::attached;
use super::sys::{self, ffi};

/// Lets `ssl` use the key of the configuration attached to it.
///
/// # Safety
///
/// `ssl` is alive, used by nobody else, and [`attached`].
pub(super) unsafe fn enable(ssl: *mut ffi::SSL) {
    // SAFETY: by the caller's promise.
    unsafe { sys::SSL_set_psk_client_callback(ssl, Some(answer)) };
}

/// Answers the length of the key; 0, "no such identity", if there is none or it is too long. The server's hint is of no
/// interest; an identity that is too long is cut.
unsafe extern "C" fn answer(
    ssl: *mut ffi::SSL,
    _hint: *const c_char,
    identity: *mut c_char,
    max_identity: c_uint,
    key: *mut c_uchar,
    max_key: c_uint,
) -> c_uint {
    // SAFETY: OpenSSL calls with the SSL object whose owner waits for it.
    let Some(attached) = (unsafe { attached::of(ssl) }) else { return 0 };
    let Some(psk) = &attached.context.config().psk else { return 0 };
    let (bytes, name) = (psk.key.bytes(), psk.identity.as_slice());
    let Some(len) = c_uint::try_from(bytes.len()).ok().filter(|len| *len <= max_key) else {
        return 0;
    };
    let name_len = name.len().min(max_identity.saturating_sub(1) as usize);
    // SAFETY: `key` has room for `max_key` bytes, `identity` for `max_identity` and is ended with NUL.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), key, bytes.len());
        ptr::copy_nonoverlapping(name.as_ptr().cast(), identity, name_len);
        identity.add(name_len).write(0);
    }
    len
}
