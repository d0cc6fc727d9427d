/*
 * What all other headers need: error numbers, log levels, the opaque types.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_DEFS_H
#define MOSQUITTO_DEFS_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <stddef.h>
#include <stdint.h>
#include <mosquitto/mqtt_protocol.h>

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
typedef struct mqtt5__property mosquitto_property;

#ifdef __cplusplus
extern "C" {
#endif

/** Log level: none. */
#define MOSQ_LOG_NONE 0

/** Log level: information. */
#define MOSQ_LOG_INFO 1

/** Log level: notices. */
#define MOSQ_LOG_NOTICE 2

/** Log level: warnings. */
#define MOSQ_LOG_WARNING 4

/** Log level: errors. */
#define MOSQ_LOG_ERR 8

/** Log level: every packet sent and received. */
#define MOSQ_LOG_DEBUG 16

/** Log level of brokers: subscriptions. */
#define MOSQ_LOG_SUBSCRIBE 32

/** Log level of brokers: unsubscriptions. */
#define MOSQ_LOG_UNSUBSCRIBE 64

/** Log level of brokers: WebSockets. */
#define MOSQ_LOG_WEBSOCKETS 128

/** Log level of brokers: internal. */
#define MOSQ_LOG_INTERNAL 2147483648u

/** Every log level. */
#define MOSQ_LOG_ALL 4294967295u

/** Length of a client identifier that every MQTT 3.1 server accepts. */
#define MOSQ_MQTT_ID_MAX_LENGTH 23

/** MQTT 3.1, for MOSQ_OPT_PROTOCOL_VERSION. */
#define MQTT_PROTOCOL_V31 3

/** MQTT 3.1.1, for MOSQ_OPT_PROTOCOL_VERSION. */
#define MQTT_PROTOCOL_V311 4

/** MQTT 5.0, for MOSQ_OPT_PROTOCOL_VERSION. */
#define MQTT_PROTOCOL_V5 5

/** What the functions of the library return, and the callbacks get as rc. */
enum mosq_err_t {
    /** The server enforces a quota that has been exceeded. */
    MOSQ_ERR_QUOTA_EXCEEDED = -6,
    /** Used inside broker plugins: the answer comes later. */
    MOSQ_ERR_AUTH_DELAYED = -5,
    /** Used inside broker plugins: one more step of an authentication exchange. */
    MOSQ_ERR_AUTH_CONTINUE = -4,
    /** Used inside brokers: nobody subscribes to the topic. */
    MOSQ_ERR_NO_SUBSCRIBERS = -3,
    /** Used inside brokers: the subscription exists already. */
    MOSQ_ERR_SUB_EXISTS = -2,
    /** A connection attempt is still under way. */
    MOSQ_ERR_CONN_PENDING = -1,
    /** Done. */
    MOSQ_ERR_SUCCESS = 0,
    /** Memory could not be allocated. */
    MOSQ_ERR_NOMEM = 1,
    /** The peer, or the arguments, broke a rule of the MQTT protocol. */
    MOSQ_ERR_PROTOCOL = 2,
    /** An argument is not valid. */
    MOSQ_ERR_INVAL = 3,
    /** The client is not connected. */
    MOSQ_ERR_NO_CONN = 4,
    /** The server refused the connection. */
    MOSQ_ERR_CONN_REFUSED = 5,
    /** Nothing with this identifier or name exists. */
    MOSQ_ERR_NOT_FOUND = 6,
    /** The connection was lost. */
    MOSQ_ERR_CONN_LOST = 7,
    /** TLS failed. */
    MOSQ_ERR_TLS = 8,
    /** The payload is larger than a packet can carry. */
    MOSQ_ERR_PAYLOAD_SIZE = 9,
    /** This library, or this protocol version, cannot do that. */
    MOSQ_ERR_NOT_SUPPORTED = 10,
    /** Authorisation failed. */
    MOSQ_ERR_AUTH = 11,
    /** An access rule of the server forbids it. */
    MOSQ_ERR_ACL_DENIED = 12,
    /** Unknown error. */
    MOSQ_ERR_UNKNOWN = 13,
    /** A system call failed; see errno. */
    MOSQ_ERR_ERRNO = 14,
    /** A host name could not be resolved. */
    MOSQ_ERR_EAI = 15,
    /** The proxy refused or broke off the connection. */
    MOSQ_ERR_PROXY = 16,
    /** Used inside broker plugins: let the next plugin decide. */
    MOSQ_ERR_PLUGIN_DEFER = 17,
    /** A string is not valid UTF-8 as MQTT demands it. */
    MOSQ_ERR_MALFORMED_UTF8 = 18,
    /** The server did not answer in time. */
    MOSQ_ERR_KEEPALIVE = 19,
    /** A DNS service lookup failed. */
    MOSQ_ERR_LOOKUP = 20,
    /** A packet could not be decoded. */
    MOSQ_ERR_MALFORMED_PACKET = 21,
    /** A property that may occur once occurs twice. */
    MOSQ_ERR_DUPLICATE_PROPERTY = 22,
    /** The TLS handshake failed. */
    MOSQ_ERR_TLS_HANDSHAKE = 23,
    /** The server does not support this Quality of Service. */
    MOSQ_ERR_QOS_NOT_SUPPORTED = 24,
    /** The packet is larger than the receiver accepts. */
    MOSQ_ERR_OVERSIZE_PACKET = 25,
    /** The certificate status check (OCSP) failed. */
    MOSQ_ERR_OCSP = 26,
    /** Time ran out. */
    MOSQ_ERR_TIMEOUT = 27,
    /** Something with this name exists already. */
    MOSQ_ERR_ALREADY_EXISTS = 31,
    /** Used inside broker plugins: the plugin takes no part. */
    MOSQ_ERR_PLUGIN_IGNORE = 32,
    /** Used inside brokers: the HTTP Origin header is not acceptable. */
    MOSQ_ERR_HTTP_BAD_ORIGIN = 33,
    /** A reason that the sender does not want to tell, or for which there is no code. */
    MOSQ_ERR_UNSPECIFIED = 128,
    /** A reason of the receiver's own. */
    MOSQ_ERR_IMPLEMENTATION_SPECIFIC = 131,
    /** The server does not speak this version of MQTT. */
    MOSQ_ERR_UNSUPPORTED_PROTOCOL_VERSION = 132,
    /** The client identifier is not allowed. */
    MOSQ_ERR_CLIENT_IDENTIFIER_NOT_VALID = 133,
    /** Bad user name or password. */
    MOSQ_ERR_BAD_USERNAME_OR_PASSWORD = 134,
    /** The server is not available. */
    MOSQ_ERR_SERVER_UNAVAILABLE = 136,
    /** The server is busy; try again later. */
    MOSQ_ERR_SERVER_BUSY = 137,
    /** This client has been banned. */
    MOSQ_ERR_BANNED = 138,
    /** The server is shutting down. */
    MOSQ_ERR_SERVER_SHUTTING_DOWN = 139,
    /** The authentication method is not supported or not the one of the connection. */
    MOSQ_ERR_BAD_AUTHENTICATION_METHOD = 140,
    /** Another connection uses the same client identifier. */
    MOSQ_ERR_SESSION_TAKEN_OVER = 142,
    /** The topic filter is not accepted. */
    MOSQ_ERR_TOPIC_FILTER_INVALID = 143,
    /** The topic name is not accepted. */
    MOSQ_ERR_TOPIC_NAME_INVALID = 144,
    /** The packet identifier is in use already. */
    MOSQ_ERR_PACKET_ID_IN_USE = 145,
    /** The packet identifier is not known. */
    MOSQ_ERR_PACKET_ID_NOT_FOUND = 146,
    /** More messages in flight than the receiver allows. */
    MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED = 147,
    /** The topic alias is 0 or above the maximum. */
    MOSQ_ERR_TOPIC_ALIAS_INVALID = 148,
    /** Too many messages in too short a time. */
    MOSQ_ERR_MESSAGE_RATE_TOO_HIGH = 150,
    /** An administrator closed the connection. */
    MOSQ_ERR_ADMINISTRATIVE_ACTION = 152,
    /** The payload is not what the payload format indicator says. */
    MOSQ_ERR_PAYLOAD_FORMAT_INVALID = 153,
    /** The server does not support retained messages. */
    MOSQ_ERR_RETAIN_NOT_SUPPORTED = 154,
    /** Use another server for now. */
    MOSQ_ERR_USE_ANOTHER_SERVER = 156,
    /** Use another server from now on. */
    MOSQ_ERR_SERVER_MOVED = 157,
    /** The server does not support shared subscriptions. */
    MOSQ_ERR_SHARED_SUBS_NOT_SUPPORTED = 158,
    /** Too many connections in too short a time. */
    MOSQ_ERR_CONNECTION_RATE_EXCEEDED = 159,
    /** The connection has lasted as long as is allowed. */
    MOSQ_ERR_MAXIMUM_CONNECT_TIME = 160,
    /** The server does not support subscription identifiers. */
    MOSQ_ERR_SUBSCRIPTION_IDS_NOT_SUPPORTED = 161,
    /** The server does not support wildcards in subscriptions. */
    MOSQ_ERR_WILDCARD_SUBS_NOT_SUPPORTED = 162
};

/** Values of MOSQ_OPT_TRANSPORT. */
enum mosq_transport_t {
    /** MQTT straight on TCP, TLS or a Unix socket. */
    MOSQ_T_TCP = 1,
    /** MQTT in WebSocket frames. */
    MOSQ_T_WEBSOCKETS = 2
};

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_DEFS_H */
