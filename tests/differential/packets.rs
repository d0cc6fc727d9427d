//! A second reader of MQTT packets, written from the standard: what is in them, and what is wrong with them. It shares no
//! code with the library, so that the two can be held against each other.

use crate::support::pattern::hex;

/// Why a connection must end: the code that the program gets, the reason in the DISCONNECT of MQTT 5, and a name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// `MOSQ_ERR_*`.
    pub code: u16,
    /// Reason of the DISCONNECT; without one, none is sent.
    pub reason: Option<u8>,
    /// What it is, for the rules.
    pub what: &'static str,
}

/// A fault of the packet itself, whatever came before it.
pub const FORBIDDEN: &str = "forbidden packet";

pub const MALFORMED: Fault = Fault { code: 21, reason: Some(0x81), what: FORBIDDEN };
pub const PROTOCOL: Fault = Fault { code: 2, reason: Some(0x82), what: FORBIDDEN };
const TEXT: Fault = Fault { code: 18, reason: Some(0x81), what: FORBIDDEN };
const TWICE: Fault = Fault { code: 22, reason: Some(0x82), what: FORBIDDEN };

pub type Result<T> = std::result::Result<T, Fault>;

/// Types of packets, with their flags cleared.
pub const CONNECT: u8 = 0x10;
pub const CONNACK: u8 = 0x20;
pub const PUBLISH: u8 = 0x30;
pub const PUBACK: u8 = 0x40;
pub const PUBREC: u8 = 0x50;
pub const PUBREL: u8 = 0x60;
pub const PUBCOMP: u8 = 0x70;
pub const SUBSCRIBE: u8 = 0x80;
pub const SUBACK: u8 = 0x90;
pub const UNSUBSCRIBE: u8 = 0xa0;
pub const UNSUBACK: u8 = 0xb0;
pub const PINGREQ: u8 = 0xc0;
pub const PINGRESP: u8 = 0xd0;
pub const DISCONNECT: u8 = 0xe0;
pub const AUTH: u8 = 0xf0;

/// A property: its identifier and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    pub id: u8,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Number(u32),
    Bytes(Vec<u8>),
    Pair(Vec<u8>, Vec<u8>),
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Byte,
    Int16,
    Int32,
    Varint,
    Text,
    Topic,
    Binary,
    Pair,
}

/// Identifier, name, type, packets that may carry it (bit 4 for type 4, as in 0x40), whether it may be 0 or above 1.
type Row = (u8, &'static str, Kind, u16, fn(u32) -> bool);

const ANY: fn(u32) -> bool = |_| true;
const FLAG: fn(u32) -> bool = |number| number <= 1;
const NOT_ZERO: fn(u32) -> bool = |number| number > 0;

/// MQTT 5.0, table 2-4, without what only clients send.
const TABLE: [Row; 26] = [
    (1, "payload-format-indicator", Kind::Byte, 1 << 3, FLAG),
    (2, "message-expiry-interval", Kind::Int32, 1 << 3, ANY),
    (3, "content-type", Kind::Text, 1 << 3, ANY),
    (8, "response-topic", Kind::Topic, 1 << 3, ANY),
    (9, "correlation-data", Kind::Binary, 1 << 3, ANY),
    (11, "subscription-identifier", Kind::Varint, 1 << 3, NOT_ZERO),
    (17, "session-expiry-interval", Kind::Int32, 1 << 2 | 1 << 14, ANY),
    (18, "assigned-client-identifier", Kind::Text, 1 << 2, ANY),
    (19, "server-keep-alive", Kind::Int16, 1 << 2, ANY),
    (21, "authentication-method", Kind::Text, 1 << 2 | 1 << 15, ANY),
    (22, "authentication-data", Kind::Binary, 1 << 2 | 1 << 15, ANY),
    (23, "request-problem-information", Kind::Byte, 0, FLAG),
    (25, "request-response-information", Kind::Byte, 0, FLAG),
    (26, "response-information", Kind::Text, 1 << 2, ANY),
    (28, "server-reference", Kind::Text, 1 << 2 | 1 << 14, ANY),
    (31, "reason-string", Kind::Text, 0xcaf4, ANY),
    (33, "receive-maximum", Kind::Int16, 1 << 2, NOT_ZERO),
    (34, "topic-alias-maximum", Kind::Int16, 1 << 2, ANY),
    (35, "topic-alias", Kind::Int16, 1 << 3, NOT_ZERO),
    (36, "maximum-qos", Kind::Byte, 1 << 2, FLAG),
    (37, "retain-available", Kind::Byte, 1 << 2, FLAG),
    (38, "user-property", Kind::Pair, 0xffff, ANY),
    (39, "maximum-packet-size", Kind::Int32, 1 << 2, NOT_ZERO),
    (40, "wildcard-subscription-available", Kind::Byte, 1 << 2, FLAG),
    (41, "subscription-identifier-available", Kind::Byte, 1 << 2, FLAG),
    (42, "shared-subscription-available", Kind::Byte, 1 << 2, FLAG),
];

/// What only clients send, but what can be read: will delay is the only one missing above.
const WILL_DELAY: Row = (24, "will-delay-interval", Kind::Int32, 0, ANY);

fn row(id: u8) -> Option<&'static Row> {
    TABLE.iter().chain([&WILL_DELAY]).find(|row| row.0 == id)
}

/// A packet and the bytes before its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    pub first: u8,
    pub body: Vec<u8>,
    /// All bytes of it.
    pub len: usize,
}

impl Packet {
    pub fn kind(&self) -> u8 {
        self.first & 0xf0
    }

    pub fn flags(&self) -> u8 {
        self.first & 0x0f
    }

    pub fn reader(&self) -> Reader<'_> {
        Reader(&self.body)
    }

    /// The packet identifier of a PUBLISH, if it is whole.
    pub fn message_mid(&self) -> Option<u16> {
        let mut reader = self.reader();
        if self.kind() != PUBLISH || self.flags() & 6 == 0 {
            return None;
        }
        reader.string().ok()?;
        reader.u16().ok()
    }

    /// The packet identifier of a PUBLISH, SUBSCRIBE or UNSUBSCRIBE.
    pub fn request_mid(&self) -> Option<u16> {
        match self.kind() {
            SUBSCRIBE | UNSUBSCRIBE => self.reader().u16().ok(),
            _ => self.message_mid(),
        }
    }

    /// Takes the topic alias out of a PUBLISH of MQTT 5 that has a short property list.
    pub fn remove_alias(&mut self) {
        let mut reader = self.reader();
        let topic = reader.string().map_or(0, <[u8]>::len);
        let at = 2 + topic + if self.flags() & 6 == 0 { 0 } else { 2 };
        let end = at + 1 + usize::from(self.body.get(at).copied().unwrap_or(0));
        let mut start = at + 1;
        while let Some(list) = self.body.get(start..end).filter(|list| !list.is_empty()) {
            let mut rest = Reader(list);
            let Ok(property) = rest.property() else { return };
            let next = end - rest.0.len();
            if property.id == 35 {
                self.body.drain(start..next);
                self.body[at] -= (next - start) as u8;
                return;
            }
            start = next;
        }
    }

    /// Its bytes, with the shortest length.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.first];
        let mut len = self.body.len();
        loop {
            bytes.push((len & 0x7f) as u8 | if len > 0x7f { 0x80 } else { 0 });
            len >>= 7;
            if len == 0 {
                break;
            }
        }
        bytes.extend(&self.body);
        bytes
    }
}

/// Takes the next packet off the front: `None` if it is not whole, the fault if its length cannot be one.
pub fn take(stream: &mut Vec<u8>) -> Option<Result<Packet>> {
    let (first, rest) = stream.split_first()?;
    let mut reader = Reader(rest);
    let mut len = 0;
    for at in 0.. {
        if at == 4 {
            return Some(Err(MALFORMED));
        }
        let byte = reader.u8().ok()?;
        len |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            break;
        }
    }
    let (first, body) = (*first, reader.0.get(..len)?.to_vec());
    let total = stream.len() - reader.0.len() + len;
    stream.drain(..total);
    Some(Ok(Packet { first, body, len: total }))
}

/// The length of the packet that the stream begins with, as far as it says so already.
pub fn announced(stream: &[u8]) -> Option<usize> {
    let mut reader = Reader(stream.get(1..)?);
    let mut len = 0;
    for at in 0..4 {
        let byte = reader.u8().ok()?;
        len |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some(stream.len() - reader.0.len() + len);
        }
    }
    None
}

/// All whole packets in bytes.
pub fn all(bytes: &[u8]) -> Vec<Packet> {
    let mut stream = bytes.to_vec();
    std::iter::from_fn(|| take(&mut stream)?.ok()).collect()
}

pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn bytes(&mut self, len: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(MALFORMED)?;
        self.0 = rest;
        Ok(taken)
    }

    pub fn u8(&mut self) -> Result<u8> {
        Ok(self.bytes(1)?[0])
    }

    pub fn u16(&mut self) -> Result<u16> {
        Ok(u16::from(self.u8()?) << 8 | u16::from(self.u8()?))
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from(self.u16()?) << 16 | u32::from(self.u16()?))
    }

    fn varint(&mut self) -> Result<u32> {
        let mut number = 0;
        for at in 0..4 {
            let byte = self.u8()?;
            number |= u32::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                // The shortest form is the only one [MQTT-1.5.5-1].
                return if at > 0 && byte == 0 { Err(MALFORMED) } else { Ok(number) };
            }
        }
        Err(MALFORMED)
    }

    /// Bytes with their length in front.
    pub fn string(&mut self) -> Result<&'a [u8]> {
        let len = self.u16()?;
        self.bytes(len.into())
    }

    fn text(&mut self) -> Result<Vec<u8>> {
        let text = self.string()?;
        if is_text(text) { Ok(text.to_vec()) } else { Err(TEXT) }
    }

    /// Not 0 [MQTT-2.2.1-3].
    pub fn mid(&mut self) -> Result<u16> {
        match self.u16()? {
            0 => Err(PROTOCOL),
            mid => Ok(mid),
        }
    }

    /// A property list of a packet of this type (2.2.2).
    pub fn properties(&mut self, kind: u8) -> Result<Vec<Property>> {
        let properties = self.any_properties()?;
        check(&properties, kind)?;
        Ok(properties)
    }

    /// A property list, whatever it may be for.
    pub fn any_properties(&mut self) -> Result<Vec<Property>> {
        let len = self.varint()?;
        let mut list = Reader(self.bytes(len as usize)?);
        let mut properties = Vec::new();
        while !list.0.is_empty() {
            properties.push(list.property()?);
        }
        Ok(properties)
    }

    fn property(&mut self) -> Result<Property> {
        let id = u8::try_from(self.varint()?).map_err(|_| MALFORMED)?;
        let (.., kind, _, _) = *row(id).ok_or(MALFORMED)?;
        let value = match kind {
            Kind::Byte => Value::Number(self.u8()?.into()),
            Kind::Int16 => Value::Number(self.u16()?.into()),
            Kind::Int32 => Value::Number(self.u32()?),
            Kind::Varint => Value::Number(self.varint()?),
            Kind::Text | Kind::Topic => Value::Bytes(self.text()?),
            Kind::Binary => Value::Bytes(self.string()?.to_vec()),
            Kind::Pair => {
                let name = self.string()?;
                let value = self.string()?;
                if !is_text(name) || !is_text(value) {
                    return Err(TEXT);
                }
                Value::Pair(name.to_vec(), value.to_vec())
            }
        };
        Ok(Property { id, value })
    }
}

/// Values and places of properties, and what may not stand twice.
fn check(properties: &[Property], packet: u8) -> Result<()> {
    for (at, property) in properties.iter().enumerate() {
        let (_, _, kind, packets, may_be) = *row(property.id).ok_or(MALFORMED)?;
        let fine = match &property.value {
            Value::Number(number) => may_be(*number),
            Value::Bytes(topic) if kind == Kind::Topic => is_topic(topic),
            _ => true,
        };
        if !fine || packets >> (packet >> 4) & 1 == 0 {
            return Err(PROTOCOL);
        }
        // Several subscription identifiers tell of several subscriptions (3.3.2.3.8).
        let may_repeat = property.id == 38 || property.id == 11;
        if !may_repeat && properties[at + 1..].iter().any(|other| other.id == property.id) {
            return Err(TWICE);
        }
    }
    Ok(())
}

/// UTF-8 without control characters and noncharacters (1.5.4).
fn is_text(bytes: &[u8]) -> bool {
    let bad = |c: char| {
        let number = u32::from(c);
        c.is_control() || (0xfdd0..=0xfdef).contains(&number) || number & 0xfffe == 0xfffe
    };
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(bad))
}

/// A topic name that is not empty: no wildcards [MQTT-3.3.2-2], at most 200 slashes.
pub fn is_topic(name: &[u8]) -> bool {
    let slashes = name.iter().filter(|&&byte| byte == b'/').count();
    !name.is_empty() && !name.iter().any(|byte| b"+#".contains(byte)) && slashes <= 200
}

/// The topic of a received PUBLISH.
pub fn topic<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let topic = reader.string()?;
    if is_text(topic) { Ok(topic) } else { Err(TEXT) }
}

/// A number among properties.
pub fn number(properties: &[Property], id: u8) -> Option<u32> {
    properties.iter().find(|property| property.id == id).and_then(|property| match property.value {
        Value::Number(number) => Some(number),
        _ => None,
    })
}

/// A text or bytes among properties.
pub fn bytes(properties: &[Property], id: u8) -> Option<&[u8]> {
    properties.iter().find(|property| property.id == id).and_then(|property| {
        match &property.value {
            Value::Bytes(bytes) => Some(&bytes[..]),
            _ => None,
        }
    })
}

/// As the programs of `c_tests` print properties.
pub fn printed(properties: &[Property]) -> Vec<String> {
    let line = |property: &Property| {
        let (_, name, kind, ..) = row(property.id)?;
        let value = match &property.value {
            Value::Number(number) => number.to_string(),
            Value::Bytes(bytes) if *kind == Kind::Binary && bytes.is_empty() => "empty".to_owned(),
            Value::Bytes(bytes) if *kind == Kind::Binary => printed_bytes(bytes),
            Value::Bytes(bytes) => format!("'{}'", String::from_utf8_lossy(bytes)),
            Value::Pair(name, value) => {
                let text = String::from_utf8_lossy;
                format!("'{}' = '{}'", text(name), text(value))
            }
        };
        Some(format!("    property {name} {value}"))
    };
    properties.iter().filter_map(line).collect()
}

/// Text if it is printable, else hex, long ones as a sum, as `bytes_text` of `common.h`.
pub fn printed_bytes(bytes: &[u8]) -> String {
    if bytes.len() > 120 {
        let add = |sum: u64, &byte: &u8| sum.wrapping_mul(31).wrapping_add(byte.into());
        return format!("({} bytes, sum {:x})", bytes.len(), bytes.iter().fold(0, add));
    }
    if bytes.iter().all(|byte| (0x20..=0x7e).contains(byte)) {
        format!("'{}'", String::from_utf8_lossy(bytes))
    } else {
        hex(bytes)
    }
}

pub fn unhex(text: &str) -> Vec<u8> {
    let two = |at: usize| text.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    (0..text.len() / 2).map_while(|at| two(2 * at)).collect()
}
