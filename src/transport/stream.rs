//! A connected byte stream: what the client reads from and writes to, whatever lies between it and the peer.
//!
//! A plain TCP or Unix socket needs no lock and keeps no bytes of its own. Everything else lies in [`super::layers`],
//! under one lock; such a stream can have bytes that the socket does not show, and may need the other direction of the
//! socket than the one asked for. So both are asked from the stream ([`Stream::interest`], [`Stream::readiness`]) and not
//! assumed. Never waits, never raises SIGPIPE.

use std::io::{self, ErrorKind, IoSlice, Read as _};
use std::net::Shutdown;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicU8, Ordering};

use super::exchange::Framing;
use super::layers::{Layers, Needs};
use super::log::{Failure, LogLine};
use super::poll::{Interest, PollEntry};
use super::socket::Socket;
use super::system_error;
use super::tls::stream::{SslPointer, Tls, TlsPeer};
use crate::error::{Error, Result};
use crate::sync::Mutex;

/// The kernel refuses a gathered write of more slices (UIO_MAXIOV).
const MAX_SLICES: usize = 1024;

/// A connected byte stream. Dropping it closes the descriptor.
///
/// All functions may be called from every thread at any time; the order of bytes is the callers' business.
#[derive(Debug)]
pub struct Stream {
    /// Everything between the socket and the user; none for a plain socket. Dropped before the socket.
    layers: Option<Box<Layered>>,
    socket: Socket,
    nodelay_failed: bool,
}

#[derive(Debug, Default)]
struct Layered {
    layers: Mutex<Layers>,
    /// The TLS object, if there is one.
    ssl: Option<SslPointer>,
    /// What the layers need, as of the last call.
    needs: AtomicU8,
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
    pub(super) fn new(socket: impl Into<Socket>, nodelay_failed: bool) -> Stream {
        Stream { layers: None, socket: socket.into(), nodelay_failed }
    }

    /// Puts frames around all bytes from now on. `input` are bytes of the peer that were read too early.
    pub(super) fn add_framing(&mut self, framing: Box<dyn Framing>, input: Vec<u8>) {
        let layered = self.layers.get_or_insert_default();
        layered.call(|layers| layers.add_framing(framing, input));
    }

    /// Encrypts all bytes from now on; [`Stream::handshake`] comes first.
    pub(super) fn add_tls(&mut self, peer: &TlsPeer) -> Result<(), Failure> {
        let tls = Tls::new(peer, self.descriptor())?;
        let layered = self.layers.get_or_insert_default();
        layered.ssl = tls.pointer();
        layered.call(|layers| layers.add_tls(tls));
        Ok(())
    }

    /// Goes on with the TLS handshake; answers whether it is done.
    pub(super) fn handshake(&self) -> Result<bool> {
        self.layers.as_ref().map_or(Ok(true), |layered| layered.call(Layers::handshake))
    }

    /// The TLS object, for `mosquitto_ssl_get()`; it is gone with the stream.
    pub fn ssl(&self) -> Option<SslPointer> {
        self.layers.as_ref().and_then(|layered| layered.ssl)
    }

    /// Lines for the log since the last call: what there is to say about a failure, for instance.
    pub fn take_log(&self) -> Vec<LogLine> {
        self.layers.as_ref().map_or_else(Vec::new, |layered| layered.call(Layers::take_log))
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
        match &self.layers {
            None => read_socket(&self.socket, buffer),
            Some(layered) => layered.call(|layers| layers.read(&self.socket, buffer)),
        }
    }

    /// As [`Stream::read`], but only what is here already ([`Stream::has_buffered_input`]): the system is not asked for
    /// more, so this comes to an end however fast the peer is.
    pub fn read_buffered(&self, buffer: &mut [u8]) -> Result<Read> {
        match &self.layers {
            Some(layered) if !buffer.is_empty() => {
                layered.call(|layers| layers.read_buffered(&self.socket, buffer))
            }
            _ => Ok(Read::WouldBlock),
        }
    }

    /// Writes once, as much of `slices` as the socket takes, in order (at most 1024 slices).
    ///
    /// Fails with `ConnLost` when the peer reset the connection, else with `Errno` (EPIPE after the end of the
    /// stream). An interrupted call counts as `WouldBlock`.
    pub fn write(&self, slices: &[IoSlice<'_>]) -> Result<Written> {
        match &self.layers {
            None => write_socket(&self.socket, slices),
            Some(layered) => layered.call(|layers| layers.write(&self.socket, slices)),
        }
    }

    /// What to poll the descriptor for; `have_output` says whether the caller has bytes to write.
    pub fn interest(&self, have_output: bool) -> Interest {
        let needs = self.needs();
        let output = have_output || needs.has_output;
        Interest { read: true, write: needs.read_by_write || output && !needs.write_by_read }
    }

    /// What to try now that `entry`, polled for [`Stream::interest`], is ready: not always the same direction.
    pub fn readiness(&self, entry: &PollEntry) -> Interest {
        let needs = self.needs();
        Interest {
            read: entry.readable || entry.writable && needs.read_by_write,
            write: entry.want_write && entry.writable || entry.readable && needs.write_by_read,
        }
    }

    /// Whether bytes can be read that polling the descriptor would not show.
    pub fn has_buffered_input(&self) -> bool {
        self.needs().has_input
    }

    /// Whether a read is to be tried when the descriptor is ready for writing.
    pub fn reads_by_write(&self) -> bool {
        self.needs().read_by_write
    }

    /// Whether bytes that were taken from the caller have not reached the system: poll for writing, then write again,
    /// if only an empty list.
    pub fn has_buffered_output(&self) -> bool {
        self.needs().has_output
    }

    fn needs(&self) -> Needs {
        self.layers.as_ref().map_or_else(Needs::default, |layered| {
            Needs::from_bits(layered.needs.load(Ordering::Relaxed))
        })
    }

    /// Whether small writes are to leave at once (TCP_NODELAY). A socket that cannot is left as it is.
    pub fn set_nodelay(&self, on: bool) {
        let _ = self.socket.set_tcp_nodelay(on);
    }

    /// Says that nothing more will be written; the peer sees the end of the stream behind what was written.
    pub fn shutdown_write(&self) {
        if let Some(layered) = &self.layers {
            layered.call(Layers::close);
        }
        // ENOTCONN when the peer was faster: then there is nothing left to end.
        let _ = self.socket.shutdown(Shutdown::Write);
    }

    /// Ends both directions at once, which wakes whoever polls the descriptor. The descriptor stays open until the drop.
    pub fn shutdown(&self) {
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

impl Layered {
    /// One call at a time; what the layers need afterwards is kept where it can be asked without the lock.
    fn call<T>(&self, act: impl FnOnce(&mut Layers) -> T) -> T {
        let mut layers = self.layers.lock();
        let result = act(&mut layers);
        self.needs.store(layers.needs().bits(), Ordering::Relaxed);
        result
    }
}

/// [`Stream::read`] of a plain socket.
pub(super) fn read_socket(mut socket: &socket2::Socket, buffer: &mut [u8]) -> Result<Read> {
    match socket.read(buffer) {
        Ok(0) => Ok(Read::Eof),
        Ok(length) => Ok(Read::Data(length)),
        Err(error) if later(&error) => Ok(Read::WouldBlock),
        Err(error) => Err(io_error(&error)),
    }
}

/// [`Stream::write`] of a plain socket.
pub(super) fn write_socket(socket: &socket2::Socket, slices: &[IoSlice<'_>]) -> Result<Written> {
    let written = match slices {
        [] => Ok(0),
        [one] => socket.send_with_flags(one, libc::MSG_NOSIGNAL),
        many => {
            let many = many.get(..MAX_SLICES).unwrap_or(many);
            socket.send_vectored_with_flags(many, libc::MSG_NOSIGNAL)
        }
    };
    match written {
        Ok(length) => Ok(Written::Bytes(length)),
        Err(error) if later(&error) => Ok(Written::WouldBlock),
        Err(error) => Err(io_error(&error)),
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
