//! The state of a client under its one lock. How that is taken and left is in `lock`.

use core::num::NonZeroU64;
use std::sync::Arc;

use crate::session::config::Config;
use crate::session::incoming::Kept;
use crate::session::lazy::{Lazy, empty};
use crate::session::log::{self, log};
use crate::session::output::Batch;
use crate::session::{Phase, Session};
use crate::time::Time;
use crate::transport::connect::Connector;
use crate::transport::log::{LogLine, Severity};
use crate::transport::stream::Stream;
use crate::transport::thread::{self, Thread};
use crate::transport::tls::stream::SslPointer;
use crate::transport::wake::Wake;
use crate::transport::{clock, fork};

use super::frame::{Frame, this_thread};
use super::handler::RawBytes;
use super::input::Input;
use super::options::Options;
use super::pace::Pace;

/// Another thread that comes along during a wait no longer than this, in milliseconds, need not end it.
const SHORT: u64 = 50;

/// What a client knows. Guarded by [`Client::lock`]; never locked while the program's functions run or a call waits.
#[derive(Debug)]
pub struct Core {
    /// The protocol.
    pub session: Session,
    /// The program's settings.
    pub options: Options,
    /// The connection.
    pub link: Link,
    /// Counts connections and attempts: who looks away from the lock learns that everything is new.
    pub generation: u64,
    /// Received bytes.
    pub input: Input,
    /// What the handler call under way looks at besides `input`.
    pub delivery: Option<Box<Delivering>>,
    /// Bytes taken from the session and not yet by the system. `None` while a thread writes them: only that thread takes
    /// bytes, and it looks for more before it stops.
    pub unsent: Option<Box<Batch>>,
    /// Whether small writes are to leave at once.
    pub pace: Pace,
    /// The thread that drives the connection: reads, takes packets, tells the program. Never two at a time.
    pub driver: Option<Frame>,
    /// The thread that is telling the program of several QoS 0 messages.
    pub teller: Option<Frame>,
    /// Handler calls under way, but those of log lines.
    pub calls: Vec<Frame>,
    /// The program asked for the end of this connection.
    pub disconnecting: bool,
    /// The program asked for no further connection.
    pub stay_disconnected: bool,
    /// When to stop waiting for a disconnect to come to its end.
    pub closing_deadline: Option<Time>,
    /// Everything up to DISCONNECT is written, and the server has been told that nothing follows.
    pub half_closed: bool,
    /// Who runs the loop.
    pub threaded: Threaded,
    /// The thread of `mosquitto_loop_start`, until somebody has joined it.
    pub thread: Option<Thread>,
    /// Counts those threads: an earlier one that still runs is no longer wanted.
    pub loop_id: u32,
    /// The loop's thread is to end.
    pub stop: Option<Box<Stop>>,
    /// What most clients never have.
    pub rare: Lazy<Rare>,
    /// Counts lives: [`Core::renew`] begins another one.
    pub life: u32,
    /// When a loop tries to connect again.
    pub retry_at: Option<Time>,
    /// The client is being destroyed: nothing is handed over any more.
    pub closed: bool,
    /// Ends a wait of the loop.
    pub wake: Option<Arc<Wake>>,
    /// How many threads wait in poll.
    pub sleepers: u32,
    /// Whether `wake` was used and not yet drained.
    pub woken: bool,
    /// [`fork::forks`] when the client was made.
    forks: u32,
    /// The loop's own thread, while it runs.
    pub loop_thread: Option<NonZeroU64>,
    /// The thread that called last, and whether there was ever another.
    last_thread: NonZeroU64,
    many_threads: bool,
}

/// What most clients never have.
#[derive(Debug)]
pub struct Rare {
    /// What handler calls further out still look at.
    pub parked: Vec<Parked>,
    /// Log lines being handed over.
    pub log_calls: Vec<Frame>,
    /// Threads of `mosquitto_loop_start` that were stopped from inside a handler call of their own, and still run.
    pub retired: Vec<NonZeroU64>,
}

empty!(Rare);

impl Rare {
    const fn new() -> Self {
        Rare { parked: Vec::new(), log_calls: Vec::new(), retired: Vec::new() }
    }
}

/// The connection.
#[derive(Debug, Default)]
pub enum Link {
    /// There is none.
    #[default]
    None,
    /// A connect call that entered this frame works on it, or asks the program first.
    Reserved(Frame),
    /// The loop works on it.
    Connecting {
        /// The attempt; not here while a thread works on it, without the lock.
        connector: Option<Box<Connector>>,
        /// What is known of it meanwhile.
        view: View,
        /// Whether the loop began it: then nobody is told of its failure.
        automatic: bool,
    },
    /// It stands.
    Open(Arc<Stream>),
}

/// An attempt as others see it.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// The descriptor to poll, or -1.
    pub descriptor: i32,
    /// Whether to poll it for writing.
    pub wants_write: bool,
    /// The TLS object.
    pub ssl: Option<SslPointer>,
}

impl View {
    /// How `connector` looks now.
    pub fn of(connector: &Connector) -> View {
        View {
            descriptor: connector.descriptor(),
            wants_write: connector.wants_write(),
            ssl: connector.ssl(),
        }
    }
}

/// Who runs the loop, as far as the client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Threaded {
    /// The program, by calling loop functions: other calls write at once.
    #[default]
    None,
    /// The thread of `mosquitto_loop_start`, which does all writing.
    Own,
    /// A thread of the program, told by `mosquitto_threaded_set`.
    External,
}

/// How a loop is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// At once.
    Now,
    /// A disconnect under way is finished first, and so is what was published before, as long as this connection lasts
    /// and the server goes on acknowledging: mosquitto_pub counts on it.
    Gently {
        /// The connection.
        generation: u64,
        /// What [`Session::completed`] has to reach.
        goal: (u64, u64),
        /// What it was when it last changed.
        done: (u64, u64),
        /// When to give up waiting for it to change.
        deadline: Time,
    },
}

/// Memory that a handler call looks at, other than the read buffer.
#[derive(Debug, Default)]
pub struct Delivering {
    /// A QoS 2 message.
    pub kept: Option<Kept>,
    /// A topic that came as an alias, and NUL.
    pub topic: Vec<u8>,
}

impl Delivering {
    /// Keeps `topic`, with NUL behind it.
    pub fn alias_topic(&mut self, topic: &[u8]) -> RawBytes {
        self.topic.clear();
        self.topic.extend_from_slice(topic);
        self.topic.push(0);
        RawBytes { ptr: self.topic.as_ptr(), len: topic.len() }
    }
}

/// Memory left to a handler call from inside which a loop function was called.
#[derive(Debug)]
pub struct Parked {
    frame: Frame,
    _input: Vec<u8>,
    _delivery: Option<Box<Delivering>>,
}

impl Core {
    /// The state of a new client.
    pub fn new(config: Config) -> Self {
        Core {
            session: Session::new(config),
            options: Options::default(),
            link: Link::None,
            generation: 0,
            input: Input::default(),
            delivery: None,
            unsent: Some(Box::default()),
            pace: Pace::default(),
            driver: None,
            teller: None,
            calls: Vec::with_capacity(1), // most calls are not inside another
            disconnecting: false,
            stay_disconnected: false,
            closing_deadline: None,
            half_closed: false,
            threaded: Threaded::None,
            thread: None,
            loop_id: 0,
            stop: None,
            rare: Lazy::new(),
            life: 0,
            retry_at: None,
            closed: false,
            wake: None,
            sleepers: 0,
            woken: false,
            forks: fork::forks(),
            loop_thread: None,
            last_thread: this_thread(),
            many_threads: false,
        }
    }

    /// Whether the loop makes an attempt by itself and no server has answered: then the program hears nothing of its end.
    pub fn is_silent_attempt(&self) -> bool {
        match &self.link {
            Link::Connecting { connector, automatic, .. } => {
                *automatic
                    && !connector.as_ref().is_some_and(|connector| connector.is_established())
            }
            _ => false,
        }
    }

    /// The stream, if the connection stands.
    pub fn stream(&self) -> Option<&Arc<Stream>> {
        match &self.link {
            Link::Open(stream) => Some(stream),
            _ => None,
        }
    }

    /// Whether bytes wait to be written, and nobody is at it.
    pub fn has_output(&self) -> bool {
        let waiting = |unsent: &Batch| !unsent.is_empty() || !self.session.output.is_empty();
        self.unsent.as_deref().is_some_and(waiting)
    }

    /// Removes what the calling thread, which entered `here` just now, left behind by `longjmp`.
    pub fn sweep(&mut self, here: &Frame) {
        self.calls.retain(|call| !call.is_left(here));
        if let Some(rare) = self.rare.existing() {
            rare.log_calls.retain(|call| !call.is_left(here));
        }
        if self.driver.is_some_and(|driver| driver.is_left(here)) {
            self.forget_parked(|parked| parked.is_left(here));
            self.yield_driving();
        }
        if let Link::Reserved(frame) = &self.link {
            if frame.is_left(here) {
                drop(self.drop_link());
            }
        }
    }

    /// Whether the calling thread is inside a handler call of this client.
    pub fn is_in_call(&self, here: &Frame) -> bool {
        self.calls.iter().any(|call| call.encloses(here))
    }

    /// The handler call that `here` made has returned.
    #[inline]
    pub fn leave_call(&mut self, here: &Frame) {
        if self.calls.last() == Some(here) {
            self.calls.pop(); // unless another thread makes one meanwhile
        } else if let Some(at) = self.calls.iter().rposition(|call| call == here) {
            self.calls.remove(at);
        }
    }

    /// Whether handler calls of other threads are under way.
    pub fn has_foreign_calls(&mut self) -> bool {
        self.calls.retain(|call| !call.is_dead());
        if let Some(rare) = self.rare.existing() {
            rare.log_calls.retain(|call| !call.is_dead());
        }
        self.calls.iter().chain(&self.rare.log_calls).any(Frame::is_foreign)
    }

    /// Makes the calling thread the one that drives, unless another one does. Inside a handler call of its own it goes on
    /// driving, and what that call looks at is left alone.
    pub fn begin_driving(&mut self, here: &Frame) -> bool {
        match self.driver {
            Some(driver) if driver.is_foreign() => {
                if !driver.is_dead() {
                    return false;
                }
                self.forget_parked(|_| true);
                self.yield_driving();
            }
            Some(driver) if driver.encloses(here) => {
                let delivery = core::mem::take(&mut self.delivery);
                let input = self.input.park();
                self.rare.parked.push(Parked { frame: driver, _input: input, _delivery: delivery });
            }
            _ => {}
        }
        self.driver = Some(*here);
        true
    }

    /// Ends what [`Core::begin_driving`] began; nothing if it has ended otherwise.
    pub fn end_driving(&mut self, here: &Frame) {
        if self.driver == Some(*here) {
            self.forget_parked(|parked| parked == here);
            self.yield_driving();
        }
    }

    /// Frees what the handler calls of certain frames look at.
    fn forget_parked(&mut self, over: impl Fn(&Frame) -> bool) {
        if let Some(rare) = self.rare.existing() {
            rare.parked.retain(|parked| !over(&parked.frame));
        }
    }

    /// Gives the driving back to the handler call that was interrupted, if there is one.
    fn yield_driving(&mut self) {
        self.driver = self.rare.parked.last().map(|parked| parked.frame);
        if self.driver.is_none() {
            self.input.rest();
            if let Some(kept) = self.delivery.as_mut().and_then(|delivery| delivery.kept.take()) {
                self.session.take_back(kept);
            }
        }
    }

    /// Whether the calling thread is a loop's own and is to hand over nothing more: it was stopped.
    #[inline]
    pub fn is_stopping(&mut self) -> bool {
        (self.stop.is_some() || !self.rare.is_none()) && self.is_this_stopping()
    }

    #[cold]
    fn is_this_stopping(&mut self) -> bool {
        let this = this_thread();
        self.rare.retired.contains(&this)
            || self.loop_thread == Some(this) && self.is_stopped(clock::now())
    }

    /// Makes sure that waits of the loop can be ended by other threads. Without a descriptor to spare they end by time.
    pub fn ensure_wake(&mut self) {
        if self.wake.is_none() {
            self.wake = Wake::new().ok().map(Arc::new);
        }
    }

    /// The same, if other threads use this client, or could do so during a wait of so many milliseconds.
    pub fn ensure_wake_if_shared(&mut self, wait: u64) {
        if self.wake.is_some() || wait == 0 {
            return;
        }
        let shared = self.many_threads || wait > SHORT && !thread::is_only_one();
        if self.threaded != Threaded::None || shared && !self.options.no_wake {
            self.ensure_wake();
        }
    }

    /// Ends the waits of loops in other threads, once.
    pub fn wake(&mut self) {
        if let (Some(wake), true, false) = (&self.wake, self.sleepers > 0, self.woken) {
            self.woken = true;
            wake.wake();
        }
    }

    /// Takes the connection down without a word. Returns what was still to be closed, to be dropped without the lock.
    pub fn drop_link(&mut self) -> Link {
        let link = core::mem::take(&mut self.link);
        if let Link::Open(stream) = &link {
            // Another thread that waits for the descriptor keeps it open: it must see the end.
            if Arc::strong_count(stream) > 1 {
                stream.shutdown();
            }
        }
        self.generation += 1;
        self.pace = Pace::default();
        self.session.close();
        if let Some(unsent) = &mut self.unsent {
            unsent.clear();
        }
        self.disconnecting = false;
        self.closing_deadline = None;
        self.half_closed = false;
        link
    }
}

impl Core {
    /// How long a disconnect may go on without progress, in milliseconds: first while bytes wait, then while the server
    /// is to close.
    pub fn disconnect_patience(&self) -> u64 {
        const HALF_CLOSED: u64 = 1000;
        const UNCONNECTED: u64 = 1000;
        const NO_KEEPALIVE: u64 = 60_000;
        const STOPPING: u64 = 50;
        match (&self.link, self.session.config.keepalive) {
            _ if self.stop.is_some() && self.disconnecting => STOPPING,
            _ if self.half_closed => HALF_CLOSED,
            (Link::Connecting { .. }, _) => UNCONNECTED,
            (_, 0) => NO_KEEPALIVE,
            (_, seconds) => u64::from(seconds) * 1000,
        }
    }

    /// The stop that finishes what has been begun.
    pub fn gentle_stop(&self, now: Time) -> Stop {
        let (goal, done) = (self.session.accepted(), self.session.completed());
        Stop::Gently {
            generation: self.generation,
            goal,
            done,
            deadline: now + self.disconnect_patience(),
        }
    }

    /// Whether the loop's thread is to end now.
    pub fn is_stopped(&mut self, now: Time) -> bool {
        let patience = self.disconnect_patience();
        let (phase, completed, current) =
            (self.session.phase(), self.session.completed(), self.generation);
        match self.stop.as_deref_mut() {
            None => false,
            Some(Stop::Now) => true,
            Some(Stop::Gently { generation, goal, done, deadline }) => {
                if completed != *done {
                    *done = completed;
                    *deadline = now + patience;
                }
                let unfinished = completed.0 < goal.0 || completed.1 < goal.1;
                match phase {
                    Phase::Closing => false,
                    Phase::Up => *generation != current || !unfinished || *deadline <= now,
                    Phase::Down | Phase::Handshake => true,
                }
            }
        }
    }

    /// Takes over what the transport has to say.
    pub fn log_transport(&mut self, lines: Vec<LogLine>) {
        for LogLine { severity, text } in lines {
            let level = match severity {
                Severity::Error => log::ERR,
                Severity::Debug => log::DEBUG,
            };
            log!(self.session.log, level, "{}", text);
        }
    }

    /// To be called whenever the lock was taken: in a fork's child nothing is as it was.
    #[inline]
    pub fn notice_fork(&mut self) {
        if self.forks != fork::forks() {
            self.leave_to_parent();
        }
    }

    /// Remembers who uses the client.
    #[inline]
    pub fn meet(&mut self, thread: NonZeroU64) {
        if self.last_thread != thread {
            self.last_thread = thread;
            self.many_threads = true;
        }
    }

    /// This process is a fork's child: the connection is the parent's, the threads are gone.
    #[cold]
    fn leave_to_parent(&mut self) {
        self.forks = fork::forks();
        self.generation += 1;
        match core::mem::take(&mut self.link) {
            // A thread that this process does not have was in the middle of using it.
            Link::Open(stream) if Arc::strong_count(&stream) > 1 => core::mem::forget(stream),
            link => drop(link), // without a word to the server: the descriptor is none of the parent's any more
        }
        self.session.close();
        self.unsent = Some(Box::default());
        self.disconnecting = false;
        self.closing_deadline = None;
        self.half_closed = false;
        self.wake = None;
        self.woken = false;
        self.sleepers = 0;
        self.calls.retain(|call| !call.is_foreign());
        if self.driver.is_some_and(|driver| driver.is_foreign()) {
            self.forget_parked(|_| true);
            self.yield_driving();
        }
        self.forget_input();
        if let Some(rare) = self.rare.existing() {
            rare.log_calls.clear();
            rare.retired.clear();
        }
        if let Some(thread) = self.thread.take() {
            core::mem::forget(thread); // there is none to detach or join
        }
        self.loop_thread = None;
        self.stop = None;
        if self.threaded == Threaded::Own {
            self.threaded = Threaded::None;
        }
    }

    /// Frees the messages of a client that is being destroyed.
    pub fn forget_messages(&mut self) {
        let config = Config::new(None, true);
        self.session = Session::new(config);
    }

    /// Begins anew after [`Client::close`]; handler calls under way keep what they look at. Answers the settings so far, to
    /// be dropped without the lock: that may call functions of the program, of its own TLS context.
    pub fn renew(&mut self, config: Config) -> Options {
        let fresh = Core::new(config);
        let old = core::mem::replace(self, fresh);
        self.generation = old.generation;
        self.loop_id = old.loop_id;
        self.input = old.input;
        self.delivery = old.delivery;
        self.driver = old.driver;
        self.calls = old.calls;
        self.rare = old.rare;
        self.life = old.life.wrapping_add(1);
        self.sleepers = old.sleepers;
        self.wake = old.wake;
        self.woken = old.woken;
        self.unsent = old.unsent;
        old.options
    }
}
