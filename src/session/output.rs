//! Bytes on their way to the server, in the order in which the session made them.
//!
//! Small packets are gathered in one buffer, large ones referred to, so that whoever writes takes everything there is at
//! once and hands it to the system in one call. Offsets count the bytes of one connection from 0.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::Arc;

use super::stored::Stored;

/// A buffer that grew beyond this is given back once it has been written.
const KEEP_CAPACITY: usize = 256 * 1024;

/// Bytes in order: a buffer with large packets in between.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    /// How much of `bytes` is written.
    position: usize,
    large: VecDeque<Large>,
    /// How much of the first large packet is written.
    large_position: usize,
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
        self.position == self.bytes.len() && self.large.is_empty()
    }

    /// What is to be written next, as far as `slices` has room. The answer is the part of `slices` that was filled.
    pub fn gather<'a, 's>(&'a self, slices: &'s mut [IoSlice<'a>]) -> &'s [IoSlice<'a>] {
        let mut filled = 0;
        let mut put = |part: Option<&'a [u8]>| {
            if let (Some(part), Some(slot)) =
                (part.filter(|part| !part.is_empty()), slices.get_mut(filled))
            {
                *slot = IoSlice::new(part);
                filled += 1;
            }
        };
        let mut position = self.position;
        let mut large_position = self.large_position;
        for large in &self.large {
            put(self.bytes.get(position..large.at));
            put(large.packet.get(large_position..));
            position = large.at;
            large_position = 0;
        }
        put(self.bytes.get(position..));
        slices.get(..filled).unwrap_or(&[])
    }

    /// So many bytes of [`Batch::gather`] were written.
    pub fn advance(&mut self, mut written: usize) {
        while let Some(large) = self.large.front() {
            let step = written.min(large.at - self.position);
            self.position += step;
            written -= step;
            let rest = large.packet.len() - self.large_position;
            if self.position < large.at || written < rest {
                self.large_position += written;
                return;
            }
            written -= rest;
            self.large_position = 0;
            self.large.pop_front();
        }
        self.position += written;
        if self.position == self.bytes.len() {
            self.clear();
        }
    }

    /// Forgets what is left; the memory is kept for the next bytes unless it is much.
    pub fn clear(&mut self) {
        if self.bytes.capacity() > KEEP_CAPACITY {
            self.bytes = Vec::new();
        }
        self.bytes.clear();
        self.large.clear();
        self.position = 0;
        self.large_position = 0;
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
}

impl Output {
    /// A new connection: everything of the old one is dropped.
    pub fn reset(&mut self) {
        self.waiting.clear();
        self.marks.clear();
        self.appended = 0;
        self.written = 0;
    }

    /// Whether nothing waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The offset of the next byte.
    pub const fn appended(&self) -> u64 {
        self.appended
    }

    /// How many bytes the system has taken.
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// Appends what `encode` appends to the buffer.
    pub fn append(&mut self, encode: impl FnOnce(&mut Vec<u8>)) {
        let before = self.waiting.bytes.len();
        encode(&mut self.waiting.bytes);
        self.appended += (self.waiting.bytes.len() - before) as u64;
    }

    /// Appends a stored PUBLISH.
    pub fn append_stored(&mut self, packet: &Stored) {
        match packet {
            Stored::Small(packet) => self.append(|out| out.extend_from_slice(packet)),
            Stored::Large(packet) => {
                self.waiting
                    .large
                    .push_back(Large { at: self.waiting.bytes.len(), packet: Arc::clone(packet) });
                self.appended += packet.len() as u64;
            }
        }
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
        Some(mark.mid)
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
                .gather(&mut slices)
                .iter()
                .flat_map(|slice| slice.iter().copied())
                .take(step)
                .collect();
            assert!(!chunk.is_empty());
            all.extend_from_slice(&chunk);
            batch.advance(chunk.len());
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
}
