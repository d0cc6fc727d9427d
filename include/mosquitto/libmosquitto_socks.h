/*
 * Connecting through a SOCKS5 proxy.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_SOCKS_H
#define MOSQUITTO_LIBMOSQUITTO_SOCKS_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Set a SOCKS5 proxy for the connections to come. The proxy resolves the host name. There is no way
 * back but mosquitto_reinitialise().
 *
 * Parameters:
 *   mosq - a client.
 *   host - host name or address of the proxy; it is copied.
 *   port - 1 to 65535.
 *   username - user name, offered to the proxy; NULL for none. It is copied.
 *   password - password; NULL for an empty one. It is copied. Without a user name it is not used.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq or host is NULL, host is longer than 256 bytes or port out of range: nothing is
 *     changed. Or username or password is longer than 255 bytes: the proxy is set without them.
 *   MOSQ_ERR_NOMEM - out of memory.
 *
 * Threads: may be called at any time from any thread; it counts from the next connection on.
 */
libmosq_EXPORT
int mosquitto_socks5_set(struct mosquitto *mosq,
                         const char *host,
                         int port,
                         const char *username,
                         const char *password);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_SOCKS_H */
