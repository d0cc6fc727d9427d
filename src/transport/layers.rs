//! What lies between the socket and MQTT on a connection that stands: frames over TLS over the socket.
//!
//! Owned by a [`super::stream::Stream`] under its one lock. Never waits.

use std::io::IoSlice;

use socket2::Socket;

use super::exchange::Framing;
use super::log::{LogLine, Severity};
use super::stream::{Read, Written, read_socket, write_socket};
use super::tls::stream::Tls;
use crate::error::Result;

/// So often one call reads frames that hold nothing for the caller.
const ROUNDS: usize = 16;

/// The layers over one socket.
#[derive(Debug, Default)]
pub(super) struct Layers {
    framed: Option<Framed>,
    tls: Option<Tls>,
}

/// What the layers want to be known, see [`super::stream::Stream::interest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Needs {
    /// Reading goes on when the socket can be written.
    pub read_by_write: bool,
    /// Writing goes on when the socket can be read.
    pub write_by_read: bool,
    /// Input is here that the socket does not show.
    pub has_input: bool,
    /// Output is here that the socket has not taken.
    pub has_output: bool,
}

impl Needs {
    /// The same in one number.
    pub fn bits(self) -> u8 {
        let flags = [self.read_by_write, self.write_by_read, self.has_input, self.has_output];
        flags.into_iter().rev().fold(0, |bits, flag| bits << 1 | u8::from(flag))
    }

    /// What [`Needs::bits`] made a number of.
    pub fn from_bits(bits: u8) -> Needs {
        let [read_by_write, write_by_read, has_input, has_output] =
            [0, 1, 2, 3].map(|bit| bits >> bit & 1 == 1);
        Needs { read_by_write, write_by_read, has_input, has_output }
    }
}

impl Layers {
    /// Encrypts all bytes from now on, as soon as [`Layers::handshake`] says so.
    pub fn add_tls(&mut self, tls: Tls) {
        self.tls = Some(tls);
    }

    /// Goes on with the handshake; answers whether it is done.
    pub fn handshake(&mut self) -> Result<bool> {
        self.tls.as_mut().map_or(Ok(true), Tls::handshake)
    }

    /// Ends TLS, if there is any, behind everything that was written.
    pub fn close(&mut self) {
        if let Some(tls) = &mut self.tls {
            tls.close();
        }
    }

    /// Lines for the log since the last call.
    pub fn take_log(&mut self) -> Vec<LogLine> {
        let mut lines = self.tls.as_mut().map_or_else(Vec::new, Tls::take_log);
        let complaint = self.framed.as_ref().and_then(|framed| framed.framing.complaint());
        lines
            .extend(complaint.map(|text| LogLine::new(Severity::Error, format!("Error: {text}."))));
        lines
    }

    /// Puts frames around all bytes from now on. `input` are bytes of the peer that were read too early.
    pub fn add_framing(&mut self, framing: Box<dyn Framing>, input: Vec<u8>) {
        self.framed = Some(Framed { framing, early: input, taken: 0 });
    }

    /// See [`super::stream::Stream::read`].
    pub fn read(&mut self, socket: &Socket, buffer: &mut [u8]) -> Result<Read> {
        self.read_from(socket, false, buffer)
    }

    /// See [`super::stream::Stream::read_buffered`].
    pub fn read_buffered(&mut self, socket: &Socket, buffer: &mut [u8]) -> Result<Read> {
        self.read_from(socket, true, buffer)
    }

    fn read_from(
        &mut self,
        socket: &Socket,
        only_buffered: bool,
        buffer: &mut [u8],
    ) -> Result<Read> {
        let mut below = Below { socket, tls: self.tls.as_mut(), only_buffered };
        match &mut self.framed {
            Some(framed) => framed.read(&mut below, buffer),
            None => below.read(buffer),
        }
    }

    /// See [`super::stream::Stream::write`].
    pub fn write(&mut self, socket: &Socket, slices: &[IoSlice<'_>]) -> Result<Written> {
        let mut below = Below { socket, tls: self.tls.as_mut(), only_buffered: false };
        match &mut self.framed {
            Some(framed) => framed.write(&mut below, slices),
            None => below.write(slices),
        }
    }

    /// What is to be known after each call.
    pub fn needs(&self) -> Needs {
        let mut needs = self.tls.as_ref().map_or_else(Needs::default, Tls::needs);
        if let Some(framed) = &self.framed {
            needs.has_input |= !framed.early.is_empty() || framed.framing.end().is_some();
            needs.has_output |= framed.framing.has_own_output();
        }
        needs
    }
}

/// The layer under the frames.
struct Below<'a> {
    socket: &'a Socket,
    tls: Option<&'a mut Tls>,
    /// Reading does not ask the system.
    only_buffered: bool,
}

impl Below<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<Read> {
        match &mut self.tls {
            Some(tls) => tls.read(buffer, self.only_buffered),
            None if self.only_buffered => Ok(Read::WouldBlock),
            None => read_socket(self.socket, buffer),
        }
    }

    fn write(&mut self, slices: &[IoSlice<'_>]) -> Result<Written> {
        match &mut self.tls {
            Some(tls) => tls.write(slices),
            None => write_socket(self.socket, slices),
        }
    }
}

/// Frames over the layer below.
#[derive(Debug)]
struct Framed {
    framing: Box<dyn Framing>,
    /// Bytes of the peer that were read before there were frames.
    early: Vec<u8>,
    /// Bytes of the writer's that left while a reader sent an answer; the writer is to be told.
    taken: usize,
}

impl Framed {
    fn read(&mut self, below: &mut Below<'_>, buffer: &mut [u8]) -> Result<Read> {
        for _ in 0..ROUNDS {
            if let Some(end) = self.framing.end() {
                return end.map(|()| Read::Eof);
            }
            let count = match self.read_raw(below, buffer)? {
                Read::Data(count) => count,
                nothing => return Ok(nothing),
            };
            let payload = self.framing.decode(buffer.get_mut(..count).unwrap_or_default());
            if self.framing.has_own_output() {
                // If the connection is broken, whoever reads or writes next finds out.
                self.taken += self.send(below, &[]).unwrap_or_default();
            }
            if payload > 0 {
                return Ok(Read::Data(payload));
            }
        }
        Ok(Read::WouldBlock)
    }

    fn read_raw(&mut self, below: &mut Below<'_>, buffer: &mut [u8]) -> Result<Read> {
        if self.early.is_empty() {
            return below.read(buffer);
        }
        let count = self.early.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(self.early.drain(..count)) {
            *to = from;
        }
        Ok(Read::Data(count))
    }

    fn write(&mut self, below: &mut Below<'_>, slices: &[IoSlice<'_>]) -> Result<Written> {
        if self.taken == 0 {
            self.taken = match self.send(below, slices)? {
                0 if slices.iter().any(|slice| !slice.is_empty()) => {
                    return Ok(Written::WouldBlock);
                }
                taken => taken,
            };
        }
        Ok(Written::Bytes(std::mem::take(&mut self.taken)))
    }

    /// Sends until a portion is complete, or as much as is possible now. Answers how many bytes of the slices are out.
    fn send(&mut self, below: &mut Below<'_>, slices: &[IoSlice<'_>]) -> Result<usize> {
        loop {
            let output = self.framing.output(slices)?;
            if output.is_empty() {
                return Ok(0);
            }
            match below.write(&[IoSlice::new(output)])? {
                Written::Bytes(count) => match self.framing.sent(count) {
                    0 => {}
                    taken => return Ok(taken),
                },
                Written::WouldBlock => return Ok(0),
            }
        }
    }
}
