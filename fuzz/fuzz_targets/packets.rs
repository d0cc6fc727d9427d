//! A stream of MQTT packets: where they are found does not depend on how it is cut, and what the decoders answer lies
//! inside the packet, for every version. A PUBLISH that was read is written again as it was.

#![no_main]

use std::ops::Range;

use libfuzzer_sys::fuzz_target;
use libmosquitto_rs_fuzz::{Cut, Input, VERSIONS};
use mosquitto::error::{Error, Result};
use mosquitto::protocol::frame::{self, Frame, NO_LIMIT};
use mosquitto::protocol::packet::{Packet, ack, auth, connack, disconnect, kind, publish, suback};
use mosquitto::protocol::version::Version;

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let seed = input.number();
    let limit = match input.byte() {
        limit @ 2..=127 => u32::from(limit),
        _ => NO_LIMIT,
    };
    let [whole, others @ ..] = Cut::all(seed).map(|cut| split(input.0, limit, cut));
    for other in others {
        assert_eq!(other, whole);
    }
    for (header, packet) in &whole.0 {
        assert!(packet.len() <= limit as usize);
        for version in VERSIONS {
            decode(Packet::new(packet, *header), packet, version);
        }
    }
});

/// Packets with the lengths of their fixed headers.
type Packets = Vec<(usize, Vec<u8>)>;

/// The packets of a stream that comes in portions, and what has ended it.
fn split(mut stream: &[u8], limit: u32, mut cut: Cut) -> (Packets, Option<Error>) {
    let (mut buffer, mut packets) = (Vec::new(), Vec::new());
    while !stream.is_empty() {
        buffer.extend_from_slice(cut.next(&mut stream));
        loop {
            match frame::split(&buffer, limit) {
                Ok(Frame::Complete { header, len }) => {
                    assert!((2..=5).contains(&header) && header <= len && len <= buffer.len());
                    packets.push((header, buffer.drain(..len).collect()));
                }
                Ok(Frame::Partial { len }) => {
                    assert!(len > buffer.len(), "something is missing");
                    break;
                }
                Ok(Frame::Unknown) => {
                    assert!(buffer.len() < 5, "a length has four bytes at most");
                    break;
                }
                Err(error) => return (packets, Some(error)),
            }
        }
    }
    (packets, None)
}

fn decode(packet: Packet<'_>, bytes: &[u8], version: Version) {
    let inside =
        |range: &Range<usize>| assert!(range.start <= range.end && range.end <= bytes.len());
    match packet.kind() {
        kind::PUBLISH => check_publish(packet, version),
        kind::PUBACK | kind::PUBREC | kind::PUBREL | kind::PUBCOMP => {
            if let Ok(ack) = ack::decode(packet, version) {
                inside(&ack.properties);
                assert_ne!(ack.mid, 0);
            }
        }
        kind::CONNACK => {
            if let Ok(connack) = connack::decode(packet, version) {
                let _ = connack.properties.map(|range| inside(&range));
            }
        }
        kind::SUBACK | kind::UNSUBACK => {
            if let Ok(answer) = suback::decode(packet, version) {
                inside(&answer.codes);
                inside(&answer.properties);
            }
        }
        kind::DISCONNECT => {
            if let Ok(disconnect) = disconnect::decode(packet, version) {
                inside(&disconnect.properties);
            }
        }
        kind::AUTH => {
            if let Ok(auth) = auth::decode(packet, version) {
                inside(&auth.properties);
            }
        }
        _ => {}
    }
}

fn check_publish(packet: Packet<'_>, version: Version) {
    let Ok(received) = publish::decode(packet, version) else { return };
    assert!(received.topic.start >= 2 && received.payload.start <= received.payload.end);
    if received.qos > 2 {
        return;
    }
    let read = |packet: Packet<'_>, received: &publish::Received| {
        let parts = [&received.topic, &received.properties, &received.payload];
        let parts = parts.map(|part| packet.slice(part).to_vec());
        (parts, received.mid, received.qos, received.retain, received.bad_name)
    };
    let before = read(packet, &received);
    let ([topic, properties, payload], mid, qos, retain, _) = &before;
    let publish =
        publish::Publish { topic, payload, qos: *qos, retain: *retain, mid: *mid, properties };
    let mut out = Vec::new();
    publish.put(&mut out, version);
    assert_eq!(publish.len(version).ok(), Some(out.len()));
    let Ok(Frame::Complete { header, len }) = frame::split(&out, NO_LIMIT) else {
        panic!("what we write is no packet: {out:x?}");
    };
    assert_eq!(len, out.len());
    let again = Packet::new(&out, header);
    let received: Result<_> = publish::decode(again, version);
    assert_eq!(read(again, &received.expect("we read what we write")), before);
}
