/*
 * libmosquitto: an MQTT client library. This header declares everything; programs that want less
 * include headers of the directory mosquitto.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_H
#define MOSQUITTO_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>
#include <mosquitto/mqtt_protocol.h>
#include <mosquitto/libmosquitto.h>
#include <mosquitto/libcommon.h>

#ifndef MOSQ_USED
#  if defined(__GNUC__)
#    define MOSQ_USED __attribute__((used))
#  else
#    define MOSQ_USED
#  endif
#endif

#endif /* MOSQUITTO_H */
