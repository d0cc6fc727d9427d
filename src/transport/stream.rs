//! A connected byte stream: what the client reads from and writes to, whatever lies between it and the peer.
//!
//! Plain TCP and Unix sockets. TLS, SOCKS5 and WebSocket become further kinds behind the same functions, which is why
//! the directions to poll for are asked from the stream ([`Stream::interest`]) and not assumed.
//! Never waits, never raises SIGPIPE, keeps no bytes of its own.

use std::io::{self, ErrorKind, IoSlice, Read as _};
use std::net::Shutdown;
use std::os::fd::{AsRawFd, RawFd};

use socket2::Socket;

use super::poll::Interest;
use super::system_error;
use crate::error::{Error, Result};

/// The kernel refuses a gathered write of more slices (UIO_MAXIOV).
const MAX_SLICES: usize = 1024;

/// A connected byte stream. Dropping it closes the descriptor.
///
/// All functions may be called from every thread at any time; the order of bytes is the callers' business.
#[derive(Debug)]
pub struct Stream {
    socket: Socket,
    nodelay_failed: bool,
}

/// What [`Stream::read`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// So many bytes were put at the start of the buffer.
    Data(usize),
    /// Nothing for now: poll, then read again.
    WouldBlock,
    /// The peer will send no more.
    Eof,
}

/// What [`Stream::write`] could do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// So many bytes were taken, counted over the slices in order; maybe not all.
    Bytes(usize),
    /// None for now: poll, then write again.
    WouldBlock,
}

impl Stream {
    /// A stream over a connected, non-blocking socket; `nodelay_failed` if TCP_NODELAY was asked for and refused.
    pub(super) fn new(socket: Socket, nodelay_failed: bool) -> Stream {
        Stream { socket, nodelay_failed }
    }

    /// The descriptor, for `mosquitto_socket()` and for polling.
    pub fn descriptor(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// Whether TCP_NODELAY was asked for and the system refused it: worth a warning, not a failure.
    pub fn nodelay_failed(&self) -> bool {
        self.nodelay_failed
    }

    /// Reads once what has arrived, as much as `buffer` holds.
    ///
    /// Fails with `ConnLost` when the peer reset the connection, else with `Errno`. An interrupted call counts as
    /// `WouldBlock`.
    pub fn read(&self, buffer: &mut [u8]) -> Result<Read> {
        if buffer.is_empty() {
            return Ok(Read::Data(0));
        }
        match (&self.socket).read(buffer) {
            Ok(0) => Ok(Read::Eof),
            Ok(length) => Ok(Read::Data(length)),
            Err(error) if later(&error) => Ok(Read::WouldBlock),
            Err(error) => Err(io_error(&error)),
        }
    }

    /// Writes once, as much of `slices` as the socket takes, in order (at most 1024 slices).
    ///
    /// Fails with `ConnLost` when the peer reset the connection, else with `Errno` (EPIPE after the end of the
    /// stream). An interrupted call counts as `WouldBlock`.
    pub fn write(&self, slices: &[IoSlice<'_>]) -> Result<Written> {
        let written = match slices {
            [] => Ok(0),
            [one] => self.socket.send_with_flags(one, libc::MSG_NOSIGNAL),
            many => {
                let many = many.get(..MAX_SLICES).unwrap_or(many);
                self.socket.send_vectored_with_flags(many, libc::MSG_NOSIGNAL)
            }
        };
        match written {
            Ok(length) => Ok(Written::Bytes(length)),
            Err(error) if later(&error) => Ok(Written::WouldBlock),
            Err(error) => Err(io_error(&error)),
        }
    }

    /// What to poll the descriptor for; `have_output` says whether the caller has bytes to write.
    pub fn interest(&self, have_output: bool) -> Interest {
        Interest { read: true, write: have_output }
    }

    /// Whether bytes can be read that polling the descriptor would not show.
    pub fn has_buffered_input(&self) -> bool {
        false
    }

    /// Says that nothing more will be written; the peer sees the end of the stream behind what was written.
    pub fn shutdown_write(&self) {
        // ENOTCONN when the peer was faster: then there is nothing left to end.
        let _ = self.socket.shutdown(Shutdown::Write);
    }

    /// Ends both directions at once, which wakes whoever polls the descriptor. The descriptor stays open until the drop.
    pub fn shutdown(&self) {
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

fn later(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

fn io_error(error: &io::Error) -> Error {
    match error.kind() {
        ErrorKind::ConnectionReset => Error::ConnLost,
        _ => system_error(error),
    }
}
