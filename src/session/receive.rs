//! Which packet may come when, and what a wrong one costs (MQTT 5.0, 4.13).

use crate::error::Error;
use crate::protocol::packet::ack::{self, Ack};
use crate::protocol::packet::{Packet, disconnect, kind};
use crate::protocol::property::{self, id};

use super::log::{ERR, log, log_client};
use super::{Event, Phase, Session};

/// Why the connection must end: what the program is told, and what the server is told in MQTT 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// For the program.
    pub error: Error,
    /// Reason code of the DISCONNECT; `None` to send none.
    pub reason: Option<u8>,
}

impl Fault {
    /// A fault with a reason code other than the one usual for `error`.
    pub const fn new(error: Error, reason: u8) -> Self {
        Fault { error, reason: Some(reason) }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let reason = match error.code() {
            2 | 22 => Some(0x82),
            18 | 21 => Some(0x81),
            24 => Some(0x9b),
            25 => Some(0x95),
            154 => Some(0x9a),
            148 => Some(0x94),
            147 => Some(0x93),
            1 | 13 => Some(0x80),
            _ => None,
        };
        Fault { error, reason }
    }
}

impl Session {
    /// Handles one received packet. After a fault the caller says goodbye with [`Session::fail`] and closes.
    pub fn handle(&mut self, packet: Packet<'_>) -> Result<Event, Fault> {
        match (packet.kind(), self.phase) {
            (_, Phase::Down | Phase::Closing) => Ok(Event::None),
            (kind::PUBLISH, Phase::Up) => {
                Ok(self.publish_received(packet)?.map_or(Event::None, Event::Message))
            }
            (kind::CONNACK, _) => self.connack(packet),
            (kind::AUTH, _) => self.auth(packet),
            (kind::DISCONNECT, _) => self.disconnected(packet),
            (kind::CONNECT | kind::SUBSCRIBE | kind::UNSUBSCRIBE | 0, _) => {
                log!(self.log, ERR, "Error: Unrecognised command {}\n", packet.kind());
                Err(Error::Protocol.into())
            }
            (_, Phase::Handshake) => Err(Error::Protocol.into()), // [MQTT-3.2.0-1]
            (kind, Phase::Up) => self.handle_up(kind, packet),
        }
    }

    /// Packets other than PUBLISH that need an accepted connection.
    fn handle_up(&mut self, kind: u8, packet: Packet<'_>) -> Result<Event, Fault> {
        match kind {
            kind::PUBACK | kind::PUBREC | kind::PUBCOMP => {
                let done = self.acknowledged(packet)?;
                Ok(done.map_or(Event::None, |Ack { mid, reason, properties }| Event::Published {
                    mid,
                    reason,
                    properties,
                }))
            }
            kind::PUBREL => Ok(self.released(packet)?.map_or(Event::None, Event::Message)),
            kind::SUBACK | kind::UNSUBACK => self.answered(packet),
            _ => self.ping(kind, packet),
        }
    }

    /// Reads PUBACK, PUBREC, PUBREL or PUBCOMP.
    #[inline(always)] // for the two functions that every such packet comes to
    pub(super) fn ack(&mut self, packet: Packet<'_>) -> Result<Ack, Fault> {
        let ack = ack::decode(packet, self.version)?;
        if !ack.properties.is_empty() {
            self.check_problem_information(packet.slice(&ack.properties))?;
        }
        Ok(ack)
    }

    /// PINGRESP (3.13); PINGREQ is not for a server to send.
    fn ping(&mut self, kind: u8, packet: Packet<'_>) -> Result<Event, Fault> {
        if packet.flags() != 0 || !packet.body().is_empty() {
            return Err(Error::MalformedPacket.into());
        }
        if kind != kind::PINGRESP {
            return Err(Error::Protocol.into());
        }
        log_client!(self, "received PINGRESP");
        self.keepalive.answered();
        Ok(Event::None)
    }

    /// The server's DISCONNECT (3.14).
    fn disconnected(&mut self, packet: Packet<'_>) -> Result<Event, Fault> {
        let disconnect::Disconnect { reason, properties } =
            disconnect::decode(packet, self.version)?;
        log!(self.log, super::log::DEBUG, "Received DISCONNECT ({})", reason);
        self.close();
        Ok(Event::Disconnected { reason, properties })
    }

    /// A server that was asked for no problem information may explain nothing in this packet [MQTT-3.1.2-29].
    pub(super) fn check_problem_information(&self, properties: &[u8]) -> Result<(), Fault> {
        let told = [id::REASON_STRING, id::USER_PROPERTY];
        if !self.promised.problem_information
            && told.iter().any(|&identifier| property::get(properties, identifier).is_some())
        {
            return Err(Error::Protocol.into());
        }
        Ok(())
    }

    /// Says goodbye after a fault: in MQTT 5 DISCONNECT with the reason, before that nothing.
    pub fn fail(&mut self, fault: Fault) {
        if let (true, true, Some(reason)) = (self.is_open(), self.version.is_v5(), fault.reason) {
            log_client!(self, "sending DISCONNECT");
            let version = self.version;
            self.output.append(|out| disconnect::put(out, version, reason, &[]));
        }
        self.phase = Phase::Closing;
    }
}
