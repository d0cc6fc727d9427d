//! Keys instead of certificates.

use openssl_sys::TLS1_2_VERSION;

use super::*;
use crate::transport::tls::config::{Psk, Secret, Version};

const KEY: &[u8] = &[0xaa, 0xbb, 0x01];

fn server() -> TlsServer {
    echo(Setup { psk: Some(("identity", KEY)), ..Setup::default() })
}

fn with(key: &[u8], identity: &str) -> TlsConfig {
    let psk = Psk { key: Secret::new(key), identity: identity.into() };
    TlsConfig { psk: Some(psk), ..TlsConfig::default() }
}

#[test]
fn the_right_key_and_name() {
    let server = server();
    let rows: [(&[u8], &str, Option<&str>); 5] = [
        (KEY, "identity", None),
        (b"\xaa\xbb\x02", "identity", Some("alert")),
        (KEY, "Identity", Some("unknown psk identity")),
        (b"", "identity", Some("psk identity not found")),
        (&[1; 513], "identity", Some("psk identity not found")),
    ];
    for (key, identity, refused) in rows {
        let (result, lines) = connect(&context(with(key, identity)), "localhost", server.port());
        match refused {
            None => assert!(result.is_ok(), "{lines:?}"),
            Some(reason) => {
                assert_eq!(result.map(|_| ()), Err(Error::Tls), "{key:?} {identity}: {lines:?}");
                assert!(says(&lines, reason), "{key:?} {identity}: {lines:?}");
            }
        }
    }
}

#[test]
fn keys_on_a_context_of_the_program() {
    use crate::transport::tls::config::UserContext;
    use openssl_sys as ffi;
    // SAFETY: a fresh context, whose reference is given up once the library has its own.
    let user = unsafe {
        let raw = ffi::SSL_CTX_new(ffi::TLS_client_method());
        let user = UserContext::new(raw.cast());
        ffi::SSL_CTX_free(raw);
        user.map(Arc::new)
    };
    let config = TlsConfig { user_context: user, ..with(KEY, "identity") };
    let server = server();
    let (result, lines) = connect(&context(config), "localhost", server.port());
    assert!(result.is_ok(), "{lines:?}");
}

#[test]
fn no_tls_13_with_keys() {
    let config = TlsConfig { version: Version::Tls13, ..with(KEY, "identity") };
    let (result, lines) = connect(&context(config), "localhost", server().port());
    assert_eq!(result.map(|_| ()), Err(Error::Tls));
    assert!(says(&lines, "no protocols available"), "{lines:?}");
}

/// With certificates too it is these that count, but TLS 1.3 stays off.
#[test]
fn certificates_win() {
    let server = echo(Setup { version: Some(TLS1_2_VERSION), ..setup() });
    let config = TlsConfig { psk: with(KEY, "identity").psk, ..trusting() };
    let (result, lines) = connect(&context(config.clone()), "localhost", server.port());
    assert!(result.is_ok(), "{lines:?}");
    let (result, _) = connect(&context(config), "other.test", server.port());
    assert_eq!(result.map(|_| ()), Err(Error::Tls), "and are verified");
}
