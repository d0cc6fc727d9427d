//! Files that the program names.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::error::{Error, Result};

/// `Inval` unless there is a file at `path` that can be read.
pub fn check_readable(path: &[u8]) -> Result<()> {
    let path = Path::new(OsStr::from_bytes(path));
    // Looked at first: opening something else may wait, or do something.
    let is_file = fs::metadata(path).is_ok_and(|data| data.is_file());
    if is_file && File::open(path).is_ok() { Ok(()) } else { Err(Error::Inval) }
}
