//! Whatever a server sends as WebSocket frames: payload, end and answers do not depend on how it is cut, the payload is
//! what a slow reading of RFC 6455 says, and what is answered are well-formed masked frames.

#![no_main]

use std::io::IoSlice;

use libfuzzer_sys::fuzz_target;
use libmosquitto_rs_fuzz::{Cut, Input};
use mosquitto::transport::ws::decode::{Decoder, End};
use mosquitto::transport::ws::encode::Encoder;

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let seed = input.number();
    let [whole, others @ ..] = Cut::all(seed).map(|cut| run(input.0, cut));
    for other in others {
        assert_eq!(other, whole);
    }
    let (payload, end) = plain(input.0);
    assert_eq!(whole.payload, payload);
    assert_eq!(whole.end.is_some(), end);
});

#[derive(Debug, PartialEq)]
struct Outcome {
    payload: Vec<u8>,
    end: Option<End>,
    /// The last answer: of several pings that come together only the last needs one.
    reply: Vec<u8>,
}

fn run(mut bytes: &[u8], mut cut: Cut) -> Outcome {
    let (mut decoder, mut encoder) = (Decoder::default(), Encoder::new(|_| None));
    let (mut payload, mut reply) = (Vec::new(), Vec::new());
    while !bytes.is_empty() {
        let mut buffer = cut.next(&mut bytes).to_vec();
        let count = decoder.decode(&mut buffer);
        payload.extend_from_slice(&buffer[..count]);
        if let Some(control) = decoder.take_reply() {
            assert_ne!(reply.first(), Some(&0x88), "nothing follows a close");
            encoder.control(control);
            reply = drain(&mut encoder);
        }
    }
    Outcome { payload, end: decoder.end(), reply }
}

/// The control frame that waits, as it goes to the server.
fn drain(encoder: &mut Encoder) -> Vec<u8> {
    let none: [IoSlice<'_>; 0] = [];
    let frame = encoder.output(&none, || Ok([1, 2, 3, 4])).expect("a frame").to_vec();
    assert_eq!(encoder.sent(frame.len()), 0, "nothing of the caller's");
    assert!(!encoder.has_control());
    let [first, second, mask @ ..] = &frame[..] else { panic!("{frame:x?}") };
    assert!(matches!(first, 0x88 | 0x8a), "a close or a pong");
    assert!(second & 0x80 != 0 && mask.starts_with(&[1, 2, 3, 4]), "masked");
    assert_eq!(usize::from(second & 0x7f) + 6, frame.len());
    frame
}

/// The same by a reading that is slow and has all bytes before it: payload, and whether something has ended it.
fn plain(bytes: &[u8]) -> (Vec<u8>, bool) {
    let (mut payload, mut at) = (Vec::new(), 0);
    loop {
        let Some(&first) = bytes.get(at) else { return (payload, false) };
        let opcode = first & 0x0f;
        let control = opcode & 8 != 0;
        if !matches!(opcode, 0 | 2 | 8 | 9 | 10) || first & 0x70 != 0 || control && first < 0x80 {
            return (payload, true);
        }
        let Some(&second) = bytes.get(at + 1) else { return (payload, false) };
        let short = second & 0x7f;
        if control && short > 125 || opcode == 8 && short == 1 {
            return (payload, true);
        }
        let wide = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        at += 2;
        let Some(length) = bytes.get(at..at + wide) else { return (payload, false) };
        let length = match wide {
            0 => u64::from(short),
            _ => length.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)),
        };
        if length > i64::MAX as u64 {
            return (payload, true);
        }
        at += wide;
        let mut key = [0; 4];
        if second & 0x80 != 0 {
            let Some(found) = bytes.get(at..at + 4) else { return (payload, false) };
            key.copy_from_slice(found);
            at += 4;
        }
        let here =
            bytes.len().saturating_sub(at).min(usize::try_from(length).unwrap_or(usize::MAX));
        if !control {
            let data = bytes[at..at + here].iter().zip(key.iter().cycle());
            payload.extend(data.map(|(byte, key)| byte ^ key));
        }
        if (here as u64) < length {
            return (payload, false);
        }
        at += here;
        if opcode == 8 {
            return (payload, true);
        }
    }
}
