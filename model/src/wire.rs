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
    /// A QoS 0 PUBLISH whose payload is this byte, again and again.
    Message(u8),
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
            (0x30, body) => Packet::Message(message(body)),
            (0xe0, []) => Packet::Disconnect,
            _ => panic!("torn or mixed bytes: {received:?}"),
        });
        received = rest;
    }
    (packets, received)
}

/// The messages among them.
pub fn messages(received: &[u8]) -> Vec<u8> {
    let message = |packet| if let Packet::Message(name) = packet { Some(name) } else { None };
    packets(received).0.into_iter().filter_map(message).collect()
}

fn message(body: &[u8]) -> u8 {
    let payload = body.strip_prefix(&TOPIC);
    let name = payload.and_then(|payload| payload.first().copied()).unwrap_or(0);
    let whole = payload.is_some_and(|payload| payload.iter().all(|byte| *byte == name));
    assert!(whole && name != 0, "torn or mixed bytes in a message: {body:?}");
    name
}
