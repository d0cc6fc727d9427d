//! The read buffer of a connection: packets are handled, and messages handed to the program, where they were read.
//!
//! Memory never grows ahead of data: a buffer doubles only when it is full. A client without unfinished input has none:
//! buffers wait in a small store of the thread that reads.

use core::cell::RefCell;

use crate::protocol::frame::{self, Frame};

/// Bytes read at once.
const SIZE: usize = 64 * 1024;
/// A packet larger than this is read into a buffer of its own, which is not kept.
const KEEP: usize = 256 * 1024;

thread_local! {
    /// A buffer for whichever client of this thread reads next.
    static SPARE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Bytes received and not handled yet, with room for more. One byte behind the last one is always free.
#[derive(Debug, Default)]
pub struct Input {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// The byte behind the payload of the message that the program sees, replaced by NUL meanwhile.
    held: Option<(usize, u8)>,
}

impl Input {
    /// A buffer to read into and the place where to begin; give it back with [`Input::filled`].
    pub fn room(&mut self) -> (Vec<u8>, usize) {
        self.restore();
        if self.buffer.is_empty() {
            self.buffer = SPARE.take();
            if self.buffer.is_empty() {
                self.buffer = vec![0; SIZE];
            }
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end + 1 == self.buffer.len() {
            self.grow();
        }
        (core::mem::take(&mut self.buffer), self.end)
    }

    /// Takes the buffer of [`Input::room`] back, with so many bytes more.
    pub fn filled(&mut self, buffer: Vec<u8>, more: usize) {
        self.buffer = buffer;
        self.end += more;
    }

    /// Doubles the buffer, not beyond what the packet at its start needs.
    fn grow(&mut self) {
        let wanted = match frame::split(self.unread(), frame::NO_LIMIT) {
            Ok(Frame::Partial { len }) => (len + 1).max(SIZE),
            _ => usize::MAX,
        };
        let size = (self.buffer.len() * 2).min(wanted).max(self.end + 2);
        // Fresh memory comes zeroed from the system; growing in place would write every byte once more.
        let mut buffer = vec![0; size];
        if let (Some(to), Some(from)) = (buffer.get_mut(..self.end), self.buffer.get(..self.end)) {
            to.copy_from_slice(from);
        }
        self.buffer = buffer;
    }

    /// What has been received and not handled.
    pub fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The first `len` unread bytes are handled. They stay where they are until [`Input::room`] is called.
    pub fn consume(&mut self, len: usize) -> Consumed<'_> {
        self.start = (self.start + len).min(self.end);
        self.last_consumed(len)
    }

    /// The packet of `len` bytes that was consumed last.
    pub fn last_consumed(&mut self, len: usize) -> Consumed<'_> {
        let start = self.start.saturating_sub(len);
        Consumed { input: self, start }
    }

    /// Puts back the byte that a handler call needed to be NUL.
    pub fn restore(&mut self) {
        if let Some((place, byte)) = self.held.take() {
            if let Some(there) = self.buffer.get_mut(place) {
                *there = byte;
            }
        }
    }

    /// Gives the buffer to the thread's store if there is nothing in it.
    pub fn rest(&mut self) {
        self.restore();
        if self.start == self.end {
            let buffer = core::mem::take(&mut self.buffer);
            *self = Input::default();
            if (1..=KEEP).contains(&buffer.len()) {
                SPARE.set(buffer);
            }
        }
    }

    /// Whether there is something to handle: a whole packet, or what is none. Not while a handler call looks at the input.
    pub fn has_packet(&self) -> bool {
        matches!(frame::split(self.unread(), frame::NO_LIMIT), Ok(Frame::Complete { .. }) | Err(_))
    }

    /// Forgets everything: the connection is gone.
    pub fn clear(&mut self) {
        self.start = self.end;
        self.rest();
    }

    /// Forgets everything but leaves the memory as it is, for a handler call that looks at it.
    pub fn discard(&mut self) {
        self.start = self.end;
        self.held = None;
    }

    /// Leaves the buffer to a handler call that still looks at it, and goes on with a copy of what is unread.
    pub fn park(&mut self) -> Vec<u8> {
        let mut unread = self.unread().to_vec();
        if let (Some((place, byte)), Some(first)) = (self.held, unread.first_mut()) {
            if place == self.start {
                *first = byte;
            }
        }
        let end = unread.len();
        unread.resize(end.max(SIZE) + 1, 0);
        let next = Input { buffer: unread, start: 0, end, held: None };
        core::mem::replace(self, next).buffer
    }
}

/// A packet that was handled, still in the buffer.
pub struct Consumed<'a> {
    input: &'a mut Input,
    start: usize,
}

impl Consumed<'_> {
    /// Bytes of the packet, at a range that its decoder answered.
    pub fn bytes(&self, range: &core::ops::Range<usize>) -> &[u8] {
        self.input.buffer.get(self.start + range.start..self.start + range.end).unwrap_or_default()
    }

    /// Ends the topic with NUL: moves it one byte down, over its length. Answers where it is now.
    pub fn terminate_topic(&mut self, range: &core::ops::Range<usize>) -> &[u8] {
        let (start, end) = (self.start + range.start, self.start + range.end);
        if start == 0 || end > self.input.buffer.len() || start > end {
            return &[];
        }
        self.input.buffer.copy_within(start..end, start - 1);
        if let Some(last) = self.input.buffer.get_mut(end - 1) {
            *last = 0;
        }
        self.input.buffer.get(start - 1..end - 1).unwrap_or_default()
    }

    /// Puts NUL behind the packet, until [`Input::restore`].
    pub fn terminate_payload(&mut self, end: usize) {
        let place = self.start + end;
        if let Some(there) = self.input.buffer.get_mut(place) {
            self.input.held = Some((place, core::mem::take(there)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(input: &mut Input, bytes: &[u8]) {
        for chunk in bytes.chunks(1000) {
            let (mut buffer, at) = input.room();
            assert!(buffer.len() > at + 1, "no room for a byte and a NUL");
            let fits = chunk.len().min(buffer.len() - at - 1);
            buffer[at..at + fits].copy_from_slice(&chunk[..fits]);
            input.filled(buffer, fits);
            if fits < chunk.len() {
                feed(input, &chunk[fits..]);
            }
        }
    }

    #[test]
    fn messages_are_terminated_in_place_and_nothing_is_lost() {
        let packet = b"\x30\x05\0\x01thi";
        let mut input = Input::default();
        feed(&mut input, &packet.repeat(3));
        for round in 0..3 {
            input.restore();
            assert!(input.unread().starts_with(packet), "round {round}");
            let mut consumed = input.consume(packet.len());
            assert_eq!(consumed.terminate_topic(&(4..5)), b"t");
            consumed.terminate_payload(7);
            assert_eq!(consumed.bytes(&(3..8)), b"t\0hi\0");
        }
        input.rest();
        assert!(input.buffer.is_empty());
    }

    #[test]
    fn memory_follows_the_data() {
        let mut input = Input::default();
        feed(&mut input, &[0x30, 0xff, 0xff, 0xff, 0x7f]);
        assert_eq!(input.buffer.len(), SIZE, "256 MB announced, nothing taken");
        feed(&mut input, &vec![7; 3 * SIZE]);
        assert_eq!(input.unread().len(), 3 * SIZE + 5);
        assert!(input.buffer.len() <= 4 * SIZE);
        input.clear();
        assert!(input.unread().is_empty());
    }

    #[test]
    fn a_buffer_that_is_away_while_everything_is_forgotten_leaves_nothing_behind() {
        let mut input = Input::default();
        feed(&mut input, &[0x30, 0xff, 0xff, 0xff, 0x7f]);
        feed(&mut input, &vec![7; 3 * SIZE]);
        let away = input.room();
        input.discard();
        drop(away);
        input.rest();
        feed(&mut input, b"\xd0\0");
        assert_eq!(input.unread(), b"\xd0\0");
        assert!(input.has_packet());
    }

    #[test]
    fn a_parked_buffer_stays_and_the_rest_goes_on() {
        let mut input = Input::default();
        feed(&mut input, b"\x30\x05\0\x01thi\xd0\0");
        input.consume(7).terminate_payload(7);
        let parked = input.park();
        assert_eq!((&parked[5..8], input.unread()), (&b"hi\0"[..], &b"\xd0\0"[..]));
    }
}
