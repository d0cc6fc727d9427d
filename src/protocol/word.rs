//! Eight bytes at a time: the arithmetic by which short ASCII strings are checked without a loop over their bytes.
//!
//! A "mask" has the top bit of some byte set if a byte of the word is what the name says, else it is 0. It is exact as to
//! whether there is one, not as to which.

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;

/// Whether `mask` is 0 for all of `bytes`, given eight at a time in any order; some are given more than once.
#[inline(always)]
pub fn none(bytes: &[u8], mask: impl Fn(u64) -> u64) -> bool {
    let Some(last) = bytes.last_chunk() else {
        return mask(short_word(bytes)) == 0;
    };
    let mut rest = bytes;
    while rest.len() > 8 {
        let Some((chunk, behind)) = rest.split_first_chunk() else { break };
        if mask(u64::from_le_bytes(*chunk)) != 0 {
            return false;
        }
        rest = behind;
    }
    mask(u64::from_le_bytes(*last)) == 0
}

/// Mask of bytes outside 0x20 to 0x7E.
#[inline(always)]
pub const fn not_printable_ascii(word: u64) -> u64 {
    // Not ASCII; DEL and above carry into the top bit; below 0x20 the borrowed top bit is used up.
    (word | word.wrapping_add(ONES) | !(word | TOPS).wrapping_sub(splat(b' '))) & TOPS
}

/// Mask of `+` and `#`.
#[inline(always)]
pub const fn wildcards(word: u64) -> u64 {
    let zero_if_wildcard = wildcards_to_zero(word);
    zero_if_wildcard.wrapping_sub(ONES) & !zero_if_wildcard & TOPS
}

/// Mask of what is in one of the other two.
#[inline(always)]
pub const fn not_plain_in_topic(word: u64) -> u64 {
    // Where a byte is not ASCII the second part may be wrong, but then the first is set.
    (not_printable_ascii(word) | wildcards_to_zero(word).wrapping_sub(ONES)) & TOPS
}

/// `+` and `#` differ in one bit: 0 for both, other bytes become something else.
const fn wildcards_to_zero(word: u64) -> u64 {
    (word & splat(!(b'+' ^ b'#'))) ^ splat(b'#')
}

const fn splat(byte: u8) -> u64 {
    ONES * byte as u64
}

/// At most seven bytes as a word, filled up with some of them or with spaces, which no mask minds.
#[inline(always)]
fn short_word(bytes: &[u8]) -> u64 {
    if let (Some(low), Some(high)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*low)) | u64::from(u32::from_le_bytes(*high)) << 32;
    }
    let (a, b, c) = match *bytes {
        [a, b, c, ..] => (a, b, c),
        [a, b] => (a, b, b' '),
        [a] => (a, b' ', b' '),
        [] => (b' ', b' ', b' '),
    };
    u64::from_le_bytes([a, b, c, b' ', b' ', b' ', b' ', b' '])
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::RefCell;
    use std::collections::BTreeSet;

    #[test]
    fn every_byte_of_every_length_is_given() {
        let source: Vec<u8> = (b'A'..b'A' + 40).collect();
        for len in 0..source.len() {
            let bytes = source.get(..len).unwrap_or_default();
            let given = RefCell::new(BTreeSet::new());
            let look = |word: u64| {
                given.borrow_mut().extend(word.to_le_bytes());
                0
            };
            assert!(none(bytes, look));
            let mut given = given.into_inner();
            given.remove(&b' ');
            assert_eq!(given, bytes.iter().copied().collect());
        }
        for mask in [not_printable_ascii, wildcards, not_plain_in_topic] {
            assert!(none(b"", mask));
        }
    }

    #[test]
    fn masks_know_every_byte_at_every_place() {
        for byte in 0..=255u8 {
            let printable = (0x20..=0x7e).contains(&byte);
            let wildcard = matches!(byte, b'+' | b'#');
            for len in 1..20 {
                for place in 0..len {
                    let bytes: Vec<u8> =
                        (0..len).map(|n| if n == place { byte } else { b'x' }).collect();
                    assert_eq!(none(&bytes, not_printable_ascii), printable, "{bytes:x?}");
                    assert_eq!(none(&bytes, wildcards), !wildcard, "{bytes:x?}");
                    let plain = printable && !wildcard;
                    assert_eq!(none(&bytes, not_plain_in_topic), plain, "{bytes:x?}");
                }
            }
        }
    }
}
