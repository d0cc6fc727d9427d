/*
 * Functions that need no client: MQTT 5 properties, texts, topics, UTF-8. They keep no state and may be
 * called at any time from any thread, as long as nobody else changes what they are given.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBCOMMON_H
#define MOSQUITTO_LIBCOMMON_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/libcommon_properties.h>
#include <mosquitto/libcommon_string.h>
#include <mosquitto/libcommon_topic.h>
#include <mosquitto/libcommon_utf8.h>


#endif /* MOSQUITTO_LIBCOMMON_H */
