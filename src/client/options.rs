//! The settings of a client that are not the session's, and the numbers by which programs set them (`mosq_opt_t`).

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::protocol::version::Version;
use crate::session::config::Config;
use crate::transport::connect::{TcpOptions, To};
use crate::transport::proxy::Proxy;
use crate::transport::tls::context::Context;
use crate::transport::web_socket::WebSocket;
use crate::transport::ws::upgrade;

use super::route::{self, Route};
use super::tls::{TlsSettings, TlsString};

/// Everything that connecting and reconnecting need to know.
#[derive(Debug, Default)]
pub struct Options {
    /// Host of the last connect call; `None` before the first.
    pub host: Option<Box<[u8]>>,
    /// Its port; 0 for a Unix socket.
    pub port: u16,
    /// `host` is a domain, whose servers are to be asked for.
    pub service: bool,
    /// TCP_NODELAY; `None` leaves it to [`super::pace`].
    pub nodelay: Option<bool>,
    /// Whether the program asked for no wake-up descriptor.
    pub no_wake: bool,
    /// When to try again.
    pub backoff: Backoff,
    /// The rest; nothing if it is all as it was at first.
    pub extras: Option<Box<Extras>>,
}

/// Settings that most clients leave alone: they take memory only where they are made.
#[derive(Debug, Default)]
pub struct Extras {
    /// Local address.
    pub bind_address: Option<Vec<u8>>,
    /// TCP keepalive, in seconds.
    pub tcp_keepalive: Option<u32>,
    /// TCP user timeout, in milliseconds.
    pub tcp_user_timeout: Option<u32>,
    /// Milliseconds that connecting may take.
    pub connect_timeout: Option<u64>,
    /// Encryption.
    pub tls: TlsSettings,
    /// SOCKS5.
    pub proxy: Option<Proxy>,
    /// WebSocket.
    pub web: WebSettings,
}

/// The settings of WebSockets, which count only if they are used.
#[derive(Debug)]
pub struct WebSettings {
    used: bool,
    path: Vec<u8>,
    headers: Vec<u8>,
    header_limit: usize,
}

impl Default for WebSettings {
    fn default() -> Self {
        WebSettings {
            used: false,
            path: DEFAULT_PATH.to_vec(),
            headers: Vec::new(),
            header_limit: DEFAULT_HTTP_HEADER,
        }
    }
}

impl Options {
    /// Whether connections are made over TCP, not over a Unix socket.
    pub fn is_tcp(&self) -> bool {
        self.port != 0 || self.service || self.extras().is_some_and(|extras| extras.proxy.is_some())
    }

    /// The settings that are rarely made.
    pub fn extras(&self) -> Option<&Extras> {
        self.extras.as_deref()
    }

    /// The same, to be changed.
    pub fn change(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }

    /// Where the next attempt goes, over TLS made of `tls`.
    pub fn destination(&self, tls: Option<Arc<Context>>) -> Result<To> {
        let extras = self.extras();
        let web = extras.map(|extras| &extras.web).filter(|web| web.used);
        let web_socket = web.map(|web| WebSocket {
            path: web.path.clone(),
            headers: web.headers.clone(),
            header_limit: web.header_limit,
            message_len: route::packet_len,
        });
        let route = Route {
            bind_address: extras.and_then(|extras| extras.bind_address.clone()),
            tcp: TcpOptions {
                nodelay: self.nodelay == Some(true),
                keepalive: extras.and_then(|extras| extras.tcp_keepalive),
                user_timeout: extras.and_then(|extras| extras.tcp_user_timeout),
            },
            timeout: extras.and_then(|extras| extras.connect_timeout),
            proxy: extras.and_then(|extras| extras.proxy.clone()),
            tls,
            web_socket,
        };
        let host = self.host.as_deref().ok_or(Error::Inval)?;
        match self.service {
            true => Ok(route.into_domain(host)),
            false => route.to_server(host, self.port).map(To::Target),
        }
    }
}

/// The delay between connection attempts.
#[derive(Debug)]
pub struct Backoff {
    delay: u64,
    max: u64,
    exponential: bool,
    attempts: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { delay: 1, max: 1, exponential: false, attempts: 0 }
    }
}

impl Backoff {
    /// `mosquitto_reconnect_delay_set`: seconds.
    pub fn set(&mut self, delay: u32, max: u32, exponential: bool) {
        self.delay = u64::from(delay.max(1));
        self.max = u64::from(max);
        self.exponential = exponential;
    }

    /// A connection was accepted: the next failure is the first again.
    pub fn reset(&mut self) {
        self.attempts = 0;
    }

    /// Milliseconds until the next attempt: growing linearly or doubling up to the maximum, never under a second.
    pub fn next(&mut self) -> u64 {
        let grown = if self.max <= self.delay {
            self.delay
        } else if self.exponential {
            self.delay.saturating_mul(1u64.checked_shl(self.attempts).unwrap_or(u64::MAX))
        } else {
            self.delay.saturating_mul(u64::from(self.attempts) + 1)
        };
        self.attempts = self.attempts.saturating_add(1);
        grown.min(self.max).max(1) * 1000
    }
}

/// The numbers of `mosq_opt_t`, fixed by the ABI.
#[allow(missing_docs)]
pub mod number {
    pub const PROTOCOL_VERSION: i32 = 1;
    pub const SSL_CTX_WITH_DEFAULTS: i32 = 3;
    pub const RECEIVE_MAXIMUM: i32 = 4;
    pub const SEND_MAXIMUM: i32 = 5;
    pub const TLS_KEYFORM: i32 = 6;
    pub const TLS_ENGINE: i32 = 7;
    pub const TLS_ENGINE_KPASS_SHA1: i32 = 8;
    pub const TLS_OCSP_REQUIRED: i32 = 9;
    pub const TLS_ALPN: i32 = 10;
    pub const TCP_NODELAY: i32 = 11;
    pub const BIND_ADDRESS: i32 = 12;
    pub const TLS_USE_OS_CERTS: i32 = 13;
    pub const DISABLE_SOCKETPAIR: i32 = 14;
    pub const TRANSPORT: i32 = 15;
    pub const HTTP_PATH: i32 = 16;
    pub const HTTP_HEADER_SIZE: i32 = 17;
    pub const X_HTTP_HEADERS: i32 = 0x4000;
    pub const X_TCP_KEEPALIVE: i32 = 0x4001;
    pub const X_TCP_USER_TIMEOUT: i32 = 0x4002;
    pub const X_CONNECT_TIMEOUT: i32 = 0x4003;
}

/// `MOSQ_T_TCP`
const TRANSPORT_TCP: i32 = 1;
/// `MOSQ_T_WEBSOCKETS`
const TRANSPORT_WEBSOCKETS: i32 = 2;
/// The least that option HTTP_HEADER_SIZE takes.
const MIN_HTTP_HEADER: i32 = 100;
/// What it is at first.
const DEFAULT_HTTP_HEADER: usize = 4096;
/// The most seconds that the system takes for TCP keepalive.
const MAX_TCP_KEEPALIVE: i32 = 32_767;
/// What option HTTP_PATH is at first.
const DEFAULT_PATH: &[u8] = b"/mqtt";

/// Sets an option whose value is a number.
pub fn set_int(options: &mut Options, config: &mut Config, option: i32, value: i32) -> Result<()> {
    match option {
        number::PROTOCOL_VERSION => {
            config.version = Version::from_level(value).ok_or(Error::Inval)?;
        }
        number::RECEIVE_MAXIMUM => config.receive_maximum = window(value)?,
        number::SEND_MAXIMUM => config.send_maximum = window(value)?,
        number::TCP_NODELAY => options.nodelay = Some(value != 0),
        number::DISABLE_SOCKETPAIR => options.no_wake = value != 0,
        number::TRANSPORT => match value {
            TRANSPORT_TCP => options.change().web.used = false,
            TRANSPORT_WEBSOCKETS => options.change().web.used = true,
            _ => return Err(Error::Inval),
        },
        number::HTTP_HEADER_SIZE if value < MIN_HTTP_HEADER => return Err(Error::Inval),
        number::HTTP_HEADER_SIZE => {
            options.change().web.header_limit = usize::try_from(value).map_err(|_| Error::Inval)?;
        }
        number::X_TCP_KEEPALIVE => {
            options.change().tcp_keepalive = limit(value, MAX_TCP_KEEPALIVE)?;
        }
        number::X_TCP_USER_TIMEOUT => options.change().tcp_user_timeout = limit(value, i32::MAX)?,
        number::X_CONNECT_TIMEOUT => {
            options.change().connect_timeout = limit(value, i32::MAX)?.map(u64::from);
        }
        number::SSL_CTX_WITH_DEFAULTS => options.change().tls.change().defaults = value != 0,
        number::TLS_OCSP_REQUIRED => options.change().tls.change().ocsp_required = value != 0,
        number::TLS_USE_OS_CERTS => options.change().tls.change().os_certificates = value != 0,
        _ => return Err(Error::Inval),
    }
    Ok(())
}

/// An option whose value is a string, checked.
pub enum StringSetting {
    /// The local address.
    BindAddress(Option<Vec<u8>>),
    /// The path to ask a WebSocket server for.
    HttpPath(Vec<u8>),
    /// Further headers to send it.
    HttpHeaders(Vec<u8>),
    /// One of TLS.
    Tls(TlsString),
}

/// Checks an option whose value is a string; `None` clears it.
pub fn check_string(option: i32, value: Option<&[u8]>) -> Result<StringSetting> {
    Ok(StringSetting::Tls(match option {
        number::BIND_ADDRESS => {
            return Ok(StringSetting::BindAddress(value.map(<[u8]>::to_vec)));
        }
        number::TLS_KEYFORM => TlsString::key_form(value)?,
        number::TLS_ENGINE => TlsString::engine(value)?,
        number::TLS_ENGINE_KPASS_SHA1 => TlsString::engine_password(value)?,
        number::TLS_ALPN => TlsString::alpn(value),
        number::HTTP_PATH => {
            let path = upgrade::path(value.unwrap_or(DEFAULT_PATH))?;
            return Ok(StringSetting::HttpPath(path));
        }
        number::X_HTTP_HEADERS => {
            let headers = upgrade::headers(value.unwrap_or_default())?;
            return Ok(StringSetting::HttpHeaders(headers));
        }
        _ => return Err(Error::Inval),
    }))
}

impl StringSetting {
    /// Makes it so.
    pub fn apply(self, options: &mut Options) {
        match self {
            StringSetting::BindAddress(address) => options.change().bind_address = address,
            StringSetting::HttpPath(path) => options.change().web.path = path,
            StringSetting::HttpHeaders(headers) => options.change().web.headers = headers,
            StringSetting::Tls(setting) => setting.apply(options.change().tls.change()),
        }
    }
}

/// A limit of time: 0 means none.
fn limit(value: i32, most: i32) -> Result<Option<u32>> {
    match u32::try_from(value) {
        Ok(0) => Ok(None),
        Ok(limit) if value <= most => Ok(Some(limit)),
        _ => Err(Error::Inval),
    }
}

/// A number of messages in flight: 0 means as many as there can be.
fn window(value: i32) -> Result<u16> {
    match u16::try_from(value) {
        Ok(0) => Ok(u16::MAX),
        Ok(value) => Ok(value),
        Err(_) => Err(Error::Inval),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays() {
        let table: [(u32, u32, bool, [u64; 5]); 7] = [
            (1, 1, false, [1, 1, 1, 1, 1]),
            (1, 4, false, [1, 2, 3, 4, 4]),
            (1, 9, true, [1, 2, 4, 8, 9]),
            (2, 2, false, [2, 2, 2, 2, 2]),
            (3, 1, false, [1, 1, 1, 1, 1]),
            (1, 0, false, [1, 1, 1, 1, 1]),
            (0, 3, false, [1, 2, 3, 3, 3]),
        ];
        for (delay, max, exponential, expected) in table {
            let mut backoff = Backoff::default();
            backoff.set(delay, max, exponential);
            assert_eq!(
                expected.map(|_| backoff.next() / 1000),
                expected,
                "{delay} {max} {exponential}"
            );
            backoff.reset();
            assert_eq!(backoff.next() / 1000, expected[0]);
        }
        let mut backoff = Backoff::default();
        backoff.set(u32::MAX, u32::MAX, true);
        for _ in 0..100 {
            assert!(backoff.next() <= u64::from(u32::MAX) * 1000);
        }
    }
}
