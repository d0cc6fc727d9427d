//! In place of `engine.rs` where OpenSSL has no engines: every name is unknown.

use std::ffi::CStr;

use super::config::TlsConfig;
use super::sys::{Owned, ffi};
use crate::error::{Error, Result};
use crate::transport::log::LogLine;

/// There is none.
#[derive(Debug)]
pub(super) enum Engine {}

/// Whether OpenSSL has engines at all.
pub const SUPPORTED: bool = false;

/// Whether OpenSSL knows or can load an engine of this name.
pub fn exists(_name: &[u8]) -> bool {
    false
}

/// The engine of the configuration; `None` if none is wanted.
pub(super) fn load(config: &TlsConfig, _lines: &mut Vec<LogLine>) -> Result<Option<Engine>> {
    if config.engine.is_some() { Err(Error::NotSupported) } else { Ok(None) }
}

impl Engine {
    /// The key that the engine knows as `name`.
    pub fn key(&self, _name: &CStr, _config: &TlsConfig) -> Result<Owned<ffi::EVP_PKEY>, String> {
        match *self {}
    }
}

/// The line for a key that no engine has.
pub(super) fn unable_to_load(name: &CStr) -> String {
    let name = name.to_string_lossy();
    format!("Error: Unable to load engine private key file \"{name}\".")
}
