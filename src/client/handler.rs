//! How the client tells the program that something happened: one trait, one event type, no C types.
//!
//! Events are plain copies; bytes in them are borrowed from the client's read buffer, which nobody touches until the
//! handler has returned (or was left by `longjmp` and another loop function is called). So a handler call owns nothing.

/// Bytes that belong to the client and stay where they are until the handler returns.
#[derive(Debug, Clone, Copy)]
pub struct RawBytes {
    /// First byte; dangling if `len` is 0.
    pub ptr: *const u8,
    /// Number of bytes.
    pub len: usize,
}

impl RawBytes {
    /// No bytes.
    pub const EMPTY: RawBytes =
        RawBytes { ptr: core::ptr::NonNull::<u8>::dangling().as_ptr(), len: 0 };
}

impl From<&[u8]> for RawBytes {
    fn from(bytes: &[u8]) -> Self {
        RawBytes { ptr: bytes.as_ptr(), len: bytes.len() }
    }
}

/// A received message. `topic` is followed by a NUL byte; so is `payload` when it is not empty, and the handler may
/// write into the payload.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    /// Packet identifier, 0 at QoS 0.
    pub mid: u16,
    /// Topic name, NUL behind its last byte.
    pub topic: RawBytes,
    /// Application message, NUL behind its last byte unless empty.
    pub payload: RawBytes,
    /// 0, 1 or 2.
    pub qos: u8,
    /// The RETAIN flag of the packet.
    pub retain: bool,
    /// MQTT 5 properties as on the wire (valid, without the length in front); empty if there are none.
    pub properties: RawBytes,
}

impl Message {
    /// None.
    pub const NONE: Message = Message {
        mid: 0,
        topic: RawBytes::EMPTY,
        payload: RawBytes::EMPTY,
        qos: 0,
        retain: false,
        properties: RawBytes::EMPTY,
    };
}

/// One thing that happened, but the arrival of a message, which has a function of its own. `properties` are MQTT 5
/// properties as on the wire, valid, without the length in front.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    /// A connection attempt begins.
    PreConnect,
    /// CONNACK arrived.
    Connect {
        /// Return or reason code.
        rc: i32,
        /// The CONNACK flags byte; bit 0 is Session Present.
        flags: i32,
        /// Properties.
        properties: RawBytes,
    },
    /// The connection ended.
    Disconnect {
        /// 0, a `MOSQ_ERR_*` number or the server's MQTT 5 reason code.
        rc: i32,
        /// Properties of the server's DISCONNECT.
        properties: RawBytes,
    },
    /// A published message is complete: written (QoS 0) or acknowledged.
    Publish {
        /// What publish answered.
        mid: i32,
        /// MQTT 5 reason code.
        reason: i32,
        /// Properties.
        properties: RawBytes,
    },
    /// SUBACK arrived.
    Subscribe {
        /// What subscribe answered.
        mid: i32,
        /// One return or reason code per filter.
        codes: RawBytes,
        /// Properties.
        properties: RawBytes,
    },
    /// UNSUBACK arrived.
    Unsubscribe {
        /// What unsubscribe answered.
        mid: i32,
        /// One reason code per filter; empty before MQTT 5.
        codes: RawBytes,
        /// Properties.
        properties: RawBytes,
    },
    /// AUTH arrived.
    Auth {
        /// Authentication Method, if the packet has one.
        method: Option<RawBytes>,
        /// Authentication Data, if the packet has it.
        data: Option<RawBytes>,
        /// All properties.
        properties: RawBytes,
    },
}

/// The program's side of a client. No internal lock is held while one of these functions runs.
pub trait Handler: Send + Sync {
    /// Tells the program. The answer counts for [`Event::Auth`] only: 0 to go on, else the code that ends the connection;
    /// `MOSQ_ERR_AUTH` if the program has no function for it.
    fn event(&self, event: &Event) -> i32;

    /// A message published at QoS 0 is written; as [`Event::Publish`] without reason and properties.
    fn published(&self, mid: i32);

    /// A message arrived.
    fn message(&self, message: &Message);

    /// One line of log. `level` is one of `MOSQ_LOG_*`.
    fn log(&self, level: i32, line: String);

    /// Whether anybody listens to log lines; if not, none is made. A change counts from
    /// [`super::Client::log_listener_changed`] on.
    fn wants_log(&self) -> bool;
}
