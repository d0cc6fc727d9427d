//! Topics and strings: UTF-8 as the standard library sees it, less what MQTT forbids; matching as the standard says it,
//! level by level, for everything that is a filter and a name.

#![no_main]

use libfuzzer_sys::fuzz_target;
use libmosquitto_rs_fuzz::Input;
use mosquitto::protocol::topic::{
    Ids, acl_covers, acl_covers_with_pattern, check_filter, check_name, classify_name, levels,
    matches, matches_with_pattern,
};
use mosquitto::protocol::utf8;

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let ids = (input.byte() & 1 == 1).then(|| (input.field(), input.field()));
    let ids = ids.unwrap_or_default();
    let ids = Ids { client: Some(ids.0), user: Some(ids.1) };
    let filter = input.field();
    let name = input.0;

    let valid = std::str::from_utf8(name).is_ok_and(|text| text.chars().all(is_allowed));
    assert_eq!(utf8::validate(name).is_ok(), valid);
    let both = classify_name(name);
    assert_eq!(both.is_utf8, utf8::validate(name).is_ok());
    assert_eq!(both.is_name, check_name(name).is_ok());

    let answer = matches(filter, name);
    let covers = acl_covers(filter, name);
    let _ = matches_with_pattern(filter, name, &ids);
    let _ = acl_covers_with_pattern(filter, name, &ids);
    if check_filter(filter).is_err() || filter.contains(&0) {
        return;
    }
    if check_name(name).is_ok() {
        assert_eq!(answer, Ok(matches_plainly(filter, name)));
        assert_eq!(covers, answer, "a name is a filter of its own");
    }
    if check_filter(name).is_ok() && covers == Ok(true) {
        // What the rule covers matches nothing that the rule does not match: a name made of the filter.
        let made: Vec<&[u8]> = levels(name)
            .map(|level| if matches!(level, b"+" | b"#") { b"x" } else { level })
            .collect();
        let made = made.join(&b'/');
        if !made.is_empty() && !made.contains(&0) {
            assert_eq!(matches(name, &made), Ok(true));
            assert_eq!(matches(filter, &made), Ok(true), "{name:?} {made:?}");
        }
    }
});

/// Neither a control character nor a non-character.
fn is_allowed(c: char) -> bool {
    let code = u32::from(c);
    !c.is_control() && !(0xfdd0..=0xfdef).contains(&code) && code & 0xfffe != 0xfffe
}

/// MQTT 5.0 section 4.7.
fn matches_plainly(filter: &[u8], name: &[u8]) -> bool {
    if filter.starts_with(b"$") != name.starts_with(b"$") {
        return false;
    }
    let (mut filter, mut name) = (levels(filter), levels(name));
    loop {
        match (filter.next(), name.next()) {
            (Some(b"#"), _) => return true,
            (Some(b"+"), Some(_)) => {}
            (None, None) => return true,
            (a, b) if a != b => return false,
            _ => {}
        }
    }
}
