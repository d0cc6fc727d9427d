//! Frames of the server.

use proptest::prelude::*;

use crate::error::Error;
use crate::transport::ws::decode::{Decoder, End};
use crate::transport::ws::frame::{CLOSE, Control, Fault, PONG};
use crate::transport::ws::mask;

/// Payload, the answers to control frames, and the end; `input` comes in portions.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    payload: Vec<u8>,
    replies: Vec<Control>,
    end: Option<End>,
}

fn run(input: &[u8], step: usize) -> Outcome {
    let mut decoder = Decoder::default();
    let mut outcome = Outcome::default();
    for portion in input.chunks(step) {
        let mut portion = portion.to_vec();
        let count = decoder.decode(&mut portion);
        outcome.payload.extend_from_slice(&portion[..count]);
        outcome.replies.extend(decoder.take_reply());
    }
    outcome.end = decoder.end();
    outcome
}

fn control(opcode: u8, payload: &[u8]) -> Control {
    let mut frame = Control::new(opcode);
    frame.extend(payload);
    frame
}

fn pong(payload: &[u8]) -> Control {
    control(PONG, payload)
}

/// A frame as a server sends it: first byte, payload, length in a longer form than necessary, mask.
fn frame(first: u8, payload: &[u8], form: usize, key: Option<[u8; 4]>) -> Vec<u8> {
    let len = payload.len() as u64;
    let form = if len > 65535 {
        8
    } else if len > 125 {
        form.max(2)
    } else {
        form
    };
    let masked = if key.is_some() { 0x80 } else { 0 };
    let mut out = vec![first];
    match form {
        0 => out.push(masked | len as u8),
        2 => out.extend([&[masked | 126][..], &(len as u16).to_be_bytes()].concat()),
        _ => out.extend([&[masked | 127][..], &len.to_be_bytes()].concat()),
    }
    let mut payload = payload.to_vec();
    if let Some(key) = key {
        out.extend(key);
        mask::apply(key, 0, &mut payload);
    }
    out.extend(payload);
    out
}

#[test]
fn what_is_accepted_in_every_segmentation() {
    let key = Some([1, 2, 3, 4]);
    let long = vec![7; 300];
    let ping_long = [b'p'; 125];
    type Row = (&'static str, Vec<Vec<u8>>, Vec<u8>, Vec<Control>, Option<End>);
    let rows: [Row; 14] = [
        ("one frame", vec![frame(0x82, b"abc", 0, None)], b"abc".to_vec(), vec![], None),
        ("an empty frame", vec![frame(0x82, b"", 0, None)], vec![], vec![], None),
        (
            "lengths in all forms",
            vec![
                frame(0x82, b"a", 0, None),
                frame(0x82, b"b", 2, None),
                frame(0x82, b"c", 8, None),
                frame(0x82, &long, 2, None),
                frame(0x82, b"", 8, None),
            ],
            [b"abc", &long[..]].concat(),
            vec![],
            None,
        ),
        (
            "fragments, a ping in between",
            vec![
                frame(0x02, b"a", 0, None),
                frame(0x89, b"hello", 0, None),
                frame(0x00, b"", 0, None),
                frame(0x00, b"b", 0, None),
                frame(0x80, b"c", 0, None),
            ],
            b"abc".to_vec(),
            vec![pong(b"hello")],
            None,
        ),
        (
            "a continuation of nothing",
            vec![
                frame(0x80, b"a", 0, None),
                frame(0x02, b"b", 0, None),
                frame(0x02, b"c", 0, None),
            ],
            b"abc".to_vec(),
            vec![],
            None,
        ),
        (
            "masked, then not",
            vec![frame(0x82, b"masked", 0, key), frame(0x82, b"clear", 0, None)],
            b"maskedclear".to_vec(),
            vec![],
            None,
        ),
        ("a masked ping", vec![frame(0x89, b"hey", 0, key)], vec![], vec![pong(b"hey")], None),
        (
            "the longest ping",
            vec![frame(0x89, &ping_long, 0, None)],
            vec![],
            vec![pong(&ping_long)],
            None,
        ),
        ("an empty ping", vec![frame(0x89, b"", 0, None)], vec![], vec![pong(b"")], None),
        ("a pong", vec![frame(0x8a, b"x", 0, None)], vec![], vec![], None),
        (
            "a close",
            vec![frame(0x82, b"a", 0, None), frame(0x88, b"", 0, None), frame(0x82, b"b", 0, None)],
            b"a".to_vec(),
            vec![control(CLOSE, b"")],
            Some(End::Closed),
        ),
        (
            "a close with status and reason",
            vec![frame(0x88, b"\x03\xe8bye", 0, None)],
            vec![],
            vec![control(CLOSE, b"\x03\xe8")],
            Some(End::Closed),
        ),
        (
            "a masked close",
            vec![frame(0x88, b"\x03\xe9", 0, key)],
            vec![],
            vec![control(CLOSE, b"\x03\xe9")],
            Some(End::Closed),
        ),
        (
            "payload before a fault",
            vec![frame(0x82, b"a", 0, None), frame(0x81, b"b", 0, None)],
            b"a".to_vec(),
            vec![control(CLOSE, b"\x03\xeb")],
            Some(End::Broken(Fault::Text)),
        ),
    ];
    for (name, frames, payload, replies, end) in rows {
        let input = frames.concat();
        let expected = Outcome { payload, replies, end };
        for step in 1..=input.len() {
            assert_eq!(run(&input, step), expected, "{name} by {step}");
        }
    }
}

#[test]
fn what_is_refused_as_early_as_can_be() {
    let rows: [(&[u8], Fault); 21] = [
        (b"\x81", Fault::Text),
        (b"\x01", Fault::Text),
        (b"\x83", Fault::Opcode(3)),
        (b"\x87", Fault::Opcode(7)),
        (b"\x8b", Fault::Opcode(11)),
        (b"\x8f", Fault::Opcode(15)),
        (b"\xc2", Fault::Reserved),
        (b"\xa2", Fault::Reserved),
        (b"\x92", Fault::Reserved),
        (b"\xc0", Fault::Reserved),
        (b"\xc9", Fault::Reserved),
        (b"\x09", Fault::Control),
        (b"\x08", Fault::Control),
        (b"\x0a", Fault::Control),
        (b"\x89\x7e", Fault::Control),
        (b"\x89\xff", Fault::Control),
        (b"\x88\x7f", Fault::Control),
        (b"\x88\x01", Fault::Close),
        (b"\x88\x81", Fault::Close),
        (b"\x82\x7f\x80\0\0\0\0\0\0\0", Fault::Length),
        (b"\x82\xff\xff\0\0\0\0\0\0\0", Fault::Length),
    ];
    for (input, fault) in rows {
        for step in 1..=input.len() {
            let outcome = run(input, step);
            assert_eq!(outcome.end, Some(End::Broken(fault)), "{input:x?}");
            assert_eq!(outcome.replies.len(), 1, "a close frame says why");
        }
        assert_eq!(run(&input[..input.len() - 1], 1).end, None, "{input:x?}");
        assert_eq!(fault.error(), Error::Errno(libc::EPROTO));
    }
}

#[test]
fn of_many_pings_in_one_read_the_last_is_answered() {
    let input: Vec<u8> = (0..100).flat_map(|i| frame(0x89, &[i], 0, None)).collect();
    assert_eq!(run(&input, input.len()).replies, [pong(&[99])]);
    assert_eq!(run(&input, 1).replies.len(), 100);
}

#[test]
fn a_frame_of_any_length_is_a_stream() {
    let mut decoder = Decoder::default();
    let mut head = *b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff";
    assert_eq!(decoder.decode(&mut head), 0);
    for round in 0..1000u32 {
        let bytes = round.to_be_bytes();
        let mut buffer = bytes;
        assert_eq!(decoder.decode(&mut buffer), 4);
        assert_eq!(buffer, bytes);
    }
    assert_eq!(decoder.end(), None);
    assert!(size_of::<Decoder>() < 512, "all the memory it has");
}

/// A frame that a server may send: its bytes, its data payload, its reply.
fn any_frame() -> impl Strategy<Value = Vec<u8>> {
    let first =
        prop_oneof![Just(0x82u8), Just(0x02), Just(0x00), Just(0x80), Just(0x89), Just(0x8a)];
    let form = prop_oneof![Just(0usize), Just(2), Just(8)];
    (first, prop::collection::vec(any::<u8>(), 0..300), form, any::<Option<[u8; 4]>>()).prop_map(
        |(first, mut payload, form, key)| {
            let control = first & 8 != 0;
            payload.truncate(if control { 125 } else { 300 });
            frame(first, &payload, if control { 0 } else { form }, key)
        },
    )
}

proptest! {
    #[test]
    fn segmentation_changes_nothing(
        frames in prop::collection::vec(any_frame(), 0..6),
        garbage in prop::collection::vec(any::<u8>(), 0..40),
        step in 1usize..400,
    ) {
        let input = [frames.concat(), garbage].concat();
        let whole = run(&input, 1);
        let part = run(&input, step);
        prop_assert_eq!(&part.payload, &whole.payload);
        prop_assert_eq!(part.end, whole.end);
        prop_assert_eq!(part.replies.last(), whole.replies.last());
        prop_assert!(part.payload.len() <= input.len());
    }
}
