//! The safe side of `api`: a client that writes down its callbacks, and whose callbacks can make calls.
//!
//! One event is one text, such as `publish(1,0,[])`. Two styles: that of `tests/vectors/inbound.tsv` (every callback,
//! bytes in hex, properties as identifiers) and a richer one for conversations (one callback an event, with values).

mod callbacks;
mod properties;
pub mod tls;
mod transports;

use std::collections::{HashMap, VecDeque};
use std::ffi::{CString, c_char, c_int};
use std::ptr::{null, null_mut};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use self::callbacks::{
    on_connect, on_connect_v5, on_disconnect, on_disconnect_v5, on_ext_auth, on_log, on_message,
    on_message_v5, on_publish, on_publish_v5, on_subscribe, on_subscribe_v5, on_unsubscribe,
    on_unsubscribe_v5, on_unsubscribe2_v5,
};
use self::properties::{PropertyList, add_property};
use super::api::{Api, Mosq, call};
use super::library::Library;

/// The functions of a library, loaded once.
pub fn api(library: Library) -> &'static Api {
    static OURS: OnceLock<Api> = OnceLock::new();
    static THEIRS: OnceLock<Api> = OnceLock::new();
    let cell = match library {
        Library::Ours => &OURS,
        Library::Theirs => &THEIRS,
    };
    cell.get_or_init(|| {
        let api = Api::load(library);
        // SAFETY: no arguments; the first call into the library.
        unsafe { call!(api, lib_init()) };
        api
    })
}

/// How events are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As in `inbound.tsv`.
    Vectors,
    /// One event a packet, with values.
    Conversation,
}

/// An MQTT 5 property to send: identifier and value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prop {
    /// Identifier.
    pub id: c_int,
    /// Number, text, `name:value` for a user property, hex for binary data.
    pub value: String,
}

/// Calls on a client; a copyable pointer, usable inside its callbacks.
#[derive(Clone, Copy)]
pub struct Handle {
    pub(super) api: &'static Api,
    pub(super) mosq: *mut Mosq,
}

// SAFETY: the library says that its clients may be used from every thread.
unsafe impl Send for Handle {}

type Reaction = Box<dyn FnOnce(Handle) + Send>;

struct State {
    style: Style,
    events: Mutex<VecDeque<String>>,
    reactions: Mutex<HashMap<&'static str, VecDeque<Reaction>>>,
    auth_result: Mutex<c_int>,
    log: Mutex<Vec<(c_int, String)>>,
    handle: Mutex<Option<Handle>>,
}

/// A client under test.
pub struct Client {
    handle: Handle,
    state: Box<State>,
}

impl Client {
    /// `mosquitto_new` with recording callbacks.
    pub fn new(
        library: Library,
        id: Option<&str>,
        clean: bool,
        version: c_int,
        style: Style,
    ) -> Client {
        let api = api(library);
        let state = Box::new(State {
            style,
            events: Mutex::default(),
            reactions: Mutex::default(),
            auth_result: Mutex::new(0),
            log: Mutex::default(),
            handle: Mutex::new(None),
        });
        let id = id.map(|id| CString::new(id).expect("no NUL"));
        let id = id.as_ref().map_or(null(), |id| id.as_ptr());
        let object: *const State = &raw const *state;
        // SAFETY: a NUL-terminated id or NULL; the object outlives the client, see `drop`.
        let mosq = unsafe { call!(api, new(id, clean, object.cast_mut().cast())) };
        assert!(!mosq.is_null(), "mosquitto_new failed");
        let handle = Handle { api, mosq };
        *lock(&state.handle) = Some(handle);
        let client = Client { handle, state };
        client.int_option(1, version);
        client.set_callbacks();
        client
    }

    /// Its calls.
    pub fn handle(&self) -> Handle {
        self.handle
    }

    /// The events so far, which are forgotten.
    pub fn take_events(&self) -> Vec<String> {
        lock(&self.state.events).drain(..).collect()
    }

    /// The first event so far, which is forgotten.
    pub fn take_event(&self) -> Option<String> {
        lock(&self.state.events).pop_front()
    }

    /// Log lines so far: level and text.
    pub fn log(&self) -> Vec<(c_int, String)> {
        lock(&self.state.log).clone()
    }

    /// At the next event of that name (`connect`, `message`, …), inside the callback, runs `reaction`.
    pub fn react(&self, event: &'static str, reaction: impl FnOnce(Handle) + Send + 'static) {
        let mut reactions = lock(&self.state.reactions);
        reactions.entry(event).or_default().push_back(Box::new(reaction));
    }

    /// Installs the callback for AUTH packets, which answers `result`.
    pub fn set_ext_auth(&self, result: c_int) {
        *lock(&self.state.auth_result) = result;
        // SAFETY: a live client and a function of the right type.
        unsafe { call!(self.api, ext_auth_callback_set(self.mosq, Some(on_ext_auth))) };
    }

    fn set_callbacks(&self) {
        let (api, mosq) = (self.api, self.mosq);
        // SAFETY: a live client and functions of the right types.
        unsafe {
            if self.state.style == Style::Vectors {
                call!(api, connect_callback_set(mosq, Some(on_connect)));
                call!(api, disconnect_callback_set(mosq, Some(on_disconnect)));
                call!(api, publish_callback_set(mosq, Some(on_publish)));
                call!(api, message_callback_set(mosq, Some(on_message)));
                call!(api, subscribe_callback_set(mosq, Some(on_subscribe)));
                call!(api, unsubscribe_callback_set(mosq, Some(on_unsubscribe)));
                call!(api, unsubscribe_v5_callback_set(mosq, Some(on_unsubscribe_v5)));
            }
            call!(api, connect_v5_callback_set(mosq, Some(on_connect_v5)));
            call!(api, disconnect_v5_callback_set(mosq, Some(on_disconnect_v5)));
            call!(api, publish_v5_callback_set(mosq, Some(on_publish_v5)));
            call!(api, message_v5_callback_set(mosq, Some(on_message_v5)));
            call!(api, subscribe_v5_callback_set(mosq, Some(on_subscribe_v5)));
            if let Some(set) = api.unsubscribe2_v5_callback_set {
                set(mosq, Some(on_unsubscribe2_v5));
            }
            call!(api, log_callback_set(mosq, Some(on_log)));
        }
    }
}

impl std::ops::Deref for Client {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: created by `mosquitto_new`, destroyed once; the callbacks' object still lives.
        unsafe { call!(self.api, destroy(self.mosq)) };
    }
}

impl Handle {
    /// `mosquitto_int_option`.
    pub fn int_option(self, option: c_int, value: c_int) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, int_option(self.mosq, option, value)) }
    }

    /// `mosquitto_username_pw_set`.
    pub fn credentials(self, username: Option<&str>, password: Option<&str>) -> c_int {
        let (username, password) = (username.map(c_string), password.map(c_string));
        // SAFETY: a live client and NUL-terminated texts or NULL.
        unsafe {
            call!(
                self.api,
                username_pw_set(self.mosq, pointer(username.as_ref()), pointer(password.as_ref()))
            )
        }
    }

    /// `mosquitto_will_set_v5`.
    pub fn will(
        self,
        topic: &str,
        payload: &[u8],
        qos: c_int,
        retain: bool,
        props: &[Prop],
    ) -> c_int {
        let topic = c_string(topic);
        let mut list = self.properties(props);
        // SAFETY: a live client, a NUL-terminated topic, a payload of the length said; the list is ours to give.
        unsafe {
            let rc = call!(
                self.api,
                will_set_v5(
                    self.mosq,
                    topic.as_ptr(),
                    length(payload),
                    payload.as_ptr().cast(),
                    qos,
                    retain,
                    list.0
                )
            );
            if rc == 0 {
                list.0 = null_mut();
            }
            rc
        }
    }

    /// `mosquitto_connect`, or `mosquitto_connect_bind_v5` if there are properties.
    pub fn connect(self, host: &str, port: u16, keepalive: c_int, props: &[Prop]) -> c_int {
        let host = c_string(host);
        let (host, port) = (host.as_ptr(), c_int::from(port));
        // SAFETY: a live client, NUL-terminated host, a valid list.
        unsafe {
            if props.is_empty() {
                return call!(self.api, connect(self.mosq, host, port, keepalive));
            }
            let list = self.properties(props);
            call!(self.api, connect_bind_v5(self.mosq, host, port, keepalive, null(), list.0))
        }
    }

    /// `mosquitto_reconnect`.
    pub fn reconnect(self) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, reconnect(self.mosq)) }
    }

    /// `mosquitto_reconnect_delay_set`.
    pub fn reconnect_delay(self, delay: u32, max: u32, exponential: bool) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, reconnect_delay_set(self.mosq, delay, max, exponential)) }
    }

    /// `mosquitto_disconnect_v5`.
    pub fn disconnect(self, reason: c_int, props: &[Prop]) -> c_int {
        let list = self.properties(props);
        // SAFETY: a live client and a valid list or NULL.
        unsafe { call!(self.api, disconnect_v5(self.mosq, reason, list.0)) }
    }

    /// `mosquitto_publish_v5`: return code and message id, -1 if none was given.
    pub fn publish(
        self,
        topic: &str,
        payload: &[u8],
        qos: c_int,
        retain: bool,
        props: &[Prop],
    ) -> (c_int, c_int) {
        let topic = c_string(topic);
        let list = self.properties(props);
        let mut mid = -1;
        // SAFETY: a live client, a NUL-terminated topic, a payload of the length said, a valid list or NULL.
        let rc = unsafe {
            call!(
                self.api,
                publish_v5(
                    self.mosq,
                    &raw mut mid,
                    topic.as_ptr(),
                    length(payload),
                    payload.as_ptr().cast(),
                    qos,
                    retain,
                    list.0
                )
            )
        };
        (rc, mid)
    }

    /// `mosquitto_subscribe_multiple`: return code and message id, -1 if none was given.
    pub fn subscribe(
        self,
        filters: &[String],
        qos: c_int,
        options: c_int,
        props: &[Prop],
    ) -> (c_int, c_int) {
        let filters: Vec<CString> = filters.iter().map(|filter| c_string(filter)).collect();
        let pointers: Vec<*mut c_char> = filters.iter().map(|f| f.as_ptr().cast_mut()).collect();
        let list = self.properties(props);
        let mut mid = -1;
        // SAFETY: a live client, an array of NUL-terminated filters with its length, a valid list or NULL.
        let rc = unsafe {
            call!(
                self.api,
                subscribe_multiple(
                    self.mosq,
                    &raw mut mid,
                    c_int::try_from(pointers.len()).expect("few filters"),
                    pointers.as_ptr(),
                    qos,
                    options,
                    list.0
                )
            )
        };
        (rc, mid)
    }

    /// `mosquitto_unsubscribe_multiple`: return code and message id, -1 if none was given.
    pub fn unsubscribe(self, filters: &[String], props: &[Prop]) -> (c_int, c_int) {
        let filters: Vec<CString> = filters.iter().map(|filter| c_string(filter)).collect();
        let pointers: Vec<*mut c_char> = filters.iter().map(|f| f.as_ptr().cast_mut()).collect();
        let list = self.properties(props);
        let mut mid = -1;
        // SAFETY: as in `subscribe`.
        let rc = unsafe {
            call!(
                self.api,
                unsubscribe_multiple(
                    self.mosq,
                    &raw mut mid,
                    c_int::try_from(pointers.len()).expect("few filters"),
                    pointers.as_ptr(),
                    list.0
                )
            )
        };
        (rc, mid)
    }

    /// `mosquitto_ext_auth_continue`.
    pub fn auth_continue(self, method: &str, data: &[u8], props: &[Prop]) -> c_int {
        let method = c_string(method);
        let list = self.properties(props);
        let len = u16::try_from(data.len()).expect("short data");
        // SAFETY: a live client, NUL-terminated method, data of the length said, a valid list or NULL.
        unsafe {
            call!(
                self.api,
                ext_auth_continue(self.mosq, method.as_ptr(), len, data.as_ptr().cast(), list.0)
            )
        }
    }

    /// `mosquitto_loop` for one packet.
    pub fn run_once(self, timeout_ms: c_int) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, r#loop(self.mosq, timeout_ms, 1)) }
    }

    /// `mosquitto_loop_read`.
    pub fn loop_read(self) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, loop_read(self.mosq, 1)) }
    }

    /// `mosquitto_loop_write`.
    pub fn loop_write(self) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, loop_write(self.mosq, 1)) }
    }

    /// `mosquitto_loop_misc`.
    pub fn loop_misc(self) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, loop_misc(self.mosq)) }
    }

    /// `mosquitto_loop_forever`.
    pub fn loop_forever(self) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, loop_forever(self.mosq, -1, 1)) }
    }

    /// `mosquitto_loop_start`.
    pub fn loop_start(self) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, loop_start(self.mosq)) }
    }

    /// `mosquitto_loop_stop`.
    pub fn loop_stop(self, force: bool) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, loop_stop(self.mosq, force)) }
    }

    /// `mosquitto_reinitialise` with a generated identifier.
    pub fn reinitialise(self) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, reinitialise(self.mosq, null(), true, null_mut())) }
    }

    /// `mosquitto_socket`.
    pub fn socket(self) -> c_int {
        // SAFETY: a live client.
        unsafe { call!(self.api, socket(self.mosq)) }
    }

    /// `mosquitto_want_write`.
    pub fn want_write(self) -> bool {
        // SAFETY: a live client.
        unsafe { call!(self.api, want_write(self.mosq)) }
    }

    fn properties(self, props: &[Prop]) -> PropertyList {
        let mut list = PropertyList(null_mut(), self.api);
        for Prop { id, value } in props {
            let rc = add_property(self.api, &mut list.0, *id, value);
            assert_eq!(rc, 0, "property {id}={value}");
        }
        list
    }
}

fn c_string(text: &str) -> CString {
    CString::new(text).expect("no NUL")
}

fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(null(), |text| text.as_ptr())
}

fn length(payload: &[u8]) -> c_int {
    c_int::try_from(payload.len()).expect("a payload that C can count")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
