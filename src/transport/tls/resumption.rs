//! Going on with an earlier TLS session instead of a full handshake (RFC 8446 section 2.2, RFC 5077): less time, less
//! traffic, no certificates.
//!
//! Only for a server that has been verified with the same settings under the same name. Not with keys instead of
//! certificates, whose name the server would not see again; not if the server must prove that its certificate has not been
//! revoked; not with the program's own context, whose sessions are its own business.

use std::ffi::{CStr, CString};

use super::config::TlsConfig;
use super::sys::{self, Owned, ffi};
use crate::sync::Mutex;

/// The last session of a context.
#[derive(Debug)]
pub(super) struct Resumption {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    enabled: bool,
    last: Option<Session>,
}

#[derive(Debug)]
struct Session {
    session: Owned<ffi::SSL_SESSION>,
    host: CString,
    port: u16,
}

impl Resumption {
    /// Nothing to go on with yet.
    pub fn new(config: &TlsConfig) -> Resumption {
        let enabled = config.user_context.is_none() && !config.uses_psk() && !config.ocsp_required;
        Resumption { state: Mutex::new(State { enabled, last: None }) }
    }

    /// Lets `ssl` go on with the last session with the same server. Answers whether there is one.
    ///
    /// # Safety
    ///
    /// `ssl` is alive and used by nobody else.
    pub unsafe fn offer(&self, ssl: *mut ffi::SSL, host: &CStr, port: u16) -> bool {
        let same = |last: &Session| last.host.as_c_str() == host && last.port == port;
        let last = self.state.lock().last.take().filter(same);
        // SAFETY: both alive; `ssl` takes a reference of its own.
        last.is_some_and(|last| unsafe {
            is_usable(&last.session) && ffi::SSL_set_session(ssl, last.session.as_ptr()) == 1
        })
    }

    /// Keeps the session of `ssl`, whose handshake is done, for the next connection.
    ///
    /// # Safety
    ///
    /// `ssl` is alive and used by nobody else.
    pub unsafe fn keep(&self, ssl: *mut ffi::SSL, host: &CStr, port: u16) {
        if !self.state.lock().enabled {
            return;
        }
        // SAFETY: by the caller's promise; the reference is ours.
        let Some(session) = (unsafe { Owned::new(sys::SSL_get1_session(ssl)) }) else { return };
        if is_usable(&session) {
            let session = Session { session, host: host.to_owned(), port };
            self.state.lock().last = Some(session);
        }
    }

    /// The server does not get along with resumed sessions: no more of them.
    pub fn give_up(&self) {
        let mut state = self.state.lock();
        state.enabled = false;
        state.last = None;
    }
}

/// Whether a server could take the session, and would still be trusted: its certificate is not checked again.
fn is_usable(session: &Owned<ffi::SSL_SESSION>) -> bool {
    // SAFETY: the session is alive, and so are its parts.
    unsafe {
        let peer = sys::SSL_SESSION_get0_peer(session.as_ptr());
        sys::SSL_SESSION_is_resumable(session.as_ptr()) == 1
            && !peer.is_null()
            && sys::X509_cmp_current_time(sys::X509_get0_notAfter(peer)) > 0
    }
}
