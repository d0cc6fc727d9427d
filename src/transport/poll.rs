//! Waiting until one of several descriptors is ready, with poll(2): descriptors of any number.
//!
//! The only call on the way of bytes that waits.

use std::os::fd::RawFd;

use crate::error::Result;
use crate::time::Time;

/// So many entries are polled without taking memory: a client has its socket, a wake-up and few racing attempts.
const INLINE: usize = 8;

/// What somebody wants to do with a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interest {
    /// Read from it.
    pub read: bool,
    /// Write to it.
    pub write: bool,
}

impl Interest {
    /// To read only.
    pub const READ: Interest = Interest { read: true, write: false };
    /// To write only.
    pub const WRITE: Interest = Interest { read: false, write: true };
}

/// One descriptor to wait for, and after [`poll`] what it is ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollEntry {
    /// The descriptor; a negative one is never ready.
    pub descriptor: RawFd,
    /// Whether to wait until it can be read.
    pub want_read: bool,
    /// Whether to wait until it can be written.
    pub want_write: bool,
    /// Reading will not block. Also set on error and hang-up, wanted or not, so that a read tells what happened.
    pub readable: bool,
    /// Writing will not block. Also set on error and hang-up.
    pub writable: bool,
}

impl PollEntry {
    /// Waits for `descriptor` to be ready for what is wanted.
    pub const fn new(descriptor: RawFd, interest: Interest) -> PollEntry {
        PollEntry {
            descriptor,
            want_read: interest.read,
            want_write: interest.write,
            readable: false,
            writable: false,
        }
    }
}

/// Waits until an entry is ready or `timeout_ms` milliseconds have passed; `None` waits without limit, `Some(0)` only looks.
///
/// Sets `readable` and `writable` of every entry and answers how many entries are ready, 0 when the time was up.
/// Fails with `Errno`: EINTR when a signal was handled meanwhile; the entries are then all marked not ready.
pub fn poll(entries: &mut [PollEntry], timeout_ms: Option<u32>) -> Result<usize> {
    const UNUSED: libc::pollfd = libc::pollfd { fd: -1, events: 0, revents: 0 };
    let mut inline = [UNUSED; INLINE];
    let mut allocated = Vec::new();
    let descriptors: &mut [libc::pollfd] = match inline.get_mut(..entries.len()) {
        Some(enough) => enough,
        None => {
            allocated.resize(entries.len(), UNUSED);
            &mut allocated
        }
    };
    for (descriptor, entry) in descriptors.iter_mut().zip(entries.iter()) {
        descriptor.fd = entry.descriptor;
        descriptor.events |= if entry.want_read { libc::POLLIN } else { 0 };
        descriptor.events |= if entry.want_write { libc::POLLOUT } else { 0 };
    }
    let timeout = timeout_ms.map_or(-1, |ms| i32::try_from(ms).unwrap_or(i32::MAX));
    // SAFETY: `descriptors` is a slice of pollfd of the length given, and may be written.
    let ready =
        unsafe { libc::poll(descriptors.as_mut_ptr(), descriptors.len() as libc::nfds_t, timeout) };
    let failure = (ready < 0).then(super::last_error);
    for (entry, descriptor) in entries.iter_mut().zip(descriptors.iter()) {
        let happened = if failure.is_none() { descriptor.revents } else { 0 };
        let broken = happened & (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL) != 0;
        entry.readable = broken || happened & libc::POLLIN != 0;
        entry.writable = broken || happened & libc::POLLOUT != 0;
    }
    match failure {
        Some(error) => Err(error),
        None => Ok(usize::try_from(ready).unwrap_or(0)),
    }
}

/// The timeout for [`poll`] that ends at `deadline` (never, if there is none), seen from `now`.
pub fn timeout(deadline: Option<Time>, now: Time) -> Option<u32> {
    deadline.map(|deadline| u32::try_from(deadline.since(now)).unwrap_or(u32::MAX))
}
