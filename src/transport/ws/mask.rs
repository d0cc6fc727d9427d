//! Masking: RFC 6455 section 5.3, a word at a time.

/// The key of one frame.
pub type Key = [u8; 4];

/// Masks `bytes`, the first of which has the offset `at` in its frame's payload. Doing it twice undoes it.
pub fn apply(mut key: Key, at: u64, bytes: &mut [u8]) {
    key.rotate_left((at % 4) as usize);
    let [a, b, c, d] = key;
    let word = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let mut words = bytes.chunks_exact_mut(8);
    for chunk in &mut words {
        let mut eight = [0; 8];
        eight.copy_from_slice(chunk);
        chunk.copy_from_slice(&(u64::from_ne_bytes(eight) ^ word).to_ne_bytes());
    }
    for (byte, key) in words.into_remainder().iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_as_good_as_bytes() {
        let key = [0x37, 0xfa, 0x21, 0x3d];
        for len in 0..40 {
            for at in [0u64, 1, 2, 3, 4, 5, u64::MAX] {
                let plain: Vec<u8> = (0..len).collect();
                let mut masked = plain.clone();
                apply(key, at, &mut masked);
                for (i, (masked, plain)) in masked.iter().zip(&plain).enumerate() {
                    let phase = (at % 4) as usize + i;
                    assert_eq!(*masked, plain ^ key[phase % 4], "byte {i} of {len} from {at}");
                }
            }
        }
    }

    #[test]
    fn the_example_of_the_standard() {
        let mut hello = *b"Hello";
        apply([0x37, 0xfa, 0x21, 0x3d], 0, &mut hello);
        assert_eq!(hello, [0x7f, 0x9f, 0x4d, 0x51, 0x58]);
    }
}
