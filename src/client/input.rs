//! The read buffer of a connection: packets are handled, and messages handed to the program, where they were read.
//!
//! A packet is moved once at most, and one larger than a usual read not at all while such packets follow each other: then
//! each read ends where the packet ends, so that the next one begins where the buffer does.
//!
//! Memory never grows much ahead of data: for a packet that was only announced a buffer grows when it is full. A client
//! without unfinished input has none: buffers wait in a small store for all. Only the buffer of a packet
//! larger than those is kept by the client itself, for the next one, until [`Input::release`] or until small packets
//! come.

use core::num::NonZeroUsize;
use core::ops::Range;

use crate::protocol::frame::{self, Frame};
use crate::sync::Mutex;

/// Bytes of a usual buffer. The system gives it memory as far as it is filled.
const SIZE: usize = 256 * 1024;
/// How much a larger buffer is larger than the one before it.
const GROWTH: usize = 4;
/// The start of a packet that is shorter than this is moved to the start of the buffer rather than that less is read.
const SHORT: usize = 16 * 1024;
/// So many reads without a large packet, and a large buffer is given up.
const SMALL_READS: u8 = 64;

/// So many buffers are kept for later: as many threads can read in turn without asking for memory.
const SPARES: usize = 8;

/// Buffers for whichever clients read next. Never waited for: in the child of a fork nobody might give the lock back.
static SPARE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

fn take_spare() -> Vec<u8> {
    SPARE.try_lock().and_then(|mut spare| spare.pop()).unwrap_or_else(|| vec![0; SIZE])
}

fn keep_spare(buffer: Vec<u8>) {
    if let Some(mut spare) = SPARE.try_lock().filter(|spare| spare.len() < SPARES) {
        spare.push(buffer);
    }
}

/// Bytes received and not handled yet, with room for more. One byte behind the last one is always free.
#[derive(Debug, Default)]
pub struct Input {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// The byte behind the payload of the message that the program sees, replaced by NUL meanwhile.
    held: Option<(NonZeroUsize, u8)>,
    /// Bytes of the packet handled last.
    last: usize,
    /// Reads since a large packet was handled, as long as `buffer` is a large one.
    small_reads: u8,
}

impl Input {
    /// A buffer and what of it to read into; give it back with [`Input::filled`].
    pub fn room(&mut self) -> (Vec<u8>, Range<usize>) {
        self.restore();
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.give_up_large();
        }
        if self.buffer.is_empty() {
            self.buffer = take_spare();
        }
        let unread = self.end - self.start;
        let packet = match frame::split(self.unread(), frame::NO_LIMIT) {
            Ok(Frame::Partial { len }) => len,
            _ => 0,
        };
        if unread < SHORT || self.start + packet >= self.buffer.len() {
            self.move_to_start();
        }
        if self.end + 1 >= self.buffer.len() {
            self.grow(packet);
        }
        let (last, packet_end) = (self.buffer.len() - 1, self.start + packet);
        let to = match unread {
            0 => self.usual(last),
            // Another packet like this one would not fit behind it.
            _ if packet_end > self.end && packet_end + packet > last => packet_end.min(last),
            _ => last,
        };
        (core::mem::take(&mut self.buffer), self.end..to)
    }

    /// How much of an empty buffer to read into: what ends with a packet, if they are all like the last one.
    fn usual(&self, most: usize) -> usize {
        let aim = SIZE.min(most);
        match aim.checked_div(self.last) {
            None => aim,
            Some(0) => self.last.min(most),
            Some(count) => count * self.last,
        }
    }

    /// Takes the buffer of [`Input::room`] back, with so many bytes more.
    pub fn filled(&mut self, buffer: Vec<u8>, more: usize) {
        self.buffer = buffer;
        self.end += more;
    }

    fn move_to_start(&mut self) {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
    }

    /// Makes the buffer larger, not beyond what the `packet` at its start needs, if that is known.
    fn grow(&mut self, packet: usize) {
        let wanted = if packet == 0 { usize::MAX } else { packet + 1 };
        let size = (self.buffer.len() * GROWTH).min(wanted).max(self.end + 2);
        // Fresh memory comes zeroed from the system; growing in place would write every byte once more.
        let mut buffer = vec![0; size];
        if let (Some(to), Some(from)) = (buffer.get_mut(..self.end), self.buffer.get(..self.end)) {
            to.copy_from_slice(from);
        }
        self.buffer = buffer;
    }

    /// Frees a large buffer that large packets no longer come for.
    fn give_up_large(&mut self) {
        if self.buffer.len() <= SIZE {
            return;
        }
        self.small_reads = if self.last > SIZE { 0 } else { self.small_reads.saturating_add(1) };
        if self.small_reads >= SMALL_READS {
            self.release();
        }
    }

    /// Whether there is memory for the next large packet, and nothing else in it.
    pub fn is_reserve(&self) -> bool {
        self.start == self.end && self.buffer.len() > SIZE
    }

    /// Frees that memory.
    pub fn release(&mut self) {
        if self.is_reserve() {
            *self = Input::default();
        }
    }

    /// What has been received and not handled.
    #[inline]
    pub fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The first `len` unread bytes are handled. They stay where they are until [`Input::room`] is called.
    #[inline]
    pub fn consume(&mut self, len: usize) -> Consumed<'_> {
        let start = self.start;
        self.start = self.end.min(start + len);
        self.last = len;
        self.between(start, self.start)
    }

    /// All unread bytes are handled.
    pub fn skip(&mut self) {
        self.start = self.end;
    }

    /// The packet of `len` bytes that was consumed last.
    #[inline]
    pub fn last_consumed(&mut self, len: usize) -> Consumed<'_> {
        self.between(self.start.saturating_sub(len), self.start)
    }

    #[inline]
    fn between(&mut self, start: usize, end: usize) -> Consumed<'_> {
        let packet = self.buffer.get_mut(start..end + 1).unwrap_or_default();
        Consumed { packet, behind: Behind { place: end, held: &mut self.held } }
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

    /// Gives the buffer to the store if there is nothing in it and it is not kept for large packets.
    pub fn rest(&mut self) {
        self.restore();
        if self.start < self.end || self.is_reserve() && self.small_reads < SMALL_READS {
            return;
        }
        let buffer = core::mem::take(&mut self.buffer);
        *self = Input { last: self.last, ..Input::default() };
        if (1..=SIZE).contains(&buffer.len()) {
            keep_spare(buffer);
        }
    }

    /// Whether there is something to handle: a whole packet, or what is none. Not while a handler call looks at the input.
    pub fn has_packet(&self) -> bool {
        matches!(frame::split(self.unread(), frame::NO_LIMIT), Ok(Frame::Complete { .. }) | Err(_))
    }

    /// Forgets everything: the connection is gone.
    pub fn clear(&mut self) {
        self.discard();
        self.rest();
    }

    /// Forgets everything but leaves the memory as it is, for a handler call that looks at it.
    pub fn discard(&mut self) {
        self.start = self.end;
        self.held = None;
        self.last = 0;
        self.small_reads = SMALL_READS;
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
        if end > 0 {
            unread.resize(end.max(SIZE) + 1, 0);
        }
        let next = Input { buffer: unread, end, ..Input::default() };
        core::mem::replace(self, next).buffer
    }
}

/// A packet that was handled, still in the buffer.
pub struct Consumed<'a> {
    /// The packet and the byte behind it.
    packet: &'a mut [u8],
    behind: Behind<'a>,
}

/// The byte behind a packet.
pub struct Behind<'a> {
    /// Where in the buffer it stands.
    place: usize,
    held: &'a mut Option<(NonZeroUsize, u8)>,
}

impl<'a> Consumed<'a> {
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

    /// What follows the fixed header of so many bytes, and the byte behind the packet.
    #[inline]
    pub fn body(self, header: usize) -> (&'a mut [u8], Behind<'a>) {
        (self.packet.get_mut(header..).unwrap_or_default(), self.behind)
    }

    /// [`terminate_topic`] of the topic at this range.
    pub fn terminate_topic(&mut self, range: &Range<usize>) -> &[u8] {
        let start = range.start.saturating_sub(2);
        terminate_topic(self.packet.get_mut(start..range.end).unwrap_or_default())
    }

    /// [`Behind::terminate_payload`] of the payload that begins here.
    pub fn terminate_payload(&mut self, start: usize) -> &[u8] {
        self.behind.terminate_payload(self.packet.get_mut(start..).unwrap_or_default())
    }
}

impl Behind<'_> {
    /// Puts NUL behind the payload, with which the packet ends, until [`Input::restore`]; not if it is empty. `payload`
    /// includes this byte.
    #[inline]
    pub fn terminate_payload<'p>(&mut self, payload: &'p mut [u8]) -> &'p [u8] {
        match payload.split_last_mut() {
            None | Some((_, [])) => &[],
            Some((behind, payload)) => {
                *self.held = NonZeroUsize::new(self.place).map(|place| (place, *behind));
                *behind = 0;
                payload
            }
        }
    }
}

/// Ends a topic with NUL: moves it one byte down, over its length, with whose two bytes `topic` begins. Answers where it is
/// now.
#[inline]
pub fn terminate_topic(topic: &mut [u8]) -> &[u8] {
    let [_, place @ ..] = topic else { return &[] };
    if place.is_empty() {
        return &[];
    }
    place.copy_within(1.., 0);
    let Some((last, topic)) = place.split_last_mut() else { return &[] };
    *last = 0;
    topic
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(input: &mut Input, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (mut buffer, room) = input.room();
            assert!(buffer.len() > room.end && !room.is_empty(), "no room for a byte and a NUL");
            let fits = bytes.len().min(room.len()).min(1000);
            let (now, later) = bytes.split_at(fits);
            buffer[room.start..][..fits].copy_from_slice(now);
            input.filled(buffer, fits);
            bytes = later;
        }
    }

    /// A PUBLISH of so many bytes.
    fn packet(len: usize) -> Vec<u8> {
        let mut packet = vec![0x30];
        crate::protocol::primitive::put_varint(&mut packet, (len - 4) as u32);
        packet.resize(len, 7);
        packet
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
        assert!(input.buffer.len() <= GROWTH * SIZE);
        input.clear();
        assert!(input.unread().is_empty() && input.buffer.is_empty());
    }

    #[test]
    fn reads_end_where_packets_end_if_they_are_all_alike() {
        for (len, room) in [
            (SIZE / 2, SIZE / 2), // two would not leave a byte free
            (100, SIZE / 100 * 100),
            (SIZE - 1, SIZE - 1),
            (3 * SIZE, 3 * SIZE),
        ] {
            let packet = packet(len);
            let mut input = Input::default();
            for round in 0..3 {
                feed(&mut input, &packet);
                assert_eq!(input.unread(), packet, "{len} {round}");
                input.consume(len);
                assert_eq!(input.room().1, 0..room, "{len} {round}");
            }
        }
    }

    #[test]
    fn a_large_packet_is_read_alone_if_a_second_would_not_fit() {
        let large = packet(SIZE - 1000);
        let mut input = Input::default();
        feed(&mut input, &large[..20_000]);
        assert_eq!(input.room().1, 20_000..large.len());
        let mut input = Input::default();
        feed(&mut input, &packet(5000)[..2000]);
        assert_eq!(input.room().1, 2000..SIZE - 1);
    }

    #[test]
    fn a_large_buffer_stays_for_large_packets_only() {
        let (large, small) = (packet(2 * SIZE), packet(100));
        let handle = |input: &mut Input, packet: &[u8]| {
            feed(input, packet);
            assert_eq!(input.unread(), packet);
            input.consume(packet.len());
            input.rest();
        };
        let mut input = Input::default();
        handle(&mut input, &large);
        let place = input.buffer.as_ptr();
        for _ in 0..3 {
            assert!(input.is_reserve());
            handle(&mut input, &small);
            handle(&mut input, &large);
            assert_eq!(input.buffer.as_ptr(), place, "used again");
        }
        for _ in 0..=SMALL_READS {
            handle(&mut input, &small);
        }
        assert!(!input.is_reserve());
        let ends: [fn(&mut Input); 2] = [Input::release, Input::clear];
        for end in ends {
            handle(&mut input, &large);
            end(&mut input);
            assert!(input.buffer.is_empty());
        }
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
