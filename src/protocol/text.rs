//! Texts for people: error numbers, reason codes, return codes of CONNACK. NUL-terminated and static, so that the C
//! interface can hand them out.

use core::ffi::CStr;

const UNKNOWN_ERROR: &CStr = c"Unknown error";
const UNKNOWN_REASON: &CStr = c"Unknown reason";

/// Text of a `MOSQ_ERR_*` number. `None` for 14 (`MOSQ_ERR_ERRNO`), whose text is the operating system's.
///
/// 28, 29 and 30 are the numbers that headers of 2.0 gave three errors that have the numbers of MQTT 5 now.
pub fn error(code: i32) -> Option<&'static CStr> {
    Some(match code {
        -6 => c"Quota exceeded",
        -5 => c"Authentication delayed",
        -4 => c"Continue with authentication",
        -3 => c"No subscribers",
        -2 => c"Subscription already exists",
        -1 => c"Connection pending",
        0 => c"No error",
        1 => c"Out of memory",
        2 => c"A network protocol error occurred when communicating with the broker",
        3 => c"Invalid input",
        4 => c"The client is not currently connected",
        5 => c"The connection was refused",
        6 => c"Message not found (internal error)",
        7 => c"The connection was lost",
        8 => c"A TLS error occurred",
        9 => c"Payload too large",
        10 => c"This feature is not supported",
        11 => c"Authorisation failed",
        12 => c"Access denied by ACL",
        14 => return None,
        15 => c"Lookup error",
        16 => c"Proxy error",
        17 => c"Plugin deferring result",
        18 => c"Malformed UTF-8",
        19 => c"Keepalive exceeded",
        20 => c"DNS Lookup failed",
        21 => c"Malformed packet",
        22 => c"Duplicate property in property list",
        23 => c"TLS handshake failed",
        24 => c"Requested QoS not supported on server",
        25 => c"Packet larger than supported by the server",
        26 => c"OCSP error",
        27 => c"Timeout",
        28 => c"Retain not supported",
        29 => c"Topic alias invalid",
        30 => c"Administrative action",
        31 => c"Entry already exists",
        32 => c"Ignore plugin",
        33 => c"Bad http origin",
        133 => c"Client identifier not valid",
        134 => c"Bad username or password",
        147 => c"Receive maximum exceeded",
        148 => c"Topic alias invalid",
        128.. => reason(code),
        _ => UNKNOWN_ERROR,
    })
}

/// Text of an MQTT 5 reason code (2.4).
pub fn reason(code: i32) -> &'static CStr {
    match code {
        0 => c"Success",
        1 => c"Granted QoS 1",
        2 => c"Granted QoS 2",
        4 => c"Disconnect with Will Message",
        16 => c"No matching subscribers",
        17 => c"No subscription existed",
        24 => c"Continue authentication",
        25 => c"Re-authenticate",
        128 => c"Unspecified error",
        129 => c"Malformed Packet",
        130 => c"Protocol Error",
        131 => c"Implementation specific error",
        132 => c"Unsupported Protocol Version",
        133 => c"Client Identifier not valid",
        134 => c"Bad User Name or Password",
        135 => c"Not authorized",
        136 => c"Server unavailable",
        137 => c"Server busy",
        138 => c"Banned",
        139 => c"Server shutting down",
        140 => c"Bad authentication method",
        141 => c"Keep Alive timeout",
        142 => c"Session taken over",
        143 => c"Topic Filter invalid",
        144 => c"Topic Name invalid",
        145 => c"Packet Identifier in use",
        146 => c"Packet Identifier not found",
        147 => c"Receive Maximum exceeded",
        148 => c"Topic Alias invalid",
        149 => c"Packet too large",
        150 => c"Message rate too high",
        151 => c"Quota exceeded",
        152 => c"Administrative action",
        153 => c"Payload format invalid",
        154 => c"Retain not supported",
        155 => c"QoS not supported",
        156 => c"Use another server",
        157 => c"Server moved",
        158 => c"Shared Subscriptions not supported",
        159 => c"Connection rate exceeded",
        160 => c"Maximum connect time",
        161 => c"Subscription identifiers not supported",
        162 => c"Wildcard Subscriptions not supported",
        _ => UNKNOWN_REASON,
    }
}

/// Text of a return code of CONNACK in MQTT 3.1 and 3.1.1 (3.2.2.3).
pub fn connack(code: i32) -> &'static CStr {
    match code {
        0 => c"Connection Accepted",
        1 => c"Connection Refused: unacceptable protocol version",
        2 => c"Connection Refused: identifier rejected",
        3 => c"Connection Refused: broker unavailable",
        4 => c"Connection Refused: bad user name or password",
        5 => c"Connection Refused: not authorised",
        _ => c"Connection Refused: unknown reason",
    }
}
