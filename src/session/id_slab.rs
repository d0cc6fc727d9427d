//! Values by packet identifier: found through an [`IdTable`], kept side by side in places that are used again.

use super::id_table::IdTable;

/// A value, or the number of the next free place, which is the number of places if there is none.
#[derive(Debug)]
enum Slot<T> {
    Used(T),
    Free(u32),
}

/// Values by packet identifier, in no order.
#[derive(Debug)]
pub struct IdSlab<T> {
    slots: Vec<Slot<T>>,
    /// The next free place, as in [`Slot::Free`].
    free: u32,
    index: IdTable,
}

impl<T> IdSlab<T> {
    /// No values.
    pub const fn new() -> Self {
        IdSlab { slots: Vec::new(), free: 0, index: IdTable::new() }
    }

    /// How many values there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there is a value for `id`.
    #[inline]
    pub fn contains(&self, id: u16) -> bool {
        self.index.get(id).is_some()
    }

    /// The value for `id`.
    pub fn get(&self, id: u16) -> Option<&T> {
        match self.slots.get(self.index.get(id)? as usize)? {
            Slot::Used(value) => Some(value),
            Slot::Free(_) => None,
        }
    }

    /// The value for `id`.
    #[inline]
    pub fn get_mut(&mut self, id: u16) -> Option<&mut T> {
        match self.slots.get_mut(self.index.get(id)? as usize)? {
            Slot::Used(value) => Some(value),
            Slot::Free(_) => None,
        }
    }

    /// Adds a value for `id`, for which there is none.
    #[inline(always)] // values are moved once only
    pub fn insert(&mut self, id: u16, value: T) {
        debug_assert!(!self.contains(id));
        let at = self.free;
        self.index.set(id, at);
        match self.slots.get_mut(at as usize) {
            Some(slot @ &mut Slot::Free(next)) => {
                self.free = next;
                *slot = Slot::Used(value);
            }
            _ => {
                self.slots.push(Slot::Used(value));
                self.free = at + 1;
            }
        }
    }

    /// Adds a value for `id`, in place of the one there may be.
    pub fn put(&mut self, id: u16, value: T) {
        match self.get_mut(id) {
            Some(old) => *old = value,
            None => self.insert(id, value),
        }
    }

    /// Takes the value for `id` out.
    #[inline]
    pub fn remove(&mut self, id: u16) -> Option<T> {
        let at = self.index.remove(id)?;
        let slot = self.slots.get_mut(at as usize)?;
        match core::mem::replace(slot, Slot::Free(self.free)) {
            Slot::Used(value) => {
                self.free = at;
                Some(value)
            }
            Slot::Free(_) => None,
        }
    }

    /// All values.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.slots.iter_mut().filter_map(|slot| match slot {
            Slot::Used(value) => Some(value),
            Slot::Free(_) => None,
        })
    }

    /// Takes all values out.
    pub fn drain(&mut self) -> impl Iterator<Item = T> + use<T> {
        core::mem::replace(self, IdSlab::new()).slots.into_iter().filter_map(|slot| match slot {
            Slot::Used(value) => Some(value),
            Slot::Free(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn behaves_like_a_map(operations in proptest::collection::vec((any::<bool>(), 1u16..20), 0..200)) {
            let (mut slab, mut map) = (IdSlab::new(), BTreeMap::new());
            for (number, (add, id)) in operations.into_iter().enumerate() {
                if add {
                    slab.put(id, number);
                    map.insert(id, number);
                } else {
                    prop_assert_eq!(slab.remove(id), map.remove(&id));
                }
                prop_assert_eq!(slab.get(id), map.get(&id));
                prop_assert_eq!(slab.get_mut(id), map.get_mut(&id));
                prop_assert_eq!((slab.contains(id), slab.len()), (map.contains_key(&id), map.len()));
                prop_assert!(slab.slots.len() < 20, "places are used again");
                let (mut values, mut expected): (Vec<_>, Vec<_>) =
                    (slab.values_mut().map(|value| *value).collect(), map.values().copied().collect());
                values.sort_unstable();
                expected.sort_unstable();
                prop_assert_eq!(values, expected);
            }
            prop_assert_eq!(slab.drain().count(), map.len());
            prop_assert_eq!((slab.len(), slab.slots.len()), (0, 0));
        }
    }
}
