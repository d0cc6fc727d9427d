//! TLS on the system's shared OpenSSL: `SSL_CTX *` and `SSL *` cross the library's boundary, so it must be the one that the
//! program uses.
//!
//! | file | what it is |
//! |---|---|
//! | [`config`] | settings, a plain value |
//! | [`context`], `stamp` | settings as an `SSL_CTX`, kept while neither they nor the files change |
//! | [`stream`], `record`, `bio` | one connection, its records, its socket |
//! | `verify`, `ocsp`, `psk` | who the server is |
//! | `engine` | keys that are not in files |
//! | `resumption` | a shorter handshake with a server known already |
//! | `attached` | what OpenSSL's callbacks know of a connection |
//! | `sys` | what OpenSSL offers |

mod attached;
mod bio;
pub mod config;
pub mod context;
#[cfg_attr(openssl_no_engine, path = "no_engine.rs")]
pub mod engine;
mod ocsp;
mod psk;
mod record;
mod resumption;
mod stamp;
pub mod stream;
mod sys;
mod verify;
