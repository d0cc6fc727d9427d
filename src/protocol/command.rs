//! Packet types as the C interface numbers them (`CMD_*`): the first byte of the packet with flags 0, and a pseudo type
//! for the will.

/// CONNECT.
pub const CONNECT: i32 = 0x10;
/// CONNACK.
pub const CONNACK: i32 = 0x20;
/// PUBLISH.
pub const PUBLISH: i32 = 0x30;
/// PUBACK.
pub const PUBACK: i32 = 0x40;
/// PUBREC.
pub const PUBREC: i32 = 0x50;
/// PUBREL.
pub const PUBREL: i32 = 0x60;
/// PUBCOMP.
pub const PUBCOMP: i32 = 0x70;
/// SUBSCRIBE.
pub const SUBSCRIBE: i32 = 0x80;
/// SUBACK.
pub const SUBACK: i32 = 0x90;
/// UNSUBSCRIBE.
pub const UNSUBSCRIBE: i32 = 0xa0;
/// UNSUBACK.
pub const UNSUBACK: i32 = 0xb0;
/// DISCONNECT.
pub const DISCONNECT: i32 = 0xe0;
/// AUTH.
pub const AUTH: i32 = 0xf0;
/// The will inside CONNECT, which has properties of its own.
pub const WILL: i32 = 0x100;

/// Name in lower case, number. PINGREQ and PINGRESP have no name here, as with the reference.
const NAMES: [(&[u8], i32); 14] = [
    (b"connect", CONNECT),
    (b"connack", CONNACK),
    (b"publish", PUBLISH),
    (b"puback", PUBACK),
    (b"pubrec", PUBREC),
    (b"pubrel", PUBREL),
    (b"pubcomp", PUBCOMP),
    (b"subscribe", SUBSCRIBE),
    (b"suback", SUBACK),
    (b"unsubscribe", UNSUBSCRIBE),
    (b"unsuback", UNSUBACK),
    (b"disconnect", DISCONNECT),
    (b"auth", AUTH),
    (b"will", WILL),
];

/// The number of the packet type called `name`, whatever the case of its ASCII letters.
pub fn from_name(name: &[u8]) -> Option<i32> {
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, command)| command)
}
