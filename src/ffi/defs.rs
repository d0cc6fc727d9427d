//! The constants of mosquitto/defs.h: error numbers, options, log levels.
//!
//! Declarations only; the C headers are generated from this file. Functions take and return plain integers, because a C
//! program may pass any number.

#![allow(non_camel_case_types)] // the C names

use core::ffi::{c_int, c_uint};

/// What the functions of the library return, and the callbacks get as rc.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum mosq_err_t {
    /// The server enforces a quota that has been exceeded.
    MOSQ_ERR_QUOTA_EXCEEDED = -6,
    /// Used inside broker plugins: the answer comes later.
    MOSQ_ERR_AUTH_DELAYED = -5,
    /// Used inside broker plugins: one more step of an authentication exchange.
    MOSQ_ERR_AUTH_CONTINUE = -4,
    /// Used inside brokers: nobody subscribes to the topic.
    MOSQ_ERR_NO_SUBSCRIBERS = -3,
    /// Used inside brokers: the subscription exists already.
    MOSQ_ERR_SUB_EXISTS = -2,
    /// A connection attempt is still under way.
    MOSQ_ERR_CONN_PENDING = -1,
    /// Done.
    MOSQ_ERR_SUCCESS = 0,
    /// Memory could not be allocated.
    MOSQ_ERR_NOMEM = 1,
    /// The peer, or the arguments, broke a rule of the MQTT protocol.
    MOSQ_ERR_PROTOCOL = 2,
    /// An argument is not valid.
    MOSQ_ERR_INVAL = 3,
    /// The client is not connected.
    MOSQ_ERR_NO_CONN = 4,
    /// The server refused the connection.
    MOSQ_ERR_CONN_REFUSED = 5,
    /// Nothing with this identifier or name exists.
    MOSQ_ERR_NOT_FOUND = 6,
    /// The connection was lost.
    MOSQ_ERR_CONN_LOST = 7,
    /// TLS failed.
    MOSQ_ERR_TLS = 8,
    /// The payload is larger than a packet can carry.
    MOSQ_ERR_PAYLOAD_SIZE = 9,
    /// This library, or this protocol version, cannot do that.
    MOSQ_ERR_NOT_SUPPORTED = 10,
    /// Authorisation failed.
    MOSQ_ERR_AUTH = 11,
    /// An access rule of the server forbids it.
    MOSQ_ERR_ACL_DENIED = 12,
    /// Unknown error.
    MOSQ_ERR_UNKNOWN = 13,
    /// A system call failed; see errno.
    MOSQ_ERR_ERRNO = 14,
    /// A host name could not be resolved.
    MOSQ_ERR_EAI = 15,
    /// The proxy refused or broke off the connection.
    MOSQ_ERR_PROXY = 16,
    /// Used inside broker plugins: let the next plugin decide.
    MOSQ_ERR_PLUGIN_DEFER = 17,
    /// A string is not valid UTF-8 as MQTT demands it.
    MOSQ_ERR_MALFORMED_UTF8 = 18,
    /// The server did not answer in time.
    MOSQ_ERR_KEEPALIVE = 19,
    /// A DNS service lookup failed.
    MOSQ_ERR_LOOKUP = 20,
    /// A packet could not be decoded.
    MOSQ_ERR_MALFORMED_PACKET = 21,
    /// A property that may occur once occurs twice.
    MOSQ_ERR_DUPLICATE_PROPERTY = 22,
    /// The TLS handshake failed.
    MOSQ_ERR_TLS_HANDSHAKE = 23,
    /// The server does not support this Quality of Service.
    MOSQ_ERR_QOS_NOT_SUPPORTED = 24,
    /// The packet is larger than the receiver accepts.
    MOSQ_ERR_OVERSIZE_PACKET = 25,
    /// The certificate status check (OCSP) failed.
    MOSQ_ERR_OCSP = 26,
    /// Time ran out.
    MOSQ_ERR_TIMEOUT = 27,
    /// Something with this name exists already.
    MOSQ_ERR_ALREADY_EXISTS = 31,
    /// Used inside broker plugins: the plugin takes no part.
    MOSQ_ERR_PLUGIN_IGNORE = 32,
    /// Used inside brokers: the HTTP Origin header is not acceptable.
    MOSQ_ERR_HTTP_BAD_ORIGIN = 33,
    /// A reason that the sender does not want to tell, or for which there is no code.
    MOSQ_ERR_UNSPECIFIED = 128,
    /// A reason of the receiver's own.
    MOSQ_ERR_IMPLEMENTATION_SPECIFIC = 131,
    /// The server does not speak this version of MQTT.
    MOSQ_ERR_UNSUPPORTED_PROTOCOL_VERSION = 132,
    /// The client identifier is not allowed.
    MOSQ_ERR_CLIENT_IDENTIFIER_NOT_VALID = 133,
    /// Bad user name or password.
    MOSQ_ERR_BAD_USERNAME_OR_PASSWORD = 134,
    /// The server is not available.
    MOSQ_ERR_SERVER_UNAVAILABLE = 136,
    /// The server is busy; try again later.
    MOSQ_ERR_SERVER_BUSY = 137,
    /// This client has been banned.
    MOSQ_ERR_BANNED = 138,
    /// The server is shutting down.
    MOSQ_ERR_SERVER_SHUTTING_DOWN = 139,
    /// The authentication method is not supported or not the one of the connection.
    MOSQ_ERR_BAD_AUTHENTICATION_METHOD = 140,
    /// Another connection uses the same client identifier.
    MOSQ_ERR_SESSION_TAKEN_OVER = 142,
    /// The topic filter is not accepted.
    MOSQ_ERR_TOPIC_FILTER_INVALID = 143,
    /// The topic name is not accepted.
    MOSQ_ERR_TOPIC_NAME_INVALID = 144,
    /// The packet identifier is in use already.
    MOSQ_ERR_PACKET_ID_IN_USE = 145,
    /// The packet identifier is not known.
    MOSQ_ERR_PACKET_ID_NOT_FOUND = 146,
    /// More messages in flight than the receiver allows.
    MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED = 147,
    /// The topic alias is 0 or above the maximum.
    MOSQ_ERR_TOPIC_ALIAS_INVALID = 148,
    /// Too many messages in too short a time.
    MOSQ_ERR_MESSAGE_RATE_TOO_HIGH = 150,
    /// An administrator closed the connection.
    MOSQ_ERR_ADMINISTRATIVE_ACTION = 152,
    /// The payload is not what the payload format indicator says.
    MOSQ_ERR_PAYLOAD_FORMAT_INVALID = 153,
    /// The server does not support retained messages.
    MOSQ_ERR_RETAIN_NOT_SUPPORTED = 154,
    /// Use another server for now.
    MOSQ_ERR_USE_ANOTHER_SERVER = 156,
    /// Use another server from now on.
    MOSQ_ERR_SERVER_MOVED = 157,
    /// The server does not support shared subscriptions.
    MOSQ_ERR_SHARED_SUBS_NOT_SUPPORTED = 158,
    /// Too many connections in too short a time.
    MOSQ_ERR_CONNECTION_RATE_EXCEEDED = 159,
    /// The connection has lasted as long as is allowed.
    MOSQ_ERR_MAXIMUM_CONNECT_TIME = 160,
    /// The server does not support subscription identifiers.
    MOSQ_ERR_SUBSCRIPTION_IDS_NOT_SUPPORTED = 161,
    /// The server does not support wildcards in subscriptions.
    MOSQ_ERR_WILDCARD_SUBS_NOT_SUPPORTED = 162,
}

/// Options of mosquitto_int_option(), mosquitto_string_option() and mosquitto_void_option(); the first word says which.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum mosq_opt_t {
    /// int: MQTT_PROTOCOL_V31, MQTT_PROTOCOL_V311 (default) or MQTT_PROTOCOL_V5.
    MOSQ_OPT_PROTOCOL_VERSION = 1,
    /// void: an SSL_CTX of OpenSSL to use for TLS instead of one made by the library.
    MOSQ_OPT_SSL_CTX = 2,
    /// int: 1 to apply the TLS settings of the client to the SSL_CTX given, too.
    MOSQ_OPT_SSL_CTX_WITH_DEFAULTS = 3,
    /// int: how many messages with QoS above 0 may be on their way to this client, 1 to 65535.
    MOSQ_OPT_RECEIVE_MAXIMUM = 4,
    /// int: how many messages with QoS above 0 this client has on their way, 0 (no limit) to 65535; default 20.
    MOSQ_OPT_SEND_MAXIMUM = 5,
    /// string: "pem" or "engine": what keyfile means.
    MOSQ_OPT_TLS_KEYFORM = 6,
    /// string: identifier of an OpenSSL engine.
    MOSQ_OPT_TLS_ENGINE = 7,
    /// string: SHA-1 of the password of the engine's key, 40 hexadecimal digits.
    MOSQ_OPT_TLS_ENGINE_KPASS_SHA1 = 8,
    /// int: 1 to demand a stapled OCSP response from the server.
    MOSQ_OPT_TLS_OCSP_REQUIRED = 9,
    /// string: the application protocol to offer in the TLS handshake.
    MOSQ_OPT_TLS_ALPN = 10,
    /// int: 1 to send small packets at once (TCP_NODELAY).
    MOSQ_OPT_TCP_NODELAY = 11,
    /// string: local address or host name to connect from.
    MOSQ_OPT_BIND_ADDRESS = 12,
    /// int: 1 to trust the certificates of the operating system.
    MOSQ_OPT_TLS_USE_OS_CERTS = 13,
    /// int: 1 for no wake-up descriptor; only for programs that drive the client from one thread.
    MOSQ_OPT_DISABLE_SOCKETPAIR = 14,
    /// int: one of enum mosq_transport_t.
    MOSQ_OPT_TRANSPORT = 15,
    /// string: path of the HTTP request that opens a WebSocket; default "/mqtt".
    MOSQ_OPT_HTTP_PATH = 16,
    /// int: the most bytes that the HTTP answer opening a WebSocket may have.
    MOSQ_OPT_HTTP_HEADER_SIZE = 17,
}

/// Values of MOSQ_OPT_TRANSPORT.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum mosq_transport_t {
    /// MQTT straight on TCP, TLS or a Unix socket.
    MOSQ_T_TCP = 1,
    /// MQTT in WebSocket frames.
    MOSQ_T_WEBSOCKETS = 2,
}

/// Log level: none.
pub const MOSQ_LOG_NONE: c_int = 0;
/// Log level: information.
pub const MOSQ_LOG_INFO: c_int = 1;
/// Log level: notices.
pub const MOSQ_LOG_NOTICE: c_int = 2;
/// Log level: warnings.
pub const MOSQ_LOG_WARNING: c_int = 4;
/// Log level: errors.
pub const MOSQ_LOG_ERR: c_int = 8;
/// Log level: every packet sent and received.
pub const MOSQ_LOG_DEBUG: c_int = 16;
/// Log level of brokers: subscriptions.
pub const MOSQ_LOG_SUBSCRIBE: c_int = 32;
/// Log level of brokers: unsubscriptions.
pub const MOSQ_LOG_UNSUBSCRIBE: c_int = 64;
/// Log level of brokers: WebSockets.
pub const MOSQ_LOG_WEBSOCKETS: c_int = 128;
/// Log level of brokers: internal.
pub const MOSQ_LOG_INTERNAL: c_uint = 2_147_483_648u32;
/// Every log level.
pub const MOSQ_LOG_ALL: c_uint = 4_294_967_295u32;

/// Length of a client identifier that every MQTT 3.1 server accepts.
pub const MOSQ_MQTT_ID_MAX_LENGTH: c_int = 23;

/// MQTT 3.1, for MOSQ_OPT_PROTOCOL_VERSION.
pub const MQTT_PROTOCOL_V31: c_int = 3;
/// MQTT 3.1.1, for MOSQ_OPT_PROTOCOL_VERSION.
pub const MQTT_PROTOCOL_V311: c_int = 4;
/// MQTT 5.0, for MOSQ_OPT_PROTOCOL_VERSION.
pub const MQTT_PROTOCOL_V5: c_int = 5;
