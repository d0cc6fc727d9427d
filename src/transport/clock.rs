//! The one clock of the library: monotonic, in milliseconds, counting the time the machine was asleep.
//!
//! Only the client reads it; everything below gets a [`Time`] as argument.

use crate::time::Time;

/// The current moment.
///
/// CLOCK_BOOTTIME, so that a keepalive missed while the machine slept is noticed on waking up; CLOCK_MONOTONIC where
/// the kernel lacks it. Both are answered by the vDSO, without a system call. (The COARSE clocks are not precise to
/// the millisecond.)
pub fn now() -> Time {
    // The kernel either has a clock or not, so the two never mix within a process.
    read(libc::CLOCK_BOOTTIME).or_else(|| read(libc::CLOCK_MONOTONIC)).unwrap_or_default()
}

/// A number that changes every few milliseconds: much cheaper to ask for than [`now`].
pub fn tick() -> Time {
    read(libc::CLOCK_MONOTONIC_COARSE).unwrap_or_else(now)
}

fn read(clock: libc::clockid_t) -> Option<Time> {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a timespec that may be written for the length of the call.
    if unsafe { libc::clock_gettime(clock, &raw mut now) } != 0 {
        return None;
    }
    let seconds = u64::try_from(now.tv_sec).ok()?;
    let nanoseconds = u64::try_from(now.tv_nsec).ok()?;
    Some(Time::from_millis(seconds * 1000 + nanoseconds / 1_000_000))
}
