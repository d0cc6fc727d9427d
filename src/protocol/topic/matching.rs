//! Does a filter match a topic name, does an access rule cover a filter: one walk over both strings.
//!
//! For valid input this is 4.7 of the standard, level by level, with `$` special only as the first byte of the whole
//! string [MQTT-4.7.2-1]. For everything else (malformed filters, names with wildcards) the walk gives the verdicts of the
//! reference, which programs see as return codes; the comments number its rules.

use crate::error::{Error, Result};

/// What `%c` and `%u` stand for as whole levels of a pattern.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ids<'a> {
    /// `%c`: the client identifier. Nothing matches if it is missing or empty.
    pub client: Option<&'a [u8]>,
    /// `%u`: the user name, likewise.
    pub user: Option<&'a [u8]>,
}

/// Whether `filter` matches the topic name `topic`. [`Error::Inval`] if either is empty, and for some malformed filters
/// and names with wildcards, as far as the walk meets them.
pub fn matches(filter: &[u8], topic: &[u8]) -> Result<bool> {
    walk(filter, topic, Other::Name, None)
}

/// [`matches`], where levels `%c` and `%u` of the filter stand for `ids`.
pub fn matches_with_pattern(filter: &[u8], topic: &[u8], ids: &Ids<'_>) -> Result<bool> {
    walk(filter, topic, Other::Name, Some(ids))
}

/// Whether the access rule `acl` covers everything that the filter `sub` can match. [`Error::Inval`] as with [`matches`].
pub fn acl_covers(acl: &[u8], sub: &[u8]) -> Result<bool> {
    walk(acl, sub, Other::Filter, None)
}

/// [`acl_covers`], where levels `%c` and `%u` of the rule stand for `ids`.
pub fn acl_covers_with_pattern(acl: &[u8], sub: &[u8], ids: &Ids<'_>) -> Result<bool> {
    walk(acl, sub, Other::Filter, Some(ids))
}

/// What the second string is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    /// A topic name: has no wildcards.
    Name,
    /// A filter.
    Filter,
}

fn walk(filter: &[u8], topic: &[u8], other: Other, ids: Option<&Ids<'_>>) -> Result<bool> {
    let (Some(first), Some(other_first)) = (filter.first(), topic.first()) else {
        return Err(Error::Inval);
    };
    if (*first == b'$') != (*other_first == b'$') {
        return Ok(false);
    }
    let is_bad = |byte: &u8| other == Other::Name && is_wildcard(*byte);

    let mut f = Cursor::new(filter);
    let mut t = Cursor::new(topic);
    while let Some(mut byte) = f.peek() {
        // Rule 1.
        if t.peek().is_some_and(|byte| is_bad(&byte)) {
            return Err(Error::Inval);
        }
        // Rule 2: a level of the pattern.
        if let Some(id) = ids.and_then(|ids| f.pattern(ids)) {
            f.advance(2);
            let level = t.take_level();
            let unusable = other == Other::Filter && matches!(id, b"+" | b"#" | b"/");
            if id.is_empty() || unusable || level != id {
                return Ok(false);
            }
            if t.at_end() && matches!(f.rest(), b"" | b"/#") {
                return Ok(true);
            }
            let Some(next) = f.peek() else { return Ok(false) };
            byte = next;
        }
        // Rule 3: equal bytes, as many as need no look at the other rules in between.
        let stop = |byte: &u8| is_bad(byte) || (*byte == b'%' && ids.is_some());
        let equal = equal_bytes(f.rest(), t.rest(), stop);
        if equal > 0 {
            f.advance(equal);
            t.advance(equal);
            if t.at_end() {
                match f.rest() {
                    b"" | b"/#" => return Ok(true),
                    b"+" if f.before() == Some(b'/') => return Ok(true),
                    b"+" => return Err(Error::Inval),
                    _ => {}
                }
            }
            continue;
        }
        match byte {
            // Rule 4: one level.
            b'+' => {
                if other == Other::Filter && t.peek() == Some(b'#') {
                    return Ok(false);
                }
                if !f.at_level_start() || !matches!(f.peek_next(), None | Some(b'/')) {
                    return Err(Error::Inval);
                }
                f.advance(1);
                if t.take_level().iter().any(is_bad) {
                    return Err(Error::Inval);
                }
                if f.at_end() && t.at_end() {
                    return Ok(true);
                }
            }
            // Rule 5: all levels that follow.
            b'#' => {
                if !f.at_level_start() || f.peek_next().is_some() || t.rest().iter().any(is_bad) {
                    return Err(Error::Inval);
                }
                return Ok(true);
            }
            // Rule 6: they differ, or the topic has ended. `+/#` matches the parent level too [4.7.1.2].
            _ if t.at_end() && f.before() == Some(b'+') && f.rest() == b"/#" => return Ok(true),
            _ => {
                let misplaced = f.rest().split_last().is_some_and(|(_, rest)| rest.contains(&b'#'));
                return if misplaced { Err(Error::Inval) } else { Ok(false) };
            }
        }
    }
    if t.rest().iter().any(is_bad) { Err(Error::Inval) } else { Ok(false) }
}

/// How many bytes both begin with, up to the first behind the first byte at which to stop.
#[inline]
fn equal_bytes(a: &[u8], b: &[u8], stop: impl Fn(&u8) -> bool) -> usize {
    let differs = |n: usize, a: &u8, b: &u8| a != b || (n > 0 && stop(b));
    let mut pairs = a.iter().zip(b).enumerate();
    let place = pairs.position(|(n, (a, b))| differs(n, a, b));
    place.unwrap_or_else(|| a.len().min(b.len()))
}

const fn is_wildcard(byte: u8) -> bool {
    matches!(byte, b'+' | b'#')
}

/// A string and how far it has been walked.
struct Cursor<'a> {
    before: Option<u8>,
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Cursor { before: None, rest: bytes }
    }

    fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn peek_next(&self) -> Option<u8> {
        self.rest.get(1).copied()
    }

    /// The byte in front of the one that `peek` gives.
    fn before(&self) -> Option<u8> {
        self.before
    }

    fn at_level_start(&self) -> bool {
        matches!(self.before, None | Some(b'/'))
    }

    fn advance(&mut self, count: usize) {
        self.take(count);
    }

    /// What is left of the current level.
    fn take_level(&mut self) -> &'a [u8] {
        let len = self.rest.iter().position(|&byte| byte == b'/').unwrap_or(self.rest.len());
        self.take(len)
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, &[]));
        self.before = taken.last().copied().or(self.before);
        self.rest = rest;
        taken
    }

    /// What the current level stands for if it is exactly `%c` or `%u`.
    fn pattern<'i>(&self, ids: &Ids<'i>) -> Option<&'i [u8]> {
        let id = match self.rest {
            [b'%', b'c'] | [b'%', b'c', b'/', ..] => ids.client,
            [b'%', b'u'] | [b'%', b'u', b'/', ..] => ids.user,
            _ => return None,
        };
        self.at_level_start().then(|| id.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::topic::{check_filter, check_name, levels};
    use proptest::prelude::*;

    /// 4.7 as it is written, for valid input: both as lists of levels.
    fn naive(filter: &[u8], topic: &[u8], other: Other, ids: Option<&Ids<'_>>) -> bool {
        let mut filter_levels = levels(filter);
        let mut topic_levels = levels(topic);
        if filter.starts_with(b"$") != topic.starts_with(b"$") {
            return false;
        }
        loop {
            let (filter, topic) = (filter_levels.next(), topic_levels.next());
            let filter = match (filter, ids) {
                (Some(b"%c"), Some(ids)) => Some(ids.client.unwrap_or(b"")),
                (Some(b"%u"), Some(ids)) => Some(ids.user.unwrap_or(b"")),
                (Some(b"#"), _) => return true,
                (Some(b"+"), _) if topic == Some(b"#") && other == Other::Filter => return false,
                (Some(b"+"), _) => {
                    if topic.is_none() {
                        return false;
                    }
                    continue;
                }
                (filter, _) => filter.map(|level| if level.is_empty() { b"//" } else { level }),
            };
            // An empty level is compared as "//", so that it differs from an id that is empty.
            let topic = topic.map(|level| if level.is_empty() { b"//" } else { level });
            if filter != topic {
                return false;
            }
            if filter.is_none() {
                return true;
            }
        }
    }

    const IDS: [Ids<'static>; 3] = [
        Ids { client: Some(b"a"), user: Some(b"$b") },
        Ids { client: None, user: Some(b"") },
        Ids { client: Some(b"a/b"), user: Some(b"+") },
    ];

    /// Every string of up to `len` of the bytes of `alphabet`.
    fn strings(alphabet: &[u8], len: usize) -> Vec<Vec<u8>> {
        let mut all = vec![Vec::new()];
        let mut last = all.clone();
        for _ in 0..len {
            last = last
                .iter()
                .flat_map(|prefix| {
                    alphabet.iter().map(|&byte| [prefix.as_slice(), &[byte]].concat())
                })
                .collect();
            all.extend_from_slice(&last);
        }
        all
    }

    #[test]
    fn all_short_valid_pairs_are_as_the_standard_says() {
        let all = strings(b"a/+#$", 5);
        let filters: Vec<_> = all.iter().filter(|filter| check_filter(filter).is_ok()).collect();
        let names: Vec<_> = all.iter().filter(|name| check_name(name).is_ok()).collect();
        assert!(filters.len() > 500 && names.len() > 300);
        for filter in &filters {
            for name in &names {
                let expected = naive(filter, name, Other::Name, None);
                assert_eq!(matches(filter, name), Ok(expected), "{filter:?} {name:?}");
            }
        }
        for acl in &filters {
            for sub in filters.iter().filter(|sub| sub.len() <= 4) {
                let expected = naive(acl, sub, Other::Filter, None);
                assert_eq!(acl_covers(acl, sub), Ok(expected), "{acl:?} {sub:?}");
            }
        }
    }

    #[test]
    fn answers_for_malformed_input() {
        // Filter, name, answer of the reference except where marked; `None` is INVAL.
        let table: [(&str, &str, Option<bool>); 14] = [
            ("#/a", "zzz", None),
            ("foo#", "foobar", None),
            ("x#", "a", Some(false)),
            ("foo+", "foox", None),
            ("foo+", "bar", Some(false)),
            ("a", "a/+", None),
            ("b", "a/+", Some(false)),
            ("#", "$+", Some(false)),
            ("$#", "$a", None),
            ("a+", "a", None),
            ("+/#x", "a", None),  // differs: the reference answers true
            ("+/#/x", "a", None), // the same
            ("", "a", None),
            ("a", "", None),
        ];
        for (filter, name, expected) in table {
            let answer = matches(filter.as_bytes(), name.as_bytes());
            assert_eq!(answer, expected.ok_or(Error::Inval), "{filter} {name}");
        }
    }

    proptest! {
        #[test]
        fn patterns_stand_for_whole_levels(
            filter in "((%c|%u|%C|a|b|a%c|\\+|)/){0,3}(%c|%u|a|\\+|#)",
            name in "((a|b|\\$b|%c|)/){0,3}(a|b|\\$b)",
            ids in prop::sample::select(&IDS[..]),
        ) {
            let (filter, name) = (filter.as_bytes(), name.as_bytes());
            let expected = naive(filter, name, Other::Name, Some(&ids));
            prop_assert_eq!(matches_with_pattern(filter, name, &ids), Ok(expected));
            let usable = [ids.client, ids.user].iter().all(|id| *id != Some(b"+"));
            if usable {
                prop_assert_eq!(acl_covers_with_pattern(filter, name, &ids), Ok(expected));
            }
        }

        #[test]
        fn what_an_acl_covers_matches_nothing_else(
            acl in "((a|b|\\+|)/){0,3}(a|\\+|#)",
            sub in "((a|b|\\+|)/){0,3}(a|\\+|#)",
            name in "((a|b|)/){0,4}(a|b|)",
        ) {
            let (acl, sub, name) = (acl.as_bytes(), sub.as_bytes(), name.as_bytes());
            prop_assume!(!name.is_empty());
            if acl_covers(acl, sub) == Ok(true) && matches(sub, name) == Ok(true) {
                prop_assert_eq!(matches(acl, name), Ok(true));
            }
        }

        #[test]
        fn nothing_panics(filter in prop::collection::vec(prop::sample::select(&b"a/+#$%cu"[..]), 0..12),
            name in prop::collection::vec(prop::sample::select(&b"a/+#$%cu"[..]), 0..12)) {
            for ids in &IDS {
                let _ = matches_with_pattern(&filter, &name, ids);
                let _ = acl_covers_with_pattern(&filter, &name, ids);
            }
        }
    }
}
