/*
 * User name, password and MQTT 5 extended authentication.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_AUTH_H
#define MOSQUITTO_LIBMOSQUITTO_AUTH_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Set user name and password. They count from the next connection on, and are sent readable to
 * everybody unless the connection uses TLS.
 *
 * Parameters:
 *   mosq - a client.
 *   username - user name, UTF-8, at most 65535 bytes; NULL for none. It is copied.
 *   password - password, at most 65535 bytes; NULL for none. It is copied. A password without a user
 *     name is possible with MQTT 5 only.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL, a password without user name (nothing is changed then), or one of
 *     them too long.
 *   MOSQ_ERR_MALFORMED_UTF8 - the user name is not valid UTF-8.
 *   MOSQ_ERR_NOMEM - out of memory.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_username_pw_set(struct mosquitto *mosq,
                              const char *username,
                              const char *password);

/**
 * Send AUTH with reason code MQTT_RC_CONTINUE_AUTHENTICATION: the next step of an MQTT 5 extended
 * authentication, whose first step are the properties of mosquitto_connect_bind_v5(). Usually called
 * inside the function of mosquitto_ext_auth_callback_set().
 *
 * Parameters:
 *   context - a client set to MQTT 5.
 *   auth_method - name of the method, the same as in CONNECT.
 *   auth_data_len - number of bytes of auth_data.
 *   auth_data - data of the method, any bytes; NULL for none.
 *   props - further properties, without method and data; NULL for none. The caller frees them.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - written or queued.
 *   MOSQ_ERR_PROTOCOL - context or auth_method is NULL, the client is not set to MQTT 5, auth_method is
 *     not the method of CONNECT or CONNECT had none, or a property that AUTH may not carry.
 *   MOSQ_ERR_MALFORMED_UTF8 - auth_method is not valid UTF-8.
 *   MOSQ_ERR_OVERSIZE_PACKET - the server does not accept packets of this size.
 *   MOSQ_ERR_NO_CONN - there is no connection.
 *   MOSQ_ERR_NOMEM - out of memory.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
int mosquitto_ext_auth_continue(struct mosquitto *context,
                                const char *auth_method,
                                uint16_t auth_data_len,
                                const void *auth_data,
                                const mosquitto_property *props);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_AUTH_H */
