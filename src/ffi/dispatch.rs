//! From the client's events to the program's functions.
//!
//! Function pointers are read once for all functions of an event, the user data anew before each; no lock is held while
//! one runs. What a function is given is borrowed from the client, or parked (see [`super::parking`]): these frames own
//! nothing, because the function may leave by `longjmp`.

use core::ffi::{c_char, c_int, c_void};
use core::marker::PhantomData;
use core::mem::{size_of, transmute_copy};
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use super::callbacks::*;
use super::diagnostics;
use super::handle;
use super::parking::{Mark, Parking};
use super::properties::node;
use super::types::{mosquitto, mosquitto_message, mosquitto_property};
use crate::client::Client;
use crate::client::handler::{Event, Handler, Message, RawBytes};
use crate::error::Error;

/// One function of the program. `F` is an `Option` of a function pointer.
pub(crate) struct Slot<F>(AtomicPtr<c_void>, PhantomData<F>);

impl<F: Copy> Slot<F> {
    const POINTER: () = assert!(size_of::<F>() == size_of::<*mut c_void>());

    const fn new() -> Self {
        Slot(AtomicPtr::new(ptr::null_mut()), PhantomData)
    }

    /// Puts a function into its place, or none.
    pub(crate) fn set(&self, function: F) {
        let () = Self::POINTER;
        // SAFETY: of the size of a pointer, and `None` is NULL.
        self.0.store(unsafe { transmute_copy(&function) }, Ordering::Release);
    }

    #[inline]
    fn get(&self) -> F {
        let pointer = self.0.load(Ordering::Acquire);
        // SAFETY: NULL, which is `None`, or what `set` made of an `F`.
        unsafe { transmute_copy(&pointer) }
    }

    fn is_set(&self) -> bool {
        !self.0.load(Ordering::Relaxed).is_null()
    }

    fn clear(&self) {
        self.0.store(ptr::null_mut(), Ordering::Release);
    }
}

macro_rules! callbacks {
    ($($field:ident: $function:ty,)*) => {
        /// What the program wants to be told, and what it is told with. Lives inside the client.
        pub(crate) struct Callbacks {
            mosq: AtomicPtr<mosquitto>,
            user_data: AtomicPtr<c_void>,
            closed: AtomicBool,
            parking: Parking,
            $(pub(crate) $field: Slot<$function>,)*
        }

        impl Callbacks {
            /// No function, no user data.
            pub(crate) fn new() -> Self {
                Callbacks {
                    mosq: AtomicPtr::default(),
                    user_data: AtomicPtr::default(),
                    closed: AtomicBool::new(false),
                    parking: Parking::default(),
                    $($field: Slot::new(),)*
                }
            }

            fn clear(&self) {
                $(self.$field.clear();)*
            }
        }
    };
}

callbacks! {
    pre_connect: LIBMOSQ_CB_pre_connect,
    connect: LIBMOSQ_CB_connect,
    connect_with_flags: LIBMOSQ_CB_connect_with_flags,
    connect_v5: LIBMOSQ_CB_connect_v5,
    disconnect: LIBMOSQ_CB_disconnect,
    disconnect_v5: LIBMOSQ_CB_disconnect_v5,
    publish: LIBMOSQ_CB_publish,
    publish_v5: LIBMOSQ_CB_publish_v5,
    message: LIBMOSQ_CB_message,
    message_v5: LIBMOSQ_CB_message_v5,
    subscribe: LIBMOSQ_CB_subscribe,
    subscribe_v5: LIBMOSQ_CB_subscribe_v5,
    unsubscribe: LIBMOSQ_CB_unsubscribe,
    unsubscribe_v5: LIBMOSQ_CB_unsubscribe_v5,
    unsubscribe2_v5: LIBMOSQ_CB_unsubscribe2_v5,
    ext_auth: LIBMOSQ_CB_ext_auth,
    log: LIBMOSQ_CB_log,
}

impl Callbacks {
    /// `mosquitto_new` and `mosquitto_reinitialise`: no functions, and the handle itself as user data if `user_data` is
    /// NULL.
    pub(crate) fn start(&self, mosq: *mut mosquitto, user_data: *mut c_void) {
        self.clear();
        self.set_log(None);
        self.mosq.store(mosq, Ordering::Release);
        self.set_user_data(if user_data.is_null() { mosq.cast() } else { user_data });
    }

    /// The handle is gone: nothing is called any more, also not the rest of the event that is being dispatched.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.clear();
    }

    /// `mosquitto_log_callback_set`. Lines of log are made where the slot is not empty: if the environment asks for them
    /// and the program does not, a function that does nothing is in it.
    pub(crate) fn set_log(&self, function: LIBMOSQ_CB_log) {
        unsafe extern "C-unwind" fn ignore(
            _: *mut mosquitto,
            _: *mut c_void,
            _: c_int,
            _: *const c_char,
        ) {
        }
        self.log.set(function.or(diagnostics::is_on().then_some(ignore as _)));
    }

    /// The pointer that the functions get.
    pub(crate) fn user_data(&self) -> *mut c_void {
        self.user_data.load(Ordering::Acquire)
    }

    /// `mosquitto_user_data_set`; NULL stays NULL.
    pub(crate) fn set_user_data(&self, user_data: *mut c_void) {
        self.user_data.store(user_data, Ordering::Release);
    }

    /// Where values wait that no frame may own.
    pub(crate) fn parking(&self) -> &Parking {
        &self.parking
    }

    fn mosq(&self) -> *mut mosquitto {
        self.mosq.load(Ordering::Acquire)
    }

    fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Acquire)
    }

    fn on_connect(&self, rc: c_int, flags: c_int, properties: RawBytes) {
        let plain = self.connect.get();
        let with_flags = self.connect_with_flags.get();
        let v5 = self.connect_v5.get();
        if let Some(function) = plain {
            // SAFETY: set by the program for this; the handle has not been destroyed.
            unsafe { function(self.mosq(), self.user_data(), rc) };
        }
        if let (Some(function), true) = (with_flags, self.is_open()) {
            // SAFETY: as above.
            unsafe { function(self.mosq(), self.user_data(), rc, flags) };
        }
        if let (Some(function), true) = (v5, self.is_open()) {
            self.with_properties(properties, |props| {
                // SAFETY: as above; the list lives until the function returns.
                unsafe { function(self.mosq(), self.user_data(), rc, flags, props) };
            });
        }
    }

    fn on_disconnect(&self, rc: c_int, properties: RawBytes) {
        let plain = self.disconnect.get();
        let v5 = self.disconnect_v5.get();
        if let Some(function) = plain {
            // SAFETY: set by the program for this; the handle has not been destroyed.
            unsafe { function(self.mosq(), self.user_data(), rc) };
        }
        if let (Some(function), true) = (v5, self.is_open()) {
            self.with_properties(properties, |props| {
                // SAFETY: as above; the list lives until the function returns.
                unsafe { function(self.mosq(), self.user_data(), rc, props) };
            });
        }
    }

    fn on_publish(&self, mid: c_int, reason: c_int, properties: RawBytes) {
        let plain = self.publish.get();
        let v5 = self.publish_v5.get();
        if let Some(function) = plain {
            // SAFETY: set by the program for this; the handle has not been destroyed.
            unsafe { function(self.mosq(), self.user_data(), mid) };
        }
        if let (Some(function), true) = (v5, self.is_open()) {
            self.with_properties(properties, |props| {
                // SAFETY: as above; the list lives until the function returns.
                unsafe { function(self.mosq(), self.user_data(), mid, reason, props) };
            });
        }
    }

    fn on_message(&self, received: &Message) {
        let plain = self.message.get();
        let v5 = self.message_v5.get();
        let payload: *mut c_void = match received.payload.len {
            0 => ptr::null_mut(),
            _ => received.payload.ptr.cast_mut().cast(),
        };
        let message = mosquitto_message {
            mid: received.mid.into(),
            topic: received.topic.ptr.cast_mut().cast(),
            payload,
            payloadlen: int(received.payload.len),
            qos: received.qos.into(),
            retain: received.retain.into(),
        };
        if let Some(function) = plain {
            // SAFETY: set by the program for this; the handle has not been destroyed.
            unsafe { function(self.mosq(), self.user_data(), &raw const message) };
        }
        if let (Some(function), true) = (v5, self.is_open()) {
            self.with_properties(received.properties, |props| {
                // SAFETY: as above; the list lives until the function returns.
                unsafe { function(self.mosq(), self.user_data(), &raw const message, props) };
            });
        }
    }

    fn on_subscribe(&self, mid: c_int, codes: RawBytes, properties: RawBytes) {
        let plain = self.subscribe.get();
        let v5 = self.subscribe_v5.get();
        if plain.is_none() && v5.is_none() {
            return;
        }
        self.parking.scope(|mark| {
            let count = int(codes.len);
            let codes = self.park_codes(mark, codes);
            if let Some(function) = plain {
                // SAFETY: set by the program for this; the handle has not been destroyed, the codes live in the scope.
                unsafe { function(self.mosq(), self.user_data(), mid, count, codes) };
            }
            if let (Some(function), true) = (v5, self.is_open()) {
                let props = self.park_properties(mark, properties);
                // SAFETY: as above.
                unsafe { function(self.mosq(), self.user_data(), mid, count, codes, props) };
            }
        });
    }

    fn on_unsubscribe(&self, mid: c_int, codes: RawBytes, properties: RawBytes) {
        let plain = self.unsubscribe.get();
        let v5 = self.unsubscribe_v5.get();
        let v5_codes = self.unsubscribe2_v5.get();
        if let Some(function) = plain {
            // SAFETY: set by the program for this; the handle has not been destroyed.
            unsafe { function(self.mosq(), self.user_data(), mid) };
        }
        if v5.is_none() && v5_codes.is_none() {
            return;
        }
        self.parking.scope(|mark| {
            let props = self.park_properties(mark, properties);
            if let (Some(function), true) = (v5, self.is_open()) {
                // SAFETY: as above; the list lives in the scope.
                unsafe { function(self.mosq(), self.user_data(), mid, props) };
            }
            if let (Some(function), true) = (v5_codes, self.is_open()) {
                let count = int(codes.len);
                let codes = self.park_codes(mark, codes);
                // SAFETY: as above, and so do the codes.
                unsafe { function(self.mosq(), self.user_data(), mid, count, codes, props) };
            }
        });
    }

    fn on_auth(
        &self,
        method: Option<RawBytes>,
        data: Option<RawBytes>,
        properties: RawBytes,
    ) -> c_int {
        let Some(function) = self.ext_auth.get() else { return Error::Auth.code() };
        self.parking.scope(|mark| {
            let props = self.park_properties(mark, properties);
            let data_len = data.map_or(0, |data| u16::try_from(data.len).unwrap_or(u16::MAX));
            let method = self.park_text(mark, method);
            let data = self.park_text(mark, data.filter(|data| data.len > 0)).cast();
            // SAFETY: set by the program for this; the handle has not been destroyed, the rest lives in the scope.
            unsafe { function(self.mosq(), self.user_data(), method, data_len, data, props) }
        })
    }

    /// Calls `function` with the list, or with NULL if there are no properties: then without lock or allocation.
    #[inline]
    fn with_properties(&self, wire: RawBytes, function: impl FnOnce(*const mosquitto_property)) {
        if wire.len == 0 {
            return function(ptr::null());
        }
        self.parking.scope(|mark| function(self.park_properties(mark, wire)));
    }

    /// A list made of properties on the wire; NULL if there are none or no memory.
    fn park_properties(&self, mark: Mark, wire: RawBytes) -> *const mosquitto_property {
        // SAFETY: the bytes are the client's until the handler returns.
        let list =
            PropertyList(node::build_list(unsafe { slice(wire) }).unwrap_or(ptr::null_mut()));
        // SAFETY: used in the scope of `mark` only.
        unsafe { self.parking.park(mark, list) }.0
    }

    /// Codes widened to `int`; NULL if there are none.
    fn park_codes(&self, mark: Mark, codes: RawBytes) -> *const c_int {
        if codes.len == 0 {
            return ptr::null();
        }
        // SAFETY: the bytes are the client's until the handler returns.
        let codes: Vec<c_int> = unsafe { slice(codes) }.iter().map(|&code| code.into()).collect();
        // SAFETY: used in the scope of `mark` only.
        unsafe { self.parking.park(mark, codes) }.as_ptr()
    }

    /// A copy with a NUL behind it; NULL for `None`.
    fn park_text(&self, mark: Mark, bytes: Option<RawBytes>) -> *const c_char {
        let Some(bytes) = bytes else { return ptr::null() };
        // SAFETY: the bytes are the client's until the handler returns.
        let mut text = unsafe { slice(bytes) }.to_vec();
        text.push(0);
        // SAFETY: used in the scope of `mark` only.
        unsafe { self.parking.park(mark, text) }.as_ptr().cast()
    }
}

impl Handler for Callbacks {
    fn event(&self, event: &Event) -> i32 {
        match *event {
            Event::PreConnect => {
                if let Some(function) = self.pre_connect.get() {
                    // SAFETY: set by the program for this; the handle has not been destroyed.
                    unsafe { function(self.mosq(), self.user_data()) };
                }
            }
            Event::Connect { rc, flags, properties } => self.on_connect(rc, flags, properties),
            Event::Disconnect { rc, properties } => self.on_disconnect(rc, properties),
            Event::Publish { mid, reason, properties } => self.on_publish(mid, reason, properties),
            Event::Subscribe { mid, codes, properties } => {
                self.on_subscribe(mid, codes, properties);
            }
            Event::Unsubscribe { mid, codes, properties } => {
                self.on_unsubscribe(mid, codes, properties);
            }
            Event::Auth { method, data, properties } => {
                return self.on_auth(method, data, properties);
            }
        }
        0
    }

    fn published(&self, mid: i32) {
        self.on_publish(mid, 0, RawBytes::EMPTY);
    }

    fn message(&self, message: &Message) {
        self.on_message(message);
    }

    fn log(&self, level: i32, line: String) {
        if diagnostics::is_on() {
            // SAFETY: these callbacks are a part of the client, which is alive while it calls them.
            let name = unsafe { handle::client(self.mosq()) }.and_then(Client::identifier);
            diagnostics::write(level, name.as_deref(), &line);
        }
        let Some(function) = self.log.get() else { return };
        let mut line = line.into_bytes();
        line.push(0);
        self.parking.scope(|mark| {
            // SAFETY: used inside the scope.
            let line: &Vec<u8> = unsafe { self.parking.park(mark, line) };
            // SAFETY: set by the program for this; the handle has not been destroyed, the line lives in the scope.
            unsafe { function(self.mosq(), self.user_data(), level, line.as_ptr().cast()) };
        });
    }

    fn wants_log(&self) -> bool {
        self.log.is_set()
    }
}

/// A list that is freed when it is dropped.
struct PropertyList(*mut mosquitto_property);

// SAFETY: plain memory of the C library, which any thread may free.
unsafe impl Send for PropertyList {}

impl Drop for PropertyList {
    fn drop(&mut self) {
        // SAFETY: made by `build_list`, and nobody else has it.
        unsafe { node::free_list(self.0) };
    }
}

/// # Safety
///
/// The bytes stay where they are while the slice is in use.
unsafe fn slice<'a>(bytes: RawBytes) -> &'a [u8] {
    // SAFETY: `RawBytes` points to `len` bytes, dangling only if there are none; for the rest the caller stands.
    unsafe { core::slice::from_raw_parts(bytes.ptr, bytes.len) }
}

/// Lengths inside a packet, at most 268,435,455.
fn int(len: usize) -> c_int {
    c_int::try_from(len).unwrap_or(c_int::MAX)
}
