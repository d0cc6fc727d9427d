/*
 * Texts for error numbers and reason codes; names of commands.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBCOMMON_STRING_H
#define MOSQUITTO_LIBCOMMON_STRING_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#endif  /* MOSQUITTO_LIBCOMMON_STRING_H */
