//! The library's stream, over a connection of the modelled system: a plain socket.

use std::io::IoSlice;

use super::log::LogLine;
use super::poll::{Interest, PollEntry};
use super::tls::stream::SslPointer;
use crate::error::Result;
use crate::system::{self, Descriptor};

/// A connection. Dropping it closes it.
#[derive(Debug)]
pub struct Stream {
    socket: Descriptor,
}

/// As the library's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// So many bytes were read.
    Data(usize),
    /// None for now.
    WouldBlock,
    /// The peer will send no more.
    Eof,
}

/// As the library's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// So many bytes were taken.
    Bytes(usize),
    /// None for now.
    WouldBlock,
}

impl Stream {
    /// Connects to the server.
    pub(super) fn open() -> Stream {
        Stream { socket: system::this().connect() }
    }

    /// No TLS.
    pub fn ssl(&self) -> Option<SslPointer> {
        None
    }

    /// Nothing.
    pub fn take_log(&self) -> Vec<LogLine> {
        Vec::new()
    }

    /// The descriptor.
    pub fn descriptor(&self) -> Descriptor {
        self.socket
    }

    /// It did not.
    pub fn nodelay_failed(&self) -> bool {
        false
    }

    /// Reads once.
    pub fn read(&self, buffer: &mut [u8]) -> Result<Read> {
        system::this().read(self.socket, buffer)
    }

    /// There is nothing but the socket.
    pub fn read_buffered(&self, _buffer: &mut [u8]) -> Result<Read> {
        Ok(Read::WouldBlock)
    }

    /// Writes once.
    pub fn write(&self, slices: &[IoSlice<'_>]) -> Result<Written> {
        system::this().write(self.socket, slices)
    }

    /// What to poll for.
    pub fn interest(&self, have_output: bool) -> Interest {
        Interest { read: true, write: have_output }
    }

    /// What to try.
    pub fn readiness(&self, entry: &PollEntry) -> Interest {
        Interest { read: entry.readable, write: entry.want_write && entry.writable }
    }

    /// It has not.
    pub fn has_buffered_input(&self) -> bool {
        false
    }

    /// It does not.
    pub fn reads_by_write(&self) -> bool {
        false
    }

    /// It has not.
    pub fn has_buffered_output(&self) -> bool {
        false
    }

    /// Of no consequence.
    pub fn set_nodelay(&self, _on: bool) {}

    /// The server sees the end.
    pub fn shutdown_write(&self) {
        system::this().end(self.socket);
    }

    /// Both see the end.
    pub fn shutdown(&self) {
        system::this().end(self.socket);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        system::this().close(self.socket);
    }
}
