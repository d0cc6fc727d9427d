//! The settings of a client that are not the session's, and the numbers by which programs set them (`mosq_opt_t`).

use crate::error::{Error, Result};
use crate::protocol::version::Version;
use crate::session::config::Config;

use super::tls::{TlsSettings, TlsString};

/// Everything that connecting and reconnecting need to know.
#[derive(Debug, Default)]
pub struct Options {
    /// Host of the last connect call; `None` before the first.
    pub host: Option<Vec<u8>>,
    /// Its port; 0 for a Unix socket.
    pub port: u16,
    /// Local address.
    pub bind_address: Option<Vec<u8>>,
    /// TCP_NODELAY.
    pub nodelay: bool,
    /// Whether the program asked for no wake-up descriptor.
    pub no_wake: bool,
    /// When to try again.
    pub backoff: Backoff,
    /// Encryption.
    pub tls: TlsSettings,
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
}

/// `MOSQ_T_TCP`
const TRANSPORT_TCP: i32 = 1;
/// `MOSQ_T_WEBSOCKETS`
const TRANSPORT_WEBSOCKETS: i32 = 2;
/// The least that option HTTP_HEADER_SIZE takes.
const MIN_HTTP_HEADER: i32 = 100;

/// Sets an option whose value is a number.
pub fn set_int(options: &mut Options, config: &mut Config, option: i32, value: i32) -> Result<()> {
    match option {
        number::PROTOCOL_VERSION => {
            config.version = Version::from_level(value).ok_or(Error::Inval)?
        }
        number::RECEIVE_MAXIMUM => config.receive_maximum = window(value)?,
        number::SEND_MAXIMUM => config.send_maximum = window(value)?,
        number::TCP_NODELAY => options.nodelay = value != 0,
        number::DISABLE_SOCKETPAIR => options.no_wake = value != 0,
        number::TRANSPORT => match value {
            TRANSPORT_TCP => {}
            TRANSPORT_WEBSOCKETS => return Err(Error::NotSupported),
            _ => return Err(Error::Inval),
        },
        number::HTTP_HEADER_SIZE if value < MIN_HTTP_HEADER => return Err(Error::Inval),
        number::HTTP_HEADER_SIZE => return Err(Error::NotSupported),
        number::SSL_CTX_WITH_DEFAULTS => options.tls.change().defaults = value != 0,
        number::TLS_OCSP_REQUIRED => options.tls.change().ocsp_required = value != 0,
        number::TLS_USE_OS_CERTS => options.tls.change().os_certificates = value != 0,
        _ => return Err(Error::Inval),
    }
    Ok(())
}

/// An option whose value is a string, checked.
pub enum StringSetting {
    /// The local address.
    BindAddress(Option<Vec<u8>>),
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
        number::HTTP_PATH => return Err(Error::NotSupported),
        _ => return Err(Error::Inval),
    }))
}

impl StringSetting {
    /// Makes it so.
    pub fn apply(self, options: &mut Options) {
        match self {
            StringSetting::BindAddress(address) => options.bind_address = address,
            StringSetting::Tls(setting) => setting.apply(options.tls.change()),
        }
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
