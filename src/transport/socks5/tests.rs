//! The exchange fed byte by byte, in every other segmentation, and with arbitrary bytes.

use proptest::prelude::*;

use super::*;

const HOST: &[u8] = b"broker.example";

fn login() -> Option<Credentials> {
    Some(Credentials::new(b"user", Some(b"secret")).unwrap())
}

/// Feeds `input` in portions of `step` bytes, sending all there is before each. What was sent, how many bytes were taken,
/// and the verdict.
fn run(
    mut handshake: Handshake,
    input: &[u8],
    step: usize,
) -> (Vec<u8>, usize, Result<bool, Refusal>) {
    let (mut sent, mut taken) = (Vec::new(), 0);
    let verdict = loop {
        sent.extend_from_slice(handshake.output());
        handshake.sent(handshake.output().len());
        let portion = &input[taken..input.len().min(taken + step)];
        match handshake.feed(portion) {
            Ok(count) => taken += count,
            Err(refusal) => break Err(refusal),
        }
        if handshake.step == Step::Done || taken == input.len() {
            break Ok(handshake.step == Step::Done);
        }
    };
    sent.extend_from_slice(handshake.output());
    (sent, taken, verdict)
}

fn new(host: &[u8], credentials: Option<Credentials>) -> Handshake {
    Handshake::new(host, 1883, credentials).unwrap()
}

#[test]
fn exact_bytes_in_every_segmentation() {
    let greeting: &[u8] = b"\x05\x01\0";
    let both: &[u8] = b"\x05\x02\0\x02";
    let user: &[u8] = b"\x01\x04user\x06secret";
    let name: &[u8] = b"\x05\x01\0\x03\x0ebroker.example\x07\x5b";
    let v4: &[u8] = b"\x05\x01\0\x01\x7f\0\0\x01\x07\x5b";
    let v6: &[u8] = b"\x05\x01\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x07\x5b";
    let odd: &[u8] = b"\x05\x01\0\x03\x09127.0.0.1\x07\x5b";
    let reply_v4: &[u8] = b"\x05\0\0\x01\x0a\0\0\x01\x04\x38";
    let reply_v6: &[u8] = b"\x05\0\0\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x04\x38";
    let reply_name: &[u8] = b"\x05\0\0\x03\x07gateway\x04\x38";
    let reply_no_name: &[u8] = b"\x05\0\0\x03\0\x04\x38";
    type Row<'a> = (&'a [u8], bool, Vec<&'a [u8]>, Vec<&'a [u8]>);
    let rows: [Row<'_>; 9] = [
        (HOST, false, vec![greeting, name], vec![b"\x05\0", reply_v4]),
        (HOST, false, vec![greeting, name], vec![b"\x05\0", reply_v6]),
        (HOST, false, vec![greeting, name], vec![b"\x05\0", reply_name]),
        (HOST, false, vec![greeting, name], vec![b"\x05\0", reply_no_name]),
        (b"127.0.0.1", false, vec![greeting, v4], vec![b"\x05\0", reply_v4]),
        (b"::1", false, vec![greeting, v6], vec![b"\x05\0", reply_name]),
        (HOST, true, vec![both, name], vec![b"\x05\0", reply_v4]),
        (HOST, true, vec![both, user, name], vec![b"\x05\x02", b"\x01\0", reply_name]),
        (HOST, true, vec![both, user, name], vec![b"\x05\x02", b"\x01\0", reply_v6]),
    ];
    for (host, with_login, expected, replies) in rows {
        let replies = replies.concat();
        let input = [&replies, &b"\x20\x02\0\0"[..]].concat();
        for step in 1..=input.len() {
            let handshake = new(host, login().filter(|_| with_login));
            let (sent, taken, verdict) = run(handshake, &input, step);
            assert_eq!(verdict, Ok(true), "{replies:x?} by {step}");
            assert_eq!(sent, expected.concat(), "{replies:x?} by {step}");
            assert_eq!(taken, replies.len(), "CONNACK is left alone, by {step}");
        }
    }
    // What looks like an address but is not one is a name, and the proxy's to judge.
    for host in [&b"127.1"[..], b"127.0.0.01", b"fe80::1%lo", b"[::1]", b""] {
        let (sent, ..) = run(new(host, None), b"\x05\0", 2);
        assert_eq!(sent[3..8], [5, 1, 0, 3, host.len() as u8]);
    }
    assert_ne!(run(new(b"127.0.0.1", None), b"\x05\0", 2).0[3..], *odd);
}

#[test]
fn wanted_never_reaches_beyond_the_reply() {
    let input = b"\x05\x02\x01\0\x05\0\0\x03\x07gateway\x04\x38";
    let mut handshake = new(HOST, login());
    let mut at = 0;
    while !handshake.is_done() {
        handshake.sent(handshake.output().len());
        let wanted = handshake.wanted();
        if wanted == 0 {
            break;
        }
        assert_eq!(handshake.feed(&input[at..at + wanted]), Ok(wanted));
        at += wanted;
    }
    assert_eq!((at, handshake.is_done(), handshake.wanted()), (input.len(), true, 0));
}

#[test]
fn refusals() {
    let rows: [(&[u8], bool, Refusal, Error); 22] = [
        (b"H", false, Refusal::NotSocks5, Error::Proxy),
        (b"\x04\0", false, Refusal::NotSocks5, Error::Proxy),
        (b"\x05\xff", false, Refusal::Method(255), Error::Auth),
        (b"\x05\xff", true, Refusal::Method(255), Error::Auth),
        (b"\x05\x01", true, Refusal::Method(1), Error::Auth),
        (b"\x05\x02", false, Refusal::Method(2), Error::Auth),
        (b"\x05\x02\x05", true, Refusal::NotSocks5, Error::Proxy),
        (b"\x05\x02\x01\x01", true, Refusal::Login(1), Error::Proxy),
        (b"\x05\x02\x01\x02", true, Refusal::Login(2), Error::Auth),
        (b"\x05\x02\x01\x03", true, Refusal::Login(3), Error::NoConn),
        (b"\x05\x02\x01\xff", true, Refusal::Login(255), Error::Inval),
        (b"\x05\0\x04", false, Refusal::NotSocks5, Error::Proxy),
        (b"\x05\0\x05\x01", false, Refusal::Reply(1), Error::Proxy),
        (b"\x05\0\x05\x02", false, Refusal::Reply(2), Error::Auth),
        (b"\x05\0\x05\x03", false, Refusal::Reply(3), Error::NoConn),
        (b"\x05\0\x05\x04", false, Refusal::Reply(4), Error::NoConn),
        (b"\x05\0\x05\x05", false, Refusal::Reply(5), Error::NoConn),
        (b"\x05\0\x05\x06", false, Refusal::Reply(6), Error::Proxy),
        (b"\x05\0\x05\x07", false, Refusal::Reply(7), Error::Proxy),
        (b"\x05\0\x05\x08", false, Refusal::Reply(8), Error::Proxy),
        (b"\x05\0\x05\x09", false, Refusal::Reply(9), Error::Inval),
        (b"\x05\0\x05\0\0\x02", false, Refusal::AddressType(2), Error::Protocol),
    ];
    for (input, with_login, expected, error) in rows {
        for step in 1..=input.len() {
            let (_, _, verdict) = run(new(HOST, login().filter(|_| with_login)), input, step);
            assert_eq!(verdict, Err(expected), "{input:x?} by {step}");
        }
        assert_eq!(expected.error(), error, "{expected}");
    }
    assert_eq!(Refusal::Closed.error(), Error::Proxy);
}

#[test]
fn what_cannot_be_sent_is_refused_before_anything_is() {
    let long = |len| vec![b'a'; len];
    assert!(Handshake::new(&long(255), 1, None).is_ok());
    assert_eq!(Handshake::new(&long(256), 1, None).unwrap_err(), Error::NoMem);
    for (username, password, ok) in [(255, 255, true), (256, 0, false), (0, 256, false)] {
        let result = Credentials::new(&long(username), Some(&long(password)));
        assert_eq!(result.is_ok(), ok, "{username} {password}");
    }
    assert!(!format!("{:?}", login()).contains("secret"));
}

#[test]
fn d10_a_missing_password_is_empty() {
    let credentials = Credentials::new(b"u", None).unwrap();
    let (sent, ..) = run(new(HOST, Some(credentials)), b"\x05\x02", 1);
    assert_eq!(sent, b"\x05\x02\0\x02\x01\x01u\0");
}

#[test]
fn an_early_answer_does_not_swallow_the_greeting() {
    let mut handshake = new(HOST, None);
    handshake.sent(1);
    assert_eq!(handshake.feed(b"\x05\0"), Ok(2));
    assert!(handshake.output().starts_with(b"\x01\0\x05\x01\0\x03"));
    assert_eq!(handshake.feed(b"\x05\0\0\x01\0\0\0\0\0\0"), Ok(10));
    assert!(!handshake.is_done(), "the request is not out");
}

proptest! {
    #[test]
    fn segmentation_changes_nothing(
        input in prop::collection::vec(prop_oneof![0u8..6, any::<u8>()], 0..40),
        good in any::<bool>(),
        with_login in any::<bool>(),
        steps in prop::collection::vec(1usize..8, 1..40),
    ) {
        let start: &[u8] = if with_login { b"\x05\x02\x01\0\x05\0\0" } else { b"\x05\0\x05\0\0" };
        let input = if good { [start, &input].concat() } else { input };
        let handshake = || new(HOST, login().filter(|_| with_login));
        let whole = run(handshake(), &input, input.len().max(1));
        for step in steps {
            let part = run(handshake(), &input, step);
            prop_assert_eq!(&part.0, &whole.0);
            prop_assert_eq!(&part.2, &whole.2);
            prop_assert!(part.2.is_err() || part.1 == whole.1);
            prop_assert!(part.0.len() < 100);
        }
    }
}
