//! Whether the certificate is the right one: names and addresses by OpenSSL's own rules, and why it was refused.

use std::ffi::CStr;
use std::net::IpAddr;

use super::sys::{self, ffi};
use crate::error::{Error, Result};
use crate::transport::log::{LogLine, Severity};

/// `X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS`: a wildcard stands for a whole label.
const NO_PARTIAL_WILDCARDS: u32 = 0x4;
/// `X509_V_ERR_HOSTNAME_MISMATCH`
const HOSTNAME_MISMATCH: i64 = 62;
/// `X509_V_ERR_IP_ADDRESS_MISMATCH`
const IP_ADDRESS_MISMATCH: i64 = 64;

/// Only a certificate for `host`, a name or an address, will do.
///
/// # Safety
///
/// `ssl` is alive and used by nobody else.
pub(super) unsafe fn expect_host(ssl: *mut ffi::SSL, host: &CStr) -> Result<()> {
    // SAFETY: by the caller's promise; the parameters belong to `ssl`.
    let set = unsafe {
        let param = ffi::SSL_get0_param(ssl);
        ffi::X509_VERIFY_PARAM_set_hostflags(param, NO_PARTIAL_WILDCARDS);
        if is_address(host) {
            sys::X509_VERIFY_PARAM_set1_ip_asc(param, host.as_ptr())
        } else {
            ffi::X509_VERIFY_PARAM_set1_host(param, host.as_ptr(), host.count_bytes())
        }
    };
    if set == 1 { Ok(()) } else { Err(Error::Tls) }
}

fn is_address(host: &CStr) -> bool {
    host.to_str().is_ok_and(|host| host.parse::<IpAddr>().is_ok())
}

/// Says why the certificate was refused, if it was.
///
/// # Safety
///
/// `ssl` is alive and used by nobody else.
pub(super) unsafe fn explain(ssl: *mut ffi::SSL, host: &CStr, lines: &mut Vec<LogLine>) {
    // SAFETY: by the caller's promise.
    let (mode, result) =
        unsafe { (sys::SSL_get_verify_mode(ssl), ffi::SSL_get_verify_result(ssl)) };
    if mode == ffi::SSL_VERIFY_NONE || result == i64::from(ffi::X509_V_OK) {
        return;
    }
    if result == HOSTNAME_MISMATCH || result == IP_ADDRESS_MISMATCH {
        lines.push(LogLine::new(Severity::Error, "Error: host name verification failed."));
    }
    // SAFETY: OpenSSL's own constant.
    let reason = unsafe { sys::static_text(ffi::X509_verify_cert_error_string(result)) };
    lines.push(LogLine::new(
        Severity::Error,
        format!("Error: The certificate of \"{}\" was refused: {reason}.", host.to_string_lossy()),
    ));
}
