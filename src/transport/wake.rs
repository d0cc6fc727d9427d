//! Ends another thread's wait: an eventfd to put among the descriptors that it polls.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use crate::error::{Error, Result};

/// A descriptor that becomes readable when somebody calls [`Wake::wake`], and stays so until [`Wake::drain`].
///
/// Wakes are not counted, and none is lost: one that comes between `drain` and the next wait ends that wait.
#[derive(Debug)]
pub struct Wake {
    event: File,
}

impl Wake {
    /// Opens the descriptor (non-blocking, close-on-exec). Fails with the `errno` of eventfd(2).
    pub fn new() -> Result<Wake> {
        // SAFETY: takes two numbers, touches no memory.
        let descriptor = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if descriptor < 0 {
            return Err(super::last_error());
        }
        // SAFETY: the descriptor was opened just now and nobody else knows it.
        let owned = unsafe { OwnedFd::from_raw_fd(descriptor) };
        Ok(Wake { event: File::from(owned) })
    }

    /// Makes the descriptor readable. Any thread may call it; it never waits, and is no place where a thread is cancelled.
    pub fn wake(&self) {
        let one = 1u64;
        // By its number, since write() of the C library is a cancellation point, and callers hold locks.
        let write = || {
            // SAFETY: the descriptor is open, and eight bytes may be read.
            unsafe { libc::syscall(libc::SYS_write, self.descriptor(), &raw const one, 8usize) }
        };
        // Again if interrupted. EAGAIN is a counter at its limit: then the descriptor is readable anyway.
        while write() < 0 && super::last_error() == Error::Errno(libc::EINTR) {}
    }

    /// Takes back all wakes so far. Look for what the wakes were about after this, not before.
    pub fn drain(&self) {
        // EAGAIN means that there was none.
        let _ = (&self.event).read(&mut [0; 8]);
    }

    /// The descriptor to poll for reading.
    pub fn descriptor(&self) -> RawFd {
        self.event.as_raw_fd()
    }
}
