//! The proof that the server has understood the upgrade: base64(SHA-1(key + GUID)), RFC 6455 section 4.2.2.
//!
//! SHA-1 stands here because it guards nothing: its input is sent in clear beside its output, and any checksum would do
//! (RFC 6455 section 10.8). Thirty lines cost less than making the exchange depend on a TLS library and its policies,
//! which may refuse SHA-1 altogether.

const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Sixteen bytes in base64.
pub const KEY_LEN: usize = 24;
/// A SHA-1 in base64.
pub const ACCEPT_LEN: usize = 28;

/// `Sec-WebSocket-Key` of a random number.
pub fn key(nonce: &[u8; 16]) -> [u8; KEY_LEN] {
    base64(nonce)
}

/// The `Sec-WebSocket-Accept` that belongs to such a key.
pub fn accept(key: &[u8; KEY_LEN]) -> [u8; ACCEPT_LEN] {
    base64(&sha1(&[key, GUID]))
}

/// RFC 4648 section 4; `N` is `4 * ceil(length / 3)`.
pub(super) fn base64<const N: usize>(bytes: &[u8]) -> [u8; N] {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = [b'='; N];
    for (three, four) in bytes.chunks(3).zip(out.chunks_mut(4)) {
        let at = |i: usize| three.get(i).copied().map_or(0, u32::from);
        let word = at(0) << 16 | at(1) << 8 | at(2);
        for (i, digit) in four.iter_mut().enumerate().take(three.len() + 1) {
            let value = word >> (18 - 6 * i) & 63;
            *digit = ALPHABET.get(value as usize).copied().unwrap_or(b'=');
        }
    }
    out
}

/// FIPS 180-4 section 6.1.
pub(super) fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    let mut message = parts.concat();
    let bits = (message.len() as u64) * 8;
    message.push(0x80);
    while message.len() % 64 != 56 {
        message.push(0);
    }
    message.extend_from_slice(&bits.to_be_bytes());

    let mut state = [0x6745_2301u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in message.chunks_exact(64) {
        let mut schedule = [0u32; 16];
        for (word, four) in schedule.iter_mut().zip(block.chunks_exact(4)) {
            *word = four.iter().fold(0, |word, &byte| word << 8 | u32::from(byte));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for round in 0..80 {
            let (f, k) = match round {
                0..20 => (b & c | !b & d, 0x5a82_7999),
                20..40 => (b ^ c ^ d, 0x6ed9_eba1),
                40..60 => (b & c | b & d | c & d, 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6u32),
            };
            let [word, _, w2, _, _, _, _, _, w8, _, _, _, _, w13, _, _] = schedule;
            let next = (word ^ w2 ^ w8 ^ w13).rotate_left(1);
            let sum =
                a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, sum);
            schedule.rotate_left(1);
            schedule[15] = next;
        }
        for (word, add) in state.iter_mut().zip([a, b, c, d, e]) {
            *word = word.wrapping_add(add);
        }
    }
    let mut digest = [0; 20];
    for (four, word) in digest.chunks_exact_mut(4).zip(state) {
        four.copy_from_slice(&word.to_be_bytes());
    }
    digest
}
