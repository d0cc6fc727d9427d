//! The locks of [`crate::sync`] on the C library's: for valgrind's race detectors, which know nothing of the standard
//! library's. Built with `--cfg pthread_locks` only (`scripts/races.sh`); nobody ships it.

use std::cell::UnsafeCell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// As [`crate::sync::Mutex`].
pub struct Mutex<T> {
    lock: UnsafeCell<libc::pthread_mutex_t>,
    value: UnsafeCell<T>,
}

// SAFETY: the value is only reached by who holds the lock, one thread at a time.
unsafe impl<T: Send> Send for Mutex<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Mutex<T> {}

impl<T> Mutex<T> {
    /// A free lock around `value`.
    pub const fn new(value: T) -> Self {
        let lock = UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER);
        Mutex { lock, value: UnsafeCell::new(value) }
    }

    /// Takes the lock if it is free.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        // SAFETY: as for `lock`.
        let taken = unsafe { libc::pthread_mutex_trylock(self.lock.get()) } == 0;
        taken.then(|| MutexGuard { mutex: self })
    }

    /// Waits for the lock.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        // SAFETY: made by `new`; by the first use it has come to the place where it stays.
        unsafe { libc::pthread_mutex_lock(self.lock.get()) };
        MutexGuard { mutex: self }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Mutex::new(T::default())
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Mutex")
    }
}

impl<T> Drop for Mutex<T> {
    fn drop(&mut self) {
        // SAFETY: nobody else has it any more. One that is held is left as it is, with an error.
        unsafe { libc::pthread_mutex_destroy(self.lock.get()) };
    }
}

/// Holds a [`Mutex`] until it is dropped.
#[derive(Debug)]
pub struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the lock is held.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is held, and this is the only guard.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        // SAFETY: locked when the guard was made.
        unsafe { libc::pthread_mutex_unlock(self.mutex.lock.get()) };
    }
}

/// As [`crate::sync::Condvar`].
pub struct Condvar(UnsafeCell<libc::pthread_cond_t>);

// SAFETY: its functions may be called by all threads at once.
unsafe impl Send for Condvar {}
// SAFETY: as above.
unsafe impl Sync for Condvar {}

impl Condvar {
    /// Nobody waits.
    pub const fn new() -> Self {
        Condvar(UnsafeCell::new(libc::PTHREAD_COND_INITIALIZER))
    }

    /// Gives the lock up until woken or `limit` has passed.
    pub fn wait_for<'a, T>(&self, guard: MutexGuard<'a, T>, limit: Duration) -> MutexGuard<'a, T> {
        // By the clock that such a variable goes by unless told otherwise.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let end = now.saturating_add(limit.min(Duration::from_secs(1 << 30)));
        let end = libc::timespec {
            tv_sec: end.as_secs() as libc::time_t,
            tv_nsec: end.subsec_nanos().into(),
        };
        // SAFETY: the lock is held by this thread, as the guard shows, and is held again afterwards.
        unsafe { libc::pthread_cond_timedwait(self.0.get(), guard.mutex.lock.get(), &end) };
        guard
    }

    /// Wakes everybody who waits.
    pub fn notify_all(&self) {
        // SAFETY: made by `new`.
        unsafe { libc::pthread_cond_broadcast(self.0.get()) };
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Condvar::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Condvar")
    }
}
