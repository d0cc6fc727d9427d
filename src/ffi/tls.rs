//! `mosquitto/libmosquitto_tls.h`: encrypted connections.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};
use std::sync::Arc;

use super::boundary::{self, guard};
use super::export::export;
use super::handle;
use super::types::{Bool, mosquitto};
use crate::client::tls::{Certificates, Password};

export!("mosquitto_tls_set", "MOSQ_1.0");
/// Set certificates and so choose TLS for the connections to come.
///
/// Parameters:
///   mosq - a client.
///   cafile - file with certificates of authorities to trust, PEM; or NULL.
///   capath - directory with such certificates, prepared with "openssl rehash"; or NULL. One of cafile and
///     capath must be given.
///   certfile - file with the certificate of this client, PEM; or NULL.
///   keyfile - file with the private key of this client, PEM; or NULL. certfile and keyfile go together.
///   pw_callback - asks for the password of an encrypted keyfile: writes at most size bytes to buf and
///     returns the length; or NULL.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq is NULL, or the others do not go together, or a file cannot be read.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: may be called at any time from any thread; it counts from the next connection on.
///
/// See also: mosquitto_tls_opts_set, mosquitto_tls_psk_set, mosquitto_tls_insecure_set
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_tls_set(
    mosq: *mut mosquitto,
    cafile: *const c_char,
    capath: *const c_char,
    certfile: *const c_char,
    keyfile: *const c_char,
    pw_callback: Option<
        unsafe extern "C" fn(
            buf: *mut c_char,
            size: c_int,
            rwflag: c_int,
            userdata: *mut c_void,
        ) -> c_int,
    >,
) -> c_int {
    // SAFETY: NULL or a client, NULL or NUL-terminated strings, by the caller's contract.
    unsafe {
        handle::quiet(mosq, |client| {
            let password = pw_callback.map(|function| -> Arc<dyn Password> {
                Arc::new(PasswordFunction { function, mosq: AtomicPtr::new(mosq) })
            });
            client.set_tls(&Certificates {
                ca_file: boundary::string(cafile),
                ca_path: boundary::string(capath),
                certificate: boundary::string(certfile),
                key: boundary::string(keyfile),
                password,
            })
        })
    }
}

export!("mosquitto_tls_insecure_set", "MOSQ_1.2");
/// Set whether the host name in the certificate of the server is checked. Without the check anybody with
/// a trusted certificate can pose as the server; for tests only.
///
/// Parameters:
///   mosq - a client.
///   value - true: do not check; false (default): check.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq is NULL.
///
/// Threads: may be called at any time from any thread; it counts from the next connection on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_tls_insecure_set(mosq: *mut mosquitto, value: Bool) -> c_int {
    // SAFETY: NULL or a client, by the caller's contract.
    unsafe { handle::quiet(mosq, |client| client.set_tls_insecure(value.get())) }
}

export!("mosquitto_tls_opts_set", "MOSQ_1.0");
/// Set details of TLS connections.
///
/// Parameters:
///   mosq - a client.
///   cert_reqs - 1 (default): the certificate of the server is checked; 0: it is not, for tests only.
///   tls_version - the version to speak: "tlsv1.3", "tlsv1.2"; NULL for the default.
///   ciphers - OpenSSL list of ciphers; NULL for the default.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq is NULL, or a value is not allowed.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: may be called at any time from any thread; it counts from the next connection on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_tls_opts_set(
    mosq: *mut mosquitto,
    cert_reqs: c_int,
    tls_version: *const c_char,
    ciphers: *const c_char,
) -> c_int {
    // SAFETY: NULL or a client, NULL or NUL-terminated strings, by the caller's contract.
    unsafe {
        handle::quiet(mosq, |client| {
            let (version, ciphers) = (boundary::string(tls_version), boundary::string(ciphers));
            client.set_tls_options(cert_reqs, version, ciphers)
        })
    }
}

export!("mosquitto_tls_psk_set", "MOSQ_1.0");
/// Set a pre-shared key and so choose TLS with it, instead of certificates, for the connections to come.
///
/// Parameters:
///   mosq - a client.
///   psk - the key, hexadecimal without 0x.
///   identity - the name by which the server knows the key.
///   ciphers - OpenSSL list of ciphers; NULL for the default.
///
/// Returns:
///   MOSQ_ERR_SUCCESS - set.
///   MOSQ_ERR_INVAL - mosq, psk or identity is NULL, or psk is not hexadecimal.
///   MOSQ_ERR_NOMEM - out of memory.
///
/// Threads: may be called at any time from any thread; it counts from the next connection on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_tls_psk_set(
    mosq: *mut mosquitto,
    psk: *const c_char,
    identity: *const c_char,
    ciphers: *const c_char,
) -> c_int {
    // SAFETY: NULL or a client, NULL or NUL-terminated strings, by the caller's contract.
    unsafe {
        handle::quiet(mosq, |client| {
            let (psk, identity) = (boundary::string(psk), boundary::string(identity));
            client.set_tls_psk(psk, identity, boundary::string(ciphers))
        })
    }
}

export!("mosquitto_ssl_get", "MOSQ_1.7");
/// Tell the TLS connection of OpenSSL, for functions like SSL_get_peer_certificate(). It must not be
/// used for reading and writing, and not after the connection has ended.
///
/// Parameters:
///   mosq - a client.
///
/// Returns:
///   an SSL pointer of OpenSSL 3; NULL if there is no TLS connection or mosq is NULL.
///
/// Threads: only on the thread that runs the loop, for example in the connect callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mosquitto_ssl_get(mosq: *mut mosquitto) -> *mut c_void {
    guard(ptr::null_mut(), || {
        // SAFETY: NULL or a client, by the caller's contract.
        let ssl = unsafe { handle::client(mosq) }.and_then(|client| client.ssl());
        ssl.map_or(ptr::null_mut(), |ssl| ssl.as_ptr())
    })
}

/// The program's function for passwords.
struct PasswordFunction {
    function: unsafe extern "C" fn(*mut c_char, c_int, c_int, *mut c_void) -> c_int,
    mosq: AtomicPtr<mosquitto>,
}

impl Password for PasswordFunction {
    fn ask(&self, buffer: &mut [u8]) -> i32 {
        let size = c_int::try_from(buffer.len()).unwrap_or(c_int::MAX);
        let mosq = self.mosq.load(Ordering::Relaxed);
        // SAFETY: set by the program for this; `buffer` has room for `size` bytes, and the handle has not been destroyed:
        // that waits for the thread that connects.
        unsafe { (self.function)(buffer.as_mut_ptr().cast(), size, 0, mosq.cast()) }
    }
}
