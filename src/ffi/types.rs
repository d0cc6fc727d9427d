//! The public structs of the C interface, byte for byte (sizes and offsets are asserted below), and the two opaque ones.
//!
//! Declarations only: the C headers are generated from this file. A field that a C program fills in is never a Rust type
//! with forbidden values, so `bool` is [`Bool`] and enumerations are integers.

#![allow(non_camel_case_types)] // the C names

use core::ffi::{c_char, c_int, c_void};
use core::mem::{align_of, offset_of, size_of};

/// `bool` as C passes and stores it: one byte, true if not zero. Appears as `bool` in the headers.
#[repr(transparent)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bool(u8);

impl Bool {
    /// `true`.
    pub const TRUE: Bool = Bool(1);

    /// Whether the byte is not zero.
    pub const fn get(self) -> bool {
        self.0 != 0
    }
}

impl From<bool> for Bool {
    fn from(value: bool) -> Self {
        Bool(value.into())
    }
}

/// A client: made by mosquitto_new(), freed by mosquitto_destroy(), known by its address only.
pub struct mosquitto {
    _opaque: (),
}

/// One element of a list of MQTT 5 properties; read and changed with the mosquitto_property_*() functions only.
pub struct mqtt5__property {
    _opaque: (),
}

/// A list of MQTT 5 properties is a pointer to its first element; the empty list is NULL.
pub type mosquitto_property = mqtt5__property;

/// A message, as given to the message callbacks and returned by mosquitto_subscribe_simple().
///
/// In a callback the message and everything in it belong to the library and last until the callback returns; use
/// mosquitto_message_copy() to keep it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct mosquitto_message {
    /// Packet identifier of the message; 0 at QoS 0.
    pub mid: c_int,
    /// Topic name, NUL-terminated.
    pub topic: *mut c_char,
    /// Content, payloadlen bytes followed by one NUL byte; NULL if payloadlen is 0.
    pub payload: *mut c_void,
    /// Number of bytes of the content.
    pub payloadlen: c_int,
    /// Quality of Service: 0, 1 or 2.
    pub qos: c_int,
    /// Whether the server sent a retained message.
    pub retain: Bool,
}

/// A message with its MQTT 5 properties. Declared for programs that use it for themselves; no function of the library
/// takes or returns it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct mosquitto_message_v5 {
    /// Content; NULL if payloadlen is 0.
    pub payload: *mut c_void,
    /// Topic name, NUL-terminated.
    pub topic: *mut c_char,
    /// Properties; NULL if there are none.
    pub properties: *mut mosquitto_property,
    /// Number of bytes of the content.
    pub payloadlen: u32,
    /// Quality of Service: 0, 1 or 2.
    pub qos: u8,
    /// Retained message.
    pub retain: Bool,
    /// Not used.
    pub padding: [u8; 2],
}

/// A will for mosquitto_subscribe_simple() and mosquitto_subscribe_callback(): the message that the server publishes if
/// the connection ends without a DISCONNECT.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct libmosquitto_will {
    /// Topic name, NUL-terminated.
    pub topic: *mut c_char,
    /// Content; may be NULL if payloadlen is 0.
    pub payload: *mut c_void,
    /// Number of bytes of the content.
    pub payloadlen: c_int,
    /// Quality of Service: 0, 1 or 2.
    pub qos: c_int,
    /// Whether the server retains the message.
    pub retain: Bool,
}

/// A user name and a password. Declared for compatibility; no function of the library takes it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct libmosquitto_auth {
    /// User name, NUL-terminated.
    pub username: *mut c_char,
    /// Password, NUL-terminated.
    pub password: *mut c_char,
}

/// TLS settings for mosquitto_subscribe_simple() and mosquitto_subscribe_callback(); the members mean what the arguments
/// of mosquitto_tls_set() and mosquitto_tls_opts_set() mean.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct libmosquitto_tls {
    /// File with certificates of authorities to trust, PEM; or NULL.
    pub cafile: *mut c_char,
    /// Directory with such certificates; or NULL.
    pub capath: *mut c_char,
    /// File with the certificate of this client, PEM; or NULL.
    pub certfile: *mut c_char,
    /// File with the private key of this client, PEM; or NULL.
    pub keyfile: *mut c_char,
    /// OpenSSL cipher list; or NULL for the default.
    pub ciphers: *mut c_char,
    /// "tlsv1.2" or "tlsv1.3"; or NULL for the default.
    pub tls_version: *mut c_char,
    /// Asks for the password of an encrypted keyfile; or NULL. Writes at most size bytes to buf, returns the length.
    pub pw_callback: Option<
        unsafe extern "C" fn(
            buf: *mut c_char,
            size: c_int,
            rwflag: c_int,
            userdata: *mut c_void,
        ) -> c_int,
    >,
    /// 1 to verify the certificate of the server, 0 not to.
    pub cert_reqs: c_int,
}

// The layout that compiled programs know.
const _: () = {
    assert!(size_of::<Bool>() == 1);
    assert!(size_of::<mosquitto_message>() == 40 && align_of::<mosquitto_message>() == 8);
    assert!(offset_of!(mosquitto_message, topic) == 8);
    assert!(offset_of!(mosquitto_message, payload) == 16);
    assert!(offset_of!(mosquitto_message, payloadlen) == 24);
    assert!(offset_of!(mosquitto_message, qos) == 28);
    assert!(offset_of!(mosquitto_message, retain) == 32);
    assert!(size_of::<mosquitto_message_v5>() == 32 && align_of::<mosquitto_message_v5>() == 8);
    assert!(offset_of!(mosquitto_message_v5, properties) == 16);
    assert!(offset_of!(mosquitto_message_v5, payloadlen) == 24);
    assert!(offset_of!(mosquitto_message_v5, qos) == 28);
    assert!(offset_of!(mosquitto_message_v5, retain) == 29);
    assert!(size_of::<libmosquitto_will>() == 32 && align_of::<libmosquitto_will>() == 8);
    assert!(offset_of!(libmosquitto_will, payloadlen) == 16);
    assert!(offset_of!(libmosquitto_will, retain) == 24);
    assert!(size_of::<libmosquitto_auth>() == 16);
    assert!(size_of::<libmosquitto_tls>() == 64 && align_of::<libmosquitto_tls>() == 8);
    assert!(offset_of!(libmosquitto_tls, pw_callback) == 48);
    assert!(offset_of!(libmosquitto_tls, cert_reqs) == 56);
};
