//! CONNECT (MQTT 5.0, 3.1): encoder.

use crate::error::Result;
use crate::protocol::primitive::put_binary;
use crate::protocol::version::Version;

use super::{kind, packet_len, properties_len, put_header, put_properties};

/// What CONNECT carries. Strings and data are at most 65,535 bytes: the session refuses longer ones when they are set.
#[derive(Debug, Clone, Copy)]
pub struct Connect<'a> {
    /// Protocol version.
    pub version: Version,
    /// Clean Session, Clean Start in MQTT 5.
    pub clean: bool,
    /// Seconds.
    pub keepalive: u16,
    /// MQTT 5 properties as on the wire.
    pub properties: &'a [u8],
    /// Client identifier; empty to let the server choose.
    pub client_id: &'a [u8],
    /// Will message.
    pub will: Option<Will<'a>>,
    /// User name.
    pub username: Option<&'a [u8]>,
    /// Password.
    pub password: Option<&'a [u8]>,
}

/// The will in CONNECT (3.1.3.2 to 3.1.3.4).
#[derive(Debug, Clone, Copy)]
pub struct Will<'a> {
    /// Topic name.
    pub topic: &'a [u8],
    /// Payload.
    pub payload: &'a [u8],
    /// 0 to 2.
    pub qos: u8,
    /// Will Retain.
    pub retain: bool,
    /// MQTT 5 will properties as on the wire.
    pub properties: &'a [u8],
}

impl Connect<'_> {
    /// The connect flags byte (3.1.2.3).
    fn flags(&self) -> u8 {
        let will = self.will.map_or(0, |will| 0x04 | will.qos << 3 | u8::from(will.retain) << 5);
        u8::from(self.clean) << 1
            | will
            | u8::from(self.password.is_some()) << 6
            | u8::from(self.username.is_some()) << 7
    }

    /// Appends the packet.
    pub fn put(&self, out: &mut Vec<u8>) -> Result<()> {
        let (name, level) = self.version.name_and_level();
        let optional = |field: Option<&[u8]>| field.map_or(0, |field| 2 + field.len());
        let remaining = 2
            + name.len()
            + 4
            + properties_len(self.version, self.properties)
            + 2
            + self.client_id.len()
            + self.will.map_or(0, |will| {
                properties_len(self.version, will.properties)
                    + 4
                    + will.topic.len()
                    + will.payload.len()
            })
            + optional(self.username)
            + optional(self.password);
        out.reserve(packet_len(remaining)?);
        put_header(out, kind::CONNECT, remaining);
        put_binary(out, name.as_bytes());
        out.extend_from_slice(&[level, self.flags()]);
        out.extend_from_slice(&self.keepalive.to_be_bytes());
        put_properties(out, self.version, self.properties);
        put_binary(out, self.client_id);
        if let Some(will) = &self.will {
            put_properties(out, self.version, will.properties);
            put_binary(out, will.topic);
            put_binary(out, will.payload);
        }
        for field in [self.username, self.password].into_iter().flatten() {
            put_binary(out, field);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_each_version() {
        let table: [(Version, &[u8], &[u8]); 3] = [
            (Version::V31, &[], b"\x10\x0f\0\x06MQIsdp\x03\x02\0\x3c\0\x01c"),
            (Version::V311, &[], b"\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01c"),
            (Version::V5, b"\x21\0\x14", b"\x10\x11\0\x04MQTT\x05\x02\0\x3c\x03\x21\0\x14\0\x01c"),
        ];
        for (version, properties, expected) in table {
            let connect = Connect {
                version,
                clean: true,
                keepalive: 60,
                properties,
                client_id: b"c",
                will: None,
                username: None,
                password: None,
            };
            let mut out = Vec::new();
            connect.put(&mut out).unwrap();
            assert_eq!(out, expected, "{version:?}");
        }
    }

    #[test]
    fn will_and_credentials_in_order() {
        let will = Will {
            topic: b"w/t",
            payload: b"bye",
            qos: 1,
            retain: true,
            properties: b"\x18\0\0\0\x0a",
        };
        let connect = Connect {
            version: Version::V5,
            clean: false,
            keepalive: 0,
            properties: &[],
            client_id: b"",
            will: Some(will),
            username: Some(b"u"),
            password: Some(b""),
        };
        let mut out = Vec::new();
        connect.put(&mut out).unwrap();
        assert_eq!(
            out,
            b"\x10\x22\0\x04MQTT\x05\xec\0\0\0\0\0\x05\x18\0\0\0\x0a\0\x03w/t\0\x03bye\0\x01u\0\0"
        );
    }
}
