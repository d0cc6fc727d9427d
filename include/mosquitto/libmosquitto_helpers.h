/*
 * Subscribing with one call, for programs that need nothing else.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_HELPERS_H
#define MOSQUITTO_LIBMOSQUITTO_HELPERS_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>
#include <mosquitto/libmosquitto_message.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A will for mosquitto_subscribe_simple() and mosquitto_subscribe_callback(): the message that the server publishes if
 * the connection ends without a DISCONNECT.
 */
struct libmosquitto_will {
    /** Topic name, NUL-terminated. */
    char *topic;
    /** Content; may be NULL if payloadlen is 0. */
    void *payload;
    /** Number of bytes of the content. */
    int payloadlen;
    /** Quality of Service: 0, 1 or 2. */
    int qos;
    /** Whether the server retains the message. */
    bool retain;
};

/**
 * TLS settings for mosquitto_subscribe_simple() and mosquitto_subscribe_callback(); the members mean what the arguments
 * of mosquitto_tls_set() and mosquitto_tls_opts_set() mean.
 */
struct libmosquitto_tls {
    /** File with certificates of authorities to trust, PEM; or NULL. */
    char *cafile;
    /** Directory with such certificates; or NULL. */
    char *capath;
    /** File with the certificate of this client, PEM; or NULL. */
    char *certfile;
    /** File with the private key of this client, PEM; or NULL. */
    char *keyfile;
    /** OpenSSL cipher list; or NULL for the default. */
    char *ciphers;
    /** "tlsv1.2" or "tlsv1.3"; or NULL for the default. */
    char *tls_version;
    /** Asks for the password of an encrypted keyfile; or NULL. Writes at most size bytes to buf, returns the length. */
    int (*pw_callback)(char *buf, int size, int rwflag, void *userdata);
    /** 1 to verify the certificate of the server, 0 not to. */
    int cert_reqs;
};

/** A user name and a password. Declared for compatibility; no function of the library takes it. */
struct libmosquitto_auth {
    /** User name, NUL-terminated. */
    char *username;
    /** Password, NUL-terminated. */
    char *password;
};

/**
 * Connect, subscribe to one topic filter, wait for a number of messages, disconnect and return them. If
 * the connection is lost, it is made again.
 *
 * Parameters:
 *   messages - receives an array of msg_count messages, or NULL in case of failure. The caller frees the
 *     content of each with mosquitto_message_free_contents() and then the array with free(); an array of
 *     one also with mosquitto_message_free().
 *   msg_count - number of messages to wait for, 1 or more.
 *   want_retained - false: messages that the server has retained do not count and are not returned.
 *   topic, qos - as in mosquitto_subscribe().
 *   host, port, keepalive - as in mosquitto_connect().
 *   clientid, clean_session - as in mosquitto_new().
 *   username, password - as in mosquitto_username_pw_set(); username NULL for none.
 *   will - the will; NULL for none.
 *   tls - TLS settings; NULL for a connection that is not encrypted.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - *messages is the array.
 *   MOSQ_ERR_INVAL - messages or topic is NULL or msg_count below 1 (*messages is not touched then), or
 *     what the functions named above say.
 *   MOSQ_ERR_NOMEM - out of memory, or clientid is not allowed; errno tells which.
 *   MOSQ_ERR_CONN_REFUSED - the server refused the client.
 *   others - as mosquitto_connect() and mosquitto_loop_forever().
 *
 * Threads: may be called from any thread, and returns only when it is done.
 *
 * See also: mosquitto_subscribe_callback
 */
libmosq_EXPORT
int mosquitto_subscribe_simple(struct mosquitto_message **messages,
                               int msg_count,
                               bool want_retained,
                               const char *topic,
                               int qos,
                               const char *host,
                               int port,
                               const char *clientid,
                               int keepalive,
                               bool clean_session,
                               const char *username,
                               const char *password,
                               const struct libmosquitto_will *will,
                               const struct libmosquitto_tls *tls);

/**
 * Connect, subscribe to one topic filter and hand every message to a function, until that returns
 * something other than 0. If the connection is lost, it is made again.
 *
 * Parameters:
 *   callback - gets the client, userdata and the message, which is valid until the callback returns.
 *     Returns 0 to go on, anything else to disconnect.
 *   userdata - a pointer of the program for the callback.
 *   topic, qos - as in mosquitto_subscribe().
 *   host, port, keepalive - as in mosquitto_connect().
 *   clientid, clean_session - as in mosquitto_new().
 *   username, password - as in mosquitto_username_pw_set(); username NULL for none.
 *   will - the will; NULL for none.
 *   tls - TLS settings; NULL for a connection that is not encrypted.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - the callback has ended it.
 *   MOSQ_ERR_INVAL - callback or topic is NULL, or what the functions named above say.
 *   MOSQ_ERR_NOMEM - out of memory, or clientid is not allowed; errno tells which.
 *   MOSQ_ERR_CONN_REFUSED - the server refused the client.
 *   others - as mosquitto_connect() and mosquitto_loop_forever().
 *
 * Threads: may be called from any thread, and returns only when it is done; the callback runs on the
 * same thread.
 *
 * See also: mosquitto_subscribe_simple
 */
libmosq_EXPORT
int mosquitto_subscribe_callback(int (*callback)(struct mosquitto *mosq,
                                                 void *userdata,
                                                 const struct mosquitto_message *message),
                                 void *userdata,
                                 const char *topic,
                                 int qos,
                                 const char *host,
                                 int port,
                                 const char *clientid,
                                 int keepalive,
                                 bool clean_session,
                                 const char *username,
                                 const char *password,
                                 const struct libmosquitto_will *will,
                                 const struct libmosquitto_tls *tls);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_HELPERS_H */
