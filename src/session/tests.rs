//! The session as a whole, without a network: bytes in, bytes and events out.

mod limits;
mod plain;

use proptest::prelude::*;

use super::config::{Config, Draft};
use super::{Event, Phase, Session};
use crate::error::Error;
use crate::protocol::frame::{self, Frame};
use crate::protocol::packet::Packet;
use crate::protocol::version::Version;
use crate::time::Time;

/// What publish answered.
#[derive(Debug, PartialEq)]
struct Published {
    mid: u16,
    result: Result<(), Error>,
}

const NOW: Time = Time::from_millis(1000);

/// A session with CONNECT sent.
fn opened(version: Version, clean: bool) -> Session {
    let mut config = Config::new(Some(b"c".as_slice().into()), clean);
    config.version = version;
    let mut session = Session::new(config);
    session.open(NOW).unwrap();
    sent(&mut session);
    session
}

/// Connects again; `present` is the CONNACK's Session Present.
fn connected_again(session: &mut Session, present: bool, properties: &[u8]) {
    session.close();
    session.open(NOW).unwrap();
    sent(session);
    let mut connack = vec![0x20, 2, u8::from(present), 0];
    if session.config.version == Version::V5 {
        connack[1] += 1 + properties.len() as u8;
        connack.push(properties.len() as u8);
        connack.extend_from_slice(properties);
    }
    receive(session, &connack).unwrap();
}

fn connected(version: Version, properties: &[u8]) -> Session {
    let mut session = opened(version, false);
    connected_again(&mut session, false, properties);
    session
}

/// Takes and "writes" what the session wants to send.
fn sent(session: &mut Session) -> Vec<u8> {
    let mut batch: Box<super::output::Batch> = Box::default();
    session.output.take(&mut batch);
    let mut bytes = Vec::new();
    while !batch.is_empty() {
        let mut slices = [std::io::IoSlice::new(&[]); 8];
        let part: Vec<u8> =
            batch.gather(&mut slices, &[]).iter().flat_map(|slice| slice.to_vec()).collect();
        batch.advance(part.len());
        bytes.extend(part);
    }
    session.wrote(bytes.len(), NOW);
    bytes
}

fn receive(session: &mut Session, bytes: &[u8]) -> Result<Event, super::Fault> {
    let Ok(Frame::Complete { header, len }) = frame::split(bytes, frame::NO_LIMIT) else {
        panic!("not one packet: {bytes:02x?}");
    };
    assert_eq!(len, bytes.len());
    session.handle(Packet::new(bytes, header))
}

fn publish(session: &mut Session, qos: i32, payload: &[u8]) -> Published {
    let draft = Draft {
        topic: Some(b"t"),
        payload_len: payload.len() as i32,
        payload: Some(payload),
        qos,
        retain: false,
        properties: None,
    };
    let (mid, result) = session.publish(draft).unwrap();
    Published { mid, result }
}

#[test]
fn unfinished_messages_on_the_next_connection() {
    // version, session present, what the connection before had seen, what the next one sends
    let v5 = |bytes: &[u8]| bytes.to_vec();
    let table: [(Version, bool, &[u8], Vec<u8>); 6] = [
        (Version::V311, false, b"", b"\x3a\x06\0\x01t\0\x01x\x3c\x06\0\x01t\0\x02y".to_vec()),
        (Version::V311, true, b"\x50\x02\0\x02", b"\x3a\x06\0\x01t\0\x01x\x62\x02\0\x02".to_vec()),
        (Version::V311, false, b"\x50\x02\0\x02", b"\x3a\x06\0\x01t\0\x01x\x62\x02\0\x02".to_vec()),
        (Version::V5, true, b"", v5(b"\x3a\x07\0\x01t\0\x01\0x\x3c\x07\0\x01t\0\x02\0y")),
        (Version::V5, false, b"", v5(b"\x32\x07\0\x01t\0\x01\0x\x34\x07\0\x01t\0\x02\0y")),
        (Version::V5, false, b"\x50\x02\0\x02", v5(b"\x32\x07\0\x01t\0\x01\0x")),
    ];
    for (version, present, before, expected) in table {
        let mut session = connected(version, &[]);
        publish(&mut session, 1, b"x");
        publish(&mut session, 2, b"y");
        sent(&mut session);
        if !before.is_empty() {
            receive(&mut session, before).unwrap();
            sent(&mut session);
        }
        connected_again(&mut session, present, &[]);
        assert_eq!(
            sent(&mut session),
            expected,
            "{version:?} present {present} after {before:02x?}"
        );
        let completed = session.next_completion().map(|completion| completion.mid);
        let released = version == Version::V5 && !present && !before.is_empty();
        assert_eq!(completed, released.then_some(2), "a message whose PUBREC came is complete");
    }
}

#[test]
fn what_was_never_sent_is_no_duplicate() {
    let mut session = connected(Version::V311, &[]);
    session.close();
    assert_eq!(publish(&mut session, 1, b"x"), Published { mid: 1, result: Err(Error::NoConn) });
    assert_eq!(publish(&mut session, 0, b"lost"), Published { mid: 2, result: Err(Error::NoConn) });
    connected_again(&mut session, true, &[]);
    assert_eq!(sent(&mut session), b"\x32\x06\0\x01t\0\x01x");
}

#[test]
fn identifiers_in_use_are_not_given_again() {
    let mut session = connected(Version::V311, &[]);
    publish(&mut session, 1, b"");
    for expected in (2..=u16::MAX).chain([2]) {
        assert_eq!(publish(&mut session, 0, b"").mid, expected);
        sent(&mut session);
    }
}

#[test]
fn a_window_is_the_smaller_of_both_sides_and_refills() {
    let mut session = connected(Version::V5, b"\x21\0\x02");
    for mid in 1..=4 {
        assert_eq!(publish(&mut session, 1, b""), Published { mid, result: Ok(()) });
    }
    assert_eq!(sent(&mut session), b"\x32\x06\0\x01t\0\x01\0\x32\x06\0\x01t\0\x02\0");
    receive(&mut session, b"\x40\x02\0\x07").unwrap();
    receive(&mut session, b"\x40\x02\0\x03").unwrap();
    assert_eq!(sent(&mut session), b"", "answers to what was not sent free no place");
    receive(&mut session, b"\x40\x02\0\x02").unwrap();
    assert_eq!(sent(&mut session), b"\x32\x06\0\x01t\0\x03\0");
}

#[test]
fn a_message_that_the_next_server_refuses_blocks_nobody() {
    let mut session = connected(Version::V5, b"\x21\0\x01");
    publish(&mut session, 1, b"");
    publish(&mut session, 2, b"");
    publish(&mut session, 1, &[7; 100]);
    publish(&mut session, 1, b"last");
    connected_again(&mut session, true, b"\x24\x01\x27\0\0\0\x20");
    assert!(sent(&mut session).ends_with(b"\x32\x0a\0\x01t\0\x04\0last"));
    let refused: Vec<_> =
        std::iter::from_fn(|| session.next_completion()).map(|it| (it.mid, it.reason)).collect();
    assert_eq!(refused, [(2, 0x9b), (3, 0x95)]);
}

#[test]
fn an_alias_is_told_anew_on_every_connection() {
    let alias = |topic: &'static [u8], qos| Draft {
        topic: Some(topic),
        payload_len: 0,
        payload: None,
        qos,
        retain: false,
        properties: Some(b"\x23\0\x01"),
    };
    let mut session = connected(Version::V5, b"\x22\0\x05");
    assert!(session.publish(alias(b"t", 0)).is_ok());
    assert!(session.publish(alias(b"", 1)).is_ok());
    assert_eq!(
        sent(&mut session),
        b"\x30\x07\0\x01t\x03\x23\0\x01\x32\x08\0\0\0\x02\x03\x23\0\x01"
    );
    connected_again(&mut session, true, b"\x22\0\x05");
    assert_eq!(
        sent(&mut session),
        b"\x3a\x06\0\x01t\0\x02\0",
        "the stored message names its topic"
    );
    assert!(session.publish(alias(b"", 0)).is_ok());
    assert!(session.publish(alias(b"", 0)).is_ok());
    assert_eq!(sent(&mut session), b"\x30\x07\0\x01t\x03\x23\0\x01\x30\x06\0\0\x03\x23\0\x01");
    connected_again(&mut session, true, &[]);
    assert_eq!(session.publish(alias(b"", 0)).err(), Some(Error::TopicAliasInvalid));
}

#[test]
fn a_qos_2_message_is_handed_over_once() {
    let mut session = connected(Version::V311, &[]);
    let message = b"\x34\x07\0\x01t\0\x09hi";
    for _ in 0..2 {
        assert!(matches!(receive(&mut session, message), Ok(Event::None)));
        assert_eq!(sent(&mut session), b"\x50\x02\0\x09");
    }
    assert!(matches!(receive(&mut session, b"\x62\x02\0\x09"), Ok(Event::Message(_))));
    assert!(matches!(receive(&mut session, b"\x62\x02\0\x09"), Ok(Event::None)));
    assert_eq!(sent(&mut session), b"\x70\x02\0\x09\x70\x02\0\x09");
}

#[test]
fn nothing_but_auth_leaves_before_an_authentication_is_over() {
    let mut config = Config::new(Some(b"c".as_slice().into()), true);
    config.version = Version::V5;
    config.properties = b"\x15\0\x01M".as_slice().into();
    let mut session = Session::new(config);
    session.open(NOW).unwrap();
    sent(&mut session);
    publish(&mut session, 0, b"a");
    publish(&mut session, 1, b"b");
    session.subscribe(&[Some(b"f")], 0, 0, None).unwrap();
    assert_eq!(sent(&mut session), b"");
    receive(&mut session, b"\x20\x03\0\0\0").unwrap();
    let expected = b"\x30\x05\0\x01t\0a\x82\x07\0\x03\0\0\x01f\0\x32\x07\0\x01t\0\x02\0b";
    assert_eq!(sent(&mut session), expected);
    assert_eq!(session.next_completion().map(|completion| completion.mid), Some(1));
}

#[test]
fn a_million_messages_wait_at_the_same_cost_each() {
    // Not a measurement: with a cost that grew with the queue this test would not end.
    let mut session = Session::new(Config::new(Some(b"c".as_slice().into()), false));
    for _ in 0..1_000_000 {
        publish(&mut session, 1, b"x");
    }
    session.open(NOW).unwrap();
    receive(&mut session, b"\x20\x02\0\0").unwrap();
    let mut done = 0u32;
    while done < 1_000_000 {
        let bytes = sent(&mut session);

        let mut rest = &bytes[..];
        while let Ok(Frame::Complete { len, .. }) = frame::split(rest, frame::NO_LIMIT) {
            if rest[0] == 0x32 {
                receive(&mut session, &[0x40, 2, rest[5], rest[6]]).unwrap();
                done += 1;
            }
            rest = &rest[len..];
        }
    }
    assert_eq!(publish(&mut session, 1, b"").result, Ok(()));
}

proptest! {
    /// Whatever a server sends, the session answers and stays whole.
    #[test]
    fn no_packet_breaks_the_session(
        version in prop_oneof![Just(Version::V31), Just(Version::V311), Just(Version::V5)],
        packets in proptest::collection::vec((any::<u8>(), proptest::collection::vec(any::<u8>(), 0..40)), 0..30),
    ) {
        let mut session = connected(version, &[]);
        publish(&mut session, 1, b"x");
        publish(&mut session, 2, b"y");
        for (first, body) in packets {
            let mut bytes = vec![first, body.len() as u8];
            bytes.extend(body);
            if let Err(fault) = receive(&mut session, &bytes) {
                prop_assert!(fault.error.code() > 0);
                session.fail(fault);
                session.close();
                session.open(NOW).unwrap();
            }
            if session.phase() == Phase::Down {
                session.open(NOW).unwrap();
            }
        }
        session.close();
    }
}
