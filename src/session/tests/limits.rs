//! What a session refuses: of the program, because no server could take it; of the server, because it was told otherwise.

use super::*;
use crate::session::log::Text;

/// A session of MQTT 5 whose CONNECT had these properties, with a server that set no limits.
fn promising(properties: &[u8]) -> Session {
    connected_with(properties, &[])
}

/// A session of MQTT 5 whose CONNECT had these properties, and the CONNACK those.
fn connected_with(properties: &[u8], connack: &[u8]) -> Session {
    let mut config = Config::new(Some(b"c".as_slice().into()), true);
    config.version = Version::V5;
    config.properties = properties.into();
    let mut session = Session::new(config);
    connected_again(&mut session, false, connack);
    session
}

/// The error for the program and the reason for the server.
fn fault(session: &mut Session, packet: &[u8]) -> (Error, Option<u8>) {
    let fault = receive(session, packet).expect_err("a fault");
    (fault.error, fault.reason)
}

#[test]
fn requests_that_no_server_could_take() {
    let mut session = connected(Version::V5, &[]);
    let rows: [(Option<&[u8]>, i32, i32); 7] = [
        (None, 0, 0),
        (Some(b"t"), 3, 0),
        (Some(b"t"), 0, 0x01),
        (Some(b"t"), 0, 0x30),
        (Some(b"t"), 0, 0x100),
        (Some(b"$share"), 0, 0),
        (Some(b"$share/group"), 0, 0),
    ];
    for (filter, qos, options) in rows {
        let answer = session.subscribe(&[filter], qos, options, None);
        assert_eq!(answer, Err(Error::Inval), "{filter:?} {qos} {options}");
    }
    assert_eq!(session.subscribe(&[], 0, 0, None), Err(Error::Inval));
    assert_eq!(session.unsubscribe(&[], None), Err(Error::Inval));
    let long = vec![b'm'; 65_536];
    assert_eq!(session.auth_continue(Some(&long), None, None), Err(Error::MalformedUtf8));
    assert_eq!(session.auth_continue(None, None, None), Err(Error::Protocol));
    assert_eq!(sent(&mut session), b"");
}

#[test]
fn packets_longer_than_the_server_takes() {
    let mut session = connected_with(b"\x15\0\x01m", b"\x27\0\0\0\x10");
    assert_eq!(session.auth_continue(Some(b"other"), None, None), Err(Error::Protocol));
    assert_eq!(session.auth_continue(Some(b"m"), Some(&[0; 9]), None), Err(Error::OversizePacket));
    let reason = b"\x1f\0\x0afar too long";
    assert_eq!(session.check_disconnect(4, Some(&reason[..13])), Err(Error::OversizePacket));
    assert_eq!(session.check_disconnect(4, Some(b"\x1f\0\x02ok")), Ok(4));
    assert_eq!(sent(&mut session), b"");
    assert_eq!(session.auth_continue(Some(b"m"), None, None), Ok(()));
    assert_eq!(sent(&mut session), b"\xf0\x06\x18\x04\x15\0\x01m");
}

#[test]
fn no_more_messages_in_flight_than_we_have_allowed() {
    let mut session = promising(b"\x21\0\x01");
    session.log.enable(false);
    let first = b"\x34\x06\0\x01t\0\x09\0";
    // Sent again it is no second one.
    for _ in 0..2 {
        assert!(matches!(receive(&mut session, first), Ok(Event::None)));
    }
    let qos_1 = b"\x32\x06\0\x01t\0\x0a\0";
    // As it stands in the buffer, with the byte behind it.
    let body = || [&qos_1[2..], b"!"].concat();
    assert!(session.plain_received(2, &mut body()).is_none());
    let exceeded = (Error::Protocol, Some(0x93));
    assert_eq!(fault(&mut session, qos_1), exceeded);
    assert_eq!(fault(&mut session, b"\x34\x06\0\x01t\0\x0a\0"), exceeded);
    receive(&mut session, b"\x62\x02\0\x09").unwrap();
    assert!(session.plain_received(2, &mut body()).is_some());
}

#[test]
fn aliases_that_the_server_may_not_use() {
    for (alias, expected) in [
        (0, (Error::Protocol, Some(0x82))),
        (3, (Error::TopicAliasInvalid, Some(0x94))),
        (2, (Error::Protocol, Some(0x82))),
    ] {
        let mut session = promising(b"\x22\0\x02");
        assert_eq!(fault(&mut session, &[0x30, 6, 0, 0, 3, 0x23, 0, alias]), expected, "{alias}");
    }
}

#[test]
fn explanations_that_were_not_asked_for() {
    let mut session = promising(b"\x17\0");
    publish(&mut session, 1, b"x");
    publish(&mut session, 1, b"y");
    assert!(matches!(receive(&mut session, b"\x40\x04\0\x01\0\0"), Ok(Event::Published { .. })));
    let explained = b"\x40\x09\0\x02\0\x05\x1f\0\x02no";
    assert_eq!(fault(&mut session, explained), (Error::Protocol, Some(0x82)));
}

#[test]
fn a_refusal_of_the_wrong_kind_ends_no_message() {
    let mut session = connected(Version::V5, &[]);
    publish(&mut session, 1, b"x");
    sent(&mut session);
    assert!(matches!(receive(&mut session, b"\x50\x03\0\x01\x87"), Ok(Event::None)));
    assert_eq!(sent(&mut session), b"");
    assert_eq!(fault(&mut session, b"\x50\x02\0\x01"), (Error::Protocol, Some(0x82)));
    assert!(matches!(receive(&mut session, b"\x40\x02\0\x01"), Ok(Event::Published { .. })));
}

#[test]
fn an_alias_that_changes_in_the_queue_is_told_anew() {
    let mut session = connected(Version::V5, b"\x22\0\x05\x21\0\x01");
    let alias = |topic: &'static [u8], qos| Draft {
        topic: Some(topic),
        payload_len: 0,
        payload: None,
        qos,
        retain: false,
        properties: Some(b"\x23\0\x01"),
    };
    assert!(session.publish(alias(b"a", 1)).is_ok());
    sent(&mut session);
    // The window is full: these wait, each with its own topic, and the server knows nothing of the second.
    assert!(session.publish(alias(b"a", 1)).is_ok());
    assert!(session.publish(alias(b"", 0)).is_ok());
    assert_eq!(sent(&mut session), b"\x30\x06\0\0\x03\x23\0\x01");
    assert!(session.publish(alias(b"b", 1)).is_ok());
    assert!(session.publish(alias(b"", 0)).is_ok());
    assert_eq!(sent(&mut session), b"\x30\x07\0\x01b\x03\x23\0\x01");
}

#[test]
fn the_head_of_a_message_names_its_alias_once() {
    let mut session = connected(Version::V5, b"\x22\0\x05");
    let rows: [(&[u8], &[u8]); 2] =
        [(b"t", b"\x30\x09\0\x01t\x03\x23\0\x01"), (b"", b"\x30\x08\0\0\x03\x23\0\x01")];
    for (topic, head) in rows {
        let draft = Draft {
            topic: Some(topic),
            payload_len: 2,
            payload: Some(b"xy"),
            qos: 0,
            retain: false,
            properties: Some(b"\x23\0\x01"),
        };
        assert!(session.takes_head());
        session.publish_head(&draft).unwrap();
        assert_eq!(sent(&mut session), head);
        session.wrote(2, NOW);
    }
}

#[test]
fn log_lines_replace_what_is_no_text() {
    assert_eq!(Text(b"a\xffb\xc3").to_string(), "a\u{fffd}b\u{fffd}");
    assert_eq!(Text("gr\u{fc}n".as_bytes()).to_string(), "gr\u{fc}n");
}
