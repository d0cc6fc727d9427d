//! What every exported function does at its edge: keep panics in, turn C arguments into Rust ones, turn results into C.
//!
//! Rules for everything in `ffi`:
//!
//! - The whole body of an exported function runs in [`guard`]; the answer after a panic is the worst ordinary one of the
//!   function's return type (`MOSQ_ERR_UNKNOWN`, NULL, 0, false).
//! - A NULL argument is `None`, never an empty string: the documented answers differ.
//! - Output pointers may be NULL unless the documentation says otherwise; they are written with [`put`].
//! - What C passes as `bool` is [`super::types::Bool`], as an enumeration an integer: any value may arrive.
//! - A callback of the program may leave by `longjmp`, by an exception or with its thread: while one runs, the frames of the
//!   library between it and the exported function own nothing that needs dropping, and the guard is [`guard_open`].
//! - Slices made here are borrowed for the call only and never stored.

use core::any::Any;
use core::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::client::catch;
use crate::error::Result;

/// `MOSQ_ERR_SUCCESS`.
pub(crate) const SUCCESS: c_int = 0;
/// `MOSQ_ERR_UNKNOWN`, what a function that returns an error number answers after a panic.
pub(crate) const PANICKED: c_int = 13;

/// Runs `body`; answers `after_panic` if it panics.
pub(crate) fn guard<T>(after_panic: T, body: impl FnOnce() -> T) -> T {
    guard_with(|_| after_panic, body)
}

/// Runs `body`; if it panics, answers what `after_panic` makes of the panic's text (to log it, for instance).
pub(crate) fn guard_with<T>(after_panic: impl FnOnce(&str) -> T, body: impl FnOnce() -> T) -> T {
    catch_panic(body).unwrap_or_else(|payload| after_panic(text_of(&*payload)))
}

/// As [`guard`] for a body whose speed counts: what it refers to stays in registers.
#[inline(always)]
pub(crate) fn guard_in_line<T>(after_panic: T, body: impl FnOnce() -> T) -> T {
    catch_panic(body).unwrap_or(after_panic)
}

#[inline(always)]
fn catch_panic<T>(body: impl FnOnce() -> T) -> std::thread::Result<T> {
    // Unwind safety: what is shared is left whole step by step (see `crate::sync`), the rest is not seen again.
    catch_unwind(AssertUnwindSafe(body))
}

#[cold]
fn text_of(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic")
}

/// As [`guard`] for a body that may call the program's functions: what leaves those and is no panic, such as an exception of
/// C++ or the end of the thread, goes on to the program. Functions with such a body are `extern "C-unwind"`.
pub(crate) fn guard_open<T>(after_panic: T, body: impl FnOnce() -> T) -> T {
    catch(body).unwrap_or(after_panic)
}

/// [`guard`] for the many functions that return an error number.
pub(crate) fn guard_code(body: impl FnOnce() -> Result<()>) -> c_int {
    guard(PANICKED, || code(body()))
}

/// The `MOSQ_ERR_*` number of `result`; sets `errno` where the number promises one.
pub(crate) fn code(result: Result<()>) -> c_int {
    let Err(error) = result else { return SUCCESS };
    if let Some(errno) = error.errno() {
        set_errno(errno);
    }
    error.code()
}

/// The calling thread's `errno`.
pub(crate) fn errno() -> c_int {
    // SAFETY: the C library gives every thread an `errno` that may be read at any time.
    unsafe { *libc::__errno_location() }
}

/// Sets the calling thread's `errno`.
pub(crate) fn set_errno(errno: c_int) {
    // SAFETY: the C library gives every thread an `errno` that may be written at any time.
    unsafe { *libc::__errno_location() = errno };
}

/// The bytes of a C string without its NUL; `None` for NULL.
///
/// # Safety
///
/// `string` is NULL or points to a NUL-terminated string that nobody changes while the slice is in use.
pub(crate) unsafe fn string<'a>(string: *const c_char) -> Option<&'a [u8]> {
    if string.is_null() {
        return None;
    }
    // SAFETY: not NULL, and NUL-terminated and unchanged by the caller's promise.
    Some(unsafe { CStr::from_ptr(string) }.to_bytes())
}

/// `len` bytes at `data`; `None` for NULL, and for a length that no object can have.
///
/// # Safety
///
/// `data` is NULL or points to `len` readable bytes that nobody changes while the slice is in use.
pub(crate) unsafe fn slice<'a>(data: *const c_void, len: usize) -> Option<&'a [u8]> {
    if data.is_null() || isize::try_from(len).is_err() {
        return None;
    }
    // SAFETY: not NULL, at most `isize::MAX` bytes, readable and unchanged by the caller's promise.
    Some(unsafe { core::slice::from_raw_parts(data.cast(), len) })
}

/// Stores an output, unless the program does not want it.
///
/// # Safety
///
/// `output` is NULL or points to aligned memory for a `T`, which needs no initialisation and is not dropped.
pub(crate) unsafe fn put<T>(output: *mut T, value: T) {
    if !output.is_null() {
        // SAFETY: not NULL, aligned and writable by the caller's promise.
        unsafe { output.write(value) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn a_panic_becomes_the_answer() {
        assert_eq!(guard(7, || 1), 1);
        assert_eq!(guard(7, || panic!("stopped by the guard")), 7);
        let text = guard_with(str::to_owned, || panic!("number {}", 5));
        assert_eq!(text, "number 5");
        assert_eq!(guard_code(|| panic!("stopped by the guard")), PANICKED);
    }

    #[test]
    fn errno_is_set_where_the_number_promises_it() {
        assert_eq!(code(Err(Error::Errno(libc::EBADF))), 14);
        assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::EBADF));
        assert_eq!(code(Ok(())), SUCCESS);
        assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::EBADF));
    }

    #[test]
    fn null_is_not_empty() {
        let byte = 0u8;
        // SAFETY: NULL, or pointers to objects that live long enough.
        unsafe {
            assert_eq!(string(core::ptr::null()), None);
            assert_eq!(string(c"".as_ptr()), Some(&b""[..]));
            assert_eq!(string(c"ab".as_ptr()), Some(&b"ab"[..]));
            assert_eq!(slice(core::ptr::null(), 3), None);
            assert_eq!(slice((&raw const byte).cast(), 0), Some(&b""[..]));
            assert_eq!(slice((&raw const byte).cast(), usize::MAX), None);
            put(core::ptr::null_mut(), 1);
        }
    }
}
