//! One connection attempt, from a host name or path to a [`Stream`], as a state machine that never waits.
//!
//! Names are looked up (`resolve`), then the addresses raced (`race`); a Unix socket needs neither. Then comes what is to
//! lie between TCP and MQTT (`stages`). The caller polls
//! [`Connector::descriptors`] until [`Connector::deadline`] and calls [`Connector::advance`], and ends the attempt in
//! any stage by dropping it.

use std::os::fd::RawFd;

use super::log::LogLine;
use super::poll::{Interest, PollEntry};
use super::race::Race;
use super::resolve::Lookup;
use super::stages::{Plan, Stages};
use super::stream::Stream;
use super::tls::stream::SslPointer;
use super::unix::UnixConnect;
use crate::error::{Error, Result};
use crate::time::Time;

/// Where to connect to.
#[derive(Debug, Default)]
pub struct Target {
    /// Name or numeric address; with port 0 the path of a Unix socket.
    pub host: Vec<u8>,
    /// TCP port; 0 for a Unix socket.
    pub port: u16,
    /// Name or numeric address of the own end. Not used for a Unix socket.
    pub bind_address: Option<Vec<u8>>,
    /// Whether small writes leave at once (TCP_NODELAY). Not used for a Unix socket.
    pub nodelay: bool,
    /// What is to be done over the connection before it is ready.
    pub plan: Plan,
}

/// An attempt under way. Dropping it closes everything it has opened.
#[derive(Debug)]
pub struct Connector {
    target: Target,
    stage: Stage,
    /// Whether the socket is or was connected.
    established: bool,
    /// What there is to say about what failed.
    lines: Vec<LogLine>,
}

/// How far an attempt has come.
#[derive(Debug)]
pub enum Progress {
    /// Done: here is the connection. `advance` is not to be called again.
    Connected(Stream),
    /// Wait, then call `advance` again.
    Pending,
}

#[derive(Debug)]
enum Stage {
    Looking {
        host: Lookup,
        bind: Option<Lookup>,
    },
    Racing(Race),
    Unix(UnixConnect),
    /// The socket is connected.
    Established(Box<Stages>),
    Over(Error),
}

impl Connector {
    /// Begins an attempt and goes as far as [`Connector::connect`] does.
    ///
    /// Fails with `Inval` for a path that is empty or longer than 107 bytes or a host with a NUL in it, and with
    /// whatever [`Connector::connect`] fails with if that is known already, such as a refusal by the own machine.
    pub fn start(target: Target, now: Time) -> Result<Connector> {
        if target.port == 0 {
            let unix = UnixConnect::new(&target.host, now)?;
            return Connector::begin(target, Stage::Unix(unix), now);
        }
        let host = Lookup::start(&target.host)?;
        let bind = target.bind_address.as_deref().map(Lookup::start).transpose()?;
        Connector::begin(target, Stage::Looking { host, bind }, now)
    }

    fn begin(target: Target, stage: Stage, now: Time) -> Result<Connector> {
        let mut connector = Connector { target, stage, established: false, lines: Vec::new() };
        connector.connect(now)?;
        Ok(connector)
    }

    /// [`Connector::start`] for TCP with names that somebody else looks up.
    #[cfg(test)]
    pub(super) fn start_with(
        target: Target,
        host: Lookup,
        bind: Option<Lookup>,
        now: Time,
    ) -> Result<Connector> {
        Connector::begin(target, Stage::Looking { host, bind }, now)
    }

    /// Goes on as far as is possible without waiting. To be called when one of the descriptors is ready or the
    /// deadline has passed; a call too many does no harm.
    ///
    /// Fails as [`Connector::connect`]; behind TCP with what the stages fail with. After a failure it fails the same way
    /// again.
    pub fn advance(&mut self, now: Time) -> Result<Progress> {
        self.connect(now)?;
        let Stage::Established(stages) = &mut self.stage else {
            return Ok(Progress::Pending);
        };
        match stages.advance() {
            Ok(false) => return Ok(Progress::Pending),
            Ok(true) => {}
            Err(error) => {
                self.lines.extend(stages.take_log());
                self.stage = Stage::Over(error);
                return Err(error);
            }
        }
        match std::mem::replace(&mut self.stage, Stage::Over(Error::NoConn)) {
            Stage::Established(stages) => Ok(Progress::Connected(stages.into_stream())),
            _ => Ok(Progress::Pending),
        }
    }

    /// As [`Connector::advance`], but not beyond TCP: until [`Connector::is_established`].
    ///
    /// Fails with `Eai` when a name cannot be resolved, with `Errno` when no address could be connected: the `errno`
    /// of the last address in order. After a failure it fails the same way again.
    pub fn connect(&mut self, now: Time) -> Result<()> {
        match self.step(now) {
            Ok(Some(stream)) => {
                self.established = true;
                let plan = std::mem::take(&mut self.target.plan);
                self.stage = Stage::Established(Box::new(Stages::new(stream, plan)));
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error) => {
                self.stage = Stage::Over(error);
                Err(error)
            }
        }
    }

    /// Whether TCP (or the Unix socket) is through: what comes now is between this machine and a peer that is there.
    pub fn is_established(&self) -> bool {
        self.established
    }

    /// The TLS object, for `mosquitto_ssl_get()`, if it is there already.
    pub fn ssl(&self) -> Option<SslPointer> {
        match &self.stage {
            Stage::Established(stages) => stages.stream().ssl(),
            _ => None,
        }
    }

    /// Lines for the log since the last call: what there is to say about a failure, for instance.
    pub fn take_log(&mut self) -> Vec<LogLine> {
        let mut lines = std::mem::take(&mut self.lines);
        if let Stage::Established(stages) = &mut self.stage {
            lines.extend(stages.take_log());
        }
        lines
    }

    /// Whether [`Connector::descriptor`] is to be polled for writing.
    pub fn wants_write(&self) -> bool {
        let mut entries = Vec::new();
        self.descriptors(&mut entries);
        let descriptor = self.descriptor();
        entries.iter().any(|entry| entry.descriptor == descriptor && entry.want_write)
    }

    /// Adds to `out` what to poll until the next `advance`. May add nothing while there is a deadline.
    pub fn descriptors(&self, out: &mut Vec<PollEntry>) {
        match &self.stage {
            Stage::Looking { host, bind } => {
                let waiting =
                    [Some(host), bind.as_ref()].into_iter().flatten().filter_map(unanswered);
                out.extend(waiting.map(|descriptor| PollEntry::new(descriptor, Interest::READ)));
            }
            Stage::Racing(race) => race.descriptors(out),
            Stage::Established(stages) => out.push(stages.entry()),
            Stage::Unix(_) | Stage::Over(_) => {}
        }
    }

    /// When to call `advance` although no descriptor is ready; `None` if only descriptors count.
    pub fn deadline(&self) -> Option<Time> {
        match &self.stage {
            Stage::Racing(race) => race.deadline(),
            Stage::Unix(unix) => unix.deadline(),
            Stage::Looking { .. } | Stage::Established(_) | Stage::Over(_) => None,
        }
    }

    /// What `mosquitto_socket()` answers meanwhile: a descriptor that becomes ready when there is something to do, or
    /// -1 while only time passes. It is the connection's own as soon as there is a socket, unless the race changes it.
    pub fn descriptor(&self) -> RawFd {
        match &self.stage {
            Stage::Looking { host, bind } => {
                unanswered(host).or_else(|| bind.as_ref().and_then(unanswered)).unwrap_or(-1)
            }
            Stage::Racing(race) => race.descriptor(),
            Stage::Established(stages) => stages.stream().descriptor(),
            // A socket that is not connected reports a hang-up to whoever polls it, all the time.
            Stage::Unix(_) | Stage::Over(_) => -1,
        }
    }

    fn step(&mut self, now: Time) -> Result<Option<Stream>> {
        if let Some(mut race) = self.looked_up()? {
            let result = race.advance(now);
            // Only now are the lookups let go of: no socket of the race has the number of their descriptors.
            self.stage = Stage::Racing(race);
            return result;
        }
        match &mut self.stage {
            Stage::Looking { .. } | Stage::Established(_) => Ok(None),
            Stage::Racing(race) => race.advance(now),
            Stage::Unix(unix) => unix.advance(now),
            Stage::Over(error) => Err(*error),
        }
    }

    /// The race to begin, if names were being looked up and all are known now.
    fn looked_up(&self) -> Result<Option<Race>> {
        let Stage::Looking { host, bind } = &self.stage else {
            return Ok(None);
        };
        let Some(host) = host.answer() else {
            return Ok(None);
        };
        let mut addresses = host.clone()?;
        let binds = match bind.as_ref().map(Lookup::answer) {
            None => Vec::new(),
            Some(None) => return Ok(None),
            Some(Some(answer)) => answer.clone()?,
        };
        for address in &mut addresses {
            address.set_port(self.target.port);
        }
        Ok(Some(Race::new(&addresses, binds, self.target.nodelay)))
    }
}

fn unanswered(lookup: &Lookup) -> Option<RawFd> {
    if lookup.answer().is_some() { None } else { lookup.descriptor() }
}
