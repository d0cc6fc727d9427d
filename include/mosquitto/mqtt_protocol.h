/*
 * Numbers of the MQTT standards: commands, reason codes, properties, subscription options.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MQTT_PROTOCOL_H
#define MQTT_PROTOCOL_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <stdint.h>

/** Protocol name in CONNECT, MQTT 3.1. */
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
#define MQTT_SUB_OPT_CLEAR(o, v) ((o) &= ~(v))

#ifdef __cplusplus
extern "C" {
#endif

/** Not a packet. */
#define CMD_RESERVED 0u

/** First byte of CONNECT, flags 0. */
#define CMD_CONNECT 16u

/** First byte of CONNACK, flags 0. */
#define CMD_CONNACK 32u

/** First byte of PUBLISH, flags 0. */
#define CMD_PUBLISH 48u

/** First byte of PUBACK, flags 0. */
#define CMD_PUBACK 64u

/** First byte of PUBREC, flags 0. */
#define CMD_PUBREC 80u

/** First byte of PUBREL, flags 0. */
#define CMD_PUBREL 96u

/** First byte of PUBCOMP, flags 0. */
#define CMD_PUBCOMP 112u

/** First byte of SUBSCRIBE, flags 0. */
#define CMD_SUBSCRIBE 128u

/** First byte of SUBACK, flags 0. */
#define CMD_SUBACK 144u

/** First byte of UNSUBSCRIBE, flags 0. */
#define CMD_UNSUBSCRIBE 160u

/** First byte of UNSUBACK, flags 0. */
#define CMD_UNSUBACK 176u

/** First byte of PINGREQ, flags 0. */
#define CMD_PINGREQ 192u

/** First byte of PINGRESP, flags 0. */
#define CMD_PINGRESP 208u

/** First byte of DISCONNECT, flags 0. */
#define CMD_DISCONNECT 224u

/** First byte of AUTH, flags 0. */
#define CMD_AUTH 240u

/**
 * Not a packet: stands for the properties of a will in mosquitto_property_check_all() and
 * mosquitto_property_check_command().
 */
#define CMD_WILL 256

/** Protocol level in CONNECT, MQTT 3.1. */
#define PROTOCOL_VERSION_v31 3

/** Protocol level in CONNECT, MQTT 3.1.1. */
#define PROTOCOL_VERSION_v311 4

/** Protocol level in CONNECT, MQTT 5.0. */
#define PROTOCOL_VERSION_v5 5

/** The most bytes that a payload can have. */
#define MQTT_MAX_PAYLOAD 268435455u

/** Session expiry interval: the session ends with the connection. */
#define MQTT_SESSION_EXPIRY_IMMEDIATE 0u

/** Session expiry interval: the session never ends. */
#define MQTT_SESSION_EXPIRY_NEVER 4294967295u

/** Return codes of CONNACK in MQTT 3.1 and 3.1.1. */
enum mqtt311_connack_codes {
    /** Connected. */
    CONNACK_ACCEPTED = 0,
    /** The server does not speak this version of MQTT. */
    CONNACK_REFUSED_PROTOCOL_VERSION = 1,
    /** The client identifier is not allowed. */
    CONNACK_REFUSED_IDENTIFIER_REJECTED = 2,
    /** The server is not available. */
    CONNACK_REFUSED_SERVER_UNAVAILABLE = 3,
    /** Bad user name or password. */
    CONNACK_REFUSED_BAD_USERNAME_PASSWORD = 4,
    /** Not authorised. */
    CONNACK_REFUSED_NOT_AUTHORIZED = 5
};

/** Reason codes of MQTT 5.0. */
enum mqtt5_return_codes {
    /** Success. */
    MQTT_RC_SUCCESS = 0,
    /** The subscription was accepted with QoS 1 at most. */
    MQTT_RC_GRANTED_QOS1 = 1,
    /** The subscription was accepted with QoS 2 at most. */
    MQTT_RC_GRANTED_QOS2 = 2,
    /** Disconnect, and publish the will nevertheless. */
    MQTT_RC_DISCONNECT_WITH_WILL_MSG = 4,
    /** Accepted, but nobody subscribes to the topic. */
    MQTT_RC_NO_MATCHING_SUBSCRIBERS = 16,
    /** There was no such subscription. */
    MQTT_RC_NO_SUBSCRIPTION_EXISTED = 17,
    /** One more step of an authentication exchange. */
    MQTT_RC_CONTINUE_AUTHENTICATION = 24,
    /** Start a new authentication exchange. */
    MQTT_RC_REAUTHENTICATE = 25,
    /** A reason that the sender does not want to tell, or for which there is no code. */
    MQTT_RC_UNSPECIFIED = 128,
    /** A packet could not be decoded. */
    MQTT_RC_MALFORMED_PACKET = 129,
    /** A packet broke a rule of the protocol. */
    MQTT_RC_PROTOCOL_ERROR = 130,
    /** A reason of the receiver's own. */
    MQTT_RC_IMPLEMENTATION_SPECIFIC = 131,
    /** The server does not speak this version of MQTT. */
    MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION = 132,
    /** The client identifier is not allowed. */
    MQTT_RC_CLIENTID_NOT_VALID = 133,
    /** Bad user name or password. */
    MQTT_RC_BAD_USERNAME_OR_PASSWORD = 134,
    /** Not authorised. */
    MQTT_RC_NOT_AUTHORIZED = 135,
    /** The server is not available. */
    MQTT_RC_SERVER_UNAVAILABLE = 136,
    /** The server is busy; try again later. */
    MQTT_RC_SERVER_BUSY = 137,
    /** This client has been banned. */
    MQTT_RC_BANNED = 138,
    /** The server is shutting down. */
    MQTT_RC_SERVER_SHUTTING_DOWN = 139,
    /** The authentication method is not supported or not the one of the connection. */
    MQTT_RC_BAD_AUTHENTICATION_METHOD = 140,
    /** No packet for one and a half times the keepalive. */
    MQTT_RC_KEEP_ALIVE_TIMEOUT = 141,
    /** Another connection uses the same client identifier. */
    MQTT_RC_SESSION_TAKEN_OVER = 142,
    /** The topic filter is not accepted. */
    MQTT_RC_TOPIC_FILTER_INVALID = 143,
    /** The topic name is not accepted. */
    MQTT_RC_TOPIC_NAME_INVALID = 144,
    /** The packet identifier is in use already. */
    MQTT_RC_PACKET_ID_IN_USE = 145,
    /** The packet identifier is not known. */
    MQTT_RC_PACKET_ID_NOT_FOUND = 146,
    /** More messages in flight than the receiver allows. */
    MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED = 147,
    /** The topic alias is 0 or above the maximum. */
    MQTT_RC_TOPIC_ALIAS_INVALID = 148,
    /** The packet is larger than the receiver accepts. */
    MQTT_RC_PACKET_TOO_LARGE = 149,
    /** Too many messages in too short a time. */
    MQTT_RC_MESSAGE_RATE_TOO_HIGH = 150,
    /** A quota has been exceeded. */
    MQTT_RC_QUOTA_EXCEEDED = 151,
    /** An administrator closed the connection. */
    MQTT_RC_ADMINISTRATIVE_ACTION = 152,
    /** The payload is not what the payload format indicator says. */
    MQTT_RC_PAYLOAD_FORMAT_INVALID = 153,
    /** The server does not support retained messages. */
    MQTT_RC_RETAIN_NOT_SUPPORTED = 154,
    /** The server does not support this Quality of Service. */
    MQTT_RC_QOS_NOT_SUPPORTED = 155,
    /** Use another server for now. */
    MQTT_RC_USE_ANOTHER_SERVER = 156,
    /** Use another server from now on. */
    MQTT_RC_SERVER_MOVED = 157,
    /** The server does not support shared subscriptions. */
    MQTT_RC_SHARED_SUBS_NOT_SUPPORTED = 158,
    /** Too many connections in too short a time. */
    MQTT_RC_CONNECTION_RATE_EXCEEDED = 159,
    /** The connection has lasted as long as is allowed. */
    MQTT_RC_MAXIMUM_CONNECT_TIME = 160,
    /** The server does not support subscription identifiers. */
    MQTT_RC_SUBSCRIPTION_IDS_NOT_SUPPORTED = 161,
    /** The server does not support wildcards in subscriptions. */
    MQTT_RC_WILDCARD_SUBS_NOT_SUPPORTED = 162
};

/** Property identifiers of MQTT 5.0, with their type and the packets that may carry them. */
enum mqtt5_property {
    /** Byte; in PUBLISH, the will. */
    MQTT_PROP_PAYLOAD_FORMAT_INDICATOR = 1,
    /** 32 bit integer; in PUBLISH, the will. */
    MQTT_PROP_MESSAGE_EXPIRY_INTERVAL = 2,
    /** String; in PUBLISH, the will. */
    MQTT_PROP_CONTENT_TYPE = 3,
    /** String; in PUBLISH, the will. */
    MQTT_PROP_RESPONSE_TOPIC = 8,
    /** Binary data; in PUBLISH, the will. */
    MQTT_PROP_CORRELATION_DATA = 9,
    /** Variable byte integer; in PUBLISH, SUBSCRIBE. */
    MQTT_PROP_SUBSCRIPTION_IDENTIFIER = 11,
    /** 32 bit integer; in CONNECT, CONNACK, DISCONNECT. */
    MQTT_PROP_SESSION_EXPIRY_INTERVAL = 17,
    /** String; in CONNACK. */
    MQTT_PROP_ASSIGNED_CLIENT_IDENTIFIER = 18,
    /** 16 bit integer; in CONNACK. */
    MQTT_PROP_SERVER_KEEP_ALIVE = 19,
    /** String; in CONNECT, CONNACK, AUTH. */
    MQTT_PROP_AUTHENTICATION_METHOD = 21,
    /** Binary data; in CONNECT, CONNACK, AUTH. */
    MQTT_PROP_AUTHENTICATION_DATA = 22,
    /** Byte; in CONNECT. */
    MQTT_PROP_REQUEST_PROBLEM_INFORMATION = 23,
    /** 32 bit integer; in the will. */
    MQTT_PROP_WILL_DELAY_INTERVAL = 24,
    /** Byte; in CONNECT. */
    MQTT_PROP_REQUEST_RESPONSE_INFORMATION = 25,
    /** String; in CONNACK. */
    MQTT_PROP_RESPONSE_INFORMATION = 26,
    /** String; in CONNACK, DISCONNECT. */
    MQTT_PROP_SERVER_REFERENCE = 28,
    /** String; in every answer, DISCONNECT, AUTH. */
    MQTT_PROP_REASON_STRING = 31,
    /** 16 bit integer; in CONNECT, CONNACK. */
    MQTT_PROP_RECEIVE_MAXIMUM = 33,
    /** 16 bit integer; in CONNECT, CONNACK. */
    MQTT_PROP_TOPIC_ALIAS_MAXIMUM = 34,
    /** 16 bit integer; in PUBLISH. */
    MQTT_PROP_TOPIC_ALIAS = 35,
    /** Byte; in CONNACK. */
    MQTT_PROP_MAXIMUM_QOS = 36,
    /** Byte; in CONNACK. */
    MQTT_PROP_RETAIN_AVAILABLE = 37,
    /** Pair of strings; in every packet and the will. */
    MQTT_PROP_USER_PROPERTY = 38,
    /** 32 bit integer; in CONNECT, CONNACK. */
    MQTT_PROP_MAXIMUM_PACKET_SIZE = 39,
    /** Byte; in CONNACK. */
    MQTT_PROP_WILDCARD_SUB_AVAILABLE = 40,
    /** Byte; in CONNACK. */
    MQTT_PROP_SUBSCRIPTION_ID_AVAILABLE = 41,
    /** Byte; in CONNACK. */
    MQTT_PROP_SHARED_SUB_AVAILABLE = 42
};

/** Types of properties. */
enum mqtt5_property_type {
    /** One byte. */
    MQTT_PROP_TYPE_BYTE = 1,
    /** Two bytes. */
    MQTT_PROP_TYPE_INT16 = 2,
    /** Four bytes. */
    MQTT_PROP_TYPE_INT32 = 3,
    /** Variable byte integer, at most 268435455. */
    MQTT_PROP_TYPE_VARINT = 4,
    /** Bytes, at most 65535. */
    MQTT_PROP_TYPE_BINARY = 5,
    /** UTF-8 string, at most 65535 bytes. */
    MQTT_PROP_TYPE_STRING = 6,
    /** Two UTF-8 strings, a name and a value. */
    MQTT_PROP_TYPE_STRING_PAIR = 7
};

/** Subscription options of MQTT 5.0, to be combined by | with each other. */
enum mqtt5_sub_options {
    /** Do not send back what this client publishes. */
    MQTT_SUB_OPT_NO_LOCAL = 4,
    /** Leave the retain flag of messages as it was published. */
    MQTT_SUB_OPT_RETAIN_AS_PUBLISHED = 8,
    /** Send retained messages at every subscribe. */
    MQTT_SUB_OPT_SEND_RETAIN_ALWAYS = 0,
    /** Send retained messages only if the subscription is new. */
    MQTT_SUB_OPT_SEND_RETAIN_NEW = 16,
    /** Send no retained messages at subscribe. */
    MQTT_SUB_OPT_SEND_RETAIN_NEVER = 32
};

#ifdef __cplusplus
}
#endif

#endif /* MQTT_PROTOCOL_H */
