//! Frames of the client, read back by a reader of its own.

use std::io::IoSlice;

use proptest::prelude::*;

use crate::error::{Error, Result};
use crate::transport::ws::encode::{Encoder, PORTION};
use crate::transport::ws::frame::{CLOSE, Control, PONG};
use crate::transport::ws::mask::{self, Key};

/// Messages of these tests begin with their length in four bytes.
fn message_len(start: &[u8]) -> Option<usize> {
    Some(u32::from_be_bytes(*start.first_chunk()?) as usize)
}

fn message(len: usize) -> Vec<u8> {
    let mut message: Vec<u8> = (0..len).map(|i| (i % 251) as u8).collect();
    message[..4].copy_from_slice(&(len as u32).to_be_bytes());
    message
}

fn control(opcode: u8, payload: &[u8]) -> Control {
    let mut frame = Control::new(opcode);
    frame.extend(payload);
    frame
}

/// Different keys, none of which leaves anything unmasked.
fn keys() -> impl FnMut() -> Result<Key> {
    let mut next = 0x0102_0304u32;
    move || {
        next = next.wrapping_mul(0x0101_0101).wrapping_add(0x1357_9bdf) | 0x0101_0101;
        Ok(next.to_be_bytes())
    }
}

/// A socket that takes `step` bytes at a time: everything that was sent of `plain`, offered in slices of `slice` bytes.
fn send(encoder: &mut Encoder, plain: &[u8], slice: usize, step: usize) -> Vec<u8> {
    let (mut wire, mut taken) = (Vec::new(), 0);
    let mut keys = keys();
    loop {
        let slices: Vec<_> = plain[taken..].chunks(slice).map(IoSlice::new).collect();
        let output = encoder.output(&slices, &mut keys).unwrap();
        if output.is_empty() {
            assert_eq!(taken, plain.len());
            return wire;
        }
        let part = output[..output.len().min(step)].to_vec();
        wire.extend_from_slice(&part);
        taken += encoder.sent(part.len());
    }
}

/// Splits what was sent into first bytes and payloads; each frame has to be masked and of the shortest form.
fn frames(mut wire: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = wire {
        assert_eq!(second & 0x80, 0x80, "masked");
        let (len, rest) = match second & 0x7f {
            126 => (u64::from(u16::from_be_bytes(*rest.first_chunk().unwrap())), &rest[2..]),
            127 => (u64::from_be_bytes(*rest.first_chunk().unwrap()), &rest[8..]),
            len => (u64::from(len), rest),
        };
        let shortest = match second & 0x7f {
            126 => (126..65536).contains(&len),
            127 => len >= 65536,
            _ => true,
        };
        assert!(shortest, "{len} in the form {second:x}");
        let (key, rest) = rest.split_first_chunk().unwrap();
        let (payload, rest) = rest.split_at(len as usize);
        let mut payload = payload.to_vec();
        mask::apply(*key, 0, &mut payload);
        frames.push((*first, payload));
        wire = rest;
    }
    assert!(wire.is_empty());
    frames
}

#[test]
fn exact_bytes() {
    let mut encoder = Encoder::new(message_len);
    let plain = message(5);
    let slices = [IoSlice::new(&plain)];
    let output = encoder.output(&slices, || Ok([0x10, 0x20, 0x30, 0x40])).unwrap();
    assert_eq!(output, b"\x82\x85\x10\x20\x30\x40\x10\x20\x30\x45\x14");
    assert_eq!(encoder.sent(10), 0, "nothing is taken before all is sent");
    let output = encoder.output(&slices, || Err(Error::Unknown)).unwrap();
    assert_eq!(output, b"\x14");
    assert_eq!(encoder.sent(1), 5);
    assert_eq!(encoder.output(&[], || Err(Error::Unknown)).unwrap(), b"");
}

#[test]
fn one_frame_for_each_message_whatever_the_socket_takes() {
    let lens = [4, 5, 125, 126, 127, 65535, 65536, 65537, 4, 200_000, 7];
    let plain: Vec<u8> = lens.iter().flat_map(|len| message(*len)).collect();
    for (slice, step) in
        [(usize::MAX, usize::MAX), (7, 40_000), (300, 70_000), (1000, 5000), (65536, 65536)]
    {
        let mut encoder = Encoder::new(message_len);
        let wire = send(&mut encoder, &plain, slice, step);
        let expected: Vec<_> = lens.iter().map(|len| (0x82, message(*len))).collect();
        assert!(frames(&wire) == expected, "slices of {slice}, {step} at a time");
    }
}

#[test]
fn every_frame_has_a_key_of_its_own() {
    let plain = message(4).repeat(100);
    let mut encoder = Encoder::new(message_len);
    let wire = send(&mut encoder, &plain, plain.len(), usize::MAX);
    let mut seen: Vec<_> = wire.chunks(10).map(|frame| frame[2..6].to_vec()).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 100);
    let mut failing = Encoder::new(message_len);
    let slices = [IoSlice::new(&plain)];
    assert_eq!(failing.output(&slices, || Err(Error::Errno(5))).unwrap_err(), Error::Errno(5));
}

#[test]
fn memory_is_bounded_and_given_back() {
    let plain = message(10_000_000);
    let mut encoder = Encoder::new(message_len);
    let slices = [IoSlice::new(&plain)];
    let output = encoder.output(&slices, keys()).unwrap();
    assert!(output.len() <= PORTION + 14);
    let wire = send(&mut Encoder::new(message_len), &plain, usize::MAX, 10_000);
    assert!(frames(&wire) == [(0x82, plain)]);
    // Ten-byte frames for four bytes each.
    let plain = message(4).repeat(100_000);
    let slices = [IoSlice::new(&plain)];
    let output = Encoder::new(message_len).output(&slices, keys()).unwrap().len();
    assert!(output <= 3 * PORTION, "{output}");
}

#[test]
fn d12_control_frames_wait_for_the_end_of_a_frame_and_change_no_other() {
    let plain = message(100_000);
    let slices = [IoSlice::new(&plain)];
    let mut encoder = Encoder::new(message_len);
    let mut keys = keys();
    let first = encoder.output(&slices, &mut keys).unwrap().to_vec();
    assert_eq!(encoder.sent(first.len()), PORTION);
    encoder.control(control(PONG, b"old"));
    encoder.control(control(PONG, b"new"));
    assert!(encoder.has_control());
    let rest = send(&mut encoder, &plain[PORTION..], usize::MAX, 1000);
    let expected = [(0x82, plain.clone()), (0x8a, b"new".to_vec())];
    assert!(frames(&[first, rest].concat()) == expected);
    assert!(!encoder.has_control());

    encoder.control(control(PONG, b"alone"));
    assert!(encoder.has_control());
    let output = encoder.output(&[], &mut keys).unwrap().to_vec();
    assert_eq!(encoder.sent(3), 0);
    assert!(encoder.has_control(), "half of it");
    assert_eq!(encoder.sent(output.len() - 3), 0);
    assert!(!encoder.has_control());
    assert_eq!(frames(&output), [(0x8a, b"alone".to_vec())]);
}

#[test]
fn nothing_follows_a_close() {
    let mut encoder = Encoder::new(message_len);
    encoder.control(control(CLOSE, b"\x03\xe8"));
    encoder.control(control(PONG, b"too late"));
    let plain = message(10);
    let slices = [IoSlice::new(&plain)];
    let output = encoder.output(&slices, keys()).unwrap().to_vec();
    assert_eq!(frames(&output), [(0x88, b"\x03\xe8".to_vec())]);
    assert_eq!(encoder.sent(output.len()), 0);
    assert_eq!(encoder.output(&slices, keys()).unwrap_err(), Error::ConnLost);
    assert_eq!(encoder.output(&[], keys()).unwrap(), b"");
}

#[test]
fn what_is_not_known_to_be_a_message_is_a_frame_as_it_comes() {
    for unknown in [&b"\0\0\0\0abc"[..], b"abc"] {
        let mut encoder = Encoder::new(message_len);
        let wire = send(&mut encoder, unknown, usize::MAX, usize::MAX);
        assert_eq!(frames(&wire), [(0x82, unknown.to_vec())]);
    }
}

proptest! {
    #[test]
    fn order_is_kept(
        lens in prop::collection::vec(prop_oneof![4usize..200, 65_000usize..140_000], 1..6),
        slice in 1usize..70_000,
        step in 100usize..70_000,
    ) {
        let plain: Vec<u8> = lens.iter().flat_map(|len| message(*len)).collect();
        let wire = send(&mut Encoder::new(message_len), &plain, slice, step);
        let expected: Vec<_> = lens.iter().map(|len| (0x82, message(*len))).collect();
        prop_assert!(frames(&wire) == expected);
    }
}
