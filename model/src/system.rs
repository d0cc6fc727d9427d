//! An operating system and a server, as far as a client sees them: connections, event descriptors, and waiting for both.
//!
//! Every call is one step that other threads may come before or after. The server answers within the step: CONNECT by
//! CONNACK, a QoS 1 message by PUBACK, DISCONNECT by closing. It takes as many bytes as [`Server`] says, then none until [`System::take_all`].

use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};
use std::io::IoSlice;
use std::sync::Arc;

use loom::sync::{Condvar, Mutex, MutexGuard};

use crate::error::{Error, Result};
use crate::transport::stream::{Read, Written};
use crate::wire::{self, Packet};

/// The number of a connection or an event.
pub type Descriptor = i32;

/// Events have numbers from this one.
const EVENTS: Descriptor = 1000;

const CONNACK: [u8; 4] = [0x20, 2, 0, 0];

/// How the server takes bytes.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// At most so many in one call, of which the first is the short one.
    pub first: usize,
    /// So many in all behind the CONNECT of each connection, before it has to be asked for more.
    pub room: usize,
}

impl Server {
    /// Takes whatever it is given.
    pub const WILLING: Server = Server { first: usize::MAX, room: usize::MAX };
}

/// What somebody wants to do with a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interest {
    /// Read from it.
    pub read: bool,
    /// Write to it.
    pub write: bool,
}

impl Interest {
    /// To read only.
    pub const READ: Interest = Interest { read: true, write: false };
}

/// What a descriptor is ready for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ready {
    /// Reading.
    pub read: bool,
    /// Writing.
    pub write: bool,
    /// It is shut down.
    pub broken: bool,
}

/// One run's system.
#[derive(Debug)]
pub struct System {
    state: Mutex<State>,
    /// For those who poll.
    ready: Condvar,
    /// For who waits for the server and the program to have seen enough.
    seen: Condvar,
    /// Connections that a thread is writing to. Not part of the model: looked at, never waited for.
    writing: std::sync::Mutex<BTreeSet<Descriptor>>,
}

#[derive(Debug)]
struct State {
    server: Server,
    connections: Vec<Connection>,
    events: Vec<bool>,
    told: Vec<i32>,
    polling: usize,
    expected: Option<Expected>,
}

/// What [`System::until`] waits for.
#[derive(Debug, Clone, Copy)]
enum Expected {
    /// So many messages on the last connection, and so many that the program was told of.
    Count { messages: usize, told: usize },
    /// This message on the last connection, behind all others.
    Last(u8),
    /// So many acknowledgements on the last connection.
    Acks(usize),
}

#[derive(Debug)]
struct Connection {
    received: Vec<u8>,
    answers: VecDeque<u8>,
    /// Packets that were looked at.
    seen: usize,
    /// The most that is taken in the next call.
    first: Option<usize>,
    room: usize,
    ended: bool,
}

thread_local! {
    /// All threads of a run are one of the machine's.
    static THIS: RefCell<Option<Arc<System>>> = const { RefCell::new(None) };
}

/// The system of the run.
pub fn this() -> Arc<System> {
    THIS.with_borrow(|this| this.clone().expect("inside a run"))
}

/// Begins a run.
pub fn begin(server: Server) {
    let state = State {
        server,
        connections: Vec::new(),
        events: Vec::new(),
        told: Vec::new(),
        polling: 0,
        expected: None,
    };
    let system = System {
        state: Mutex::new(state),
        ready: Condvar::new(),
        seen: Condvar::new(),
        writing: std::sync::Mutex::default(),
    };
    THIS.set(Some(Arc::new(system)));
}

/// Ends it.
pub fn end() {
    THIS.set(None);
}

impl System {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("not poisoned")
    }

    /// Lets go of the state and tells those who wait for what was changed.
    fn done(&self, mut state: MutexGuard<'_, State>) {
        let polled = state.polling > 0;
        let seen = state.expected.is_some_and(|expected| state.has(expected));
        if seen {
            state.expected = None;
        }
        drop(state);
        if polled {
            self.ready.notify_all();
        }
        if seen {
            self.seen.notify_all();
        }
    }

    /// A connection, which stands at once.
    pub fn connect(&self) -> Descriptor {
        let mut state = self.state();
        let Server { first, room } = state.server;
        state.connections.push(Connection {
            received: Vec::new(),
            answers: VecDeque::new(),
            seen: 0,
            first: Some(first),
            room,
            ended: false,
        });
        number(state.connections.len() - 1)
    }

    /// Both sides see that nothing follows.
    pub fn end(&self, socket: Descriptor) {
        let mut state = self.state();
        state.connection(socket).ended = true;
        self.done(state);
    }

    /// As [`System::end`]; nobody looks at the number any more.
    pub fn close(&self, socket: Descriptor) {
        self.end(socket);
    }

    /// write(2). Two threads in it at once are a fault.
    pub fn write(&self, socket: Descriptor, slices: &[IoSlice<'_>]) -> Result<Written> {
        let alone = self.writing.lock().expect("not poisoned").insert(socket);
        assert!(alone, "two writers");
        let mut state = self.state();
        let written = state.connection(socket).write(slices);
        self.writing.lock().expect("not poisoned").remove(&socket);
        self.done(state);
        written
    }

    /// read(2).
    pub fn read(&self, socket: Descriptor, buffer: &mut [u8]) -> Result<Read> {
        let mut state = self.state();
        let connection = state.connection(socket);
        let count = buffer.len().min(connection.answers.len());
        if count == 0 {
            return Ok(if connection.ended { Read::Eof } else { Read::WouldBlock });
        }
        for (place, byte) in buffer.iter_mut().zip(connection.answers.drain(..count)) {
            *place = byte;
        }
        Ok(Read::Data(count))
    }

    /// eventfd(2).
    pub fn open_event(&self) -> Descriptor {
        let mut state = self.state();
        state.events.push(false);
        EVENTS + number(state.events.len() - 1)
    }

    /// Makes an event readable.
    pub fn signal(&self, event: Descriptor) {
        let mut state = self.state();
        *state.event(event) = true;
        self.done(state);
    }

    /// Makes it unreadable.
    pub fn drain(&self, event: Descriptor) {
        *self.state().event(event) = false;
    }

    /// poll(2): lets `look` ask for the readiness of descriptors until it counts one, or once if not to `block`.
    pub fn wait(
        &self,
        block: bool,
        mut look: impl FnMut(&dyn Fn(Descriptor) -> Ready) -> usize,
    ) -> usize {
        let mut state = self.state();
        loop {
            let count = look(&|descriptor| state.ready(descriptor));
            if count > 0 || !block {
                return count;
            }
            state.polling += 1;
            state = self.ready.wait(state).expect("not poisoned");
            state.polling -= 1;
        }
    }

    /// The server takes everything from now on.
    pub fn take_all(&self) {
        let mut state = self.state();
        state.server.room = usize::MAX;
        for connection in &mut state.connections {
            connection.room = usize::MAX;
        }
        self.done(state);
    }

    /// The server sends a message with this identifier over the last connection.
    pub fn send(&self, mid: u16) {
        let mut state = self.state();
        let last = state.connections.last_mut().expect("a connection");
        last.answers.extend(wire::publish(mid));
        self.done(state);
    }

    /// The server ends the last connection.
    pub fn hang_up(&self) {
        let mut state = self.state();
        state.connections.last_mut().expect("a connection").ended = true;
        self.done(state);
    }

    /// The program was told that a message is published.
    pub fn tell(&self, mid: i32) {
        let mut state = self.state();
        state.told.push(mid);
        self.done(state);
    }

    /// Waits until the last connection has brought so many messages, and the program was told of so many. Nothing ends the
    /// wait if that never happens: a deadlock, which the model reports.
    pub fn until(&self, messages: usize, told: usize) {
        self.until_has(Expected::Count { messages, told });
    }

    /// The same for message `name`, on the last connection.
    pub fn until_last(&self, name: u8) {
        self.until_has(Expected::Last(name));
    }

    /// The same for so many acknowledgements.
    pub fn until_acks(&self, count: usize) {
        self.until_has(Expected::Acks(count));
    }

    fn until_has(&self, expected: Expected) {
        let mut state = self.state();
        while !state.has(expected) {
            state.expected = Some(expected);
            state = self.seen.wait(state).expect("not poisoned");
        }
    }

    /// What each connection has brought.
    pub fn received(&self) -> Vec<Vec<u8>> {
        self.state().connections.iter().map(|connection| connection.received.clone()).collect()
    }

    /// The identifiers that the program was told of.
    pub fn told(&self) -> Vec<i32> {
        self.state().told.clone()
    }
}

impl State {
    fn connection(&mut self, socket: Descriptor) -> &mut Connection {
        self.connections.get_mut(index(socket)).expect("a connection")
    }

    fn event(&mut self, event: Descriptor) -> &mut bool {
        self.events.get_mut(index(event - EVENTS)).expect("an event")
    }

    fn ready(&self, descriptor: Descriptor) -> Ready {
        if descriptor < 0 {
            return Ready::default();
        }
        if descriptor >= EVENTS {
            let read = self.events.get(index(descriptor - EVENTS)).is_some_and(|set| *set);
            return Ready { read, ..Ready::default() };
        }
        let connection = self.connections.get(index(descriptor)).expect("a connection");
        Ready {
            read: !connection.answers.is_empty() || connection.ended,
            write: connection.room > 0,
            broken: connection.ended,
        }
    }

    fn has(&self, expected: Expected) -> bool {
        let last = self.connections.last().map_or(&[][..], |last| &last.received);
        let received = wire::messages(last);
        match expected {
            Expected::Count { messages, told } => {
                self.told.len() >= told && received.len() >= messages
            }
            Expected::Last(name) => received.last() == Some(&name),
            Expected::Acks(count) => wire::acks(last).len() >= count,
        }
    }
}

impl Connection {
    fn write(&mut self, slices: &[IoSlice<'_>]) -> Result<Written> {
        if self.ended {
            return Err(Error::ConnLost);
        }
        let greeted = wire::is_greeted(&self.received);
        let most = if greeted {
            self.room.min(self.first.take().unwrap_or(usize::MAX))
        } else {
            usize::MAX
        };
        let given = slices.iter().flat_map(|slice| slice.iter().copied());
        let before = self.received.len();
        self.received.extend(given.take(most));
        let count = self.received.len() - before;
        if greeted {
            self.room -= if self.room == usize::MAX { 0 } else { count };
        }
        self.answer();
        let blocked = count == 0 && slices.iter().any(|slice| !slice.is_empty());
        Ok(if blocked { Written::WouldBlock } else { Written::Bytes(count) })
    }

    /// What the server says to the packets that are complete by now.
    fn answer(&mut self) {
        let (packets, _) = wire::packets(&self.received);
        for packet in packets.iter().skip(self.seen) {
            match *packet {
                Packet::Connect => self.answers.extend(CONNACK),
                Packet::Message(_, Some(mid)) => self.answers.extend(wire::ack(mid)),
                Packet::Message(_, None) | Packet::Ack(_) => {}
                Packet::Disconnect => self.ended = true,
            }
        }
        self.seen = packets.len();
    }
}

fn number(index: usize) -> Descriptor {
    Descriptor::try_from(index).expect("few descriptors")
}

fn index(number: Descriptor) -> usize {
    usize::try_from(number).expect("a descriptor")
}

/// Stands for the lock around the library's spare buffers, which outlive a run.
#[derive(Debug)]
pub struct Spares<T>(std::sync::Mutex<T>);

impl<T> Spares<T> {
    /// A free lock.
    pub const fn new(value: T) -> Self {
        Spares(std::sync::Mutex::new(value))
    }

    /// Takes it.
    pub fn try_lock(&self) -> Option<std::sync::MutexGuard<'_, T>> {
        self.0.try_lock().ok()
    }
}
