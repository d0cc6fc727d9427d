//! Reading: bytes into the buffer, packets to the session, what they mean to the program. Messages are handed over where
//! they lie; nothing is copied or allocated for them.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::protocol::frame::{self, Frame as Split};
use crate::protocol::packet::ack::{self, Ack};
use crate::protocol::packet::publish::{self, Plain};
use crate::protocol::packet::{Packet, kind};
use crate::session::incoming::{Content, Delivery, Kept};
use crate::session::{self, Fault, Phase};
use crate::sync::MutexGuard;
use crate::time::Time;
use crate::transport::clock;
use crate::transport::stream::Read;

use super::Client;
use super::core::Core;
use super::frame::{Frame, Space};
use super::handler::{Event, Message, RawBytes};
use super::input;

/// How often one call reads a socket that always fills the buffer.
const ROUNDS: usize = 8;
/// Output that waits for a few milliseconds while messages are handed over is written in between, and so is output
/// larger than this.
const MUCH_OUTPUT: u64 = 256 * 1024;

/// What stood at the start of the buffer.
enum Next {
    /// No complete packet.
    Starved,
    /// A packet that the program hears nothing of.
    Nothing,
    /// A message. Most packets are one or belong to one, and they take a way without detours.
    Message,
    /// The last acknowledgement of one, which says nothing but that.
    Complete(u16),
    /// The last acknowledgement of one.
    Published(Event),
    /// Another packet, still to be taken.
    Other,
}

/// What the program is to be told, and what happens then.
enum Step {
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
        let mut message = Message::NONE;
        let mut space = Space::new();
        space.take();
        loop {
            if core.is_stopping() {
                return (core, Ok(())); // what is left is for whoever drives next
            }
            let next = core.next(&mut message);
            let told = !matches!(next, Ok(Next::Nothing));
            match next {
                Ok(Next::Starved) => return (core, Ok(())),
                Ok(Next::Nothing) => {}
                Ok(Next::Message) => {
                    core = self.call_in_line(core, here, |handler| handler.message(&message)).0;
                }
                Ok(Next::Complete(mid)) => {
                    core = self.call_in_line(core, here, |handler| handler.published(mid.into())).0;
                }
                Ok(Next::Published(event)) => {
                    core = self.call_in_line(core, here, |handler| handler.event(&event)).0;
                }
                Ok(Next::Other) => {
                    if core.is_goodbye_next() && core.has_output() {
                        // What was handled before is acknowledged while there is a connection.
                        core = self.flush(core, here).0;
                        if core.generation != generation || core.closed {
                            return (core, Ok(()));
                        }
                    }
                    let step = core.take_packet();
                    let over;
                    (core, over) = self.take_step(core, here, step);
                    if let Some(result) = over {
                        return (core, result);
                    }
                }
                Err(fault) => return self.end_faulty(core, here, fault),
            }
            if core.session.has_completion() {
                core = self.tell_completions(core, here);
            }
            if core.generation != generation || core.closed {
                return (core, Ok(()));
            }
            if !core.session.output.is_written() && self.is_flush_due(&core, told, &mut flushed) {
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

    /// Tells the program, and does what follows from it. The second answer is the result if nothing more is to be handled.
    fn take_step<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
        step: Step,
    ) -> (MutexGuard<'a, Core>, Option<Result<()>>) {
        let generation = core.generation;
        let ended = |(core, result)| (core, Some(result));
        match step {
            Step::Silent => {}
            Step::Tell(event) => core = self.call(core, here, &event).0,
            Step::Connack(event, verdict) => {
                if verdict.is_ok() {
                    core.options.backoff.reset();
                }
                core = self.call(core, here, &event).0;
                if let (Err(error), true) = (verdict, core.generation == generation) {
                    // It processes nothing that comes after CONNECT [MQTT-3.1.4-6], so it gets nothing.
                    return ended(self.drop_connection(core, here, error));
                }
            }
            Step::Auth(event) => {
                let answer;
                (core, answer) = self.call(core, here, &event);
                if answer != 0 && core.generation == generation {
                    return ended(self.end_faulty(core, here, Error::Other(answer).into()));
                }
            }
            Step::Disconnected(event) => {
                core = self.close_link(core);
                let generation = core.generation;
                core = self.call(core, here, &event).0;
                if core.generation == generation {
                    core.forget_input();
                }
                return (core, Some(Ok(())));
            }
            Step::Fault(fault) => return ended(self.end_faulty(core, here, fault)),
        }
        (core, None)
    }

    /// Whether acknowledgements and the like have waited long enough for company. Time passes where the program was `told`
    /// something.
    fn is_flush_due(&self, core: &Core, told: bool, since: &mut Option<Time>) -> bool {
        let output = &core.session.output;
        if output.appended() - output.written() > MUCH_OUTPUT {
            return true;
        }
        if !told {
            return false;
        }
        let tick = clock::tick();
        let begun = *since.get_or_insert(tick);
        if tick != begun {
            *since = Some(tick);
        }
        tick != begun
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
    /// Looks at what stands at the start of the buffer, and takes it out if it belongs to a message; which one is to be
    /// handed over comes into `message`.
    #[inline(never)] // a frame of its own keeps what is found in registers
    fn next(&mut self, message: &mut Message) -> Result<Next, Fault> {
        self.input.restore();
        if self.session.phase() == Phase::Closing {
            self.input.skip(); // whatever still arrives is ignored
            return Ok(Next::Starved);
        }
        let unread = self.input.unread();
        let split = frame::split(unread, self.session.max_incoming())?;
        let Split::Complete { header, len } = split else { return Ok(Next::Starved) };
        let first = unread.first().copied().unwrap_or(0);
        let (kind, flags) = (first & 0xf0, first & 0x0f);
        if !kind::is_of_message(kind) || self.session.phase() != Phase::Up {
            return Ok(Next::Other);
        }
        let (body, mut behind) = self.input.consume(len).body(header);
        if kind == kind::PUBLISH {
            if let Some(Plain { topic, mid, payload }) = self.session.plain_received(flags, body) {
                let qos = publish::qos(flags);
                if qos == 2 {
                    return Ok(Next::Nothing);
                }
                *message = Message {
                    mid,
                    topic: RawBytes::from(input::terminate_topic(topic)),
                    payload: RawBytes::from(behind.terminate_payload(payload)),
                    qos,
                    retain: flags & publish::RETAIN != 0,
                    properties: RawBytes::EMPTY,
                };
                return Ok(Next::Message);
            }
        } else if let &mut [high, low, _behind] = body {
            let mid = u16::from_be_bytes([high, low]);
            if first == ack::PUBREL {
                if let Some(kept) = self.session.plain_released(mid) {
                    *message = self.keep_for_call(mid, kept);
                    return Ok(Next::Message);
                }
            } else if let Some(complete) = self.session.plain_acknowledged(first, mid) {
                return Ok(if complete { Next::Complete(mid) } else { Next::Nothing });
            }
        }
        self.next_of_message(header, len, kind, message)
    }

    /// The message that was kept, as the program gets it. It is taken back when the next one is handed over.
    fn keep_for_call(&mut self, mid: u16, kept: Kept) -> Message {
        let delivery = self.delivery.get_or_insert_default();
        if let Some(old) = delivery.kept.take() {
            self.session.take_back(old);
        }
        let kept = delivery.kept.insert(kept);
        let [topic, payload, properties] = kept.parts().map(RawBytes::from);
        Message { mid, topic, payload, qos: 2, retain: kept.retain(), properties }
    }

    /// [`Core::next`] for all that belongs to messages but plain ones.
    fn next_of_message(
        &mut self,
        header: usize,
        len: usize,
        kind: u8,
        message: &mut Message,
    ) -> Result<Next, Fault> {
        let mut taken = self.input.last_consumed(len);
        let packet = Packet::new(taken.packet(), header);
        let delivery = match kind {
            kind::PUBLISH => self.session.publish_received(packet)?,
            kind::PUBREL => self.session.released(packet)?,
            _ => {
                let ack = self.session.acknowledged(packet)?;
                return Ok(ack.map_or(Next::Nothing, |Ack { mid, reason, properties }| {
                    let properties = RawBytes::from(taken.bytes(&properties));
                    Next::Published(Event::Publish {
                        mid: mid.into(),
                        reason: reason.into(),
                        properties,
                    })
                }));
            }
        };
        let Some(Delivery { mid, qos, retain, content }) = delivery else {
            return Ok(Next::Nothing);
        };
        let [topic, payload, properties] = match content {
            Content::Packet { topic, alias, payload, properties } => [
                match alias {
                    None => RawBytes::from(taken.terminate_topic(&topic)),
                    Some(alias) => self
                        .delivery
                        .get_or_insert_default()
                        .alias_topic(self.session.alias_topic(alias)),
                },
                RawBytes::from(taken.terminate_payload(payload.start)),
                match properties.is_empty() {
                    true => RawBytes::EMPTY,
                    false => RawBytes::from(taken.bytes(&properties)),
                },
            ],
            Content::Kept => {
                let Some(kept) = self.session.take_kept() else { return Ok(Next::Nothing) };
                *message = self.keep_for_call(mid, kept);
                return Ok(Next::Message);
            }
        };
        *message = Message { mid, topic, payload, qos, retain, properties };
        Ok(Next::Message)
    }

    /// Whether the next packet ends the connection.
    fn is_goodbye_next(&self) -> bool {
        self.input.unread().first().is_some_and(|first| first & 0xf0 == kind::DISCONNECT)
    }

    /// Takes the next packet out of the buffer and lets the session handle it.
    fn take_packet(&mut self) -> Step {
        let unread = self.input.unread();
        let (header, len) = match frame::split(unread, self.session.max_incoming()) {
            Ok(Split::Complete { header, len }) => (header, len),
            Ok(_) => return Step::Silent,
            Err(error) => return Step::Fault(error.into()),
        };
        let packet = Packet::new(unread.get(..len).unwrap_or_default(), header);
        match self.session.handle(packet) {
            Ok(event) => self.step_of(&event, len),
            Err(fault) => Step::Fault(fault),
        }
    }

    /// Points at the bytes of an event in the packet of `len` bytes that was just handled.
    fn step_of(&mut self, event: &session::Event, len: usize) -> Step {
        let consumed = self.input.consume(len);
        let at = |range: &Range<usize>| RawBytes::from(consumed.bytes(range));
        match *event {
            // What belongs to messages was taken by `next`.
            session::Event::None
            | session::Event::Message(_)
            | session::Event::Published { .. } => Step::Silent,
            session::Event::Subscribed { mid, ref codes, ref properties } => {
                Step::Tell(Event::Subscribe {
                    mid: mid.into(),
                    codes: at(codes),
                    properties: at(properties),
                })
            }
            session::Event::Unsubscribed { mid, ref codes, ref properties } => {
                Step::Tell(Event::Unsubscribe {
                    mid: mid.into(),
                    codes: at(codes),
                    properties: at(properties),
                })
            }
            session::Event::Connack { reason, flags, ref properties, verdict } => {
                let event = Event::Connect {
                    rc: reason.into(),
                    flags: flags.into(),
                    properties: at(properties),
                };
                Step::Connack(event, verdict)
            }
            session::Event::Auth { ref method, ref data, ref properties } => {
                Step::Auth(Event::Auth {
                    method: method.as_ref().map(at),
                    data: data.as_ref().map(at),
                    properties: at(properties),
                })
            }
            session::Event::Disconnected { reason, ref properties } => {
                Step::Disconnected(Event::Disconnect {
                    rc: reason.into(),
                    properties: at(properties),
                })
            }
        }
    }
}
