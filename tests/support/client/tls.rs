//! The calls about TLS.

use std::ffi::{c_int, c_void};
use std::ptr::null;

use super::super::api::{OnPassword, call};
use super::{Handle, c_string};

/// `MOSQ_OPT_TLS_OCSP_REQUIRED`
pub const OCSP_REQUIRED: c_int = 9;
/// `MOSQ_OPT_TLS_ALPN`
pub const ALPN: c_int = 10;
/// `MOSQ_OPT_TLS_USE_OS_CERTS`
pub const USE_OS_CERTS: c_int = 13;
/// `MOSQ_OPT_SSL_CTX`
pub const SSL_CTX: c_int = 2;
/// `MOSQ_OPT_SSL_CTX_WITH_DEFAULTS`
pub const SSL_CTX_WITH_DEFAULTS: c_int = 3;

impl Handle {
    /// `mosquitto_tls_set` with trusted certificates only.
    pub fn tls_trust(self, file: Option<&str>, path: Option<&str>) -> c_int {
        self.tls_set([file, path, None, None], None)
    }

    /// `mosquitto_tls_set`: CA file, CA path, certificate, key.
    pub fn tls_set(self, files: [Option<&str>; 4], password: Option<OnPassword>) -> c_int {
        let files = files.map(|file| file.map(c_string));
        let [ca, path, certificate, key] =
            files.each_ref().map(|file| file.as_ref().map_or(null(), |file| file.as_ptr()));
        // SAFETY: a live client, NUL-terminated strings or NULL, a function of the right type.
        unsafe { call!(self.api, tls_set(self.mosq, ca, path, certificate, key, password)) }
    }

    /// `mosquitto_tls_insecure_set`.
    pub fn tls_insecure(self, insecure: bool) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, tls_insecure_set(self.mosq, insecure)) }
    }

    /// `mosquitto_tls_opts_set`.
    pub fn tls_options(self, verify: c_int, version: Option<&str>, ciphers: Option<&str>) -> c_int {
        let (version, ciphers) = (version.map(c_string), ciphers.map(c_string));
        let version = version.as_ref().map_or(null(), |text| text.as_ptr());
        let ciphers = ciphers.as_ref().map_or(null(), |text| text.as_ptr());
        // SAFETY: a live client, NUL-terminated strings or NULL.
        unsafe { call!(self.api, tls_opts_set(self.mosq, verify, version, ciphers)) }
    }

    /// `mosquitto_tls_psk_set` without ciphers.
    pub fn tls_psk(self, key: &str, identity: &str) -> c_int {
        let (key, identity) = (c_string(key), c_string(identity));
        // SAFETY: a live client, NUL-terminated strings.
        unsafe { call!(self.api, tls_psk_set(self.mosq, key.as_ptr(), identity.as_ptr(), null())) }
    }

    /// `mosquitto_void_option`.
    ///
    /// # Safety
    /// `value` is what the option takes.
    pub unsafe fn void_option(self, option: c_int, value: *mut c_void) -> c_int {
        // SAFETY: a live client; the rest by the caller's promise.
        unsafe { call!(self.api, void_option(self.mosq, option, value)) }
    }

    /// `mosquitto_ssl_get`.
    pub fn ssl(self) -> *mut c_void {
        // SAFETY: a live client.
        unsafe { call!(self.api, ssl_get(self.mosq)) }
    }

    /// The client itself, as callbacks get it that were set without user data.
    pub fn pointer(self) -> *mut c_void {
        self.mosq.cast()
    }
}
