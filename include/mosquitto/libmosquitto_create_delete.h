/*
 * Making and freeing clients.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_CREATE_DELETE_H
#define MOSQUITTO_LIBMOSQUITTO_CREATE_DELETE_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Make a client.
 *
 * Parameters:
 *   id - the client identifier, UTF-8 without control characters, 1 to 65535 bytes; it is copied. NULL
 *        asks for a random one (clean_session must be true then).
 *   clean_session - true: the server forgets subscriptions and messages of this client when it
 *        disconnects. false: it keeps them. The client's own queue of messages with QoS 1 and 2 is kept
 *        in both cases until mosquitto_destroy().
 *   obj - a pointer of the program that every callback gets; the library does not use it. With NULL the
 *        callbacks get the client itself.
 *
 * Returns:
 *   the client, to be freed with mosquitto_destroy(); or NULL with errno set to EINVAL (id not allowed,
 *   or NULL without clean_session) or ENOMEM.
 *
 * Threads: the functions of one client may be called from any thread at any time.
 *
 * See also: mosquitto_reinitialise, mosquitto_destroy, mosquitto_user_data_set
 */
libmosq_EXPORT
struct mosquitto *mosquitto_new(const char *id,
                                bool clean_session,
                                void *obj);

/**
 * Make a client as new: as mosquitto_destroy() and mosquitto_new() with the same pointer. A network
 * thread ends, the connection closes without DISCONNECT, and queued messages, will, credentials,
 * options and callbacks are gone.
 *
 * Parameters:
 *   mosq - a client.
 *   id, clean_session, obj - as in mosquitto_new().
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - done.
 *   MOSQ_ERR_INVAL - mosq is NULL, or id is NULL without clean_session (the client is left as it was);
 *     or id is empty or longer than 65535 bytes.
 *   MOSQ_ERR_MALFORMED_UTF8 - id is not valid.
 *   MOSQ_ERR_NOMEM - out of memory.
 *   After the last three the client can only be destroyed or reinitialised again.
 *
 * Threads: may be called from any thread and inside callbacks. A loop that another thread runs ends.
 */
libmosq_EXPORT
int mosquitto_reinitialise(struct mosquitto *mosq,
                           const char *id,
                           bool clean_session,
                           void *obj);

/**
 * Free a client. A network thread ends, the connection closes; messages still queued are lost. Without
 * a mosquitto_disconnect() before, the server publishes the will. No callback is called any more.
 *
 * Parameters:
 *   mosq - a client, not to be used afterwards; NULL is ignored.
 *
 * Threads: may be called from any thread. A loop that another thread runs ends, and a callback under way
 * there is waited for; no other function of the client may be in use. Inside a callback of the client its
 * memory goes when the function that called the callback ends.
 *
 * See also: mosquitto_new, mosquitto_disconnect
 */
libmosq_EXPORT
void mosquitto_destroy(struct mosquitto *mosq);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_CREATE_DELETE_H */
