//! What belongs to one SSL object: found again by OpenSSL's callbacks, without touching the context, which others may
//! share.

use std::ffi::{CString, c_int, c_void};
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::context::Context;
use super::sys::ffi;
use crate::transport::log::LogLine;

/// What callbacks need to know of a connection, and what they leave behind.
#[derive(Debug)]
pub(super) struct Attached {
    /// Settings and trust.
    pub context: Arc<Context>,
    /// The server's name.
    pub host: CString,
    /// What is to be logged.
    pub lines: Vec<LogLine>,
}

/// Attaches `attached` to `ssl`; false without memory.
///
/// # Safety
///
/// `ssl` is alive; `attached` stays alive until `ssl` is gone or something else is attached, and is used by nobody else
/// while OpenSSL works on `ssl`.
pub(super) unsafe fn set(ssl: *mut ffi::SSL, attached: *mut Attached) -> bool {
    let Some(index) = index() else { return false };
    // SAFETY: by the caller's promise; the index is of this kind of object.
    unsafe { ffi::SSL_set_ex_data(ssl, index, attached.cast()) == 1 }
}

/// What is attached to `ssl`; `None` for an SSL object that is not ours.
///
/// # Safety
///
/// `ssl` is alive, and the caller is inside a call that its owner made.
pub(super) unsafe fn of<'a>(ssl: *mut ffi::SSL) -> Option<&'a mut Attached> {
    let index = index()?;
    // SAFETY: by the caller's promise; what is found was put there by `set`.
    unsafe { ffi::SSL_get_ex_data(ssl, index).cast::<Attached>().as_mut() }
}

/// Our place in every SSL object of the process. OpenSSL is given no function of ours to call for it: it would be called
/// even after this library has been unloaded.
fn index() -> Option<c_int> {
    static INDEX: OnceLock<c_int> = OnceLock::new();
    let index = *INDEX.get_or_init(|| {
        const NO_ARGUMENT: *mut c_void = ptr::null_mut();
        // SAFETY: no functions, no arguments.
        unsafe { ffi::SSL_get_ex_new_index(0, NO_ARGUMENT, None, None, None) }
    });
    (index >= 0).then_some(index)
}
