//! The session against a server that sends anything and a program that calls anything, in any order: what goes out is
//! always whole packets of a client, and events never point outside the packet they came with.

#![no_main]

use std::io::IoSlice;
use std::ops::Range;

use libfuzzer_sys::fuzz_target;
use libmosquitto_rs_fuzz::{Input, Portions, VERSIONS};
use mosquitto::protocol::frame::{self, Frame, NO_LIMIT};
use mosquitto::protocol::packet::{Packet, kind, publish};
use mosquitto::protocol::primitive::put_varint;
use mosquitto::session::config::{Config, Draft, Will};
use mosquitto::session::incoming::{Content, Delivery};
use mosquitto::session::output::Batch;
use mosquitto::session::{Event, LARGE, Phase, Session};
use mosquitto::time::Time;

/// Behind the payload of an input: what makes it a large one.
static PADDING: [u8; LARGE + 10] = [b'p'; LARGE + 10];

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let mut run = Run::new(&mut input);
    while !input.is_empty() {
        // What is not written yet may be lost with the connection.
        if run.step(&mut input) {
            run.settle();
        }
    }
});

struct Run {
    session: Session,
    now: Time,
    /// How much the system takes at a time.
    room: Portions,
}

impl Run {
    fn new(input: &mut Input<'_>) -> Run {
        let settings = input.byte();
        let mut config = Config::new(Some(Box::from(*b"c")), settings & 1 == 0);
        config.version = VERSIONS[usize::from(settings >> 1) % 3];
        config.send_maximum = if settings & 8 == 0 { 20 } else { 2 };
        if settings & 16 != 0 {
            config.properties = input.field().into();
        }
        if settings & 32 != 0 {
            let draft = draft(input);
            config.will = Will::new(&draft, config.version).ok().map(Box::new);
        }
        let mut session = Session::new(config);
        session.log.enable(settings & 128 == 0);
        let room = Portions::new(settings.into());
        let mut run = Run { session, now: Time::from_millis(1000), room };
        let _ = run.session.open(run.now);
        run.settle();
        if settings & 64 == 0 {
            let connack: &[u8] =
                if run.session.config.version.is_v5() { b"\0\0\0" } else { b"\0\0" };
            run.receive(kind::CONNACK, connack);
        }
        run
    }

    /// What the next bytes say: a call of the program, a packet of the server, time. Whether the output is to be written.
    fn step(&mut self, input: &mut Input<'_>) -> bool {
        let session = &mut self.session;
        let choice = input.byte();
        match choice % 12 {
            0..=3 => {
                let (first, body) = (input.byte(), input.field());
                self.receive(first, body);
            }
            4 | 5 => {
                let payload;
                let mut draft = draft(input);
                if choice & 0x40 != 0 {
                    payload = [draft.payload.unwrap_or_default(), &PADDING].concat();
                    (draft.payload, draft.payload_len) = (Some(&payload[..]), payload.len() as i32);
                }
                if choice % 12 == 5 && draft.qos == 0 && session.takes_head() {
                    if session.publish_head(&draft).is_ok() {
                        self.write(draft.payload.unwrap_or_default());
                    }
                } else {
                    let _ = session.publish(draft);
                }
            }
            6 => {
                let (filter, qos, options) = (input.field(), input.byte(), input.byte());
                let properties = (options & 1 == 1).then(|| input.field());
                let options = i32::from(options & 0x3c);
                let _ = session.subscribe(&[Some(filter)], i32::from(qos % 3), options, properties);
            }
            7 => {
                let filter = input.field();
                let _ = session.unsubscribe(&[Some(filter), Some(b"a")], None);
            }
            8 => {
                self.now = self.now + u64::from(input.number());
                if self.session.tick(self.now).is_err() {
                    self.session.close();
                }
            }
            9 => {
                session.close();
                let _ = session.open(self.now);
            }
            10 => {
                let properties = (input.byte() & 1 == 1).then(|| input.field());
                if let Ok(reason) = session.check_disconnect(i32::from(input.byte()), properties) {
                    session.disconnect(reason, properties.unwrap_or_default());
                }
            }
            _ => {
                let (method, data) = (input.field(), input.field());
                let _ = session.auth_continue(Some(method), Some(data), None);
            }
        }
        choice & 0x80 == 0
    }

    fn receive(&mut self, first: u8, body: &[u8]) {
        let mut packet = vec![first];
        put_varint(&mut packet, body.len() as u32);
        let header = packet.len();
        packet.extend_from_slice(body);
        self.session.received(self.now);
        let taken = Packet::new(&packet, header);
        let is_message = self.session.phase() == Phase::Up && taken.kind() == kind::PUBLISH;
        if is_message {
            let mut body = [body, b"!"].concat();
            if let Some(plain) = self.session.plain_received(first & 0x0f, &mut body) {
                assert!(plain.topic.len() > 2 && plain.payload.ends_with(b"!"));
                return;
            }
        }
        match self.session.handle(taken) {
            Ok(event) => {
                check(&event, packet.len());
                if let Event::Message(Delivery { content: Content::Kept, .. }) = event {
                    let kept = self.session.take_kept().expect("the message that was announced");
                    assert!(!kept.parts()[0].is_empty(), "a message without topic");
                }
                if let Event::Connack { verdict: Err(_), .. } = event {
                    self.session.close();
                }
            }
            Err(fault) => {
                self.session.fail(fault);
                self.settle();
                self.session.close();
            }
        }
    }

    /// Everything that waits is written; log lines and completions are taken.
    fn settle(&mut self) {
        self.write(&[]);
        while self.session.next_completion().is_some_and(|completion| completion.mid != 0) {}
        while self.session.log.take_line().is_some() {}
        if self.session.phase() == Phase::Down {
            assert_eq!(self.session.deadline(), None);
        }
    }

    /// Writes everything that waits, and behind it a payload that the session has left to its caller.
    fn write(&mut self, payload: &[u8]) {
        let mut batch = Box::<Batch>::default();
        self.session.output.take(&mut batch);
        let (mut bytes, mut behind) = (Vec::new(), payload);
        while !batch.is_empty() || !behind.is_empty() {
            let mut slices = [IoSlice::new(&[]); 4];
            let mut part: Vec<u8> =
                batch.gather(&mut slices, behind).iter().flat_map(|slice| slice.to_vec()).collect();
            assert!(!part.is_empty());
            // Some take everything, others little at a time.
            let room = self.room.next_number() as usize;
            part.truncate(if room & 1 == 0 { part.len() } else { room % 10_000 + 1 });
            behind = &behind[batch.advance(part.len())..];
            bytes.extend(part);
        }
        self.session.wrote(bytes.len(), self.now);
        self.check_output(&bytes);
    }

    fn check_output(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let Ok(Frame::Complete { header, len }) = frame::split(bytes, NO_LIMIT) else {
                panic!("no whole packet: {bytes:x?}");
            };
            let packet = Packet::new(&bytes[..len], header);
            match packet.kind() {
                kind::PUBLISH => {
                    let publish = publish::decode(packet, self.session.config.version);
                    let publish = publish.expect("a PUBLISH that anybody can read");
                    assert!(publish.qos < 3 && (publish.qos > 0) == (publish.mid > 0));
                }
                kind::CONNACK | kind::SUBACK | kind::UNSUBACK | kind::PINGRESP | 0 => {
                    panic!("not for a client to send: {bytes:x?}")
                }
                _ => {}
            }
            bytes = &bytes[len..];
        }
    }
}

fn draft<'a>(input: &mut Input<'a>) -> Draft<'a> {
    let (flags, topic, payload) = (input.byte(), input.field(), input.field());
    Draft {
        topic: Some(topic).filter(|_| flags & 16 == 0),
        payload_len: payload.len() as i32,
        payload: Some(payload),
        qos: i32::from(flags & 3),
        retain: flags & 4 != 0,
        properties: (flags & 8 != 0).then(|| input.field()),
    }
}

/// All places are inside a packet of `len` bytes.
fn check(event: &Event, len: usize) {
    let inside = |range: &Range<usize>| assert!(range.start <= range.end && range.end <= len);
    match event {
        Event::None => {}
        Event::Connack { properties, .. }
        | Event::Published { properties, .. }
        | Event::Disconnected { properties, .. } => inside(properties),
        Event::Subscribed { codes, properties, .. }
        | Event::Unsubscribed { codes, properties, .. } => {
            inside(codes);
            inside(properties);
        }
        Event::Auth { method, data, properties } => {
            inside(properties);
            method.iter().chain(data).for_each(inside);
        }
        Event::Message(delivery) => match &delivery.content {
            Content::Packet { topic, payload, properties, .. } => {
                [topic, payload, properties].into_iter().for_each(inside);
            }
            Content::Kept => {} // looked at where it is taken
        },
    }
}
