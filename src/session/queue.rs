//! A queue that may become very long: made of blocks, so that nothing is moved when it grows and memory goes back as it
//! shrinks.

use std::collections::VecDeque;

/// Items in a block. With messages a block is large enough (64 KiB) for the allocator to give memory back to the system
/// when one is freed.
const BLOCK: usize = 2048;
/// The room for so many items is kept when the queue is empty.
const KEEP: usize = 64;

/// Items in order; every operation at an end costs the same however many there are.
#[derive(Debug)]
pub struct Queue<T> {
    /// The first items; none only if there are no others.
    first: VecDeque<T>,
    /// The others, none of the blocks empty.
    others: VecDeque<VecDeque<T>>,
}

impl<T> Queue<T> {
    /// Nothing.
    pub const fn new() -> Self {
        Queue { first: VecDeque::new(), others: VecDeque::new() }
    }

    /// Whether there is nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The first item.
    #[inline]
    pub fn front(&self) -> Option<&T> {
        self.first.front()
    }

    /// Appends an item.
    #[inline]
    pub fn push_back(&mut self, item: T) {
        if self.others.is_empty() && self.first.len() < BLOCK {
            self.first.push_back(item);
        } else {
            self.push_behind(item);
        }
    }

    fn push_behind(&mut self, item: T) {
        match self.others.back_mut().filter(|block| block.len() < BLOCK) {
            Some(block) => block.push_back(item),
            None => self.others.push_back(new_block(item)),
        }
    }

    /// Puts an item before all others.
    pub fn push_front(&mut self, item: T) {
        if self.first.len() < BLOCK {
            self.first.push_front(item);
        } else {
            let second = core::mem::replace(&mut self.first, new_block(item));
            self.others.push_front(second);
        }
    }

    /// Takes the first item.
    #[inline]
    pub fn pop_front(&mut self) -> Option<T> {
        let item = self.first.pop_front();
        if self.first.is_empty() && self.first.capacity() > KEEP {
            self.first = self.others.pop_front().unwrap_or_default();
        }
        item
    }

    /// All items, first to last.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.first.iter_mut().chain(self.others.iter_mut().flatten())
    }
}

/// A block with one item.
fn new_block<T>(item: T) -> VecDeque<T> {
    let mut block = VecDeque::with_capacity(BLOCK);
    block.push_back(item);
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The queue does what a plain one does, over the edges of blocks.
        #[test]
        fn behaves_like_a_plain_queue(steps in proptest::collection::vec((0u8..3, 1usize..BLOCK), 0..20)) {
            let (mut queue, mut plain) = (Queue::new(), VecDeque::new());
            for (kind, count) in steps {
                for number in 0..count {
                    match kind {
                        0 => {
                            queue.push_back(number);
                            plain.push_back(number);
                        }
                        1 => {
                            queue.push_front(number);
                            plain.push_front(number);
                        }
                        _ => prop_assert_eq!(queue.pop_front(), plain.pop_front()),
                    }
                }
                prop_assert_eq!(queue.is_empty(), plain.is_empty());
                prop_assert_eq!(queue.front(), plain.front());
                prop_assert!(queue.iter_mut().eq(plain.iter_mut()));
            }
        }
    }

    #[test]
    fn memory_goes_back() {
        let mut queue = Queue::new();
        for round in 0..3 {
            for number in 0..10 * BLOCK {
                queue.push_back(number);
            }
            let others: usize = queue.others.iter().map(VecDeque::capacity).sum();
            assert_eq!(queue.first.capacity() + others, 10 * BLOCK, "round {round}");
            for number in 0..10 * BLOCK {
                assert_eq!(queue.pop_front(), Some(number));
                assert!(queue.others.len() <= 9 - number / BLOCK);
            }
            assert_eq!(queue.first.capacity(), 0);
        }
    }
}
