//! What a program holds: a client with its locks, loops, threads and reconnects. No C types.
//!
//! Every function takes `&self` and may be called from any thread and from inside any handler call. One lock guards the
//! state (`core`); it is never held while a handler runs or a call waits, and never together with another.
//!
//! | file | what |
//! |---|---|
//! | [`handler`] | how the program is told |
//! | `core`, `lock`, `frame` | the state, its one lock; who is inside a handler call |
//! | `options` | settings |
//! | [`tls`] | settings of TLS |
//! | `route` | proxy, TLS and WebSocket on the way to a server |
//! | `connect` | attempts, waited for or driven by the loop |
//! | `write`, `through` | bytes out, by the program's own memory if there are many |
//! | `read`, `input` | bytes in, the read buffer |
//! | `pace` | whether small writes wait for company |
//! | `event_loop`, `thread` | the loop functions; the loop's own thread |

#![forbid(unsafe_code)]

mod connect;
mod core;
mod event_loop;
mod frame;
pub mod handler;
mod input;
mod lock;
mod options;
mod pace;
mod read;
mod route;
mod thread;
mod through;
pub mod tls;
mod write;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use crate::error::{Error, Result};
use crate::protocol::utf8;
use crate::session::Phase;
use crate::session::config::{self, Config, FIELD_MAX, Will};
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::transport::proxy::{Credentials, Proxy};
use crate::transport::{clock, fork};

use self::core::{Core, Link, Threaded};
use frame::{Frame, here};
use handler::Handler;

pub use crate::session::LARGE;
pub use crate::session::config::Draft as Publish;
pub use crate::transport::unwind::catch;
pub use event_loop::Run;
pub use lock::Still;

/// Bytes that the name of a proxy may have.
const MAX_PROXY_HOST: usize = 256;
/// How long `close` waits for another thread that is writing DISCONNECT, in milliseconds.
const FAREWELL: u64 = 50;
/// How long `close` waits for handler calls of other threads, in milliseconds.
const CLOSE_PATIENCE: u64 = 5000;

/// Arguments of a connect call, as the program gave them.
#[derive(Debug, Clone, Copy)]
pub struct Connect<'a> {
    /// Host name, address, or with port 0 the path of a Unix socket.
    pub host: Option<&'a [u8]>,
    /// TCP port; 0 for a Unix socket.
    pub port: i32,
    /// `host` is a domain, whose servers the domain name system lists; `port` is not looked at.
    pub service: bool,
    /// Seconds.
    pub keepalive: i32,
    /// Local address to bind to; kept for later connects if given.
    pub bind_address: Option<&'a [u8]>,
    /// `None` keeps the CONNECT properties of an earlier call (`*_async`); `Some` replaces them, `Some(&[])` clears them.
    pub properties: Option<&'a [u8]>,
    /// Whether the caller waits for the connection.
    pub blocking: bool,
}

/// How far [`Client::publish`] has come.
#[derive(Debug, Clone, Copy)]
pub struct Published {
    /// What the call answers, if it is done.
    pub result: Result<()>,
    /// Whether it is.
    pub done: bool,
}

/// An MQTT client.
pub struct Client {
    handler: Box<dyn Handler>,
    core: Mutex<Core>,
    /// While several handler calls are made with one leave of the lock: the number of the next one to make ...
    told: AtomicU64,
    /// ... and whether to look at the state before it.
    interrupted: AtomicBool,
    /// Told when something happened that a waiting call may want to know: a connection came or went, a thread ended.
    changed: Condvar,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    /// `mosquitto_new`: `id` of `None` asks for a generated one.
    pub fn new(
        id: Option<&[u8]>,
        clean_session: bool,
        handler: Box<dyn Handler>,
    ) -> Result<Arc<Client>> {
        config::check_id(id, clean_session)?;
        fork::watch();
        let core = Core::new(Config::new(id.map(Into::into), clean_session));
        Ok(Arc::new(Client {
            handler,
            core: Mutex::new(core),
            told: AtomicU64::new(0),
            interrupted: AtomicBool::new(false),
            changed: Condvar::new(),
        }))
    }

    /// The handler given to [`Client::new`].
    pub fn handler(&self) -> &dyn Handler {
        &*self.handler
    }

    /// The client identifier, as far as there is one.
    pub fn identifier(&self) -> Option<Vec<u8>> {
        self.lock().session.config.id.as_deref().map(<[u8]>::to_vec)
    }

    /// `mosquitto_reinitialise`: as destroyed and made anew, with the same handler. An identifier that cannot be used leaves
    /// a client without one.
    pub fn reinitialise(&self, id: Option<&[u8]>, clean_session: bool) -> Result<()> {
        if id.is_none() && !clean_session {
            return Err(Error::Inval);
        }
        self.close();
        let checked = config::check_id(id, clean_session);
        let id = id.filter(|_| checked.is_ok()).map(Into::into);
        let mut core = self.lock();
        let old = core.renew(Config::new(id, clean_session));
        core.session.log.enable(self.handler.wants_log());
        drop(core); // and not `unlock`: this frame owns the settings
        drop(old);
        checked
    }

    /// `mosquitto_destroy`: ends threads and connection without a word to the program, and frees what it can; the rest goes
    /// with the last `Arc`. A DISCONNECT that was asked for still leaves if the socket takes it.
    pub fn close(&self) {
        let here = here!();
        let mut core = self.enter(&here);
        core = self.write_farewell(core, &here);
        core.closed = true;
        self.interrupt();
        core.wake();
        let core = self.close_link(core);
        self.unlock(core);
        self.changed.notify_all();
        let _ = self.stop(true);
        let mut core = self.lock();
        let end = clock::now() + CLOSE_PATIENCE;
        while core.has_foreign_calls() && end.since(clock::now()) > 0 {
            core = self.wait_change(core, end.since(clock::now()));
        }
        core.forget_messages();
        // Whoever still waits has been woken, and has the descriptor for himself.
        core.wake = None;
        core.woken = false;
        self.unlock(core);
    }

    /// Writes what is left of a connection that is to end with DISCONNECT, as far as the socket takes it. Other threads that
    /// write it may come in between.
    fn write_farewell<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        here: &Frame,
    ) -> MutexGuard<'a, Core> {
        let end = clock::now() + FAREWELL;
        while core.session.phase() == Phase::Closing {
            if core.unsent.is_some() {
                core = self.flush(core, here).0;
            }
            if core.unsent.is_some() || clock::now() >= end {
                break;
            }
            core = self.wait_change(core, 1); // another thread is writing, which is a matter of moments
        }
        core
    }

    /// `mosquitto_username_pw_set`.
    pub fn set_credentials(&self, username: Option<&[u8]>, password: Option<&[u8]>) -> Result<()> {
        let mut core = self.lock();
        let config = &mut core.session.config;
        config::check_credentials(config.version, username, password)?;
        config.username = None;
        config.password = None;
        if let Some(username) = username {
            if username.len() > FIELD_MAX {
                return Err(Error::Inval);
            }
            utf8::validate(username)?;
        }
        if password.is_some_and(|password| password.len() > FIELD_MAX) {
            return Err(Error::Inval);
        }
        config.username = username.map(Into::into);
        config.password = password.map(Into::into);
        Ok(())
    }

    /// `mosquitto_will_set_v5`; the arguments mean what they mean in [`Publish`].
    pub fn set_will(&self, will: &Publish<'_>) -> Result<()> {
        let config = &mut self.lock().session.config;
        config.will = Some(Box::new(Will::new(will, config.version)?));
        Ok(())
    }

    /// `mosquitto_will_clear`.
    pub fn clear_will(&self) -> Result<()> {
        self.lock().session.config.will = None;
        Ok(())
    }

    /// `mosquitto_int_option`; also `mosquitto_max_inflight_messages_set`.
    pub fn set_int_option(&self, option: i32, value: i32) -> Result<()> {
        let core = &mut *self.lock();
        options::set_int(&mut core.options, &mut core.session.config, option, value)
    }

    /// `mosquitto_string_option`.
    pub fn set_string_option(&self, option: i32, value: Option<&[u8]>) -> Result<()> {
        let setting = options::check_string(option, value)?; // may take its time
        setting.apply(&mut self.lock().options);
        Ok(())
    }

    /// `mosquitto_socks5_set`. Credentials that are too long are refused, but the proxy counts from then on: a program that
    /// does not look at the answer is not to be connected without it.
    pub fn set_socks5(
        &self,
        host: Option<&[u8]>,
        port: i32,
        username: Option<&[u8]>,
        password: Option<&[u8]>,
    ) -> Result<()> {
        let host = host.filter(|host| host.len() <= MAX_PROXY_HOST).ok_or(Error::Inval)?;
        let port = u16::try_from(port).ok().filter(|port| *port != 0).ok_or(Error::Inval)?;
        let credentials = username.map(|username| Credentials::new(username, password));
        let credentials = credentials.transpose();
        let proxy = Proxy {
            host: host.to_vec(),
            port,
            credentials: credentials.clone().unwrap_or_default(),
        };
        let old = self.lock().options.change().proxy.replace(proxy);
        drop(old);
        credentials.map(|_| ())
    }

    /// `mosquitto_threaded_set`: the program runs the loop in a thread of its own, other threads only leave bytes behind.
    pub fn set_threaded(&self, threaded: bool) -> Result<()> {
        let mut core = self.lock();
        core.threaded = if threaded { Threaded::External } else { Threaded::None };
        Ok(())
    }

    /// `mosquitto_reconnect_delay_set`, seconds.
    pub fn set_reconnect_delay(&self, delay: u32, max: u32, exponential: bool) -> Result<()> {
        self.lock().options.backoff.set(delay, max, exponential);
        Ok(())
    }

    /// `mosquitto_disconnect_v5`. Without a connection it keeps the loop from connecting again, and says
    /// [`Error::NoConn`].
    pub fn disconnect(&self, reason: i32, properties: Option<&[u8]>) -> Result<()> {
        let here = here!();
        let mut core = self.enter(&here);
        let reason = match core.session.check_disconnect(reason, properties) {
            Ok(reason) => reason,
            Err(error) => {
                self.unlock(core);
                return Err(error);
            }
        };
        core.stay_disconnected = true;
        if matches!(core.link, Link::None | Link::Reserved(_)) {
            drop(core.drop_link());
            core.wake();
            self.unlock(core);
            self.changed.notify_all();
            return Err(Error::NoConn);
        }
        if core.disconnecting {
            self.unlock(core);
            return Ok(());
        }
        core.disconnecting = true;
        core.session.disconnect(reason, properties.unwrap_or_default());
        core.closing_deadline = Some(clock::now() + core.disconnect_patience());
        core.wake(); // who waits does not know of the deadline
        self.changed.notify_all();
        self.submit(core, &here)
    }

    /// `mosquitto_publish_v5` of a message whose payload has [`LARGE`] bytes or more, at QoS 0. `on_mid` gets the message id
    /// before anything is written or any handler runs.
    pub fn publish_large(&self, message: Publish<'_>, on_mid: &mut dyn FnMut(i32)) -> Result<()> {
        let here = here!();
        let mut core = self.enter(&here);
        if core.can_write_through(&message, &here) {
            return self.publish_through(core, &here, &message, on_mid);
        }
        let result = core.publish(message, on_mid);
        self.conclude(core, &here, result)
    }

    /// `mosquitto_publish_v5`, the part that runs no handler: unless the answer says that all is done, what it says is to
    /// be passed to [`Client::finish_publish`]. `on_mid` gets the message id.
    #[inline(always)] // the message stays in registers; what is unusual is elsewhere
    pub fn publish(&self, message: Publish<'_>, on_mid: impl FnOnce(i32)) -> Published {
        let mut core = self.relock();
        let Some(mid) = core.session.publish_plain(message) else {
            return self.publish_any(core, message, on_mid);
        };
        on_mid(mid.into());
        core.published(Ok(()))
    }

    #[cold]
    fn publish_any(
        &self,
        mut core: MutexGuard<'_, Core>,
        message: Publish<'_>,
        on_mid: impl FnOnce(i32),
    ) -> Published {
        let result = core.publish(message, on_mid);
        core.published(result)
    }

    /// What is left of `mosquitto_publish_v5`: writes at once if nobody else is there to do it.
    pub fn finish_publish(&self, result: Result<()>) -> Result<()> {
        let here = here!();
        let core = self.enter(&here);
        self.conclude(core, &here, result)
    }

    /// `mosquitto_subscribe_multiple`.
    pub fn subscribe(
        &self,
        filters: &[Option<&[u8]>],
        qos: i32,
        options: i32,
        properties: Option<&[u8]>,
        on_mid: &mut dyn FnMut(i32),
    ) -> Result<()> {
        self.request(|core| {
            let mid = core.session.subscribe(filters, qos, options, properties)?;
            on_mid(mid.into());
            Ok(())
        })
    }

    /// `mosquitto_unsubscribe_multiple`.
    pub fn unsubscribe(
        &self,
        filters: &[Option<&[u8]>],
        properties: Option<&[u8]>,
        on_mid: &mut dyn FnMut(i32),
    ) -> Result<()> {
        self.request(|core| {
            let mid = core.session.unsubscribe(filters, properties)?;
            on_mid(mid.into());
            Ok(())
        })
    }

    /// `mosquitto_ext_auth_continue`.
    pub fn auth_continue(
        &self,
        method: Option<&[u8]>,
        data: Option<&[u8]>,
        properties: Option<&[u8]>,
    ) -> Result<()> {
        self.request(|core| core.session.auth_continue(method, data, properties))
    }

    /// A call that makes a packet.
    fn request(&self, make: impl FnOnce(&mut Core) -> Result<()>) -> Result<()> {
        let here = here!();
        let mut core = self.enter(&here);
        let result = make(&mut core);
        self.conclude(core, &here, result)
    }

    /// `mosquitto_socket`: the descriptor to poll, or -1. It can be another one after every connect.
    pub fn socket(&self) -> i32 {
        match &self.lock().link {
            Link::Open(stream) => stream.descriptor(),
            Link::Connecting { view, .. } => view.descriptor,
            Link::None | Link::Reserved(_) => -1,
        }
    }

    /// `mosquitto_want_write`: whether the descriptor is to be polled for writing.
    pub fn want_write(&self) -> bool {
        let core = self.lock();
        match &core.link {
            Link::Open(stream) => {
                let written = core.unsent.is_none(); // by another thread, which may have to leave some of it
                stream.interest(written || core.has_output()).write
            }
            Link::Connecting { view, .. } => view.wants_write,
            Link::None | Link::Reserved(_) => false,
        }
    }
}
