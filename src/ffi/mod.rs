//! The exported functions: thin, one file per public header group. Checks pointers, converts C to Rust and back, calls
//! [`crate::client`] or [`crate::protocol`], and lets no panic out. Nothing imports this module.
//!
//! The documentation of the exported functions becomes the C headers, so it speaks to C programmers.

#![allow(clippy::missing_safety_doc)] // what a caller must keep to is said argument by argument, in C's words

#[allow(unused)]
mod export;

// Tools of the boundary.
#[allow(unused)]
mod alloc;
#[allow(unused)]
mod boundary;

// Declarations.
pub mod defs;
pub mod mqtt_protocol;
pub mod types;

// Pure functions.
pub mod message;
pub mod properties;
pub mod strings;
pub mod tokens;
pub mod topic;
pub mod utf8;
