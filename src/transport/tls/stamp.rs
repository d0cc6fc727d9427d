//! Whether files are still those that were read: what tells one state of a file from the next.

use std::ffi::{CStr, OsStr, c_char};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use super::config::{KeyForm, TlsConfig};
use super::sys;

/// Device, inode, size, time of last change of content and of anything.
type State = (u64, u64, u64, (i64, i64), (i64, i64));

/// A file or directory, and its state when it was looked at; `None` if it was not there.
#[derive(Debug)]
pub(super) struct Stamp {
    path: PathBuf,
    state: Option<State>,
}

impl Stamp {
    fn new(path: PathBuf) -> Stamp {
        let state = state(&path);
        Stamp { path, state }
    }

    /// Whether the file is as it was.
    pub fn is_current(&self) -> bool {
        state(&self.path) == self.state
    }
}

/// Stamps of everything that a context of `config` is made from.
pub(super) fn of(config: &TlsConfig) -> Vec<Stamp> {
    let key = config.key.as_ref().filter(|_| config.key_form == KeyForm::Pem);
    let given =
        [config.ca_file.as_ref(), config.ca_path.as_ref(), config.certificate.as_ref(), key];
    let given = given.into_iter().flatten().map(|path| PathBuf::from(OsStr::from_bytes(path)));
    let system = if config.os_certificates { system_places() } else { Vec::new() };
    given.chain(system).map(Stamp::new).collect()
}

/// Where OpenSSL looks for the certificates of the system.
fn system_places() -> Vec<PathBuf> {
    // SAFETY: no arguments; the answers are constants of OpenSSL.
    let places = unsafe {
        [
            (sys::X509_get_default_cert_file_env(), sys::X509_get_default_cert_file()),
            (sys::X509_get_default_cert_dir_env(), sys::X509_get_default_cert_dir()),
        ]
    };
    let place = |(variable, default): (*const c_char, *const c_char)| {
        // SAFETY: NUL-terminated constants.
        let (variable, default) = unsafe { (CStr::from_ptr(variable), CStr::from_ptr(default)) };
        let default = OsStr::from_bytes(default.to_bytes()).to_owned();
        std::env::var_os(OsStr::from_bytes(variable.to_bytes())).unwrap_or(default).into()
    };
    places.into_iter().map(place).collect()
}

fn state(path: &PathBuf) -> Option<State> {
    let data = fs::metadata(path).ok()?;
    let (content, any) = ((data.mtime(), data.mtime_nsec()), (data.ctime(), data.ctime_nsec()));
    Some((data.dev(), data.ino(), data.size(), content, any))
}
