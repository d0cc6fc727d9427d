//! `mosquitto/libmosquitto.h`: the library as a whole. Keeps nothing but a counter.

use core::ffi::c_int;
use core::sync::atomic::{AtomicU32, Ordering};

use super::boundary;
use super::export::export;

/// Major version of the library that this header belongs to; mosquitto_lib_version() tells that of the
/// library that is running.
pub const LIBMOSQUITTO_MAJOR: c_int = 2;
/// Minor version.
pub const LIBMOSQUITTO_MINOR: c_int = 1;
/// Revision.
pub const LIBMOSQUITTO_REVISION: c_int = 2;
/// LIBMOSQUITTO_MAJOR * 1000000 + LIBMOSQUITTO_MINOR * 1000 + LIBMOSQUITTO_REVISION.
pub const LIBMOSQUITTO_VERSION_NUMBER: c_int = 2_001_002;

/// How many mosquitto_lib_init() calls have not been matched by mosquitto_lib_cleanup().
static USERS: AtomicU32 = AtomicU32::new(0);

export!("mosquitto_lib_version", "MOSQ_1.0");
/// Tell the version of the library that is running, which may be newer than the headers that the
/// program was compiled with.
///
/// Parameters:
///   major    - receives the major version number; may be NULL.
///   minor    - receives the minor version number; may be NULL.
///   revision - receives the revision number; may be NULL.
///
/// Returns:
///   major * 1000000 + minor * 1000 + revision, the form of LIBMOSQUITTO_VERSION_NUMBER.
///
/// Threads: may be called at any time from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_lib_version(
    major: *mut c_int,
    minor: *mut c_int,
    revision: *mut c_int,
) -> c_int {
    for (out, value) in [
        (major, LIBMOSQUITTO_MAJOR),
        (minor, LIBMOSQUITTO_MINOR),
        (revision, LIBMOSQUITTO_REVISION),
    ] {
        // SAFETY: not NULL, so by contract a writable int of the caller.
        unsafe { boundary::put(out, value) };
    }
    LIBMOSQUITTO_VERSION_NUMBER
}

export!("mosquitto_lib_init", "MOSQ_1.0");
/// Prepare the library for use. Programs call it once before any other function; calls are counted,
/// so parts of one program may each call it for themselves. Clients also work without it.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - always.
///
/// Threads: may be called at any time from any thread.
///
/// See also: mosquitto_lib_cleanup
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_lib_init() -> c_int {
    // A counter at its end stays there: no call can fail.
    let _ = USERS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_add(1));
    0
}

export!("mosquitto_lib_cleanup", "MOSQ_1.0");
/// Undo one call of mosquitto_lib_init(). Calls beyond that are harmless, and so is calling
/// mosquitto_lib_init() again afterwards. Clients that still exist are not touched.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - always.
///
/// Threads: may be called at any time from any thread.
///
/// See also: mosquitto_lib_init
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_lib_cleanup() -> c_int {
    let _ = USERS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_same_everywhere() {
        let parts = [LIBMOSQUITTO_MAJOR, LIBMOSQUITTO_MINOR, LIBMOSQUITTO_REVISION];
        assert_eq!(parts.map(|part| part.to_string()).join("."), env!("CARGO_PKG_VERSION"));
        let number = parts.into_iter().reduce(|number, part| number * 1_000 + part);
        assert_eq!(number, Some(LIBMOSQUITTO_VERSION_NUMBER));
    }
}
