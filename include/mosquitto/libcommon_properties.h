/*
 * Lists of MQTT 5 properties. A list is a pointer to its first element, NULL if it is empty; the
 * mosquitto_property_add_*() functions make it longer, mosquitto_property_free_all() frees it. A list that a
 * callback gets belongs to the library and is only read.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBCOMMON_PROPERTIES_H
#define MOSQUITTO_LIBCOMMON_PROPERTIES_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#endif  /* MOSQUITTO_LIBCOMMON_PROPERTIES_H */
