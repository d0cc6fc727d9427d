//! What TLS is to be like: a plain value, checked and turned into OpenSSL's objects by [`super::context`].

use std::ffi::c_void;
use std::fmt;
use std::sync::Arc;

use super::sys::{self, Owned, ffi};
use crate::error::{Error, Result};

/// Bytes that are overwritten before their memory is given back.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// A copy of `bytes`.
    pub fn new(bytes: &[u8]) -> Secret {
        Secret(bytes.to_vec())
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Secret {
        Secret(bytes)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        // SAFETY: the vector's own memory.
        unsafe { sys::OPENSSL_cleanse(self.0.as_mut_ptr().cast(), self.0.len()) };
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Somebody who knows the password of an encrypted key file.
pub trait Password: Send + Sync {
    /// Writes the password to the start of `buffer` and answers its length; 0 for none, negative to give up.
    ///
    /// Runs on the thread that connects, with no lock held.
    fn ask(&self, buffer: &mut [u8]) -> i32;
}

/// A context that the program made. Holds a reference of its own.
pub struct UserContext(pub(super) Owned<ffi::SSL_CTX>);

// SAFETY: OpenSSL's contexts count their references atomically and may be used by any thread.
unsafe impl Send for UserContext {}
// SAFETY: as above.
unsafe impl Sync for UserContext {}

impl UserContext {
    /// Takes a reference to an `SSL_CTX`; `None` for NULL.
    ///
    /// # Safety
    ///
    /// `context` is NULL or an `SSL_CTX` of the OpenSSL that this library is linked to, alive during the call.
    pub unsafe fn new(context: *mut c_void) -> Option<UserContext> {
        let context: *mut ffi::SSL_CTX = context.cast();
        if context.is_null() {
            return None;
        }
        // SAFETY: alive by the caller's promise; the reference added is the one that is owned.
        unsafe {
            ffi::SSL_CTX_up_ref(context);
            Owned::new(context).map(UserContext)
        }
    }
}

impl fmt::Debug for UserContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserContext")
    }
}

/// What a key file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyForm {
    /// A file in PEM.
    #[default]
    Pem,
    /// The name by which an engine knows the key.
    Engine,
}

/// The lowest version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// TLS 1.2 or later.
    #[default]
    Tls12,
    /// TLS 1.3 or later.
    Tls13,
}

/// A pre-shared key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Psk {
    /// The key.
    pub key: Secret,
    /// The name by which the server knows it.
    pub identity: Vec<u8>,
}

impl Psk {
    /// The bytes of a key given as hexadecimal digits: a number, shortest form, behind a zero byte for each pair of zeros
    /// that it begins with. For an even number of digits that is what one expects. `Inval` for anything but digits.
    pub fn key_from_hex(hex: &[u8]) -> Result<Secret> {
        if !hex.iter().all(u8::is_ascii_hexdigit) {
            return Err(Error::Inval);
        }
        let zeros = hex.chunks_exact(2).take_while(|pair| *pair == b"00").count();
        let start = hex.iter().position(|digit| *digit != b'0').unwrap_or(hex.len());
        let number = hex.get(start..).unwrap_or_default();
        let mut digits = Vec::with_capacity(hex.len() + 1);
        digits.resize(2 * zeros + number.len() % 2, b'0');
        digits.extend_from_slice(number);
        let key = unhex(&digits).map(Secret::from).ok_or(Error::Inval);
        drop(Secret::from(digits));
        key
    }
}

/// The bytes that pairs of hexadecimal digits stand for.
pub fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    if digits.len() % 2 != 0 {
        return None;
    }
    let pairs = digits.chunks_exact(2).map(|pair| {
        let text = std::str::from_utf8(pair).ok()?;
        text.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
        u8::from_str_radix(text, 16).ok()
    });
    pairs.collect()
}

/// Everything about TLS that a program can set.
#[derive(Clone)]
pub struct TlsConfig {
    /// File with trusted certificates, PEM.
    pub ca_file: Option<Vec<u8>>,
    /// Directory with trusted certificates under hashed names.
    pub ca_path: Option<Vec<u8>>,
    /// Whether the system's certificates are trusted too.
    pub os_certificates: bool,
    /// File with the own certificate and its chain, PEM.
    pub certificate: Option<Vec<u8>>,
    /// The own key, as `key_form` says.
    pub key: Option<Vec<u8>>,
    /// What `key` is.
    pub key_form: KeyForm,
    /// Asked for the password of `key`; without it OpenSSL asks at the terminal.
    pub password: Option<Arc<dyn Password>>,
    /// Name of an engine of OpenSSL.
    pub engine: Option<Vec<u8>>,
    /// SHA-1 of the password of the engine's key.
    pub engine_password: Option<Secret>,
    /// Ciphers of TLS 1.2, as OpenSSL writes lists of them.
    pub ciphers: Option<Vec<u8>>,
    /// Cipher suites of TLS 1.3.
    pub cipher_suites: Option<Vec<u8>>,
    /// The lowest version.
    pub version: Version,
    /// Whether the server must have a trusted certificate.
    pub verify: bool,
    /// Whether it may be the certificate of another server.
    pub insecure: bool,
    /// The application protocol to offer.
    pub alpn: Option<Vec<u8>>,
    /// Whether the server must prove that its certificate has not been revoked.
    pub ocsp_required: bool,
    /// A key instead of certificates.
    pub psk: Option<Psk>,
    /// The program's own context.
    pub user_context: Option<Arc<UserContext>>,
    /// Whether the settings above apply to the program's context.
    pub defaults: bool,
}

impl Default for TlsConfig {
    fn default() -> TlsConfig {
        TlsConfig {
            ca_file: None,
            ca_path: None,
            os_certificates: false,
            certificate: None,
            key: None,
            key_form: KeyForm::Pem,
            password: None,
            engine: None,
            engine_password: None,
            ciphers: None,
            cipher_suites: None,
            version: Version::Tls12,
            verify: true,
            insecure: false,
            alpn: None,
            ocsp_required: false,
            psk: None,
            user_context: None,
            defaults: true,
        }
    }
}

impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsConfig").finish_non_exhaustive()
    }
}

impl TlsConfig {
    /// Whether there is something by which to know the server's certificate.
    pub fn has_trust(&self) -> bool {
        self.ca_file.is_some() || self.ca_path.is_some() || self.os_certificates
    }

    /// Whether the settings count, and not the program's context as it is.
    pub fn applies(&self) -> bool {
        self.user_context.is_none() || self.defaults
    }

    /// Whether it is a key by which the server is known. Certificates go before keys.
    pub fn uses_psk(&self) -> bool {
        self.psk.is_some() && !self.has_trust() && self.applies()
    }

    /// Whether the server must prove that its certificate has not been revoked.
    pub fn wants_ocsp(&self) -> bool {
        self.ocsp_required && !self.uses_psk()
    }

    /// Whether connections are to be encrypted at all.
    pub fn is_wanted(&self) -> bool {
        self.has_trust() || self.psk.is_some() || self.user_context.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_from_digits() {
        let table: [(&[u8], &[u8]); 11] = [
            (b"", b""),
            (b"0a", b"\x0a"),
            (b"abc", b"\x0a\xbc"),
            (b"0ab", b"\xab"),
            (b"00ab", b"\x00\xab"),
            (b"000ab", b"\x00\xab"),
            (b"0000", b"\x00\x00"),
            (b"0", b""),
            (b"000", b"\x00"),
            (b"00a", b"\x00\x0a"),
            (b"00abc", b"\x00\x0a\xbc"),
        ];
        for (digits, key) in table {
            assert_eq!(Psk::key_from_hex(digits).unwrap().bytes(), key, "{digits:?}");
        }
        for wrong in [&b"0x12"[..], b"12 ", b"g0", b"+1"] {
            assert_eq!(Psk::key_from_hex(wrong), Err(Error::Inval), "{wrong:?}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(format!("{:?}", Secret::new(b"key")), "Secret");
    }
}
