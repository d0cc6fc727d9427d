/*
 * The client library as a whole. Includes the other headers libmosquitto_*.h.
 *
 * A client is a struct mosquitto: made by mosquitto_new(), freed by mosquitto_destroy(). Functions that
 * return int return MOSQ_ERR_SUCCESS or one of enum mosq_err_t; where a manual text says that errno tells
 * why, errno is set. Passing NULL where a client is expected gives MOSQ_ERR_INVAL, false, NULL or -1.
 *
 * Strings are NUL-terminated. What is passed to a function stays the caller's, and may be changed or freed
 * when the function has returned, unless the manual text says otherwise.
 *
 * Threads: the functions of one client may be called from any thread at any time, unless the manual text
 * says otherwise.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_H
#define MOSQUITTO_LIBMOSQUITTO_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Major version of the library that this header belongs to; mosquitto_lib_version() tells that of the
 * library that is running.
 */
#define LIBMOSQUITTO_MAJOR 2

/** Minor version. */
#define LIBMOSQUITTO_MINOR 1

/** Revision. */
#define LIBMOSQUITTO_REVISION 2

/** LIBMOSQUITTO_MAJOR * 1000000 + LIBMOSQUITTO_MINOR * 1000 + LIBMOSQUITTO_REVISION. */
#define LIBMOSQUITTO_VERSION_NUMBER 2001002

/**
 * Tell the version of the library that is running, which may be newer than the headers that the
 * program was compiled with.
 *
 * Parameters:
 *   major    - receives the major version number; may be NULL.
 *   minor    - receives the minor version number; may be NULL.
 *   revision - receives the revision number; may be NULL.
 *
 * Returns:
 *   major * 1000000 + minor * 1000 + revision, the form of LIBMOSQUITTO_VERSION_NUMBER.
 *
 * Threads: may be called at any time from any thread.
 */
libmosq_EXPORT int mosquitto_lib_version(int *major, int *minor, int *revision);

/**
 * Prepare the library for use. Programs call it once before any other function; calls are counted,
 * so parts of one program may each call it for themselves. Clients also work without it.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - always.
 *
 * Threads: may be called at any time from any thread.
 *
 * See also: mosquitto_lib_cleanup
 */
libmosq_EXPORT
int mosquitto_lib_init(void);

/**
 * Undo one call of mosquitto_lib_init(). Calls beyond that are harmless, and so is calling
 * mosquitto_lib_init() again afterwards. Clients that still exist are not touched.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - always.
 *
 * Threads: may be called at any time from any thread.
 *
 * See also: mosquitto_lib_init
 */
libmosq_EXPORT int mosquitto_lib_cleanup(void);

#ifdef __cplusplus
}
#endif

#include <mosquitto/libmosquitto_auth.h>
#include <mosquitto/libmosquitto_callbacks.h>
#include <mosquitto/libmosquitto_connect.h>
#include <mosquitto/libmosquitto_create_delete.h>
#include <mosquitto/libmosquitto_helpers.h>
#include <mosquitto/libmosquitto_loop.h>
#include <mosquitto/libmosquitto_message.h>
#include <mosquitto/libmosquitto_options.h>
#include <mosquitto/libmosquitto_publish.h>
#include <mosquitto/libmosquitto_socks.h>
#include <mosquitto/libmosquitto_subscribe.h>
#include <mosquitto/libmosquitto_tls.h>
#include <mosquitto/libmosquitto_unsubscribe.h>
#include <mosquitto/libmosquitto_will.h>

#endif /* MOSQUITTO_LIBMOSQUITTO_H */
