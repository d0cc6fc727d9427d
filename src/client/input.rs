//! The read buffer of a connection: packets are handled, and messages handed to the program, where they were read.
//!
//! Memory never grows ahead of data: a buffer doubles only when it is full. A client without unfinished input has none:
//! buffers wait in a small store of the thread that reads.

use core::cell::RefCell;
use core::num::NonZeroUsize;
use core::ops::Range;

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
    held: Option<(NonZeroUsize, u8)>,
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
    #[inline]
    pub fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The first `len` unread bytes are handled. They stay where they are until [`Input::room`] is called.
    #[inline]
    pub fn consume(&mut self, len: usize) -> Consumed<'_> {
        let end = (self.start + len).min(self.end);
        let packet = self.buffer.get_mut(self.start..end + 1).unwrap_or_default();
        self.start = end;
        Consumed { packet, end, held: &mut self.held }
    }

    /// Puts back the byte that a handler call needed to be NUL.
    #[inline]
    pub fn restore(&mut self) {
        let Some((place, byte)) = self.held else { return };
        self.held = None;
        if let Some(there) = self.buffer.get_mut(place.get()) {
            *there = byte;
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
            if place.get() == self.start {
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
    /// The packet and the byte behind it.
    packet: &'a mut [u8],
    /// Where that stands in the buffer.
    end: usize,
    held: &'a mut Option<(NonZeroUsize, u8)>,
}

impl Consumed<'_> {
    /// The packet.
    #[inline]
    pub fn packet(&self) -> &[u8] {
        self.packet.split_last().map_or(&[], |(_, packet)| packet)
    }

    /// Bytes of the packet, at a range that its decoder answered.
    #[inline]
    pub fn bytes(&self, range: &Range<usize>) -> &[u8] {
        self.packet.get(range.clone()).unwrap_or_default()
    }

    /// Ends the topic with NUL: moves it one byte down, over its length. Answers where it is now.
    #[inline]
    pub fn terminate_topic(&mut self, range: &Range<usize>) -> &[u8] {
        let place =
            range.start.checked_sub(1).and_then(|start| self.packet.get_mut(start..range.end));
        let Some(place @ [_, ..]) = place else { return &[] };
        place.copy_within(1.., 0);
        let Some((last, topic)) = place.split_last_mut() else { return &[] };
        *last = 0;
        topic
    }

    /// Puts NUL behind the payload, with which the packet ends, until [`Input::restore`]; not if it is empty.
    #[inline]
    pub fn terminate_payload(&mut self, start: usize) -> &[u8] {
        let payload = self.packet.get_mut(start..).and_then(<[u8]>::split_last_mut);
        match payload {
            None | Some((_, [])) => &[],
            Some((behind, payload)) => {
                *self.held = NonZeroUsize::new(self.end).map(|place| (place, *behind));
                *behind = 0;
                payload
            }
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
            assert_eq!(consumed.terminate_payload(5), b"hi");
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
        input.consume(7).terminate_payload(5);
        let parked = input.park();
        assert_eq!((&parked[5..8], input.unread()), (&b"hi\0"[..], &b"\xd0\0"[..]));
    }
}
