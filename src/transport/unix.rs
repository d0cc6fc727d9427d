//! Connecting to a Unix stream socket.
//!
//! Such a connect is made or fails at once, with one exception: while the listener's queue is full it answers EAGAIN,
//! and nothing can be polled for a place in it. Then it is tried again for a while.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use socket2::{Domain, SockAddr};

use super::socket::Socket;
use super::stream::Stream;
use super::system_error;
use crate::error::{Error, Result};
use crate::time::Time;

/// The room of `sun_path` without the NUL at its end.
const MAX_PATH: usize = 107;
/// How long a full queue is waited for before EAGAIN is the answer.
const PATIENCE_MS: u64 = 1000;
/// The longest pause between two tries; the first is 1 ms, then they double.
const MAX_PAUSE_MS: u64 = 32;

/// A socket that waits for a place in the listener's queue.
#[derive(Debug)]
pub(super) struct UnixConnect {
    socket: Option<Socket>,
    address: SockAddr,
    give_up: Time,
    next_try: Time,
    pause: u64,
}

impl UnixConnect {
    /// A connection to the listener at `path`, 1 to 107 bytes without NUL, else `Inval`. Nothing happens before `advance`.
    pub fn new(path: &[u8], now: Time) -> Result<UnixConnect> {
        if path.is_empty() || path.len() > MAX_PATH || path.contains(&0) {
            return Err(Error::Inval);
        }
        let address = SockAddr::unix(OsStr::from_bytes(path)).map_err(|_| Error::Inval)?;
        let socket = Socket::open(Domain::UNIX, None).map_err(|error| system_error(&error))?;
        Ok(UnixConnect {
            socket: Some(socket),
            address,
            give_up: now + PATIENCE_MS,
            next_try: now,
            pause: 1,
        })
    }

    /// Tries if it is time to. `None` while the queue is full; fails with the `errno` of connect(2).
    pub fn advance(&mut self, now: Time) -> Result<Option<Stream>> {
        let Some(socket) = self.socket.take_if(|_| now >= self.next_try) else {
            return Ok(None);
        };
        match socket.connect(&self.address) {
            Ok(()) => Ok(Some(Stream::new(socket, false))),
            Err(error) if error.raw_os_error() == Some(libc::EAGAIN) && now < self.give_up => {
                self.socket = Some(socket);
                self.next_try = now + self.pause;
                self.pause = (self.pause * 2).min(MAX_PAUSE_MS);
                Ok(None)
            }
            Err(error) => Err(system_error(&error)),
        }
    }

    /// When to call `advance` again.
    pub fn deadline(&self) -> Option<Time> {
        Some(self.next_try)
    }
}
