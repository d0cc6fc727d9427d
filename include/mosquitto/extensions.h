/*
 * What this implementation of libmosquitto has beyond the original. Functions are named mosquitto_x_*,
 * options MOSQ_OPT_X_* with numbers from 0x4000 on; the original answers MOSQ_ERR_INVAL to those. A
 * program that shall also run on the original looks the functions up with dlsym().
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_EXTENSIONS_H
#define MOSQUITTO_EXTENSIONS_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Option of mosquitto_string_option(): further headers of the HTTP request that opens a WebSocket, such
 * as "Authorization: Basic ...". One in a line, "Name: value", with "\n" between lines; NULL (default)
 * for none. MOSQ_ERR_INVAL for anything else, and for the headers that the exchange itself needs.
 */
#define MOSQ_OPT_X_HTTP_HEADERS 16384

/**
 * Option of mosquitto_int_option(): how many seconds a connection may be silent before TCP asks whether
 * the server is still there; 1 to 32767, 0 (default) for never. The keepalive of MQTT finds out as well,
 * by packets of its own.
 */
#define MOSQ_OPT_X_TCP_KEEPALIVE 16385

/**
 * Option of mosquitto_int_option(): how many milliseconds the server may leave data unacknowledged before
 * the connection counts as lost; 0 (default) for what the system thinks right, usually a quarter of an
 * hour.
 */
#define MOSQ_OPT_X_TCP_USER_TIMEOUT 16386

/**
 * Option of mosquitto_int_option(): how many milliseconds connecting may take: name, TCP, proxy, TLS and
 * WebSocket, for each server of a domain anew. Then it fails with MOSQ_ERR_ERRNO, errno ETIMEDOUT, which
 * mosquitto_loop_forever() and the network thread answer with another attempt. 0 (default) for no limit
 * but the keepalive.
 */
#define MOSQ_OPT_X_CONNECT_TIMEOUT 16387

/**
 * Tell which implementation of libmosquitto is running. A program finds out whether it runs on this
 * implementation by looking this function up with dlsym().
 *
 * Returns:
 *   "libmosquitto-rs " and the version. The string is constant and is not freed.
 *
 * Threads: may be called at any time from any thread.
 */
libmosq_EXPORT
const char *mosquitto_x_version(void);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_EXTENSIONS_H */
