//! Keeps panics in and lets everything else through: C++ exceptions, `pthread_exit()` and cancellation may leave a callback
//! through the frames of this library, as they do through those of a library in C.
//!
//! `catch_unwind` cannot do that: it ends the process when it meets what is no panic. So the frame below has a personality
//! of its own, which stops panics only and hands them to `catch_unwind` then. (Itanium C++ ABI: Exception Handling, level I.)
//! On other processors than x86-64 it is `catch_unwind` alone.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `body`; the value of a panic, if it panics.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn catch<T>(body: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(body))
}

#[cfg(target_arch = "x86_64")]
pub(super) use x86_64::catch;

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use core::ffi::{c_int, c_void};
    use core::mem::MaybeUninit;

    use super::{Any, AssertUnwindSafe, catch_unwind};

    /// What Rust's panics are known by, in the order of newer and older compilers.
    const PANICS: [u64; 2] = [u64::from_ne_bytes(*b"MOZ\0RUST"), u64::from_be_bytes(*b"MOZ\0RUST")];

    // Numbers of the ABI.
    const SEARCH_PHASE: c_int = 1;
    const FORCED: c_int = 8;
    const HANDLER_FOUND: c_int = 6;
    const INSTALL_CONTEXT: c_int = 7;
    const CONTINUE_UNWIND: c_int = 8;
    /// The register that returns a value.
    const RAX: c_int = 0;

    unsafe extern "C" {
        fn _Unwind_SetGR(context: *mut c_void, register: c_int, value: usize);
        fn _Unwind_SetIP(context: *mut c_void, place: usize);
        /// Where `mosquitto_rs_call` goes on after a panic.
        fn mosquitto_rs_caught();
    }

    unsafe extern "C-unwind" {
        fn _Unwind_RaiseException(exception: *mut c_void) -> c_int;
        /// Calls `body` with `data`; the exception object if that panicked, else NULL.
        fn mosquitto_rs_call(
            body: unsafe extern "C-unwind" fn(*mut c_void),
            data: *mut c_void,
        ) -> *mut c_void;
    }

    // The frame needs no table of its places: there is one call in it.
    core::arch::global_asm!(
        ".pushsection .data.rel.local, \"aw\", @progbits",
        ".balign 8",
        "mosquitto_rs_personality_reference:",
        ".quad {personality}",
        ".popsection",
        ".pushsection .text.mosquitto_rs_call, \"ax\", @progbits",
        ".hidden mosquitto_rs_call",
        ".globl mosquitto_rs_call",
        ".hidden mosquitto_rs_caught",
        ".globl mosquitto_rs_caught",
        ".type mosquitto_rs_call, @function",
        "mosquitto_rs_call:",
        ".cfi_startproc",
        ".cfi_personality 0x9b, mosquitto_rs_personality_reference",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "mov rax, rdi",
        "mov rdi, rsi",
        "call rax",
        "xor eax, eax",
        "mosquitto_rs_caught:",
        "pop rbp",
        ".cfi_def_cfa rsp, 8",
        "ret",
        ".cfi_endproc",
        ".size mosquitto_rs_call, . - mosquitto_rs_call",
        ".popsection",
        personality = sym personality,
    );

    /// Asked by the unwinder what is to be done in the frame of `mosquitto_rs_call`.
    unsafe extern "C" fn personality(
        _version: c_int,
        actions: c_int,
        class: u64,
        exception: *mut c_void,
        context: *mut c_void,
    ) -> c_int {
        if !PANICS.contains(&class) || actions & FORCED != 0 {
            return CONTINUE_UNWIND;
        }
        if actions & SEARCH_PHASE != 0 {
            return HANDLER_FOUND;
        }
        // SAFETY: the context is that of the frame; what stands at the place takes the exception from the register.
        unsafe {
            _Unwind_SetGR(context, RAX, exception.addr());
            _Unwind_SetIP(context, mosquitto_rs_caught as *const () as usize);
        }
        INSTALL_CONTEXT
    }

    /// Runs `body`; the value of a panic, if it panics.
    pub(crate) fn catch<T, F: FnOnce() -> T>(body: F) -> Result<T, Box<dyn Any + Send>> {
        struct Call<F, T> {
            body: MaybeUninit<F>,
            result: MaybeUninit<T>,
        }
        unsafe extern "C-unwind" fn run<T, F: FnOnce() -> T>(data: *mut c_void) {
            // SAFETY: the call below, whose body is taken out once.
            let call = unsafe { &mut *data.cast::<Call<F, T>>() };
            // SAFETY: as above.
            let body = unsafe { call.body.assume_init_read() };
            call.result.write(body());
        }
        let mut call = Call { body: MaybeUninit::new(body), result: MaybeUninit::uninit() };
        // SAFETY: `run` gets the call that it is made for, which lives on.
        let panic = unsafe { mosquitto_rs_call(run::<T, F>, (&raw mut call).cast()) };
        if panic.is_null() {
            // SAFETY: `run` has returned.
            return Ok(unsafe { call.result.assume_init() });
        }
        // What a panic carries is known to the standard library only: it is thrown once more.
        let caught = catch_unwind(AssertUnwindSafe(|| {
            // SAFETY: a panic that has been caught and is owned by nobody else.
            unsafe { _Unwind_RaiseException(panic) };
        }));
        Err(caught.err().unwrap_or_else(|| Box::new("panic")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_are_caught_with_what_they_carry() {
        for number in 0..3 {
            let caught = catch(|| -> u8 { panic!("number {number}") });
            let text = caught.unwrap_err().downcast::<String>().unwrap();
            assert_eq!(*text, format!("number {number}"));
            assert!(!std::thread::panicking());
        }
        let text = catch(|| panic!("stopped")).unwrap_err();
        assert_eq!(text.downcast_ref::<&str>(), Some(&"stopped"));
    }

    #[test]
    fn results_come_through_and_nothing_is_dropped_twice() {
        let counted = std::sync::Arc::new(());
        let copy = counted.clone();
        let back = catch(move || copy).unwrap();
        assert_eq!(std::sync::Arc::strong_count(&counted), 2);
        drop(back);
        let copy = counted.clone();
        assert!(
            catch(move || {
                let _copy = copy;
                panic!("with it");
            })
            .is_err()
        );
        assert_eq!(std::sync::Arc::strong_count(&counted), 1);
        assert_eq!(catch(|| catch(|| 5).unwrap()).unwrap(), 5);
    }
}
