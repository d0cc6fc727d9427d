//! MQTT over WebSocket: exact bytes against a scripted server; `websocket/brokers.rs`: real brokers.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks, threads and sockets are refused to the protocol, not to its tests"
)]

mod support;

#[path = "websocket/brokers.rs"]
mod brokers;

use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use support::client::{Client, Prop, Style};
use support::library::Library;
use support::server::{Connection, LIMIT, Server};
use support::web::*;

/// `errno` of a server that breaks the rules.
const EPROTO: i32 = libc::EPROTO;

fn ours() -> bool {
    Library::Ours.is_selected()
}

fn client(id: &str, version: i32) -> Client {
    let client = Client::new(Library::Ours, Some(id), true, version, Style::Conversation);
    assert_eq!(client.int_option(WEB_SOCKETS.0, WEB_SOCKETS.1), 0);
    client
}

/// A client of ours and a server that plays `script` with its first connection.
fn with_server<T: Send + 'static>(
    version: i32,
    script: impl FnOnce(&mut Connection) -> T + Send + 'static,
) -> (Client, Server<T>) {
    let server = Server::start(|door| script(&mut door.accept()));
    let client = client("c", version);
    assert_eq!(client.connect("127.0.0.1", server.port(), 60, &[]), 0);
    (client, server)
}

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
                    server.send_slowly(&answer)
                } else {
                    server.send(&answer)
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

/// What the server sends after CONNACK; the messages that come of it; 0 or what the connection ends with.
type Frames = Vec<(&'static str, Vec<Vec<u8>>, usize, i32)>;

const MESSAGE: &[u8] = b"\x30\x04\0\x01th";

fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [9, 8, 7, 6];
    let mut frame = vec![first, 0x80 | payload.len() as u8];
    frame.extend(key);
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(a, b)| a ^ b));
    frame
}

fn frames() -> Frames {
    let whole = || frame(0x82, MESSAGE);
    let long_ping = [b'p'; 125];
    let ctl = |first: u8, payload: &[u8]| frame(first, payload);
    vec![
        ("one", vec![whole()], 1, 0),
        ("two in a frame", vec![frame(0x82, &MESSAGE.repeat(2))], 2, 0),
        (
            "one over three frames",
            vec![
                frame(0x82, &MESSAGE[..1]),
                frame(0x82, &MESSAGE[1..3]),
                frame(0x82, &MESSAGE[3..]),
            ],
            1,
            0,
        ),
        (
            "fragments, control frames between them",
            vec![
                frame(0x02, &MESSAGE[..2]),
                ctl(0x89, b"?"),
                frame(0x00, &MESSAGE[2..4]),
                ctl(0x8a, b"unasked"),
                frame(0x80, &MESSAGE[4..]),
                whole(),
            ],
            2,
            0,
        ),
        ("an empty frame", vec![frame(0x82, b""), whole()], 1, 0),
        ("a long frame", vec![frame(0x82, &MESSAGE.repeat(100))], 100, 0),
        ("a very long frame", vec![frame(0x82, &MESSAGE.repeat(20_000))], 20_000, 0),
        (
            "a long form of a short length",
            vec![[&[0x82, 127, 0, 0, 0, 0, 0, 0, 0, 6], MESSAGE].concat()],
            1,
            0,
        ),
        ("masked, then not", vec![masked(0x82, MESSAGE), whole()], 2, 0),
        ("a masked ping", vec![masked(0x89, b"?"), whole()], 1, 0),
        ("the longest ping", vec![ctl(0x89, &long_ping), whole()], 1, 0),
        ("text", vec![frame(0x81, MESSAGE)], 0, 14),
        ("a reserved opcode", vec![frame(0x83, MESSAGE)], 0, 14),
        ("a reserved control opcode", vec![frame(0x8b, b"")], 0, 14),
        ("a reserved bit", vec![frame(0xc2, MESSAGE)], 0, 14),
        ("a ping in fragments", vec![ctl(0x09, b"?")], 0, 14),
        ("a ping too long", vec![ctl(0x89, &[0; 126])], 0, 14),
        ("half a close status", vec![ctl(0x88, b"\x03")], 0, 14),
        ("an impossible length", vec![b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff".to_vec()], 0, 14),
        ("a message, then text", vec![whole(), frame(0x81, MESSAGE)], 1, 14),
        ("a close", vec![whole(), ctl(0x88, b"\x03\xe8bye"), whole()], 1, 7),
        ("a close without status", vec![ctl(0x88, b"")], 0, 7),
    ]
}

#[test]
fn every_frame_is_read_in_any_segmentation() {
    if !ours() {
        return;
    }
    for (what, frames, messages, expected) in frames() {
        let bytes = frames.concat();
        for step in [1, 2, 7, 1000, bytes.len()] {
            if bytes.len() / step > 3000 || step > bytes.len() {
                continue;
            }
            let sent = bytes.clone();
            let (client, server) = with_server(4, move |server| {
                server.accept_mqtt();
                let _all = sent.chunks(step).all(|part| server.offer(part));
                server.rest()
            });
            if expected == 0 {
                let mut count = 0;
                run_until(&client, what, || {
                    count += client.take_events().len();
                    count == 1 + messages
                });
            } else {
                let (rc, errno) = run_to_failure(&client);
                assert_eq!(rc, expected, "{what} by {step}");
                assert!(rc != 14 || errno == EPROTO, "{what}: errno {errno}");
                let mut events = client.take_events();
                assert_eq!(events.pop(), Some(format!("disconnect({expected},[])")), "{what}");
                assert_eq!(events.len(), 1 + messages, "{what} by {step}: what came before counts");
            }
            drop(client);
            server.finish();
        }
    }
}

#[test]
fn pings_are_answered_and_a_close_too() {
    if !ours() {
        return;
    }
    let (client, server) = with_server(4, |server| {
        server.accept_mqtt();
        server.send(&frame(0x89, b"are you there"));
        assert_eq!(server.frame(), (0x8a, b"are you there".to_vec()));
        server.send(&frame(0x88, b"\x03\xe9going away"));
        assert_eq!(server.frame(), (0x88, b"\x03\xe9".to_vec()));
        server.rest()
    });
    run_to(&client, "connect(0,0,[])");
    run_to(&client, "disconnect(7,[])");
    assert_eq!(server.finish(), b"");
}

#[test]
fn d12_acknowledgements_keep_their_opcode_while_frames_are_half_received() {
    if !ours() {
        return;
    }
    let (client, server) = with_server(4, |server| {
        server.accept_mqtt();
        // A message of QoS 1, and the beginning of a ping.
        server.send(&[frame(0x02, b"\x32\x06\0\x01t\0\x07h"), b"\x89\x02a".to_vec()].concat());
        assert_eq!(server.frame(), (0x82, b"\x40\x02\0\x07".to_vec()));
        let (first, packet) = server.frame();
        assert_eq!((first, packet[0]), (0x82, 0x30), "a PUBLISH is no pong");
        server.send(b"b");
        assert_eq!(server.frame(), (0x8a, b"ab".to_vec()));
    });
    run_to(&client, "connect(0,0,[])");
    run_to(&client, "message(7,t,h,1,1,0,[])");
    client.publish("t", b"x", 0, false, &[]);
    run_until(&client, "the pong", || server.is_finished());
    server.finish();
}

#[test]
fn d11_d12_properties_arrive_and_what_is_published_early_waits() {
    if !ours() {
        return;
    }
    let server = Server::start(|door| {
        let mut server = door.accept();
        let request = server.upgrade_request();
        assert!(!support::peer::wait_readable(
            std::os::fd::AsRawFd::as_raw_fd(server.stream()),
            Duration::from_millis(50)
        ));
        server.send(&agreement(&request));
        let (_, connect) = server.frame();
        let properties: &[u8] = b"\x05\x02\0\x3c\x08\x11\0\0\x0e\x10\x21\0\x14";
        assert!(connect.windows(properties.len()).any(|part| part == properties), "{connect:x?}");
        server.send(&frame(0x82, b"\x20\x03\0\0\0"));
        assert_eq!(server.frame(), (0x82, b"\x30\x09\0\x05early\0!".to_vec()));
    });
    let client = client("c", 5);
    let expiry = Prop { id: 17, value: "3600".to_owned() };
    assert_eq!(client.connect("127.0.0.1", server.port(), 60, &[expiry]), 0);
    assert_eq!(client.publish("early", b"!", 0, false, &[]).0, 0);
    run_until(&client, "the message", || server.is_finished());
    server.finish();
}

#[test]
fn d10_every_connection_starts_from_a_clean_state() {
    if !ours() {
        return;
    }
    let ends: [fn(Connection); 5] = [
        |_| (),
        |mut server| drop(server.upgrade_request()),
        |mut server| {
            let request = server.upgrade_request();
            server.send(&agreement(&request)[..60]);
        },
        |mut server| {
            server.accept_mqtt();
            server.send(b"\x82\x7e\x01"); // in the middle of a header
        },
        |mut server| {
            server.accept_mqtt();
            server.send(&masked(0x02, b"\x30\x04\0\x01th")[..9]); // in the middle of a masked payload
        },
    ];
    let server = Server::start(move |door| {
        for end in ends {
            end(door.accept());
        }
        let mut server = door.accept();
        server.accept_mqtt();
        server.send(&frame(0x82, MESSAGE));
        server.rest()
    });
    let client = client("c", 4);
    client.connect("127.0.0.1", server.port(), 60, &[]);
    client.loop_start();
    let deadline = Instant::now() + LIMIT;
    loop {
        match client.take_event() {
            Some(event) if event.starts_with("message") => break,
            Some(event) => assert!(
                event == "connect(0,0,[])" || event == "disconnect(7,[])",
                "{event}; {:?}",
                client.log()
            ),
            None => std::thread::sleep(Duration::from_millis(2)),
        }
        assert!(Instant::now() < deadline, "not back in time: {:?}", client.log());
    }
    drop(client);
    server.finish();
}

#[test]
fn a_refusal_ends_the_loop_and_a_manual_reconnect_works() {
    if !ours() {
        return;
    }
    let server = Server::start(|door| {
        let mut server = door.accept();
        server.upgrade_request();
        server.send(b"HTTP/1.1 503 Service Unavailable\r\n\r\n");
        drop(server);
        let mut server = door.accept();
        server.accept_mqtt();
        server.rest()
    });
    let client = client("c", 4);
    client.connect("127.0.0.1", server.port(), 60, &[]);
    assert_eq!(client.loop_forever(), 13);
    assert_eq!(client.take_events(), ["disconnect(13,[])"]);
    assert_eq!(client.reconnect(), 0);
    run_to(&client, "connect(0,0,[])");
    drop(client);
    server.finish();
}

#[test]
fn over_a_unix_socket() {
    if !ours() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("web.sock");
    let listener = UnixListener::bind(&path).expect("a Unix socket");
    let server = Server::unix(listener, |door| {
        let mut server = door.accept();
        let request = server.upgrade(&frame(0x82, CONNACK));
        assert_eq!(request[1], "Host: localhost");
        server.frame()
    });
    let client = client("c", 4);
    assert_eq!(client.connect(path.to_str().expect("UTF-8"), 0, 60, &[]), 0);
    run_to(&client, "connect(0,0,[])");
    assert_eq!(server.finish().1[0], 0x10);
}

#[test]
fn a_hostile_server_gets_no_memory() {
    if !ours() {
        return;
    }
    let (client, server) = with_server(4, |server| {
        server.accept_mqtt();
        // Pings without end whose answers nobody reads, then a frame of exabytes with one endless packet in it.
        let pings = frame(0x89, &[b'p'; 125]).repeat(500);
        for _ in 0..100 {
            server.send(&pings);
        }
        server.send(b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff\x30\xff\xff\xff\x7f");
        server.send(&[0; 1000]);
    });
    run_to(&client, "connect(0,0,[])");
    let before = resident();
    run_until(&client, "all of it", || server.is_finished());
    let grown = resident().saturating_sub(before);
    assert!(grown < 4 << 20, "{grown} bytes more");
    server.finish();
}

/// Bytes of memory that this process has.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("statm");
    let pages: usize = statm.split(' ').nth(1).and_then(|n| n.parse().ok()).expect("a number");
    pages * 4096
}

#[test]
fn a_server_that_falls_silent_is_left_when_keepalive_is_over_and_the_client_stops_at_once() {
    if !ours() {
        return;
    }
    let stages: [fn(&mut Connection); 4] = [
        |_| (),
        |server| drop(server.upgrade_request()),
        |server| server.send(b"HTTP/1.1 101 "),
        |server| drop(server.upgrade(b"\x82\x04\x20")),
    ];
    let threads = stages.map(|stage| {
        std::thread::spawn(move || {
            let script = move |server: &mut Connection| {
                stage(server);
                server.rest();
            };
            let server = Server::start(move |door| script(&mut door.accept()));
            let silent = client("c", 4);
            let begun = Instant::now();
            silent.connect("127.0.0.1", server.port(), 5, &[]);
            assert_eq!(run_to_failure(&silent).0, 19);
            let took = begun.elapsed();
            assert!((4900..16_000).contains(&took.as_millis()), "{took:?}");
            server.finish();

            let server = Server::start(move |door| script(&mut door.accept()));
            let silent = client("c", 4);
            assert_eq!(silent.loop_start(), 0);
            assert_eq!(silent.connect_async("127.0.0.1", server.port(), 60), 0);
            std::thread::sleep(Duration::from_millis(200)); // the thread gets into the stage
            let begun = Instant::now();
            assert_eq!(silent.loop_stop(true), 0);
            drop(silent);
            assert!(begun.elapsed() < Duration::from_millis(100), "{:?}", begun.elapsed());
            server.finish();
        })
    });
    for thread in threads {
        thread.join().expect("no panic");
    }
}

#[test]
fn an_external_loop_gets_through_without_spinning() {
    if !ours() {
        return;
    }
    let server = Server::start(|door| {
        let mut server = door.accept();
        let request = server.upgrade_request();
        server.send_slowly(&agreement(&request)[..20]);
        server.send(&agreement(&request)[20..]);
        server.frame();
        server.send_slowly(&[frame(0x89, b"?"), frame(0x82, CONNACK)].concat());
        assert_eq!(server.frame(), (0x8a, b"?".to_vec()));
        server.rest()
    });
    let client = client("c", 4);
    assert_eq!(client.connect_async("127.0.0.1", server.port(), 60), 0);
    let mut turns = 0;
    let deadline = Instant::now() + LIMIT;
    while client.take_event().is_none() {
        assert!(Instant::now() < deadline, "not connected");
        let write = if client.want_write() { libc::POLLOUT } else { 0 };
        let mut poll =
            libc::pollfd { fd: client.socket(), events: libc::POLLIN | write, revents: 0 };
        // SAFETY: one valid pollfd.
        unsafe { libc::poll(&raw mut poll, 1, 1000) };
        if poll.revents & libc::POLLIN != 0 {
            assert_eq!(client.loop_read(), 0);
        }
        if poll.revents & libc::POLLOUT != 0 {
            assert_eq!(client.loop_write(), 0);
        }
        assert_eq!(client.loop_misc(), 0);
        turns += 1;
    }
    assert!(turns < 60, "{turns} turns for 30 small pieces");
    drop(client);
    server.finish();
}
