/*
 * Driving the network side of a client. There are three ways, of which a program uses one per client:
 *
 * mosquitto_loop_start() runs the client on a thread of its own;
 * mosquitto_loop_forever() runs it on the calling thread until it disconnects, or mosquitto_loop() once;
 * with mosquitto_socket(), mosquitto_want_write(), mosquitto_loop_read(), mosquitto_loop_write() and
 * mosquitto_loop_misc() the program waits for the connection in an event loop of its own.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_LOOP_H
#define MOSQUITTO_LIBMOSQUITTO_LOOP_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Run the client until it is told to disconnect: read, write, keep alive, call the callbacks, and
 * connect again whenever the connection is lost (see mosquitto_reconnect_delay_set()).
 *
 * Parameters:
 *   mosq - a client.
 *   timeout - milliseconds to wait for the network at a time; -1 for 1000.
 *   max_packets - kept for old programs; 1 or more.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - mosquitto_disconnect() was called, or mosquitto_loop_stop().
 *   MOSQ_ERR_INVAL - mosq is NULL, or max_packets is below 1.
 *   MOSQ_ERR_NOMEM, MOSQ_ERR_PROTOCOL, MOSQ_ERR_TLS, MOSQ_ERR_AUTH, MOSQ_ERR_NOT_SUPPORTED,
 *   MOSQ_ERR_EAI, MOSQ_ERR_PROXY, MOSQ_ERR_UNKNOWN and others that connecting again would not mend.
 *
 * Threads: callbacks run on the calling thread. The thread may be ended by pthread_cancel(), which
 * happens between two rounds of the loop; the client can be used by other threads afterwards.
 *
 * See also: mosquitto_loop, mosquitto_loop_start
 */
libmosq_EXPORT
int mosquitto_loop_forever(struct mosquitto *mosq,
                           int timeout,
                           int max_packets);

/**
 * Run the client on a thread of its own, as mosquitto_loop_forever() does. Connect before or after; the
 * thread waits for a connection. After mosquitto_disconnect() it ends by itself, and may be started again
 * whether it has ended yet or not.
 *
 * Parameters:
 *   mosq - a client.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - running.
 *   MOSQ_ERR_INVAL - mosq is NULL, the client has a thread already, or mosquitto_threaded_set() says
 *     that the program has its own.
 *   MOSQ_ERR_ERRNO - no thread could be made; errno tells why.
 *
 * Threads: may be called from any thread; callbacks run on the new one.
 *
 * See also: mosquitto_loop_stop
 */
libmosq_EXPORT
int mosquitto_loop_start(struct mosquitto *mosq);

/**
 * End the thread of mosquitto_loop_start() and wait for it, also for a callback that it is running. The
 * connection stays open; the program may run the client in another way, or start a thread again. After
 * mosquitto_disconnect() the disconnect callbacks have been called when this returns.
 *
 * Parameters:
 *   mosq - a client.
 *   force - true to end at once; false to finish first what has been begun: a disconnect that is under
 *     way, or the messages published so far, as long as the server goes on acknowledging them.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - ended, or it had ended by itself.
 *   MOSQ_ERR_INVAL - mosq is NULL, or no thread has been started.
 *
 * Threads: may be called from any thread. Inside a callback on the thread that is to end it returns at
 * once, and the thread ends after the callback.
 *
 * See also: mosquitto_loop_start
 */
libmosq_EXPORT
int mosquitto_loop_stop(struct mosquitto *mosq,
                        bool force);

/**
 * Run the client once: wait for the network, read, write, keep alive, call the callbacks. Does not
 * connect again.
 *
 * Parameters:
 *   mosq - a client.
 *   timeout - milliseconds to wait for the network at most; 0 to look only, -1 for 1000. The call
 *     returns earlier if something happens or a PINGREQ is due.
 *   max_packets - kept for old programs; 1 or more.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - call it again; mosquitto_socket() tells whether there is still a connection.
 *   MOSQ_ERR_INVAL - mosq is NULL, or max_packets is below 1.
 *   MOSQ_ERR_NO_CONN - there is no connection; returned at once.
 *   MOSQ_ERR_CONN_LOST - the server closed the connection.
 *   MOSQ_ERR_CONN_REFUSED - the server refused CONNECT.
 *   MOSQ_ERR_KEEPALIVE - the server did not answer PINGREQ.
 *   MOSQ_ERR_PROTOCOL, MOSQ_ERR_MALFORMED_PACKET and others - the server sent something not allowed.
 *   MOSQ_ERR_ERRNO - a system call failed; errno tells why.
 *   After each of them but the first three the connection is closed and the disconnect callbacks have
 *   been called.
 *
 * Threads: callbacks run on the calling thread. If several threads run one client, one of them at a time
 * does the work while the others wait.
 *
 * See also: mosquitto_loop_forever
 */
libmosq_EXPORT
int mosquitto_loop(struct mosquitto *mosq,
                   int timeout,
                   int max_packets);

/**
 * Read what the server has sent and call the callbacks; for programs that wait for the descriptor of
 * mosquitto_socket() themselves and call this when it is readable.
 *
 * Parameters:
 *   mosq - a client.
 *   max_packets - kept for old programs; 1 or more. Everything that has arrived is handled.
 *
 * Returns:
 *   as mosquitto_loop().
 *
 * Threads: callbacks run on the calling thread.
 *
 * See also: mosquitto_socket, mosquitto_loop_write, mosquitto_loop_misc
 */
libmosq_EXPORT
int mosquitto_loop_read(struct mosquitto *mosq,
                        int max_packets);

/**
 * Write what is queued, as far as the connection takes it; for programs that wait for the descriptor of
 * mosquitto_socket() themselves and call this when it is writable and mosquitto_want_write() is true.
 *
 * Parameters:
 *   mosq - a client.
 *   max_packets - kept for old programs; 1 or more.
 *
 * Returns:
 *   as mosquitto_loop().
 *
 * Threads: callbacks run on the calling thread.
 */
libmosq_EXPORT
int mosquitto_loop_write(struct mosquitto *mosq,
                         int max_packets);

/**
 * Keep the connection alive: send PINGREQ when it is due, and give up a server that does not answer.
 * For programs that wait for the descriptor of mosquitto_socket() themselves; call it about once a
 * second.
 *
 * Parameters:
 *   mosq - a client.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - all is well.
 *   MOSQ_ERR_INVAL - mosq is NULL.
 *   MOSQ_ERR_NO_CONN - there is no connection.
 *   MOSQ_ERR_KEEPALIVE - the server did not answer; the disconnect callbacks have been called.
 *
 * Threads: callbacks run on the calling thread.
 */
libmosq_EXPORT
int mosquitto_loop_misc(struct mosquitto *mosq);

/**
 * Tell the descriptor of the connection, for poll() and its like. Read and write through the library
 * only. The number may be another one after each connection.
 *
 * Parameters:
 *   mosq - a client.
 *
 * Returns:
 *   the descriptor; -1 if there is no connection or mosq is NULL.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 *
 * See also: mosquitto_loop_read, mosquitto_loop_write, mosquitto_want_write
 */
libmosq_EXPORT
int mosquitto_socket(struct mosquitto *mosq);

/**
 * Tell whether something waits to be written, so that the program waits for the descriptor of
 * mosquitto_socket() to become writable. Ask again after every call of the library and every callback.
 *
 * Parameters:
 *   mosq - a client.
 *
 * Returns:
 *   true if something waits; false if not, or if mosq is NULL.
 *
 * Threads: may be called at any time from any thread and inside callbacks.
 */
libmosq_EXPORT
bool mosquitto_want_write(struct mosquitto *mosq);

/**
 * Tell the library that the program runs the loop on a thread of its own and uses the client from
 * others: then publish and its like only queue, and the loop writes. Without it they write at once.
 *
 * Parameters:
 *   mosq - a client, not running.
 *   threaded - true if the program has such a thread.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL.
 *
 * Threads: call it before the thread starts.
 */
libmosq_EXPORT
int mosquitto_threaded_set(struct mosquitto *mosq,
                           bool threaded);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_LOOP_H */
