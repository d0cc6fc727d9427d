//! Tells a process that it is the child of a fork: its copies of descriptors and threads are not its own to use.
//!
//! Only the number of forks is kept here; what to do about it is for whoever owns the descriptors.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

static FORKS: AtomicU32 = AtomicU32::new(0);

unsafe extern "C" {
    fn pthread_atfork(
        prepare: Option<unsafe extern "C" fn()>,
        parent: Option<unsafe extern "C" fn()>,
        child: Option<unsafe extern "C" fn()>,
    ) -> libc::c_int;
}

unsafe extern "C" fn count() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

/// How many forks lie between the first [`watch`] and this process. A changed number means that the caller's memory was
/// copied from a parent.
pub fn forks() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

/// Counts forks from now on.
pub fn watch() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        // SAFETY: the handler touches an atomic only, which is allowed in the child of a process with threads; the C
        // library forgets it when this library is unloaded. Without memory for it forks go unnoticed.
        unsafe { pthread_atfork(None, None, Some(count)) };
    });
}
