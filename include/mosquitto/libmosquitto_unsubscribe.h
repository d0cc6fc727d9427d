/*
 * No longer asking for messages.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_UNSUBSCRIBE_H
#define MOSQUITTO_LIBMOSQUITTO_UNSUBSCRIBE_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Unsubscribe from a topic filter.
 *
 * Parameters:
 *   mosq - a client that is connected.
 *   mid - receives the number of the request, which the unsubscribe callbacks get with the answer; may
 *     be NULL. It is set before anything is sent.
 *   sub - the filter, as it was given to subscribe.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - written or queued; the unsubscribe callbacks tell when the server has answered.
 *   MOSQ_ERR_INVAL - mosq is NULL, or the filter is not allowed.
 *   MOSQ_ERR_MALFORMED_UTF8 - the filter is not valid UTF-8.
 *   MOSQ_ERR_NO_CONN - there is no connection; nothing is queued.
 *   MOSQ_ERR_CONN_LOST, MOSQ_ERR_ERRNO, MOSQ_ERR_TLS - writing failed.
 *   MOSQ_ERR_OVERSIZE_PACKET - the server does not accept packets of this size.
 *   MOSQ_ERR_NOMEM - out of memory.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 *
 * See also: mosquitto_unsubscribe_multiple, mosquitto_unsubscribe_callback_set
 */
libmosq_EXPORT
int mosquitto_unsubscribe(struct mosquitto *mosq,
                          int *mid,
                          const char *sub);

/**
 * Unsubscribe from a topic filter as mosquitto_unsubscribe(), with properties of MQTT 5.
 *
 * Parameters:
 *   mosq, mid, sub - as in mosquitto_unsubscribe().
 *   properties - properties of UNSUBSCRIBE; NULL for none. The caller frees them.
 *
 * Returns:
 *   as mosquitto_unsubscribe(), and:
 *   MOSQ_ERR_NOT_SUPPORTED - properties with a client that is not set to MQTT 5.
 *   MOSQ_ERR_PROTOCOL - a property that UNSUBSCRIBE may not carry.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_unsubscribe_v5(struct mosquitto *mosq,
                             int *mid,
                             const char *sub,
                             const mosquitto_property *properties);

/**
 * Unsubscribe from several topic filters with one packet, as mosquitto_unsubscribe_v5().
 *
 * Parameters:
 *   mosq, mid - as in mosquitto_unsubscribe().
 *   sub_count - number of filters, 1 or more.
 *   sub - the filters.
 *   properties - as in mosquitto_unsubscribe_v5(); may be NULL.
 *
 * Returns:
 *   as mosquitto_unsubscribe_v5(); MOSQ_ERR_INVAL also if sub is NULL or sub_count is below 1.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_unsubscribe_multiple(struct mosquitto *mosq,
                                   int *mid,
                                   int sub_count,
                                   char *const *sub,
                                   const mosquitto_property *properties);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_UNSUBSCRIBE_H */
