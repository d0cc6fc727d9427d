//! The proof of the handshake.

use crate::transport::ws::accept::{accept, base64, key, sha1};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn sha1_of_the_standards_examples() {
    let million = vec![b'a'; 1_000_000];
    let rows: [(&[u8], &str); 5] = [
        (b"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        (b"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
        ),
        (&million, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        (&million[..64], "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
    ];
    for (input, expected) in rows {
        assert_eq!(hex(&sha1(&[input])), expected, "{} bytes", input.len());
        let (front, back) = input.split_at(input.len() / 2);
        assert_eq!(hex(&sha1(&[front, back])), expected);
    }
}

#[test]
fn base64_of_the_standards_examples() {
    assert_eq!(&base64::<0>(b""), b"");
    assert_eq!(&base64::<4>(b"f"), b"Zg==");
    assert_eq!(&base64::<4>(b"fo"), b"Zm8=");
    assert_eq!(&base64::<8>(b"foobar"), b"Zm9vYmFy");
    assert_eq!(&base64::<4>(&[0xfb, 0xff, 0xbf]), b"+/+/");
}

#[test]
fn the_example_of_rfc_6455() {
    let key = key(b"the sample nonce");
    assert_eq!(&key, b"dGhlIHNhbXBsZSBub25jZQ==");
    assert_eq!(&accept(&key), b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}
