//! The library's attempts: the server is always there, and answers at the second look.

use std::fmt;

use super::log::LogLine;
use super::poll::PollEntry;
use super::stages::Plan;
use super::stream::Stream;
use super::tls::stream::SslPointer;
use crate::error::{Error, Result};
use crate::system::Descriptor;
use crate::time::Time;

/// Options of a socket.
#[derive(Debug, Clone, Copy, Default)]
pub struct TcpOptions {
    /// Not looked at, nor are the others.
    pub nodelay: bool,
    /// See above.
    pub keepalive: Option<u32>,
    /// See above.
    pub user_timeout: Option<u32>,
}

/// Where to connect to; none of it is looked at.
#[derive(Debug, Default)]
pub struct Target {
    /// Name or address.
    pub host: Vec<u8>,
    /// Port.
    pub port: u16,
    /// Own end.
    pub bind_address: Option<Vec<u8>>,
    /// Options.
    pub tcp: TcpOptions,
    /// Milliseconds.
    pub timeout: Option<u64>,
    /// What lies in between.
    pub plan: Plan,
}

/// As the library's.
pub struct Service {
    /// What to ask for.
    pub name: Vec<u8>,
    /// How to connect.
    #[allow(clippy::type_complexity, reason = "the library's")]
    pub target: Box<dyn Fn(&[u8], u16) -> Result<Target> + Send>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

/// Where an attempt goes.
#[derive(Debug)]
pub enum To {
    /// To one server.
    Target(Target),
    /// To one of a domain.
    Service(Service),
}

/// An attempt.
#[derive(Debug)]
pub struct Connector(Option<Error>);

/// How far it has come.
#[derive(Debug)]
pub enum Progress {
    /// Done.
    Connected(Stream),
    /// Never.
    Pending,
}

impl Connector {
    /// Begins an attempt.
    pub fn start(_to: impl Into<To>, _now: Time) -> Result<Connector> {
        Ok(Connector(None))
    }

    /// One that has failed.
    pub fn failed(error: Error) -> Connector {
        Connector(Some(error))
    }

    /// Goes on.
    pub fn connect(&mut self, _now: Time) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }

    /// Goes on.
    pub fn advance(&mut self, _now: Time) -> Result<Progress> {
        self.0.map_or_else(|| Ok(Progress::Connected(Stream::open())), Err)
    }

    /// It is.
    pub fn is_established(&self) -> bool {
        true
    }

    /// It is not.
    pub fn is_service(&self) -> bool {
        false
    }

    /// None.
    pub fn ssl(&self) -> Option<SslPointer> {
        None
    }

    /// Nothing.
    pub fn take_log(&mut self) -> Vec<LogLine> {
        Vec::new()
    }

    /// It does not.
    pub fn wants_write(&self) -> bool {
        false
    }

    /// None.
    pub fn descriptors(&self, _out: &mut Vec<PollEntry>) {}

    /// At once.
    pub fn deadline(&self) -> Option<Time> {
        Some(super::clock::now())
    }

    /// None.
    pub fn descriptor(&self) -> Descriptor {
        -1
    }
}
