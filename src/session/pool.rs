//! Memory of small packets that are no longer needed, for the next ones: with messages coming and going all the time the
//! allocator would cost more than all that is done with them.

use super::lazy::empty;
use crate::error::{Error, Result};

/// What is larger goes back to the allocator.
const SMALL: usize = 1024;
/// How much is kept in all.
const KEPT: usize = 96 * 1024;
/// What keeping a piece costs beside its capacity.
const EACH: usize = 48;

/// Memory to be used again.
#[derive(Debug)]
pub struct Pool {
    spare: Vec<Vec<u8>>,
    /// What they cost.
    bytes: usize,
}

empty!(Pool);

impl Pool {
    const fn new() -> Self {
        Pool { spare: Vec::new(), bytes: 0 }
    }

    /// Memory for `len` bytes, empty. Fails with `NoMem`.
    #[inline]
    pub fn take(&mut self, len: usize) -> Result<Vec<u8>> {
        let mut memory = Vec::new();
        if len <= SMALL {
            if let Some(spare) = self.spare.pop() {
                memory = spare;
                self.bytes -= memory.capacity() + EACH;
            }
        }
        if memory.capacity() < len {
            memory.try_reserve_exact(len).map_err(|_| Error::NoMem)?;
        }
        Ok(memory)
    }

    /// Keeps `memory` for later, if it is small and not too much has been kept.
    #[inline]
    pub fn give(&mut self, mut memory: Vec<u8>) {
        let capacity = memory.capacity();
        if (1..=SMALL).contains(&capacity) && self.bytes + capacity + EACH <= KEPT {
            memory.clear();
            self.bytes += capacity + EACH;
            self.spare.push(memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_and_never_much() {
        let mut pool = Pool::new();
        let mut memory = pool.take(100).unwrap();
        memory.extend_from_slice(b"left over");
        let place = memory.as_ptr();
        pool.give(memory);
        let memory = pool.take(90).unwrap();
        assert_eq!((memory.as_ptr(), memory.len()), (place, 0));
        assert_eq!(pool.bytes, 0);

        for len in [0, SMALL + 1, KEPT] {
            pool.give(Vec::with_capacity(len));
            assert_eq!(pool.spare.len(), 0, "{len}");
        }
        for _ in 0..KEPT {
            pool.give(Vec::with_capacity(SMALL));
        }
        assert_eq!(pool.spare.len(), KEPT / (SMALL + EACH));
        assert!(pool.bytes <= KEPT);
        let large = pool.take(SMALL + 1).unwrap();
        assert!(large.capacity() > SMALL && pool.bytes > SMALL, "left to what it fits");
    }
}
