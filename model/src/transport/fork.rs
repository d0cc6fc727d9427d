//! Nobody forks.

/// None.
pub fn forks() -> u32 {
    0
}

/// Nothing to watch for.
pub fn watch() {}
