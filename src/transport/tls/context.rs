//! From settings to an `SSL_CTX`, in one transaction: either everything took effect or there is no context.
//!
//! A context is kept from connection to connection, because reading the system's certificates takes tens of milliseconds,
//! and made anew when settings or files have changed. Nothing is ever taken over from an earlier one.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use super::config::{KeyForm, Password, TlsConfig, Version};
use super::engine::{self, Engine};
use super::ocsp;
use super::resumption::Resumption;
use super::stamp::{self, Stamp};
use super::sys::{self, Owned, ffi};
use crate::error::{Error, Result};
use crate::transport::log::{Failure, LogLine, Severity};

/// TLS 1.2 at least, no compression.
const OPTIONS: u64 = ffi::SSL_OP_NO_SSLv3
    | ffi::SSL_OP_NO_TLSv1
    | ffi::SSL_OP_NO_TLSv1_1
    | ffi::SSL_OP_NO_COMPRESSION;
/// An application protocol is cut at so many bytes.
const MAX_ALPN: usize = 254;

/// What all connections with the same settings share.
#[derive(Debug)]
pub struct Context {
    context: Owned<ffi::SSL_CTX>,
    config: Arc<TlsConfig>,
    stamps: Vec<Stamp>,
    resumption: Resumption,
}

// SAFETY: once made, a context is only used to make SSL objects, which OpenSSL allows from any thread.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

impl Context {
    /// The context for `config`: `earlier` if nothing has changed since, else a new one.
    ///
    /// Reads files, may ask for a password and may take tens of milliseconds. Fails with `Inval` if the settings do not
    /// go together, with `Tls` if OpenSSL does not take them.
    pub fn get(
        config: &Arc<TlsConfig>,
        earlier: Option<Arc<Context>>,
    ) -> Result<Arc<Context>, Failure> {
        let is_current = |context: &Arc<Context>| {
            Arc::ptr_eq(&context.config, config) && context.stamps.iter().all(Stamp::is_current)
        };
        match earlier.filter(is_current) {
            Some(context) => Ok(context),
            None => Context::make(config),
        }
    }

    fn make(config: &Arc<TlsConfig>) -> Result<Arc<Context>, Failure> {
        sys::init();
        sys::clear_errors();
        let stamps = stamp::of(config); // before the files are read: a change meanwhile is seen the next time
        let mut lines = Vec::new();
        match build(config, &mut lines) {
            Ok(context) => Ok(Arc::new(Context {
                context,
                config: Arc::clone(config),
                stamps,
                resumption: Resumption::new(config),
            })),
            Err(error) => Err(Failure { error, lines }),
        }
    }

    /// The settings.
    pub fn config(&self) -> &TlsConfig {
        &self.config
    }

    pub(super) fn as_ptr(&self) -> *mut ffi::SSL_CTX {
        self.context.as_ptr()
    }

    pub(super) fn resumption(&self) -> &Resumption {
        &self.resumption
    }
}

fn build(config: &TlsConfig, lines: &mut Vec<LogLine>) -> Result<Owned<ffi::SSL_CTX>> {
    let context = match &config.user_context {
        Some(user) => {
            // SAFETY: alive as long as `user`; the reference added is the one that is owned.
            let context = unsafe {
                ffi::SSL_CTX_up_ref(user.0.as_ptr());
                Owned::new(user.0.as_ptr())
            };
            context.ok_or(Error::NoMem)?
        }
        None => {
            // SAFETY: a constant method.
            let context = unsafe { Owned::new(ffi::SSL_CTX_new(ffi::TLS_client_method())) };
            match context {
                Some(context) => context,
                None => {
                    lines.push(error_line("Error: Unable to create TLS context."));
                    sys::take_errors("while trying to create a SSL ctx", lines);
                    return Err(Error::Tls);
                }
            }
        }
    };
    if !config.applies() {
        return Ok(context);
    }
    if !config.has_trust() && config.psk.is_none() {
        lines.push(error_line(
            "Error: If you use MOSQ_OPT_SSL_CTX then MOSQ_OPT_SSL_CTX_WITH_DEFAULTS must be true, \
             or at least one of cafile, capath or psk must be specified.",
        ));
        return Err(Error::Inval);
    }
    let mut builder = Builder { context: context.as_ptr(), config, lines };
    builder.run()?;
    Ok(context)
}

fn error_line(text: impl Into<String>) -> LogLine {
    LogLine::new(Severity::Error, text)
}

/// A context that is being made ready.
struct Builder<'a> {
    context: *mut ffi::SSL_CTX,
    config: &'a TlsConfig,
    lines: &'a mut Vec<LogLine>,
}

impl Builder<'_> {
    fn run(&mut self) -> Result<()> {
        self.options();
        let engine = engine::load(self.config, self.lines)?;
        self.ciphers()?;
        if self.config.has_trust() {
            self.trust()?;
            self.own_certificate(engine.as_ref())?;
        }
        if self.config.wants_ocsp() && self.config.user_context.is_none() {
            // SAFETY: the context is alive.
            unsafe { ocsp::enable(self.context) };
        }
        Ok(())
    }

    fn options(&mut self) {
        let mut options = OPTIONS;
        if self.config.psk.is_some() {
            options |= ffi::SSL_OP_NO_TLSv1_3;
        }
        if self.config.version == Version::Tls13 {
            options |= ffi::SSL_OP_NO_TLSv1_2;
        }
        let alpn = self.config.alpn.as_deref().unwrap_or_default();
        let alpn = alpn.get(..MAX_ALPN).unwrap_or(alpn);
        let mut protocols = Vec::new();
        if !alpn.is_empty() {
            protocols.push(alpn.len() as u8);
            protocols.extend_from_slice(alpn);
        }
        // SAFETY: the context is alive; the protocols are copied. Without memory for them none is offered.
        unsafe {
            ffi::SSL_CTX_set_options(self.context, options);
            ffi::SSL_CTX_set_mode(self.context, ffi::SSL_MODE_RELEASE_BUFFERS);
            if !protocols.is_empty() {
                let len = protocols.len() as u32;
                ffi::SSL_CTX_set_alpn_protos(self.context, protocols.as_ptr(), len);
            }
        }
    }

    fn ciphers(&mut self) -> Result<()> {
        let default: Option<&[u8]> = self.config.uses_psk().then_some(b"PSK");
        if let Some(list) = self.config.ciphers.as_deref().or(default) {
            let text = sys::c_string(list)?;
            // SAFETY: the context is alive, the list NUL-terminated.
            if unsafe { ffi::SSL_CTX_set_cipher_list(self.context, text.as_ptr()) } != 1 {
                let text = text.to_string_lossy();
                return self.fail(
                    format!("Error: Unable to set TLS ciphers. Check cipher list \"{text}\"."),
                    "while trying to set the cipher list",
                );
            }
        }
        if let Some(list) = &self.config.cipher_suites {
            let text = sys::c_string(list)?;
            // SAFETY: as above.
            if unsafe { ffi::SSL_CTX_set_ciphersuites(self.context, text.as_ptr()) } != 1 {
                let text = text.to_string_lossy();
                return self.fail(
                    format!(
                        "Error: Unable to set TLS 1.3 ciphersuites. Check cipher_tls13 list \
                         \"{text}\"."
                    ),
                    "while trying to set the cipher list",
                );
            }
        }
        Ok(())
    }

    fn trust(&mut self) -> Result<()> {
        if self.config.os_certificates {
            // SAFETY: the context is alive. A system without certificates just trusts nobody.
            unsafe { ffi::SSL_CTX_set_default_verify_paths(self.context) };
            sys::clear_errors();
        }
        let places = [("cafile", &self.config.ca_file), ("capath", &self.config.ca_path)];
        for (name, place) in places {
            let Some(place) = place else { continue };
            let place = sys::c_string(place)?;
            let (file, path) = match name {
                "cafile" => (place.as_ptr(), ptr::null()),
                _ => (ptr::null(), place.as_ptr()),
            };
            // SAFETY: the context is alive, the path NUL-terminated.
            if unsafe { ffi::SSL_CTX_load_verify_locations(self.context, file, path) } != 1 {
                let place = place.to_string_lossy();
                return self.fail(
                    format!("Error: Unable to load CA certificates, check {name} \"{place}\"."),
                    "while trying to load the ca",
                );
            }
        }
        let mode = if self.config.verify { ffi::SSL_VERIFY_PEER } else { ffi::SSL_VERIFY_NONE };
        // SAFETY: the context is alive; a verify callback of the program is left in place.
        unsafe {
            let callback = sys::SSL_CTX_get_verify_callback(self.context);
            ffi::SSL_CTX_set_verify(self.context, mode, callback);
        }
        Ok(())
    }

    fn own_certificate(&mut self, engine: Option<&Engine>) -> Result<()> {
        let (Some(certificate), Some(key)) = (&self.config.certificate, &self.config.key) else {
            return Ok(());
        };
        let certificate = sys::c_string(certificate)?;
        // SAFETY: the context is alive, the path NUL-terminated.
        let loaded =
            unsafe { ffi::SSL_CTX_use_certificate_chain_file(self.context, certificate.as_ptr()) };
        if loaded != 1 {
            let certificate = certificate.to_string_lossy();
            return self.fail(
                format!("Error: Unable to load client certificate \"{certificate}\"."),
                "while trying to use the certificate chain file",
            );
        }
        let name = sys::c_string(key)?;
        match self.config.key_form {
            KeyForm::Pem => self.pem_key(&name)?,
            KeyForm::Engine => self.engine_key(&name, engine)?,
        }
        // SAFETY: the context is alive.
        if unsafe { ffi::SSL_CTX_check_private_key(self.context) } != 1 {
            return self.fail(
                "Error: Client certificate/key are inconsistent.".into(),
                "while trying to check the private key",
            );
        }
        Ok(())
    }

    fn pem_key(&mut self, name: &CString) -> Result<()> {
        let key = read_key(name, self.config.password.as_deref());
        // SAFETY: context and key are alive; the context takes a reference of its own.
        let used = key.is_some_and(|key| unsafe {
            ffi::SSL_CTX_use_PrivateKey(self.context, key.as_ptr()) == 1
        });
        if used {
            return Ok(());
        }
        let name = name.to_string_lossy();
        self.fail(
            format!("Error: Unable to load client key file \"{name}\"."),
            "while trying to use the private key file",
        )
    }

    fn engine_key(&mut self, name: &CString, engine: Option<&Engine>) -> Result<()> {
        const CONTEXT: &str = "while trying to use the private key file";
        let key = match engine {
            Some(engine) => engine.key(name, self.config),
            None => Err(engine::unable_to_load(name)),
        };
        let key = match key {
            Ok(key) => key,
            Err(line) => return self.fail(line, CONTEXT),
        };
        // SAFETY: context and key are alive; the context takes a reference of its own.
        if unsafe { ffi::SSL_CTX_use_PrivateKey(self.context, key.as_ptr()) } != 1 {
            let name = name.to_string_lossy();
            let line = format!("Error: Unable to use engine private key file \"{name}\".");
            return self.fail(line, CONTEXT);
        }
        Ok(())
    }

    fn fail(&mut self, line: String, context: &str) -> Result<()> {
        self.lines.push(error_line(line));
        sys::take_errors(context, self.lines);
        Err(Error::Tls)
    }
}

/// The key in a PEM file. Without `password`, OpenSSL asks at the terminal if it has to.
fn read_key(name: &CStr, password: Option<&dyn Password>) -> Option<Owned<ffi::EVP_PKEY>> {
    // SAFETY: NUL-terminated strings.
    let file = unsafe { Owned::new(sys::BIO_new_file(name.as_ptr(), c"r".as_ptr())) }?;
    let callback = password.is_some().then_some(ask as sys::PasswordCallback);
    let data = password
        .as_ref()
        .map_or(ptr::null_mut(), |password| ptr::from_ref(password).cast_mut().cast());
    // SAFETY: `file` is alive; `data` is what `ask` expects and lives longer than the call.
    unsafe {
        let key = ffi::PEM_read_bio_PrivateKey(file.as_ptr(), ptr::null_mut(), callback, data);
        Owned::new(key)
    }
}

/// OpenSSL wants a password.
unsafe extern "C" fn ask(
    buffer: *mut c_char,
    size: c_int,
    _writing: c_int,
    data: *mut c_void,
) -> c_int {
    let (Some(size), false) = (usize::try_from(size).ok(), buffer.is_null()) else { return -1 };
    // SAFETY: `data` is from `read_key`, which waits; `buffer` has room for `size` bytes, any of which may be read.
    let (password, buffer) = unsafe {
        let password = *data.cast::<&dyn Password>();
        ptr::write_bytes(buffer, 0, size);
        (password, std::slice::from_raw_parts_mut(buffer.cast::<u8>(), size))
    };
    let len = password.ask(buffer);
    len.min(c_int::try_from(size).unwrap_or(c_int::MAX))
}
