//! `mosquitto/libcommon_topic.h`: topic names and filters.

use core::ffi::{c_char, c_int};

use super::boundary::{self, guard_code};
use super::export::export;
use crate::error::{Error, Result};
use crate::protocol::topic::{self, Ids};

export!("mosquitto_pub_topic_check", "MOSQ_1.4");
/// Tell whether a topic can be published to.
///
/// Parameters:
///   topic - the topic name. Whether it is UTF-8 is not checked: see mosquitto_validate_utf8().
///
/// Returns:
///   MOSQ_ERR_SUCCESS - it can.
///   MOSQ_ERR_INVAL - it is NULL, empty or longer than 65535 bytes, contains + or #, or has more than 200 /.
///
/// Threads: may be called at any time from any thread.
///
/// See also: mosquitto_pub_topic_check2, mosquitto_sub_topic_check
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_pub_topic_check(topic: *const c_char) -> c_int {
    // SAFETY: NULL or a NUL-terminated string, by the caller's contract.
    guard_code(|| check(unsafe { boundary::string(topic) }, topic::check_name))
}

export!("mosquitto_pub_topic_check2", "MOSQ_1.5");
/// As mosquitto_pub_topic_check(), for a topic that needs no NUL behind it.
///
/// Parameters:
///   topic    - the topic name.
///   topiclen - number of bytes.
///
/// Returns:
///   as mosquitto_pub_topic_check().
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_pub_topic_check2(
    topic: *const c_char,
    topiclen: usize,
) -> c_int {
    // SAFETY: NULL or that many bytes, by the caller's contract.
    guard_code(|| check(unsafe { boundary::slice(topic.cast(), topiclen) }, topic::check_name))
}

export!("mosquitto_sub_topic_check", "MOSQ_1.4");
/// Tell whether a topic filter can be subscribed to.
///
/// Parameters:
///   topic - the filter. Whether it is UTF-8 is not checked: see mosquitto_validate_utf8().
///
/// Returns:
///   MOSQ_ERR_SUCCESS - it can.
///   MOSQ_ERR_INVAL - it is NULL, empty or longer than 65535 bytes, has more than 200 /, + is not a whole
///     level, or # is not the whole last level.
///
/// Threads: may be called at any time from any thread.
///
/// See also: mosquitto_sub_topic_check2, mosquitto_pub_topic_check
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_sub_topic_check(topic: *const c_char) -> c_int {
    // SAFETY: NULL or a NUL-terminated string, by the caller's contract.
    guard_code(|| check(unsafe { boundary::string(topic) }, topic::check_filter))
}

export!("mosquitto_sub_topic_check2", "MOSQ_1.5");
/// As mosquitto_sub_topic_check(), for a filter that needs no NUL behind it.
///
/// Parameters:
///   topic    - the filter.
///   topiclen - number of bytes.
///
/// Returns:
///   as mosquitto_sub_topic_check().
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_sub_topic_check2(
    topic: *const c_char,
    topiclen: usize,
) -> c_int {
    // SAFETY: NULL or that many bytes, by the caller's contract.
    guard_code(|| check(unsafe { boundary::slice(topic.cast(), topiclen) }, topic::check_filter))
}

export!("mosquitto_topic_matches_sub", "MOSQ_1.0");
/// Tell whether a topic matches a topic filter, for example "a/b" the filter "a/+".
///
/// Topics that begin with $ match only filters that do. Shared subscriptions ($share/group/filter) get no
/// special treatment: pass the filter behind the group.
///
/// Parameters:
///   sub    - the filter.
///   topic  - the topic name.
///   result - receives whether it matches; false if the call fails.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - *result is the answer.
///   MOSQ_ERR_INVAL - an argument is NULL or empty, or the filter or the topic is not valid (this is noticed
///     as far as the comparison gets).
///
/// Threads: may be called at any time from any thread.
///
/// See also: mosquitto_topic_matches_sub2, mosquitto_topic_matches_sub_with_pattern
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_topic_matches_sub(
    sub: *const c_char,
    topic: *const c_char,
    result: *mut bool,
) -> c_int {
    // SAFETY: NULL or NUL-terminated strings, NULL or a variable, by the caller's contract.
    unsafe {
        answer(result, || {
            let (sub, topic) = (boundary::string(sub), boundary::string(topic));
            topic::matches(sub.ok_or(Error::Inval)?, topic.ok_or(Error::Inval)?)
        })
    }
}

export!("mosquitto_topic_matches_sub2", "MOSQ_1.5");
/// As mosquitto_topic_matches_sub(), for strings that need no NUL behind them.
///
/// Parameters:
///   sub      - the filter.
///   sublen   - number of bytes of the filter.
///   topic    - the topic name.
///   topiclen - number of bytes of the topic name.
///   result   - receives whether it matches; false if the call fails.
///
/// Returns:
///   as mosquitto_topic_matches_sub().
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_topic_matches_sub2(
    sub: *const c_char,
    sublen: usize,
    topic: *const c_char,
    topiclen: usize,
    result: *mut bool,
) -> c_int {
    // SAFETY: NULL or that many bytes, NULL or a variable, by the caller's contract.
    unsafe {
        answer(result, || {
            let sub = boundary::slice(sub.cast(), sublen);
            let topic = boundary::slice(topic.cast(), topiclen);
            topic::matches(sub.ok_or(Error::Inval)?, topic.ok_or(Error::Inval)?)
        })
    }
}

export!("mosquitto_topic_matches_sub_with_pattern", "MOSQ_2.1");
/// As mosquitto_topic_matches_sub(), for a filter in which the level %c stands for a client identifier and
/// the level %u for a user name.
///
/// Parameters:
///   sub      - the filter.
///   topic    - the topic name.
///   clientid - what %c stands for. If it is NULL or empty, a filter with %c matches nothing.
///   username - what %u stands for, likewise.
///   result   - receives whether it matches; false if the call fails.
///
/// Returns:
///   as mosquitto_topic_matches_sub().
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_topic_matches_sub_with_pattern(
    sub: *const c_char,
    topic: *const c_char,
    clientid: *const c_char,
    username: *const c_char,
    result: *mut bool,
) -> c_int {
    // SAFETY: NULL or NUL-terminated strings, NULL or a variable, by the caller's contract.
    unsafe {
        answer(result, || {
            let (sub, topic) = (boundary::string(sub), boundary::string(topic));
            let ids = Ids { client: boundary::string(clientid), user: boundary::string(username) };
            let (sub, topic) = (sub.ok_or(Error::Inval)?, topic.ok_or(Error::Inval)?);
            topic::matches_with_pattern(sub, topic, &ids)
        })
    }
}

export!("mosquitto_sub_matches_acl", "MOSQ_2.1");
/// Tell whether an access rule covers a subscription: whether every topic that matches the subscription
/// matches the rule.
///
/// Parameters:
///   acl    - the topic filter of the rule.
///   sub    - the topic filter of the subscription.
///   result - receives whether the rule covers it; false if the call fails.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - *result is the answer.
///   MOSQ_ERR_INVAL - an argument is NULL or empty, or a filter is not valid (this is noticed as far as the
///     comparison gets).
///
/// Threads: may be called at any time from any thread.
///
/// See also: mosquitto_sub_matches_acl_with_pattern
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_sub_matches_acl(
    acl: *const c_char,
    sub: *const c_char,
    result: *mut bool,
) -> c_int {
    // SAFETY: NULL or NUL-terminated strings, NULL or a variable, by the caller's contract.
    unsafe {
        answer(result, || {
            let (acl, sub) = (boundary::string(acl), boundary::string(sub));
            topic::acl_covers(acl.ok_or(Error::Inval)?, sub.ok_or(Error::Inval)?)
        })
    }
}

export!("mosquitto_sub_matches_acl_with_pattern", "MOSQ_2.1");
/// As mosquitto_sub_matches_acl(), for a rule in which the level %c stands for a client identifier and the
/// level %u for a user name.
///
/// Parameters:
///   acl      - the topic filter of the rule.
///   sub      - the topic filter of the subscription.
///   clientid - what %c stands for. If it is NULL, empty, "+", "#" or "/", a rule with %c covers nothing.
///   username - what %u stands for, likewise.
///   result   - receives whether the rule covers it; false if the call fails.
///
/// Returns:
///   as mosquitto_sub_matches_acl().
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_sub_matches_acl_with_pattern(
    acl: *const c_char,
    sub: *const c_char,
    clientid: *const c_char,
    username: *const c_char,
    result: *mut bool,
) -> c_int {
    // SAFETY: NULL or NUL-terminated strings, NULL or a variable, by the caller's contract.
    unsafe {
        answer(result, || {
            let (acl, sub) = (boundary::string(acl), boundary::string(sub));
            let ids = Ids { client: boundary::string(clientid), user: boundary::string(username) };
            let (acl, sub) = (acl.ok_or(Error::Inval)?, sub.ok_or(Error::Inval)?);
            topic::acl_covers_with_pattern(acl, sub, &ids)
        })
    }
}

fn check(topic: Option<&[u8]>, check: impl FnOnce(&[u8]) -> Result<()>) -> Result<()> {
    check(topic.ok_or(Error::Inval)?)
}

/// Stores what `question` answers; false first, so that a failure leaves false.
///
/// # Safety
///
/// `result` is NULL or a variable.
unsafe fn answer(result: *mut bool, question: impl FnOnce() -> Result<bool>) -> c_int {
    guard_code(|| {
        if result.is_null() {
            return Err(Error::Inval);
        }
        // SAFETY: not NULL, and by the caller's promise.
        unsafe {
            boundary::put(result, false);
            boundary::put(result, question()?);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ptr;

    #[test]
    fn answers_without_a_variable_and_lengths_that_no_string_has() {
        let a = c"a".as_ptr();
        let none = ptr::null_mut();
        let mut result = true;
        let answer = &raw mut result;
        // SAFETY: NULL or C strings; lengths above isize::MAX are refused before anything is read.
        unsafe {
            assert_eq!(mosquitto_sub_matches_acl(a, a, none), 3);
            assert_eq!(mosquitto_sub_matches_acl_with_pattern(a, a, a, a, none), 3);
            assert_eq!(mosquitto_topic_matches_sub_with_pattern(a, a, a, a, none), 3);
            assert_eq!(mosquitto_topic_matches_sub2(a, usize::MAX, a, 1, answer), 3);
            assert_eq!(mosquitto_topic_matches_sub2(a, 1, a, usize::MAX, answer), 3);
            assert_eq!(mosquitto_pub_topic_check2(a, usize::MAX), 3);
            assert_eq!(mosquitto_sub_topic_check2(a, usize::MAX), 3);
        }
        assert!(!result);
    }
}
