//! Bytes on their way to the server, in the order in which the session made them.
//!
//! Small packets are gathered in one buffer, large ones referred to, so that whoever writes takes everything there is at
//! once and hands it to the system in one call. Offsets count the bytes of one connection from 0.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::Arc;

use super::lazy::{Lazy, empty};
use super::stored::Stored;
use crate::error::{Error, Result};

/// A buffer that grew beyond this is given back once it has been written.
const KEEP_CAPACITY: usize = 256 * 1024;

/// Bytes in order: a buffer with large packets in between.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    /// How much of `bytes` is written.
    position: usize,
    large: Lazy<LargePackets>,
}

/// The large packets of a batch.
#[derive(Debug)]
struct LargePackets {
    queue: VecDeque<Large>,
    /// How much of the first one is written.
    position: usize,
}

empty!(LargePackets);

impl LargePackets {
    const fn new() -> Self {
        LargePackets { queue: VecDeque::new(), position: 0 }
    }
}

/// A packet that stands before `bytes[at]`.
#[derive(Debug)]
struct Large {
    at: usize,
    packet: Arc<Vec<u8>>,
}

impl Batch {
    /// Whether everything is written.
    pub fn is_empty(&self) -> bool {
        self.position == self.bytes.len() && self.large.is_none()
    }

    /// What is to be written next, and then `payload`, as far as `slices` has room. The answer is the part of `slices` that
    /// was filled.
    pub fn gather<'a, 's>(
        &'a self,
        slices: &'s mut [IoSlice<'a>],
        payload: &'a [u8],
    ) -> &'s [IoSlice<'a>] {
        let (mut filled, room) = (0, slices.len());
        let mut put = |part: Option<&'a [u8]>| {
            if let (Some(part), Some(slot)) =
                (part.filter(|part| !part.is_empty()), slices.get_mut(filled))
            {
                *slot = IoSlice::new(part);
                filled += 1;
            }
        };
        let mut position = self.position;
        let mut large_position = self.large.position;
        // Each large packet comes with a slice of its own: what cannot have room need not be looked at.
        for large in self.large.queue.iter().take(room) {
            put(self.bytes.get(position..large.at));
            put(large.packet.get(large_position..));
            position = large.at;
            large_position = 0;
        }
        put(self.bytes.get(position..));
        put(Some(payload));
        slices.get(..filled).unwrap_or(&[])
    }

    /// So many bytes of [`Batch::gather`] were written. The answer is how many of them were of what stood behind the batch.
    pub fn advance(&mut self, mut written: usize) -> usize {
        while let Some(packets) = self.large.existing() {
            let Some(large) = packets.queue.front() else { break };
            let step = written.min(large.at - self.position);
            self.position += step;
            written -= step;
            let rest = large.packet.len() - packets.position;
            if self.position < large.at || written < rest {
                packets.position += written;
                return 0;
            }
            written -= rest;
            packets.position = 0;
            packets.queue.pop_front();
            if packets.queue.is_empty() {
                self.large.clear();
            }
        }
        let step = written.min(self.bytes.len() - self.position);
        self.position += step;
        if self.position == self.bytes.len() {
            self.clear();
        }
        written - step
    }

    /// Adds a large packet, or what is left of one.
    pub fn append(&mut self, packet: Arc<Vec<u8>>) {
        self.large.queue.push_back(Large { at: self.bytes.len(), packet });
    }

    /// Forgets what is left; the memory is kept for the next bytes unless it is much.
    pub fn clear(&mut self) {
        if self.bytes.capacity() > KEEP_CAPACITY {
            self.bytes = Vec::new();
        }
        self.bytes.clear();
        self.large.clear();
        self.position = 0;
    }
}

/// A QoS 0 PUBLISH whose last byte has this offset, for the callback when it is written.
#[derive(Debug, Clone, Copy)]
struct Mark {
    end: u64,
    mid: u16,
}

/// The output of one connection.
#[derive(Debug, Default)]
pub struct Output {
    waiting: Box<Batch>,
    appended: u64,
    written: u64,
    marks: VecDeque<Mark>,
    /// The number of the first mark: they are counted over all connections.
    first_mark: u64,
}

impl Output {
    /// A new connection: everything of the old one is dropped.
    pub fn reset(&mut self) {
        self.waiting.clear();
        self.first_mark += self.marks.len() as u64;
        self.marks.clear();
        self.appended = 0;
        self.written = 0;
    }

    /// Gives memory back that is for bytes to come.
    pub fn release_spare(&mut self) {
        if self.waiting.is_empty() {
            self.waiting.bytes = Vec::new();
        }
        if self.marks.is_empty() {
            self.marks = VecDeque::new();
        }
    }

    /// Whether nothing waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many small bytes wait to be taken.
    pub fn waiting(&self) -> usize {
        self.waiting.bytes.len()
    }

    /// The offset of the next byte.
    pub const fn appended(&self) -> u64 {
        self.appended
    }

    /// How many bytes the system has taken.
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// Whether the system has taken everything.
    #[inline]
    pub const fn is_written(&self) -> bool {
        self.appended == self.written
    }

    /// Takes the memory for `len` bytes more. Fails with `NoMem`.
    pub fn reserve(&mut self, len: usize) -> Result<()> {
        self.waiting.bytes.try_reserve(len).map_err(|_| Error::NoMem)
    }

    /// Appends what `encode` appends to the buffer.
    #[inline]
    pub fn append(&mut self, encode: impl FnOnce(&mut Vec<u8>)) {
        let before = self.waiting.bytes.len();
        encode(&mut self.waiting.bytes);
        self.appended += (self.waiting.bytes.len() - before) as u64;
    }

    /// Appends a stored PUBLISH.
    #[inline]
    pub fn append_stored(&mut self, packet: &Stored) {
        match packet {
            Stored::Small(packet) => self.append(|out| out.extend_from_slice(packet)),
            Stored::Large(packet) => {
                self.waiting.append(Arc::clone(packet));
                self.appended += packet.len() as u64;
            }
        }
    }

    /// The caller writes so many bytes himself, behind what was appended so far and before anything else is.
    pub fn leave_out(&mut self, bytes: usize) {
        self.appended += bytes as u64;
    }

    /// The packet just appended was QoS 0 PUBLISH `mid`.
    pub fn mark(&mut self, mid: u16) {
        self.marks.push_back(Mark { end: self.appended, mid });
    }

    /// Moves everything that waits into `batch`, which must be empty.
    pub fn take(&mut self, batch: &mut Box<Batch>) {
        debug_assert!(batch.is_empty());
        core::mem::swap(&mut self.waiting, batch);
    }

    /// The system took so many bytes more.
    pub fn wrote(&mut self, bytes: usize) {
        self.written += bytes as u64;
    }

    /// Whether [`Output::next_written`] has something.
    #[inline]
    pub fn has_written(&self) -> bool {
        self.marks.front().is_some_and(|mark| mark.end <= self.written)
    }

    /// The next QoS 0 PUBLISH that is completely written.
    pub fn next_written(&mut self) -> Option<u16> {
        let mark = *self.marks.front().filter(|mark| mark.end <= self.written)?;
        self.marks.pop_front();
        self.first_mark += 1;
        Some(mark.mid)
    }

    /// Looks at the next ones, as many as `mids` has room for: how many there are, and the number of the first. They stay
    /// until [`Output::forget_told`].
    pub fn written_next(&self, mids: &mut [u16]) -> (usize, u64) {
        let written = self.marks.iter().take_while(|mark| mark.end <= self.written);
        let count = written.zip(mids).map(|(mark, mid)| *mid = mark.mid).count();
        (count, self.first_mark)
    }

    /// The program has been told of all whose number is below `told`.
    pub fn forget_told(&mut self, told: u64) {
        let count = told.saturating_sub(self.first_mark).min(self.marks.len() as u64);
        self.marks.drain(..count as usize);
        self.first_mark += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the whole batch, `step` bytes at a time.
    fn drain(batch: &mut Batch, step: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while !batch.is_empty() {
            let mut slices = [IoSlice::new(&[]); 2];
            let chunk: Vec<u8> = batch
                .gather(&mut slices, &[])
                .iter()
                .flat_map(|slice| slice.iter().copied())
                .take(step)
                .collect();
            assert!(!chunk.is_empty());
            all.extend_from_slice(&chunk);
            assert_eq!(batch.advance(chunk.len()), 0);
        }
        all
    }

    #[test]
    fn order_is_kept_whatever_the_system_takes() {
        for step in 1..40 {
            let mut output = Output::default();
            let mut expected = Vec::new();
            for round in 0..4u8 {
                output.append(|out| out.extend_from_slice(&[round; 3]));
                expected.extend_from_slice(&[round; 3]);
                for _ in 0..round {
                    let packet = vec![100 + round; 7];
                    expected.extend_from_slice(&packet);
                    output.append_stored(&Stored::Large(Arc::new(packet)));
                }
            }
            let mut batch = Box::default();
            output.take(&mut batch);
            assert_eq!(drain(&mut batch, step), expected, "step {step}");
            assert!(output.is_empty() && batch.is_empty());
        }
    }

    #[test]
    fn spare_memory_goes_back_and_nothing_else() {
        let mut output = Output::default();
        output.append(|out| out.extend_from_slice(b"abc"));
        output.mark(1);
        output.release_spare();
        let mut batch = Box::default();
        output.take(&mut batch);
        assert_eq!(drain(&mut batch, 9), b"abc");
        output.wrote(3);
        output.release_spare();
        assert_eq!(output.next_written(), Some(1));
        output.take(&mut batch); // the buffer that was written
        output.release_spare();
        output.take(&mut batch);
        output.release_spare();
        assert_eq!((output.waiting.bytes.capacity(), output.marks.capacity()), (0, 0));
    }

    #[test]
    fn what_stands_behind_the_batch_is_told_from_it() {
        for written in 0..=5 {
            let mut output = Output::default();
            output.append(|out| out.extend_from_slice(b"abc"));
            let mut batch = Box::default();
            output.take(&mut batch);
            let mut slices = [IoSlice::new(&[]); 4];
            let all: Vec<_> = batch.gather(&mut slices, b"de").iter().map(|part| &**part).collect();
            assert_eq!(all.concat(), b"abcde");
            assert_eq!(batch.advance(written), written.saturating_sub(3));
            assert_eq!(drain(&mut batch, 9), b"abc"[written.min(3)..]);
        }
    }

    #[test]
    fn much_memory_is_given_back() {
        for (len, kept) in [(1000, true), (KEEP_CAPACITY + 1, false)] {
            let mut output = Output::default();
            output.append(|out| out.resize(len, 0));
            let mut batch = Box::default();
            output.take(&mut batch);
            assert_eq!(batch.advance(len), 0);
            assert_eq!((batch.is_empty(), batch.bytes.capacity() >= 1000), (true, kept));
        }
    }

    #[test]
    fn marks_come_when_their_last_byte_is_written() {
        let mut output = Output::default();
        output.append(|out| out.extend_from_slice(b"abc"));
        output.mark(1);
        output.append(|out| out.extend_from_slice(b"de"));
        output.mark(2);
        output.wrote(2);
        assert_eq!(output.next_written(), None);
        output.wrote(2);
        assert_eq!((output.next_written(), output.next_written()), (Some(1), None));
        output.wrote(1);
        assert_eq!(output.next_written(), Some(2));
    }

    #[test]
    fn marks_are_looked_at_and_forgotten_by_number() {
        let mut output = Output::default();
        for mid in 1..=5 {
            output.append(|out| out.push(0));
            output.mark(mid);
        }
        output.wrote(4);
        let mut mids = [0; 3];
        assert_eq!(output.written_next(&mut mids), (3, 0));
        assert_eq!(mids, [1, 2, 3]);
        output.forget_told(2);
        assert_eq!(output.written_next(&mut mids), (2, 2));
        assert_eq!(mids[..2], [3, 4]);
        assert_eq!(output.next_written(), Some(3));
        output.reset();
        output.forget_told(4);
        output.append(|out| out.push(0));
        output.mark(6);
        output.wrote(1);
        output.forget_told(5);
        assert_eq!(
            output.written_next(&mut mids),
            (1, 5),
            "what was told of an earlier connection"
        );
    }
}
