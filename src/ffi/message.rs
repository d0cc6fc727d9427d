//! `mosquitto/libmosquitto_message.h`: copying and freeing messages.

use core::ffi::c_int;
use core::ptr;

use super::alloc;
use super::boundary::{self, guard, guard_code};
use super::export::export;
use super::types::mosquitto_message;
use crate::error::Error;

export!("mosquitto_message_copy", "MOSQ_1.0");
/// Copy a message, for example to keep one that a callback got.
///
/// Parameters:
///   dst - receives the copy, whose content is to be freed with mosquitto_message_free_contents(). What it
///         contained before is not freed, so it need not be initialised.
///   src - the message.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - copied.
///   MOSQ_ERR_INVAL - dst, src or src->topic is NULL, src->payloadlen is negative, or src->payload is NULL
///     though src->payloadlen is not 0. dst is unchanged.
///   MOSQ_ERR_NOMEM - out of memory. dst is unchanged.
///
/// Threads: any thread, as long as no other changes the messages.
///
/// See also: mosquitto_message_free, mosquitto_message_free_contents
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_message_copy(
    dst: *mut mosquitto_message,
    src: *const mosquitto_message,
) -> c_int {
    guard_code(|| {
        if dst.is_null() {
            return Err(Error::Inval);
        }
        // SAFETY: NULL or a message, by the caller's contract.
        let mut message = *unsafe { src.as_ref() }.ok_or(Error::Inval)?;
        let len = usize::try_from(message.payloadlen).map_err(|_| Error::Inval)?;
        // SAFETY: a message has a topic that is NULL or a string, and a payload that is NULL or `len` bytes.
        let (topic, payload) =
            unsafe { (boundary::string(message.topic), boundary::slice(message.payload, len)) };
        let topic = topic.ok_or(Error::Inval)?;
        message.payload = ptr::null_mut();
        if len > 0 {
            message.payload = alloc::copy_with_nul(payload.ok_or(Error::Inval)?)?.as_ptr().cast();
        }
        message.topic = alloc::copy_with_nul(topic)
            // SAFETY: made above and nowhere else.
            .inspect_err(|_| unsafe { alloc::free(message.payload) })?
            .as_ptr();
        // SAFETY: not NULL, so memory for a message by the caller's contract.
        unsafe { boundary::put(dst, message) };
        Ok(())
    })
}

export!("mosquitto_message_free", "MOSQ_1.0");
/// Free a message and its content. Messages that a callback gets must not be freed.
///
/// Parameters:
///   message - pointer to the pointer to the message, which came from malloc(); either may be NULL. The
///             pointer is not changed.
///
/// Threads: any thread, as long as no other uses the message.
///
/// See also: mosquitto_message_free_contents
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_message_free(message: *mut *mut mosquitto_message) {
    guard((), || {
        // SAFETY: NULL or a variable with NULL or a message of the program's, by the caller's contract.
        unsafe {
            if message.is_null() || (*message).is_null() {
                return;
            }
            free_contents(*message);
            alloc::free(*message);
        }
    });
}

export!("mosquitto_message_free_contents", "MOSQ_1.5");
/// Free topic and payload of a message and set both to NULL; the message itself stays, with all other
/// members. Messages that a callback gets must not be freed.
///
/// Parameters:
///   message - the message; may be NULL.
///
/// Threads: any thread, as long as no other uses the message.
///
/// See also: mosquitto_message_copy, mosquitto_message_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_message_free_contents(message: *mut mosquitto_message) {
    // SAFETY: NULL or a message of the program's, by the caller's contract.
    guard((), || unsafe { free_contents(message) });
}

/// Frees topic and payload.
///
/// # Safety
///
/// `message` is NULL or a message whose topic and payload come from the C library's allocator.
unsafe fn free_contents(message: *mut mosquitto_message) {
    // SAFETY: by the caller's promise.
    if let Some(message) = unsafe { message.as_mut() } {
        // SAFETY: by the caller's promise; not used afterwards, as both become NULL.
        unsafe {
            alloc::free(message.topic);
            alloc::free(message.payload);
        }
        message.topic = ptr::null_mut();
        message.payload = ptr::null_mut();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::types::Bool;
    use core::ffi::{c_char, c_void};

    const EMPTY: mosquitto_message = mosquitto_message {
        mid: 7,
        topic: ptr::null_mut(),
        payload: ptr::null_mut(),
        payloadlen: 0,
        qos: 2,
        retain: Bool::TRUE,
    };

    fn message(
        topic: *const c_char,
        payload: *const c_void,
        payloadlen: c_int,
    ) -> mosquitto_message {
        mosquitto_message {
            topic: topic.cast_mut(),
            payload: payload.cast_mut(),
            payloadlen,
            ..EMPTY
        }
    }

    #[test]
    fn a_copy_is_deep_and_freed_once() {
        let payload = c"ab".as_ptr().cast();
        let topic = c"t".as_ptr();
        for (source, expected) in [
            (message(topic, payload, 2), Some(&b"ab\0"[..])),
            (message(topic, payload, 1), Some(&b"a\0"[..])),
            (message(topic, payload, 0), None),
            (message(topic, ptr::null(), 0), None),
        ] {
            let mut copy = EMPTY;
            // SAFETY: messages of the test; the payload of a copy has one NUL byte more.
            unsafe {
                assert_eq!(mosquitto_message_copy(&raw mut copy, &raw const source), 0);
                assert_eq!((copy.mid, copy.qos, copy.retain), (7, 2, Bool::TRUE));
                assert_ne!(copy.topic, source.topic);
                assert_eq!(boundary::string(copy.topic), Some(&b"t"[..]));
                let bytes = boundary::slice(copy.payload, copy.payloadlen as usize + 1);
                assert_eq!((bytes, copy.payloadlen), (expected, source.payloadlen));
                mosquitto_message_free_contents(&raw mut copy);
                assert!(copy.topic.is_null() && copy.payload.is_null());
                assert_eq!((copy.mid, copy.payloadlen), (7, source.payloadlen));
                mosquitto_message_free_contents(&raw mut copy);
            }
        }
    }

    #[test]
    fn messages_that_cannot_be_copied() {
        let text = c"x".as_ptr();
        let mut untouched = EMPTY;
        let dst = &raw mut untouched;
        // SAFETY: messages of the test or NULL.
        unsafe {
            for source in [
                message(ptr::null(), text.cast(), 1),
                message(text, text.cast(), -1),
                message(text, text.cast(), c_int::MIN),
                message(text, ptr::null(), 1),
            ] {
                assert_eq!(mosquitto_message_copy(dst, &raw const source), 3);
            }
            assert_eq!(mosquitto_message_copy(dst, ptr::null()), 3);
            assert_eq!(mosquitto_message_copy(ptr::null_mut(), dst), 3);
            assert!(untouched.topic.is_null());
            mosquitto_message_free_contents(ptr::null_mut());
            mosquitto_message_free(ptr::null_mut());
            let mut none = ptr::null_mut();
            mosquitto_message_free(&raw mut none);
        }
    }

    #[test]
    fn freeing_leaves_the_pointer() {
        let source = message(c"t".as_ptr(), c"p".as_ptr().cast(), 1);
        // SAFETY: a message in memory of the C library, which is all that is used.
        unsafe {
            let mut message = alloc::zeroed::<mosquitto_message>(1).unwrap().as_ptr();
            let before = message;
            assert_eq!(mosquitto_message_copy(message, &raw const source), 0);
            mosquitto_message_free(&raw mut message);
            assert_eq!(message, before);
        }
    }
}
