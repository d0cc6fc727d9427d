//! Tells a process that it is the child of a fork: its copies of descriptors and threads are not its own to use.
//!
//! The sockets are taken away from a child at once: each number then stands for something that nobody is at the other end
//! of. What else is to be done is for whoever owns them, who learns of it by [`forks`].

use std::cell::Cell;
use std::collections::BTreeSet;
use std::os::fd::RawFd;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::sync::{Mutex, MutexGuard};

static FORKS: AtomicU32 = AtomicU32::new(0);

/// The sockets of this process.
static SOCKETS: Mutex<BTreeSet<RawFd>> = Mutex::new(BTreeSet::new());

thread_local! {
    /// Held while this thread forks, so that the table is whole in the child.
    static HELD: Cell<Option<MutexGuard<'static, BTreeSet<RawFd>>>> = const { Cell::new(None) };
}

unsafe extern "C" {
    fn pthread_atfork(
        prepare: Option<unsafe extern "C" fn()>,
        parent: Option<unsafe extern "C" fn()>,
        child: Option<unsafe extern "C" fn()>,
    ) -> libc::c_int;
}

unsafe extern "C" fn prepare() {
    // In a thread that is ending there is no place for it; then the table is hoped to be whole.
    let _ = HELD.try_with(|held| held.set(Some(SOCKETS.lock())));
}

unsafe extern "C" fn parent() {
    let _ = HELD.try_with(Cell::take);
}

unsafe extern "C" fn child() {
    FORKS.fetch_add(1, Ordering::Relaxed);
    if let Ok(Some(sockets)) = HELD.try_with(Cell::take) {
        take_away(&sockets);
    }
}

/// Puts something harmless in the places of `sockets`: whoever still refers to a number meets that, not the parent's
/// connection, nor a file that was given the number since.
fn take_away(sockets: &BTreeSet<RawFd>) {
    if sockets.is_empty() {
        return;
    }
    // SAFETY: calls with numbers only. The numbers in the table are open sockets of this library, which are not used as
    // such any more.
    unsafe {
        let harmless = libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK);
        if harmless < 0 {
            return;
        }
        for &socket in sockets {
            libc::dup3(harmless, socket, libc::O_CLOEXEC);
        }
        libc::close(harmless);
    }
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
        // SAFETY: the handlers run in the thread that forks and keep to what is allowed there; the C library forgets them
        // when this library is unloaded. Without memory for them forks go unnoticed.
        unsafe { pthread_atfork(Some(prepare), Some(parent), Some(child)) };
    });
}

/// A socket that is taken away from children, as long as this lives.
#[derive(Debug)]
pub(super) struct Known(RawFd);

impl Known {
    pub fn new(socket: RawFd) -> Known {
        SOCKETS.lock().insert(socket);
        Known(socket)
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        SOCKETS.lock().remove(&self.0);
    }
}
