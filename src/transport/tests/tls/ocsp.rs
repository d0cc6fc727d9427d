//! Stapled proofs that a certificate has not been revoked.

use std::fs;

use super::*;
use crate::transport::tls::config::UserContext;

const GOOD: &str = "V\t400101000000Z\t";
const REVOKED: &str = "R\t400101000000Z\t240101000000Z,keyCompromise";

/// The response that the server staples, whether it is taken, and what the log says.
fn rows() -> Vec<(Option<std::path::PathBuf>, bool, &'static str)> {
    let authority = authority();
    let other = authority.issue("ocsp-other", Kind { name: "localhost", ..Kind::default() });
    let garbage = authority.directory().join("garbage.der");
    fs::write(&garbage, b"\x30\x03\x0a\x01").unwrap();
    let unauthorized = authority.directory().join("unauthorized.der");
    fs::write(&unauthorized, b"\x30\x03\x0a\x01\x06").unwrap();
    let strange = authority.directory().join("strange.der");
    let stranger = Authority::new("stranger");
    fs::copy(stranger.ocsp_response("strange", localhost(), GOOD), &strange).unwrap();
    let response = |file: &str, status| authority.ocsp_response(file, localhost(), status);
    vec![
        (Some(response("good", GOOD)), true, "OCSP: SSL certificate status: good (0)"),
        (
            Some(response("revoked", REVOKED)),
            false,
            "OCSP: SSL certificate revocation reason: keyCompromise (1)",
        ),
        (Some(response("unknown", "")), false, "OCSP: SSL certificate status: unknown (2)"),
        // [D8]
        (
            Some(authority.ocsp_response("another", &other, GOOD)),
            false,
            "OCSP: the response is not for the certificate of the server",
        ),
        (Some(strange), false, "OCSP: response verification failed"),
        (Some(garbage), false, "OCSP: invalid response"),
        (Some(unauthorized), false, "OCSP: invalid status: unauthorized (6)"),
        (None, false, "OCSP: no response"),
    ]
}

fn user_context() -> UserContext {
    use openssl_sys as ffi;
    // SAFETY: a fresh context, whose reference is given up once the library has its own.
    unsafe {
        let context = ffi::SSL_CTX_new(ffi::TLS_client_method());
        let file = std::ffi::CString::new(certificates::path(&authority().certificate)).unwrap();
        ffi::SSL_CTX_load_verify_locations(context, file.as_ptr(), std::ptr::null());
        ffi::SSL_CTX_set_verify(context, ffi::SSL_VERIFY_PEER, None);
        let user = UserContext::new(context.cast()).unwrap();
        ffi::SSL_CTX_free(context);
        user
    }
}

#[test]
fn only_a_good_response_for_this_very_certificate() {
    let own = TlsConfig { ocsp_required: true, ..trusting() };
    let users = TlsConfig {
        user_context: Some(Arc::new(user_context())),
        defaults: false,
        ocsp_required: true,
        ..TlsConfig::default()
    };
    for (staple, good, text) in rows() {
        for config in [own.clone(), users.clone()] {
            let server = echo(Setup { ocsp: staple.clone(), ..setup() });
            let context = context(config);
            // Twice: what is asked for once must be asked for always.
            for _ in 0..2 {
                let (result, lines) = connect(&context, "localhost", server.port());
                let expected = if good { Ok(()) } else { Err(Error::Tls) };
                assert_eq!(result.map(|_| ()), expected, "{staple:?}: {lines:?}");
                assert!(says(&lines, text), "{staple:?}: {lines:?}");
                assert!(says(&lines, "ocsp_resp returned"), "{lines:?}");
            }
            // Who does not ask does not care.
            let careless = super::context(trusting());
            assert!(connect(&careless, "localhost", server.port()).0.is_ok(), "{staple:?}");
        }
    }
}

/// A key beside the certificates does not count, and takes nothing from what was asked for.
#[test]
fn a_key_does_not_make_the_proof_unnecessary() {
    use crate::transport::tls::config::{Psk, Secret};
    let psk = Some(Psk { key: Secret::new(b"key"), identity: b"identity".to_vec() });
    let server = echo(setup());
    let asking = context(TlsConfig { ocsp_required: true, psk, ..trusting() });
    assert_eq!(connect(&asking, "localhost", server.port()).0.map(|_| ()), Err(Error::Tls));
}

/// [D8] Two connections on one context of the program, one that asks for the proof and one that does not.
#[test]
fn a_shared_context_does_not_mix_up_its_connections() {
    let user = Arc::new(user_context());
    let asking = TlsConfig {
        user_context: Some(user.clone()),
        defaults: false,
        ocsp_required: true,
        ..TlsConfig::default()
    };
    let careless = TlsConfig { ocsp_required: false, ..asking.clone() };
    let server = echo(setup()); // staples nothing
    let (asking, careless) = (context(asking), context(careless));
    for _ in 0..2 {
        assert_eq!(connect(&asking, "localhost", server.port()).0.map(|_| ()), Err(Error::Tls));
        assert!(connect(&careless, "localhost", server.port()).0.is_ok());
    }
}
