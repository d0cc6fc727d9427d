//! The functions that the library calls: each writes its event down and lets the test react.

use std::collections::VecDeque;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::fmt::Write;

use super::super::api::{Message, Mosq, Property, call};
use super::super::pattern::hex;
use super::properties::value;
use super::{State, Style, lock};

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

pub unsafe extern "C" fn on_connect(_: *mut Mosq, object: *mut c_void, rc: c_int) {
    // SAFETY: see above.
    unsafe { State::of(object) }.record("plain connect", format!("connect({rc})"));
}

pub unsafe extern "C" fn on_connect_v5(
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

pub unsafe extern "C" fn on_disconnect(_: *mut Mosq, object: *mut c_void, rc: c_int) {
    // SAFETY: see above.
    unsafe { State::of(object) }.record("plain disconnect", format!("disconnect({rc})"));
}

pub unsafe extern "C" fn on_disconnect_v5(
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

pub unsafe extern "C" fn on_publish(_: *mut Mosq, object: *mut c_void, mid: c_int) {
    // SAFETY: see above.
    unsafe { State::of(object) }.record("plain publish", format!("publish({mid})"));
}

pub unsafe extern "C" fn on_publish_v5(
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

pub unsafe extern "C" fn on_message(_: *mut Mosq, object: *mut c_void, message: *const Message) {
    // SAFETY: see above.
    let (state, text) = unsafe { (State::of(object), State::of(object).message(message)) };
    state.record("plain message", format!("message({text})"));
}

pub unsafe extern "C" fn on_message_v5(
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

pub unsafe extern "C" fn on_subscribe(
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

pub unsafe extern "C" fn on_subscribe_v5(
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

pub unsafe extern "C" fn on_unsubscribe(_: *mut Mosq, object: *mut c_void, mid: c_int) {
    // SAFETY: see above.
    unsafe { State::of(object) }.record("plain unsubscribe", format!("unsubscribe({mid})"));
}

pub unsafe extern "C" fn on_unsubscribe_v5(
    _: *mut Mosq,
    object: *mut c_void,
    mid: c_int,
    props: *const Property,
) {
    // SAFETY: see above.
    let (state, list) = unsafe { (State::of(object), State::of(object).list(props)) };
    state.record("v5 unsubscribe", format!("unsubscribe5({mid},{list})"));
}

pub unsafe extern "C" fn on_unsubscribe2_v5(
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

pub unsafe extern "C" fn on_ext_auth(
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

pub unsafe extern "C" fn on_log(
    _: *mut Mosq,
    object: *mut c_void,
    level: c_int,
    text: *const c_char,
) {
    // SAFETY: see above: a NUL-terminated line.
    let (state, text) = unsafe { (State::of(object), CStr::from_ptr(text)) };
    lock(&state.log).push((level, text.to_string_lossy().into_owned()));
}
