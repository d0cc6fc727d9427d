//! Tests on real sockets, loopback addresses only.

#![allow(clippy::disallowed_types)] // the peers' sockets

mod connect;
mod isolated;
mod layers;
mod poll;
mod race;
mod resolve;
mod service;
mod stream;
pub(super) mod support;
mod system;
mod tls;
mod unix;
