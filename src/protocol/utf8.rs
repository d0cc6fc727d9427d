//! UTF-8 strings as MQTT has them (MQTT 5.0, 1.5.4): well-formed, no NUL [MQTT-1.5.4-2], no surrogates
//! [MQTT-1.5.4-1], and none of the control and non-characters that the standard says should not be sent.
//!
//! Every topic sent or received passes here, so plain ASCII is looked at many bytes at a time.

use crate::error::{Error, Result};

use super::word;

/// Refuses everything that is not a string of MQTT with [`Error::MalformedUtf8`]. The length is not looked at.
#[inline]
pub fn validate(bytes: &[u8]) -> Result<()> {
    if word::all(bytes, word::is_printable) { Ok(()) } else { validate_slowly(bytes) }
}

#[cold]
fn validate_slowly(bytes: &[u8]) -> Result<()> {
    let text = core::str::from_utf8(bytes).map_err(|_| Error::MalformedUtf8)?;
    if text.chars().all(is_allowed) { Ok(()) } else { Err(Error::MalformedUtf8) }
}

/// Neither a control character (U+0000 to U+001F, U+007F to U+009F) nor one of Unicode's 66 non-characters.
fn is_allowed(c: char) -> bool {
    let code = u32::from(c);
    let non_character = (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe;
    !c.is_control() && !non_character
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_code_point_at_every_place_in_a_word() {
        let mut accepted = 0;
        for code in 0..=0x10_ffff {
            let Some(c) = char::from_u32(code) else { continue };
            let mut buffer = [0; 4];
            let alone = validate(c.encode_utf8(&mut buffer).as_bytes());
            accepted += u32::from(alone.is_ok());
            if code < 0x300 {
                for before in 0..17 {
                    for after in 0..9 {
                        let text = format!("{}{c}{}", "x".repeat(before), "y".repeat(after));
                        assert_eq!(validate(text.as_bytes()), alone, "U+{code:04X} in {text:?}");
                    }
                }
            }
        }
        assert_eq!(accepted, 1_111_933); // counted on the reference
    }

    #[test]
    fn every_byte_that_is_no_string_alone() {
        for byte in 0x80..=0xff {
            for before in 0..17 {
                let mut bytes = vec![b'a'; before];
                bytes.push(byte);
                assert_eq!(validate(&bytes), Err(Error::MalformedUtf8));
                bytes.extend_from_slice(b"tail of more than a word");
                assert_eq!(validate(&bytes), Err(Error::MalformedUtf8));
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let expected = core::str::from_utf8(&bytes).is_ok_and(|text| {
                text.chars().all(|c| !matches!(u32::from(c),
                    0..=0x1f | 0x7f..=0x9f | 0xfdd0..=0xfdef) && u32::from(c) % 0x1_0000 < 0xfffe)
            });
            prop_assert_eq!(validate(&bytes).is_ok(), expected);
        }

        #[test]
        fn accepts_printable_text(text in "[ -~\u{a0}-\u{2fff}]{0,40}") {
            prop_assert_eq!(validate(text.as_bytes()), Ok(()));
        }
    }
}
