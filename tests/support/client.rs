//! The safe side of `api`: a client that writes down its callbacks, and whose callbacks can make calls.
//!
//! One event is one text, such as `publish(1,0,[])`. Two styles: that of `tests/vectors/inbound.tsv` (every callback,
//! bytes in hex, properties as identifiers) and a richer one for conversations (one callback an event, with values).

use std::collections::{HashMap, VecDeque};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fmt::Write;
use std::ptr::{null, null_mut};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::api::{Api, Message, Mosq, Property, call};
use super::library::Library;
use super::pattern::hex;

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
    api: &'static Api,
    mosq: *mut Mosq,
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
            call!(self.api, username_pw_set(self.mosq, pointer(&username), pointer(&password)))
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

struct PropertyList(*mut Property, &'static Api);

impl Drop for PropertyList {
    fn drop(&mut self) {
        // SAFETY: NULL or a list made by the same library and owned by us.
        unsafe { call!(self.1, property_free_all(&raw mut self.0)) };
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Byte,
    Int16,
    Int32,
    Varint,
    Binary,
    Text,
    Pair,
}

fn kind(id: c_int) -> Kind {
    match id {
        1 | 23 | 25 | 36 | 37 | 40..=42 => Kind::Byte,
        19 | 33..=35 => Kind::Int16,
        2 | 17 | 24 | 39 => Kind::Int32,
        11 => Kind::Varint,
        9 | 22 => Kind::Binary,
        38 => Kind::Pair,
        _ => Kind::Text,
    }
}

fn add_property(api: &Api, list: &mut *mut Property, id: c_int, value: &str) -> c_int {
    let number = || value.parse::<u32>().unwrap_or_else(|_| panic!("{value:?} is no number"));
    // SAFETY: a valid list pointer; texts are NUL-terminated, data has the length said.
    unsafe {
        match kind(id) {
            Kind::Byte => {
                let byte = u8::try_from(number()).expect("a byte");
                call!(api, property_add_byte(list, id, byte))
            }
            Kind::Int16 => {
                let int16 = u16::try_from(number()).expect("two bytes");
                call!(api, property_add_int16(list, id, int16))
            }
            Kind::Int32 => call!(api, property_add_int32(list, id, number())),
            Kind::Varint => call!(api, property_add_varint(list, id, number())),
            Kind::Binary => {
                let data = super::pattern::Pattern::parse(value).and_then(|data| data.exact());
                let data = data.expect("hex");
                let len = u16::try_from(data.len()).expect("short data");
                call!(api, property_add_binary(list, id, data.as_ptr().cast(), len))
            }
            Kind::Text => {
                let text = c_string(value);
                call!(api, property_add_string(list, id, text.as_ptr()))
            }
            Kind::Pair => {
                let (name, value) = value.split_once(':').expect("name:value");
                let (name, value) = (c_string(name), c_string(value));
                call!(api, property_add_string_pair(list, id, name.as_ptr(), value.as_ptr()))
            }
        }
    }
}

fn c_string(text: &str) -> CString {
    CString::new(text).expect("no NUL")
}

fn pointer(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(null(), |text| text.as_ptr())
}

fn length(payload: &[u8]) -> c_int {
    c_int::try_from(payload.len()).expect("a payload that C can count")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

// ---- callbacks ----

impl State {
    /// The object that a callback got.
    ///
    /// # Safety
    /// `object` is the one given to `mosquitto_new` by [`Client::new`].
    unsafe fn of<'a>(object: *mut c_void) -> &'a State {
        // SAFETY: the caller's promise; the box lives until after `mosquitto_destroy`.
        unsafe { &*object.cast::<State>() }
    }

    fn record(&self, name: &'static str, event: String) {
        lock(&self.events).push_back(event);
        let reaction = lock(&self.reactions).get_mut(name).and_then(VecDeque::pop_front);
        let handle = *lock(&self.handle);
        if let (Some(reaction), Some(handle)) = (reaction, handle) {
            reaction(handle);
        }
    }

    fn name<'a>(&self, plain: &'a str, v5: &'a str) -> &'a str {
        if self.style == Style::Vectors { v5 } else { plain }
    }

    /// # Safety
    /// `list` is NULL or a valid property list.
    unsafe fn list(&self, list: *const Property) -> String {
        let Some(handle) = *lock(&self.handle) else { return String::new() };
        let mut words = Vec::new();
        let mut node = list;
        while !node.is_null() {
            // SAFETY: a valid node.
            unsafe {
                let id = call!(handle.api, property_identifier(node));
                words.push(match self.style {
                    Style::Vectors => id.to_string(),
                    Style::Conversation => format!("{id}={}", value(handle.api, node, id)),
                });
                node = call!(handle.api, property_next(node));
            }
        }
        format!("[{}]", words.join(" "))
    }

    fn bytes(&self, bytes: Option<&[u8]>) -> String {
        match (bytes, self.style) {
            (None, _) => "NULL".to_owned(),
            (Some(bytes), Style::Vectors) => hex(bytes),
            (Some(bytes), Style::Conversation) if bytes.len() > 100 => {
                format!("<{} bytes>", bytes.len())
            }
            (Some(bytes), Style::Conversation) => match std::str::from_utf8(bytes) {
                Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
                _ => hex(bytes),
            },
        }
    }

    /// # Safety
    /// `message` is what a message callback got.
    unsafe fn message(&self, message: *const Message) -> String {
        // SAFETY: the caller's promise: a NUL-terminated topic and a payload of the length said, with a NUL behind.
        unsafe {
            let message = &*message;
            let topic = CStr::from_ptr(message.topic).to_bytes();
            let len = usize::try_from(message.payloadlen).unwrap_or_default();
            let payload = (!message.payload.is_null())
                .then(|| std::slice::from_raw_parts(message.payload.cast::<u8>(), len));
            if !message.payload.is_null() {
                assert_eq!(*message.payload.cast::<u8>().add(len), 0, "no NUL behind the payload");
            }
            format!(
                "{},{},{},{},{},{}",
                message.mid,
                self.bytes(Some(topic)),
                self.bytes(payload),
                message.payloadlen,
                message.qos,
                i32::from(message.retain)
            )
        }
    }
}

/// # Safety
/// `node` is a valid property with identifier `id`.
unsafe fn value(api: &Api, node: *const Property, id: c_int) -> String {
    let (mut byte, mut int16, mut int32) = (0u8, 0u16, 0u32);
    let (mut first, mut second): (*mut c_char, *mut c_char) = (null_mut(), null_mut());
    // SAFETY: a valid node, out-pointers of the right types, texts that are freed once.
    unsafe {
        match kind(id) {
            Kind::Byte => {
                call!(api, property_read_byte(node, id, &raw mut byte, false));
                byte.to_string()
            }
            Kind::Int16 => {
                call!(api, property_read_int16(node, id, &raw mut int16, false));
                int16.to_string()
            }
            Kind::Int32 => {
                call!(api, property_read_int32(node, id, &raw mut int32, false));
                int32.to_string()
            }
            Kind::Varint => {
                call!(api, property_read_varint(node, id, &raw mut int32, false));
                int32.to_string()
            }
            Kind::Binary => {
                let data: *mut *mut c_void = (&raw mut first).cast();
                call!(api, property_read_binary(node, id, data, &raw mut int16, false));
                let bytes = match first.is_null() {
                    true => Vec::new(),
                    false => std::slice::from_raw_parts(first.cast::<u8>(), int16.into()).to_vec(),
                };
                libc::free(first.cast());
                hex(&bytes)
            }
            Kind::Text => {
                call!(api, property_read_string(node, id, &raw mut first, false));
                take_text(first)
            }
            Kind::Pair => {
                let (name, value) = (&raw mut first, &raw mut second);
                call!(api, property_read_string_pair(node, id, name, value, false));
                format!("{}:{}", take_text(first), take_text(second))
            }
        }
    }
}

/// # Safety
/// `text` is NULL or NUL-terminated and from malloc; it is freed.
unsafe fn take_text(text: *mut c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the caller's promise.
    unsafe {
        let copy = CStr::from_ptr(text).to_string_lossy().into_owned();
        libc::free(text.cast());
        copy
    }
}

/// # Safety
/// `codes` points to `count` numbers, or `count` is 0.
unsafe fn codes(count: c_int, codes: *const c_int) -> String {
    let mut out = String::new();
    for i in 0..usize::try_from(count).unwrap_or_default() {
        // SAFETY: the caller's promise.
        let code = unsafe { *codes.add(i) };
        let space = if i > 0 { " " } else { "" };
        write!(out, "{space}{code}").expect("writing to a String");
    }
    out
}

// SAFETY of all callbacks below: the object is a `State`, the other pointers are what the library promises.

unsafe extern "C" fn on_connect(_: *mut Mosq, object: *mut c_void, rc: c_int) {
    // SAFETY: see above.
    unsafe { State::of(object) }.record("plain connect", format!("connect({rc})"));
}

unsafe extern "C" fn on_connect_v5(
    _: *mut Mosq,
    object: *mut c_void,
    rc: c_int,
    flags: c_int,
    props: *const Property,
) {
    // SAFETY: see above.
    let (state, list) = unsafe { (State::of(object), State::of(object).list(props)) };
    let name = state.name("connect", "connect5");
    state.record("connect", format!("{name}({rc},{flags},{list})"));
}

unsafe extern "C" fn on_disconnect(_: *mut Mosq, object: *mut c_void, rc: c_int) {
    // SAFETY: see above.
    unsafe { State::of(object) }.record("plain disconnect", format!("disconnect({rc})"));
}

unsafe extern "C" fn on_disconnect_v5(
    _: *mut Mosq,
    object: *mut c_void,
    rc: c_int,
    props: *const Property,
) {
    // SAFETY: see above.
    let (state, list) = unsafe { (State::of(object), State::of(object).list(props)) };
    let name = state.name("disconnect", "disconnect5");
    state.record("disconnect", format!("{name}({rc},{list})"));
}

unsafe extern "C" fn on_publish(_: *mut Mosq, object: *mut c_void, mid: c_int) {
    // SAFETY: see above.
    unsafe { State::of(object) }.record("plain publish", format!("publish({mid})"));
}

unsafe extern "C" fn on_publish_v5(
    _: *mut Mosq,
    object: *mut c_void,
    mid: c_int,
    reason: c_int,
    props: *const Property,
) {
    // SAFETY: see above.
    let (state, list) = unsafe { (State::of(object), State::of(object).list(props)) };
    let name = state.name("publish", "publish5");
    state.record("publish", format!("{name}({mid},{reason},{list})"));
}

unsafe extern "C" fn on_message(_: *mut Mosq, object: *mut c_void, message: *const Message) {
    // SAFETY: see above.
    let (state, text) = unsafe { (State::of(object), State::of(object).message(message)) };
    state.record("plain message", format!("message({text})"));
}

unsafe extern "C" fn on_message_v5(
    _: *mut Mosq,
    object: *mut c_void,
    message: *const Message,
    props: *const Property,
) {
    // SAFETY: see above.
    let state = unsafe { State::of(object) };
    // SAFETY: see above.
    let (text, list) = unsafe { (state.message(message), state.list(props)) };
    let name = state.name("message", "message5");
    state.record("message", format!("{name}({text},{list})"));
}

unsafe extern "C" fn on_subscribe(
    _: *mut Mosq,
    object: *mut c_void,
    mid: c_int,
    count: c_int,
    granted: *const c_int,
) {
    // SAFETY: see above.
    let (state, list) = unsafe { (State::of(object), codes(count, granted)) };
    state.record("plain subscribe", format!("subscribe({mid},[{list}])"));
}

unsafe extern "C" fn on_subscribe_v5(
    _: *mut Mosq,
    object: *mut c_void,
    mid: c_int,
    count: c_int,
    granted: *const c_int,
    props: *const Property,
) {
    // SAFETY: see above.
    let state = unsafe { State::of(object) };
    // SAFETY: see above.
    let (granted, list) = unsafe { (codes(count, granted), state.list(props)) };
    let name = state.name("subscribe", "subscribe5");
    state.record("subscribe", format!("{name}({mid},[{granted}],{list})"));
}

unsafe extern "C" fn on_unsubscribe(_: *mut Mosq, object: *mut c_void, mid: c_int) {
    // SAFETY: see above.
    unsafe { State::of(object) }.record("plain unsubscribe", format!("unsubscribe({mid})"));
}

unsafe extern "C" fn on_unsubscribe_v5(
    _: *mut Mosq,
    object: *mut c_void,
    mid: c_int,
    props: *const Property,
) {
    // SAFETY: see above.
    let (state, list) = unsafe { (State::of(object), State::of(object).list(props)) };
    state.record("v5 unsubscribe", format!("unsubscribe5({mid},{list})"));
}

unsafe extern "C" fn on_unsubscribe2_v5(
    _: *mut Mosq,
    object: *mut c_void,
    mid: c_int,
    count: c_int,
    reasons: *const c_int,
    props: *const Property,
) {
    // SAFETY: see above.
    let state = unsafe { State::of(object) };
    // SAFETY: see above.
    let (reasons, list) = unsafe { (codes(count, reasons), state.list(props)) };
    let event = match state.style {
        Style::Vectors => format!("unsubscribe2_5({mid},{count},[{reasons}],{list})"),
        Style::Conversation => format!("unsubscribe({mid},[{reasons}],{list})"),
    };
    state.record("unsubscribe", event);
}

unsafe extern "C" fn on_ext_auth(
    _: *mut Mosq,
    object: *mut c_void,
    method: *const c_char,
    len: u16,
    data: *const c_void,
    props: *const Property,
) -> c_int {
    // SAFETY: see above.
    let state = unsafe { State::of(object) };
    // SAFETY: see above: NULL or a NUL-terminated method, NULL or data of that length.
    let event = unsafe {
        let method = (!method.is_null()).then(|| CStr::from_ptr(method).to_bytes());
        let bytes = (!data.is_null())
            .then(|| std::slice::from_raw_parts(data.cast::<u8>(), usize::from(len)));
        let (method, bytes) = (state.bytes(method), state.bytes(bytes));
        format!("ext_auth({method},{len},{bytes},{})", state.list(props))
    };
    state.record("ext_auth", event);
    *lock(&state.auth_result)
}

unsafe extern "C" fn on_log(_: *mut Mosq, object: *mut c_void, level: c_int, text: *const c_char) {
    // SAFETY: see above: a NUL-terminated line.
    let (state, text) = unsafe { (State::of(object), CStr::from_ptr(text)) };
    lock(&state.log).push((level, text.to_string_lossy().into_owned()));
}
