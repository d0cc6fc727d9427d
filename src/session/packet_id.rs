//! Packet identifiers (MQTT 5.0, 2.2.1): who owns which, and which comes next.
//!
//! A message owns its identifier from publish to completion, a request from the call to its answer. None of them is given
//! to anything else meanwhile [MQTT-2.2.1-3], unless all 65,535 are owned: then identifiers repeat, among messages not yet
//! sent only, and the outgoing queue sends a message when the earlier owner is done.

use super::id_table::IdTable;

/// All identifiers there are: 1 to 65,535.
const ALL: usize = u16::MAX as usize;

/// The counter and the identifiers in use.
#[derive(Debug)]
pub struct PacketIds {
    last: u16,
    /// How many owners each has, less one.
    more_owners: IdTable,
    /// How many owners there are beside the first of each.
    repeated: usize,
}

impl PacketIds {
    /// No identifiers are owned; the first one is 1.
    pub const fn new() -> Self {
        PacketIds { last: 0, more_owners: IdTable::new(), repeated: 0 }
    }

    /// Gives memory back that is for identifiers to come.
    pub fn release_spare(&mut self) {
        self.more_owners.release_spare();
    }

    /// The next identifier, owned by the caller until [`PacketIds::release`].
    #[inline]
    pub fn acquire(&mut self) -> u16 {
        let id = self.pass();
        let mut more = 0;
        if self.are_all_owned() {
            more = self.more_owners.get(id).map_or(0, |more| more + 1);
            self.repeated += usize::from(more > 0);
        }
        self.more_owners.set(id, more);
        id
    }

    #[inline]
    fn are_all_owned(&self) -> bool {
        self.more_owners.len() >= ALL
    }

    /// Whether an identifier has two owners.
    #[inline]
    pub const fn has_repeated(&self) -> bool {
        self.repeated > 0
    }

    /// The next identifier, for a message that needs none on the wire: the counter moves on, nothing is owned.
    #[inline]
    pub fn pass(&mut self) -> u16 {
        self.step();
        if !self.are_all_owned() {
            while self.more_owners.get(self.last).is_some() {
                self.step();
            }
        }
        self.last
    }

    /// Gives one ownership of `id` up.
    #[inline]
    pub fn release(&mut self, id: u16) {
        match self.more_owners.remove(id) {
            None | Some(0) => {}
            Some(more) => {
                self.more_owners.set(id, more - 1);
                self.repeated -= 1;
            }
        }
    }

    /// 1 follows 65,535.
    fn step(&mut self) {
        self.last = self.last.checked_add(1).unwrap_or(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_use_are_skipped() {
        let mut ids = PacketIds::new();
        assert_eq!((ids.acquire(), ids.acquire()), (1, 2));
        ids.release(1);
        for expected in (3..=u16::MAX).chain([1]) {
            assert_eq!(ids.pass(), expected);
        }
        assert_eq!(ids.acquire(), 3, "2 is still owned");
    }

    #[test]
    fn ids_repeat_when_all_are_owned() {
        let mut ids = PacketIds::new();
        for expected in (1..=u16::MAX).chain(1..=100) {
            assert_eq!(ids.acquire(), expected);
        }
        assert_eq!(ids.repeated, 100);
        ids.release(7);
        assert_eq!(ids.acquire(), 101, "7 has a second owner");
        ids.release(7);
        assert_eq!(ids.acquire(), 7);
        for id in 1..=101 {
            assert!(ids.has_repeated());
            ids.release(id);
        }
        assert!(!ids.has_repeated(), "each that is left has one owner");
    }
}
