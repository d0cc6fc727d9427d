//! State that many clients never need: none until it is changed for the first time. Until then it reads as empty.

use core::ops::{Deref, DerefMut};

/// What has an empty value.
pub trait Empty: 'static {
    /// The empty value, for all to look at.
    fn empty() -> &'static Self;
    /// One of one's own.
    fn new() -> Self;
}

/// A `T` that is allocated when it is first borrowed mutably.
#[derive(Debug)]
pub struct Lazy<T>(Option<Box<T>>);

impl<T> Lazy<T> {
    /// Empty.
    pub const fn new() -> Self {
        Lazy(None)
    }

    /// The value if there is one; never allocates.
    pub fn existing(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }

    /// Whether there is none, and so nothing in it.
    #[inline]
    pub const fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Empty again.
    pub fn clear(&mut self) {
        self.0 = None;
    }
}

impl<T> Default for Lazy<T> {
    fn default() -> Self {
        Lazy::new()
    }
}

impl<T: Empty> Deref for Lazy<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match &self.0 {
            Some(value) => value,
            None => T::empty(),
        }
    }
}

impl<T: Empty> DerefMut for Lazy<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_with(|| Box::new(T::new()))
    }
}

/// Says that what the type's `const fn new()` makes is empty.
macro_rules! empty {
    ($type:ty) => {
        impl $crate::session::lazy::Empty for $type {
            fn empty() -> &'static Self {
                static EMPTY: $type = <$type>::new();
                &EMPTY
            }

            #[cold]
            fn new() -> Self {
                <$type>::new()
            }
        }
    };
}

pub(crate) use empty;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::pool::Pool;

    #[test]
    fn memory_is_taken_by_the_first_change() {
        let mut pool = Lazy::<Pool>::new();
        assert!(
            core::ptr::eq(&raw const *pool, Pool::empty())
                && pool.is_none()
                && pool.existing().is_none()
        );
        pool.give(Vec::with_capacity(1));
        assert!(!core::ptr::eq(&raw const *pool, Pool::empty()) && !pool.is_none());
        pool.clear();
        assert!(pool.is_none());
    }
}
