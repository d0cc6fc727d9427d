//! The C functions of one libmosquitto, loaded with `dlopen`, so that tests can use ours and the distribution's in one
//! process. Signatures only; `client` is the safe side.

use std::ffi::{CString, c_char, c_int, c_uint, c_void};

use super::library::Library;

/// `struct mosquitto`.
pub type Mosq = c_void;
/// `mosquitto_property`.
pub type Property = c_void;

/// `struct mosquitto_message`.
#[repr(C)]
pub struct Message {
    pub mid: c_int,
    pub topic: *mut c_char,
    pub payload: *mut c_void,
    pub payloadlen: c_int,
    pub qos: c_int,
    pub retain: bool,
}

pub type OnPreConnect = unsafe extern "C" fn(*mut Mosq, *mut c_void);
pub type OnConnect = unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int);
pub type OnConnectWithFlags = unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int, c_int);
pub type OnConnectV5 = unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int, c_int, *const Property);
pub type OnDisconnect = unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int);
pub type OnDisconnectV5 = unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int, *const Property);
pub type OnPublish = unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int);
pub type OnPublishV5 = unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int, c_int, *const Property);
pub type OnMessage = unsafe extern "C" fn(*mut Mosq, *mut c_void, *const Message);
pub type OnMessageV5 =
    unsafe extern "C" fn(*mut Mosq, *mut c_void, *const Message, *const Property);
pub type OnSubscribe = unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int, c_int, *const c_int);
pub type OnSubscribeV5 =
    unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int, c_int, *const c_int, *const Property);
pub type OnUnsubscribe = unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int);
pub type OnUnsubscribeV5 = unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int, *const Property);
pub type OnUnsubscribe2V5 = OnSubscribeV5;
pub type OnLog = unsafe extern "C" fn(*mut Mosq, *mut c_void, c_int, *const c_char);
pub type OnExtAuth = unsafe extern "C" fn(
    *mut Mosq,
    *mut c_void,
    *const c_char,
    u16,
    *const c_void,
    *const Property,
) -> c_int;

pub type OnPassword = unsafe extern "C" fn(*mut c_char, c_int, c_int, *mut c_void) -> c_int;

macro_rules! functions {
    ($($name:ident($($arg:ty),*) $(-> $result:ty)?;)*) => {
        /// One loaded library: a pointer for each function, NULL if it has none of that name.
        pub struct Api {
            /// Which library.
            pub library: Library,
            $(pub $name: Option<unsafe extern "C" fn($($arg),*) $(-> $result)?>,)*
        }

        impl Api {
            /// Loads the library. It stays loaded until the process ends.
            ///
            /// # Panics
            /// If the loader refuses it.
            pub fn load(library: Library) -> Api {
                let file = library.file();
                let file = CString::new(file.to_str().expect("a UTF-8 path")).expect("no NUL");
                // SAFETY: a NUL-terminated path; the initialisers of the library are its own affair.
                let handle = unsafe {
                    libc::dlopen(file.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL)
                };
                assert!(!handle.is_null(), "{file:?} does not load: {}", last_error());
                Api {
                    library,
                    $($name: {
                        let name = symbol_name(stringify!($name));
                        // SAFETY: a live handle and a NUL-terminated name; the symbol of that name has this type.
                        unsafe {
                            let symbol = libc::dlsym(handle, name.as_ptr());
                            std::mem::transmute::<
                                *mut c_void,
                                Option<unsafe extern "C" fn($($arg),*) $(-> $result)?>,
                            >(symbol)
                        }
                    },)*
                }
            }
        }
    };
}

functions! {
    lib_init() -> c_int;
    new(*const c_char, bool, *mut c_void) -> *mut Mosq;
    destroy(*mut Mosq);
    reinitialise(*mut Mosq, *const c_char, bool, *mut c_void) -> c_int;
    int_option(*mut Mosq, c_int, c_int) -> c_int;
    string_option(*mut Mosq, c_int, *const c_char) -> c_int;
    void_option(*mut Mosq, c_int, *mut c_void) -> c_int;
    tls_set(*mut Mosq, *const c_char, *const c_char, *const c_char, *const c_char, Option<OnPassword>) -> c_int;
    tls_insecure_set(*mut Mosq, bool) -> c_int;
    tls_opts_set(*mut Mosq, c_int, *const c_char, *const c_char) -> c_int;
    tls_psk_set(*mut Mosq, *const c_char, *const c_char, *const c_char) -> c_int;
    ssl_get(*mut Mosq) -> *mut c_void;
    socks5_set(*mut Mosq, *const c_char, c_int, *const c_char, *const c_char) -> c_int;
    connect_srv(*mut Mosq, *const c_char, c_int, *const c_char) -> c_int;
    will_set_v5(*mut Mosq, *const c_char, c_int, *const c_void, c_int, bool, *mut Property) -> c_int;
    username_pw_set(*mut Mosq, *const c_char, *const c_char) -> c_int;
    connect(*mut Mosq, *const c_char, c_int, c_int) -> c_int;
    connect_async(*mut Mosq, *const c_char, c_int, c_int) -> c_int;
    connect_bind_v5(*mut Mosq, *const c_char, c_int, c_int, *const c_char, *const Property) -> c_int;
    reconnect(*mut Mosq) -> c_int;
    reconnect_delay_set(*mut Mosq, c_uint, c_uint, bool) -> c_int;
    disconnect_v5(*mut Mosq, c_int, *const Property) -> c_int;
    publish_v5(*mut Mosq, *mut c_int, *const c_char, c_int, *const c_void, c_int, bool, *const Property) -> c_int;
    subscribe_multiple(*mut Mosq, *mut c_int, c_int, *const *mut c_char, c_int, c_int, *const Property) -> c_int;
    unsubscribe_multiple(*mut Mosq, *mut c_int, c_int, *const *mut c_char, *const Property) -> c_int;
    ext_auth_continue(*mut Mosq, *const c_char, u16, *const c_void, *const Property) -> c_int;
    r#loop(*mut Mosq, c_int, c_int) -> c_int;
    loop_read(*mut Mosq, c_int) -> c_int;
    loop_write(*mut Mosq, c_int) -> c_int;
    loop_misc(*mut Mosq) -> c_int;
    loop_forever(*mut Mosq, c_int, c_int) -> c_int;
    loop_start(*mut Mosq) -> c_int;
    loop_stop(*mut Mosq, bool) -> c_int;
    socket(*mut Mosq) -> c_int;
    want_write(*mut Mosq) -> bool;
    pre_connect_callback_set(*mut Mosq, Option<OnPreConnect>);
    connect_callback_set(*mut Mosq, Option<OnConnect>);
    connect_with_flags_callback_set(*mut Mosq, Option<OnConnectWithFlags>);
    connect_v5_callback_set(*mut Mosq, Option<OnConnectV5>);
    disconnect_callback_set(*mut Mosq, Option<OnDisconnect>);
    disconnect_v5_callback_set(*mut Mosq, Option<OnDisconnectV5>);
    publish_callback_set(*mut Mosq, Option<OnPublish>);
    publish_v5_callback_set(*mut Mosq, Option<OnPublishV5>);
    message_callback_set(*mut Mosq, Option<OnMessage>);
    message_v5_callback_set(*mut Mosq, Option<OnMessageV5>);
    subscribe_callback_set(*mut Mosq, Option<OnSubscribe>);
    subscribe_v5_callback_set(*mut Mosq, Option<OnSubscribeV5>);
    unsubscribe_callback_set(*mut Mosq, Option<OnUnsubscribe>);
    unsubscribe_v5_callback_set(*mut Mosq, Option<OnUnsubscribeV5>);
    unsubscribe2_v5_callback_set(*mut Mosq, Option<OnUnsubscribe2V5>);
    log_callback_set(*mut Mosq, Option<OnLog>);
    ext_auth_callback_set(*mut Mosq, Option<OnExtAuth>);
    property_add_byte(*mut *mut Property, c_int, u8) -> c_int;
    property_add_int16(*mut *mut Property, c_int, u16) -> c_int;
    property_add_int32(*mut *mut Property, c_int, u32) -> c_int;
    property_add_varint(*mut *mut Property, c_int, u32) -> c_int;
    property_add_binary(*mut *mut Property, c_int, *const c_void, u16) -> c_int;
    property_add_string(*mut *mut Property, c_int, *const c_char) -> c_int;
    property_add_string_pair(*mut *mut Property, c_int, *const c_char, *const c_char) -> c_int;
    property_read_byte(*const Property, c_int, *mut u8, bool) -> *const Property;
    property_read_int16(*const Property, c_int, *mut u16, bool) -> *const Property;
    property_read_int32(*const Property, c_int, *mut u32, bool) -> *const Property;
    property_read_varint(*const Property, c_int, *mut u32, bool) -> *const Property;
    property_read_binary(*const Property, c_int, *mut *mut c_void, *mut u16, bool) -> *const Property;
    property_read_string(*const Property, c_int, *mut *mut c_char, bool) -> *const Property;
    property_read_string_pair(*const Property, c_int, *mut *mut c_char, *mut *mut c_char, bool) -> *const Property;
    property_identifier(*const Property) -> c_int;
    property_next(*const Property) -> *mut Property;
    property_free_all(*mut *mut Property);
}

fn symbol_name(field: &str) -> CString {
    CString::new(format!("mosquitto_{}", field.trim_start_matches("r#"))).expect("no NUL")
}

fn last_error() -> String {
    // SAFETY: dlerror gives NULL or a string that is valid until the next call on this thread.
    unsafe {
        let text = libc::dlerror();
        if text.is_null() {
            return String::new();
        }
        std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned()
    }
}

/// Calls a function of an [`Api`]: `call!(api, publish_v5(mosq, …))`; panics if the library lacks it.
macro_rules! call {
    ($api:expr, $name:ident($($arg:expr),* $(,)?)) => {
        ($api.$name.unwrap_or_else(|| {
            panic!("{} has no mosquitto_{}", $api.library.name(), stringify!($name))
        }))($($arg),*)
    };
}

pub(crate) use call;
