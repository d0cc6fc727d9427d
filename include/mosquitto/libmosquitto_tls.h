/*
 * Encrypted connections, by OpenSSL.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBMOSQUITTO_TLS_H
#define MOSQUITTO_LIBMOSQUITTO_TLS_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Set certificates and so choose TLS for the connections to come.
 *
 * Parameters:
 *   mosq - a client.
 *   cafile - file with certificates of authorities to trust, PEM; or NULL.
 *   capath - directory with such certificates, prepared with "openssl rehash"; or NULL. One of cafile and
 *     capath must be given.
 *   certfile - file with the certificate of this client, PEM; or NULL.
 *   keyfile - file with the private key of this client, PEM; or NULL. certfile and keyfile go together.
 *   pw_callback - asks for the password of an encrypted keyfile: writes at most size bytes to buf and
 *     returns the length; or NULL.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL, or the others do not go together, or a file cannot be read.
 *   MOSQ_ERR_NOMEM - out of memory.
 *
 * Threads: may be called at any time from any thread; it counts from the next connection on.
 *
 * See also: mosquitto_tls_opts_set, mosquitto_tls_psk_set, mosquitto_tls_insecure_set
 */
libmosq_EXPORT
int mosquitto_tls_set(struct mosquitto *mosq,
                      const char *cafile,
                      const char *capath,
                      const char *certfile,
                      const char *keyfile,
                      int (*pw_callback)(char *buf, int size, int rwflag, void *userdata));

/**
 * Set whether the host name in the certificate of the server is checked. Without the check anybody with
 * a trusted certificate can pose as the server; for tests only.
 *
 * Parameters:
 *   mosq - a client.
 *   value - true: do not check; false (default): check.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL.
 *
 * Threads: may be called at any time from any thread; it counts from the next connection on.
 */
libmosq_EXPORT
int mosquitto_tls_insecure_set(struct mosquitto *mosq,
                               bool value);

/**
 * Set details of TLS connections.
 *
 * Parameters:
 *   mosq - a client.
 *   cert_reqs - 1 (default): the certificate of the server is checked; 0: it is not, for tests only.
 *   tls_version - the version to speak: "tlsv1.3", "tlsv1.2"; NULL for the default.
 *   ciphers - OpenSSL list of ciphers; NULL for the default.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq is NULL, or a value is not allowed.
 *   MOSQ_ERR_NOMEM - out of memory.
 *
 * Threads: may be called at any time from any thread; it counts from the next connection on.
 */
libmosq_EXPORT
int mosquitto_tls_opts_set(struct mosquitto *mosq,
                           int cert_reqs,
                           const char *tls_version,
                           const char *ciphers);

/**
 * Set a pre-shared key and so choose TLS with it, instead of certificates, for the connections to come.
 *
 * Parameters:
 *   mosq - a client.
 *   psk - the key, hexadecimal without 0x.
 *   identity - the name by which the server knows the key.
 *   ciphers - OpenSSL list of ciphers; NULL for the default.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - set.
 *   MOSQ_ERR_INVAL - mosq, psk or identity is NULL, or psk is not hexadecimal.
 *   MOSQ_ERR_NOMEM - out of memory.
 *
 * Threads: may be called at any time from any thread; it counts from the next connection on.
 */
libmosq_EXPORT
int mosquitto_tls_psk_set(struct mosquitto *mosq,
                          const char *psk,
                          const char *identity,
                          const char *ciphers);

/**
 * Tell the TLS connection of OpenSSL, for functions like SSL_get_peer_certificate(). It must not be
 * used for reading and writing, and not after the connection has ended.
 *
 * Parameters:
 *   mosq - a client.
 *
 * Returns:
 *   an SSL pointer of OpenSSL 3; NULL if there is no TLS connection or mosq is NULL.
 *
 * Threads: only on the thread that runs the loop, for example in the connect callbacks.
 */
libmosq_EXPORT
void *mosquitto_ssl_get(struct mosquitto *mosq);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBMOSQUITTO_TLS_H */
