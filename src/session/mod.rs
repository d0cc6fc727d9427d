//! The client's side of an MQTT session as a state machine: calls and packets go in; bytes, events and log lines come out,
//! each in order. Pure: time is an argument, nothing here waits, locks or reads a descriptor.
//!
//! | file | what |
//! |---|---|
//! | `config` | what the program chose, what the server allows |
//! | `handshake` | CONNECT, CONNACK, AUTH: MQTT 5.0 sections 3.1, 3.2, 3.15, 4.12 |
//! | `outgoing` | publish, windows, acknowledgements: 4.3, 4.6, 4.9 |
//! | `resume` | what becomes of unfinished messages on the next connection: 4.4 |
//! | `incoming` | received messages: 4.3, topic aliases |
//! | `request` | SUBSCRIBE, UNSUBSCRIBE and their answers: 3.8 to 3.11 |
//! | `receive` | which packet may come when, and what a wrong one costs: 4.13 |
//! | `output` | the bytes |
//! | `window`, `queue`, `packet_id`, `id_table`, `id_slab`, `stored`, `pool`, `lazy`, `alias` | the parts these are made of |

#![forbid(unsafe_code)]
#![deny(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic
)]

mod alias;
pub mod config;
pub mod handshake;
mod id_slab;
mod id_table;
pub mod incoming;
mod keepalive;
pub mod lazy;
pub mod log;
mod outgoing;
pub mod output;
mod packet_id;
mod pool;
mod queue;
mod receive;
mod request;
mod resume;
mod stored;
mod window;

#[cfg(test)]
mod tests;

use core::ops::Range;
use std::collections::VecDeque;

use crate::error::{Error, Result};
use crate::protocol::packet::{self, disconnect};
use crate::protocol::property::{self, id};
use crate::protocol::version::Version;
use crate::time::Time;

use config::{Config, Limits};
use keepalive::{Due, Keepalive};
use lazy::{Lazy, empty};
use log::{Log, log_client};
use output::Output;
use packet_id::PacketIds;
use pool::Pool;

pub use receive::Fault;
pub use stored::LARGE;

/// How far the connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// There is none.
    #[default]
    Down,
    /// CONNECT was sent; CONNACK is to come.
    Handshake,
    /// CONNACK accepted us.
    Up,
    /// We sent DISCONNECT: whatever still arrives is ignored, the server is to close.
    Closing,
}

/// What a received packet means for the program. Ranges are places in the packet.
#[derive(Debug)]
pub enum Event {
    /// Nothing.
    None,
    /// CONNACK.
    Connack {
        /// Return or reason code.
        reason: u8,
        /// The flags byte.
        flags: u8,
        /// Properties.
        properties: Range<usize>,
        /// Whether the connection lives on; else it is closed without a word after the program has been told.
        verdict: Result<()>,
    },
    /// A message published at QoS 1 or 2 is complete.
    Published {
        /// Its identifier.
        mid: u16,
        /// Reason code.
        reason: u8,
        /// Properties.
        properties: Range<usize>,
    },
    /// A message arrived.
    Message(incoming::Delivery),
    /// SUBACK.
    Subscribed {
        /// Identifier of the request.
        mid: u16,
        /// Codes.
        codes: Range<usize>,
        /// Properties.
        properties: Range<usize>,
    },
    /// UNSUBACK.
    Unsubscribed {
        /// Identifier of the request.
        mid: u16,
        /// Codes.
        codes: Range<usize>,
        /// Properties.
        properties: Range<usize>,
    },
    /// AUTH.
    Auth {
        /// Authentication Method.
        method: Option<Range<usize>>,
        /// Authentication Data.
        data: Option<Range<usize>>,
        /// All properties.
        properties: Range<usize>,
    },
    /// The server's DISCONNECT: the connection is down.
    Disconnected {
        /// Reason code.
        reason: u8,
        /// Properties.
        properties: Range<usize>,
    },
}

/// A published message that is complete for a reason other than a packet that just arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Completion {
    /// Its identifier.
    pub mid: u16,
    /// MQTT 5 reason code.
    pub reason: u8,
}

empty!(VecDeque<Completion>);

/// The state of one client.
#[derive(Debug)]
pub struct Session {
    /// What the program chose.
    pub config: Config,
    /// Log lines for the program.
    pub log: Log,
    /// Bytes for the server.
    pub output: Output,
    phase: Phase,
    /// The protocol version of this connection.
    version: Version,
    limits: Limits,
    keepalive: Keepalive,
    ids: PacketIds,
    outgoing: Lazy<outgoing::Outgoing>,
    incoming: Lazy<incoming::Incoming>,
    /// What waits for SUBACK or UNSUBACK.
    requests: Lazy<request::Requests>,
    aliases: alias::Aliases,
    /// What this connection's CONNECT promised.
    promised: handshake::Promised,
    completions: Lazy<VecDeque<Completion>>,
    /// Memory of packets that are kept.
    pool: Lazy<Pool>,
}

impl Session {
    /// A session that was never connected.
    pub fn new(config: Config) -> Self {
        Session {
            config,
            log: Log::new(),
            output: Output::default(),
            phase: Phase::Down,
            version: Version::default(),
            limits: Limits::default(),
            keepalive: Keepalive::default(),
            ids: PacketIds::new(),
            outgoing: Lazy::new(),
            incoming: Lazy::new(),
            requests: Lazy::new(),
            aliases: alias::Aliases::default(),
            promised: handshake::Promised::default(),
            completions: Lazy::new(),
            pool: Lazy::new(),
        }
    }

    /// How far the connection has come.
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// The largest packet the server may send: longer ones are refused before memory is taken for them.
    pub const fn max_incoming(&self) -> u32 {
        self.promised.max_packet
    }

    /// Something arrived, whatever it is.
    pub fn received(&mut self, now: Time) {
        self.keepalive.received(now);
    }

    /// The system took so many bytes of [`Session::output`].
    pub fn wrote(&mut self, bytes: usize, now: Time) {
        self.output.wrote(bytes);
        self.keepalive.sent(now);
    }

    /// When [`Session::tick`] has something to do.
    pub fn deadline(&self) -> Option<Time> {
        match self.phase {
            Phase::Handshake | Phase::Up => self.keepalive.deadline(),
            Phase::Down | Phase::Closing => None,
        }
    }

    /// Keep Alive: sends PINGREQ or gives the server up.
    pub fn tick(&mut self, now: Time) -> Result<()> {
        if !matches!(self.phase, Phase::Handshake | Phase::Up) {
            return Ok(());
        }
        match self.keepalive.due(now, self.phase == Phase::Up) {
            Due::Nothing => Ok(()),
            Due::Dead => Err(Error::Keepalive),
            Due::Ping => {
                self.rest();
                log_client!(self, "sending PINGREQ");
                self.output.append(packet::put_pingreq);
                self.keepalive.pinged(now);
                Ok(())
            }
        }
    }

    /// Whether [`Session::next_completion`] has something.
    #[inline]
    pub fn has_completion(&self) -> bool {
        !self.completions.is_none() || self.output.has_written()
    }

    /// The next published message that is complete without an answer of the server: QoS 0 and written, or not to be sent.
    pub fn next_completion(&mut self) -> Option<Completion> {
        if let Some(completions) = self.completions.existing() {
            let next = completions.pop_front();
            if completions.is_empty() {
                self.completions.clear();
            }
            return next;
        }
        self.output.next_written().map(|mid| Completion { mid, reason: 0 })
    }

    /// Whether the next completions are those of QoS 0 messages.
    pub fn only_written(&self) -> bool {
        self.completions.is_none()
    }

    /// How much has been handed to the session so far: QoS 1 and 2 messages, and bytes on this connection.
    pub fn accepted(&self) -> (u64, u64) {
        (self.outgoing.accepted, self.output.appended())
    }

    /// How much of that is done: messages complete, bytes taken by the system.
    pub fn completed(&self) -> (u64, u64) {
        (self.outgoing.completed, self.output.written())
    }

    /// Checks the arguments of [`Session::disconnect`], which are used even if there is no connection.
    pub fn check_disconnect(&self, reason: i32, properties: Option<&[u8]>) -> Result<u8> {
        let version = self.current_version();
        if properties.is_some() && !version.is_v5() {
            return Err(Error::NotSupported);
        }
        let reason = u8::try_from(reason).map_err(|_| Error::Inval)?;
        if version.is_v5() && !is_disconnect_reason(reason) {
            return Err(Error::Inval);
        }
        if let Some(properties) = properties {
            property::check_sendable(packet::kind::DISCONNECT.into(), properties)?;
            let expiry = property::get_number(properties, id::SESSION_EXPIRY_INTERVAL);
            let raised =
                expiry.is_some_and(|expiry| expiry > 0) && self.promised.session_expiry == 0;
            if raised && self.is_open() {
                return Err(Error::Protocol); // 3.14.2.2.2
            }
            if disconnect::len(version, reason, properties)? > self.limits.max_packet as usize {
                return Err(Error::OversizePacket);
            }
        }
        Ok(reason)
    }

    /// Sends DISCONNECT behind everything that waits; nothing is sent or delivered after it [MQTT-3.14.4-1].
    pub fn disconnect(&mut self, reason: u8, properties: &[u8]) {
        if matches!(self.phase, Phase::Handshake | Phase::Up) {
            log_client!(self, "sending DISCONNECT");
            self.release_held();
            self.output.append(|out| disconnect::put(out, self.version, reason, properties));
            self.phase = Phase::Closing;
        }
    }

    /// The connection is gone: what was on its way is forgotten, messages at QoS 1 and 2 stay.
    pub fn close(&mut self) {
        self.phase = Phase::Down;
        self.limits = Limits::default();
        if let Some(outgoing) = self.outgoing.existing() {
            outgoing.connection_lost(&self.output);
        }
        self.output.reset();
        if let Some(requests) = self.requests.existing() {
            requests.drain().for_each(|(mid, _)| self.ids.release(mid));
            self.requests.clear();
        }
        self.rest();
        self.aliases.connection_lost();
    }

    /// There was not much to do lately: gives memory back that is for more of it.
    fn rest(&mut self) {
        self.pool.clear();
        self.ids.release_spare();
        self.output.release_spare();
    }

    /// The version that counts for a call of the program: the connection's, or the next one's.
    fn current_version(&self) -> Version {
        if self.phase == Phase::Down { self.config.version } else { self.version }
    }

    /// Whether packets can be made for the server now.
    fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Handshake | Phase::Up)
    }
}

/// The reason codes of DISCONNECT (3.14.2.1).
fn is_disconnect_reason(reason: u8) -> bool {
    matches!(reason, 0x00 | 0x04 | 0x80..=0x83 | 0x87 | 0x89 | 0x8b | 0x8d..=0x90 | 0x93..=0xa2)
}
