/*
 * Messages, as callbacks get them, and copies of them.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_MESSAGE_H
#define MOSQUITTO_LIBMOSQUITTO_MESSAGE_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

/**
 * A message, as given to the message callbacks and returned by mosquitto_subscribe_simple().
 *
 * In a callback the message and everything in it belong to the library and last until the callback returns; use
 * mosquitto_message_copy() to keep it.
 */
struct mosquitto_message {
    /**
     * Packet identifier of the message; 0 at QoS 0.
     */
    int mid;
    /**
     * Topic name, NUL-terminated.
     */
    char *topic;
    /**
     * Content, payloadlen bytes followed by one NUL byte; NULL if payloadlen is 0.
     */
    void *payload;
    /**
     * Number of bytes of the content.
     */
    int payloadlen;
    /**
     * Quality of Service: 0, 1 or 2.
     */
    int qos;
    /**
     * Whether the server sent a retained message.
     */
    bool retain;
};

/**
 * A message with its MQTT 5 properties. Declared for programs that use it for themselves; no function of the library
 * takes or returns it.
 */
struct mosquitto_message_v5 {
    /**
     * Content; NULL if payloadlen is 0.
     */
    void *payload;
    /**
     * Topic name, NUL-terminated.
     */
    char *topic;
    /**
     * Properties; NULL if there are none.
     */
    mosquitto_property *properties;
    /**
     * Number of bytes of the content.
     */
    uint32_t payloadlen;
    /**
     * Quality of Service: 0, 1 or 2.
     */
    uint8_t qos;
    /**
     * Retained message.
     */
    bool retain;
    /**
     * Not used.
     */
    uint8_t padding[2];
};

#endif  /* MOSQUITTO_LIBMOSQUITTO_MESSAGE_H */
