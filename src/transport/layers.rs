//! What lies between the socket and MQTT on a connection that stands: frames over the socket.
//!
//! Owned by a [`super::stream::Stream`] under its one lock. Never waits.

use std::io::IoSlice;

use socket2::Socket;

use super::exchange::Framing;
use super::stream::{Read, Written, read_socket, write_socket};
use crate::error::Result;

/// Bytes read from the layer below at once.
const CHUNK: usize = 16 * 1024;
/// As long as so many bytes of frames wait to be written, nothing more is read or framed: a peer that asks and does not
/// listen gets no more memory.
const MAX_WAITING: usize = 256 * 1024;

/// The layers over one socket.
#[derive(Debug, Default)]
pub(super) struct Layers {
    framed: Option<Framed>,
}

/// What the layers want to be known, see [`super::stream::Stream::interest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Needs {
    /// Reading goes on when the socket can be written.
    pub read_by_write: bool,
    /// Writing goes on when the socket can be read.
    pub write_by_read: bool,
    /// There is no use in reading now.
    pub read_stopped: bool,
    /// Input is here that the socket does not show.
    pub has_input: bool,
    /// Output is here that the socket has not taken.
    pub has_output: bool,
}

impl Needs {
    /// The same in one number.
    pub fn bits(self) -> u8 {
        let flags = [
            self.read_by_write,
            self.write_by_read,
            self.read_stopped,
            self.has_input,
            self.has_output,
        ];
        flags.into_iter().rev().fold(0, |bits, flag| bits << 1 | u8::from(flag))
    }

    /// What [`Needs::bits`] made a number of.
    pub fn from_bits(bits: u8) -> Needs {
        let [read_by_write, write_by_read, read_stopped, has_input, has_output] =
            [0, 1, 2, 3, 4].map(|bit| bits >> bit & 1 == 1);
        Needs { read_by_write, write_by_read, read_stopped, has_input, has_output }
    }
}

impl Layers {
    /// Puts frames around all bytes from now on. `input` are bytes of the peer that were read too early.
    pub fn add_framing(&mut self, framing: Box<dyn Framing>, input: Vec<u8>) {
        self.framed =
            Some(Framed { framing, input, output: Vec::new(), stopped: false, over: false });
    }

    /// See [`super::stream::Stream::read`].
    pub fn read(&mut self, socket: &Socket, buffer: &mut [u8]) -> Result<Read> {
        self.read_from(Below { socket, only_buffered: false }, buffer)
    }

    /// See [`super::stream::Stream::read_buffered`].
    pub fn read_buffered(&mut self, socket: &Socket, buffer: &mut [u8]) -> Result<Read> {
        self.read_from(Below { socket, only_buffered: true }, buffer)
    }

    fn read_from(&mut self, mut below: Below<'_>, buffer: &mut [u8]) -> Result<Read> {
        match &mut self.framed {
            Some(framed) => framed.read(&mut below, buffer),
            None => below.read(buffer),
        }
    }

    /// See [`super::stream::Stream::write`].
    pub fn write(&mut self, socket: &Socket, slices: &[IoSlice<'_>]) -> Result<Written> {
        let mut below = Below { socket, only_buffered: false };
        match &mut self.framed {
            Some(framed) => framed.write(&mut below, slices),
            None => below.write(slices),
        }
    }

    /// What is to be known after each call.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        if let Some(framed) = &self.framed {
            needs.has_input |= !framed.input.is_empty() && !framed.stopped;
            needs.has_output |= !framed.output.is_empty();
            needs.read_stopped |= framed.stopped;
        }
        needs
    }
}

/// The layer under the frames.
struct Below<'a> {
    socket: &'a Socket,
    /// Reading does not ask the system.
    only_buffered: bool,
}

impl Below<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<Read> {
        if self.only_buffered {
            return Ok(Read::WouldBlock);
        }
        read_socket(self.socket, buffer)
    }

    fn write(&mut self, slices: &[IoSlice<'_>]) -> Result<Written> {
        write_socket(self.socket, slices)
    }
}

/// Frames, and the bytes on both sides of them.
#[derive(Debug)]
struct Framed {
    framing: Box<dyn Framing>,
    /// Read and not decoded.
    input: Vec<u8>,
    /// Framed and not written.
    output: Vec<u8>,
    /// Nothing is read until output is gone.
    stopped: bool,
    /// The peer has ended the stream.
    over: bool,
}

impl Framed {
    fn read(&mut self, below: &mut Below<'_>, buffer: &mut [u8]) -> Result<Read> {
        loop {
            if self.over {
                return Ok(Read::Eof);
            }
            self.stopped = self.output.len() > MAX_WAITING;
            if self.stopped {
                self.flush(below)?;
                self.stopped = self.output.len() > MAX_WAITING;
                if self.stopped {
                    return Ok(Read::WouldBlock);
                }
            }
            if !self.input.is_empty() {
                let decoded = self.framing.decode(&self.input, buffer, &mut self.output)?;
                self.input.drain(..decoded.consumed.min(self.input.len()));
                self.over = decoded.ended;
                if decoded.produced > 0 {
                    return Ok(Read::Data(decoded.produced));
                }
                if decoded.consumed > 0 || self.over {
                    continue;
                }
            }
            let start = self.input.len();
            self.input.resize(start + CHUNK, 0);
            let read = below.read(self.input.get_mut(start..).unwrap_or_default());
            let more = if let Ok(Read::Data(more)) = read { more } else { 0 };
            self.input.truncate(start + more);
            match read? {
                Read::Data(_) => {}
                Read::WouldBlock => {
                    self.flush(below)?; // answers to what has been read
                    return Ok(Read::WouldBlock);
                }
                Read::Eof => self.over = true,
            }
        }
    }

    fn write(&mut self, below: &mut Below<'_>, slices: &[IoSlice<'_>]) -> Result<Written> {
        self.flush(below)?;
        if !self.output.is_empty() {
            return Ok(Written::WouldBlock);
        }
        if slices.iter().all(|slice| slice.is_empty()) {
            return Ok(Written::Bytes(0));
        }
        let taken = self.framing.encode(slices, &mut self.output)?;
        self.flush(below)?;
        Ok(Written::Bytes(taken))
    }

    fn flush(&mut self, below: &mut Below<'_>) -> Result<()> {
        let mut done = 0;
        while let Some(rest) = self.output.get(done..).filter(|rest| !rest.is_empty()) {
            match below.write(&[IoSlice::new(rest)]) {
                Ok(Written::Bytes(count)) => done += count,
                Ok(Written::WouldBlock) => break,
                Err(error) => {
                    self.output.clear();
                    return Err(error);
                }
            }
        }
        self.output.drain(..done);
        Ok(())
    }
}
