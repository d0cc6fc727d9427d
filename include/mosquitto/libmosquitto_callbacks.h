/*
 * Functions of the program that the library calls when something has happened.
 *
 * Every callback gets the client and the pointer of mosquitto_new() or mosquitto_user_data_set(). Callbacks
 * run on the thread that runs the loop: the one of mosquitto_loop_start(), or the one that called
 * mosquitto_loop_forever(), mosquitto_loop() or mosquitto_loop_read(). Exceptions are told at the functions
 * below. Callbacks of one client do not run at the same time, except the log callback.
 *
 * The library holds no lock meanwhile. Every function may be called inside a callback, except
 * mosquitto_loop(), mosquitto_loop_forever(), mosquitto_loop_read(), mosquitto_loop_write(),
 * mosquitto_loop_misc() and mosquitto_reinitialise(). What is published inside a callback is sent when the
 * callback has returned.
 *
 * Pointers that a callback gets are valid until it returns. Where several callbacks are set for one event
 * they run in the order plain, with flags, v5; they are chosen before the first of them runs. The v5
 * callbacks run with every version of MQTT; before MQTT 5 they get no properties.
 *
 * A C++ callback must not throw.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_CALLBACKS_H
#define MOSQUITTO_LIBMOSQUITTO_CALLBACKS_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

/* Defined in mosquitto/libmosquitto_message.h. */
struct mosquitto_message;

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Called at the start of every connection attempt, after an old connection has been closed and before
 * the host name is looked up. Credentials, will and options set here count for this attempt.
 */
typedef void (*LIBMOSQ_CB_pre_connect)(struct mosquitto *mosq, void *obj);

/**
 * Called when the server has answered CONNECT. rc is 0 if the connection is accepted, else the
 * return code (MQTT 3.1 and 3.1.1: enum mqtt311_connack_codes) or reason code (MQTT 5: enum
 * mqtt5_return_codes) of the refusal.
 */
typedef void (*LIBMOSQ_CB_connect)(struct mosquitto *mosq, void *obj, int rc);

/** As LIBMOSQ_CB_connect. Bit 0 of flags is set if the server has a session of this client. */
typedef void (*LIBMOSQ_CB_connect_with_flags)(struct mosquitto *mosq,
                                              void *obj,
                                              int rc,
                                              int flags);

/** As LIBMOSQ_CB_connect_with_flags, with the properties of the CONNACK, or NULL if it has none. */
typedef void (*LIBMOSQ_CB_connect_v5)(struct mosquitto *mosq,
                                      void *obj,
                                      int rc,
                                      int flags,
                                      const mosquitto_property *props);

/**
 * Called when the connection has ended. rc is 0 if the program asked for it, a reason code of 128 or
 * more if an MQTT 5 server ended it, else one of MOSQ_ERR_*.
 */
typedef void (*LIBMOSQ_CB_disconnect)(struct mosquitto *mosq, void *obj, int rc);

/** As LIBMOSQ_CB_disconnect, with the properties of the server's DISCONNECT, or NULL. */
typedef void (*LIBMOSQ_CB_disconnect_v5)(struct mosquitto *mosq,
                                         void *obj,
                                         int rc,
                                         const mosquitto_property *props);

/**
 * Called when a message is complete: at QoS 0 when it has been written to the connection, at QoS 1
 * and 2 when the server has acknowledged it. mid is the number that publish gave.
 */
typedef void (*LIBMOSQ_CB_publish)(struct mosquitto *mosq, void *obj, int mid);

/**
 * As LIBMOSQ_CB_publish, with the reason code and the properties of the acknowledgement; 0 and NULL if
 * there are none. A reason code of 128 or more says that the server did not take the message.
 */
typedef void (*LIBMOSQ_CB_publish_v5)(struct mosquitto *mosq,
                                      void *obj,
                                      int mid,
                                      int reason_code,
                                      const mosquitto_property *props);

/**
 * Called when a message has arrived. The message belongs to the library and is valid until the
 * callback returns; mosquitto_message_copy() keeps one.
 */
typedef void (*LIBMOSQ_CB_message)(struct mosquitto *mosq,
                                   void *obj,
                                   const struct mosquitto_message *message);

/** As LIBMOSQ_CB_message, with the properties of the message, or NULL if it has none. */
typedef void (*LIBMOSQ_CB_message_v5)(struct mosquitto *mosq,
                                      void *obj,
                                      const struct mosquitto_message *message,
                                      const mosquitto_property *props);

/**
 * Called when the server has answered a subscribe call. granted_qos has one element per topic filter:
 * the QoS granted (0, 1, 2), or 128 or more if the filter was refused. It is valid until the callback
 * returns.
 */
typedef void (*LIBMOSQ_CB_subscribe)(struct mosquitto *mosq,
                                     void *obj,
                                     int mid,
                                     int qos_count,
                                     const int *granted_qos);

/** As LIBMOSQ_CB_subscribe, with the properties of the SUBACK, or NULL if it has none. */
typedef void (*LIBMOSQ_CB_subscribe_v5)(struct mosquitto *mosq,
                                        void *obj,
                                        int mid,
                                        int qos_count,
                                        const int *granted_qos,
                                        const mosquitto_property *props);

/** Called when the server has answered an unsubscribe call. */
typedef void (*LIBMOSQ_CB_unsubscribe)(struct mosquitto *mosq, void *obj, int mid);

/** As LIBMOSQ_CB_unsubscribe, with the properties of the UNSUBACK, or NULL if it has none. */
typedef void (*LIBMOSQ_CB_unsubscribe_v5)(struct mosquitto *mosq,
                                          void *obj,
                                          int mid,
                                          const mosquitto_property *props);

/** As LIBMOSQ_CB_unsubscribe_v5, with one reason code per topic filter; 0 and NULL before MQTT 5. */
typedef void (*LIBMOSQ_CB_unsubscribe2_v5)(struct mosquitto *mosq,
                                           void *obj,
                                           int mid,
                                           int reason_code_count,
                                           const int *reason_codes,
                                           const mosquitto_property *props);

/**
 * Called when the server has sent AUTH (MQTT 5 extended authentication). auth_method and auth_data are
 * NULL if the packet does not have them; the method is NUL-terminated. Returns MOSQ_ERR_SUCCESS to go
 * on, or the MOSQ_ERR_* with which the connection ends. mosquitto_ext_auth_continue() answers.
 */
typedef int (*LIBMOSQ_CB_ext_auth)(struct mosquitto *mosq,
                                   void *obj,
                                   const char *auth_method,
                                   uint16_t auth_data_len,
                                   const void *auth_data,
                                   const mosquitto_property *props);

/** Called with every line of log. level is one of MOSQ_LOG_*; str has no newline at its end. */
typedef void (*LIBMOSQ_CB_log)(struct mosquitto *mosq, void *obj, int level, const char *str);

/**
 * Set the function that is called at the start of every connection attempt, also of those that the
 * library makes by itself. It runs on the thread that connects.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_pre_connect - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_pre_connect_callback_set(struct mosquitto *mosq,
                                        LIBMOSQ_CB_pre_connect on_pre_connect);

/**
 * Set the function that is called when the server has answered CONNECT.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_connect - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_connect_callback_set(struct mosquitto *mosq,
                                    LIBMOSQ_CB_connect on_connect);

/**
 * Set the function that is called, after that of mosquitto_connect_callback_set(), when the server has
 * answered CONNECT; it also gets the flags of the answer.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_connect - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_connect_with_flags_callback_set(struct mosquitto *mosq,
                                               LIBMOSQ_CB_connect_with_flags on_connect);

/**
 * Set the function that is called, after those of mosquitto_connect_callback_set() and
 * mosquitto_connect_with_flags_callback_set(), when the server has answered CONNECT; it also gets the
 * properties of the answer. It is called with every version of MQTT.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_connect - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_connect_v5_callback_set(struct mosquitto *mosq,
                                       LIBMOSQ_CB_connect_v5 on_connect);

/**
 * Set the function that is called when a connection has ended: once for every connection, whoever ended
 * it. A connection attempt that fails inside the connect call does not call it.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_disconnect - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_disconnect_callback_set(struct mosquitto *mosq,
                                       LIBMOSQ_CB_disconnect on_disconnect);

/**
 * Set the function that is called, after that of mosquitto_disconnect_callback_set(), when a connection
 * has ended; it also gets the properties of the server's DISCONNECT.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_disconnect - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_disconnect_v5_callback_set(struct mosquitto *mosq,
                                          LIBMOSQ_CB_disconnect_v5 on_disconnect);

/**
 * Set the function that is called when a published message is complete. At QoS 0 it may run inside the
 * publish call, if no network thread runs.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_publish - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_publish_callback_set(struct mosquitto *mosq,
                                    LIBMOSQ_CB_publish on_publish);

/**
 * Set the function that is called, after that of mosquitto_publish_callback_set(), when a published
 * message is complete; it also gets the reason code and the properties of the acknowledgement.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_publish - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_publish_v5_callback_set(struct mosquitto *mosq,
                                       LIBMOSQ_CB_publish_v5 on_publish);

/**
 * Set the function that is called when a message has arrived.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_message - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_message_callback_set(struct mosquitto *mosq,
                                    LIBMOSQ_CB_message on_message);

/**
 * Set the function that is called, after that of mosquitto_message_callback_set(), when a message has
 * arrived; it also gets the properties of the message.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_message - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_message_v5_callback_set(struct mosquitto *mosq,
                                       LIBMOSQ_CB_message_v5 on_message);

/**
 * Set the function that is called when the server has answered a subscribe call.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_subscribe - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_subscribe_callback_set(struct mosquitto *mosq,
                                      LIBMOSQ_CB_subscribe on_subscribe);

/**
 * Set the function that is called, after that of mosquitto_subscribe_callback_set(), when the server has
 * answered a subscribe call; it also gets the properties of the answer.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_subscribe - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_subscribe_v5_callback_set(struct mosquitto *mosq,
                                         LIBMOSQ_CB_subscribe_v5 on_subscribe);

/**
 * Set the function that is called when the server has answered an unsubscribe call.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_unsubscribe - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_unsubscribe_callback_set(struct mosquitto *mosq,
                                        LIBMOSQ_CB_unsubscribe on_unsubscribe);

/**
 * Set the function that is called, after that of mosquitto_unsubscribe_callback_set(), when the server
 * has answered an unsubscribe call; it also gets the properties of the answer.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_unsubscribe - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_unsubscribe_v5_callback_set(struct mosquitto *mosq,
                                           LIBMOSQ_CB_unsubscribe_v5 on_unsubscribe);

/**
 * Set the function that is called, after those of mosquitto_unsubscribe_callback_set() and
 * mosquitto_unsubscribe_v5_callback_set(), when the server has answered an unsubscribe call; it also
 * gets one reason code per topic filter.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_unsubscribe - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_unsubscribe2_v5_callback_set(struct mosquitto *mosq,
                                            LIBMOSQ_CB_unsubscribe2_v5 on_unsubscribe);

/**
 * Set the function that is called when the server has sent AUTH. Without one, an AUTH packet ends the
 * connection with MOSQ_ERR_AUTH.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_ext_auth - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_ext_auth_callback_set(struct mosquitto *mosq,
                                     LIBMOSQ_CB_ext_auth on_ext_auth);

/**
 * Set the function that gets the lines of log. It may run on any thread that uses the client, also while
 * another callback runs, and inside nearly every function. Without one no line is made, unless the
 * environment variable MOSQUITTO_LOG asks for lines on standard error: "error", "warning", "notice",
 * "info" or "debug". Programs that run with the rights of another user (setuid) ignore it.
 *
 * Parameters:
 *   mosq - a client; NULL is ignored.
 *   on_log - the function; NULL for none.
 *
 * Threads: may be called at any time from any thread and inside callbacks; a change counts from the
 * next event on.
 */
libmosq_EXPORT
void mosquitto_log_callback_set(struct mosquitto *mosq,
                                LIBMOSQ_CB_log on_log);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_CALLBACKS_H */
