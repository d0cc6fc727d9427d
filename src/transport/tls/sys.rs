//! OpenSSL as this library uses it: what `openssl-sys` does not declare, objects that free themselves, the queue of errors.
//!
//! OpenSSL is initialised by its own first use. It is never cleaned up from here: the program may use it too.

use std::ffi::{CStr, CString, c_char, c_int, c_long, c_uchar, c_uint, c_ulong, c_void};
use std::fmt;
use std::ptr::{self, NonNull};
use std::sync::OnceLock;

pub use openssl_sys as ffi;
use openssl_sys::{
    ASN1_GENERALIZEDTIME, ASN1_OBJECT, ASN1_TIME, BIO, BIO_METHOD, EVP_MD, EVP_PKEY,
    OCSP_BASICRESP, OCSP_CERTID, OCSP_RESPONSE, SSL, SSL_CTX, SSL_SESSION, X509, X509_VERIFY_PARAM,
};

use crate::error::{Error, Result};
use crate::transport::log::{LogLine, Severity};

/// A function that asks for the password of a PEM file.
pub type PasswordCallback = unsafe extern "C" fn(*mut c_char, c_int, c_int, *mut c_void) -> c_int;
/// A function that names a pre-shared key to the server.
pub type PskCallback = unsafe extern "C" fn(
    *mut SSL,
    *const c_char,
    *mut c_char,
    c_uint,
    *mut c_uchar,
    c_uint,
) -> c_uint;

/// A function that has the last word on a certificate.
pub type VerifyCallback = Option<extern "C" fn(c_int, *mut openssl_sys::X509_STORE_CTX) -> c_int>;

/// An `OCSP_SINGLERESP`.
pub enum SingleResponse {}

/// `BIO_CTRL_FLUSH`
pub const BIO_CTRL_FLUSH: c_int = 11;
/// `BIO_C_GET_FD`
pub const BIO_C_GET_FD: c_int = 105;
/// `BIO_TYPE_DESCRIPTOR | BIO_TYPE_SOURCE_SINK`: what makes `SSL_get_fd` ask for the descriptor.
pub const BIO_TYPE_DESCRIPTOR: c_int = 0x0100 | 0x0400;
/// `BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY`
pub const BIO_RETRY_FLAGS: c_int = 0x0f;

const SSL_CTRL_MODE: c_int = 33;
const SSL_CTRL_SET_READ_AHEAD: c_int = 41;
const OPENSSL_INIT_NO_ATEXIT: u64 = 0x0008_0000;
/// `SSL_AD_REASON_OFFSET`: reasons above are alerts that the peer sent.
const ALERT_OFFSET: c_int = 1000;
const ERR_LIB_SSL: c_int = 20;
/// Longest text of an error, with NUL.
const ERROR_TEXT: usize = 256;

unsafe extern "C" {
    pub fn OPENSSL_init_crypto(options: u64, settings: *const c_void) -> c_int;
    pub fn OPENSSL_cleanse(data: *mut c_void, len: usize);
    pub fn ERR_error_string_n(error: c_ulong, buf: *mut c_char, len: usize);

    pub fn BIO_get_new_index() -> c_int;
    pub fn BIO_new_file(name: *const c_char, mode: *const c_char) -> *mut BIO;
    pub fn BIO_meth_set_write_ex(
        method: *mut BIO_METHOD,
        write: unsafe extern "C" fn(*mut BIO, *const c_char, usize, *mut usize) -> c_int,
    ) -> c_int;
    pub fn BIO_meth_set_read_ex(
        method: *mut BIO_METHOD,
        read: unsafe extern "C" fn(*mut BIO, *mut c_char, usize, *mut usize) -> c_int,
    ) -> c_int;

    pub fn SSL_CTX_get_verify_callback(context: *const SSL_CTX) -> VerifyCallback;
    pub fn SSL_get_verify_mode(ssl: *const SSL) -> c_int;
    pub fn SSL_get1_session(ssl: *mut SSL) -> *mut SSL_SESSION;
    pub fn SSL_SESSION_is_resumable(session: *const SSL_SESSION) -> c_int;
    pub fn SSL_SESSION_get0_peer(session: *mut SSL_SESSION) -> *mut X509;
    pub fn SSL_has_pending(ssl: *const SSL) -> c_int;
    pub fn SSL_set_default_read_buffer_len(ssl: *mut SSL, len: usize);
    pub fn SSL_set_psk_client_callback(ssl: *mut SSL, callback: Option<PskCallback>);

    pub fn X509_VERIFY_PARAM_set1_ip_asc(param: *mut X509_VERIFY_PARAM, ip: *const c_char)
    -> c_int;
    pub fn X509_get0_notAfter(certificate: *const X509) -> *const ASN1_TIME;
    pub fn X509_cmp_current_time(time: *const ASN1_TIME) -> c_int;
    pub fn X509_get_default_cert_file() -> *const c_char;
    pub fn X509_get_default_cert_dir() -> *const c_char;
    pub fn X509_get_default_cert_file_env() -> *const c_char;
    pub fn X509_get_default_cert_dir_env() -> *const c_char;

    pub fn OCSP_resp_count(response: *mut OCSP_BASICRESP) -> c_int;
    pub fn OCSP_resp_get0(response: *mut OCSP_BASICRESP, index: c_int) -> *mut SingleResponse;
    pub fn OCSP_SINGLERESP_get0_id(single: *const SingleResponse) -> *const OCSP_CERTID;
    pub fn OCSP_single_get0_status(
        single: *mut SingleResponse,
        reason: *mut c_int,
        revoked: *mut *mut ASN1_GENERALIZEDTIME,
        this_update: *mut *mut ASN1_GENERALIZEDTIME,
        next_update: *mut *mut ASN1_GENERALIZEDTIME,
    ) -> c_int;
    pub fn OCSP_id_get0_info(
        name_hash: *mut *mut c_void,
        digest: *mut *mut ASN1_OBJECT,
        key_hash: *mut *mut c_void,
        serial: *mut *mut c_void,
        id: *mut OCSP_CERTID,
    ) -> c_int;
    pub fn OCSP_id_cmp(one: *const OCSP_CERTID, other: *const OCSP_CERTID) -> c_int;
    pub fn OCSP_response_status_str(status: c_long) -> *const c_char;
    pub fn OCSP_cert_status_str(status: c_long) -> *const c_char;
    pub fn OCSP_crl_reason_str(reason: c_long) -> *const c_char;
}

/// What OpenSSL knows how to free.
pub trait Free {
    /// Gives up one reference.
    ///
    /// # Safety
    ///
    /// `object` is alive, and the reference belongs to the caller.
    unsafe fn free(object: *mut Self);
}

macro_rules! freed_by {
    ($($object:ty: $free:path,)*) => {
        $(impl Free for $object {
            unsafe fn free(object: *mut Self) {
                // SAFETY: by the caller's promise.
                unsafe { $free(object) };
            }
        })*
    };
}

unsafe fn bio_free(bio: *mut BIO) {
    // SAFETY: by the caller's promise.
    unsafe { ffi::BIO_free_all(bio) };
}

freed_by! {
    BIO: bio_free,
    EVP_PKEY: ffi::EVP_PKEY_free,
    OCSP_BASICRESP: ffi::OCSP_BASICRESP_free,
    OCSP_CERTID: ffi::OCSP_CERTID_free,
    OCSP_RESPONSE: ffi::OCSP_RESPONSE_free,
    SSL: ffi::SSL_free,
    SSL_CTX: ffi::SSL_CTX_free,
    SSL_SESSION: ffi::SSL_SESSION_free,
    X509: ffi::X509_free,
}

/// One reference to an object of OpenSSL.
pub struct Owned<T: Free>(NonNull<T>);

impl<T: Free> Owned<T> {
    /// Takes over a reference; `None` for NULL.
    ///
    /// # Safety
    ///
    /// `object` is NULL or alive, and its reference belongs to the caller, who gives it up.
    pub unsafe fn new(object: *mut T) -> Option<Owned<T>> {
        NonNull::new(object).map(Owned)
    }

    /// The object, alive as long as `self`.
    pub fn as_ptr(&self) -> *mut T {
        self.0.as_ptr()
    }
}

impl<T: Free> fmt::Debug for Owned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Owned").field(&self.0).finish()
    }
}

impl<T: Free> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: the reference is this one's.
        unsafe { T::free(self.0.as_ptr()) };
    }
}

/// Begins with OpenSSL, once. The library's atexit handler is left out: it would pull the ground from under a network
/// thread that still runs while the program returns from `main`.
pub fn init() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        // SAFETY: options without settings. A failure shows at the next call.
        unsafe { OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, ptr::null()) };
    });
}

/// The bytes as a C string. `Inval` if there is a NUL in them.
pub fn c_string(bytes: &[u8]) -> Result<CString> {
    CString::new(bytes).map_err(|_| Error::Inval)
}

/// The text that OpenSSL has for a number.
///
/// # Safety
///
/// `text` is NULL or a NUL-terminated string that is never freed.
pub unsafe fn static_text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: by the caller's promise.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// Forgets the errors of this thread, so that the next ones are those of the next call.
pub fn clear_errors() {
    // SAFETY: no arguments; concerns this thread only.
    unsafe { ffi::ERR_clear_error() };
}

/// The errors of this thread since [`clear_errors`], and whether one is an alert.
pub fn take_errors(context: &str, lines: &mut Vec<LogLine>) -> Alert {
    let mut alert = Alert::None;
    for index in 0.. {
        // SAFETY: no arguments; concerns this thread only.
        let error = unsafe { ffi::ERR_get_error() };
        if error == 0 {
            break;
        }
        if let Some(number) = alert_number(error) {
            alert = Alert::Received(number);
        }
        let mut text = [0 as c_char; ERROR_TEXT];
        // SAFETY: `text` has that many bytes; the function ends it with NUL.
        let text = unsafe {
            ERR_error_string_n(error, text.as_mut_ptr(), text.len());
            CStr::from_ptr(text.as_ptr())
        };
        let text = text.to_string_lossy();
        lines.push(LogLine::new(
            Severity::Error,
            format!("OpenSSL Error {context}[{index}]: {text}"),
        ));
    }
    alert
}

/// Whether the peer has said what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// It has not.
    None,
    /// The number of its alert (RFC 8446 section 6).
    Received(c_int),
}

fn alert_number(error: c_ulong) -> Option<c_int> {
    let is_ssl = ffi::ERR_GET_LIB(error) == ERR_LIB_SSL;
    let number = ffi::ERR_GET_REASON(error) - ALERT_OFFSET;
    (is_ssl && (0..=255).contains(&number)).then_some(number)
}

/// `SSL_set_mode`
///
/// # Safety
///
/// `ssl` is alive and used by nobody else.
pub unsafe fn ssl_set_mode(ssl: *mut SSL, mode: c_long) {
    // SAFETY: by the caller's promise; this command takes a number.
    unsafe { ffi::SSL_ctrl(ssl, SSL_CTRL_MODE, mode, ptr::null_mut()) };
}

/// `SSL_set_read_ahead`
///
/// # Safety
///
/// `ssl` is alive and used by nobody else.
pub unsafe fn ssl_set_read_ahead(ssl: *mut SSL) {
    // SAFETY: by the caller's promise; this command takes a number.
    unsafe { ffi::SSL_ctrl(ssl, SSL_CTRL_SET_READ_AHEAD, 1, ptr::null_mut()) };
}

/// The digest that a certificate identifier was made with.
///
/// # Safety
///
/// `id` is alive.
pub unsafe fn digest_of(id: *const OCSP_CERTID) -> *const EVP_MD {
    let mut digest = ptr::null_mut();
    // SAFETY: `id` is not changed although the function takes it as mutable; only the digest is asked for.
    let found = unsafe {
        OCSP_id_get0_info(
            ptr::null_mut(),
            &raw mut digest,
            ptr::null_mut(),
            ptr::null_mut(),
            id.cast_mut(),
        )
    };
    if found != 1 {
        return ptr::null();
    }
    // SAFETY: an object inside `id`.
    unsafe { ffi::EVP_get_digestbynid(ffi::OBJ_obj2nid(digest)) }
}
