//! MQTT 5 properties (2.2.2) on the wire: one encoded list, without the length in front of it, is the form in which they
//! travel through the whole library, so that a received list is never taken apart unless somebody asks.
//!
//! `table` says what exists, `check` what is allowed where. Values are borrowed; nothing here allocates but [`put`].

mod check;
mod table;

pub use check::{check_all, check_list, check_received, check_sendable};
pub use table::{Kind, allowed, find, kind, name};

use core::ops::Range;

use crate::error::{Error, Result};

use super::primitive::{Reader, VARINT_MAX, put_binary, put_varint};

/// Property identifiers (2.2.2.2).
#[allow(missing_docs)] // the names of the standard
pub mod id {
    pub const PAYLOAD_FORMAT_INDICATOR: u8 = 1;
    pub const MESSAGE_EXPIRY_INTERVAL: u8 = 2;
    pub const CONTENT_TYPE: u8 = 3;
    pub const RESPONSE_TOPIC: u8 = 8;
    pub const CORRELATION_DATA: u8 = 9;
    pub const SUBSCRIPTION_IDENTIFIER: u8 = 11;
    pub const SESSION_EXPIRY_INTERVAL: u8 = 17;
    pub const ASSIGNED_CLIENT_IDENTIFIER: u8 = 18;
    pub const SERVER_KEEP_ALIVE: u8 = 19;
    pub const AUTHENTICATION_METHOD: u8 = 21;
    pub const AUTHENTICATION_DATA: u8 = 22;
    pub const REQUEST_PROBLEM_INFORMATION: u8 = 23;
    pub const WILL_DELAY_INTERVAL: u8 = 24;
    pub const REQUEST_RESPONSE_INFORMATION: u8 = 25;
    pub const RESPONSE_INFORMATION: u8 = 26;
    pub const SERVER_REFERENCE: u8 = 28;
    pub const REASON_STRING: u8 = 31;
    pub const RECEIVE_MAXIMUM: u8 = 33;
    pub const TOPIC_ALIAS_MAXIMUM: u8 = 34;
    pub const TOPIC_ALIAS: u8 = 35;
    pub const MAXIMUM_QOS: u8 = 36;
    pub const RETAIN_AVAILABLE: u8 = 37;
    pub const USER_PROPERTY: u8 = 38;
    pub const MAXIMUM_PACKET_SIZE: u8 = 39;
    pub const WILDCARD_SUBSCRIPTION_AVAILABLE: u8 = 40;
    pub const SUBSCRIPTION_IDENTIFIER_AVAILABLE: u8 = 41;
    pub const SHARED_SUBSCRIPTION_AVAILABLE: u8 = 42;
}

/// The value of a property. Strings are bytes: whether they are UTF-8 is for [`check_received`] and [`check_sendable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Byte.
    Byte(u8),
    /// Two Byte Integer.
    Int16(u16),
    /// Four Byte Integer.
    Int32(u32),
    /// Variable Byte Integer.
    Varint(u32),
    /// Binary Data.
    Binary(&'a [u8]),
    /// UTF-8 Encoded String.
    String(&'a [u8]),
    /// UTF-8 String Pair: name and value.
    Pair(&'a [u8], &'a [u8]),
}

impl<'a> Value<'a> {
    /// The type.
    pub const fn kind(self) -> Kind {
        match self {
            Value::Byte(_) => Kind::Byte,
            Value::Int16(_) => Kind::Int16,
            Value::Int32(_) => Kind::Int32,
            Value::Varint(_) => Kind::Varint,
            Value::Binary(_) => Kind::Binary,
            Value::String(_) => Kind::String,
            Value::Pair(..) => Kind::Pair,
        }
    }

    /// The number, if it is one of the four kinds of integer.
    pub const fn number(self) -> Option<u32> {
        match self {
            Value::Byte(value) => Some(value as u32),
            Value::Int16(value) => Some(value as u32),
            Value::Int32(value) | Value::Varint(value) => Some(value),
            Value::Binary(_) | Value::String(_) | Value::Pair(..) => None,
        }
    }

    /// The bytes of binary data or a string.
    pub const fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Value::Binary(bytes) | Value::String(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn read(kind: Kind, reader: &mut Reader<'a>) -> Result<Self> {
        Ok(match kind {
            Kind::Byte => Value::Byte(reader.u8()?),
            Kind::Int16 => Value::Int16(reader.u16()?),
            Kind::Int32 => Value::Int32(reader.u32()?),
            Kind::Varint => Value::Varint(reader.varint()?),
            Kind::Binary => Value::Binary(reader.binary()?),
            Kind::String => Value::String(reader.binary()?),
            Kind::Pair => Value::Pair(reader.binary()?, reader.binary()?),
        })
    }
}

/// One property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property<'a> {
    /// One of [`id`].
    pub identifier: u8,
    /// Of the kind that belongs to the identifier.
    pub value: Value<'a>,
}

/// The properties of an encoded list, in order; [`Error::MalformedPacket`] once, at the end, where decoding fails.
#[derive(Debug, Clone)]
pub struct Iter<'a> {
    reader: Reader<'a>,
}

/// Reads an encoded list that has no length in front of it.
pub const fn iter(bytes: &[u8]) -> Iter<'_> {
    Iter { reader: Reader::new(bytes) }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Result<Property<'a>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let property = self.read();
        if property.is_err() {
            self.reader = Reader::new(&[]);
        }
        Some(property)
    }
}

impl<'a> Iter<'a> {
    fn read(&mut self) -> Result<Property<'a>> {
        // The standard calls the identifier a variable byte integer; all that exist have one byte.
        let identifier = self.reader.u8()?;
        let kind = kind(identifier).ok_or(Error::MalformedPacket)?;
        Ok(Property { identifier, value: Value::read(kind, &mut self.reader)? })
    }
}

/// Appends one property. The caller keeps to what can be encoded: at most 65,535 bytes, at most [`VARINT_MAX`].
pub fn put(out: &mut Vec<u8>, property: &Property<'_>) {
    out.push(property.identifier);
    match property.value {
        Value::Byte(value) => out.push(value),
        Value::Int16(value) => out.extend_from_slice(&value.to_be_bytes()),
        Value::Int32(value) => out.extend_from_slice(&value.to_be_bytes()),
        Value::Varint(value) => {
            debug_assert!(value <= VARINT_MAX);
            put_varint(out, value);
        }
        Value::Binary(bytes) | Value::String(bytes) => put_binary(out, bytes),
        Value::Pair(name, value) => {
            put_binary(out, name);
            put_binary(out, value);
        }
    }
}

/// The value of the first property with this identifier.
pub fn get(bytes: &[u8], identifier: u8) -> Option<Value<'_>> {
    iter(bytes)
        .map_while(Result::ok)
        .find(|found| found.identifier == identifier)
        .map(|it| it.value)
}

/// [`get`] for the properties that are numbers.
pub fn get_number(bytes: &[u8], identifier: u8) -> Option<u32> {
    get(bytes, identifier)?.number()
}

/// [`get`] for the properties that are a Two Byte Integer.
pub fn get_int16(bytes: &[u8], identifier: u8) -> Option<u16> {
    get_number(bytes, identifier).and_then(|value| u16::try_from(value).ok())
}

/// [`get`] for the properties that are binary data or strings.
pub fn get_bytes(bytes: &[u8], identifier: u8) -> Option<&[u8]> {
    get(bytes, identifier)?.bytes()
}

/// Where in the list the bytes of [`get_bytes`] stand.
pub fn locate(bytes: &[u8], identifier: u8) -> Option<Range<usize>> {
    let mut list = iter(bytes);
    while let Some(Ok(property)) = list.next() {
        if property.identifier == identifier {
            let end = bytes.len() - list.reader.rest().len();
            return property.value.bytes().map(|value| end - value.len()..end);
        }
    }
    None
}

/// A copy of the list without the properties of this identifier.
pub fn without(bytes: &[u8], identifier: u8) -> Vec<u8> {
    let mut rest = Vec::with_capacity(bytes.len());
    for property in iter(bytes).map_while(Result::ok).filter(|found| found.identifier != identifier)
    {
        put(&mut rest, &property);
    }
    rest
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(list: &[Property<'_>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        list.iter().for_each(|property| put(&mut bytes, property));
        bytes
    }

    /// What a property of any kind is made of.
    type Seed = (Kind, u32, Vec<u8>, Vec<u8>);

    fn any_seed() -> impl Strategy<Value = Seed> {
        use Kind::*;
        let kinds = vec![Byte, Int16, Int32, Varint, Binary, String, Pair];
        let bytes = || prop::collection::vec(any::<u8>(), 0..6);
        (prop::sample::select(kinds), any::<u32>(), bytes(), bytes())
    }

    fn sample((kind, number, a, b): &Seed) -> Property<'_> {
        let (identifier, value) = match kind {
            Kind::Byte => (1, Value::Byte(*number as u8)),
            Kind::Int16 => (33, Value::Int16(*number as u16)),
            Kind::Int32 => (2, Value::Int32(*number)),
            Kind::Varint => (11, Value::Varint(number & VARINT_MAX)),
            Kind::Binary => (9, Value::Binary(a)),
            Kind::String => (3, Value::String(a)),
            Kind::Pair => (38, Value::Pair(a, b)),
        };
        Property { identifier, value }
    }

    proptest! {
        #[test]
        fn what_is_put_is_read(seeds in prop::collection::vec(any_seed(), 0..6)) {
            let list: Vec<_> = seeds.iter().map(sample).collect();
            let bytes = encode(&list);
            let read: Result<Vec<_>> = iter(&bytes).collect();
            prop_assert_eq!(read.as_deref(), Ok(&list[..]));
            for property in &list {
                let first = list.iter().find(|it| it.identifier == property.identifier);
                prop_assert_eq!(get(&bytes, property.identifier), first.map(|it| it.value));
                let located = locate(&bytes, property.identifier).map(|place| &bytes[place]);
                prop_assert_eq!(located, get_bytes(&bytes, property.identifier));
                let others: Vec<_> =
                    list.iter().filter(|it| it.identifier != property.identifier).copied().collect();
                prop_assert_eq!(without(&bytes, property.identifier), encode(&others));
            }
        }

        #[test]
        fn any_bytes_are_read_without_panic_and_end(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let read: Vec<_> = iter(&bytes).collect();
            prop_assert!(read.len() <= bytes.len());
            let errors = read.iter().filter(|property| property.is_err()).count();
            prop_assert!(errors == 0 || errors == 1 && read.last().is_some_and(Result::is_err));
        }
    }

    #[test]
    fn what_cannot_be_decoded() {
        for bytes in [
            &b"\x00\x00"[..],         // no such property
            b"\x7f\x01",              // no such property
            b"\x81\x00\x01",          // identifier 1, too long
            b"\x01",                  // no value
            b"\x21\x00",              // half a value
            b"\x02\x00\x00\x00",      // three quarters
            b"\x03\x00",              // half a length
            b"\x03\x00\x02a",         // string cut
            b"\x26\x00\x01a",         // pair without value
            b"\x26\x00\x01a\x00\x02", // value cut
            b"\x0b\xff\xff\xff\xff\x01",
            b"\x0b\x81\x00",
        ] {
            let read: Vec<_> = iter(bytes).collect();
            assert_eq!(read, [Err(Error::MalformedPacket)], "{bytes:x?}");
        }
    }
}
