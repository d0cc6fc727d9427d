//! OCSP stapling (RFC 6066 section 8, RFC 6960): the server proves with the handshake that its certificate has not been
//! revoked. Only a response for the very certificate of the server counts.

use std::ffi::{c_int, c_long, c_void};
use std::ptr;

use super::attached;
use super::sys::{self, Owned, SingleResponse, ffi};
use crate::transport::log::{LogLine, Severity};

/// Clocks may differ by so many seconds.
const CLOCK_SKEW: c_long = 300;
/// `V_OCSP_CERTSTATUS_GOOD`
const GOOD: c_int = 0;
/// `V_OCSP_CERTSTATUS_REVOKED`
const REVOKED: c_int = 1;

/// Lets connections of a context of our own fail in the handshake, with the alert made for it.
///
/// # Safety
///
/// `context` is alive and belongs to this library alone.
pub(super) unsafe fn enable(context: *mut ffi::SSL_CTX) {
    // SAFETY: by the caller's promise.
    unsafe { ffi::SSL_CTX_set_tlsext_status_cb(context, Some(status)) };
}

/// Asks the server for the response.
///
/// # Safety
///
/// `ssl` is alive, used by nobody else, and before its handshake.
pub(super) unsafe fn request(ssl: *mut ffi::SSL) -> bool {
    // SAFETY: by the caller's promise.
    unsafe { ffi::SSL_set_tlsext_status_type(ssl, ffi::TLSEXT_STATUSTYPE_ocsp) == 1 }
}

/// Answers 1 to go on, 0 to refuse the server.
unsafe extern "C" fn status(ssl: *mut ffi::SSL, _argument: *mut c_void) -> c_int {
    // SAFETY: OpenSSL calls with the SSL object whose owner waits for it.
    match unsafe { attached::of(ssl) } {
        // SAFETY: as above.
        Some(attached) => unsafe { check(ssl, &mut attached.lines) }.into(),
        None => 0,
    }
}

/// Whether the server has proved what it has to.
///
/// # Safety
///
/// `ssl` is alive, used by nobody else, and has the server's certificate.
pub(super) unsafe fn check(ssl: *mut ffi::SSL, lines: &mut Vec<LogLine>) -> bool {
    // SAFETY: by the caller's promise.
    let result = unsafe { judge(ssl, lines) };
    sys::clear_errors();
    if let Err(line) = result {
        lines.push(line);
        return false;
    }
    true
}

fn debug(text: impl Into<String>) -> LogLine {
    LogLine::new(Severity::Debug, text)
}

/// # Safety
///
/// As [`check`].
unsafe fn judge(ssl: *mut ffi::SSL, lines: &mut Vec<LogLine>) -> Result<(), LogLine> {
    let mut data = ptr::null_mut();
    // SAFETY: by the caller's promise; the bytes belong to `ssl`.
    let len = unsafe { ffi::SSL_get_tlsext_status_ocsp_resp(ssl, &raw mut data) };
    lines.push(debug(format!("OCSP: SSL_get_tlsext_status_ocsp_resp returned {len} bytes")));
    if data.is_null() {
        return Err(debug("OCSP: no response"));
    }
    let mut data = data.cast_const();
    // SAFETY: `data` has `len` bytes; the object is ours.
    let response =
        unsafe { Owned::new(ffi::d2i_OCSP_RESPONSE(ptr::null_mut(), &raw mut data, len)) };
    let response = response.ok_or_else(|| debug("OCSP: invalid response"))?;
    // SAFETY: alive.
    let status = unsafe { ffi::OCSP_response_status(response.as_ptr()) };
    if status != ffi::OCSP_RESPONSE_STATUS_SUCCESSFUL {
        // SAFETY: constants of OpenSSL.
        let text = unsafe { sys::static_text(sys::OCSP_response_status_str(status.into())) };
        return Err(debug(format!("OCSP: invalid status: {text} ({status})")));
    }
    // SAFETY: alive; the object is ours.
    let basic = unsafe { Owned::new(ffi::OCSP_response_get1_basic(response.as_ptr())) };
    let basic = basic.ok_or_else(|| debug("OCSP: invalid response"))?;

    // SAFETY: by the caller's promise; the chain belongs to `ssl`.
    let chain = unsafe { ffi::SSL_get_peer_cert_chain(ssl) };
    let count = if chain.is_null() { -1 } else { stack_len(chain) };
    if count <= 0 {
        return Err(LogLine::new(
            Severity::Error,
            format!("OCSP: we did not receive certificates of the server (num: {count})"),
        ));
    }
    // SAFETY: everything is alive; the store belongs to the context of `ssl`.
    let verified = unsafe {
        let store = ffi::SSL_CTX_get_cert_store(ffi::SSL_get_SSL_CTX(ssl));
        ffi::OCSP_basic_verify(basic.as_ptr(), chain, store, 0)
    };
    if verified != 1 {
        return Err(debug(format!("OCSP: response verification failed (error: {verified})")));
    }
    // SAFETY: by the caller's promise; the certificate is ours.
    let leaf = unsafe { Owned::new(ffi::SSL_get1_peer_certificate(ssl)) };
    let leaf = leaf.ok_or_else(|| debug("OCSP: no certificate"))?;
    // SAFETY: by the caller's promise; the chain belongs to `ssl`.
    let trusted = unsafe { ffi::SSL_get0_verified_chain(ssl) };
    let issuer = issuer_of(&leaf, trusted).or_else(|| issuer_of(&leaf, chain));
    let issuer = issuer.ok_or_else(|| debug("OCSP: the issuer of the certificate is not known"))?;
    judge_responses(&basic, &leaf, issuer, lines)
}

/// All responses that are about `leaf` must be good and fresh, and there must be one.
fn judge_responses(
    basic: &Owned<ffi::OCSP_BASICRESP>,
    leaf: &Owned<ffi::X509>,
    issuer: *mut ffi::X509,
    lines: &mut Vec<LogLine>,
) -> Result<(), LogLine> {
    let mut found = false;
    // SAFETY: alive.
    for index in 0..unsafe { sys::OCSP_resp_count(basic.as_ptr()) } {
        // SAFETY: an index below the count; the response belongs to `basic`.
        let single = unsafe { sys::OCSP_resp_get0(basic.as_ptr(), index) };
        if !single.is_null() && is_about(single, leaf, issuer) {
            judge_response(single, lines)?;
            found = true;
        }
    }
    if found {
        Ok(())
    } else {
        Err(debug("OCSP: the response is not for the certificate of the server"))
    }
}

fn judge_response(single: *mut SingleResponse, lines: &mut Vec<LogLine>) -> Result<(), LogLine> {
    let mut reason = -1;
    let (mut this_update, mut next_update) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: `single` is alive, and so is what it points to.
    let (status, text, in_time) = unsafe {
        let status = sys::OCSP_single_get0_status(
            single,
            &raw mut reason,
            ptr::null_mut(),
            &raw mut this_update,
            &raw mut next_update,
        );
        let text = sys::static_text(sys::OCSP_cert_status_str(status.into()));
        let in_time = ffi::OCSP_check_validity(this_update, next_update, CLOCK_SKEW, -1) == 1;
        (status, text, in_time)
    };
    lines.push(debug(format!("OCSP: SSL certificate status: {text} ({status})")));
    match status {
        GOOD if in_time => Ok(()),
        GOOD => Err(debug("OCSP: OCSP response has expired")),
        REVOKED => {
            // SAFETY: constants of OpenSSL.
            let text = unsafe { sys::static_text(sys::OCSP_crl_reason_str(reason.into())) };
            Err(debug(format!("OCSP: SSL certificate revocation reason: {text} ({reason})")))
        }
        _ => Err(debug("OCSP: the status of the certificate is not known")),
    }
}

/// Whether a response is about `leaf`, by issuer and serial number.
fn is_about(single: *mut SingleResponse, leaf: &Owned<ffi::X509>, issuer: *mut ffi::X509) -> bool {
    // SAFETY: all alive; the identifier made here is ours.
    unsafe {
        let id = sys::OCSP_SINGLERESP_get0_id(single);
        let digest = sys::digest_of(id);
        if digest.is_null() {
            return false;
        }
        let own = Owned::new(ffi::OCSP_cert_to_id(digest, leaf.as_ptr(), issuer));
        own.is_some_and(|own| sys::OCSP_id_cmp(own.as_ptr(), id) == 0)
    }
}

fn issuer_of(leaf: &Owned<ffi::X509>, chain: *mut ffi::stack_st_X509) -> Option<*mut ffi::X509> {
    if chain.is_null() {
        return None;
    }
    let mut certificates = (0..stack_len(chain)).map(|index| stack_at(chain, index));
    // SAFETY: all alive.
    certificates
        .find(|issuer| unsafe { ffi::X509_check_issued(*issuer, leaf.as_ptr()) == ffi::X509_V_OK })
}

fn stack_len(stack: *mut ffi::stack_st_X509) -> c_int {
    // SAFETY: alive, by all callers; the typed stacks are this one under another name.
    unsafe { ffi::OPENSSL_sk_num(stack.cast()) }
}

fn stack_at(stack: *mut ffi::stack_st_X509, index: c_int) -> *mut ffi::X509 {
    // SAFETY: as above; an index out of range gives NULL.
    unsafe { ffi::OPENSSL_sk_value(stack.cast(), index).cast() }
}
