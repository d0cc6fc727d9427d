//! The exported functions: thin, one file per public header group. Checks pointers, converts C to Rust and back, calls
//! [`crate::client`] or [`crate::protocol`], and lets no panic out. Nothing imports this module.

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
