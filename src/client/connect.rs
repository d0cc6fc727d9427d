//! Connecting: the checks of the calls, an attempt that the caller waits for, and one that the loop drives.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::protocol::version::Version;
use crate::protocol::{command, property};
use crate::session::handshake::generated_id;
use crate::session::log::{WARNING, log};
use crate::sync::MutexGuard;
use crate::transport::connect::{Connector, Progress, To};
use crate::transport::poll::{self, Interest, PollEntry};
use crate::transport::stream::Stream;
use crate::transport::{clock, random};

use super::core::{Core, Link, Threaded, View};
use super::frame::{Frame, here};
use super::handler::{Event, RawBytes};
use super::{Client, Connect};

/// The shortest keepalive but none, in seconds.
const MIN_KEEPALIVE: i32 = 5;

/// How often a blocking call without a wake-up descriptor looks up, in milliseconds.
const GLANCE: u64 = 50;

/// Who waits for an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The caller.
    Blocking,
    /// Nobody; the program asked for it and is told of its end.
    Background,
    /// Nobody; the loop tries again.
    Automatic,
}

/// An attempt after one step, and how that went.
type Step = (Box<Connector>, Result<Progress>);

impl Client {
    /// The `mosquitto_connect*` family.
    ///
    /// The argument checks come first and leave an existing connection alone; after them it is closed without a word.
    pub fn connect(&self, connect: &Connect<'_>) -> Result<()> {
        let here = here!();
        let mut core = self.enter(&here);
        let checked = core.accept(connect);
        if checked.is_ok() {
            core.stay_disconnected = false;
        }
        self.unlock(core);
        checked?;
        self.attempt(if connect.blocking { Attempt::Blocking } else { Attempt::Background }, &here)
    }

    /// `mosquitto_reconnect` (blocking) and `mosquitto_reconnect_async`: to where the last connect call went.
    pub fn reconnect(&self, blocking: bool) -> Result<()> {
        let here = here!();
        let mut core = self.enter(&here);
        let known = core.options.host.is_some();
        if known {
            core.stay_disconnected = false;
        }
        self.unlock(core);
        if !known {
            return Err(Error::Inval);
        }
        self.attempt(if blocking { Attempt::Blocking } else { Attempt::Background }, &here)
    }

    /// One attempt to connect, in place of whatever connection there is.
    pub(super) fn attempt(&self, attempt: Attempt, here: &Frame) -> Result<()> {
        let mut core = self.lock();
        if let Err(error) = core.session.check_connect() {
            self.unlock(core);
            return Err(error);
        }
        let old = core.drop_link();
        core.forget_input();
        core.link = Link::Reserved(*here); // while the program's function runs, or this thread waits
        core.retry_at = None;
        let generation = core.generation;
        drop(core); // and not `unlock`: this frame owns the link
        drop(old);
        let (core, _) = self.call(self.lock(), here, &Event::PreConnect);
        if core.generation != generation {
            self.unlock(core);
            return Ok(()); // that function has connected otherwise
        }
        let (mut core, tls) = self.prepare(core, here);
        if core.generation != generation {
            drop(core); // and not `unlock`: this frame owns the context
            drop(tls);
            self.unlock(self.lock());
            return Ok(()); // as above
        }
        // Where calls write at once they also tell at once what is known. Elsewhere a loop is at work, which tells whatever
        // becomes of an attempt in the background.
        let direct = core.threaded == Threaded::None && !core.is_in_call(here);
        let tell = direct || attempt != Attempt::Background;
        let destination = tls.and_then(|tls| core.options.destination(tls));
        let result = match (destination, attempt) {
            (Err(error), _) => Err(error),
            (Ok(to), Attempt::Blocking) => {
                drop(core); // and not `unlock`: this frame owns the destination
                let connected = self.wait_connected(to, generation);
                core = self.lock();
                if core.generation != generation {
                    drop(core);
                    let result = connected.and(Err(Error::NoConn));
                    self.unlock(self.lock());
                    return result;
                }
                connected.and_then(|connector| core.open(connector, false))
            }
            (Ok(to), _) => core.begin(to, attempt == Attempt::Automatic, tell),
        };
        let (core, result) = match result {
            Ok(()) => self.begin_stages(core, tell),
            error => (core, error),
        };
        if let Err(error) = result {
            let core = self.close_link(core);
            self.unlock(core);
            self.changed.notify_all();
            return Err(error);
        }
        self.changed.notify_all();
        self.submit_connect(core, here)
    }

    /// Gets CONNECT on its way. A connection that breaks at once was none.
    fn submit_connect(&self, core: MutexGuard<'_, Core>, here: &Frame) -> Result<()> {
        let generation = core.generation;
        let result = self.submit(core, here);
        if result.is_err() {
            let core = self.lock();
            if core.generation == generation {
                let core = self.close_link(core);
                self.unlock(core);
            }
        }
        result
    }

    /// Drives an attempt until TCP is through; what is to be done over the connection is left to the loop. The calling
    /// thread waits, and stops waiting when another call takes the place of this one or a signal was handled.
    fn wait_connected(&self, to: To, generation: u64) -> Result<Connector> {
        let mut connector = Connector::start(to, clock::now())?;
        let mut entries = Vec::new();
        loop {
            let now = clock::now();
            if let Err(error) = connector.connect(now) {
                self.lock().log_transport(connector.take_log());
                return Err(error);
            }
            if connector.is_established() {
                return Ok(connector);
            }
            entries.clear();
            connector.descriptors(&mut entries);
            let mut core = self.lock();
            if core.generation != generation || core.closed {
                return Err(Error::NoConn);
            }
            let wait = connector.deadline().map_or(u64::MAX, |deadline| deadline.since(now));
            core.ensure_wake_if_shared(wait);
            let wake = core.wake.clone();
            let deadline = match wake {
                Some(_) => connector.deadline(),
                // Nobody else is known to use this client: who comes now is noticed a moment later.
                None => Some(
                    connector
                        .deadline()
                        .map_or(now + GLANCE, |deadline| deadline.min(now + GLANCE)),
                ),
            };
            entries
                .extend(wake.iter().map(|wake| PollEntry::new(wake.descriptor(), Interest::READ)));
            core.sleepers += 1;
            drop(core); // and not `unlock`: this frame owns the attempt
            let ready = poll::poll(&mut entries, poll::timeout(deadline, now));
            drop(self.woken_up());
            ready?;
        }
    }

    /// Takes the lock: the calling thread no longer waits in poll.
    pub(super) fn woken_up(&self) -> MutexGuard<'_, Core> {
        let mut core = self.lock();
        core.sleepers -= 1;
        if core.woken && core.sleepers == 0 {
            core.woken = false;
            if let Some(wake) = &core.wake {
                wake.drain();
            }
        }
        core
    }

    /// The first step of an attempt just made. What fails behind TCP, or takes the domain name system, is told by the loop,
    /// never by the connect call; so is everything unless `tell`.
    fn begin_stages<'a>(
        &'a self,
        core: MutexGuard<'a, Core>,
        tell: bool,
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        let (mut core, step) = self.drive(core);
        match step {
            Some((_, Ok(Progress::Connected(stream)))) => core.install(stream),
            Some((connector, Err(error)))
                if tell && !connector.is_established() && !connector.is_service() =>
            {
                return (core, Err(error));
            }
            Some((connector, _)) => core.put_back(connector),
            None => {}
        }
        (core, Ok(()))
    }

    /// Goes on with an attempt that the loop drives.
    pub(super) fn advance<'a>(
        &'a self,
        core: MutexGuard<'a, Core>,
        here: &Frame,
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        let (mut core, step) = self.drive(core);
        let Some((connector, progress)) = step else { return (core, Ok(())) };
        match progress {
            Ok(Progress::Pending) => {
                core.put_back(connector);
                (core, Ok(()))
            }
            Ok(Progress::Connected(stream)) => {
                core.install(stream);
                self.flush(core, here)
            }
            Err(error) => {
                let wanted = core.disconnecting;
                // A server that answers and then fails is no failed attempt.
                let automatic = matches!(core.link, Link::Connecting { automatic: true, .. });
                let quiet = automatic && !connector.is_established();
                let link = core.drop_link();
                drop(core); // and not `unlock`: this frame owns both
                drop((connector, link));
                core = self.lock();
                if !quiet || wanted {
                    let rc = if wanted { 0 } else { error.code() };
                    core = self
                        .call(core, here, &Event::Disconnect { rc, properties: RawBytes::EMPTY })
                        .0;
                }
                (core, if wanted { Ok(()) } else { Err(error) })
            }
        }
    }

    /// One step of the attempt, without the lock: functions of the program's own TLS context may run in it, and keys may be
    /// in slow places. `None` if there is no attempt, another thread is at it, or it was given up meanwhile.
    fn drive<'a>(&'a self, mut core: MutexGuard<'a, Core>) -> (MutexGuard<'a, Core>, Option<Step>) {
        let Link::Connecting { connector, .. } = &mut core.link else { return (core, None) };
        let Some(mut connector) = connector.take() else { return (core, None) };
        let generation = core.generation;
        drop(core); // and not `unlock`: this frame owns the attempt
        let progress = connector.advance(clock::now());
        let lines = connector.take_log();
        let mut core = self.lock();
        core.log_transport(lines);
        if core.generation == generation {
            core.wake(); // who waits does not know yet what to wait for
            self.changed.notify_all();
            return (core, Some((connector, progress)));
        }
        drop(core); // as above
        drop((connector, progress));
        (self.lock(), None)
    }

    /// Waits, with the lock given up, until something of the client changes.
    pub(super) fn wait_change<'a>(
        &self,
        core: MutexGuard<'a, Core>,
        ms: u64,
    ) -> MutexGuard<'a, Core> {
        self.changed.wait_for(core, Duration::from_millis(ms))
    }
}

impl Core {
    /// The argument phase of connect, in the order in which programs know the answers.
    fn accept(&mut self, connect: &Connect<'_>) -> Result<()> {
        if let Some(bind_address) = connect.bind_address {
            self.options.change().bind_address = Some(bind_address.to_vec());
        }
        let config = &mut self.session.config;
        if let Some(properties) = connect.properties {
            config.properties = Box::default();
            property::check_sendable(command::CONNECT, properties)?;
            config.properties = properties.into();
        }
        let host = connect.host.ok_or(Error::Inval)?;
        let port = u16::try_from(connect.port).map_err(|_| Error::Inval)?;
        let keepalive = u16::try_from(connect.keepalive).map_err(|_| Error::Inval)?;
        if (1..MIN_KEEPALIVE).contains(&connect.keepalive) {
            return Err(Error::Inval);
        }
        if config.version == Version::V31 && config.id.is_none() {
            let mut bytes = [0; 18];
            random::fill(&mut bytes)?;
            config.id = Some(generated_id(&bytes).into());
        }
        config.keepalive = keepalive;
        self.options.host = Some(host.into());
        self.options.port = port;
        self.options.service = connect.service;
        Ok(())
    }

    /// Begins an attempt that the loop drives. That no server can be reached is an error only if `tell`.
    fn begin(&mut self, to: To, automatic: bool, tell: bool) -> Result<()> {
        let connector = match Connector::start(to, clock::now()) {
            Err(error @ (Error::Errno(_) | Error::Eai(_))) if !tell => Connector::failed(error),
            started => started?,
        };
        self.open(connector, automatic)
    }

    /// Leaves an attempt to the loop; CONNECT waits for it in the output, and is the first to be sent over it.
    fn open(&mut self, connector: Connector, automatic: bool) -> Result<()> {
        self.session.open(clock::now())?;
        let view = View::of(&connector);
        self.link = Link::Connecting { connector: Some(Box::new(connector)), view, automatic };
        Ok(())
    }

    /// Returns an attempt to its place.
    fn put_back(&mut self, attempt: Box<Connector>) {
        if let Link::Connecting { connector, view, .. } = &mut self.link {
            *view = View::of(&attempt);
            *connector = Some(attempt);
        }
    }

    fn install(&mut self, stream: Stream) {
        self.log_transport(stream.take_log());
        if stream.nodelay_failed() {
            log!(self.session.log, WARNING, "Warning: Unable to set TCP_NODELAY.");
        }
        self.link = Link::Open(Arc::new(stream));
    }

    /// Forgets what was received on a connection that is gone. A handler call that looks at it keeps it.
    pub(super) fn forget_input(&mut self) {
        if self.driver.is_some() {
            self.input.discard();
        } else {
            self.input.clear();
        }
    }
}
