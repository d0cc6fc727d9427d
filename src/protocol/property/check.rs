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
/// identifier in PUBLISH [MQTT-3.3.4-6] and not 0 in SUBSCRIBE [MQTT-3.8.2-1]; in CONNECT no authentication data without
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
