//! A hash map keyed by packet identifier, whose keys need no protection against collisions made on purpose: there are
//! 65,535 of them and the client or the limits of the connection choose how many are in use.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

/// Values by packet identifier.
pub type IdMap<T> = HashMap<u16, T, BuildHasherDefault<IdHasher>>;

/// Spreads an identifier over 64 bits by one multiplication (Fibonacci hashing).
#[derive(Debug, Default)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u16((self.0 as u16) << 8 | u16::from(byte));
        }
    }

    fn write_u16(&mut self, id: u16) {
        self.0 = (u64::from(id)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32);
    }
}
