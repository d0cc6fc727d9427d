//! Arrays of topic filters that a program passes in.

use core::ffi::{c_char, c_int};

use super::boundary;
use super::handle;
use crate::client::Client;
use crate::error::{Error, Result};

/// Calls `call` with the strings of a C array, `None` for each NULL. The slice belongs to the client meanwhile, not to
/// this frame, because callbacks may run.
///
/// # Safety
///
/// `filters` is NULL or an array of `count` elements, each NULL or NUL-terminated, that nobody changes during the call.
pub(crate) unsafe fn with_filters(
    client: &Client,
    count: c_int,
    filters: *const *mut c_char,
    call: impl FnOnce(&[Option<&[u8]>]) -> Result<()>,
) -> Result<()> {
    let count = usize::try_from(count).map_err(|_| Error::Inval)?;
    if count == 0 || filters.is_null() {
        return Err(Error::Inval);
    }
    // Borrowed for the call only: 'static is what the parking needs, and it drops references only.
    let filters: Vec<Option<&'static [u8]>> = (0..count)
        // SAFETY: by the caller's promise.
        .map(|index| unsafe { boundary::string(filters.add(index).read()) })
        .collect();
    let parking = handle::callbacks(client).parking();
    parking.scope(|mark| {
        // SAFETY: used inside the scope.
        call(unsafe { parking.park(mark, filters) })
    })
}
