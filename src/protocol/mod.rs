//! MQTT 3.1, 3.1.1 and 5.0: bytes to values and back, nothing else. One set of files for all versions; the version is a
//! value.

#![forbid(unsafe_code)]
#![deny(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic
)]

pub mod command;
pub mod frame;
pub mod packet;
pub mod primitive;
pub mod property;
pub mod text;
pub mod topic;
pub mod utf8;
pub mod version;
mod word;
