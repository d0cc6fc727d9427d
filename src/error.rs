//! What can go wrong, and the `MOSQ_ERR_*` number by which a C program knows it.
//!
//! Nothing else in the library knows these numbers; texts for people are in `protocol::text`.

use thiserror::Error;

/// The `errno` by which programs know that the server broke the rules of TLS or WebSocket: connecting again does not help.
pub const EPROTO: i32 = 71;

/// The library's result.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Every failure that a function of the library can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[allow(missing_docs)] // each variant is the MOSQ_ERR_* of the same name, explained in mosquitto/defs.h
pub enum Error {
    #[error("out of memory")]
    NoMem,
    #[error("protocol error")]
    Protocol,
    #[error("invalid input")]
    Inval,
    #[error("not connected")]
    NoConn,
    #[error("connection refused")]
    ConnRefused,
    #[error("not found")]
    NotFound,
    #[error("connection lost")]
    ConnLost,
    #[error("TLS error")]
    Tls,
    #[error("payload too large")]
    PayloadSize,
    #[error("not supported")]
    NotSupported,
    #[error("authorisation failed")]
    Auth,
    #[error("unknown error")]
    Unknown,
    /// A system call failed; the number is its `errno`, which the C boundary puts back.
    #[error("system error {0}")]
    Errno(i32),
    /// A name could not be resolved; the number is the `EAI_*` code, given to the program as `errno`.
    #[error("name resolution error {0}")]
    Eai(i32),
    #[error("proxy error")]
    Proxy,
    #[error("malformed UTF-8")]
    MalformedUtf8,
    #[error("keepalive exceeded")]
    Keepalive,
    #[error("DNS lookup failed")]
    Lookup,
    #[error("malformed packet")]
    MalformedPacket,
    #[error("duplicate property")]
    DuplicateProperty,
    #[error("QoS not supported")]
    QosNotSupported,
    #[error("packet too large")]
    OversizePacket,
    #[error("OCSP error")]
    Ocsp,
    #[error("receive maximum exceeded")]
    ReceiveMaximumExceeded,
    #[error("topic alias invalid")]
    TopicAliasInvalid,
    #[error("retain not supported")]
    RetainNotSupported,
    #[error("shared subscriptions not supported")]
    SharedSubsNotSupported,
    #[error("subscription identifiers not supported")]
    SubscriptionIdsNotSupported,
    #[error("wildcard subscriptions not supported")]
    WildcardSubsNotSupported,
    /// A number that a callback of the program answered, passed through unchanged.
    #[error("code {0}")]
    Other(i32),
}

impl Error {
    /// The `MOSQ_ERR_*` number.
    pub const fn code(self) -> i32 {
        match self {
            Error::NoMem => 1,
            Error::Protocol => 2,
            Error::Inval => 3,
            Error::NoConn => 4,
            Error::ConnRefused => 5,
            Error::NotFound => 6,
            Error::ConnLost => 7,
            Error::Tls => 8,
            Error::PayloadSize => 9,
            Error::NotSupported => 10,
            Error::Auth => 11,
            Error::Unknown => 13,
            Error::Errno(_) => 14,
            Error::Eai(_) => 15,
            Error::Proxy => 16,
            Error::MalformedUtf8 => 18,
            Error::Keepalive => 19,
            Error::Lookup => 20,
            Error::MalformedPacket => 21,
            Error::DuplicateProperty => 22,
            Error::QosNotSupported => 24,
            Error::OversizePacket => 25,
            Error::Ocsp => 26,
            Error::ReceiveMaximumExceeded => 147,
            Error::TopicAliasInvalid => 148,
            Error::RetainNotSupported => 154,
            Error::SharedSubsNotSupported => 158,
            Error::SubscriptionIdsNotSupported => 161,
            Error::WildcardSubsNotSupported => 162,
            Error::Other(code) => code,
        }
    }

    /// The value that `errno` has for the caller, for the failures that carry one.
    pub const fn errno(self) -> Option<i32> {
        match self {
            Error::Errno(errno) | Error::Eai(errno) => Some(errno),
            Error::Tls => Some(EPROTO),
            _ => None,
        }
    }
}
