//! OpenSSL's way to our socket: a BIO over a non-blocking descriptor that it does not own.
//!
//! Own, because OpenSSL's socket BIO writes with write(2), which raises SIGPIPE. `SSL_get_fd` works as with that one. A
//! write that fails is reported to OpenSSL as "try later" and kept here: a connection that cannot be written may still
//! hold the alert that says why.

use std::ffi::{c_char, c_int, c_long, c_void};
use std::os::fd::RawFd;
use std::ptr::{self, NonNull};
use std::sync::OnceLock;

use super::sys::{self, Owned, ffi};

/// What the BIO knows of its socket.
#[derive(Debug, Default)]
pub(super) struct Link {
    /// The socket.
    pub descriptor: RawFd,
    /// Nothing is to be read from the system now.
    pub hold: bool,
    /// `errno` of the read that failed.
    pub read_error: Option<c_int>,
    /// `errno` of the write that failed.
    pub write_error: Option<c_int>,
    /// The peer has ended the stream.
    pub ended: bool,
}

/// A BIO over `link`.
///
/// `None` without memory. `link` must stay where it is, and alive, as long as the BIO; between calls of OpenSSL it
/// belongs to its owner.
pub(super) fn new(link: NonNull<Link>) -> Option<Owned<ffi::BIO>> {
    let method = method()?;
    // SAFETY: the method lives for ever. The BIO is fresh.
    let bio = unsafe { Owned::new(ffi::BIO_new(method.0.as_ptr())) }?;
    // SAFETY: the BIO is ours; its data is what the functions below expect.
    unsafe {
        ffi::BIO_set_data(bio.as_ptr(), link.as_ptr().cast());
        ffi::BIO_set_init(bio.as_ptr(), 1);
    }
    Some(bio)
}

/// The table of functions, made once and never freed: a BIO may outlive everything else.
struct Method(NonNull<ffi::BIO_METHOD>);

// SAFETY: only read once it is made.
unsafe impl Send for Method {}
// SAFETY: as above.
unsafe impl Sync for Method {}

fn method() -> Option<&'static Method> {
    static METHOD: OnceLock<Option<Method>> = OnceLock::new();
    METHOD.get_or_init(make_method).as_ref()
}

fn make_method() -> Option<Method> {
    // SAFETY: plain calls; the functions have the types that OpenSSL expects.
    unsafe {
        let kind = sys::BIO_get_new_index().max(0) | sys::BIO_TYPE_DESCRIPTOR;
        let method = NonNull::new(ffi::BIO_meth_new(kind, c"mosquitto socket".as_ptr()))?;
        sys::BIO_meth_set_write_ex(method.as_ptr(), write);
        sys::BIO_meth_set_read_ex(method.as_ptr(), read);
        ffi::BIO_meth_set_ctrl__fixed_rust(method.as_ptr(), Some(ctrl));
        Some(Method(method))
    }
}

/// The link of a BIO; `None` for a BIO that was made by somebody else with the same method.
///
/// # Safety
///
/// `bio` is alive, and nobody else uses its link until the reference is gone.
unsafe fn link<'a>(bio: *mut ffi::BIO) -> Option<&'a mut Link> {
    // SAFETY: the data is NULL or what `new` put there.
    unsafe { ffi::BIO_get_data(bio).cast::<Link>().as_mut() }
}

unsafe extern "C" fn write(
    bio: *mut ffi::BIO,
    data: *const c_char,
    len: usize,
    written: *mut usize,
) -> c_int {
    // SAFETY: OpenSSL calls with a BIO of ours, inside a call of the link's owner.
    let Some(link) = (unsafe { link(bio) }) else { return 0 };
    // SAFETY: a BIO of ours.
    unsafe { ffi::BIO_clear_flags(bio, sys::BIO_RETRY_FLAGS) };
    if link.write_error.is_none() {
        // SAFETY: `data` has `len` bytes.
        let count = unsafe { libc::send(link.descriptor, data.cast(), len, libc::MSG_NOSIGNAL) };
        if let Ok(count) = usize::try_from(count) {
            // SAFETY: OpenSSL wants the number there.
            unsafe { written.write(count) };
            return 1;
        }
        link.write_error = hard_error();
    }
    // SAFETY: a BIO of ours.
    unsafe { ffi::BIO_set_retry_write(bio) };
    0
}

unsafe extern "C" fn read(
    bio: *mut ffi::BIO,
    data: *mut c_char,
    len: usize,
    got: *mut usize,
) -> c_int {
    // SAFETY: as in `write`.
    let Some(link) = (unsafe { link(bio) }) else { return 0 };
    // SAFETY: a BIO of ours.
    unsafe { ffi::BIO_clear_flags(bio, sys::BIO_RETRY_FLAGS) };
    if link.ended || link.read_error.is_some() {
        return 0;
    }
    if !link.hold {
        // SAFETY: `data` has room for `len` bytes.
        let count = unsafe { libc::recv(link.descriptor, data.cast(), len, 0) };
        match usize::try_from(count) {
            Ok(0) => {
                link.ended = true;
                return 0;
            }
            Ok(count) => {
                // SAFETY: OpenSSL wants the number there.
                unsafe { got.write(count) };
                return 1;
            }
            Err(_) => link.read_error = hard_error(),
        }
        if link.read_error.is_some() {
            return 0;
        }
    }
    // SAFETY: a BIO of ours.
    unsafe { ffi::BIO_set_retry_read(bio) };
    0
}

/// Answers 0, "no", to whatever is not known. That includes the question for the end of the stream: OpenSSL would answer
/// the peer with an alert and forbid the session to be resumed.
unsafe extern "C" fn ctrl(
    bio: *mut ffi::BIO,
    command: c_int,
    _number: c_long,
    pointer: *mut c_void,
) -> c_long {
    match command {
        sys::BIO_CTRL_FLUSH => 1,
        sys::BIO_C_GET_FD => {
            // SAFETY: as in `write`; `pointer` is NULL or asks for the number.
            unsafe {
                let Some(link) = link(bio) else { return -1 };
                if let Some(out) = pointer.cast::<c_int>().as_mut() {
                    *out = link.descriptor;
                }
                c_long::from(link.descriptor)
            }
        }
        _ => 0,
    }
}

/// The `errno` of the call that failed just now, unless it is to be tried again.
fn hard_error() -> Option<c_int> {
    // SAFETY: the C library gives every thread an `errno`.
    let errno = unsafe { *libc::__errno_location() };
    (!matches!(errno, libc::EAGAIN | libc::EINTR)).then_some(errno)
}

/// Takes the socket away from a BIO: whoever still has the SSL object reads and writes nothing any more.
///
/// # Safety
///
/// `bio` is alive and of [`new`].
pub(super) unsafe fn detach(bio: *mut ffi::BIO) {
    // SAFETY: by the caller's promise; the functions above know NULL.
    unsafe { ffi::BIO_set_data(bio, ptr::null_mut()) };
}
