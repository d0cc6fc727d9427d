//! Why a proxy's answer ends the attempt: what programs get as code, and what people get to read.

use core::fmt;

use crate::error::Error;

/// What was wrong with the proxy's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not the protocol's version number: something else listens there.
    NotSocks5,
    /// It wants a way of authentication that was not offered, or none of the offered ones (255).
    Method(u8),
    /// It does not take user name and password.
    Login(u8),
    /// It could not or would not connect (RFC 1928 section 6).
    Reply(u8),
    /// The type of the address that it says to have connected from does not exist.
    AddressType(u8),
    /// It closed the connection in the middle.
    Closed,
}

impl Refusal {
    /// What the attempt fails with.
    pub const fn error(self) -> Error {
        match self {
            Refusal::NotSocks5 | Refusal::Closed => Error::Proxy,
            Refusal::Method(_) => Error::Auth,
            // Programs know the status of a login by the same table, although RFC 1929 has no codes.
            Refusal::Login(code) | Refusal::Reply(code) => match code {
                2 => Error::Auth,
                3..=5 => Error::NoConn,
                0..=8 => Error::Proxy,
                _ => Error::Inval,
            },
            Refusal::AddressType(_) => Error::Protocol,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NotSocks5 => f.write_str("this is not a SOCKS5 proxy"),
            Refusal::Method(255) => {
                f.write_str("the SOCKS5 proxy accepts no offered authentication method")
            }
            Refusal::Method(method) => {
                write!(
                    f,
                    "the SOCKS5 proxy chose authentication method {method}, which was not offered"
                )
            }
            Refusal::Login(status) => {
                write!(f, "the SOCKS5 proxy refused user name and password ({status})")
            }
            Refusal::Reply(code) => {
                let text = match code {
                    1 => "general failure",
                    2 => "connection not allowed",
                    3 => "network unreachable",
                    4 => "host unreachable",
                    5 => "connection refused",
                    6 => "time to live expired",
                    7 => "command not supported",
                    8 => "address type not supported",
                    _ => "unknown reply code",
                };
                write!(f, "the SOCKS5 proxy could not connect: {text} ({code})")
            }
            Refusal::AddressType(kind) => {
                write!(f, "the SOCKS5 proxy answered with an unknown address type ({kind})")
            }
            Refusal::Closed => f.write_str("the SOCKS5 proxy closed the connection"),
        }
    }
}
