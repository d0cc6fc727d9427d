//! The request, and every answer to it.

use crate::support::driving::{run_to, run_to_failure, run_until};
use crate::support::server::{CONNACK, Server};
use crate::support::web::*;
use crate::{client, ours, with_server};

#[test]
fn the_request_and_the_frames_to_the_byte() {
    if !ours() {
        return;
    }
    let server = Server::start(|door| {
        let mut server = door.accept();
        let request = server.upgrade(&[frame(0x82, CONNACK), frame(0x82, b"\xd0\0")].concat());
        let connect = server.frame();
        let port = server.stream().local_addr().expect("an address").port();
        let publish = server.frame();
        let disconnect = server.frame();
        (request, port, [connect, publish, disconnect], server.rest())
    });
    let client = client("c", 4);
    assert_eq!(client.connect("127.0.0.1", server.port(), 60, &[]), 0);
    run_to(&client, "connect(0,0,[])");
    client.publish("t", b"hello", 0, false, &[]);
    run_to(&client, "publish(1,0,[])");
    client.disconnect(0, &[]);
    run_to(&client, "disconnect(0,[])");
    let (mut request, port, frames, rest) = server.finish();
    let key = request.remove(4);
    assert_eq!(
        request,
        [
            "GET /mqtt HTTP/1.1",
            &format!("Host: 127.0.0.1:{port}"),
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Protocol: mqtt",
            "Sec-WebSocket-Version: 13",
        ]
    );
    let key = key.strip_prefix("Sec-WebSocket-Key: ").expect("the key is the fifth");
    assert_eq!((key.len(), &key[22..]), (24, "=="));
    let expected: [&[u8]; 3] =
        [b"\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01c", b"\x30\x08\0\x01thello", b"\xe0\0"];
    assert_eq!(frames, expected.map(|packet| (0x82, packet.to_vec())));
    assert_eq!(rest, b"", "no close frame: MQTT has said goodbye");
}

#[test]
fn path_header_limit_and_further_headers() {
    if !ours() {
        return;
    }
    let client = client("c", 4);
    let long = vec![b'p'; 3000];
    for (path, rc, expected) in [
        (Some(&b"/other?a=b"[..]), 0, "/other?a=b"),
        (Some(b"relative"), 0, "/relative"),
        (Some(b""), 0, "/"),
        (Some(&long), 0, &format!("/{}", "p".repeat(3000))),
        (Some(b"/a b"), 3, &format!("/{}", "p".repeat(3000))),
        (Some(b"/ HTTP/1.1\r\nX: y"), 3, &format!("/{}", "p".repeat(3000))),
        (None, 0, "/mqtt"),
    ] {
        assert_eq!(client.string_option(HTTP_PATH, path), rc);
        let server = Server::start(|door| door.accept().upgrade_request());
        assert_eq!(client.connect("localhost", server.port(), 60, &[]), 0);
        run_until(&client, "the request", || server.is_finished());
        let request = server.finish();
        assert_eq!(request[0], format!("GET {expected} HTTP/1.1"));
    }
    assert_eq!(client.string_option(X_HTTP_HEADERS, Some(b"Authorization: Basic YTpi\nX: y")), 0);
    assert_eq!(client.string_option(X_HTTP_HEADERS, Some(b"Upgrade: h2c")), 3);
    let server = Server::start(|door| door.accept().upgrade_request());
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), 0);
    run_until(&client, "the request", || server.is_finished());
    assert_eq!(server.finish()[7..], ["Authorization: Basic YTpi", "X: y"]);

    for (size, rc) in [(99, 3), (-1, 3), (i32::MAX, 0), (100, 0)] {
        assert_eq!(client.int_option(HTTP_HEADER_SIZE, size), rc, "{size}");
    }
    let server = Server::start(|door| {
        let mut server = door.accept();
        server.upgrade(b"");
        server.rest()
    });
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), 0);
    assert_eq!(run_to_failure(&client).0, 7, "a hundred bytes are too few for any answer");
    server.finish();
    assert_eq!(client.int_option(WEB_SOCKETS.0, 3), 3);
    assert_eq!(client.int_option(WEB_SOCKETS.0, 1), 0);
    let server = Server::start(|door| door.accept().packet());
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), 0);
    assert_eq!(server.finish()[0], 0x10, "plain MQTT again");
}

/// How a server answers, changed in one place, and what becomes of it: 0 for a connection.
type Answers = Vec<(&'static str, &'static str, &'static str, i32)>;

fn answers() -> Answers {
    let protocol = "Protocol: mqtt";
    vec![
        ("good", "", "", 0),
        ("HTTP/1.0", "HTTP/1.1", "HTTP/1.0", 0),
        ("line feeds only", "\r\n", "\n", 0),
        ("other case", "Upgrade: websocket", "UPGRADE: WebSocket", 0),
        ("a list", "Connection: Upgrade", "Connection: keep-alive, Upgrade", 0),
        ("another list", "Upgrade: websocket", "Upgrade: h2c, websocket", 0),
        ("an extension", protocol, "Extensions: x\r\nSec-WebSocket-Protocol: mqtt", 0),
        ("HTTP/2", "HTTP/1.1", "HTTP/2.0", 13),
        ("OK", "101 Switching Protocols", "200 OK", 13),
        ("moved", "101 Switching Protocols", "301 Moved", 13),
        ("unauthorised", "101 Switching Protocols", "401 Unauthorized", 13),
        ("not found", "101 Switching Protocols", "404 Not Found", 13),
        ("no upgrade", "Upgrade: websocket\r\n", "", 13),
        ("half an upgrade", "Upgrade: websocket", "Upgrade: web", 13),
        ("no connection", "Connection: Upgrade\r\n", "", 13),
        ("close", "Connection: Upgrade", "Connection: close", 13),
        ("no protocol", "Sec-WebSocket-Protocol: mqtt\r\n", "", 13),
        ("half a protocol", protocol, "Protocol: mq", 13),
        ("protocol in capitals", protocol, "Protocol: MQTT", 13),
        ("an old protocol", protocol, "Protocol: mqttv3.1", 13),
        ("half a proof", "=\r\n", "\r\n", 13),
        ("proof and more", "=\r\n", "==\r\n", 13),
        ("no proof", "Accept: ", "Nothing: ", 13),
        ("another version", protocol, "Version: 8\r\nSec-WebSocket-Protocol: mqtt", 10),
    ]
}

#[test]
fn d10_every_answer_has_its_code() {
    if !ours() {
        return;
    }
    for (what, from, to, expected) in answers() {
        for slow in [false, true] {
            let (client, server) = with_server(4, move |server| {
                let request = server.upgrade_request();
                let answer = String::from_utf8(agreement(&request)).expect("text");
                assert!(answer.contains(from), "{what}");
                let answer = answer.replace(from, to);
                // CONNACK comes with the answer: bytes behind the header are not lost.
                let answer = [answer.as_bytes(), &frame(0x82, CONNACK)].concat();
                if slow {
                    server.send_slowly(&answer);
                } else {
                    server.send(&answer);
                }
                server.rest()
            });
            if expected == 0 {
                run_to(&client, "connect(0,0,[])");
            } else {
                assert_eq!(run_to_failure(&client).0, expected, "{what}");
                assert_eq!(client.take_events(), [format!("disconnect({expected},[])")], "{what}");
                assert_eq!(client.socket(), -1);
                let log = client.log();
                assert!(log.iter().any(|(level, text)| *level == 8 && text.contains("WebSocket")));
            }
            drop(client);
            server.finish();
        }
    }
}

#[test]
fn answers_that_do_not_end() {
    if !ours() {
        return;
    }
    for (what, answer, expected) in [
        ("nothing", &b""[..], 7),
        ("half a header", b"HTTP/1.1 101 Switching Protocols\r\nUpgr", 7),
        ("an MQTT server", b"\x20\x02\0\x05", 7),
        ("a header beyond the limit", &b"HTTP/1.1 101 x\r\nX: y\r\n".repeat(200)[..], 13),
        ("a line beyond the limit", &[b'x'; 5000], 7),
    ] {
        let answer = answer.to_vec();
        let (client, server) = with_server(4, move |server| {
            server.upgrade_request();
            server.send(&answer);
            server.end();
            server.rest()
        });
        assert_eq!(run_to_failure(&client).0, expected, "{what}");
        server.finish();
    }
    let (client, server) = with_server(4, |server| server.upgrade_request());
    assert_eq!(run_to_failure(&client).0, 7, "closed");
    server.finish();
}
