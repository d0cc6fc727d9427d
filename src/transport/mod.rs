//! Non-blocking byte streams over descriptors: the only place with sockets.
//!
//! Nothing on the way of bytes waits except [`poll::poll`], knows MQTT, or holds a lock that a caller could meet. Every descriptor is
//! close-on-exec, may have any number, and no write raises SIGPIPE.
//!
//! | file | what it is |
//! |---|---|
//! | [`stream`] | a connected byte stream: read, gathered write, shut down |
//! | `layers` | what lies between such a stream and its socket: WebSocket frames, TLS |
//! | [`connect`] | one connection attempt, from names to a stream, as a state machine |
//! | [`stages`] | the part of it behind TCP: proxy, TLS, WebSocket upgrade |
//! | [`tls`] | TLS by OpenSSL |
//! | [`exchange`] | what the protocols in there look like from outside |
//! | `resolve`, [`srv`] | names to addresses, domains to servers |
//! | `task`, `shared` | the helper threads that ask |
//! | `race`, `tcp` | addresses tried side by side (RFC 8305); one socket of such a race |
//! | `unix` | connecting to a Unix socket |
//! | `socket` | a socket that children of a fork do not keep |
//! | [`proxy`], [`web_socket`] | SOCKS5 and WebSocket as such protocols |
//! | [`socks5`], [`ws`] | what they are made of, without sockets or randomness |
//! | [`poll`], [`wake`] | waiting for descriptors; ending that wait from another thread |
//! | [`log`] | what there is to say about a failure |
//! | [`fork`], [`thread`] | noticing that this process is a child; what the system knows of threads |
//! | [`unwind`] | panics stopped, exceptions of other languages not |
//! | [`file`] | files that the program names |
//! | `pthread_lock` | other locks, for race detectors |
//! | [`clock`], [`random`] | what else the library asks the system for |

pub mod clock;
pub mod connect;
pub mod exchange;
pub mod file;
pub mod fork;
mod layers;
pub mod log;
pub mod poll;
pub mod proxy;
#[cfg(pthread_locks)]
pub mod pthread_lock;
mod race;
pub mod random;
mod resolve;
mod shared;
mod socket;
pub mod socks5;
pub mod srv;
pub mod stages;
pub mod stream;
mod task;
mod tcp;
pub mod thread;
pub mod tls;
mod unix;
pub mod unwind;
pub mod wake;
pub mod web_socket;
pub mod ws;

#[cfg(test)]
mod tests;

use std::io;

use crate::error::Error;

/// A failed system call as the library's error.
fn system_error(error: &io::Error) -> Error {
    Error::Errno(error.raw_os_error().unwrap_or(libc::EIO))
}

/// The failure that the calling thread's `errno` tells of.
fn last_error() -> Error {
    system_error(&io::Error::last_os_error())
}
