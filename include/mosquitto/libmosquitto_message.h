/*
 * Messages, as callbacks get them, and copies of them.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_MESSAGE_H
#define MOSQUITTO_LIBMOSQUITTO_MESSAGE_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A message, as given to the message callbacks and returned by mosquitto_subscribe_simple().
 *
 * In a callback the message and everything in it belong to the library and last until the callback returns; use
 * mosquitto_message_copy() to keep it.
 */
struct mosquitto_message {
    /** Packet identifier of the message; 0 at QoS 0. */
    int mid;
    /** Topic name, NUL-terminated. */
    char *topic;
    /** Content, payloadlen bytes followed by one NUL byte; NULL if payloadlen is 0. */
    void *payload;
    /** Number of bytes of the content. */
    int payloadlen;
    /** Quality of Service: 0, 1 or 2. */
    int qos;
    /** Whether the server sent a retained message. */
    bool retain;
};

/**
 * A message with its MQTT 5 properties. Declared for programs that use it for themselves; no function of the library
 * takes or returns it.
 */
struct mosquitto_message_v5 {
    /** Content; NULL if payloadlen is 0. */
    void *payload;
    /** Topic name, NUL-terminated. */
    char *topic;
    /** Properties; NULL if there are none. */
    mosquitto_property *properties;
    /** Number of bytes of the content. */
    uint32_t payloadlen;
    /** Quality of Service: 0, 1 or 2. */
    uint8_t qos;
    /** Retained message. */
    bool retain;
    /** Not used. */
    uint8_t padding[2];
};

/**
 * Copy a message, for example to keep one that a callback got.
 *
 * Parameters:
 *   dst - receives the copy, whose content is to be freed with mosquitto_message_free_contents(). What it
 *         contained before is not freed, so it need not be initialised.
 *   src - the message.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - copied.
 *   MOSQ_ERR_INVAL - dst, src or src->topic is NULL, src->payloadlen is negative, or src->payload is NULL
 *     though src->payloadlen is not 0. dst is unchanged.
 *   MOSQ_ERR_NOMEM - out of memory. dst is unchanged.
 *
 * Threads: any thread, as long as no other changes the messages.
 *
 * See also: mosquitto_message_free, mosquitto_message_free_contents
 */
libmosq_EXPORT
int mosquitto_message_copy(struct mosquitto_message *dst,
                           const struct mosquitto_message *src);

/**
 * Free a message and its content. Messages that a callback gets must not be freed.
 *
 * Parameters:
 *   message - pointer to the pointer to the message, which came from malloc(); either may be NULL. The
 *             pointer is not changed.
 *
 * Threads: any thread, as long as no other uses the message.
 *
 * See also: mosquitto_message_free_contents
 */
libmosq_EXPORT
void mosquitto_message_free(struct mosquitto_message **message);

/**
 * Free topic and payload of a message and set both to NULL; the message itself stays, with all other
 * members. Messages that a callback gets must not be freed.
 *
 * Parameters:
 *   message - the message; may be NULL.
 *
 * Threads: any thread, as long as no other uses the message.
 *
 * See also: mosquitto_message_copy, mosquitto_message_free
 */
libmosq_EXPORT
void mosquitto_message_free_contents(struct mosquitto_message *message);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_MESSAGE_H */
