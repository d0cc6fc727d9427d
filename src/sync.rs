//! The locks of the library, in one place so that others can be put behind them: with `--cfg pthread_locks` those of the C
//! library, which race detectors know.
//!
//! Poisoning is ignored: state is changed in steps that each leave it whole, and a panic is answered at the C boundary.

#[cfg(pthread_locks)]
pub use crate::transport::pthread_lock::{Condvar, Mutex, MutexGuard};
#[cfg(not(pthread_locks))]
pub use plain::{Condvar, Mutex, MutexGuard};

#[cfg(not(pthread_locks))]
mod plain {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{self, PoisonError, TryLockError};
    use std::time::Duration;

    pub use std::sync::MutexGuard;

    /// A mutual exclusion lock that cannot be poisoned.
    #[derive(Debug, Default)]
    pub struct Mutex<T>(sync::Mutex<T>);

    impl<T> Mutex<T> {
        /// A free lock around `value`.
        pub const fn new(value: T) -> Self {
            Mutex(sync::Mutex::new(value))
        }

        /// Takes the lock if it is free.
        pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            match self.0.try_lock() {
                Ok(guard) => Some(guard),
                Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            }
        }

        /// Waits for the lock.
        pub fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    /// Something to wait for under a [`Mutex`]; telling nobody costs no system call.
    #[derive(Debug, Default)]
    pub struct Condvar {
        inner: sync::Condvar,
        waiting: AtomicUsize,
    }

    impl Condvar {
        /// Nobody waits.
        pub const fn new() -> Self {
            Condvar { inner: sync::Condvar::new(), waiting: AtomicUsize::new(0) }
        }

        /// Gives the lock up until woken or `limit` has passed.
        pub fn wait_for<'a, T>(
            &self,
            guard: MutexGuard<'a, T>,
            limit: Duration,
        ) -> MutexGuard<'a, T> {
            // Counted while the lock is held: whoever changes the state afterwards sees the count.
            self.waiting.fetch_add(1, Ordering::SeqCst);
            let waited = self.inner.wait_timeout(guard, limit);
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            waited.unwrap_or_else(PoisonError::into_inner).0
        }

        /// Wakes everybody who waits. To be called after the state was changed under the lock.
        pub fn notify_all(&self) {
            if self.waiting.load(Ordering::SeqCst) > 0 {
                self.inner.notify_all();
            }
        }
    }
}
