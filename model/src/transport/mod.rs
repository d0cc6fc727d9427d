//! In place of the library's transport: the same names as far as the client uses them, over [`crate::system`]. What needs
//! neither sockets nor OpenSSL is the library's own.

pub mod clock;
pub mod connect;
pub mod fork;
pub mod poll;
pub mod srv;
pub mod stages;
pub mod stream;
pub mod thread;
pub mod tls;
pub mod unwind;
pub mod wake;

include!(concat!(env!("OUT_DIR"), "/transport.rs"));

use crate::error::Error;

fn system_error(error: &std::io::Error) -> Error {
    Error::Errno(error.raw_os_error().unwrap_or(libc::EIO))
}
