//! Servers of a domain by the domain name system (RFC 2782): asked with the system's resolver, res_search(3), on a helper
//! thread, and put into the order in which to try them.

pub mod answer;
pub mod order;

#[cfg(test)]
mod tests;

use std::ffi::{CStr, CString};
use std::fmt;
use std::io;
use std::os::fd::RawFd;
use std::sync::Arc;

use super::random;
use super::shared::Shared;
use super::task::Task;
use crate::error::{Error, Result};

pub use answer::Record;

/// What is asked for where there is no encryption.
pub const PLAIN: &[u8] = b"_mqtt._tcp.";
/// And where there is.
pub const SECURE: &[u8] = b"_secure-mqtt._tcp.";

/// The largest message of the domain name system.
const MAX_MESSAGE: usize = 65_535;
const CLASS_INTERNET: libc::c_int = 1;
const TYPE_SRV: libc::c_int = 33;

/// What a question comes to: records in no order, or the status for the log.
type Answer = Result<Vec<Record>, Status>;

/// Why there is no answer, in the numbers of c-ares, which programs know from the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status(i32);

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Status {
    const NO_DATA: Status = Status(1);
    const SERVER_FAILURE: Status = Status(3);
    const NOT_FOUND: Status = Status(4);
    const REFUSED: Status = Status(6);
    const BAD_NAME: Status = Status(8);
    const BAD_RESPONSE: Status = Status(10);
    const CONNECTION_REFUSED: Status = Status(11);
    pub const TIMEOUT: Status = Status(12);
}

/// A question under way or answered. Dropping it abandons it.
#[derive(Debug)]
pub(super) struct Question(Arc<Task<Answer>>);

/// Questions under way in this process.
static UNDER_WAY: Shared<Answer> = Shared::new();

impl Question {
    /// Asks for the servers of `name`. Fails with `Inval` for a NUL in it, with `Errno` when no thread could be started.
    pub fn start(name: &[u8]) -> Result<Question> {
        Question::start_with(name, search)
    }

    /// The same with another resolver than the system's.
    pub fn start_with(
        name: &[u8],
        resolver: impl FnOnce(&CStr) -> Answer + Send + 'static,
    ) -> Result<Question> {
        let name = CString::new(name).map_err(|_| Error::Inval)?;
        UNDER_WAY.task(name, resolver).map(Question)
    }

    /// The servers in the order in which to try them, at least one, once there is an answer.
    pub fn answer(&self) -> Option<Result<Vec<Record>, Status>> {
        let records = match self.0.result()? {
            Ok(records) => records.clone(),
            Err(status) => return Some(Err(*status)),
        };
        // Whoever has no randomness takes the first of equals.
        let records = order::order(records, || {
            let mut bytes = [0; 4];
            random::fill(&mut bytes).map_or(0, |()| u32::from_ne_bytes(bytes))
        });
        Some(if records.is_empty() { Err(Status::NO_DATA) } else { Ok(records) })
    }

    /// Readable from the moment there is an answer.
    pub fn descriptor(&self) -> RawFd {
        self.0.descriptor()
    }
}

unsafe extern "C" {
    fn res_search(
        name: *const libc::c_char,
        class: libc::c_int,
        kind: libc::c_int,
        answer: *mut u8,
        length: libc::c_int,
    ) -> libc::c_int;
    fn __h_errno_location() -> *mut libc::c_int;
}

/// Asks the system's resolver, search domains included; waits as long as that does.
fn search(name: &CStr) -> Answer {
    let mut message = vec![0; MAX_MESSAGE];
    // SAFETY: `name` ends with NUL, `message` may be written over the length given, which fits.
    let length = unsafe {
        res_search(
            name.as_ptr(),
            CLASS_INTERNET,
            TYPE_SRV,
            message.as_mut_ptr(),
            MAX_MESSAGE as libc::c_int,
        )
    };
    match usize::try_from(length) {
        Ok(length) => answer::parse(message.get(..length).unwrap_or(&message))
            .map_err(|_| Status::BAD_RESPONSE),
        Err(_) => {
            let errno = io::Error::last_os_error().raw_os_error();
            // SAFETY: the C library gives every thread an `h_errno` that may be read at any time.
            Err(status(unsafe { *__h_errno_location() }, errno))
        }
    }
}

/// The status for `h_errno` and `errno`.
fn status(h_errno: i32, errno: Option<i32>) -> Status {
    // netdb.h
    const HOST_NOT_FOUND: i32 = 1;
    const TRY_AGAIN: i32 = 2;
    const NO_RECOVERY: i32 = 3;
    const NO_DATA: i32 = 4;
    match (h_errno, errno) {
        (HOST_NOT_FOUND, _) => Status::NOT_FOUND,
        (TRY_AGAIN, Some(libc::ETIMEDOUT)) => Status::TIMEOUT,
        (TRY_AGAIN, Some(libc::ECONNREFUSED)) => Status::CONNECTION_REFUSED,
        (TRY_AGAIN, _) => Status::SERVER_FAILURE,
        (NO_RECOVERY, _) => Status::REFUSED,
        (NO_DATA, _) => Status::NO_DATA,
        _ => Status::BAD_NAME,
    }
}
