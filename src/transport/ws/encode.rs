//! Messages to masked frames: RFC 6455 sections 5.2 and 5.3, one binary frame a message [MQTT-6.0.0-1].
//!
//! Frames are built a portion at a time, and the next portion only when the one before is sent: a message of any length
//! takes little memory. Bytes count as taken when their portion is out, so that the caller goes on offering them until
//! then; that is how a socket behaves which is slow, and nobody above needs to know more.

use std::io::IoSlice;

use super::frame::{BINARY, CLOSE, Control, FIN, LENGTH_16, LENGTH_64, MASKED};
use super::mask::{self, Key};
use crate::error::{Error, Result};

/// A portion is sent when it has so many bytes of the caller's.
pub(super) const PORTION: usize = 64 * 1024;
/// A buffer that grew beyond this is given back once it is sent.
const KEEP: usize = 4096;
/// So many bytes of a message are shown to [`MessageLen`].
const START: usize = 8;

/// Tells from its first bytes, at most eight, how long a message is; `None` if they are too few to say.
pub type MessageLen = fn(&[u8]) -> Option<usize>;

/// The sending half of a WebSocket.
#[derive(Debug)]
pub struct Encoder {
    message_len: MessageLen,
    /// The frame whose payload is not complete.
    open: Option<Open>,
    /// Frames on their way out, and how much of them is sent.
    out: Vec<u8>,
    sent: usize,
    /// How many bytes of the caller's are in `out`.
    taken: usize,
    /// Waits for the end of the frame that is open.
    control: Option<Control>,
    closed: bool,
}

#[derive(Debug)]
struct Open {
    key: Key,
    at: u64,
    left: usize,
}

impl Encoder {
    /// Nothing sent yet. Messages are told apart by `message_len`.
    pub fn new(message_len: MessageLen) -> Encoder {
        Encoder {
            message_len,
            open: None,
            out: Vec::new(),
            sent: 0,
            taken: 0,
            control: None,
            closed: false,
        }
    }

    /// Sends a control frame as soon as a frame may begin, in place of an earlier one that still waits. After a close frame
    /// nothing more is sent.
    pub fn control(&mut self, frame: Control) {
        if self.control.is_none_or(|waiting| waiting.opcode() != CLOSE) {
            self.control = Some(frame);
        }
    }

    /// Whether something waits that is not the caller's.
    pub fn has_control(&self) -> bool {
        self.control.is_some() || self.taken == 0 && self.sent < self.out.len()
    }

    /// What is to be sent now. If nothing is left of it, the next portion of `slices` is made ready, each frame with a new
    /// key of `keys`; it stays empty only if there is nothing to send.
    ///
    /// The next call must offer the same bytes again, until [`Encoder::sent`] counts them as taken. Fails with `ConnLost`
    /// for messages behind a close frame, and as `keys` does.
    pub fn output(
        &mut self,
        slices: &[IoSlice<'_>],
        mut keys: impl FnMut() -> Result<Key>,
    ) -> Result<&[u8]> {
        if self.sent == self.out.len() {
            self.fill(Cursor::new(slices), &mut keys)?;
        }
        Ok(self.out.get(self.sent..).unwrap_or_default())
    }

    /// So many bytes of [`Encoder::output`] were sent. The answer is how many of the caller's bytes are taken thereby.
    pub fn sent(&mut self, count: usize) -> usize {
        self.sent = (self.sent + count).min(self.out.len());
        if self.sent < self.out.len() {
            return 0;
        }
        self.out.clear();
        if self.out.capacity() > KEEP {
            self.out = Vec::new();
        }
        self.sent = 0;
        core::mem::take(&mut self.taken)
    }

    fn fill(&mut self, mut from: Cursor<'_>, keys: &mut impl FnMut() -> Result<Key>) -> Result<()> {
        self.out.clear();
        self.sent = 0;
        self.taken = 0;
        while self.taken < PORTION {
            if let (None, Some(frame)) = (&self.open, self.control) {
                self.append_control(&frame, keys()?);
                self.control = None;
                self.closed |= frame.opcode() == CLOSE;
            }
            if from.is_empty() {
                break;
            }
            if self.closed {
                return if self.out.is_empty() { Err(Error::ConnLost) } else { Ok(()) };
            }
            let mut open = match self.open.take() {
                Some(open) => open,
                None => {
                    let (start, available) = from.peek();
                    let len = (self.message_len)(start.as_slice()).filter(|len| *len > 0);
                    let left = len.unwrap_or(available);
                    let key = keys()?;
                    self.append_header(BINARY, left, key);
                    Open { key, at: 0, left }
                }
            };
            self.append_payload(&mut from, &mut open);
            if open.left > 0 {
                self.open = Some(open);
            }
        }
        Ok(())
    }

    fn append_header(&mut self, opcode: u8, len: usize, key: Key) {
        self.out.push(FIN | opcode);
        match (u8::try_from(len), u16::try_from(len)) {
            (Ok(len), _) if len < LENGTH_16 => self.out.push(MASKED | len),
            (_, Ok(len)) => {
                self.out.push(MASKED | LENGTH_16);
                self.out.extend_from_slice(&len.to_be_bytes());
            }
            _ => {
                self.out.push(MASKED | LENGTH_64);
                self.out.extend_from_slice(&(len as u64).to_be_bytes());
            }
        }
        self.out.extend_from_slice(&key);
    }

    fn append_control(&mut self, frame: &Control, key: Key) {
        self.append_header(frame.opcode(), frame.payload().len(), key);
        self.append_masked(frame.payload(), key, 0);
    }

    /// Appends payload of the open frame until it is complete or the portion is.
    fn append_payload(&mut self, from: &mut Cursor<'_>, open: &mut Open) {
        while open.left > 0 && self.taken < PORTION {
            let part = from.take(open.left.min(PORTION - self.taken));
            if part.is_empty() {
                return;
            }
            self.append_masked(part, open.key, open.at);
            open.at += part.len() as u64;
            open.left -= part.len();
            self.taken += part.len();
        }
    }

    fn append_masked(&mut self, bytes: &[u8], key: Key, at: u64) {
        let start = self.out.len();
        self.out.extend_from_slice(bytes);
        mask::apply(key, at, self.out.get_mut(start..).unwrap_or_default());
    }
}

/// Goes through slices as if they were one.
struct Cursor<'a> {
    current: &'a [u8],
    slices: core::slice::Iter<'a, IoSlice<'a>>,
}

/// The first bytes of a message.
struct Start {
    bytes: [u8; START],
    len: usize,
}

impl Start {
    fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl<'a> Cursor<'a> {
    fn new(slices: &'a [IoSlice<'a>]) -> Cursor<'a> {
        Cursor { current: &[], slices: slices.iter() }
    }

    fn is_empty(&mut self) -> bool {
        while self.current.is_empty() {
            let Some(next) = self.slices.next() else { return true };
            self.current = next;
        }
        false
    }

    /// The next bytes and how many there are in all.
    fn peek(&self) -> (Start, usize) {
        let mut start = Start { bytes: [0; START], len: 0 };
        let parts = || core::iter::once(self.current).chain(self.slices.clone().map(|s| &**s));
        for (to, from) in start.bytes.iter_mut().zip(parts().flatten()) {
            *to = *from;
            start.len += 1;
        }
        (start, parts().map(<[u8]>::len).sum())
    }

    /// Up to `count` bytes, none only at the end.
    fn take(&mut self, count: usize) -> &'a [u8] {
        if self.is_empty() {
            return &[];
        }
        let (part, rest) = self.current.split_at(count.min(self.current.len()));
        self.current = rest;
        part
    }
}
