//! Which header is made of what. Declarations come from the Rust files; text stands here only for what has no Rust form:
//! comments on a whole header, macros with arguments, opaque types and includes.

use cbindgen::ItemType::{self, Constants, Enums, Functions, Structs, Typedefs};

/// One file of `include/`.
pub struct Header {
    /// Path below `include/`.
    pub path: &'static str,
    /// The macro that keeps a second inclusion away.
    pub guard: Option<&'static str>,
    /// Comment at the top.
    pub about: &'static str,
    /// Headers that this one includes.
    pub includes: &'static [&'static str],
    /// C text behind the includes.
    pub text: &'static str,
    /// Files of `src/ffi`.
    pub sources: &'static [&'static str],
    /// Kinds of items taken from them.
    pub items: &'static [ItemType],
    /// Types to define although no function of this header uses them.
    pub define: &'static [&'static str],
    /// What is in front of every function.
    pub export: &'static str,
    /// C text, usually includes, at the end.
    pub trailer: &'static str,
}

const NONE: Header = Header {
    path: "",
    guard: None,
    about: "",
    includes: &[],
    text: "",
    sources: &[],
    items: &[Functions],
    define: &[],
    export: "libmosq_EXPORT",
    trailer: "",
};

const DEFS: &[&str] = &["mosquitto/defs.h"];

pub const HEADERS: &[Header] = &[
    Header {
        path: "mosquitto.h",
        guard: Some("MOSQUITTO_H"),
        about: "\
libmosquitto: an MQTT client library. This header declares everything; programs that want less
include headers of the directory mosquitto.",
        includes: &[
            "mosquitto/defs.h",
            "mosquitto/mqtt_protocol.h",
            "mosquitto/libmosquitto.h",
            "mosquitto/libcommon.h",
        ],
        text: MOSQ_USED,
        ..NONE
    },
    Header {
        path: "mqtt_protocol.h",
        about: "Numbers of the MQTT standards. The same as mosquitto/mqtt_protocol.h.",
        includes: &["mosquitto/mqtt_protocol.h"],
        ..NONE
    },
    Header {
        path: "mosquitto/mqtt_protocol.h",
        guard: Some("MQTT_PROTOCOL_H"),
        about: "Numbers of the MQTT standards: commands, reason codes, properties, subscription options.",
        includes: &["stdint.h"],
        text: MQTT_PROTOCOL,
        sources: &["mqtt_protocol.rs"],
        items: &[Constants, Enums],
        define: &[
            "mqtt311_connack_codes",
            "mqtt5_return_codes",
            "mqtt5_property",
            "mqtt5_property_type",
            "mqtt5_sub_options",
        ],
        ..NONE
    },
    Header {
        path: "mosquitto/defs.h",
        guard: Some("MOSQUITTO_DEFS_H"),
        about: "What all other headers need: error numbers, log levels, the opaque types.",
        includes: &["stddef.h", "stdint.h", "mosquitto/mqtt_protocol.h"],
        text: OPAQUE_TYPES,
        sources: &["defs.rs"],
        items: &[Constants, Enums],
        define: &["mosq_err_t", "mosq_transport_t"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_H"),
        about: CLIENT,
        includes: DEFS,
        sources: &["library.rs"],
        items: &[Constants, Functions],
        trailer: CLIENT_HEADERS,
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_auth.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_AUTH_H"),
        about: "User name, password and MQTT 5 extended authentication.",
        includes: DEFS,
        sources: &["auth.rs"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_callbacks.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_CALLBACKS_H"),
        about: CALLBACKS,
        includes: DEFS,
        text: "/* Defined in mosquitto/libmosquitto_message.h. */\nstruct mosquitto_message;",
        sources: &["callbacks.rs"],
        items: &[Typedefs, Functions],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_connect.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_CONNECT_H"),
        about: "Connecting, reconnecting and disconnecting.",
        includes: DEFS,
        sources: &["connect.rs"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_create_delete.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_CREATE_DELETE_H"),
        about: "Making and freeing clients.",
        includes: DEFS,
        sources: &["create_delete.rs"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_helpers.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_HELPERS_H"),
        about: "Subscribing with one call, for programs that need nothing else.",
        includes: &["mosquitto/defs.h", "mosquitto/libmosquitto_message.h"],
        sources: &["helpers.rs", "types.rs"],
        items: &[Functions, Structs],
        define: &["libmosquitto_will", "libmosquitto_auth", "libmosquitto_tls"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_loop.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_LOOP_H"),
        about: LOOP,
        includes: DEFS,
        sources: &["loops.rs"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_message.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_MESSAGE_H"),
        about: "Messages, as callbacks get them, and copies of them.",
        includes: DEFS,
        sources: &["message.rs", "types.rs"],
        items: &[Functions, Structs],
        define: &["mosquitto_message", "mosquitto_message_v5"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_options.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_OPTIONS_H"),
        about: "Settings of a client.",
        includes: DEFS,
        sources: &["options.rs", "defs.rs"],
        items: &[Functions, Enums],
        define: &["mosq_opt_t"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_publish.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_PUBLISH_H"),
        about: "Sending messages.",
        includes: DEFS,
        sources: &["publish.rs"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_socks.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_SOCKS_H"),
        about: "Connecting through a SOCKS5 proxy.",
        includes: DEFS,
        sources: &["socks.rs"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_subscribe.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_SUBSCRIBE_H"),
        about: "Asking for messages.",
        includes: DEFS,
        sources: &["subscribe.rs"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_tls.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_TLS_H"),
        about: "Encrypted connections, by OpenSSL.",
        includes: DEFS,
        sources: &["tls.rs"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_unsubscribe.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_UNSUBSCRIBE_H"),
        about: "No longer asking for messages.",
        includes: DEFS,
        sources: &["unsubscribe.rs"],
        ..NONE
    },
    Header {
        path: "mosquitto/libmosquitto_will.h",
        guard: Some("MOSQUITTO_LIBMOSQUITTO_WILL_H"),
        about: "The will: what the server publishes when the client is lost.",
        includes: DEFS,
        sources: &["will.rs"],
        ..NONE
    },
    Header {
        path: "mosquitto/libcommon.h",
        guard: Some("MOSQUITTO_LIBCOMMON_H"),
        about: "\
Functions that need no client: MQTT 5 properties, texts, topics, UTF-8. They keep no state and may be
called at any time from any thread, as long as nobody else changes what they are given.",
        includes: &[
            "mosquitto/libcommon_properties.h",
            "mosquitto/libcommon_string.h",
            "mosquitto/libcommon_topic.h",
            "mosquitto/libcommon_utf8.h",
        ],
        ..NONE
    },
    Header {
        path: "mosquitto/libcommon_properties.h",
        guard: Some("MOSQUITTO_LIBCOMMON_PROPERTIES_H"),
        about: PROPERTIES,
        includes: DEFS,
        sources: &["properties/add.rs", "properties/read.rs", "properties/value.rs", "properties/list.rs", "properties/info.rs"],
        export: "libmosqcommon_EXPORT",
        ..NONE
    },
    Header {
        path: "mosquitto/libcommon_string.h",
        guard: Some("MOSQUITTO_LIBCOMMON_STRING_H"),
        about: "Texts for error numbers and reason codes; names of commands.",
        includes: DEFS,
        sources: &["strings.rs"],
        export: "libmosqcommon_EXPORT",
        ..NONE
    },
    Header {
        path: "mosquitto/libcommon_topic.h",
        guard: Some("MOSQUITTO_LIBCOMMON_TOPIC_H"),
        about: "Topic names and topic filters: checking, splitting, matching.",
        includes: DEFS,
        sources: &["topic.rs", "tokens.rs"],
        export: "libmosqcommon_EXPORT",
        ..NONE
    },
    Header {
        path: "mosquitto/libcommon_utf8.h",
        guard: Some("MOSQUITTO_LIBCOMMON_UTF8_H"),
        about: "Checking strings.",
        includes: DEFS,
        sources: &["utf8.rs"],
        export: "libmosqcommon_EXPORT",
        ..NONE
    },
    Header {
        path: "mosquitto/extensions.h",
        guard: Some("MOSQUITTO_EXTENSIONS_H"),
        about: "\
What this implementation of libmosquitto has beyond the original. Functions are named mosquitto_x_*,
options MOSQ_OPT_X_* with numbers from 0x4000 on; the original answers MOSQ_ERR_INVAL to those. A
program that shall also run on the original looks the functions up with dlsym().",
        includes: DEFS,
        sources: &["extensions.rs"],
        items: &[Constants, Functions],
        ..NONE
    },
];

const CLIENT: &str = "\
The client library as a whole. Includes the other headers libmosquitto_*.h.

A client is a struct mosquitto: made by mosquitto_new(), freed by mosquitto_destroy(). Functions that
return int return MOSQ_ERR_SUCCESS or one of enum mosq_err_t; where a manual text says that errno tells
why, errno is set. Passing NULL where a client is expected gives MOSQ_ERR_INVAL, false, NULL or -1.

Strings are NUL-terminated. What is passed to a function stays the caller's, and may be changed or freed
when the function has returned, unless the manual text says otherwise.

Threads: the functions of one client may be called from any thread at any time, unless the manual text
says otherwise.";

const CLIENT_HEADERS: &str = "\
#include <mosquitto/libmosquitto_auth.h>
#include <mosquitto/libmosquitto_callbacks.h>
#include <mosquitto/libmosquitto_connect.h>
#include <mosquitto/libmosquitto_create_delete.h>
#include <mosquitto/libmosquitto_helpers.h>
#include <mosquitto/libmosquitto_loop.h>
#include <mosquitto/libmosquitto_message.h>
#include <mosquitto/libmosquitto_options.h>
#include <mosquitto/libmosquitto_publish.h>
#include <mosquitto/libmosquitto_socks.h>
#include <mosquitto/libmosquitto_subscribe.h>
#include <mosquitto/libmosquitto_tls.h>
#include <mosquitto/libmosquitto_unsubscribe.h>
#include <mosquitto/libmosquitto_will.h>";

const CALLBACKS: &str = "\
Functions of the program that the library calls when something has happened.

Every callback gets the client and the pointer of mosquitto_new() or mosquitto_user_data_set(). Callbacks
run on the thread that runs the loop: the one of mosquitto_loop_start(), or the one that called
mosquitto_loop_forever(), mosquitto_loop() or mosquitto_loop_read(). Exceptions are told at the functions
below. Callbacks of one client do not run at the same time, except the log callback.

The library holds no lock meanwhile. Every function may be called inside a callback, except
mosquitto_loop(), mosquitto_loop_forever(), mosquitto_loop_read(), mosquitto_loop_write(),
mosquitto_loop_misc() and mosquitto_reinitialise(). What is published inside a callback is sent when the
callback has returned.

Pointers that a callback gets are valid until it returns. Where several callbacks are set for one event
they run in the order plain, with flags, v5; they are chosen before the first of them runs. The v5
callbacks run with every version of MQTT; before MQTT 5 they get no properties.

A C++ callback must not throw.";

const LOOP: &str = "\
Driving the network side of a client. There are three ways, of which a program uses one per client:

mosquitto_loop_start() runs the client on a thread of its own;
mosquitto_loop_forever() runs it on the calling thread until it disconnects, or mosquitto_loop() once;
with mosquitto_socket(), mosquitto_want_write(), mosquitto_loop_read(), mosquitto_loop_write() and
mosquitto_loop_misc() the program waits for the connection in an event loop of its own.";

const PROPERTIES: &str = "\
Lists of MQTT 5 properties. A list is a pointer to its first element, NULL if it is empty; the
mosquitto_property_add_*() functions make it longer, mosquitto_property_free_all() frees it. A list that a
callback gets belongs to the library and is only read.";

const MOSQ_USED: &str = "\
#ifndef MOSQ_USED
#  if defined(__GNUC__)
#    define MOSQ_USED __attribute__((used))
#  else
#    define MOSQ_USED
#  endif
#endif";

const MQTT_PROTOCOL: &str = r#"/** Protocol name in CONNECT, MQTT 3.1. */
#define PROTOCOL_NAME_v31 "MQIsdp"
/** Protocol name in CONNECT, MQTT 3.1.1 and 5.0. */
#define PROTOCOL_NAME "MQTT"

/** Reason code of DISCONNECT: close the connection and drop the will. */
#define MQTT_RC_NORMAL_DISCONNECTION MQTT_RC_SUCCESS
/** Reason code of SUBACK: the subscription was accepted with QoS 0. */
#define MQTT_RC_GRANTED_QOS0 MQTT_RC_SUCCESS

/* Parts of the options of mosquitto_subscribe_v5(), which are one byte: QoS, no local, retain as published,
   retain handling. GET reads a part, in place; SET puts one into o, which must be a variable. */
#define MQTT_SUB_OPT_GET_QOS(o) ((o) & 0x03)
#define MQTT_SUB_OPT_GET_NO_LOCAL(o) ((o) & MQTT_SUB_OPT_NO_LOCAL)
#define MQTT_SUB_OPT_GET_RETAIN_AS_PUBLISHED(o) ((o) & MQTT_SUB_OPT_RETAIN_AS_PUBLISHED)
#define MQTT_SUB_OPT_GET_SEND_RETAIN(o) ((o) & 0x30)
#define MQTT_SUB_OPT_GET_RETAIN_HANDLING(o) ((o) & 0x30)
/** Sets the QoS to q: 0, 1 or 2. */
#define MQTT_SUB_OPT_SET_QOS(o, q) ((o) = (((o) & 0xFC) | ((q) & 0x03)))
/** Sets no local: q is MQTT_SUB_OPT_NO_LOCAL or 0. */
#define MQTT_SUB_OPT_SET_NO_LOCAL(o, q) ((o) = (((o) & 0xFB) | ((q) & MQTT_SUB_OPT_NO_LOCAL)))
/** Sets the retain handling: r is one of MQTT_SUB_OPT_SEND_RETAIN_*. */
#define MQTT_SUB_OPT_SET_RETAIN_HANDLING(o, r) ((o) = (((o) & 0xCF) | ((r) & 0x30)))
/** Sets the bits v. */
#define MQTT_SUB_OPT_SET(o, v) ((o) |= (v))
/** Clears the bits v. */
#define MQTT_SUB_OPT_CLEAR(o, v) ((o) &= ~(v))"#;

const OPAQUE_TYPES: &str = "\
#ifndef __cplusplus
#  include <stdbool.h>
#endif

/* In front of every function; empty, the library exports them by a list of its own. */
#ifndef libmosq_EXPORT
#  define libmosq_EXPORT
#endif
#ifndef libmosqcommon_EXPORT
#  define libmosqcommon_EXPORT
#endif
#ifndef mosq_EXPORT
#  define mosq_EXPORT
#endif

/** A client: made by mosquitto_new(), freed by mosquitto_destroy(). */
struct mosquitto;

/**
 * An element of a list of MQTT 5 properties; the list is a pointer to its first element, NULL if it is
 * empty.
 */
typedef struct mqtt5__property mosquitto_property;";
