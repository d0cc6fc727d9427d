//! The exported functions: thin, one file per public header group. Checks pointers, converts C to Rust and back, calls
//! [`crate::client`] or [`crate::protocol`], and lets no panic out. Nothing imports this module.
//!
//! The documentation of the exported functions becomes the comments of the C headers: it is written for C programs.

#![allow(clippy::missing_safety_doc)] // the contract of a C function is in its manual text
#![allow(clippy::too_many_arguments)] // as many as the C function has

// Tools of the boundary.
mod alloc;
mod boundary;
mod cancel;
mod export;
mod unwind;

// Declarations.
pub mod defs;
pub mod mqtt_protocol;
pub mod types;

// The client.
pub mod auth;
pub mod callbacks;
pub mod connect;
pub mod create_delete;
mod diagnostics;
mod dispatch;
pub mod extensions;
mod filters;
mod fork;
mod handle;
pub mod helpers;
mod hold;
pub mod library;
pub mod loops;
pub mod options;
mod parking;
mod properties_in;
pub mod publish;
pub mod socks;
pub mod subscribe;
pub mod tls;
pub mod unsubscribe;
pub mod will;

// Pure functions.
pub mod message;
pub mod properties;
pub mod strings;
pub mod tokens;
pub mod topic;
pub mod utf8;
