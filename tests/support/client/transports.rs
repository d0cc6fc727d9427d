//! The calls about proxies, WebSockets and SRV records.

use std::ffi::{CString, c_int};
use std::ptr::null;

use super::super::api::call;
use super::Handle;

impl Handle {
    /// `mosquitto_string_option`.
    pub fn string_option(self, option: c_int, value: Option<&[u8]>) -> c_int {
        let value = value.map(|value| CString::new(value).expect("no NUL"));
        let value = value.as_ref().map_or(null(), |value| value.as_ptr());
        // SAFETY: a live client, NULL or a NUL-terminated string.
        unsafe { call!(self.api, string_option(self.mosq, option, value)) }
    }

    /// `mosquitto_socks5_set`.
    pub fn socks5(self, port: u16, login: Option<(&str, Option<&str>)>) -> c_int {
        let text = |text: &str| CString::new(text).expect("no NUL");
        let username = login.map(|(username, _)| text(username));
        let password = login.and_then(|(_, password)| password).map(text);
        let pointer = |text: &Option<CString>| text.as_ref().map_or(null(), |text| text.as_ptr());
        // SAFETY: a live client, NULL or NUL-terminated strings.
        unsafe {
            let (username, password) = (pointer(&username), pointer(&password));
            let host = c"127.0.0.1".as_ptr();
            call!(self.api, socks5_set(self.mosq, host, port.into(), username, password))
        }
    }

    /// `mosquitto_connect_async`.
    pub fn connect_async(self, host: &str, port: u16, keepalive: c_int) -> c_int {
        let host = CString::new(host).expect("no NUL");
        // SAFETY: a live client and a NUL-terminated string.
        unsafe { call!(self.api, connect_async(self.mosq, host.as_ptr(), port.into(), keepalive)) }
    }

    /// `mosquitto_connect_srv`.
    pub fn connect_srv(self, domain: &str, keepalive: c_int) -> c_int {
        let domain = CString::new(domain).expect("no NUL");
        // SAFETY: a live client and a NUL-terminated string.
        unsafe { call!(self.api, connect_srv(self.mosq, domain.as_ptr(), keepalive, null())) }
    }
}
