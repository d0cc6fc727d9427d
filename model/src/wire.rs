//! The few packets of the scenarios, all of them short. Read by other means than the library's own.

/// DISCONNECT of MQTT 3.1.1.
pub const DISCONNECT: [u8; 2] = [0xe0, 0];

/// The topic of every message, behind its length.
const TOPIC: [u8; 3] = [0, 1, b't'];

/// A packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet {
    /// CONNECT.
    Connect,
    /// PUBLISH whose payload is this byte, again and again, and its identifier if it is to be acknowledged.
    Message(u8, Option<u16>),
    /// PUBACK.
    Ack(u16),
    /// DISCONNECT.
    Disconnect,
}

/// Whether the first packet is complete.
pub fn is_greeted(received: &[u8]) -> bool {
    received.get(1).is_some_and(|len| received.len() >= usize::from(*len) + 2)
}

/// The complete packets, and what follows them. Panics if bytes stand where they make no sense.
pub fn packets(mut received: &[u8]) -> (Vec<Packet>, &[u8]) {
    let mut packets = Vec::new();
    while let [kind, len, rest @ ..] = received {
        assert!(*len < 128, "no packet is so long: {received:?}");
        let Some((body, rest)) = rest.split_at_checked(usize::from(*len)) else { break };
        packets.push(match (kind, body) {
            (0x10, [0, 4, b'M', b'Q', b'T', b'T', ..]) => Packet::Connect,
            (0x30, body) => Packet::Message(message(body, 0), None),
            (0x32, body @ [_, _, _, high, low, ..]) => {
                Packet::Message(message(body, 2), Some(u16::from_be_bytes([*high, *low])))
            }
            (0x40, [high, low]) => Packet::Ack(u16::from_be_bytes([*high, *low])),
            (0xe0, []) => Packet::Disconnect,
            _ => panic!("torn or mixed bytes: {received:?}"),
        });
        received = rest;
    }
    (packets, received)
}

/// The messages among them.
pub fn messages(received: &[u8]) -> Vec<u8> {
    let message = |packet| if let Packet::Message(name, _) = packet { Some(name) } else { None };
    packets(received).0.into_iter().filter_map(message).collect()
}

/// The identifiers of the acknowledgements.
pub fn acks(received: &[u8]) -> Vec<u16> {
    let ack = |packet| if let Packet::Ack(mid) = packet { Some(mid) } else { None };
    packets(received).0.into_iter().filter_map(ack).collect()
}

/// PUBACK.
pub fn ack(mid: u16) -> [u8; 4] {
    let [high, low] = mid.to_be_bytes();
    [0x40, 2, high, low]
}

/// A QoS 1 PUBLISH.
pub fn publish(mid: u16) -> [u8; 8] {
    let [high, low] = mid.to_be_bytes();
    [0x32, 6, 0, 1, b't', high, low, b'x']
}

/// The byte of which the payload is made, behind so many bytes after the topic.
fn message(body: &[u8], gap: usize) -> u8 {
    let payload = body.strip_prefix(&TOPIC).and_then(|rest| rest.get(gap..));
    let name = payload.and_then(|payload| payload.first().copied()).unwrap_or(0);
    let whole = payload.is_some_and(|payload| payload.iter().all(|byte| *byte == name));
    assert!(whole && name != 0, "torn or mixed bytes in a message: {body:?}");
    name
}
