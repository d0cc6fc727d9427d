//! What the integration tests share: brokers that play a part, C programs, and the library under test.
//!
//! Nothing here knows the insides of the library: it is reached through its C ABI only.

#![allow(dead_code, reason = "each test crate uses a part of this")]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clocks, threads and sockets are refused to the protocol, not to its tests"
)]

pub mod api;
pub mod c_program;
pub mod c_suite;
pub mod certificates;
pub mod client;
pub mod clients;
pub mod conversation;
pub mod dns;
pub mod driving;
pub mod embedded_broker;
pub mod library;
pub mod network;
pub mod pattern;
pub mod peer;
pub mod prefix;
pub mod real_broker;
pub mod scenarios;
pub mod script;
pub mod scripted_broker;
pub mod server;
pub mod socks5_proxy;
pub mod terminal;
pub mod tls_broker;
pub mod tls_server;
pub mod web;
pub mod web_broker;

/// The number that `variable` gives, such as how often something is done; `usual` in an ordinary test run, without it.
pub fn number_from(variable: &str, usual: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}={text}: no number")),
        Err(_) => usual,
    }
}
