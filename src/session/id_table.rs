//! A small number for each packet identifier in use. Identifiers are given one after the other, so those in use lie close
//! together: they are found in pages, without hashing, and a page lasts as long as something in it is used.

use core::num::NonZeroU32;

/// Identifiers of a page.
const PAGE: usize = 256;

/// Numbers by packet identifier.
#[derive(Debug)]
pub struct IdTable {
    pages: Vec<Option<Box<Page>>>,
    /// A page that became empty, for the next one that is needed.
    spare: Option<Box<Page>>,
    len: usize,
}

#[derive(Debug)]
struct Page {
    /// One more than each number.
    entries: [Option<NonZeroU32>; PAGE],
    used: usize,
}

const EMPTY: Page = Page { entries: [None; PAGE], used: 0 };

impl IdTable {
    /// No numbers.
    pub const fn new() -> Self {
        IdTable { pages: Vec::new(), spare: None, len: 0 }
    }

    /// How many identifiers have a number.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The number of `id`.
    #[inline]
    pub fn get(&self, id: u16) -> Option<u32> {
        let (page, place) = locate(id);
        let page = self.pages.get(page)?.as_ref()?;
        page.entries.get(place)?.map(|entry| entry.get() - 1)
    }

    /// Gives `id` a number, at most `u32::MAX - 1`.
    #[inline]
    pub fn set(&mut self, id: u16, number: u32) {
        let (page, place) = locate(id);
        if self.pages.get(page).is_none_or(Option::is_none) {
            self.add_page(page);
        }
        let Some(Some(page)) = self.pages.get_mut(page) else { return };
        let Some(entry) = page.entries.get_mut(place) else { return };
        let added = usize::from(entry.is_none());
        *entry = NonZeroU32::new(number.saturating_add(1));
        page.used += added;
        self.len += added;
    }

    /// Takes the number of `id` away.
    #[inline]
    pub fn remove(&mut self, id: u16) -> Option<u32> {
        let (at, place) = locate(id);
        let page = self.pages.get_mut(at)?.as_mut()?;
        let number = page.entries.get_mut(place)?.take()?.get() - 1;
        page.used -= 1;
        self.len -= 1;
        if page.used == 0 {
            self.spare = self.pages.get_mut(at)?.take();
        }
        Some(number)
    }

    /// Gives memory back that is for identifiers to come.
    pub fn release_spare(&mut self) {
        self.spare = None;
        if self.len == 0 {
            self.pages = Vec::new();
        }
    }

    #[cold]
    fn add_page(&mut self, page: usize) {
        if self.pages.len() <= page {
            self.pages.resize_with(page + 1, || None);
        }
        if let Some(place) = self.pages.get_mut(page) {
            *place = Some(self.spare.take().unwrap_or_else(|| Box::new(EMPTY)));
        }
    }
}

/// The page of an identifier, and its place there.
#[inline]
const fn locate(id: u16) -> (usize, usize) {
    (id as usize / PAGE, id as usize % PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn behaves_like_a_map(operations in proptest::collection::vec((any::<bool>(), 0u16..700, any::<u16>()), 0..300)) {
            let mut table = IdTable::new();
            let mut map = HashMap::new();
            for (add, id, number) in operations {
                if add {
                    table.set(id, number.into());
                    map.insert(id, u32::from(number));
                } else {
                    prop_assert_eq!(table.remove(id), map.remove(&id));
                }
                prop_assert_eq!(table.get(id), map.get(&id).copied());
                prop_assert_eq!(table.len(), map.len());
            }
        }
    }

    #[test]
    fn memory_follows_the_identifiers_in_use() {
        let mut table = IdTable::new();
        for id in 1..=u16::MAX {
            table.set(id, 0);
            if id > 20 {
                table.remove(id - 20);
            }
        }
        assert_eq!(table.pages.iter().flatten().count(), 1);
        assert_eq!(table.len(), 20);
        for id in 1..=u16::MAX {
            table.remove(id);
        }
        assert!(table.spare.is_some());
        table.release_spare();
        assert!(table.spare.is_none() && table.pages.capacity() == 0);
    }
}
