/*
 * Checking strings.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBCOMMON_UTF8_H
#define MOSQUITTO_LIBCOMMON_UTF8_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#endif  /* MOSQUITTO_LIBCOMMON_UTF8_H */
