/*
 * The will: what the server publishes when the client is lost.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_WILL_H
#define MOSQUITTO_LIBMOSQUITTO_WILL_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Set the will: a message that the server publishes if the connection ends without DISCONNECT. It
 * counts from the next connection on, and replaces an earlier one.
 *
 * Parameters:
 *   mosq - a client.
 *   topic - topic name, UTF-8, 1 to 65535 bytes, without + and #, at most 200 of /; it is copied.
 *   payloadlen - number of bytes of the payload, 0 to 65535.
 *   payload - the content, any bytes; may be NULL if payloadlen is 0. It is copied.
 *   qos - 0, 1 or 2.
 *   retain - true: the server retains the message.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL, topic or qos not allowed, or payload is NULL with a payloadlen.
 *   MOSQ_ERR_MALFORMED_UTF8 - the topic is not valid UTF-8.
 *   MOSQ_ERR_PAYLOAD_SIZE - payloadlen out of range.
 *   MOSQ_ERR_NOMEM - out of memory.
 *   In case of failure an earlier will stays.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 *
 * See also: mosquitto_will_set_v5, mosquitto_will_clear
 */
libmosq_EXPORT
int mosquitto_will_set(struct mosquitto *mosq,
                       const char *topic,
                       int payloadlen,
                       const void *payload,
                       int qos,
                       bool retain);

/**
 * Set the will as mosquitto_will_set(), with properties for MQTT 5.
 *
 * Parameters:
 *   mosq, topic, payloadlen, payload, qos, retain - as in mosquitto_will_set().
 *   properties - properties of the will; NULL for none. If the call succeeds they belong to the library
 *     and must not be used any more; if it fails they still belong to the caller.
 *
 * Returns:
 *   as mosquitto_will_set(), and:
 *   MOSQ_ERR_NOT_SUPPORTED - properties with a client that is not set to MQTT 5.
 *   MOSQ_ERR_PROTOCOL - a property that a will may not carry, or a value that is not allowed.
 *   MOSQ_ERR_DUPLICATE_PROPERTY - a property twice that may occur once.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_will_set_v5(struct mosquitto *mosq,
                          const char *topic,
                          int payloadlen,
                          const void *payload,
                          int qos,
                          bool retain,
                          mosquitto_property *properties);

/**
 * Take the will back. It counts from the next connection on.
 *
 * Parameters:
 *   mosq - a client.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - there is no will any more.
 *   MOSQ_ERR_INVAL - mosq is NULL.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT int mosquitto_will_clear(struct mosquitto *mosq);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_WILL_H */
