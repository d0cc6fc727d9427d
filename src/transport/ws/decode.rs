//! Frames of the server to payload: RFC 6455 section 5.2, in place and without memory of its own.
//!
//! The payload of binary and continuation frames becomes one stream of bytes, moved together at the start of the buffer
//! in which the frames lie. Control frames are answered as RFC 6455 section 5.5 says.
//!
//! More is accepted than a strict reading allows, as in the reference: masked frames, lengths in longer form than
//! necessary, continuations of nothing. Brokers in use send such things, and the payload is clear all the same.

use super::frame::{
    BINARY, CLOSE, CONTINUATION, Control, FIN, Fault, LENGTH, LENGTH_16, LENGTH_64, MASKED,
    MAX_CONTROL, OPCODE, PING, PONG, RESERVED, TEXT,
};
use super::mask::{self, Key};

/// Two bytes, a length of eight, a mask of four.
const MAX_HEADER: usize = 14;

/// The receiving half of a WebSocket.
#[derive(Debug)]
pub struct Decoder {
    state: State,
    reply: Option<Control>,
    end: Option<End>,
}

/// Why a WebSocket has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The server has said that it sends no more.
    Closed,
    /// The server broke the rules.
    Broken(Fault),
}

#[derive(Debug)]
enum State {
    /// Between frames or in the header of one.
    Header { bytes: [u8; MAX_HEADER], have: usize },
    /// In the payload of a data frame.
    Data { left: u64, mask: Option<Key>, at: u64 },
    /// In the payload of a control frame.
    Control { frame: Control, left: usize, mask: Option<Key> },
}

const BETWEEN: State = State::Header { bytes: [0; MAX_HEADER], have: 0 };

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder { state: BETWEEN, reply: None, end: None }
    }
}

impl Decoder {
    /// Decodes all of `buffer` in place; the answer is how many bytes of payload now stand at its start.
    ///
    /// Nothing more comes out once there is an [`Decoder::end`]; what came before it does.
    pub fn decode(&mut self, buffer: &mut [u8]) -> usize {
        let (mut from, mut to) = (0, 0);
        while self.end.is_none() && from < buffer.len() {
            match &mut self.state {
                State::Header { bytes, have } => {
                    for (slot, byte) in
                        bytes.iter_mut().skip(*have).zip(buffer.iter().skip(from)).take(1)
                    {
                        *slot = *byte;
                    }
                    from += 1;
                    *have += 1;
                    match header(bytes, *have) {
                        Ok(Some(next)) => self.enter(next),
                        Ok(None) => {}
                        Err(fault) => {
                            self.reply = Some(fault.reply());
                            self.end = Some(End::Broken(fault));
                        }
                    }
                }
                State::Data { left, mask, at } => {
                    let here = buffer.len() - from;
                    let count = usize::try_from(*left).map_or(here, |left| left.min(here));
                    buffer.copy_within(from..from + count, to);
                    if let (Some(mask), Some(payload)) = (*mask, buffer.get_mut(to..to + count)) {
                        mask::apply(mask, *at, payload);
                    }
                    from += count;
                    to += count;
                    *at += count as u64;
                    *left -= count as u64;
                    if *left == 0 {
                        self.state = BETWEEN;
                    }
                }
                State::Control { frame, left, mask } => {
                    let payload = buffer.get(from..).unwrap_or_default();
                    let payload = payload.get(..*left).unwrap_or(payload);
                    frame.extend(payload);
                    from += payload.len();
                    *left -= payload.len();
                    if *left == 0 {
                        if let Some(mask) = *mask {
                            frame.unmask(mask);
                        }
                        let frame = *frame;
                        self.control(&frame);
                    }
                }
            }
        }
        to
    }

    /// A control frame to send: the answer to the last ping, or to the end. It is to be asked for after every
    /// [`Decoder::decode`]; of several pings in one go only the last needs an answer (RFC 6455 section 5.5.3).
    pub fn take_reply(&mut self) -> Option<Control> {
        self.reply.take()
    }

    /// Whether and why nothing more will come.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// A header is complete.
    fn enter(&mut self, state: State) {
        match state {
            State::Data { left: 0, .. } => self.state = BETWEEN,
            State::Control { frame, left: 0, .. } => self.control(&frame),
            state => self.state = state,
        }
    }

    /// A control frame is complete.
    fn control(&mut self, frame: &Control) {
        self.state = BETWEEN;
        if let Some(reply) = frame.reply() {
            self.reply = Some(reply);
        }
        if frame.opcode() == CLOSE {
            self.end = Some(End::Closed);
        }
    }
}

/// Looks at the first `have` bytes of a header: what follows it if it is complete. Faults show as early as they can.
fn header(bytes: &[u8; MAX_HEADER], have: usize) -> Result<Option<State>, Fault> {
    let [first, second, rest @ ..] = bytes;
    let opcode = first & OPCODE;
    let control = match opcode {
        CONTINUATION | BINARY => false,
        CLOSE | PING | PONG => true,
        TEXT => return Err(Fault::Text),
        other => return Err(Fault::Opcode(other)),
    };
    if first & RESERVED != 0 {
        return Err(Fault::Reserved);
    }
    if control && first & FIN == 0 {
        return Err(Fault::Control);
    }
    if have < 2 {
        return Ok(None);
    }
    let short = second & LENGTH;
    if control && usize::from(short) > MAX_CONTROL {
        return Err(Fault::Control);
    }
    if opcode == CLOSE && short == 1 {
        return Err(Fault::Close);
    }
    let extended = match short {
        LENGTH_16 => 2,
        LENGTH_64 => 8,
        _ => 0,
    };
    let (extended, rest) = rest.split_at(extended);
    if have < 2 + extended.len() {
        return Ok(None);
    }
    let length = extended.iter().fold(0, |length: u64, &byte| length << 8 | u64::from(byte));
    let left = if extended.is_empty() { u64::from(short) } else { length };
    if left > u64::MAX >> 1 {
        return Err(Fault::Length);
    }
    let masked = second & MASKED != 0;
    if masked && have < 2 + extended.len() + size_of::<Key>() {
        return Ok(None);
    }
    let mask = rest.first_chunk().copied().filter(|_| masked);
    Ok(Some(if control {
        State::Control { frame: Control::new(opcode), left: usize::from(short), mask }
    } else {
        State::Data { left, mask, at: 0 }
    }))
}
