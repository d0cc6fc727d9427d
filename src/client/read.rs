//! Reading: bytes into the buffer, packets to the session, what they mean to the program. Messages are handed over where
//! they lie; nothing is copied or allocated for them.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::protocol::frame::{self, Frame as Split};
use crate::protocol::packet::Packet;
use crate::session::incoming::{Content, Delivery};
use crate::session::{self, Fault};
use crate::sync::MutexGuard;
use crate::time::Time;
use crate::transport::clock;
use crate::transport::stream::Read;

use super::Client;
use super::core::Core;
use super::frame::Frame;
use super::handler::{Event, Message, RawBytes};

/// How often one call reads a socket that always fills the buffer.
const ROUNDS: usize = 8;
/// Output that waits longer than this, in milliseconds, while messages are handed over, is written in between.
const PATIENCE: u64 = 1;
/// So is output larger than this.
const MUCH_OUTPUT: u64 = 256 * 1024;

/// What the program is to be told, and what happens then.
enum Step {
    /// The buffer holds no complete packet.
    Starved,
    /// Nothing to tell.
    Silent,
    /// A handler call.
    Tell(Event),
    /// CONNACK; the connection ends afterwards if it refuses.
    Connack(Event, Result<()>),
    /// AUTH; the connection ends if the program says so.
    Auth(Event),
    /// The server's DISCONNECT.
    Disconnected(Event),
    /// A fault of the server.
    Fault(Fault),
}

impl Client {
    /// Reads what has arrived and handles every complete packet, as the thread that drives.
    pub(super) fn read<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        let generation = core.generation;
        let mut result = Ok(());
        for round in 0.. {
            let (after, handled) = self.handle_buffered(core, here);
            core = after;
            result = handled;
            let over = core.generation != generation || core.closed || core.is_stopping();
            if result.is_err() || over {
                break;
            }
            let Some(stream) = core.stream().cloned() else { break };
            // What the stream keeps is handled in any case: nobody who waits for the descriptor would learn of it.
            let more = round < ROUNDS;
            if !more && !stream.has_buffered_input() {
                break;
            }
            let (mut buffer, room) = core.input.room();
            drop(core); // and not `unlock`: this frame owns the buffer

            let read = buffer.get_mut(room.clone()).map_or(Ok(Read::WouldBlock), |room| {
                if more { stream.read(room) } else { stream.read_buffered(room) }
            });
            let room = room.len();
            let drained = !stream.has_buffered_input();
            let lines = if let Ok(Read::Data(_) | Read::WouldBlock) = read {
                Vec::new()
            } else {
                stream.take_log()
            };

            drop(stream);
            core = self.lock();
            if core.generation != generation {
                break;
            }
            core.log_transport(lines);
            let count = if let Ok(Read::Data(count)) = read { count } else { 0 };
            core.input.filled(buffer, count);
            match read {
                Ok(Read::Data(_)) => {
                    core.session.received(clock::now());
                    core.pace.read();
                    if count < room && drained {
                        (core, result) = self.handle_buffered(core, here);
                        break;
                    }
                }
                Ok(Read::WouldBlock) if drained => break,
                Ok(Read::WouldBlock) => {}
                Ok(Read::Eof) => {
                    (core, result) = self.end_connection(core, here, Error::ConnLost);
                    break;
                }
                Err(error) => {
                    (core, result) = self.end_connection(core, here, error);
                    break;
                }
            }
        }
        if result.is_ok() && core.generation == generation && core.has_output() {
            let (after, written) = self.flush(core, here);
            core = after;
            if let (Err(error), true) = (written, core.generation == generation) {
                (core, result) = self.end_connection(core, here, error);
            }
        }
        (core, result)
    }

    /// Handles every complete packet in the buffer, each after the handler calls of the one before have returned.
    fn handle_buffered<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        let generation = core.generation;
        let mut flushed: Option<Time> = None;
        loop {
            if core.is_stopping() {
                return (core, Ok(())); // what is left is for whoever drives next
            }
            let step = core.next_step();
            let answer;
            match step {
                Step::Starved => return (core, Ok(())),
                Step::Silent => {}
                Step::Tell(event) => core = self.call(core, here, event).0,
                Step::Connack(event, verdict) => {
                    if verdict.is_ok() {
                        core.options.backoff.reset();
                    }
                    core = self.call(core, here, event).0;
                    if let (Err(error), true) = (verdict, core.generation == generation) {
                        return self.end_connection(core, here, error);
                    }
                }
                Step::Auth(event) => {
                    (core, answer) = self.call(core, here, event);
                    if answer != 0 && core.generation == generation {
                        return self.end_faulty(core, here, Error::Other(answer).into());
                    }
                }
                Step::Disconnected(event) => {
                    core = self.close_link(core);
                    let generation = core.generation;
                    core = self.call(core, here, event).0;
                    if core.generation == generation {
                        core.forget_input();
                    }
                    return (core, Ok(()));
                }
                Step::Fault(fault) => return self.end_faulty(core, here, fault),
            }
            core = self.tell_completions(core, here);
            if core.generation != generation || core.closed {
                return (core, Ok(()));
            }
            if core.has_output() && self.is_flush_due(&core, &mut flushed) {
                let (after, written) = self.flush(core, here);
                core = after;
                if core.generation != generation {
                    return (core, Ok(()));
                }
                if let Err(error) = written {
                    return self.end_connection(core, here, error);
                }
            }
        }
    }

    /// Whether acknowledgements and the like have waited long enough for company.
    fn is_flush_due(&self, core: &Core, since: &mut Option<Time>) -> bool {
        let now = clock::now();
        let begun = *since.get_or_insert(now);
        let output = &core.session.output;
        let due =
            now.since(begun) >= PATIENCE || output.appended() - output.written() > MUCH_OUTPUT;
        if due {
            *since = Some(now);
        }
        due
    }

    /// Says goodbye to a server that broke the protocol.
    fn end_faulty<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
        fault: Fault,
    ) -> (MutexGuard<'a, Core>, Result<()>) {
        core.session.fail(fault);
        self.end_connection(core, here, fault.error)
    }
}

impl Core {
    /// Takes the next packet out of the buffer and lets the session handle it.
    fn next_step(&mut self) -> Step {
        self.input.restore();
        let unread = self.input.unread();
        let (header, len) = match frame::split(unread, self.session.max_incoming()) {
            Ok(Split::Complete { header, len }) => (header, len),
            Ok(_) => return Step::Starved,
            Err(error) => return Step::Fault(error.into()),
        };
        let packet = Packet::new(unread.get(..len).unwrap_or_default(), header);
        let event = match self.session.handle(packet) {
            Ok(event) => event,
            Err(fault) => return Step::Fault(fault),
        };
        self.step_of(event, len)
    }

    /// Points at the bytes of an event in the packet of `len` bytes that was just handled.
    fn step_of(&mut self, event: session::Event, len: usize) -> Step {
        let consumed = self.input.consume(len);
        let at = |range: &Range<usize>| RawBytes::from(consumed.bytes(range));
        match event {
            session::Event::None => Step::Silent,
            session::Event::Message(delivery) => self.step_of_message(delivery, len),
            session::Event::Published { mid, reason, properties } => Step::Tell(Event::Publish {
                mid: mid.into(),
                reason: reason.into(),
                properties: at(&properties),
            }),
            session::Event::Subscribed { mid, codes, properties } => Step::Tell(Event::Subscribe {
                mid: mid.into(),
                codes: at(&codes),
                properties: at(&properties),
            }),
            session::Event::Unsubscribed { mid, codes, properties } => {
                Step::Tell(Event::Unsubscribe {
                    mid: mid.into(),
                    codes: at(&codes),
                    properties: at(&properties),
                })
            }
            session::Event::Connack { reason, flags, properties, verdict } => {
                let event = Event::Connect {
                    rc: reason.into(),
                    flags: flags.into(),
                    properties: at(&properties),
                };
                Step::Connack(event, verdict)
            }
            session::Event::Auth { method, data, properties } => Step::Auth(Event::Auth {
                method: method.as_ref().map(at),
                data: data.as_ref().map(at),
                properties: at(&properties),
            }),
            session::Event::Disconnected { reason, properties } => {
                Step::Disconnected(Event::Disconnect {
                    rc: reason.into(),
                    properties: at(&properties),
                })
            }
        }
    }

    /// Ends topic and payload with NUL where they lie. The packet is counted as consumed already.
    fn step_of_message(&mut self, delivery: Delivery, len: usize) -> Step {
        let Delivery { mid, qos, retain, content } = delivery;
        let (topic, payload, properties) = match content {
            Content::Packet { topic, alias, payload, properties } => {
                let mut packet = self.input.last_consumed(len);
                let properties = RawBytes::from(packet.bytes(&properties));
                let payload = if payload.is_empty() {
                    RawBytes::EMPTY
                } else {
                    packet.terminate_payload(payload.end);
                    RawBytes::from(packet.bytes(&payload))
                };
                let topic = match alias {
                    None => RawBytes::from(packet.terminate_topic(&topic)),
                    Some(alias) => self
                        .delivery
                        .get_or_insert_default()
                        .alias_topic(self.session.alias_topic(alias)),
                };
                (topic, payload, properties)
            }
            Content::Kept(kept) => {
                let kept = &*self.delivery.get_or_insert_default().kept.insert(kept);
                let bytes =
                    |range: Range<usize>| RawBytes::from(kept.bytes.get(range).unwrap_or_default());
                let payload_start = kept.topic + 1;
                let payload_end = payload_start + kept.payload;
                (
                    bytes(0..kept.topic),
                    bytes(payload_start..payload_end),
                    bytes(payload_end + 1..kept.bytes.len()),
                )
            }
        };
        Step::Tell(Event::Message(Message { mid, topic, payload, qos, retain, properties }))
    }
}
