//! What only the system knows of threads: whether one lives, whether there are several, how large their stacks are.

use std::mem::MaybeUninit;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

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

/// Bytes of stack that a thread gets when nobody asks for another size; `None` if the system does not say.
pub fn default_stack_size() -> Option<usize> {
    let mut attributes = MaybeUninit::uninit();
    let mut size = 0;
    // SAFETY: the attributes are filled in by the first call, read by the second and ended by the third; `size` may be
    // written.
    let known = unsafe {
        libc::pthread_attr_init(attributes.as_mut_ptr()) == 0 && {
            let known = libc::pthread_attr_getstacksize(attributes.as_ptr(), &mut size) == 0;
            libc::pthread_attr_destroy(attributes.as_mut_ptr());
            known
        }
    };
    known.then_some(size)
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
    fn stacks_have_a_size() {
        assert!(default_stack_size().is_some_and(|size| size >= 16 * 1024));
    }
}
