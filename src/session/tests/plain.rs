//! Messages of the usual kind take short ways through the session. Here two sessions get the same calls and packets, of
//! which one takes the long ways only, as it does for a program that listens to log lines: nobody can tell them apart.

use proptest::prelude::*;

use crate::error::Error;
use crate::protocol::frame::{self, Frame};
use crate::protocol::packet::publish::{self, Plain};
use crate::protocol::packet::{Packet, ack, kind};
use crate::protocol::version::Version;
use crate::session::config::{Config, Draft};
use crate::session::incoming::{Content, Delivery, Kept};
use crate::session::output::Batch;
use crate::session::stored::LARGE;
use crate::session::{Event, Phase, Session};
use crate::time::Time;

const NOW: Time = Time::from_millis(1000);

/// What a packet led to.
#[derive(Debug, PartialEq)]
enum Outcome {
    Nothing,
    Message { mid: u16, qos: u8, retain: bool, topic: Vec<u8>, payload: Vec<u8> },
    Published { mid: u16, reason: u8 },
    Other,
    Fault(Error),
}

impl Outcome {
    fn kept(mid: u16, kept: &Kept) -> Self {
        let [topic, payload, _] = kept.parts().map(<[u8]>::to_vec);
        Outcome::Message { mid, qos: 2, retain: kept.retain(), topic, payload }
    }
}

/// The short way, if this packet may take one.
fn receive_plain(session: &mut Session, packet: Packet<'_>) -> Option<Outcome> {
    let first = packet.kind() | packet.flags();
    if session.phase() != Phase::Up {
        return None;
    }
    if packet.kind() == kind::PUBLISH {
        let mut body = [packet.body(), b"!"].concat();
        let Plain { topic, mid, payload } = session.plain_received(packet.flags(), &mut body)?;
        let qos = publish::qos(packet.flags());
        let retain = packet.flags() & publish::RETAIN != 0;
        let (topic, payload) = (topic[2..].to_vec(), payload.split_last().unwrap().1.to_vec());
        let message = Outcome::Message { mid, qos, retain, topic, payload };
        return Some(if qos == 2 { Outcome::Nothing } else { message });
    }
    let &[high, low] = packet.body() else { return None };
    let mid = u16::from_be_bytes([high, low]);
    if first == ack::PUBREL {
        let kept = session.plain_released(mid)?;
        let message = Outcome::kept(mid, &kept);
        session.take_back(kept);
        return Some(message);
    }
    let complete = session.plain_acknowledged(first, mid)?;
    Some(if complete { Outcome::Published { mid, reason: 0 } } else { Outcome::Nothing })
}

fn receive(session: &mut Session, bytes: &[u8]) -> Outcome {
    let Ok(Frame::Complete { header, .. }) = frame::split(bytes, frame::NO_LIMIT) else { panic!() };
    let packet = Packet::new(bytes, header);
    if let Some(outcome) = receive_plain(session, packet) {
        return outcome;
    }
    match session.handle(packet) {
        Ok(Event::None) => Outcome::Nothing,
        Ok(Event::Message(Delivery { mid, qos, retain, content })) => match content {
            Content::Packet { topic, payload, .. } => {
                let [topic, payload] = [topic, payload].map(|part| packet.slice(&part).to_vec());
                Outcome::Message { mid, qos, retain, topic, payload }
            }
            Content::Kept => Outcome::kept(mid, &session.take_kept().unwrap()),
        },
        Ok(Event::Published { mid, reason, .. }) => Outcome::Published { mid, reason },
        Ok(_) => Outcome::Other,
        Err(fault) => {
            session.fail(fault);
            Outcome::Fault(fault.error)
        }
    }
}

/// One thing that happens to both.
#[derive(Debug, Clone)]
enum Step {
    Publish { topic: usize, qos: i32, len: usize, said: i32, retain: bool },
    Receive { flags: u8, topic: usize, mid: u16, payload: usize },
    Acknowledge { first: u8, mid: u16, behind: usize },
    Write,
    Reconnect { present: bool },
}

const TOPICS: [&str; 7] =
    ["t", "a/topic", "a/topic/with/more/than/sixteen/letters", "", "a/+", "\u{e4}", "a\u{1}"];

fn step() -> impl Strategy<Value = Step> {
    let topic = prop_oneof![4 => 0..3usize, 1 => 0..TOPICS.len()];
    let len = prop_oneof![5 => 0..40usize, 1 => LARGE - 60..LARGE + 1];
    let said = prop_oneof![9 => Just(0), 1 => -1..2];
    let first = prop::sample::select(&[0x40, 0x50, 0x70, 0x62, 0x60, 0x42, 0x72][..]);
    let flags = prop_oneof![9 => prop::sample::select(&[0u8, 2, 4, 12, 3][..]), 1 => 0..16u8];
    prop_oneof![
        4 => (topic.clone(), prop_oneof![9 => 0..3, 1 => -1..4], len, said, any::<bool>())
            .prop_map(|(topic, qos, len, said, retain)| Step::Publish { topic, qos, len, said, retain }),
        4 => (flags, topic, 0..4u16, 0..20usize)
            .prop_map(|(flags, topic, mid, payload)| Step::Receive { flags, topic, mid, payload }),
        6 => (first, 0..8u16, prop_oneof![9 => Just(0usize), 1 => 0..4usize])
            .prop_map(|(first, mid, behind)| Step::Acknowledge { first, mid, behind }),
        2 => Just(Step::Write),
        1 => any::<bool>().prop_map(|present| Step::Reconnect { present }),
    ]
}

/// What a step led to: an answer, what was written, which messages were complete.
type Trace = (Option<Outcome>, Result<(u16, Result<(), Error>), Error>, Vec<u8>, Vec<u16>);

fn take(session: &mut Session, step: &Step) -> Trace {
    let (mut outcome, mut result, mut written) = (None, Ok((0, Ok(()))), Vec::new());
    match *step {
        Step::Publish { topic, qos, len, said, retain } => {
            let payload = vec![b'p'; len];
            result = session.publish(Draft {
                topic: Some(TOPICS[topic].as_bytes()),
                payload_len: len as i32 + said,
                payload: Some(&payload),
                qos,
                retain,
                properties: None,
            });
        }
        Step::Receive { flags, topic, mid, payload } => {
            let mut body = (TOPICS[topic].len() as u16).to_be_bytes().to_vec();
            body.extend_from_slice(TOPICS[topic].as_bytes());
            if publish::qos(flags) > 0 {
                body.extend_from_slice(&mid.to_be_bytes());
            }
            if session.version.is_v5() {
                body.push(0);
            }
            body.resize(body.len() + payload, b'r');
            let packet = [&[kind::PUBLISH | flags, body.len() as u8][..], &body].concat();
            outcome = Some(receive(session, &packet));
        }
        Step::Acknowledge { first, mid, behind } => {
            let [high, low] = mid.to_be_bytes();
            let mut packet = vec![first, 2 + behind as u8, high, low];
            packet.resize(4 + behind, 0);
            outcome = Some(receive(session, &packet));
        }
        Step::Write => {
            let mut batch: Box<Batch> = Box::default();
            session.output.take(&mut batch);
            while !batch.is_empty() {
                let mut slices = [std::io::IoSlice::new(&[]); 8];
                let part: Vec<u8> =
                    batch.gather(&mut slices, &[]).iter().flat_map(|part| part.to_vec()).collect();
                batch.advance(part.len());
                written.extend(part);
            }
            session.wrote(written.len(), NOW);
        }
        Step::Reconnect { present } => connect(session, present),
    }
    let complete = core::iter::from_fn(|| session.next_completion().map(|done| done.mid)).collect();
    (outcome, result, written, complete)
}

fn connect(session: &mut Session, present: bool) {
    session.close();
    session.open(NOW).unwrap();
    let mut connack = vec![0x20, 2, u8::from(present), 0];
    if session.version.is_v5() {
        connack = vec![0x20, 3, u8::from(present), 0, 0];
    }
    assert_eq!(receive(session, &connack), Outcome::Other);
}

fn session(version: Version, listened: bool) -> Session {
    let mut config = Config::new(Some(b"c".as_slice().into()), false);
    (config.version, config.send_maximum, config.receive_maximum) = (version, 3, 3);
    let mut session = Session::new(config);
    session.log.enable(listened);
    connect(&mut session, false);
    session
}

proptest! {
    #[test]
    fn short_ways_lead_where_long_ones_do(
        version in prop::sample::select(&[Version::V31, Version::V311, Version::V5][..]),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let (mut short, mut long) = (session(version, false), session(version, true));
        for step in &steps {
            prop_assert_eq!(take(&mut short, step), take(&mut long, step), "{:?}", step);
            prop_assert_eq!(short.phase(), long.phase());
            prop_assert_eq!((short.accepted(), short.completed()), (long.accepted(), long.completed()));
            if short.phase() == Phase::Closing {
                connect(&mut short, false);
                connect(&mut long, false);
            }
        }
    }
}

#[test]
fn usual_packets_take_the_short_ways() {
    for version in [Version::V31, Version::V311, Version::V5] {
        let mut session = session(version, false);
        let plain = |session: &mut Session, bytes: &[u8]| {
            receive_plain(session, Packet::new(bytes, 2)).unwrap_or(Outcome::Other)
        };
        let publish = |session: &mut Session, qos| {
            let (topic, payload) = (Some(&b"t"[..]), Some(&b"x"[..]));
            let draft =
                Draft { topic, payload_len: 1, payload, qos, retain: false, properties: None };
            session.publish_plain(draft)
        };
        assert_eq!([0, 1, 2].map(|qos| publish(&mut session, qos)), [1, 2, 3].map(Some));
        let published = |mid| Outcome::Published { mid, reason: 0 };
        assert_eq!(plain(&mut session, &[0x40, 2, 0, 2]), published(2));
        assert_eq!(plain(&mut session, &[0x50, 2, 0, 3]), Outcome::Nothing);
        assert_eq!(plain(&mut session, &[0x70, 2, 0, 3]), published(3));
        let behind: &[u8] = if version.is_v5() { b"\0x" } else { b"x" };
        for qos in [0u8, 1, 2] {
            let mid: &[u8] = if qos > 0 { &[0, 1] } else { &[] };
            let body = [b"\0\x01t", mid, behind].concat();
            let bytes = [&[0x30 | qos << 1, body.len() as u8][..], &body].concat();
            let outcome = plain(&mut session, &bytes);
            assert_eq!(outcome == Outcome::Nothing, qos == 2, "{outcome:?}");
            assert_ne!(outcome, Outcome::Other);
        }
        assert!(matches!(plain(&mut session, &[0x62, 2, 0, 1]), Outcome::Message { mid: 1, .. }));
    }
}
