//! Which properties exist: identifier, name, type, the packets that may carry them, the values they may have
//! (MQTT 5.0, table 2-4 and the sections of the packets).

use core::ffi::CStr;

use crate::error::{Error, Result};
use crate::protocol::command::*;

/// Type of a value (MQTT 5.0, 1.5); the numbers are `mqtt5_property_type` of the C interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Byte.
    Byte = 1,
    /// Two Byte Integer.
    Int16 = 2,
    /// Four Byte Integer.
    Int32 = 3,
    /// Variable Byte Integer.
    Varint = 4,
    /// Binary Data.
    Binary = 5,
    /// UTF-8 Encoded String.
    String = 6,
    /// UTF-8 String Pair.
    Pair = 7,
}

/// What a value must be, beyond its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Anything.
    Any,
    /// 0 or 1.
    Flag,
    /// Not 0.
    NotZero,
    /// A topic name that could be published to.
    TopicName,
}

/// Which packets may carry it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Carriers {
    /// These.
    Only(&'static [i32]),
    /// All but these, also packets that do not exist.
    AllBut(&'static [i32]),
}

/// All that is known of one property.
#[derive(Debug)]
pub(super) struct Entry {
    pub name: &'static CStr,
    pub kind: Kind,
    pub carriers: Carriers,
    pub rule: Rule,
}

macro_rules! table {
    ($($identifier:literal $name:literal $kind:ident $rule:ident $carriers:ident $commands:tt)*) => {
        /// The entry of `identifier`.
        pub(super) const fn lookup(identifier: u8) -> Option<&'static Entry> {
            match identifier {
                $($identifier => {
                    static ENTRY: Entry = Entry {
                        name: $name,
                        kind: Kind::$kind,
                        carriers: Carriers::$carriers(&$commands),
                        rule: Rule::$rule,
                    };
                    Some(&ENTRY)
                })*
                _ => None,
            }
        }

        /// The type of the values of `identifier`; `None` if there is no such property.
        #[inline]
        pub const fn kind(identifier: u8) -> Option<Kind> {
            match identifier {
                $($identifier => Some(Kind::$kind),)*
                _ => None,
            }
        }
    };
}

table! {
    1  c"payload-format-indicator"          Byte   Flag      Only [PUBLISH, WILL]
    2  c"message-expiry-interval"           Int32  Any       Only [PUBLISH, WILL]
    3  c"content-type"                      String Any       Only [PUBLISH, WILL]
    8  c"response-topic"                    String TopicName Only [PUBLISH, WILL]
    9  c"correlation-data"                  Binary Any       Only [PUBLISH, WILL]
    11 c"subscription-identifier"           Varint Any       Only [PUBLISH, SUBSCRIBE]
    17 c"session-expiry-interval"           Int32  Any       Only [CONNECT, CONNACK, DISCONNECT]
    18 c"assigned-client-identifier"        String Any       Only [CONNACK]
    19 c"server-keep-alive"                 Int16  Any       Only [CONNACK]
    21 c"authentication-method"             String Any       Only [CONNECT, CONNACK, AUTH]
    22 c"authentication-data"               Binary Any       Only [CONNECT, CONNACK, AUTH]
    23 c"request-problem-information"       Byte   Flag      Only [CONNECT]
    24 c"will-delay-interval"               Int32  Any       Only [WILL]
    25 c"request-response-information"      Byte   Flag      Only [CONNECT]
    26 c"response-information"              String Any       Only [CONNACK]
    28 c"server-reference"                  String Any       Only [CONNACK, DISCONNECT]
    31 c"reason-string"                     String Any       AllBut [CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE]
    33 c"receive-maximum"                   Int16  NotZero   Only [CONNECT, CONNACK]
    34 c"topic-alias-maximum"               Int16  Any       Only [CONNECT, CONNACK]
    35 c"topic-alias"                       Int16  NotZero   Only [PUBLISH]
    36 c"maximum-qos"                       Byte   Flag      Only [CONNACK]
    37 c"retain-available"                  Byte   Flag      Only [CONNACK]
    38 c"user-property"                     Pair   Any       AllBut []
    39 c"maximum-packet-size"               Int32  NotZero   Only [CONNECT, CONNACK]
    40 c"wildcard-subscription-available"   Byte   Flag      Only [CONNACK]
    41 c"subscription-identifier-available" Byte   Flag      Only [CONNACK]
    42 c"shared-subscription-available"     Byte   Flag      Only [CONNACK]
}

/// The name of a property in the C interface and in the options of the command line programs.
pub fn name(identifier: i32) -> Option<&'static CStr> {
    u8::try_from(identifier).ok().and_then(lookup).map(|entry| entry.name)
}

/// Identifier and type of the property called `name`, whatever the case of its ASCII letters.
pub fn find(name: &[u8]) -> Option<(u8, Kind)> {
    (0..=u8::MAX).find_map(|identifier| {
        let entry = lookup(identifier)?;
        entry.name.to_bytes().eq_ignore_ascii_case(name).then_some((identifier, entry.kind))
    })
}

/// Whether a packet may carry a property; [`Error::Protocol`] if not, or if there is no such property. `command` is one
/// of [`crate::protocol::command`] exactly, without flags.
pub fn allowed(command: i32, identifier: i32) -> Result<()> {
    let entry = u8::try_from(identifier).ok().and_then(lookup).ok_or(Error::Protocol)?;
    entry.allowed_in(command)
}

impl Entry {
    /// As [`allowed`].
    pub(super) fn allowed_in(&self, command: i32) -> Result<()> {
        let allowed = match self.carriers {
            Carriers::Only(commands) => commands.contains(&command),
            Carriers::AllBut(commands) => !commands.contains(&command),
        };
        if allowed { Ok(()) } else { Err(Error::Protocol) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_identifier() {
        let mut count = 0;
        for identifier in 0..=u8::MAX {
            let Some(entry) = lookup(identifier) else {
                assert_eq!((name(identifier.into()), kind(identifier)), (None, None));
                continue;
            };
            count += 1;
            let shouted = entry.name.to_bytes().to_ascii_uppercase();
            assert_eq!(find(&shouted), Some((identifier, entry.kind)));
            assert_eq!(kind(identifier), Some(entry.kind));
        }
        assert_eq!(count, 27);
        assert_eq!((find(b""), find(b"topic"), find(b"topic-aliases")), (None, None, None));
    }

    #[test]
    fn a_forbidden_zero_or_flag_belongs_to_a_number() {
        for entry in (0..=u8::MAX).filter_map(lookup) {
            match entry.rule {
                Rule::Flag => assert_eq!(entry.kind, Kind::Byte),
                Rule::NotZero => assert!(matches!(entry.kind, Kind::Int16 | Kind::Int32)),
                Rule::TopicName => assert_eq!(entry.kind, Kind::String),
                Rule::Any => {}
            }
        }
    }
}
