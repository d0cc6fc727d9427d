//! Threads as the system has them: one that runs the program's functions; whether one lives, whether there are several.

use std::ffi::c_void;
use std::mem::{self, ManuallyDrop, MaybeUninit};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use super::unwind;
use crate::error::{Error, Result};

/// The number of the calling thread, which is another one in the child of a fork.
pub fn id() -> i32 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::gettid() }
}

/// Whether this process has a thread with this number. Numbers come round again: a thread that is said to live may be
/// another one by now.
pub fn is_alive(id: i32) -> bool {
    // SAFETY: signal 0 is not sent; no memory is touched.
    let found = unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), id, 0) } == 0;
    found || std::io::Error::last_os_error().raw_os_error() != Some(libc::ESRCH)
}

/// Whether the calling thread is certainly the only one of its process. False where the C library does not tell.
pub fn is_only_one() -> bool {
    static TOLD_BY: OnceLock<Option<&'static AtomicU8>> = OnceLock::new();
    let variable = TOLD_BY.get_or_init(|| {
        // SAFETY: the name ends with NUL; the variable of that name (glibc 2.32, musl 1.2.1) is a char that stays where
        // it is as long as the process lives.
        unsafe {
            let variable = libc::dlsym(libc::RTLD_DEFAULT, c"__libc_single_threaded".as_ptr());
            variable.cast::<AtomicU8>().as_ref()
        }
    });
    variable.is_some_and(|single| single.load(Ordering::Relaxed) != 0)
}

/// A thread that may be left like one that the program made itself: by `pthread_exit()` in a function of the program's.
///
/// Dropped without [`Thread::join`] it goes by itself when it ends.
#[derive(Debug)]
pub struct Thread(libc::pthread_t);

impl Thread {
    /// Runs `body` on a thread called `name` (of which 15 bytes count), with the stack and the signals that threads get when
    /// nobody asks for others. A panic ends the thread and nothing else.
    ///
    /// Fails with the number that pthread_create(3) answers.
    pub fn spawn<F: FnOnce() + Send + 'static>(name: &str, body: F) -> Result<Thread> {
        struct Start<F> {
            name: [u8; 16],
            body: F,
        }
        extern "C-unwind" fn start<F: FnOnce()>(data: *mut c_void) -> *mut c_void {
            // SAFETY: the box below, which is given to this thread alone.
            let start = unsafe { Box::from_raw(data.cast::<Start<F>>()) };
            let Start { name, body } = *start;
            // SAFETY: the calling thread, and a string that ends with NUL. Without a name it runs as well.
            unsafe { libc::pthread_setname_np(libc::pthread_self(), name.as_ptr().cast()) };
            // A panic has been told of where it happened.
            let _ = unwind::catch(body);
            ptr::null_mut()
        }
        type Routine = extern "C" fn(*mut c_void) -> *mut c_void;
        let mut text = [0; 16];
        for (place, byte) in text.iter_mut().zip(name.bytes().take(15)) {
            *place = byte;
        }
        let data = Box::into_raw(Box::new(Start { name: text, body }));
        let mut thread = MaybeUninit::uninit();
        // SAFETY: the C library calls it as what it is, a function that may be unwound; `libc` has no type for that.
        let routine = unsafe {
            mem::transmute::<extern "C-unwind" fn(*mut c_void) -> *mut c_void, Routine>(start::<F>)
        };
        // SAFETY: `thread` may be written; the routine gets what it is made for.
        let failure =
            unsafe { libc::pthread_create(thread.as_mut_ptr(), ptr::null(), routine, data.cast()) };
        if failure != 0 {
            // SAFETY: nobody else has got it.
            drop(unsafe { Box::from_raw(data) });
            return Err(Error::Errno(failure));
        }
        // SAFETY: filled in by the call that answered 0.
        Ok(Thread(unsafe { thread.assume_init() }))
    }

    /// Whether it is the calling thread.
    pub fn is_this(&self) -> bool {
        // SAFETY: the thread is neither joined nor detached, so the value is its own.
        unsafe { libc::pthread_equal(self.0, libc::pthread_self()) != 0 }
    }

    /// Waits until it has ended.
    pub fn join(self) {
        let this = ManuallyDrop::new(self);
        // SAFETY: a thread that is neither joined nor detached, which `drop` will not touch.
        unsafe { libc::pthread_join(this.0, ptr::null_mut()) };
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // SAFETY: a thread that is neither joined nor detached.
        unsafe { libc::pthread_detach(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_live_until_they_are_joined() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let _ = sender.send(id());
            std::thread::park();
        });
        let other = receiver.recv().unwrap();
        assert_ne!(other, id());
        assert!(is_alive(other) && is_alive(id()) && !is_only_one());
        thread.thread().unpark();
        thread.join().unwrap();
        // It is joined when its memory is free, which is a moment before its number is.
        let limit = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while is_alive(other) {
            assert!(std::time::Instant::now() < limit);
        }
    }

    #[test]
    fn threads_are_joined_or_left() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let mine = sender.clone();
        let thread = Thread::spawn("by name", move || {
            let mut name = [0; 16];
            // SAFETY: the calling thread, and room for 16 bytes.
            unsafe {
                libc::pthread_getname_np(libc::pthread_self(), name.as_mut_ptr(), name.len())
            };
            let name: Vec<u8> = name.iter().map(|&byte| byte.cast_unsigned()).collect();
            let _ = mine.send(name.starts_with(b"by name\0"));
        });
        let thread = thread.unwrap();
        assert!(!thread.is_this());
        thread.join();
        assert!(receiver.try_recv().unwrap());
        drop(Thread::spawn("left", move || sender.send(false).unwrap_or_default()).unwrap());
        assert!(!receiver.recv().unwrap());
        assert!(receiver.recv().is_err(), "what it had is given back");
    }

    #[test]
    fn a_panic_ends_the_thread_alone() {
        Thread::spawn("panics", || panic!("on a thread")).unwrap().join();
    }
}
