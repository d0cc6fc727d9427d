/* server: listens on two free ports of 127.0.0.1, prints "ready PORT TLS_PORT", and serves until it is killed. See server.h.
 *
 *   server CERTIFICATE KEY
 */
#define _GNU_SOURCE
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_ROOM (1u << 20)
#define READS 4 /* from one connection before it writes */

static int epoll;
static uint8_t *read_buffer; /* one for all connections */
static SSL_CTX *tls_context;
static struct listener { int fd; bool tls; } listeners[2];

void die(const char *what)
{
	perror(what);
	exit(1);
}

double processor_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
		+ (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void watch(int fd, unsigned events, void *what)
{
	struct epoll_event event = {.events = events, .data.ptr = what};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
		die("epoll_ctl");
	}
}

static void watch_for(struct connection *c, unsigned events)
{
	struct epoll_event event = {.events = events, .data.ptr = c};

	if (events != c->events) {
		epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
		c->events = events;
	}
}

static void end(struct connection *c)
{
	close(c->fd);
	SSL_free(c->tls);
	free(c->rest);
	free(c->output.bytes);
	free(c->source.block);
	free(c);
}

static void keep_rest(struct connection *c, const uint8_t *bytes, size_t length)
{
	if (length > MAX_HEADER) {
		c->dead = true;
		return;
	}
	if (length > 0) {
		c->rest = realloc(c->rest, length);
		if (c->rest == NULL) {
			die("realloc");
		}
		memcpy(c->rest, bytes, length);
	}
	c->rest_length = length;
}

/* Handles what is in the read buffer, and notes when messages came. */
static size_t take_packets(struct connection *c, size_t length)
{
	uint64_t counted = c->counted;
	double now = seconds();
	size_t used = handle_packets(c, read_buffer, length);

	if (c->counted > counted) {
		c->before = c->last;
		c->last.count = c->counted;
		c->last.at = now;
	}
	return used;
}

static void read_and_answer(struct connection *c)
{
	size_t have, used;
	long count;
	int i;

	for (i = 0; i < READS && !c->dead; i++) {
		have = c->rest_length;
		if (have > 0) {
			memcpy(read_buffer, c->rest, have);
		}
		count = read_bytes(c, read_buffer + have, READ_ROOM - have);
		if (count < 0) {
			c->dead = true;
		}
		if (count <= 0) {
			return;
		}
		used = take_packets(c, have + (size_t)count);
		keep_rest(c, read_buffer + used, have + (size_t)count - used);
		if (c->source.left > 0) {
			source_publish(c);
		}
		output_flush(c);
		if ((size_t)count < READ_ROOM - have) {
			return; /* that was all */
		}
	}
}

static void serve(struct connection *c, unsigned events)
{
	unsigned wanted = EPOLLIN;

	if (c->tls != NULL && !c->handshake_done && !shake_hands(c, &wanted)) {
		if (c->dead) {
			end(c);
		} else {
			watch_for(c, wanted);
		}
		return;
	}
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
		read_and_answer(c);
	}
	if (!c->dead) {
		output_flush(c);
	}
	if (!c->dead && source_is_active(c)) {
		source_publish(c);
		output_flush(c);
	}
	if (c->dead || (c->leaving && !output_waits(c))) {
		end(c);
		return;
	}
	watch_for(c, EPOLLIN | (output_waits(c) || source_is_active(c) ? EPOLLOUT : 0));
}

static void accept_all(const struct listener *listener)
{
	struct connection *c;
	int fd, on = 1;

	while ((fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		c = calloc(1, sizeof *c);
		if (c == NULL) {
			die("calloc");
		}
		c->fd = fd;
		c->events = EPOLLIN;
		if (listener->tls) {
			c->tls = SSL_new(tls_context);
			SSL_set_fd(c->tls, fd);
			SSL_set_accept_state(c->tls);
		}
		watch(fd, EPOLLIN, c);
	}
}

/* A listening socket on a free port. */
static int listen_on_loopback(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 4096) != 0
			|| getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
		die("listen");
	}
	*port = ntohs(address.sin_port);
	return fd;
}

static void allow_descriptors(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char *argv[])
{
	struct epoll_event events[512];
	int ports[2], count, i;
	void *what;

	if (argc != 3) {
		fprintf(stderr, "usage: %s CERTIFICATE KEY\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	allow_descriptors();
	tls_context = new_tls_context(argv[1], argv[2]);
	read_buffer = malloc(READ_ROOM);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	for (i = 0; i < 2; i++) {
		listeners[i].fd = listen_on_loopback(&ports[i]);
		listeners[i].tls = i == 1;
		watch(listeners[i].fd, EPOLLIN, &listeners[i]);
	}
	printf("ready %d %d\n", ports[0], ports[1]);
	fflush(stdout);
	for (;;) {
		count = epoll_wait(epoll, events, 512, -1);
		if (count < 0 && errno != EINTR) {
			die("epoll_wait");
		}
		for (i = 0; i < count; i++) {
			what = events[i].data.ptr;
			if (what == &listeners[0] || what == &listeners[1]) {
				accept_all(what);
			} else {
				serve(what, events[i].events);
			}
		}
	}
}
