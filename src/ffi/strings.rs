//! `mosquitto/libcommon_string.h`: texts and names of numbers.

use core::ffi::{c_char, c_int};
use core::ptr;

use super::boundary::{self, guard, guard_code};
use super::export::export;
use crate::error::Error;
use crate::protocol::{command, text};

export!("mosquitto_strerror", "MOSQ_1.0");
/// Tell the text of an error number, for people.
///
/// Parameters:
///   mosq_errno - one of MOSQ_ERR_*, or any other number. For MOSQ_ERR_ERRNO the text is that of errno.
///
/// Returns:
///   a constant string; never NULL.
///
/// Threads: may be called at any time from any thread.
///
/// See also: mosquitto_connack_string, mosquitto_reason_string
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_strerror(mosq_errno: c_int) -> *const c_char {
    guard(c"Unknown error".as_ptr(), || match text::error(mosq_errno) {
        Some(text) => text.as_ptr(),
        // SAFETY: any number has a text; what is returned is static or belongs to this thread, as strerror() says.
        None => unsafe { libc::strerror(*libc::__errno_location()) },
    })
}

export!("mosquitto_connack_string", "MOSQ_1.0");
/// Tell the text of a CONNACK return code of MQTT 3.1 and 3.1.1, for people. For MQTT 5 use
/// mosquitto_reason_string().
///
/// Parameters:
///   connack_code - one of enum mqtt311_connack_codes, or any other number.
///
/// Returns:
///   a constant string; never NULL.
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_connack_string(connack_code: c_int) -> *const c_char {
    guard(ptr::null(), || text::connack(connack_code).as_ptr())
}

export!("mosquitto_reason_string", "MOSQ_1.6");
/// Tell the text of an MQTT 5 reason code, for people.
///
/// Parameters:
///   reason_code - one of enum mqtt5_return_codes, or any other number.
///
/// Returns:
///   a constant string; never NULL.
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_reason_string(reason_code: c_int) -> *const c_char {
    guard(ptr::null(), || text::reason(reason_code).as_ptr())
}

export!("mosquitto_string_to_command", "MOSQ_1.6");
/// Find a kind of packet by its name, for example "publish"; "will" gives CMD_WILL.
///
/// Parameters:
///   str - the name, in upper or lower case.
///   cmd - receives one of CMD_*, or 0 if there is no such kind.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - found.
///   MOSQ_ERR_INVAL - there is no such kind (pingreq and pingresp are not known), or an argument is NULL.
///
/// Threads: may be called at any time from any thread.
///
/// See also: mosquitto_property_check_command
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_string_to_command(str: *const c_char, cmd: *mut c_int) -> c_int {
    guard_code(|| {
        // SAFETY: NULL or a NUL-terminated string, by the caller's contract.
        let found = unsafe { boundary::string(str) }.and_then(command::from_name);
        // SAFETY: NULL or a variable, by the caller's contract.
        unsafe { boundary::put(cmd, found.unwrap_or(0)) };
        if found.is_some() && !cmd.is_null() { Ok(()) } else { Err(Error::Inval) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::CStr;

    #[test]
    fn the_text_of_errno_is_the_systems() {
        for errno in [libc::ENOENT, libc::ECONNREFUSED] {
            // SAFETY: errno of this thread; the text is a C string.
            let text = unsafe {
                *libc::__errno_location() = errno;
                CStr::from_ptr(mosquitto_strerror(14))
            };
            let system = std::io::Error::from_raw_os_error(errno).to_string();
            assert!(system.starts_with(text.to_str().unwrap()), "{text:?} {system}");
            assert!(!text.is_empty());
        }
    }

    #[test]
    fn null_arguments_that_crash_the_reference() {
        let mut number = 5;
        // SAFETY: NULL, a C string and a variable.
        unsafe {
            assert_eq!(mosquitto_string_to_command(c"publish".as_ptr(), ptr::null_mut()), 3);
            assert_eq!(mosquitto_string_to_command(ptr::null(), &raw mut number), 3);
        }
        assert_eq!(number, 0);
    }
}
