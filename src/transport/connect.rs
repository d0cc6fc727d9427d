//! One connection attempt, from a host name or path to a [`Stream`], as a state machine that never waits.
//!
//! Names are looked up (`resolve`), then the addresses raced (`race`); a Unix socket needs neither. Then comes what is to
//! lie between TCP and MQTT (`stages`). The servers of a domain (`srv`) are tried one after the other until one lets all
//! of that succeed. The caller polls [`Connector::descriptors`] until [`Connector::deadline`] and calls
//! [`Connector::advance`], and ends the attempt in any stage by dropping it.

use std::collections::VecDeque;
use std::fmt;
use std::os::fd::RawFd;

use super::log::{LogLine, Severity};
use super::poll::{Interest, PollEntry};
use super::race::Race;
use super::resolve::Lookup;
use super::srv::{Question, Record};
use super::stages::{Plan, Stages};
use super::stream::Stream;
use super::tls::stream::SslPointer;
use super::unix::UnixConnect;
use crate::error::{Error, Result};
use crate::time::Time;

pub use super::tcp::TcpOptions;

/// Where to connect to.
#[derive(Debug, Default)]
pub struct Target {
    /// Name or numeric address; with port 0 the path of a Unix socket.
    pub host: Vec<u8>,
    /// TCP port; 0 for a Unix socket.
    pub port: u16,
    /// Name or numeric address of the own end. Not used for a Unix socket.
    pub bind_address: Option<Vec<u8>>,
    /// Not used for a Unix socket.
    pub tcp: TcpOptions,
    /// Milliseconds that all of it may take, from the lookup of the name to the end of the plan.
    pub timeout: Option<u64>,
    /// What is to be done over the connection before it is ready.
    pub plan: Plan,
}

impl Target {
    /// When an attempt that begins now is given up.
    fn limit(&self, now: Time) -> Option<Time> {
        self.timeout.map(|ms| now + ms)
    }
}

/// Tells how to connect to a server, given by host and port.
pub type MakeTarget = dyn Fn(&[u8], u16) -> Result<Target> + Send;

/// The servers that the domain name system lists for a service of a domain (RFC 2782).
pub struct Service {
    /// What to ask for, such as `_mqtt._tcp.example.org`.
    pub name: Vec<u8>,
    /// How to connect to one of them.
    pub target: Box<MakeTarget>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Where an attempt goes.
#[derive(Debug)]
pub enum To {
    /// To one server.
    Target(Target),
    /// To the first server of a domain that lets itself be connected.
    Service(Service),
}

impl From<Target> for To {
    fn from(target: Target) -> To {
        To::Target(target)
    }
}

/// An attempt under way. Dropping it closes everything it has opened.
#[derive(Debug)]
pub struct Connector {
    target: Target,
    /// Servers to try when this one fails.
    others: Option<Others>,
    stage: Stage,
    /// When this server is given up.
    limit: Option<Time>,
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
struct Others {
    service: Service,
    records: VecDeque<Record>,
}

#[derive(Debug)]
enum Stage {
    /// The servers of a domain are asked for.
    Asking(Question),
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
    /// Begins an attempt. With one server it goes as far as [`Connector::connect`] does; with a domain, only time tells.
    ///
    /// Fails with `Inval` for a path that is empty or longer than 107 bytes or a host with a NUL in it, and with
    /// whatever [`Connector::connect`] fails with if that is known already, such as a refusal by the own machine.
    pub fn start(to: impl Into<To>, now: Time) -> Result<Connector> {
        match to.into() {
            To::Target(target) => {
                let stage = Stage::first(&target, now)?;
                Connector::begin(target, stage, now)
            }
            To::Service(service) => {
                let question = Question::start(&service.name)?;
                Ok(Connector::ask(service, question))
            }
        }
    }

    fn begin(target: Target, stage: Stage, now: Time) -> Result<Connector> {
        let limit = target.limit(now);
        let mut connector =
            Connector { target, others: None, stage, limit, established: false, lines: Vec::new() };
        connector.connect(now)?;
        Ok(connector)
    }

    /// An attempt that has failed already, for who is to learn of it by [`Connector::advance`].
    pub fn failed(error: Error) -> Connector {
        Connector {
            target: Target::default(),
            others: None,
            stage: Stage::Over(error),
            limit: None,
            established: false,
            lines: Vec::new(),
        }
    }

    /// An attempt for a domain whose servers are being asked for.
    pub(super) fn ask(service: Service, question: Question) -> Connector {
        Connector {
            target: Target::default(),
            others: Some(Others { service, records: VecDeque::new() }),
            stage: Stage::Asking(question),
            limit: None,
            established: false,
            lines: Vec::new(),
        }
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
        loop {
            self.connect(now)?;
            let Stage::Established(stages) = &mut self.stage else {
                return Ok(Progress::Pending);
            };
            match stages.advance() {
                Ok(false) => return Ok(Progress::Pending),
                Ok(true) => break,
                Err(error) => {
                    self.lines.extend(stages.take_log());
                    self.fall_back(error, now)?;
                }
            }
        }
        match std::mem::replace(&mut self.stage, Stage::Over(Error::NoConn)) {
            Stage::Established(stages) => Ok(Progress::Connected(stages.into_stream())),
            _ => Ok(Progress::Pending),
        }
    }

    /// As [`Connector::advance`], but not beyond TCP: until [`Connector::is_established`].
    ///
    /// Fails with `Lookup` when a domain lists no server, with `Eai` when a name cannot be resolved, with `Errno` when no
    /// address could be connected: the `errno` of the last address in order, of the last server; ETIMEDOUT when the
    /// target's time was over. After a failure it fails the same way again.
    pub fn connect(&mut self, now: Time) -> Result<()> {
        let is_over = matches!(self.stage, Stage::Over(_));
        if !is_over && self.limit.is_some_and(|limit| now >= limit) {
            self.fall_back(Error::Errno(libc::ETIMEDOUT), now)?;
        }
        loop {
            match self.step(now) {
                Ok(Some(stream)) => {
                    self.established = true;
                    let plan = std::mem::take(&mut self.target.plan);
                    self.stage = Stage::Established(Box::new(Stages::new(stream, plan)));
                    return Ok(());
                }
                Ok(None) => return Ok(()),
                Err(error) => self.fall_back(error, now)?,
            }
        }
    }

    /// This server failed: begins with the next one, or fails for good.
    fn fall_back(&mut self, mut error: Error, now: Time) -> Result<()> {
        while let Some((service, record)) = self.others.as_mut().and_then(Others::next) {
            let target = (service.target)(&record.target, record.port);
            match target.and_then(|target| Ok((Stage::first(&target, now)?, target))) {
                Ok((stage, target)) => {
                    self.established = false;
                    self.limit = target.limit(now);
                    (self.stage, self.target) = (stage, target);
                    return Ok(());
                }
                Err(another) => error = another,
            }
        }
        self.stage = Stage::Over(error);
        Err(error)
    }

    /// Whether TCP (or the Unix socket) is through: what comes now is between this machine and a peer that is there.
    pub fn is_established(&self) -> bool {
        self.established
    }

    /// Whether this began with a domain, whose servers were to be asked for.
    pub fn is_service(&self) -> bool {
        self.others.is_some()
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
                let lookups = || [Some(host), bind.as_ref()].into_iter().flatten();
                let before = out.len();
                let entry = |descriptor| PollEntry::new(descriptor, Interest::READ);
                out.extend(lookups().filter_map(unanswered).map(entry));
                if out.len() == before {
                    // All have been answered since `advance` looked: this is ready at once.
                    out.extend(lookups().filter_map(Lookup::descriptor).map(entry));
                }
            }
            Stage::Asking(question) => {
                out.push(PollEntry::new(question.descriptor(), Interest::READ));
            }
            Stage::Racing(race) => race.descriptors(out),
            Stage::Established(stages) => out.push(stages.entry()),
            Stage::Unix(_) | Stage::Over(_) => {}
        }
    }

    /// When to call `advance` although no descriptor is ready; `None` if only descriptors count.
    pub fn deadline(&self) -> Option<Time> {
        let next = match &self.stage {
            Stage::Racing(race) => race.deadline(),
            Stage::Unix(unix) => unix.deadline(),
            Stage::Asking(_) | Stage::Looking { .. } | Stage::Established(_) | Stage::Over(_) => {
                None
            }
        };
        next.into_iter().chain(self.limit).min()
    }

    /// What `mosquitto_socket()` answers meanwhile: a descriptor that becomes ready when there is something to do, or
    /// -1 while only time passes. It is the connection's own as soon as there is a socket, unless the race changes it.
    pub fn descriptor(&self) -> RawFd {
        match &self.stage {
            Stage::Looking { host, bind } => {
                let lookups = || [Some(host), bind.as_ref()].into_iter().flatten();
                let answered = || lookups().find_map(Lookup::descriptor);
                lookups().find_map(unanswered).or_else(answered).unwrap_or(-1)
            }
            Stage::Asking(question) => question.descriptor(),
            Stage::Racing(race) => race.descriptor(),
            Stage::Established(stages) => stages.stream().descriptor(),
            // A socket that is not connected reports a hang-up to whoever polls it, all the time.
            Stage::Unix(_) | Stage::Over(_) => -1,
        }
    }

    fn step(&mut self, now: Time) -> Result<Option<Stream>> {
        if let (Some(records), Some(others)) = (self.asked(), &mut self.others) {
            // The first of them is begun with like a later one; none at all is the failure.
            others.records = records;
            self.stage = Stage::Over(Error::Lookup);
        }
        if let Some(mut race) = self.looked_up()? {
            let result = race.advance(now);
            // Only now are the lookups let go of: no socket of the race has the number of their descriptors.
            self.stage = Stage::Racing(race);
            return result;
        }
        match &mut self.stage {
            Stage::Asking(_) | Stage::Looking { .. } | Stage::Established(_) => Ok(None),
            Stage::Racing(race) => race.advance(now),
            Stage::Unix(unix) => unix.advance(now),
            Stage::Over(error) => Err(*error),
        }
    }

    /// The servers to try, if they were being asked for and are known now; none if they cannot be.
    fn asked(&mut self) -> Option<VecDeque<Record>> {
        let Stage::Asking(question) = &self.stage else { return None };
        Some(match question.answer()? {
            Ok(records) => records.into(),
            Err(status) => {
                let text = format!("Error: SRV lookup failed ({status}).");
                self.lines.push(LogLine::new(Severity::Error, text));
                VecDeque::new()
            }
        })
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
        Ok(Some(Race::new(&addresses, binds, self.target.tcp)))
    }
}

impl Others {
    /// The next server to try.
    fn next(&mut self) -> Option<(&Service, Record)> {
        let record = self.records.pop_front()?;
        Some((&self.service, record))
    }
}

impl Stage {
    /// Begins to connect to one server.
    fn first(target: &Target, now: Time) -> Result<Stage> {
        if target.port == 0 {
            return Ok(Stage::Unix(UnixConnect::new(&target.host, now)?));
        }
        let host = Lookup::start(&target.host)?;
        let bind = target.bind_address.as_deref().map(Lookup::start).transpose()?;
        Ok(Stage::Looking { host, bind })
    }
}

fn unanswered(lookup: &Lookup) -> Option<RawFd> {
    if lookup.answer().is_some() { None } else { lookup.descriptor() }
}
