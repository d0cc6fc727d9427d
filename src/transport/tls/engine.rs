//! Engines of OpenSSL: other places where keys live. Where OpenSSL has none, every name is unknown.

use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::ptr::{self, NonNull};
use std::sync::OnceLock;

use super::config::TlsConfig;
use super::sys::{self, Owned, ffi};
use crate::error::{Error, Result};
use crate::transport::log::{LogLine, Severity};

/// An `ENGINE`.
enum Raw {}

const OPENSSL_INIT_ENGINE_ALL_BUILTIN: u64 = 0xf600;
const ENGINE_METHOD_ALL: u32 = 0xffff;
/// What the engines for TPMs take for "the PIN is a SHA-1 sum".
const SECRET_MODE_SHA: c_long = 0x1000;

unsafe extern "C" {
    fn ENGINE_by_id(id: *const c_char) -> *mut Raw;
    fn ENGINE_init(engine: *mut Raw) -> c_int;
    fn ENGINE_finish(engine: *mut Raw) -> c_int;
    fn ENGINE_free(engine: *mut Raw) -> c_int;
    fn ENGINE_set_default(engine: *mut Raw, methods: u32) -> c_int;
    fn ENGINE_ctrl_cmd(
        engine: *mut Raw,
        name: *const c_char,
        number: c_long,
        pointer: *mut c_void,
        function: Option<unsafe extern "C" fn()>,
        optional: c_int,
    ) -> c_int;
    fn ENGINE_load_private_key(
        engine: *mut Raw,
        key: *const c_char,
        ui: *const c_void,
        ui_data: *mut c_void,
    ) -> *mut ffi::EVP_PKEY;
    fn UI_OpenSSL() -> *const c_void;
}

/// An engine that works. Keys taken from it hold on to it by themselves.
#[derive(Debug)]
pub(super) struct Engine(NonNull<Raw>);

impl Drop for Engine {
    fn drop(&mut self) {
        // SAFETY: one working and one plain reference, both taken in `load`.
        unsafe {
            ENGINE_finish(self.0.as_ptr());
            ENGINE_free(self.0.as_ptr());
        }
    }
}

/// Whether OpenSSL has engines at all.
pub const SUPPORTED: bool = true;

/// Whether OpenSSL knows or can load an engine of this name.
pub fn exists(name: &[u8]) -> bool {
    sys::init();
    let Ok(name) = sys::c_string(name) else { return false };
    let found = find(&name);
    if let Some(engine) = found {
        // SAFETY: the reference of `find`.
        unsafe { ENGINE_free(engine.as_ptr()) };
    }
    sys::clear_errors();
    found.is_some()
}

fn find(name: &CStr) -> Option<NonNull<Raw>> {
    static LOADED: OnceLock<()> = OnceLock::new();
    LOADED.get_or_init(|| {
        // SAFETY: options without settings.
        unsafe { sys::OPENSSL_init_crypto(OPENSSL_INIT_ENGINE_ALL_BUILTIN, ptr::null()) };
    });
    // SAFETY: a NUL-terminated name.
    NonNull::new(unsafe { ENGINE_by_id(name.as_ptr()) })
}

/// The engine of the configuration, ready and used for everything that it offers; `None` if none is wanted.
pub(super) fn load(config: &TlsConfig, lines: &mut Vec<LogLine>) -> Result<Option<Engine>> {
    let Some(name) = &config.engine else { return Ok(None) };
    let name = sys::c_string(name)?;
    let Some(engine) = find(&name) else {
        let name = name.to_string_lossy();
        lines.push(LogLine::new(Severity::Error, format!("Error loading {name} engine\n")));
        return Err(Error::Tls);
    };
    // SAFETY: alive; if it works, both references become those of `Engine`, else the one is given back.
    unsafe {
        if ENGINE_init(engine.as_ptr()) != 1 {
            ENGINE_free(engine.as_ptr());
            lines.push(LogLine::new(Severity::Error, "Failed engine initialisation\n"));
            return Err(Error::Tls);
        }
        ENGINE_set_default(engine.as_ptr(), ENGINE_METHOD_ALL);
    }
    Ok(Some(Engine(engine)))
}

impl Engine {
    /// The key that the engine knows as `name`. What failed, if it did.
    pub fn key(&self, name: &CStr, config: &TlsConfig) -> Result<Owned<ffi::EVP_PKEY>, String> {
        // SAFETY: no arguments; the answer is a constant of OpenSSL.
        let mut ui = unsafe { UI_OpenSSL() };
        if let Some(password) = &config.engine_password {
            let mut pin = password.bytes().to_vec();
            let mode = self.control(c"SECRET_MODE", SECRET_MODE_SHA, ptr::null_mut());
            let pin_set = mode && self.control(c"PIN", 0, pin.as_mut_ptr().cast());
            // SAFETY: the vector's own memory.
            unsafe { sys::OPENSSL_cleanse(pin.as_mut_ptr().cast(), pin.len()) };
            if !mode {
                return Err("Error: Unable to set engine secret mode sha1".into());
            }
            if !pin_set {
                return Err("Error: Unable to set engine pin".into());
            }
            ui = ptr::null();
        }
        // SAFETY: a working engine, a NUL-terminated name; the key is the caller's.
        let key = unsafe {
            let key = ENGINE_load_private_key(self.0.as_ptr(), name.as_ptr(), ui, ptr::null_mut());
            Owned::new(key)
        };
        key.ok_or_else(|| unable_to_load(name))
    }

    fn control(&self, command: &CStr, number: c_long, pointer: *mut c_void) -> bool {
        // SAFETY: a working engine, a NUL-terminated command; `pointer` is what that command takes.
        unsafe { ENGINE_ctrl_cmd(self.0.as_ptr(), command.as_ptr(), number, pointer, None, 0) == 1 }
    }
}

/// The line for a key that no engine has.
pub(super) fn unable_to_load(name: &CStr) -> String {
    let name = name.to_string_lossy();
    format!("Error: Unable to load engine private key file \"{name}\".")
}
