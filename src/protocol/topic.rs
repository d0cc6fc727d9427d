//! Topic names and filters (MQTT 5.0, 4.7): which are acceptable, and which filter matches which name.
//!
//! UTF-8 is not this module's business except in [`classify_name`], which answers both questions in one walk because
//! every published message asks both. Nothing recurses; time is linear in the lengths.

mod matching;

pub use matching::{Ids, acl_covers, acl_covers_with_pattern, matches, matches_with_pattern};

use crate::error::{Error, Result};

use super::{utf8, word};

/// The most bytes that a topic can have (1.5.4).
pub const MAX_LEN: usize = 65_535;
/// The most `/` that a topic may have.
pub const MAX_SEPARATORS: usize = 200;

/// What [`classify_name`] found. Two answers, so that each can be given when its turn comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameCheck {
    /// Whether [`utf8::validate`] accepts it.
    pub is_utf8: bool,
    /// Whether [`check_name`] accepts it.
    pub is_name: bool,
}

/// [`utf8::validate`] and [`check_name`] in one walk over an ASCII topic.
#[inline(always)]
pub fn classify_name(topic: &[u8]) -> NameCheck {
    if word::all(topic, word::is_plain_in_topic) {
        return NameCheck { is_utf8: true, is_name: check_size(topic).is_ok() };
    }
    classify_slowly(topic)
}

/// Whether `topic` is acceptable in every respect, and of the usual kind: ASCII and not long. Others may be fine too.
#[inline(always)]
pub fn is_plain_name(topic: &[u8]) -> bool {
    matches!(topic.len(), 1..=MAX_SEPARATORS) && word::all(topic, word::is_plain_in_topic)
}

#[cold]
fn classify_slowly(topic: &[u8]) -> NameCheck {
    NameCheck { is_utf8: utf8::validate(topic).is_ok(), is_name: check_name(topic).is_ok() }
}

/// Refuses what cannot be published to, with [`Error::Inval`]: empty, longer than 65,535 bytes, more than 200 `/`, or
/// with a wildcard [MQTT-3.3.2-2].
pub fn check_name(topic: &[u8]) -> Result<()> {
    check_size(topic)?;
    if word::all(topic, word::is_no_wildcard) { Ok(()) } else { Err(Error::Inval) }
}

/// Refuses what cannot be subscribed to, with [`Error::Inval`]: empty, longer than 65,535 bytes, more than 200 `/`, `+`
/// that is not a whole level [MQTT-4.7.1-2], `#` that is not the whole last level [MQTT-4.7.1-1].
///
/// As with the reference, `$share` is nothing special here, and a wildcard may follow a NUL byte.
pub fn check_filter(filter: &[u8]) -> Result<()> {
    check_size(filter)?;
    let mut before = 0;
    for &byte in filter {
        let fine = match (before, byte) {
            (b'#', _) => false,
            (b'+', _) => byte == b'/',
            (_, b'+' | b'#') => matches!(before, 0 | b'/'),
            _ => true,
        };
        if !fine {
            return Err(Error::Inval);
        }
        before = byte;
    }
    Ok(())
}

/// The levels of a topic, left to right: one more than there are `/`, possibly empty.
pub fn levels(topic: &[u8]) -> impl Iterator<Item = &[u8]> {
    topic.split(|&byte| byte == b'/')
}

#[inline(always)]
fn check_size(topic: &[u8]) -> Result<()> {
    match topic.len() {
        1..=MAX_SEPARATORS => Ok(()),
        _ => check_large(topic),
    }
}

#[cold]
fn check_large(topic: &[u8]) -> Result<()> {
    let separators = topic.iter().filter(|&&byte| byte == b'/').count();
    let fine = (1..=MAX_LEN).contains(&topic.len()) && separators <= MAX_SEPARATORS;
    if fine { Ok(()) } else { Err(Error::Inval) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn one_walk_answers_as_two(topic in prop::collection::vec(
            prop_oneof![9 => prop::sample::select(&b"abz/~ $"[..]), 1 => any::<u8>()], 0..30)
        ) {
            let expected = NameCheck {
                is_utf8: utf8::validate(&topic).is_ok(),
                is_name: check_name(&topic).is_ok(),
            };
            prop_assert_eq!(classify_name(&topic), expected);
            prop_assert!(expected.is_utf8 && expected.is_name || !is_plain_name(&topic));
            prop_assert_eq!(expected.is_name,
                !topic.is_empty() && !topic.iter().any(|byte| b"+#".contains(byte)));
        }

        #[test]
        fn a_filter_is_acceptable_level_by_level(filter in "[ab+#/]{0,8}") {
            let count = levels(filter.as_bytes()).count();
            let expected = !filter.is_empty() && levels(filter.as_bytes()).enumerate().all(|(n, level)| {
                match level {
                    b"+" => true,
                    b"#" => n + 1 == count,
                    _ => !level.iter().any(|byte| b"+#".contains(byte)),
                }
            });
            prop_assert_eq!(check_filter(filter.as_bytes()).is_ok(), expected);
        }
    }

    #[test]
    fn limits_of_size() {
        for (topic, fine) in [
            ("/".repeat(200), true),
            ("/".repeat(201), false),
            ("a".repeat(65_535), true),
            ("a".repeat(65_536), false),
            (String::new(), false),
        ] {
            let topic = topic.as_bytes();
            assert_eq!(check_name(topic).is_ok(), fine);
            assert_eq!(check_filter(topic).is_ok(), fine);
            assert_eq!(classify_name(topic).is_name, fine);
        }
    }
}
