//! From settings to a context: all or nothing, and no more often than needed.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::transport::log::Failure;
use crate::transport::tls::config::{KeyForm, Password, Secret};

/// A password, and how often somebody asked for it.
struct Keeper(&'static str, AtomicUsize);

impl Password for Keeper {
    fn ask(&self, buffer: &mut [u8]) -> i32 {
        self.1.fetch_add(1, Ordering::SeqCst);
        buffer[..self.0.len()].copy_from_slice(self.0.as_bytes());
        self.0.len() as i32
    }
}

fn failure(config: TlsConfig) -> Failure {
    match Context::get(&Arc::new(config), None) {
        Err(failure) => failure,
        Ok(_) => panic!("a context was made"),
    }
}

/// Settings with a client certificate.
fn with_own(issued: &Issued) -> TlsConfig {
    TlsConfig {
        certificate: Some(issued.certificate().into()),
        key: Some(issued.key().into()),
        ..trusting()
    }
}

#[test]
fn what_openssl_does_not_take_is_said_and_leaves_nothing() {
    let garbage = authority().directory().join("garbage.pem");
    fs::write(&garbage, "this is no certificate\n").unwrap();
    let garbage: Vec<u8> = certificates::path(&garbage).into();
    let own = authority().issue("context", Kind { name: "own", ..Kind::default() });
    let other = authority().issue("context-other", Kind { name: "other", ..Kind::default() });
    let name = String::from_utf8(garbage.clone()).unwrap();
    let own_key = own.key().to_owned();
    let rows = [
        (
            TlsConfig { ca_file: Some(garbage.clone()), ..trusting() },
            format!("Error: Unable to load CA certificates, check cafile \"{name}\"."),
            "OpenSSL Error while trying to load the ca[0]: error:",
        ),
        (
            TlsConfig { ciphers: Some(b"no such cipher".into()), ..trusting() },
            "Error: Unable to set TLS ciphers. Check cipher list \"no such cipher\".".into(),
            "OpenSSL Error while trying to set the cipher list[0]: error:0A0000B9:SSL routines::no cipher match",
        ),
        (
            TlsConfig { cipher_suites: Some(b"NONE".into()), ..trusting() },
            "Error: Unable to set TLS 1.3 ciphersuites. Check cipher_tls13 list \"NONE\".".into(),
            "",
        ),
        (
            TlsConfig { certificate: Some(garbage.clone()), ..with_own(&own) },
            format!("Error: Unable to load client certificate \"{name}\"."),
            "OpenSSL Error while trying to use the certificate chain file[0]: error:",
        ),
        (
            TlsConfig { key: Some(garbage.clone()), ..with_own(&own) },
            format!("Error: Unable to load client key file \"{name}\"."),
            "OpenSSL Error while trying to use the private key file[0]: error:",
        ),
        (
            TlsConfig { key: Some(own.key().into()), ..with_own(&other) },
            format!("Error: Unable to load client key file \"{own_key}\"."),
            "key values mismatch",
        ),
        (
            TlsConfig { key_form: KeyForm::Engine, ..with_own(&own) },
            format!("Error: Unable to load engine private key file \"{own_key}\"."),
            "",
        ),
        (
            TlsConfig { engine: Some(b"none".into()), ..trusting() },
            "Error loading none engine\n".into(),
            "",
        ),
        (
            TlsConfig { engine: Some(b"dynamic".into()), ..trusting() },
            "Failed engine initialisation\n".into(),
            "",
        ),
    ];
    for (config, line, more) in rows {
        let failure = failure(config);
        assert_eq!(failure.error, Error::Tls, "{line}");
        assert_eq!(failure.lines.first().map(|line| line.text.as_str()), Some(line.as_str()));
        assert!(says(&failure.lines, more), "{:?}", failure.lines);
    }
}

#[test]
fn encrypted_keys() {
    let kind = Kind { name: "own", password: Some("secret"), ..Kind::default() };
    let own = authority().issue("encrypted", kind);
    let server = echo(Setup { client_authority: Some(authority().certificate.clone()), ..setup() });
    let right = Arc::new(Keeper("secret", AtomicUsize::new(0)));
    let config = Arc::new(TlsConfig { password: Some(right.clone()), ..with_own(&own) });
    let made = Context::get(&config, None).expect("the password is right");
    for _ in 0..3 {
        let again = Context::get(&config, Some(made.clone())).expect("nothing has changed");
        assert!(Arc::ptr_eq(&again, &made));
        let stream = connect(&again, "localhost", server.port()).0.expect("a connection");
        stream.write(&[std::io::IoSlice::new(b"hello")]).expect("write");
        assert_eq!(read_exactly(&stream, 5), b"hello");
    }
    assert_eq!(right.1.load(Ordering::SeqCst), 1, "the key is read once");

    for wrong in ["wrong", ""] {
        let keeper = Arc::new(Keeper(wrong, AtomicUsize::new(0)));
        let failure = failure(TlsConfig { password: Some(keeper), ..with_own(&own) });
        assert!(says(&failure.lines, "Unable to load client key file"), "{failure:?}");
    }
}

#[test]
fn a_context_is_kept_until_settings_or_files_change() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ca.crt");
    fs::copy(&authority().certificate, &file).unwrap();
    let name: Vec<u8> = certificates::path(&file).into();
    let config = Arc::new(TlsConfig { ca_file: Some(name), ..TlsConfig::default() });
    let first = Context::get(&config, None).unwrap();
    let same = Context::get(&config, Some(first.clone())).unwrap();
    assert!(Arc::ptr_eq(&first, &same));

    let equal = Arc::new((*config).clone());
    let other = Context::get(&equal, Some(first.clone())).unwrap();
    assert!(!Arc::ptr_eq(&first, &other), "other settings");

    // [D7] What was trusted before is not trusted any more.
    let stranger = Authority::new("stranger");
    fs::copy(&stranger.certificate, directory.path().join("new.crt")).unwrap();
    fs::rename(directory.path().join("new.crt"), &file).unwrap();
    let other = Context::get(&config, Some(first.clone())).unwrap();
    assert!(!Arc::ptr_eq(&first, &other), "another file");
    let server = echo(setup());
    assert!(connect(&first, "localhost", server.port()).0.is_ok());
    let (result, _) = connect(&other, "localhost", server.port());
    assert_eq!(result.map(|_| ()), Err(Error::Tls));

    fs::remove_file(&file).unwrap();
    assert!(Context::get(&config, Some(other)).is_err(), "the file is gone");
}

#[test]
fn settings_that_do_not_go_together() {
    use crate::transport::tls::config::UserContext;
    use openssl_sys as ffi;
    // SAFETY: a fresh context; its reference is given up below.
    let raw = unsafe { ffi::SSL_CTX_new(ffi::TLS_client_method()) };
    // SAFETY: alive.
    let user = Arc::new(unsafe { UserContext::new(raw.cast()) }.unwrap());
    let alone = TlsConfig { user_context: Some(user.clone()), ..TlsConfig::default() };
    let failure = failure(alone.clone());
    assert_eq!(failure.error, Error::Inval);
    assert!(says(&failure.lines, "MOSQ_OPT_SSL_CTX_WITH_DEFAULTS"), "{failure:?}");

    let server = echo(setup());
    let as_it_is = TlsConfig { defaults: false, ..alone.clone() };
    assert!(connect(&context(as_it_is), "anybody", server.port()).0.is_ok(), "it verifies nothing");
    let with_defaults = TlsConfig { user_context: Some(user), ..trusting() };
    assert!(connect(&context(with_defaults.clone()), "localhost", server.port()).0.is_ok());
    let (result, _) = connect(&context(with_defaults), "other.test", server.port());
    assert_eq!(result.map(|_| ()), Err(Error::Tls));
    // The authorities of the system are something to trust.
    context(TlsConfig { os_certificates: true, ..alone.clone() });

    // SAFETY: the reference of `SSL_CTX_new`.
    unsafe { ffi::SSL_CTX_free(raw) };
}

#[test]
fn nothing_secret_is_shown() {
    let config = TlsConfig { engine_password: Some(Secret::new(b"pin")), ..trusting() };
    assert!(!format!("{config:?}").contains("pin"));
}
