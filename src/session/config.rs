//! What the program chose (kept from connection to connection) and what the server allowed (per connection).

use crate::error::{Error, Result};
use crate::protocol::primitive::VARINT_MAX;
use crate::protocol::version::Version;
use crate::protocol::{command, property, topic, utf8};

/// The longest string or binary field that MQTT can carry.
pub const FIELD_MAX: usize = u16::MAX as usize;

/// In-flight messages in each direction unless the program says otherwise.
pub const DEFAULT_WINDOW: u16 = 20;

/// The program's choices.
#[derive(Debug)]
pub struct Config {
    /// Client identifier; the server's choice is put here too.
    pub id: Option<Box<[u8]>>,
    /// Clean Session, Clean Start.
    pub clean: bool,
    /// Protocol version of the next CONNECT, and of everything while there is no connection.
    pub version: Version,
    /// Seconds; the server's choice is put here too.
    pub keepalive: u16,
    /// User name.
    pub username: Option<Box<[u8]>>,
    /// Password.
    pub password: Option<Box<[u8]>>,
    /// Will.
    pub will: Option<Box<Will>>,
    /// MQTT 5 properties of CONNECT as on the wire.
    pub properties: Box<[u8]>,
    /// Incoming QoS 1 and 2 messages the program lets the server have in flight.
    pub receive_maximum: u16,
    /// Outgoing QoS 1 and 2 messages in flight at most.
    pub send_maximum: u16,
}

impl Config {
    /// The defaults; `id` has been checked with [`check_id`].
    pub fn new(id: Option<Box<[u8]>>, clean: bool) -> Self {
        Config {
            id,
            clean,
            version: Version::default(),
            keepalive: 60,
            username: None,
            password: None,
            will: None,
            properties: Box::default(),
            receive_maximum: DEFAULT_WINDOW,
            send_maximum: DEFAULT_WINDOW,
        }
    }
}

/// Whether a client may have this identifier: 1 to 65,535 bytes of UTF-8, or none with a clean session.
pub fn check_id(id: Option<&[u8]>, clean: bool) -> Result<()> {
    match id {
        None if clean => Ok(()),
        Some(id) if (1..=FIELD_MAX).contains(&id.len()) => utf8::validate(id),
        _ => Err(Error::Inval),
    }
}

/// Whether user name and password can be sent together in `version` [MQTT-3.1.2-22 of 3.1.1].
pub fn check_credentials(
    version: Version,
    username: Option<&[u8]>,
    password: Option<&[u8]>,
) -> Result<()> {
    if !version.is_v5() && username.is_none() && password.is_some() {
        return Err(Error::Inval);
    }
    Ok(())
}

/// The will message.
#[derive(Debug, Clone)]
pub struct Will {
    /// Topic name.
    pub topic: Vec<u8>,
    /// Payload.
    pub payload: Vec<u8>,
    /// 0 to 2.
    pub qos: u8,
    /// Will Retain.
    pub retain: bool,
    /// MQTT 5 properties as on the wire.
    pub properties: Vec<u8>,
}

/// A message as a program gave it, unchecked.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// Topic name.
    pub topic: Option<&'a [u8]>,
    /// The length the program said.
    pub payload_len: i32,
    /// The payload, if the program gave one.
    pub payload: Option<&'a [u8]>,
    /// 0, 1, 2, or what the program said.
    pub qos: i32,
    /// The RETAIN flag.
    pub retain: bool,
    /// MQTT 5 properties as on the wire; `None` if the program gave no list.
    pub properties: Option<&'a [u8]>,
}

/// The number of a QoS that there is.
pub fn check_qos(qos: i32) -> Result<u8> {
    match qos {
        0..=2 => Ok(qos as u8),
        _ => Err(Error::Inval),
    }
}

impl Will {
    /// Checks in the order in which programs know the answers.
    pub fn new(draft: &Draft<'_>, version: Version) -> Result<Self> {
        if let Some(properties) = draft.properties {
            property::check_sendable(command::WILL, properties)?;
        }
        let topic = draft.topic.ok_or(Error::Inval)?;
        match usize::try_from(draft.payload_len) {
            Ok(0..=FIELD_MAX) => {}
            _ => return Err(Error::PayloadSize),
        }
        if draft.payload_len > 0 && draft.payload.is_none() {
            return Err(Error::Inval);
        }
        topic::check_name(topic)?;
        utf8::validate(topic)?;
        let qos = check_qos(draft.qos)?;
        if draft.properties.is_some() && !version.is_v5() {
            return Err(Error::NotSupported);
        }
        Ok(Will {
            topic: topic.to_vec(),
            payload: draft.payload.unwrap_or_default().to_vec(),
            qos,
            retain: draft.retain,
            properties: draft.properties.unwrap_or_default().to_vec(),
        })
    }
}

/// What the server of this connection allows; until CONNACK and where it says nothing, everything.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Maximum QoS.
    pub max_qos: u8,
    /// Retain Available.
    pub retain: bool,
    /// Maximum Packet Size.
    pub max_packet: u32,
    /// Receive Maximum.
    pub receive_maximum: u16,
    /// Topic Alias Maximum.
    pub topic_alias_maximum: u16,
    /// Wildcard Subscription Available.
    pub wildcard: bool,
    /// Subscription Identifiers Available.
    pub subscription_ids: bool,
    /// Shared Subscription Available.
    pub shared: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_qos: 2,
            retain: true,
            max_packet: VARINT_MAX + 5,
            receive_maximum: u16::MAX,
            topic_alias_maximum: 0,
            wildcard: true,
            subscription_ids: true,
            shared: true,
        }
    }
}
