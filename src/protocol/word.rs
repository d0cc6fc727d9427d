//! Looks at many bytes at a time: in chunks of fixed length and without a branch per byte, which the compiler makes vector
//! instructions of.

/// Whether `fine` holds for all of `bytes`; some are looked at twice, in no certain order.
#[inline(always)]
pub fn all(bytes: &[u8], fine: impl Fn(u8) -> bool) -> bool {
    if let Some(last) = bytes.last_chunk::<16>() {
        let mut rest = bytes;
        while let Some((chunk, behind)) = rest.split_first_chunk::<16>() {
            if !all_of(chunk, &fine) {
                return false;
            }
            rest = behind;
        }
        return rest.is_empty() || all_of(last, &fine);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        return all_of(first, &fine) & all_of(last, &fine);
    }
    bytes.iter().all(|&byte| fine(byte))
}

#[inline(always)]
fn all_of<const N: usize>(chunk: &[u8; N], fine: impl Fn(u8) -> bool) -> bool {
    chunk.iter().fold(true, |all, &byte| all & fine(byte))
}

/// Printable ASCII.
#[inline(always)]
pub const fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// Neither `+` nor `#`.
#[inline(always)]
pub const fn is_no_wildcard(byte: u8) -> bool {
    byte != b'+' && byte != b'#'
}

/// Printable ASCII without wildcards.
#[inline(always)]
pub const fn is_plain_in_topic(byte: u8) -> bool {
    is_printable(byte) & is_no_wildcard(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_every_length_counts() {
        for byte in 0..=255u8 {
            let printable = (0x20..=0x7e).contains(&byte);
            let wildcard = matches!(byte, b'+' | b'#');
            for len in 1..40 {
                for place in 0..len {
                    let bytes: Vec<u8> =
                        (0..len).map(|n| if n == place { byte } else { b'x' }).collect();
                    assert_eq!(all(&bytes, is_printable), printable, "{bytes:x?}");
                    assert_eq!(all(&bytes, is_no_wildcard), !wildcard, "{bytes:x?}");
                    let plain = printable && !wildcard;
                    assert_eq!(all(&bytes, is_plain_in_topic), plain, "{bytes:x?}");
                }
            }
        }
        assert!(all(b"", |_| false));
    }
}
