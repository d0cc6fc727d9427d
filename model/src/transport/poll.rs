//! The library's poll, of the modelled system.

use crate::error::Result;
pub use crate::system::Interest;
use crate::system::{self, Descriptor};
use crate::time::Time;

/// As the library's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollEntry {
    /// The descriptor; a negative one is never ready.
    pub descriptor: Descriptor,
    /// Whether to wait until it can be read.
    pub want_read: bool,
    /// Whether to wait until it can be written.
    pub want_write: bool,
    /// Reading will not block.
    pub readable: bool,
    /// Writing will not block.
    pub writable: bool,
}

impl PollEntry {
    /// Waits for `descriptor` to be ready for what is wanted.
    pub const fn new(descriptor: Descriptor, interest: Interest) -> PollEntry {
        let Interest { read: want_read, write: want_write } = interest;
        PollEntry { descriptor, want_read, want_write, readable: false, writable: false }
    }
}

/// Waits until an entry is ready, however long that takes: who counts on time being up waits for ever. `Some(0)` only
/// looks.
pub fn poll(entries: &mut [PollEntry], timeout_ms: Option<u32>) -> Result<usize> {
    let ready = system::this().wait(timeout_ms != Some(0), |look| {
        for entry in &mut *entries {
            let ready = look(entry.descriptor);
            entry.readable = ready.broken || ready.read && entry.want_read;
            entry.writable = ready.broken || ready.write && entry.want_write;
        }
        entries.iter().filter(|entry| entry.readable || entry.writable).count()
    });
    Ok(ready)
}

/// As the library's.
pub fn timeout(deadline: Option<Time>, now: Time) -> Option<u32> {
    deadline.map(|deadline| u32::try_from(deadline.since(now)).unwrap_or(u32::MAX))
}
