//! Memory that C frees: the only place that calls the C library's allocator.
//!
//! Programs `free()` what some functions return, and allocate property nodes that the library frees, so both sides must
//! use the same allocator. Nothing that stays inside the library comes from here. Every function can fail, none aborts.

use core::ffi::c_char;
use core::ptr::NonNull;

use crate::error::{Error, Result};

/// `count` objects of all zero bytes.
///
/// `T` must be a plain C type: all-zero bytes are a value of it and `malloc`'s alignment is enough.
pub(crate) fn zeroed<T>(count: usize) -> Result<NonNull<T>> {
    const { assert!(align_of::<T>() <= align_of::<libc::max_align_t>() && size_of::<T>() > 0) };
    // SAFETY: calloc has no preconditions; it checks the multiplication.
    let memory = unsafe { libc::calloc(count.max(1), size_of::<T>()) };
    NonNull::new(memory.cast()).ok_or(Error::NoMem)
}

/// A copy of `bytes` with one NUL byte behind it.
pub(crate) fn copy_with_nul(bytes: &[u8]) -> Result<NonNull<c_char>> {
    let size = bytes.len().checked_add(1).ok_or(Error::NoMem)?;
    // SAFETY: malloc has no preconditions.
    let memory = NonNull::new(unsafe { libc::malloc(size) }).ok_or(Error::NoMem)?.cast::<u8>();
    // SAFETY: new memory of one byte more than `bytes`, which it does not overlap.
    unsafe {
        core::ptr::copy_nonoverlapping(bytes.as_ptr(), memory.as_ptr(), bytes.len());
        memory.add(bytes.len()).write(0);
    }
    Ok(memory.cast())
}

/// Gives memory back; NULL is fine.
///
/// # Safety
///
/// `memory` is NULL or came from the C library's allocator and is not used afterwards.
pub(crate) unsafe fn free<T>(memory: *mut T) {
    // SAFETY: by the caller's promise.
    unsafe { libc::free(memory.cast()) };
}
