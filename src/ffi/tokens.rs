//! `mosquitto/libcommon_topic.h`: a topic as an array of its levels.

use core::ffi::{c_char, c_int};
use core::ptr::{self, NonNull};

use super::alloc;
use super::boundary::{self, guard_code};
use super::export::export;
use crate::error::{Error, Result};
use crate::protocol::topic;

export!("mosquitto_sub_topic_tokenise", "MOSQ_1.0");
/// Split a topic or topic filter at each /. For example "a//b" gives "a", NULL, "b", and "/" gives NULL,
/// NULL. Nothing is checked.
///
/// Parameters:
///   subtopic - the topic.
///   topics   - receives an array of strings, to be freed with mosquitto_sub_topic_tokens_free(). Empty
///              levels are NULL.
///   count    - receives the number of levels.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - split.
///   MOSQ_ERR_INVAL - an argument is NULL.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_sub_topic_tokenise(
    subtopic: *const c_char,
    topics: *mut *mut *mut c_char,
    count: *mut c_int,
) -> c_int {
    guard_code(|| {
        // SAFETY: NULL or a NUL-terminated string, by the caller's contract.
        let topic = unsafe { boundary::string(subtopic) }.ok_or(Error::Inval)?;
        if topics.is_null() || count.is_null() {
            return Err(Error::Inval);
        }
        let levels = topic::levels(topic).count();
        let number = c_int::try_from(levels).map_err(|_| Error::NoMem)?;
        let array = split(topic, levels)?;
        // SAFETY: not NULL, so variables by the caller's contract.
        unsafe {
            boundary::put(topics, array);
            boundary::put(count, number);
        }
        Ok(())
    })
}

export!("mosquitto_sub_topic_tokens_free", "MOSQ_1.0");
/// Free what mosquitto_sub_topic_tokenise() made, and set the variable to NULL.
///
/// Parameters:
///   topics - the array.
///   count  - its number of levels.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - freed.
///   MOSQ_ERR_INVAL - topics or *topics is NULL, or count is less than 1.
///
/// Threads: any thread, as long as no other uses the same array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_sub_topic_tokens_free(
    topics: *mut *mut *mut c_char,
    count: c_int,
) -> c_int {
    guard_code(|| {
        let count = usize::try_from(count).ok().filter(|&count| count > 0).ok_or(Error::Inval)?;
        // SAFETY: NULL or a variable with NULL or an array of `count` entries, by the caller's contract.
        unsafe {
            if topics.is_null() || (*topics).is_null() {
                return Err(Error::Inval);
            }
            free(topics.replace(ptr::null_mut()), count);
        }
        Ok(())
    })
}

/// The array of the `count` levels of `topic`.
fn split(topic: &[u8], count: usize) -> Result<*mut *mut c_char> {
    let array: NonNull<*mut c_char> = alloc::zeroed(count)?;
    for (n, level) in topic::levels(topic).take(count).enumerate() {
        if level.is_empty() {
            continue;
        }
        let copy = alloc::copy_with_nul(level).inspect_err(|_| {
            // SAFETY: made here, with `count` entries of which the later ones are still NULL.
            unsafe { free(array.as_ptr(), count) };
        })?;
        // SAFETY: `n` is less than `count`.
        unsafe { array.add(n).write(copy.as_ptr()) };
    }
    Ok(array.as_ptr())
}

/// Frees an array and its strings.
///
/// # Safety
///
/// `array` has `count` entries, each NULL or a string; all from the C library's allocator and not used any more.
unsafe fn free(array: *mut *mut c_char, count: usize) {
    // SAFETY: by the caller's promise.
    unsafe {
        for n in 0..count {
            alloc::free(*array.add(n));
        }
        alloc::free(array);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freeing_twice_and_nothing() {
        let (mut topics, mut count) = (ptr::null_mut(), 0);
        let variable = &raw mut topics;
        // SAFETY: a C string, variables or NULL; the array is as long as `count` says.
        unsafe {
            assert_eq!(mosquitto_sub_topic_tokenise(c"a//b".as_ptr(), variable, &raw mut count), 0);
            assert_eq!(mosquitto_sub_topic_tokens_free(variable, 0), 3);
            assert_eq!(mosquitto_sub_topic_tokens_free(variable, -1), 3);
            assert_eq!(mosquitto_sub_topic_tokens_free(ptr::null_mut(), count), 3);
            assert_eq!((count, topics.is_null()), (3, false));
            assert_eq!(mosquitto_sub_topic_tokens_free(variable, count), 0);
            assert_eq!(mosquitto_sub_topic_tokens_free(variable, count), 3);
        }
        assert!(topics.is_null());
    }
}
