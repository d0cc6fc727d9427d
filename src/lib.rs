//! `libmosquitto.so.1` in Rust: the C ABI of Eclipse's libmosquitto 2.1.2 on an implementation of our own.
//!
//! The map of the house; arrows of use point one way, `protocol -> session -> client -> ffi`, with
//! `transport -> client` from the side. `tests/architecture.rs` holds every file to it.
//!
//! | module | what it is | what it must not do |
//! |---|---|---|
//! | [`error`] | what can go wrong, and its `MOSQ_ERR_*` number | know who asks |
//! | [`time`] | milliseconds as a plain value | read a clock |
//! | [`sync`] | the one lock type | be held across a callback |
//! | [`protocol`] | MQTT bytes to values and back | clock, lock, thread, socket, unsafe |
//! | [`session`] | the client's protocol state machine | the same |
//! | [`transport`] | non-blocking byte streams over descriptors | know MQTT |
//! | [`client`] | what a program holds: locks, loops, threads, reconnect | C types |
//! | [`ffi`] | the exported functions, thin | logic |

#![deny(missing_docs, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
#![cfg_attr(not(test), warn(clippy::unwrap_used))]
// clippy.toml lists what the pure modules may not name; they deny these two again.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod client;
pub mod error;
pub mod ffi;
pub mod protocol;
pub mod session;
pub mod sync;
pub mod time;
pub mod transport;
