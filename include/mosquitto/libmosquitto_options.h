/*
 * Settings of a client.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_OPTIONS_H
#define MOSQUITTO_LIBMOSQUITTO_OPTIONS_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of mosquitto_int_option(), mosquitto_string_option() and mosquitto_void_option(); the first word says which. */
enum mosq_opt_t {
    /** int: MQTT_PROTOCOL_V31, MQTT_PROTOCOL_V311 (default) or MQTT_PROTOCOL_V5. */
    MOSQ_OPT_PROTOCOL_VERSION = 1,
    /** void: an SSL_CTX of OpenSSL to use for TLS instead of one made by the library. */
    MOSQ_OPT_SSL_CTX = 2,
    /** int: 1 to apply the TLS settings of the client to the SSL_CTX given, too. */
    MOSQ_OPT_SSL_CTX_WITH_DEFAULTS = 3,
    /** int: how many messages with QoS above 0 may be on their way to this client, 1 to 65535. */
    MOSQ_OPT_RECEIVE_MAXIMUM = 4,
    /** int: how many messages with QoS above 0 this client has on their way, 0 (no limit) to 65535; default 20. */
    MOSQ_OPT_SEND_MAXIMUM = 5,
    /** string: "pem" or "engine": what keyfile means. */
    MOSQ_OPT_TLS_KEYFORM = 6,
    /** string: identifier of an OpenSSL engine. */
    MOSQ_OPT_TLS_ENGINE = 7,
    /** string: SHA-1 of the password of the engine's key, 40 hexadecimal digits. */
    MOSQ_OPT_TLS_ENGINE_KPASS_SHA1 = 8,
    /** int: 1 to demand a stapled OCSP response from the server. */
    MOSQ_OPT_TLS_OCSP_REQUIRED = 9,
    /** string: the application protocol to offer in the TLS handshake. */
    MOSQ_OPT_TLS_ALPN = 10,
    /** int: 1 to send small packets at once (TCP_NODELAY). */
    MOSQ_OPT_TCP_NODELAY = 11,
    /** string: local address or host name to connect from. */
    MOSQ_OPT_BIND_ADDRESS = 12,
    /** int: 1 to trust the certificates of the operating system. */
    MOSQ_OPT_TLS_USE_OS_CERTS = 13,
    /** int: 1 for no wake-up descriptor; only for programs that drive the client from one thread. */
    MOSQ_OPT_DISABLE_SOCKETPAIR = 14,
    /** int: one of enum mosq_transport_t. */
    MOSQ_OPT_TRANSPORT = 15,
    /** string: path of the HTTP request that opens a WebSocket; default "/mqtt". */
    MOSQ_OPT_HTTP_PATH = 16,
    /** int: the most bytes that the HTTP answer opening a WebSocket may have. */
    MOSQ_OPT_HTTP_HEADER_SIZE = 17
};

/**
 * Set an option whose value is an integer. Values count from the next connection on.
 *
 * Parameters:
 *   mosq - a client.
 *   option, value -
 *     MOSQ_OPT_PROTOCOL_VERSION: MQTT_PROTOCOL_V31, MQTT_PROTOCOL_V311 (default) or MQTT_PROTOCOL_V5.
 *     MOSQ_OPT_RECEIVE_MAXIMUM: how many messages with QoS 1 and 2 the server may send before they are
 *       acknowledged, told to MQTT 5 servers; 0 (for 65535) to 65535, default 20.
 *     MOSQ_OPT_SEND_MAXIMUM: how many messages with QoS 1 and 2 the client sends before they are
 *       acknowledged; the rest waits. 0 (for 65535) to 65535, default 20. An MQTT 5 server may
 *       ask for fewer.
 *     MOSQ_OPT_TCP_NODELAY: 1 to send small packets at once, 0 (default) not to.
 *     MOSQ_OPT_DISABLE_SOCKETPAIR: 1 for no wake-up descriptor; for programs that use the client from
 *       one thread only.
 *     MOSQ_OPT_TRANSPORT: MOSQ_T_TCP (default) or MOSQ_T_WEBSOCKETS.
 *     MOSQ_OPT_HTTP_HEADER_SIZE: the most bytes that the HTTP answer of a WebSocket server may have, at
 *       least 100; default 4096.
 *     MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, MOSQ_OPT_TLS_OCSP_REQUIRED, MOSQ_OPT_TLS_USE_OS_CERTS: 0 or 1.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL, the option is not known or not one for integers, or the value is not
 *     allowed. A program can find out this way whether the library knows an option.
 *   MOSQ_ERR_NOT_SUPPORTED - this build of the library lacks the feature.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_int_option(struct mosquitto *mosq,
                         enum mosq_opt_t option,
                         int value);

/**
 * Set an option whose value is a string. Values count from the next connection on.
 *
 * Parameters:
 *   mosq - a client.
 *   option, value - the string is copied; NULL takes the option back to its default.
 *     MOSQ_OPT_BIND_ADDRESS: the local address or host name to connect from.
 *     MOSQ_OPT_HTTP_PATH: the path that WebSocket connections ask for, default "/mqtt"; with a query if
 *       the server wants one, without spaces and control characters.
 *     MOSQ_OPT_TLS_ALPN: the application protocol to offer to the server, for example "mqtt".
 *     MOSQ_OPT_TLS_ENGINE: the identifier of an OpenSSL engine.
 *     MOSQ_OPT_TLS_KEYFORM: "pem" or "engine", what the keyfile of mosquitto_tls_set() is; not NULL.
 *     MOSQ_OPT_TLS_ENGINE_KPASS_SHA1: SHA-1 of the password of the engine's key, 40 hexadecimal digits.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL, the option is not known or not one for strings, or the value is not
 *     allowed.
 *   MOSQ_ERR_NOT_SUPPORTED - this build of the library lacks the feature.
 *   MOSQ_ERR_NOMEM - out of memory.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_string_option(struct mosquitto *mosq,
                            enum mosq_opt_t option,
                            const char *value);

/**
 * Set an option whose value is a pointer. It counts from the next connection on.
 *
 * Parameters:
 *   mosq - a client.
 *   option, value -
 *     MOSQ_OPT_SSL_CTX: an SSL_CTX of OpenSSL 3 to be used for TLS instead of one that the library makes.
 *       The client takes a reference of its own. NULL takes it back.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL, or the option is not known or not one for pointers.
 *   MOSQ_ERR_NOT_SUPPORTED - this build of the library lacks the feature.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_void_option(struct mosquitto *mosq,
                          enum mosq_opt_t option,
                          void *value);

/**
 * Set an option. Kept for old programs; new ones use mosquitto_int_option() and
 * mosquitto_void_option().
 *
 * Parameters:
 *   mosq - a client.
 *   option, value -
 *     MOSQ_OPT_PROTOCOL_VERSION: value points to an int as for mosquitto_int_option().
 *     MOSQ_OPT_SSL_CTX: value is the SSL_CTX, as for mosquitto_void_option().
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL, another option, or the value is not allowed.
 *   MOSQ_ERR_NOT_SUPPORTED - this build of the library lacks the feature.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_opts_set(struct mosquitto *mosq,
                       enum mosq_opt_t option,
                       void *value);

/**
 * Set how many messages with QoS 1 and 2 are sent before they are acknowledged. Kept for old programs;
 * the same as MOSQ_OPT_SEND_MAXIMUM of mosquitto_int_option().
 *
 * Parameters:
 *   mosq - a client.
 *   max_inflight_messages - 0 (for 65535) to 65535; the default is 20.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL, or the number is above 65535.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_max_inflight_messages_set(struct mosquitto *mosq,
                                        unsigned int max_inflight_messages);

/**
 * Has no effect: MQTT sends messages again only on a new connection. Kept for old programs.
 *
 * Parameters:
 *   mosq - a client.
 *   message_retry - not used.
 *
 * Threads: may be called at any time from any thread.
 */
libmosq_EXPORT
void mosquitto_message_retry_set(struct mosquitto *mosq,
                                 unsigned int message_retry);

/**
 * Set how long mosquitto_loop_forever() and the network thread wait before they connect again.
 *
 * Parameters:
 *   mosq - a client.
 *   reconnect_delay - seconds before the first attempt; 0 counts as 1. Default 1.
 *   reconnect_delay_max - the longest wait in seconds; default 1. If it is not above reconnect_delay,
 *     every wait takes reconnect_delay_max.
 *   reconnect_exponential_backoff - how waits grow from attempt to attempt until the connection is
 *     accepted: true doubles them, false adds reconnect_delay. Default false.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_reconnect_delay_set(struct mosquitto *mosq,
                                  unsigned int reconnect_delay,
                                  unsigned int reconnect_delay_max,
                                  bool reconnect_exponential_backoff);

/**
 * Set the pointer that callbacks get, first set with mosquitto_new(). It counts from the next callback
 * on. NULL is given to the callbacks as NULL here.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   obj - the pointer; the library does not use it.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
void mosquitto_user_data_set(struct mosquitto *mosq,
                             void *obj);

/**
 * Read the pointer that callbacks get.
 *
 * Parameters:
 *   mosq - a client.
 *
 * Returns:
 *   the pointer of mosquitto_new() or mosquitto_user_data_set(); the client itself if the former was
 *   given NULL; NULL if mosq is NULL.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
void *mosquitto_userdata(struct mosquitto *mosq);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_OPTIONS_H */
