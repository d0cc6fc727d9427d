//! CONNECT, CONNACK and AUTH (MQTT 5.0, 3.1, 3.2, 3.15, 4.12).

use crate::error::{Error, Result};
use crate::protocol::frame::NO_LIMIT;
use crate::protocol::packet::{self, Packet, connack, connect};
use crate::protocol::property::{self, Property, Value, id};
use crate::protocol::version::Version;
use crate::protocol::{command, utf8};
use crate::time::Time;

use super::config::{DEFAULT_WINDOW, FIELD_MAX, Limits, check_credentials};
use super::log::{ClientName, DEBUG, log, log_client};
use super::{Event, Fault, Phase, Session};

/// What a CONNECT promised, as long as its connection lasts.
#[derive(Debug)]
pub struct Promised {
    /// Clean Session, Clean Start.
    pub clean: bool,
    /// Receive Maximum.
    pub receive_maximum: u16,
    /// Topic Alias Maximum.
    pub topic_alias_maximum: u16,
    /// Maximum Packet Size.
    pub max_packet: u32,
    /// Authentication Method.
    pub auth_method: Option<Box<[u8]>>,
    /// Request Problem Information.
    pub problem_information: bool,
    /// Session Expiry Interval.
    pub session_expiry: u32,
}

impl Default for Promised {
    fn default() -> Self {
        Promised {
            clean: true,
            receive_maximum: DEFAULT_WINDOW,
            topic_alias_maximum: 0,
            max_packet: NO_LIMIT,
            auth_method: None,
            problem_information: true,
            session_expiry: 0,
        }
    }
}

impl Promised {
    fn new(clean: bool, receive_maximum: u16, properties: &[u8]) -> Self {
        let mut promised = Promised { clean, receive_maximum, ..Promised::default() };
        for property in property::iter(properties).flatten() {
            match (property.identifier, property.value) {
                (id::TOPIC_ALIAS_MAXIMUM, Value::Int16(value)) => {
                    promised.topic_alias_maximum = value;
                }
                (id::MAXIMUM_PACKET_SIZE, Value::Int32(value)) => {
                    promised.max_packet = value.min(NO_LIMIT);
                }
                (id::AUTHENTICATION_METHOD, Value::String(value)) => {
                    promised.auth_method = Some(value.into());
                }
                (id::REQUEST_PROBLEM_INFORMATION, Value::Byte(value)) => {
                    promised.problem_information = value != 0;
                }
                (id::SESSION_EXPIRY_INTERVAL, Value::Int32(value)) => {
                    promised.session_expiry = value;
                }
                _ => {}
            }
        }
        promised
    }
}

impl Session {
    /// Whether the choices of the program make a CONNECT.
    pub fn check_connect(&self) -> Result<()> {
        let config = &self.config;
        if !config.properties.is_empty() {
            if !config.version.is_v5() {
                return Err(Error::NotSupported);
            }
            property::check_sendable(command::CONNECT, &config.properties)?;
        }
        check_credentials(config.version, config.username.as_deref(), config.password.as_deref())
    }

    /// Begins a connection: sends CONNECT. What was left of an earlier connection is closed.
    pub fn open(&mut self, now: Time) -> Result<()> {
        self.check_connect()?;
        self.close();
        self.version = self.config.version;
        if let Some(maximum) = property::get_int16(&self.config.properties, id::RECEIVE_MAXIMUM) {
            self.config.receive_maximum = maximum;
        }
        let config = &self.config;
        let mut properties = config.properties.to_vec();
        if self.version.is_v5() && property::get(&properties, id::RECEIVE_MAXIMUM).is_none() {
            let value = Value::Int16(config.receive_maximum);
            property::put(&mut properties, &Property { identifier: id::RECEIVE_MAXIMUM, value });
        }
        self.promised = Promised::new(config.clean, config.receive_maximum, &properties);
        let packet = connect::Connect {
            version: self.version,
            clean: config.clean,
            keepalive: config.keepalive,
            properties: &properties,
            client_id: config.id.as_deref().unwrap_or_default(),
            will: config.will.as_ref().map(|will| connect::Will {
                topic: &will.topic,
                payload: &will.payload,
                qos: will.qos,
                retain: will.retain,
                properties: &will.properties,
            }),
            username: config.username.as_deref(),
            password: config.password.as_deref(),
        };
        log!(self.log, DEBUG, "Client {} sending CONNECT", ClientName(config.id.as_deref()));
        let mut result = Ok(());
        self.output.append(|out| result = packet.put(out));
        result?;
        self.keepalive.restart(now, config.keepalive);
        self.phase = Phase::Handshake;
        Ok(())
    }

    /// CONNACK (3.2).
    pub(super) fn connack(&mut self, packet: Packet<'_>) -> Result<Event, Fault> {
        if self.phase != Phase::Handshake {
            log_client!(self, "received duplicate CONNACK");
            return Err(Error::Protocol.into());
        }
        let connack = connack::decode(packet, self.version)?;
        let session_present = connack.flags & 1 != 0;
        if self.version != Version::V31 && connack.flags & 0xfe != 0 {
            log_client!(self, "received CONNACK with invalid connect flags ({})", connack.flags);
            return Err(Error::Protocol.into()); // [MQTT-3.2.2-1]
        }
        if self.promised.clean && connack.flags != 0 {
            log_client!(self, "received CONNACK with session present when clean start was set");
            return Err(Error::Protocol.into()); // [MQTT-3.2.2-2]
        }
        let properties = connack.properties?;
        self.learn(packet.slice(&properties))?;
        log_client!(self, "received CONNACK ({})", connack.reason);
        let verdict = match connack.reason {
            0 => {
                self.phase = Phase::Up;
                self.resume(session_present);
                Ok(())
            }
            1..=5 => Err(Error::ConnRefused),
            _ => Err(Error::Protocol),
        };
        Ok(Event::Connack { reason: connack.reason, flags: connack.flags, properties, verdict })
    }

    /// Takes over what the server says in CONNACK (3.2.2.3).
    fn learn(&mut self, properties: &[u8]) -> Result<(), Fault> {
        let assigned = property::get(properties, id::ASSIGNED_CLIENT_IDENTIFIER).is_some();
        if assigned && self.config.id.is_some() {
            return Err(Error::Protocol.into());
        }
        let mut limits = Limits::default();
        for property in property::iter(properties).flatten() {
            match (property.identifier, property.value) {
                (id::ASSIGNED_CLIENT_IDENTIFIER, Value::String(id)) => {
                    self.config.id = Some(id.into());
                }
                (id::SERVER_KEEP_ALIVE, Value::Int16(seconds)) => {
                    self.config.keepalive = seconds;
                    self.keepalive.set_interval(seconds);
                }
                (id::RECEIVE_MAXIMUM, Value::Int16(value)) => limits.receive_maximum = value,
                (id::MAXIMUM_QOS, Value::Byte(value)) => limits.max_qos = value,
                (id::RETAIN_AVAILABLE, Value::Byte(value)) => limits.retain = value != 0,
                (id::MAXIMUM_PACKET_SIZE, Value::Int32(value)) => limits.max_packet = value,
                (id::TOPIC_ALIAS_MAXIMUM, Value::Int16(value)) => {
                    limits.topic_alias_maximum = value;
                }
                (id::WILDCARD_SUBSCRIPTION_AVAILABLE, Value::Byte(value)) => {
                    limits.wildcard = value != 0;
                }
                (id::SUBSCRIPTION_IDENTIFIER_AVAILABLE, Value::Byte(value)) => {
                    limits.subscription_ids = value != 0;
                }
                (id::SHARED_SUBSCRIPTION_AVAILABLE, Value::Byte(value)) => {
                    limits.shared = value != 0;
                }
                (id::SESSION_EXPIRY_INTERVAL, Value::Int32(value)) => {
                    self.promised.session_expiry = value;
                }
                _ => {}
            }
        }
        self.limits = limits;
        Ok(())
    }

    /// AUTH (3.15).
    pub(super) fn auth(&mut self, packet: Packet<'_>) -> Result<Event, Fault> {
        use packet::auth::{self, CONTINUE, REAUTHENTICATE};
        log_client!(self, "received AUTH");
        let auth = auth::decode(packet, self.version)?;
        let list = packet.slice(&auth.properties);
        self.check_problem_information(list)?;
        let method = property::locate(list, id::AUTHENTICATION_METHOD);
        let data = property::locate(list, id::AUTHENTICATION_DATA);
        if let Some(promised) = &self.promised.auth_method {
            let same =
                method.as_ref().and_then(|range| list.get(range.clone())) == Some(&**promised);
            if !same || !matches!(auth.reason, 0 | CONTINUE | REAUTHENTICATE) {
                return Err(Error::Protocol.into()); // [MQTT-4.12.0-5]
            }
        }
        let start = auth.properties.start;
        let shift = |range: core::ops::Range<usize>| start + range.start..start + range.end;
        Ok(Event::Auth {
            method: method.map(shift),
            data: data.map(shift),
            properties: auth.properties,
        })
    }

    /// Goes on with an authentication: sends AUTH with the program's properties, then method and data.
    pub fn auth_continue(
        &mut self,
        method: Option<&[u8]>,
        data: Option<&[u8]>,
        list: Option<&[u8]>,
    ) -> Result<()> {
        let method = method.filter(|_| self.current_version().is_v5()).ok_or(Error::Protocol)?;
        if method.len() > FIELD_MAX {
            return Err(Error::MalformedUtf8);
        }
        utf8::validate(method)?;
        let mut properties = list.unwrap_or_default().to_vec();
        let value = Value::String(method);
        property::put(&mut properties, &Property { identifier: id::AUTHENTICATION_METHOD, value });
        if let Some(data) = data.filter(|data| !data.is_empty()) {
            let value = Value::Binary(data);
            property::put(
                &mut properties,
                &Property { identifier: id::AUTHENTICATION_DATA, value },
            );
        }
        if !self.is_open() {
            return Err(Error::NoConn);
        }
        if self.promised.auth_method.as_deref() != Some(method) {
            return Err(Error::Protocol); // [MQTT-4.12.0-5], [MQTT-4.12.0-7]
        }
        if packet::auth::len(&properties)? > self.limits.max_packet as usize {
            return Err(Error::OversizePacket);
        }
        self.output.append(|out| packet::auth::put(out, &properties));
        Ok(())
    }
}

/// An identifier for a client of MQTT 3.1 that has none: `mosq-` and a letter or digit for each byte of `random`.
pub fn generated_id(random: &[u8; 18]) -> Vec<u8> {
    const ALPHABET: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let letters =
        random.iter().filter_map(|&byte| ALPHABET.get(usize::from(byte) % ALPHABET.len()));
    b"mosq-".iter().chain(letters).copied().collect()
}
