//! A clock that stands still: whatever is to happen must happen without it.

use crate::time::Time;

/// The current moment, always the same.
pub fn now() -> Time {
    Time::from_millis(1_000_000)
}

/// The same.
pub fn tick() -> Time {
    now()
}
