//! Frames of the server, good, bad and hostile.

use crate::support::driving::{run_to, run_to_failure, run_until};
use crate::support::web::frame;
use crate::{MESSAGE, masked, ours, with_server};

/// What the server sends after CONNACK; the messages that come of it; 0 or what the connection ends with.
type Frames = Vec<(&'static str, Vec<Vec<u8>>, usize, i32)>;

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
                assert!(rc != 14 || errno == libc::EPROTO, "{what}: errno {errno}");
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
