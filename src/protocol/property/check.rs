//! What a list of properties may contain, for the three who ask: the program (`mosquitto_property_check_all`), a call that
//! is about to send a list, and a packet that arrived. One walk to find what occurs twice, one for the verdict: linear.

use crate::error::{Error, Result};
use crate::protocol::{command, topic, utf8};

use super::table::{Rule, lookup};
use super::{Property, Value, get, id, iter};

/// Identifiers below this fit the sets below; the table ends at 42.
const SET_BITS: i32 = 64;

/// Refuses a list that the standard forbids in `command`, as `mosquitto_property_check_all` does: property by property,
/// [`Error::Protocol`] for a forbidden value or a packet that may not carry it (also for an unknown identifier), then
/// [`Error::DuplicateProperty`] if it occurs again further on. The first failure counts.
///
/// A value of `None` (a property whose identifier is unknown) is refused.
pub fn check_list<'a, I>(command: i32, list: I) -> Result<()>
where
    I: Iterator<Item = (i32, Option<Value<'a>>)> + Clone,
{
    let mut seen = IdentifierSet::default();
    let mut repeated = IdentifierSet::default();
    for (identifier, _) in list.clone() {
        if !seen.insert(identifier) {
            repeated.insert(identifier);
        }
    }
    verdict(command, list, repeated)
}

/// [`check_list`] of an encoded list made by the program.
pub fn check_all(command: i32, bytes: &[u8]) -> Result<()> {
    iter(bytes).try_for_each(|property| property.map(drop))?;
    check_list(command, decoded(bytes))
}

/// What a call that sends `bytes` in `command` demands: [`check_all`]; strings in UTF-8 [MQTT-1.5.4-1]; no subscription
/// identifier in PUBLISH [MQTT-3.3.4-6] and not 0 in SUBSCRIBE (3.8.2.1.2); in CONNECT no authentication data without
/// a method (3.1.2.11.10).
pub fn check_sendable(command: i32, bytes: &[u8]) -> Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    check_all(command, bytes)?;
    for property in iter(bytes) {
        check_text(&property?)?;
    }
    let subscription_identifier = get(bytes, id::SUBSCRIPTION_IDENTIFIER);
    let forbidden = match command {
        command::PUBLISH => subscription_identifier.is_some(),
        command::SUBSCRIBE => subscription_identifier == Some(Value::Varint(0)),
        command::CONNECT => {
            get(bytes, id::AUTHENTICATION_DATA).is_some()
                && get(bytes, id::AUTHENTICATION_METHOD).is_none()
        }
        _ => false,
    };
    if forbidden { Err(Error::Protocol) } else { Ok(()) }
}

/// Refuses a list that arrived in `command`: first, in order, [`Error::MalformedPacket`] for what cannot be decoded and
/// [`Error::MalformedUtf8`] for strings; then as [`check_list`], except that a PUBLISH may carry several subscription
/// identifiers (3.3.2.3.8), none of which is 0.
pub fn check_received(command: i32, bytes: &[u8]) -> Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let mut seen = IdentifierSet::default();
    let mut repeated = IdentifierSet::default();
    let mut zero_identifier = false;
    for property in iter(bytes) {
        let property = property?;
        check_text(&property)?;
        if property.identifier == id::SUBSCRIPTION_IDENTIFIER && command == command::PUBLISH {
            zero_identifier |= property.value == Value::Varint(0);
        } else if !seen.insert(property.identifier.into()) {
            repeated.insert(property.identifier.into());
        }
    }
    verdict(command, decoded(bytes), repeated)?;
    if zero_identifier { Err(Error::Protocol) } else { Ok(()) }
}

/// The walk that decides, once it is known what occurs twice.
fn verdict<'a>(
    command: i32,
    list: impl Iterator<Item = (i32, Option<Value<'a>>)>,
    repeated: IdentifierSet,
) -> Result<()> {
    for (identifier, value) in list {
        let entry = u8::try_from(identifier).ok().and_then(lookup).ok_or(Error::Protocol)?;
        check_value(entry.rule, value.ok_or(Error::Protocol)?)?;
        entry.allowed_in(command)?;
        // Of two, the first is met first: there is a later one exactly if it is repeated at all.
        if identifier != i32::from(id::USER_PROPERTY) && repeated.contains(identifier) {
            return Err(Error::DuplicateProperty);
        }
    }
    Ok(())
}

fn check_value(rule: Rule, value: Value<'_>) -> Result<()> {
    let fine = match rule {
        Rule::Any => true,
        Rule::Flag => value.number().is_some_and(|number| number <= 1),
        Rule::NotZero => value.number().is_some_and(|number| number != 0),
        Rule::TopicName => value.bytes().is_some_and(|bytes| topic::check_name(bytes).is_ok()),
    };
    if fine { Ok(()) } else { Err(Error::Protocol) }
}

fn check_text(property: &Property<'_>) -> Result<()> {
    match property.value {
        Value::String(text) => utf8::validate(text),
        Value::Pair(name, value) => utf8::validate(name).and_then(|()| utf8::validate(value)),
        _ => Ok(()),
    }
}

fn decoded(bytes: &[u8]) -> impl Iterator<Item = (i32, Option<Value<'_>>)> + Clone {
    iter(bytes).map_while(Result::ok).map(|it| (it.identifier.into(), Some(it.value)))
}

/// A set of small identifiers.
#[derive(Debug, Clone, Copy, Default)]
struct IdentifierSet(u64);

impl IdentifierSet {
    /// Whether it was new. Identifiers that the set cannot hold are always new; no property has one.
    fn insert(&mut self, identifier: i32) -> bool {
        let new = !self.contains(identifier);
        self.0 |= Self::bit(identifier);
        new
    }

    fn contains(self, identifier: i32) -> bool {
        self.0 & Self::bit(identifier) != 0
    }

    fn bit(identifier: i32) -> u64 {
        if (0..SET_BITS).contains(&identifier) { 1 << identifier } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::property::put;

    const OK: Result<()> = Ok(());
    const PROTOCOL: Result<()> = Err(Error::Protocol);
    const DUPLICATE: Result<()> = Err(Error::DuplicateProperty);
    const UTF8: Result<()> = Err(Error::MalformedUtf8);
    const MALFORMED: Result<()> = Err(Error::MalformedPacket);

    fn encode(list: &[(u8, Value<'_>)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for &(identifier, value) in list {
            put(&mut bytes, &Property { identifier, value });
        }
        bytes
    }

    #[test]
    fn the_three_askers() {
        use Value::*;
        let pair = |name, value| (id::USER_PROPERTY, Pair(name, value));
        let subscription = |number| (id::SUBSCRIPTION_IDENTIFIER, Varint(number));
        let method = (id::AUTHENTICATION_METHOD, String(b"m"));
        let data = (id::AUTHENTICATION_DATA, Binary(b"\xff"));
        // Packet, list, verdict for the program, for a sender, for a receiver.
        type Row<'a> = (i32, &'a [(u8, Value<'a>)], [Result<()>; 3]);
        let table: &[Row<'_>] = &[
            (command::PUBLISH, &[], [OK; 3]),
            (command::PUBLISH, &[(1, Byte(1)), (35, Int16(1))], [OK; 3]),
            (command::PUBLISH, &[(1, Byte(2))], [PROTOCOL; 3]),
            (command::PUBLISH, &[(35, Int16(0))], [PROTOCOL; 3]),
            (command::PUBLISH, &[(33, Int16(1))], [PROTOCOL; 3]),
            (command::PUBLISH, &[(8, String(b"a/+"))], [PROTOCOL; 3]),
            (command::PUBLISH, &[(8, String(b""))], [PROTOCOL; 3]),
            (command::PUBLISH, &[(3, String(b"a")), (3, String(b"a"))], [DUPLICATE; 3]),
            (
                command::PUBLISH,
                &[(3, String(b"a")), (1, Byte(2)), (3, String(b"a"))],
                [DUPLICATE; 3],
            ),
            (
                command::PUBLISH,
                &[(1, Byte(2)), (3, String(b"a")), (3, String(b"a"))],
                [PROTOCOL; 3],
            ),
            (command::PUBLISH, &[pair(b"a", b"b"), pair(b"a", b"b")], [OK; 3]),
            (command::PUBLISH, &[pair(b"a", b"\xff")], [OK, UTF8, UTF8]),
            (command::PUBLISH, &[pair(b"\xff", b"a")], [OK, UTF8, UTF8]),
            (command::PUBLISH, &[(3, String(b"\x01"))], [OK, UTF8, UTF8]),
            (command::PUBLISH, &[(9, Binary(b"\xff"))], [OK; 3]),
            (command::PUBLISH, &[(1, Byte(2)), (3, String(b"\x01"))], [PROTOCOL, PROTOCOL, UTF8]),
            (command::PUBLISH, &[subscription(1)], [OK, PROTOCOL, OK]),
            (command::PUBLISH, &[subscription(1), subscription(2)], [DUPLICATE, DUPLICATE, OK]),
            (
                command::PUBLISH,
                &[subscription(1), subscription(0)],
                [DUPLICATE, DUPLICATE, PROTOCOL],
            ),
            (command::PUBLISH, &[subscription(0)], [OK, PROTOCOL, PROTOCOL]),
            (command::SUBSCRIBE, &[subscription(1)], [OK; 3]),
            (command::SUBSCRIBE, &[subscription(0)], [OK, PROTOCOL, OK]),
            (command::SUBSCRIBE, &[subscription(1), subscription(1)], [DUPLICATE; 3]),
            (command::CONNECT, &[data], [OK, PROTOCOL, OK]),
            (command::CONNECT, &[data, method], [OK; 3]),
            (command::CONNECT, &[(39, Int32(0))], [PROTOCOL; 3]),
            (command::CONNACK, &[(19, Int16(0)), (34, Int16(0))], [OK; 3]),
            (command::WILL, &[(24, Int32(0)), (31, String(b"r"))], [OK; 3]),
            (0x31, &[(1, Byte(0))], [PROTOCOL; 3]),
        ];
        for &(command, list, expected) in table {
            let bytes = encode(list);
            let verdicts = [
                check_all(command, &bytes),
                check_sendable(command, &bytes),
                check_received(command, &bytes),
            ];
            assert_eq!(verdicts, expected, "{command:#x} {list:?}");
        }
    }

    #[test]
    fn decoding_comes_before_judging() {
        for (bytes, expected) in [
            (&b"\x01\x02\x7f"[..], MALFORMED),
            (b"\x03\x00\x01\x01\x7f", UTF8),
            (b"\x7f\x03\x00\x01\x01", MALFORMED),
            (b"\x01\x00\x01\x00\x26\x00\x01a", MALFORMED),
        ] {
            assert_eq!(check_received(command::PUBLISH, bytes), expected, "{bytes:x?}");
        }
    }

    #[test]
    fn identifiers_that_do_not_exist_are_no_duplicates() {
        for identifier in [-1, 0, 63, 64, 65, 256 + 1, i32::MAX, i32::MIN] {
            let list = [(identifier, None), (identifier, None)];
            assert_eq!(check_list(command::PUBLISH, list.into_iter()), PROTOCOL, "{identifier}");
        }
    }
}
