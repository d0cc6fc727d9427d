//! Random bytes from the system: client identifiers, WebSocket keys, servers of equal priority.

use std::fs::File;
use std::io::Read;

use crate::error::Result;

/// Fills `buffer` with random bytes.
///
/// Never waits, not even early at boot: where getrandom(2) is missing or not ready, the bytes come from
/// `/dev/urandom`. Fails with the `errno` of opening or reading that.
pub fn fill(buffer: &mut [u8]) -> Result<()> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        // SAFETY: `rest` may be written over its whole length.
        let n =
            unsafe { libc::getrandom(rest.as_mut_ptr().cast(), rest.len(), libc::GRND_NONBLOCK) };
        match usize::try_from(n) {
            Ok(n) => filled += n,
            Err(_) => return from_device(rest),
        }
    }
    Ok(())
}

fn from_device(buffer: &mut [u8]) -> Result<()> {
    File::open("/dev/urandom")
        .and_then(|mut device| device.read_exact(buffer))
        .map_err(|error| super::system_error(&error))
}
