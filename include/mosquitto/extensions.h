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
