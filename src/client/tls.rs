//! TLS as the program sets it: what is checked at the call, and what a connection is made with.
//!
//! A setting takes effect as a whole or not at all. A program that asked for TLS in vain is not connected without it.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::session::log::{ERR, log};
use crate::sync::MutexGuard;
use crate::transport::file::check_readable;
use crate::transport::tls::config::{KeyForm, Psk, Secret, TlsConfig, Version, unhex};
use crate::transport::tls::context::Context;
use crate::transport::tls::engine;

use super::Client;
use super::core::{Core, Link};
use super::frame::Frame;
use super::options::Extras;

pub use crate::transport::tls::config::{Password, UserContext};
pub use crate::transport::tls::stream::SslPointer;

/// The length of a SHA-1 sum.
const SHA1: usize = 20;

/// The settings of a client, and what was made of them.
#[derive(Debug, Default)]
pub struct TlsSettings {
    config: Arc<TlsConfig>,
    context: Option<Arc<Context>>,
    /// The last call that asked for TLS has failed.
    refused: bool,
}

impl TlsSettings {
    /// To change the settings. A context that was made of them is not touched.
    pub fn change(&mut self) -> &mut TlsConfig {
        Arc::make_mut(&mut self.config)
    }

    /// Whether connections are encrypted.
    pub fn is_wanted(&self) -> bool {
        self.config.is_wanted()
    }
}

/// What `mosquitto_tls_set` is given; paths as the program wrote them.
#[allow(missing_docs)]
pub struct Certificates<'a> {
    pub ca_file: Option<&'a [u8]>,
    pub ca_path: Option<&'a [u8]>,
    pub certificate: Option<&'a [u8]>,
    pub key: Option<&'a [u8]>,
    pub password: Option<Arc<dyn Password>>,
}

/// A string option of TLS, checked.
pub enum TlsString {
    /// What the key file is.
    KeyForm(KeyForm),
    /// An engine that exists.
    Engine(Option<Vec<u8>>),
    /// The password of its key.
    EnginePassword(Option<Secret>),
    /// The application protocol.
    Alpn(Option<Vec<u8>>),
}

impl TlsString {
    /// `TLS_KEYFORM`: "pem" or "engine".
    pub fn key_form(value: Option<&[u8]>) -> Result<TlsString> {
        supported()?;
        match value {
            Some(form) if form.eq_ignore_ascii_case(b"pem") => Ok(TlsString::KeyForm(KeyForm::Pem)),
            Some(form) if form.eq_ignore_ascii_case(b"engine") => {
                Ok(TlsString::KeyForm(KeyForm::Engine))
            }
            _ => Err(Error::Inval),
        }
    }

    /// `TLS_ENGINE`: looked up now, which may load a library.
    pub fn engine(value: Option<&[u8]>) -> Result<TlsString> {
        supported()?;
        match value {
            Some(name) if !engine::exists(name) => Err(Error::Inval),
            name => Ok(TlsString::Engine(name.map(<[u8]>::to_vec))),
        }
    }

    /// `TLS_ENGINE_KPASS_SHA1`: 40 hexadecimal digits.
    pub fn engine_password(value: Option<&[u8]>) -> Result<TlsString> {
        supported()?;
        let Some(digits) = value else { return Ok(TlsString::EnginePassword(None)) };
        let sum = unhex(digits).map(Secret::from).filter(|sum| sum.bytes().len() == SHA1);
        Ok(TlsString::EnginePassword(Some(sum.ok_or(Error::Inval)?)))
    }

    /// `TLS_ALPN`.
    pub fn alpn(value: Option<&[u8]>) -> TlsString {
        TlsString::Alpn(value.map(<[u8]>::to_vec))
    }

    /// Makes it so.
    pub fn apply(self, config: &mut TlsConfig) {
        match self {
            TlsString::KeyForm(form) => config.key_form = form,
            TlsString::Engine(name) => config.engine = name,
            TlsString::EnginePassword(password) => config.engine_password = password,
            TlsString::Alpn(protocol) => config.alpn = protocol,
        }
    }
}

fn supported() -> Result<()> {
    if engine::SUPPORTED { Ok(()) } else { Err(Error::NotSupported) }
}

impl Client {
    /// `mosquitto_tls_set`. The files are only looked at; they are read when connecting.
    pub fn set_tls(&self, given: &Certificates<'_>) -> Result<()> {
        let key_form = self.lock().options.change().tls.config.key_form;
        let checked = given.check(key_form);
        let mut core = self.lock();
        let tls = &mut core.options.change().tls;
        // Wrappers pass nothing at all for "no TLS", and do not look at the answer.
        tls.refused = checked.is_err() && (tls.refused || given.is_something());
        checked?;
        let copy = |path: Option<&[u8]>| path.map(<[u8]>::to_vec);
        let config = tls.change();
        config.ca_file = copy(given.ca_file);
        config.ca_path = copy(given.ca_path);
        config.certificate = copy(given.certificate);
        config.key = copy(given.key);
        config.password = given.password.clone();
        Ok(())
    }

    /// `mosquitto_tls_insecure_set`.
    pub fn set_tls_insecure(&self, insecure: bool) -> Result<()> {
        self.lock().options.change().tls.change().insecure = insecure;
        Ok(())
    }

    /// `mosquitto_tls_opts_set`.
    pub fn set_tls_options(
        &self,
        verify: i32,
        version: Option<&[u8]>,
        ciphers: Option<&[u8]>,
    ) -> Result<()> {
        let version = match version {
            None => Version::Tls12,
            Some(name) if name.eq_ignore_ascii_case(b"tlsv1.2") => Version::Tls12,
            Some(name) if name.eq_ignore_ascii_case(b"tlsv1.3") => Version::Tls13,
            Some(_) => return Err(Error::Inval),
        };
        let ciphers = ciphers.map(<[u8]>::to_vec);
        let mut core = self.lock();
        let config = core.options.change().tls.change();
        config.verify = verify != 0;
        config.version = version;
        (config.ciphers, config.cipher_suites) = match version {
            Version::Tls12 => (ciphers, None),
            Version::Tls13 => (None, ciphers),
        };
        Ok(())
    }

    /// `mosquitto_tls_psk_set`.
    pub fn set_tls_psk(
        &self,
        key: Option<&[u8]>,
        identity: Option<&[u8]>,
        ciphers: Option<&[u8]>,
    ) -> Result<()> {
        let psk = match (key, identity) {
            (Some(key), Some(identity)) => {
                Psk::key_from_hex(key).map(|key| Psk { key, identity: identity.to_vec() })
            }
            _ => Err(Error::Inval),
        };
        let mut core = self.lock();
        let tls = &mut core.options.change().tls;
        tls.refused = psk.is_err() && (tls.refused || key.is_some());
        let psk = psk?;
        let config = tls.change();
        config.psk = Some(psk);
        config.ciphers = ciphers.map(<[u8]>::to_vec);
        Ok(())
    }

    /// The program's own context, or none.
    pub fn set_tls_context(&self, context: Option<UserContext>) -> Result<()> {
        let mut core = self.lock();
        let config = core.options.change().tls.change();
        let old = std::mem::replace(&mut config.user_context, context.map(Arc::new));
        let made = core.options.change().tls.context.take();
        self.unlock(core);
        drop((old, made)); // may be the last reference, and then calls functions of the program
        Ok(())
    }

    /// `mosquitto_ssl_get`.
    pub fn ssl(&self) -> Option<SslPointer> {
        match &self.lock().link {
            Link::Open(stream) => stream.ssl(),
            Link::Connecting { view, .. } => view.ssl,
            Link::None | Link::Reserved(_) => None,
        }
    }

    /// What TLS is to be made of on the next connection; nothing if there is to be none. Reads files and may ask the program
    /// for a password, so the lock is given up meanwhile; a thread that destroys the client waits for the end of it.
    pub(super) fn prepare<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
    ) -> (MutexGuard<'a, Core>, Result<Option<Arc<Context>>>) {
        let Some(Extras { tls, .. }) = core.options.extras.as_deref_mut() else {
            return (core, Ok(None));
        };
        if !tls.is_wanted() {
            if tls.refused {
                log!(
                    core.session.log,
                    ERR,
                    "Error: TLS was asked for but not set up. Not connecting without it."
                );
                return (core, Err(Error::Tls));
            }
            return (core, Ok(None));
        }
        let (config, earlier) = (Arc::clone(&tls.config), tls.context.take());
        core.calls.push(*here);
        drop(core); // and not `unlock`: this frame owns the settings
        let made = Context::get(&config, earlier);
        let mut core = self.lock();
        core.calls.retain(|call| call != here);
        self.changed.notify_all();
        let context = match made {
            Ok(context) => context,
            Err(failure) => {
                core.log_transport(failure.lines);
                return (core, Err(failure.error));
            }
        };
        core.options.change().tls.context = Some(Arc::clone(&context));
        (core, Ok(Some(context)))
    }
}

impl Certificates<'_> {
    fn is_something(&self) -> bool {
        [self.ca_file, self.ca_path, self.certificate, self.key].iter().any(Option::is_some)
    }

    fn check(&self, key_form: KeyForm) -> Result<()> {
        let together = self.certificate.is_some() == self.key.is_some();
        if self.ca_file.is_none() && self.ca_path.is_none() || !together {
            return Err(Error::Inval);
        }
        let key = self.key.filter(|_| key_form == KeyForm::Pem);
        [self.ca_file, self.certificate, key].into_iter().flatten().try_for_each(check_readable)
    }
}
