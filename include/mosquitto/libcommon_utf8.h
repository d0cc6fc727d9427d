/*
 * Checking strings.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBCOMMON_UTF8_H
#define MOSQUITTO_LIBCOMMON_UTF8_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Tell whether a string can be sent in MQTT: well-formed UTF-8 without control characters (U+0000 to
 * U+001F, U+007F to U+009F), surrogates and non-characters.
 *
 * Parameters:
 *   str - the string; it needs no NUL behind it.
 *   len - number of bytes, at most 65536. MQTT can send one byte less.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - it can.
 *   MOSQ_ERR_INVAL - str is NULL, or len is negative or too large.
 *   MOSQ_ERR_MALFORMED_UTF8 - it is not such a string.
 *
 * Threads: may be called at any time from any thread.
 */
libmosqcommon_EXPORT
int mosquitto_validate_utf8(const char *str,
                            int len);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBCOMMON_UTF8_H */
