//! What the calls answer, and what they leave behind.

use std::ffi::{CString, c_char, c_int, c_long, c_void};
use std::net::TcpListener;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use openssl_sys as ffi;

use super::support::client::Handle;
use super::support::client::tls::{ALPN, SSL_CTX, SSL_CTX_WITH_DEFAULTS, USE_OS_CERTS};
use super::*;

fn plain(id: &str) -> Client {
    Client::new(Library::Ours, Some(id), true, 4, Style::Conversation)
}

#[test]
fn d5_tls_that_could_not_be_set_is_not_replaced_by_plaintext() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = plain("refused");
    assert_eq!(client.tls_trust(Some("/nonexistent"), None), INVAL);
    assert_eq!(client.connect("127.0.0.1", port, 60, &[]), TLS);
    assert!(logged(&client, "TLS was asked for"), "{:?}", client.log());
    assert_eq!(client.tls_psk("0x12", "identity"), INVAL);
    assert_eq!(client.reconnect(), TLS);
    assert!(listener.accept().is_err(), "somebody connected");

    // A program that tries one set of files after the other is served.
    let server = broker();
    assert_eq!(client.tls_trust(Some(ca()), None), SUCCESS);
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
    run_until(&client, "connect(0");
    // What was set stays when a later call fails.
    assert_eq!(client.tls_trust(Some("/nonexistent"), None), INVAL);
    assert_eq!(client.reconnect(), SUCCESS);
    run_until(&client, "connect(0");
}

#[test]
fn d6_versions_in_any_case() {
    for version in ["tlsv1.2", "TLSv1.2", "TLSV1.3", "tlsv1.3"] {
        let server = broker();
        let client = client("version");
        assert_eq!(client.tls_options(1, Some(version), None), SUCCESS);
        assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
        run_until(&client, "connect(0");
    }
    let client = plain("version");
    for version in ["tlsv1.1", "tlsv1", "", "1.2"] {
        assert_eq!(client.tls_options(1, Some(version), None), INVAL, "{version}");
    }
}

/// A call that fails does not switch verification off.
#[test]
fn details_are_set_as_a_whole() {
    let stranger = Authority::new("stranger");
    let issued = stranger.issue("localhost", Kind { name: "localhost", ..Kind::default() });
    let server =
        TlsServer::start(Setup { certificate: Some(issued), ..Setup::default() }, |connection| {
            if connection.welcome().is_ok() {
                serve(connection);
            }
        });
    let client = client("details");
    assert_eq!(client.tls_options(0, Some("tlsv1"), None), INVAL);
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
    run_until(&client, &format!("disconnect({TLS}"));
    assert_eq!(client.tls_options(0, None, None), SUCCESS);
    assert_eq!(client.reconnect(), SUCCESS);
    run_until(&client, "connect(0");
}

#[test]
fn files_are_looked_at_and_taken_together() {
    let (authority, issued) = authority();
    let directory = path(authority.directory());
    let (certificate, key) = (Some(issued.certificate()), Some(issued.key()));
    let rows = [
        ([Some(ca()), None, None, None], SUCCESS),
        ([None, Some("/nonexistent"), None, None], SUCCESS), // looked at when needed
        ([Some(""), None, None, None], INVAL),
        ([Some(directory), None, None, None], INVAL),
        ([None, None, certificate, key], INVAL),
        ([Some(ca()), None, certificate, None], INVAL),
        ([Some(ca()), None, None, key], INVAL),
        ([Some(ca()), None, Some("/nonexistent"), key], INVAL),
        ([Some(ca()), None, certificate, Some(directory)], INVAL),
        ([Some(ca()), None, certificate, key], SUCCESS),
        ([Some(issued.key()), None, None, None], SUCCESS), // not read yet
    ];
    for (files, expected) in rows {
        assert_eq!(plain("files").tls_set(files, None), expected, "{files:?}");
    }
}

#[test]
fn string_options() {
    const KEYFORM: c_int = 6;
    const ENGINE: c_int = 7;
    const KPASS: c_int = 8;
    let digits = "0123456789abcdefABCD0123456789abcdef0123";
    let rows = [
        (KEYFORM, Some("pem"), SUCCESS),
        (KEYFORM, Some("ENGINE"), SUCCESS),
        (KEYFORM, Some("der"), INVAL),
        (KEYFORM, None, INVAL),
        (ENGINE, Some("dynamic"), SUCCESS),
        (ENGINE, Some("no such engine"), INVAL),
        (ENGINE, None, SUCCESS),
        (KPASS, Some(digits), SUCCESS),
        (KPASS, Some(&digits[1..]), INVAL),
        (KPASS, Some("0123456789abcdefABCD0123456789abcdef012x"), INVAL),
        (KPASS, None, SUCCESS),
        (ALPN, Some(""), SUCCESS),
        (ALPN, None, SUCCESS),
    ];
    let client = plain("options");
    for (option, value, expected) in rows {
        assert_eq!(
            client.string_option(option, value.map(str::as_bytes)),
            expected,
            "{option} {value:?}"
        );
    }
}

/// With the key form set first, the key is a name for the engine and no file.
#[test]
fn keys_of_engines() {
    let (_, issued) = authority();
    let client = plain("engine");
    assert_eq!(client.string_option(6, Some(b"engine")), SUCCESS);
    let files = [Some(ca()), None, Some(issued.certificate()), Some("no file at all")];
    assert_eq!(client.tls_set(files, None), SUCCESS);
    let server = broker();
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), TLS);
    let line = "Error: Unable to load engine private key file \"no file at all\".";
    assert!(logged(&client, line), "{:?}", client.log());
    assert_eq!(server.connections(), 0, "not even connected");
}

#[test]
fn the_program_can_have_the_tls_object() {
    let server = broker();
    let client = client("object");
    assert!(client.ssl().is_null());
    let (seen, inside) = std::sync::mpsc::channel();
    let told = seen.clone();
    client.react("connect", move |client| told.send(!client.ssl().is_null()).unwrap());
    client.react("disconnect", move |client| seen.send(client.ssl().is_null()).unwrap());
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
    let early = client.ssl();
    assert!(!early.is_null(), "before the handshake is done");
    run_until(&client, "connect(0");
    assert_eq!(client.ssl(), early);
    // SAFETY: the object of the connection that stands.
    let (descriptor, version) = unsafe {
        (SSL_get_fd(early.cast()), std::ffi::CStr::from_ptr(ffi::SSL_get_version(early.cast())))
    };
    assert_eq!(descriptor, client.socket());
    assert_eq!(version.to_str(), Ok("TLSv1.3"));
    assert_eq!(client.disconnect(0, &[]), SUCCESS);
    run_until(&client, "disconnect(0");
    assert!(client.ssl().is_null());
    assert_eq!(inside.try_iter().collect::<Vec<_>>(), [true, true]);

    let plain_server = super::support::real_broker::RealBroker::start("");
    let client = plain("plain");
    assert_eq!(client.connect("127.0.0.1", plain_server.port(), 60, &[]), SUCCESS);
    run_until(&client, "connect(0");
    assert!(client.ssl().is_null());
}

unsafe extern "C" {
    fn SSL_get_fd(ssl: *const ffi::SSL) -> c_int;
}

static FREED: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" fn count_freed(
    _parent: *mut c_void,
    data: *mut c_void,
    _ex: *mut ffi::CRYPTO_EX_DATA,
    _index: c_int,
    _long: c_long,
    _pointer: *mut c_void,
) {
    if !data.is_null() {
        FREED.fetch_add(1, Ordering::SeqCst);
    }
}

/// A context that counts when it is freed.
fn counted_context() -> *mut ffi::SSL_CTX {
    use std::sync::OnceLock;
    static INDEX: OnceLock<c_int> = OnceLock::new();
    // SAFETY: plain calls; the data is only compared with NULL.
    unsafe {
        let index = *INDEX.get_or_init(|| {
            ffi::SSL_CTX_get_ex_new_index(0, ptr::null_mut(), None, None, Some(count_freed))
        });
        let context = ffi::SSL_CTX_new(ffi::TLS_client_method());
        ffi::SSL_CTX_set_ex_data(context, index, ptr::dangling_mut());
        let file = CString::new(ca()).unwrap();
        ffi::SSL_CTX_load_verify_locations(context, file.as_ptr(), ptr::null());
        ffi::SSL_CTX_set_verify(context, ffi::SSL_VERIFY_PEER, None);
        context
    }
}

#[test]
fn d19_the_programs_context_is_referenced_and_let_go() {
    let server = broker();
    let client = plain("context");
    // SAFETY: contexts of OpenSSL; each reference of ours is given up once.
    unsafe {
        let first = counted_context();
        assert_eq!(client.void_option(SSL_CTX, first.cast()), SUCCESS);
        assert_eq!(client.void_option(SSL_CTX, first.cast()), SUCCESS, "again");
        ffi::SSL_CTX_free(first);
        assert_eq!(FREED.load(Ordering::SeqCst), 0, "the client has its own reference");
        // Alone it is not enough while the defaults are to be applied to it.
        assert_eq!(client.connect("localhost", server.port(), 60, &[]), INVAL);
        assert_eq!(client.int_option(SSL_CTX_WITH_DEFAULTS, 0), SUCCESS);
        assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
        run_until(&client, "connect(0");

        let second = counted_context();
        assert_eq!(client.void_option(SSL_CTX, second.cast()), SUCCESS);
        assert_eq!(FREED.load(Ordering::SeqCst), 0, "the connection still uses the first");
        assert_eq!(client.reconnect(), SUCCESS);
        assert_eq!(FREED.load(Ordering::SeqCst), 1);
        run_until(&client, "connect(0");
        client.disconnect(0, &[]);
        run_until(&client, "disconnect(0");
        assert_eq!(client.void_option(SSL_CTX, ptr::null_mut()), SUCCESS);
        assert_eq!(FREED.load(Ordering::SeqCst), 1);
        ffi::SSL_CTX_free(second);
        assert_eq!(FREED.load(Ordering::SeqCst), 2);

        // Without a context the next connection is as if there had never been one.
        let broker = super::support::real_broker::RealBroker::start("");
        assert_eq!(client.connect("127.0.0.1", broker.port(), 60, &[]), SUCCESS);
        run_until(&client, "connect(0");
        assert!(client.ssl().is_null());

        let third = counted_context();
        assert_eq!(client.void_option(SSL_CTX, third.cast()), SUCCESS);
        ffi::SSL_CTX_free(third);
        drop(client);
        assert_eq!(FREED.load(Ordering::SeqCst), 3, "never connected");
    }
}

/// What a context leaves behind that asks its client something when it is freed.
struct Asker {
    client: Handle,
    answered: mpsc::Sender<bool>,
}

unsafe extern "C" fn ask_when_freed(
    _parent: *mut c_void,
    data: *mut c_void,
    _ex: *mut ffi::CRYPTO_EX_DATA,
    _index: c_int,
    _long: c_long,
    _pointer: *mut c_void,
) {
    if data.is_null() {
        return;
    }
    // SAFETY: the box that the test gave away.
    let Asker { client, answered } = *unsafe { Box::from_raw(data.cast::<Asker>()) };
    let (asked, answer) = mpsc::channel();
    // On a thread of its own, so that a lock that is held makes a failure and no deadlock.
    std::thread::spawn(move || asked.send(client.want_write()));
    let _ = answered.send(answer.recv_timeout(Duration::from_secs(10)).is_ok());
}

#[test]
fn freeing_the_programs_context_may_call_the_client() {
    let ends: [fn(&Client); 2] = [
        // SAFETY: NULL is allowed.
        |client| assert_eq!(unsafe { client.void_option(SSL_CTX, ptr::null_mut()) }, SUCCESS),
        |client| assert_eq!(client.reinitialise(), SUCCESS),
    ];
    // SAFETY: plain calls; the function gets what was set for it.
    let index = unsafe {
        ffi::SSL_CTX_get_ex_new_index(0, ptr::null_mut(), None, None, Some(ask_when_freed))
    };
    for end in ends {
        let client = plain("asker");
        let (answered, answers) = mpsc::channel();
        let asker = Box::new(Asker { client: client.handle(), answered });
        // SAFETY: a context of OpenSSL, whose only reference goes to the client.
        unsafe {
            let context = ffi::SSL_CTX_new(ffi::TLS_client_method());
            ffi::SSL_CTX_set_ex_data(context, index, Box::into_raw(asker).cast());
            assert_eq!(client.void_option(SSL_CTX, context.cast()), SUCCESS);
            ffi::SSL_CTX_free(context);
        }
        end(&client);
        assert_eq!(answers.try_iter().collect::<Vec<_>>(), [true]);
    }
}

#[test]
fn the_systems_certificates() {
    let server = broker();
    let client = plain("system");
    assert_eq!(client.int_option(USE_OS_CERTS, 1), SUCCESS);
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
    run_until(&client, &format!("disconnect({TLS}"));
    assert!(logged(&client, "unable to get local issuer certificate"), "{:?}", client.log());
}

static ASKED: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" fn password(
    buffer: *mut c_char,
    size: c_int,
    rwflag: c_int,
    data: *mut c_void,
) -> c_int {
    assert_eq!((size, rwflag), (1024, 0));
    assert!(!data.is_null());
    ASKED.fetch_add(1, Ordering::SeqCst);
    // SAFETY: room for `size` bytes.
    unsafe { ptr::copy_nonoverlapping(c"secret".as_ptr(), buffer, 6) };
    6
}

/// [D7] The key is read, and the password asked for, once; again when the file has changed.
#[test]
fn d7_a_password_is_asked_for_when_the_key_is_read() {
    let (authority, _) = authority();
    let kind = Kind { name: "client", password: Some("secret"), ..Kind::default() };
    let own = authority.issue("encrypted", kind);
    let strict = Setup { client_authority: Some(authority.certificate.clone()), ..setup() };
    let server = TlsServer::start(strict, |connection| {
        if connection.welcome().is_ok() {
            serve(connection);
        }
    });
    let client = plain("password");
    let files = [Some(ca()), None, Some(own.certificate()), Some(own.key())];
    assert_eq!(client.tls_set(files, Some(password)), SUCCESS);
    assert_eq!(client.connect("localhost", server.port(), 60, &[]), SUCCESS);
    run_until(&client, "connect(0");
    for _ in 0..3 {
        assert_eq!(client.reconnect(), SUCCESS);
        run_until(&client, "connect(0");
    }
    assert_eq!(ASKED.load(Ordering::SeqCst), 1);
    let bytes = std::fs::read(&own.key).unwrap();
    std::fs::write(&own.key, bytes).unwrap();
    assert_eq!(client.reconnect(), SUCCESS);
    run_until(&client, "connect(0");
    assert_eq!(ASKED.load(Ordering::SeqCst), 2);
}
