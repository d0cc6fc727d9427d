//! Eight bytes at a time: the arithmetic by which short ASCII strings are checked without a loop over their bytes.
//!
//! A "mask" has the top bit of a byte set where the question is answered with yes, and all other bits clear.

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;

/// What the last word is filled up with: printable, and nothing that has a meaning in a topic.
const FILLER: u64 = splat(b'x');

/// Calls `look` with every eight bytes of `bytes`, first byte lowest; the last word is filled up with `x`.
#[inline]
pub fn for_each(bytes: &[u8], mut look: impl FnMut(u64)) {
    let mut rest = bytes;
    while let Some((chunk, tail)) = rest.split_first_chunk() {
        look(u64::from_le_bytes(*chunk));
        rest = tail;
    }
    if !rest.is_empty() {
        look(last_word(bytes, rest.len()));
    }
}

/// Mask of the bytes outside 0x20 to 0x7E. Exact as to whether there are any, not as to which.
#[inline]
pub const fn not_printable_ascii(word: u64) -> u64 {
    // Not ASCII; DEL and above carry into the top bit; below 0x20 the borrowed top bit is used up.
    (word | word.wrapping_add(ONES) | !(word | TOPS).wrapping_sub(splat(b' '))) & TOPS
}

/// Mask of the bytes that are `+` or `#`, which differ in one bit.
#[inline]
pub const fn wildcards(word: u64) -> u64 {
    zeros((word & splat(!(b'+' ^ b'#'))) ^ splat(b'#'))
}

/// Mask of the bytes that are 0.
const fn zeros(word: u64) -> u64 {
    let nonzero = (word & !TOPS).wrapping_add(!TOPS) | word;
    !nonzero & TOPS
}

const fn splat(byte: u8) -> u64 {
    ONES * byte as u64
}

/// The last `count` bytes (1 to 7) of `bytes`, lowest first, filled up. Reads a byte twice rather than in a loop.
#[inline]
fn last_word(bytes: &[u8], count: usize) -> u64 {
    let bits = 8 * count as u32;
    let filler = FILLER << bits;
    if let Some(last) = bytes.last_chunk() {
        return (u64::from_le_bytes(*last) >> (64 - bits)) | filler;
    }
    if let (Some(low), Some(high)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (low, high) = (u32::from_le_bytes(*low), u32::from_le_bytes(*high));
        return u64::from(low) | u64::from(high) << (bits - 32) | filler;
    }
    let short = match *bytes {
        [a, b, c, ..] => [a, b, c],
        [a, b] => [a, b, 0],
        [a] => [a, 0, 0],
        [] => [0; 3],
    };
    let [a, b, c] = short.map(u64::from);
    a | b << 8 | c << 16 | filler
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_read_once_and_filled_up() {
        let source: Vec<u8> = (1..=40).collect();
        for len in 0..source.len() {
            let mut read = Vec::new();
            for_each(&source[..len], |word| read.extend_from_slice(&word.to_le_bytes()));
            assert_eq!(read.len(), len.next_multiple_of(8));
            let (bytes, filler) = read.split_at(len);
            assert_eq!(bytes, &source[..len]);
            assert!(filler.iter().all(|&byte| byte == b'x'));
        }
    }

    #[test]
    fn masks_know_every_byte_at_every_place() {
        for byte in 0..=255u8 {
            for place in 0..8 {
                let mut bytes = [b'x'; 8];
                bytes[place] = byte;
                let word = u64::from_le_bytes(bytes);
                let printable = (0x20..=0x7e).contains(&byte);
                assert_eq!(not_printable_ascii(word) == 0, printable, "{byte:#04x}");
                let wildcard = if matches!(byte, b'+' | b'#') { 0x80 << (8 * place) } else { 0 };
                assert_eq!(wildcards(word), wildcard, "{byte:#04x}");
            }
        }
    }
}
