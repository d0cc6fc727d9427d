//! Records as large as there are bytes for: small pieces are gathered, large ones are taken where they lie.

use std::cell::Cell;
use std::io::IoSlice;

/// The most plaintext that a record holds (RFC 8446 section 5.1).
const RECORD: usize = 16 * 1024;

thread_local! {
    /// Memory for whichever connection of this thread writes next.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Memory to gather a record in.
#[derive(Debug, Default)]
pub(super) struct Scratch(Vec<u8>);

impl Scratch {
    /// The memory of this thread; fresh memory in a thread that is ending and has none any more.
    pub fn take() -> Scratch {
        Scratch(SPARE.try_with(Cell::take).unwrap_or_default())
    }

    /// Leaves it to the next one.
    pub fn give_back(self) {
        let _ = SPARE.try_with(|spare| spare.set(self.0));
    }
}

/// The bytes for the next record, `skip` bytes into `slices`.
pub(super) fn gather<'a>(
    slices: &'a [IoSlice<'_>],
    skip: usize,
    scratch: &'a mut Scratch,
) -> &'a [u8] {
    let mut skip = skip;
    let mut rest = slices.iter().filter_map(|slice| {
        let slice: &[u8] = slice;
        let part = slice.get(skip.min(slice.len())..).unwrap_or_default();
        skip -= slice.len() - part.len();
        (!part.is_empty()).then_some(part)
    });
    let first = rest.next().unwrap_or_default();
    if let Some(record) = first.get(..RECORD) {
        return record;
    }
    let buffer = &mut scratch.0;
    buffer.clear();
    buffer.extend_from_slice(first);
    for part in rest {
        let room = RECORD - buffer.len();
        if room == 0 {
            break;
        }
        buffer.extend_from_slice(part.get(..room).unwrap_or(part));
    }
    buffer
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn every_byte_once_in_order_in_full_records() {
        let bytes: Vec<u8> = (0..100_000u32).map(|at| (at % 251) as u8).collect();
        let lengths: [&[usize]; 5] =
            [&[], &[1, 2, 0, 3], &[16_384, 1], &[70_000, 10, 10, 20_000], &[10; 3000]];
        for lengths in lengths {
            let mut at = 0;
            let mut slices = Vec::new();
            for len in lengths {
                slices.push(IoSlice::new(&bytes[at..at + len]));
                at += len;
            }
            let mut sent = Vec::new();
            let mut scratch = Scratch::take();
            while sent.len() < at {
                let record = gather(&slices, sent.len(), &mut scratch);
                let is_full = record.len() == RECORD || sent.len() + record.len() == at;
                assert!(is_full, "{} bytes of {lengths:?}", record.len());
                sent.extend_from_slice(record);
            }
            assert!(sent == bytes[..at], "{lengths:?}");
            scratch.give_back();
        }
    }

    #[test]
    fn a_thread_that_is_ending_has_memory_too() {
        struct Last;
        impl Drop for Last {
            fn drop(&mut self) {
                let mut scratch = Scratch::take();
                assert_eq!(
                    gather(&[IoSlice::new(b"a"), IoSlice::new(b"b")], 0, &mut scratch),
                    b"ab"
                );
                scratch.give_back();
                DONE.store(true, Ordering::Relaxed);
            }
        }
        thread_local!(static LAST: Last = const { Last });
        static DONE: AtomicBool = AtomicBool::new(false);
        let thread = std::thread::spawn(|| {
            LAST.with(|_| ()); // what is used first goes last
            Scratch::take().give_back();
        });
        assert!(thread.join().is_ok() && DONE.load(Ordering::Relaxed));
    }
}
