//! The HTTP exchange.

use proptest::prelude::*;

use crate::error::Error;
use crate::transport::ws::upgrade::{Refusal, Request, Upgrade, headers, path};

const NONCE: [u8; 16] = *b"the sample nonce";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const LIMIT: usize = 4096;

fn request<'a>() -> Request<'a> {
    Request {
        path: b"/mqtt",
        host: b"broker.example",
        port: 8080,
        secure: false,
        headers: b"",
        nonce: NONCE,
    }
}

/// A good answer, with `from` replaced by `to`.
fn answer(from: &str, to: &str) -> Vec<u8> {
    let good = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {ACCEPT}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
    );
    assert!(good.contains(from), "{from:?} is in it");
    good.replacen(from, to, 1).into_bytes()
}

/// Feeds `input` in portions: how much was taken, and whether it is done.
fn run(input: &[u8], step: usize, limit: usize) -> Result<(usize, bool), Refusal> {
    let mut upgrade = Upgrade::new(&request(), limit).unwrap();
    upgrade.sent(upgrade.output().len());
    let mut taken = 0;
    for portion in input.chunks(step.max(1)) {
        let count = upgrade.feed(portion)?;
        taken += count;
        if count < portion.len() {
            break;
        }
    }
    Ok((taken, upgrade.is_done()))
}

#[test]
fn request_to_the_byte() {
    let upgrade = Upgrade::new(&request(), LIMIT).unwrap();
    assert_eq!(
        String::from_utf8_lossy(upgrade.output()),
        "GET /mqtt HTTP/1.1\r\nHost: broker.example:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n\
         Sec-WebSocket-Version: 13\r\n\r\n"
    );
    let headers = headers(b"Origin: https://example.org\nX-A: b").unwrap();
    let path = path(&[b'p'; 5000]).unwrap();
    let upgrade = Upgrade::new(&Request { path: &path, headers: &headers, ..request() }, LIMIT);
    let text = String::from_utf8(upgrade.unwrap().output().to_vec()).unwrap();
    assert!(text.starts_with("GET /ppp") && text.contains("ppp HTTP/1.1\r\n"));
    assert!(text.ends_with("Version: 13\r\nOrigin: https://example.org\r\nX-A: b\r\n\r\n"));
    assert_eq!(
        text.matches('p').count(),
        5000 + text.replace(&"p".repeat(5000), "").matches('p').count()
    );
}

#[test]
fn hosts() {
    let rows: [(&[u8], u16, bool, &str); 9] = [
        (b"broker", 80, false, "broker"),
        (b"broker", 443, false, "broker:443"),
        (b"broker", 443, true, "broker"),
        (b"broker", 80, true, "broker:80"),
        (b"127.0.0.1", 1883, false, "127.0.0.1:1883"),
        (b"::1", 80, false, "[::1]"),
        (b"fe80::1%eth0", 8080, false, "[fe80::1]:8080"),
        (b"/run/broker.sock", 0, false, "localhost"),
        (b"a b\r\nX: y", 0, false, "localhost"),
    ];
    for (host, port, secure, expected) in rows {
        let upgrade = Upgrade::new(&Request { host, port, secure, ..request() }, LIMIT).unwrap();
        let text = String::from_utf8_lossy(upgrade.output()).into_owned();
        assert!(text.contains(&format!("\r\nHost: {expected}\r\n")), "{expected}: {text}");
    }
    for host in [&b"a\r\nX: y"[..], b"a b", b"a\0", b"a\x7f"] {
        let refused = Upgrade::new(&Request { host, ..request() }, LIMIT);
        assert_eq!(refused.unwrap_err(), Error::Inval, "{host:?}");
    }
}

#[test]
fn d10_paths_cannot_inject_and_get_their_slash() {
    let rows: [(&[u8], Option<&[u8]>); 9] = [
        (b"/mqtt", Some(b"/mqtt")),
        (b"ws", Some(b"/ws")),
        (b"", Some(b"/")),
        (b"/a?b=c&d=%20", Some(b"/a?b=c&d=%20")),
        ("/ä".as_bytes(), Some("/ä".as_bytes())),
        (b"/a b", None),
        (b"/ HTTP/1.1\r\nX: y", None),
        (b"/a\n", None),
        (b"/\x7f", None),
    ];
    for (given, expected) in rows {
        assert_eq!(path(given).ok().as_deref(), expected, "{given:?}");
    }
}

#[test]
fn further_headers() {
    let rows: [(&[u8], Option<&[u8]>); 13] = [
        (b"", Some(b"")),
        (b"A: b", Some(b"A: b\r\n")),
        (b"A: b\nC:d\n", Some(b"A: b\r\nC:d\r\n")),
        (b"A: b\r\nC:d\r\n\r\n", Some(b"A: b\r\nC:d\r\n")),
        (b"Authorization: Basic YTpi", Some(b"Authorization: Basic YTpi\r\n")),
        (b"A", None),
        (b": b", None),
        (b"A : b", None),
        (b"A: b\rC: d", None),
        (b"A: \0", None),
        (b" A: b", None),
        (b"host: other", None),
        (b"A: b\nsec-websocket-key: x", None),
    ];
    for (given, expected) in rows {
        assert_eq!(headers(given).ok().as_deref(), expected, "{given:?}");
    }
}

#[test]
fn good_answers_in_every_segmentation() {
    let rows = [
        answer("", ""),
        answer("HTTP/1.1", "HTTP/1.0"),
        answer(" Switching Protocols", ""),
        answer(" Switching Protocols", " "),
        answer("Upgrade: websocket", "upgrade:WebSocket  "),
        answer("Upgrade: websocket", "Upgrade: h2c, websocket"),
        answer("Connection: Upgrade", "CONNECTION: keep-alive, upgrade"),
        answer("Connection: Upgrade", "Connection: keep-alive\r\nConnection: Upgrade"),
        answer("Connection: Upgrade", "Connection: Upgrade\r\nSec-WebSocket-Version: 13"),
        answer("Connection: Upgrade", "Connection: Upgrade\r\nSec-WebSocket-Extensions: x"),
        answer("Connection: Upgrade", "Connection:\tUpgrade\r\nX:\r\nY: \u{e4}"),
        String::from_utf8(answer("", "")).unwrap().replace("\r\n", "\n").into_bytes(),
    ];
    for row in rows {
        let input = [&row[..], b"\x82\x02\x20\x02"].concat();
        for step in 1..=input.len() {
            let text = String::from_utf8_lossy(&row);
            assert_eq!(run(&input, step, LIMIT), Ok((row.len(), true)), "{text} by {step}");
        }
        assert_eq!(run(&row, 1, row.len()), Ok((row.len(), true)), "fits exactly");
        assert_eq!(run(&row, 1, row.len() - 1), Err(Refusal::TooLong));
        for cut in 0..row.len() {
            assert_eq!(run(&row[..cut], 7, LIMIT), Ok((cut, false)), "incomplete");
        }
    }
}

#[test]
fn refusals_in_every_segmentation() {
    let upgrade = Refusal::Header("Upgrade");
    let connection = Refusal::Header("Connection");
    let accept = Refusal::Header("Sec-WebSocket-Accept");
    let protocol = Refusal::Header("Sec-WebSocket-Protocol");
    let rows = [
        (answer("HTTP/1.1", "HTTP/2.0"), Refusal::NotHttp),
        (answer("HTTP/1.1", "HTTP/1.2"), Refusal::NotHttp),
        (answer("HTTP/1.1 101", "ICY 101"), Refusal::NotHttp),
        (answer("101", "1o1"), Refusal::NotHttp),
        (answer("101", "+10"), Refusal::NotHttp),
        (answer("101", "1011"), Refusal::NotHttp),
        (answer("HTTP/1.1", "\r\nHTTP/1.1"), Refusal::NotHttp),
        (answer("Upgrade:", "Upgrade"), Refusal::NotHttp),
        (answer("Upgrade:", "Upgrade :"), Refusal::NotHttp),
        (answer("Upgrade:", " folded:"), Refusal::NotHttp),
        (answer("Upgrade: websocket", "Upgrade: web\0socket"), Refusal::NotHttp),
        (answer("Upgrade: websocket\r\n", "Upgrade: websocket\r\r\n"), Refusal::NotHttp),
        (answer("101", "200"), Refusal::Status(200)),
        (answer("101", "301"), Refusal::Status(301)),
        (answer("101", "401"), Refusal::Status(401)),
        (answer("101", "404"), Refusal::Status(404)),
        (answer("Upgrade: websocket\r\n", ""), upgrade),
        (answer("Upgrade: websocket", "Upgrade: "), upgrade),
        (answer("Upgrade: websocket", "Upgrade: web"), upgrade),
        (answer("Upgrade: websocket", "Upgrade: websockets"), upgrade),
        (answer("Connection: Upgrade\r\n", ""), connection),
        (answer("Connection: Upgrade", "Connection: close"), connection),
        (answer("Connection: Upgrade", "Connection: Upgraded"), connection),
        (answer(&format!("Sec-WebSocket-Accept: {ACCEPT}\r\n"), ""), accept),
        (answer(ACCEPT, ""), accept),
        (answer(ACCEPT, &ACCEPT[..27]), accept),
        (answer(ACCEPT, &format!("{ACCEPT}=")), accept),
        (answer(ACCEPT, &ACCEPT.to_lowercase()), accept),
        (answer(ACCEPT, &format!("{ACCEPT}\r\nSec-WebSocket-Accept: {ACCEPT}")), accept),
        (answer("Sec-WebSocket-Protocol: mqtt\r\n", ""), protocol),
        (answer("Protocol: mqtt", "Protocol: "), protocol),
        (answer("Protocol: mqtt", "Protocol: mq"), protocol),
        (answer("Protocol: mqtt", "Protocol: MQTT"), protocol),
        (answer("Protocol: mqtt", "Protocol: mqttv3.1"), protocol),
        (answer("Protocol: mqtt", "Protocol: mqtt, mqtt"), protocol),
        (answer("Connection:", "Sec-WebSocket-Version: 8\r\nConnection:"), Refusal::Version),
        (
            answer("Connection:", &format!("{}Connection:", "X: y\r\n".repeat(100))),
            Refusal::NotHttp,
        ),
    ];
    for (row, refusal) in rows {
        for step in 1..=row.len() {
            let text = String::from_utf8_lossy(&row);
            assert_eq!(run(&row, step, LIMIT), Err(refusal), "{text} by {step}");
        }
        assert!(!refusal.to_string().is_empty());
    }
    for (refusal, error) in [
        (Refusal::TooLong, Error::ConnLost),
        (Refusal::Closed, Error::ConnLost),
        (Refusal::NotHttp, Error::Unknown),
        (Refusal::Status(401), Error::Unknown),
        (upgrade, Error::Unknown),
        (Refusal::Version, Error::NotSupported),
    ] {
        assert_eq!(refusal.error(), error, "{refusal}");
    }
}

#[test]
fn what_does_not_end_is_waited_for_and_ends_at_the_limit() {
    assert_eq!(run(&[b'x'; 4095], 10, LIMIT), Ok((4095, false)));
    assert_eq!(run(&[b'x'; 4096], 10, LIMIT), Err(Refusal::TooLong));
    assert_eq!(run(&[b'x'; 4097], 5000, LIMIT), Err(Refusal::TooLong));
}

#[test]
fn the_request_comes_first() {
    let mut upgrade = Upgrade::new(&request(), LIMIT).unwrap();
    upgrade.feed(&answer("", "")).unwrap();
    assert!(!upgrade.is_done(), "an answer to half a question");
    let len = upgrade.output().len();
    upgrade.sent(len - 1);
    assert!(!upgrade.is_done());
    upgrade.sent(1);
    assert!(upgrade.is_done());
}

proptest! {
    #[test]
    fn segmentation_changes_nothing(
        at in 0usize..200,
        cut in 0usize..20,
        insert in prop::collection::vec(prop_oneof![
            Just(b'\r'), Just(b'\n'), Just(b':'), Just(b' '), any::<u8>()
        ], 0..20),
        step in 1usize..50,
        limit in 100usize..400,
    ) {
        let mut input = answer("", "");
        let at = at.min(input.len());
        let end = (at + cut).min(input.len());
        input.splice(at..end, insert);
        input.extend_from_slice(b"\x82\x00");
        let whole = run(&input, input.len(), limit);
        let part = run(&input, step, limit);
        prop_assert_eq!(part, whole);
    }
}
