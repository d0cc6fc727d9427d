/*
 * Numbers of the MQTT standards. The same as mosquitto/mqtt_protocol.h.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/mqtt_protocol.h>
