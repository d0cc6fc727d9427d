/*
 * Connecting, reconnecting and disconnecting.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_CONNECT_H
#define MOSQUITTO_LIBMOSQUITTO_CONNECT_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Connect to a server. The call returns when the connection is open (TCP, Unix socket) and CONNECT is
 * queued; whether the server accepts it is told to the connect callbacks by the loop.
 *
 * Parameters:
 *   mosq - a client. An open connection is closed without a word to the server or to the callbacks;
 *     messages with QoS 1 and 2 are kept, everything else that is queued is lost.
 *   host - host name or address of the server, or with port 0 the path of a Unix socket (at most 107
 *     bytes). It is copied and used for reconnecting.
 *   port - 1 to 65535, usually 1883; 0 for a Unix socket.
 *   keepalive - seconds after which the client sends PINGREQ if it has sent nothing else; 0 for never,
 *     or 5 to 65535. A server that does not answer within that time counts as lost.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - connected; run the loop.
 *   MOSQ_ERR_INVAL - mosq or host is NULL, port or keepalive out of range, or a password was set
 *     without a user name (MQTT 3.1 and 3.1.1).
 *   MOSQ_ERR_ERRNO - a system call failed; errno tells why, for example ECONNREFUSED.
 *   MOSQ_ERR_EAI - the name could not be resolved; errno is the EAI_* number of getaddrinfo().
 *   MOSQ_ERR_NOMEM - out of memory.
 *   MOSQ_ERR_TLS, MOSQ_ERR_PROXY - TLS or the SOCKS server failed.
 *
 * Threads: may be called at any time from any thread and inside callbacks. The pre_connect callback
 * and the log callback run inside the call.
 *
 * See also: mosquitto_connect_bind_v5, mosquitto_connect_async, mosquitto_reconnect,
 * mosquitto_disconnect
 */
libmosq_EXPORT
int mosquitto_connect(struct mosquitto *mosq,
                      const char *host,
                      int port,
                      int keepalive);

/**
 * Connect as mosquitto_connect(), from a given local address.
 *
 * Parameters:
 *   mosq, host, port, keepalive - as in mosquitto_connect().
 *   bind_address - host name or address of the local network interface; NULL for the one used so far,
 *     at first any. It stays in use for later connections;
 *     mosquitto_string_option(mosq, MOSQ_OPT_BIND_ADDRESS, NULL) takes it back.
 *
 * Returns:
 *   as mosquitto_connect().
 *
 * Threads: as mosquitto_connect().
 */
libmosq_EXPORT
int mosquitto_connect_bind(struct mosquitto *mosq,
                           const char *host,
                           int port,
                           int keepalive,
                           const char *bind_address);

/**
 * Connect as mosquitto_connect_bind(), with properties for the CONNECT packet of MQTT 5.
 *
 * Parameters:
 *   mosq, host, port, keepalive, bind_address - as in mosquitto_connect_bind().
 *   properties - properties of CONNECT; NULL for none. They are copied, the caller frees its list. They
 *     are used for reconnecting until the next mosquitto_connect(), mosquitto_connect_bind() or
 *     mosquitto_connect_bind_v5().
 *
 * Returns:
 *   as mosquitto_connect(), and:
 *   MOSQ_ERR_NOT_SUPPORTED - properties with a client that is not set to MQTT 5.
 *   MOSQ_ERR_PROTOCOL - a property that CONNECT may not carry, or a value that is not allowed.
 *   MOSQ_ERR_DUPLICATE_PROPERTY - a property twice that may occur once.
 *   MOSQ_ERR_MALFORMED_UTF8 - a string that is not valid UTF-8.
 *
 * Threads: as mosquitto_connect().
 */
libmosq_EXPORT
int mosquitto_connect_bind_v5(struct mosquitto *mosq,
                              const char *host,
                              int port,
                              int keepalive,
                              const char *bind_address,
                              const mosquitto_property *properties);

/**
 * Connect as mosquitto_connect(), without waiting for the connection; the loop does the rest. Meant for
 * programs that use mosquitto_loop_start(), before or after this call.
 *
 * Parameters:
 *   mosq, host, port, keepalive - as in mosquitto_connect(). Properties of an earlier
 *     mosquitto_connect_bind_v5() are kept.
 *
 * Returns:
 *   as mosquitto_connect(). MOSQ_ERR_SUCCESS says that the connection has been started. Failures that
 *   show later are told to the disconnect callbacks.
 *
 * Threads: as mosquitto_connect().
 */
libmosq_EXPORT
int mosquitto_connect_async(struct mosquitto *mosq,
                            const char *host,
                            int port,
                            int keepalive);

/**
 * Connect as mosquitto_connect_async(), from a given local address.
 *
 * Parameters:
 *   mosq, host, port, keepalive - as in mosquitto_connect().
 *   bind_address - as in mosquitto_connect_bind().
 *
 * Returns:
 *   as mosquitto_connect_async().
 *
 * Threads: as mosquitto_connect().
 */
libmosq_EXPORT
int mosquitto_connect_bind_async(struct mosquitto *mosq,
                                 const char *host,
                                 int port,
                                 int keepalive,
                                 const char *bind_address);

/**
 * Connect to one of the servers that the domain name system lists for a domain (SRV records of
 * _mqtt._tcp, or of _secure-mqtt._tcp if TLS is set up), without waiting; the loop does the rest. Servers
 * are tried in the order of RFC 2782 until one lets itself be connected. With TLS, the server has to
 * prove the name that the record gives. Reconnecting asks anew.
 *
 * Parameters:
 *   mosq - a client.
 *   host - the domain. It is copied and used for reconnecting.
 *   keepalive - as in mosquitto_connect().
 *   bind_address - as in mosquitto_connect_bind().
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - the question is on its way. If there is no answer, or none of the servers can be
 *     connected, the disconnect callbacks are told: MOSQ_ERR_LOOKUP for the former.
 *   MOSQ_ERR_INVAL - mosq or host is NULL, or keepalive out of range.
 *   MOSQ_ERR_ERRNO - a system call failed; errno tells why.
 *   MOSQ_ERR_NOMEM - out of memory.
 *
 * Threads: as mosquitto_connect().
 */
libmosq_EXPORT
int mosquitto_connect_srv(struct mosquitto *mosq,
                          const char *host,
                          int keepalive,
                          const char *bind_address);

/**
 * Connect again with the arguments of the last connect call. mosquitto_loop_forever() and the network
 * thread do this by themselves.
 *
 * Parameters:
 *   mosq - a client.
 *
 * Returns:
 *   as mosquitto_connect(); MOSQ_ERR_INVAL also if no connect call came before.
 *
 * Threads: as mosquitto_connect().
 */
libmosq_EXPORT
int mosquitto_reconnect(struct mosquitto *mosq);

/**
 * Connect again as mosquitto_reconnect(), without waiting for the connection.
 *
 * Parameters:
 *   mosq - a client.
 *
 * Returns:
 *   as mosquitto_connect_async(); MOSQ_ERR_INVAL also if no connect call came before.
 *
 * Threads: as mosquitto_connect().
 */
libmosq_EXPORT int mosquitto_reconnect_async(struct mosquitto *mosq);

/**
 * Disconnect: what is queued is still written, then DISCONNECT, so that the server drops the will. The
 * disconnect callbacks run when the connection has closed, not inside this call. Loops that reconnect by
 * themselves end, also if there is no connection at the moment.
 *
 * Parameters:
 *   mosq - a client.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - disconnecting.
 *   MOSQ_ERR_INVAL - mosq is NULL.
 *   MOSQ_ERR_NO_CONN - there is no connection.
 *   MOSQ_ERR_CONN_LOST, MOSQ_ERR_ERRNO, MOSQ_ERR_TLS - writing failed.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 *
 * See also: mosquitto_disconnect_v5
 */
libmosq_EXPORT
int mosquitto_disconnect(struct mosquitto *mosq);

/**
 * Disconnect as mosquitto_disconnect(), with a reason code and properties for the DISCONNECT packet of
 * MQTT 5.
 *
 * Parameters:
 *   mosq - a client.
 *   reason_code - one of enum mqtt5_return_codes that DISCONNECT may carry, for example
 *     MQTT_RC_DISCONNECT_WITH_WILL_MSG. Ignored with MQTT 3.1 and 3.1.1.
 *   properties - properties of DISCONNECT; NULL for none. The caller frees them.
 *
 * Returns:
 *   as mosquitto_disconnect(), and:
 *   MOSQ_ERR_INVAL - a reason code that does not exist.
 *   MOSQ_ERR_NOT_SUPPORTED - properties with a client that is not set to MQTT 5.
 *   MOSQ_ERR_PROTOCOL, MOSQ_ERR_DUPLICATE_PROPERTY, MOSQ_ERR_MALFORMED_UTF8 - properties that
 *     DISCONNECT may not carry.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_disconnect_v5(struct mosquitto *mosq,
                            int reason_code,
                            const mosquitto_property *properties);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_CONNECT_H */
