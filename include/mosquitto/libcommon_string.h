/*
 * Texts for error numbers and reason codes; names of commands.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBCOMMON_STRING_H
#define MOSQUITTO_LIBCOMMON_STRING_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Tell the text of an error number, for people.
 *
 * Parameters:
 *   mosq_errno - one of MOSQ_ERR_*, or any other number. For MOSQ_ERR_ERRNO the text is that of errno.
 *
 * Returns:
 *   a constant string; never NULL.
 *
 * Threads: may be called at any time from any thread.
 *
 * See also: mosquitto_connack_string, mosquitto_reason_string
 */
libmosqcommon_EXPORT
const char *mosquitto_strerror(int mosq_errno);

/**
 * Tell the text of a CONNACK return code of MQTT 3.1 and 3.1.1, for people. For MQTT 5 use
 * mosquitto_reason_string().
 *
 * Parameters:
 *   connack_code - one of enum mqtt311_connack_codes, or any other number.
 *
 * Returns:
 *   a constant string; never NULL.
 *
 * Threads: may be called at any time from any thread.
 */
libmosqcommon_EXPORT const char *mosquitto_connack_string(int connack_code);

/**
 * Tell the text of an MQTT 5 reason code, for people.
 *
 * Parameters:
 *   reason_code - one of enum mqtt5_return_codes, or any other number.
 *
 * Returns:
 *   a constant string; never NULL.
 *
 * Threads: may be called at any time from any thread.
 */
libmosqcommon_EXPORT const char *mosquitto_reason_string(int reason_code);

/**
 * Find a kind of packet by its name, for example "publish"; "will" gives CMD_WILL.
 *
 * Parameters:
 *   str - the name, in upper or lower case.
 *   cmd - receives one of CMD_*, or 0 if there is no such kind.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - found.
 *   MOSQ_ERR_INVAL - there is no such kind (pingreq and pingresp are not known), or an argument is NULL.
 *
 * Threads: may be called at any time from any thread.
 *
 * See also: mosquitto_property_check_command
 */
libmosqcommon_EXPORT
int mosquitto_string_to_command(const char *str,
                                int *cmd);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBCOMMON_STRING_H */
