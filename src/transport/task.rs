//! One blocking call made on a thread of its own, whose end can be polled for.
//!
//! For calls that no descriptor stands for, such as getaddrinfo(3). The thread is detached and shares nothing with
//! whoever started it but the place for the result: abandoning the task costs nothing, and the thread ends with the call.

use std::mem::MaybeUninit;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::{Arc, OnceLock};
use std::thread;

use super::system_error;
use super::wake::Wake;
use crate::error::Result;

/// A call under way, or its result. Any number may hold and poll it.
#[derive(Debug)]
pub(super) struct Task<T> {
    result: OnceLock<T>,
    done: Wake,
}

impl<T: Send + Sync + 'static> Task<T> {
    /// Runs `call` on a thread called `name`.
    ///
    /// Fails with the `errno` of eventfd(2) or of creating the thread.
    pub fn spawn(name: &str, call: impl FnOnce() -> T + Send + 'static) -> Result<Arc<Task<T>>> {
        let task = Arc::new(Task { result: OnceLock::new(), done: Wake::new()? });
        let worker = Arc::clone(&task);
        let _masked = SignalMask::block_all();
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                // Nobody else sets it.
                let _ = worker.result.set(call());
                // Never drained: stays readable for everybody who polls.
                worker.done.wake();
            })
            .map_err(|error| system_error(&error))?;
        Ok(task)
    }

    /// The result, once the call is through.
    pub fn result(&self) -> Option<&T> {
        self.result.get()
    }

    /// Readable from the moment there is a result.
    pub fn descriptor(&self) -> RawFd {
        self.done.descriptor()
    }
}

/// Keeps signals from this thread while it lives. A thread started meanwhile inherits that for good, so that the
/// program's signal handlers never run on a thread it does not know.
struct SignalMask {
    before: MaybeUninit<libc::sigset_t>,
    changed: bool,
}

impl SignalMask {
    fn block_all() -> SignalMask {
        let mut all = MaybeUninit::uninit();
        let mut before = MaybeUninit::uninit();
        // SAFETY: `all` may be written and is filled in by the first call before the second reads it; `before` may be
        // written.
        let changed = unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()) == 0
        };
        SignalMask { before, changed }
    }
}

impl Drop for SignalMask {
    fn drop(&mut self) {
        if self.changed {
            // SAFETY: `before` was filled in by the call that answered 0; no old mask is asked for.
            unsafe {
                libc::pthread_sigmask(libc::SIG_SETMASK, self.before.as_ptr(), ptr::null_mut());
            }
        }
    }
}
