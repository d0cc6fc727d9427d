/* Reading and writing, with TLS or without, and the bytes that wait to be written. See server.h. */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define TLS_RECORD 16384
#define KEEP_ROOM (8u << 20) /* a larger output buffer is given back when it is empty */

static long outcome(ssize_t count)
{
	if (count > 0) {
		return count;
	}
	return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static bool tls_waits(struct connection *c, int rc)
{
	int error = SSL_get_error(c->tls, rc);

	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

long read_bytes(struct connection *c, uint8_t *bytes, size_t room)
{
	size_t have = 0;
	int rc;

	if (c->tls == NULL) {
		return outcome(recv(c->fd, bytes, room, 0));
	}
	while (room - have >= TLS_RECORD) {
		ERR_clear_error();
		rc = SSL_read(c->tls, bytes + have, (int)(room - have));
		if (rc <= 0) {
			return have > 0 || tls_waits(c, rc) ? (long)have : -1;
		}
		have += (size_t)rc;
	}
	return (long)have;
}

long write_bytes(struct connection *c, const uint8_t *bytes, size_t length)
{
	int rc;

	if (c->tls == NULL) {
		return outcome(send(c->fd, bytes, length, MSG_NOSIGNAL));
	}
	ERR_clear_error();
	rc = SSL_write(c->tls, bytes, length > 1u << 30 ? 1 << 30 : (int)length);
	if (rc > 0) {
		return rc;
	}
	return tls_waits(c, rc) ? 0 : -1;
}

uint8_t *output_room(struct connection *c, size_t length)
{
	struct output *out = &c->output;

	if (out->written > 0) {
		memmove(out->bytes, out->bytes + out->written, out->length - out->written);
		out->length -= out->written;
		out->written = 0;
	}
	if (out->length + length > out->room) {
		out->room = 2 * (out->length + length) + 1024;
		out->bytes = realloc(out->bytes, out->room);
		if (out->bytes == NULL) {
			die("realloc");
		}
	}
	return out->bytes + out->length;
}

void output_add(struct connection *c, const void *bytes, size_t length)
{
	memcpy(output_room(c, length), bytes, length);
	c->output.length += length;
}

void output_flush(struct connection *c)
{
	struct output *out = &c->output;
	long count;

	while (out->written < out->length) {
		count = write_bytes(c, out->bytes + out->written, out->length - out->written);
		if (count < 0) {
			c->dead = true;
		}
		if (count <= 0) {
			return;
		}
		out->written += (size_t)count;
	}
	out->written = out->length = 0;
	if (out->room > KEEP_ROOM) {
		free(out->bytes);
		out->bytes = NULL;
		out->room = 0;
	}
}

bool shake_hands(struct connection *c, unsigned *events)
{
	int rc, error;

	ERR_clear_error();
	rc = SSL_accept(c->tls);
	if (rc == 1) {
		c->handshake_done = true;
		return true;
	}
	error = SSL_get_error(c->tls, rc);
	c->dead = error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
	*events = EPOLLIN | (error == SSL_ERROR_WANT_WRITE ? EPOLLOUT : 0);
	return false;
}

SSL_CTX *new_tls_context(const char *certificate, const char *key)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (context == NULL || SSL_CTX_use_certificate_chain_file(context, certificate) != 1
			|| SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
		ERR_print_errors_fp(stderr);
		exit(1);
	}
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return context;
}
