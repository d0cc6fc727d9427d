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
    /// None of them empty but a last one that is kept.
    blocks: VecDeque<VecDeque<T>>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Queue { blocks: VecDeque::new() }
    }
}

impl<T> Queue<T> {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.front().is_none()
    }

    /// The first item.
    pub fn front(&self) -> Option<&T> {
        self.blocks.front()?.front()
    }

    /// Appends an item.
    pub fn push_back(&mut self, item: T) {
        match self.blocks.back_mut().filter(|block| block.len() < BLOCK) {
            Some(block) => block.push_back(item),
            None => self.blocks.push_back(self.new_block(item)),
        }
    }

    /// Puts an item before all others.
    pub fn push_front(&mut self, item: T) {
        match self.blocks.front_mut().filter(|block| block.len() < BLOCK) {
            Some(block) => block.push_front(item),
            None => self.blocks.push_front(self.new_block(item)),
        }
    }

    /// Takes the first item.
    pub fn pop_front(&mut self) -> Option<T> {
        let is_only = self.blocks.len() == 1;
        let block = self.blocks.front_mut()?;
        let item = block.pop_front();
        if block.is_empty() && !(is_only && block.capacity() <= KEEP) {
            self.blocks.pop_front();
        }
        item
    }

    /// All items, first to last.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.blocks.iter_mut().flatten()
    }

    /// A block with one item. Only the first one begins small.
    fn new_block(&self, item: T) -> VecDeque<T> {
        let capacity = if self.blocks.is_empty() { 1 } else { BLOCK };
        let mut block = VecDeque::with_capacity(capacity);
        block.push_back(item);
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The queue does what a plain one does, over the edges of blocks.
        #[test]
        fn behaves_like_a_plain_queue(steps in proptest::collection::vec((0u8..3, 1usize..BLOCK), 0..20)) {
            let (mut queue, mut plain) = (Queue::default(), VecDeque::new());
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
        let mut queue = Queue::default();
        for round in 0..3 {
            for number in 0..10 * BLOCK {
                queue.push_back(number);
            }
            let capacity: usize = queue.blocks.iter().map(VecDeque::capacity).sum();
            assert_eq!(capacity, 10 * BLOCK, "round {round}");
            for number in 0..10 * BLOCK {
                assert_eq!(queue.pop_front(), Some(number));
                assert!(queue.blocks.len() <= 10 - number / BLOCK);
            }
            assert!(queue.blocks.is_empty());
        }
    }
}
