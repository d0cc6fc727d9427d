/* The other side of the benchmarks: an MQTT 3.1.1 server in one thread that is far faster than what is measured.
 *
 * It is no broker. What it does with a connection is chosen by the topics that the client uses:
 *
 *   published to echo/...        sent back on the same topic, with the same QoS
 *   published to bench/end       answered there (QoS 0) with "COUNT SECONDS LAST BEFORE AT": messages taken since CONNECT, the
 *                                server's processor time for it, when the last read brought some (CLOCK_MONOTONIC); and as the
 *                                very last may have been held back for 40 ms by Nagle's algorithm, how many had been taken by
 *                                the read before, and when
 *   published to anything else   counted; acknowledged at QoS 1 and 2
 *   subscribed src/Q/SIZE/N/W    N messages of SIZE bytes at QoS Q on bench/topic/0001, as fast as they are taken, at most W
 *                                without acknowledgement
 *
 * server.c accepts connections and waits for events; bytes.c reads and writes them, with TLS or without; mqtt.c understands
 * packets; source.c publishes.
 */
#ifndef SERVER_H
#define SERVER_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Header and control packets are kept whole up to this size. */
#define MAX_HEADER (128u << 10)

/* Bytes on their way out. */
struct output {
	uint8_t *bytes;
	size_t written, length, room;
};

/* What a subscription to src/... asked for. */
struct source {
	int qos;
	uint64_t left;             /* messages not yet begun */
	unsigned window, inflight; /* QoS 1 and 2 */
	uint16_t mid;
	uint8_t *block;            /* finished packets: one, or at QoS 0 as many as fit */
	size_t packet_length, mid_at, packets;
	size_t block_at, block_end; /* what of the block is to be written */
};

struct connection {
	int fd;
	unsigned events; /* that epoll reports */
	SSL *tls;        /* NULL without */
	bool handshake_done, leaving, dead;

	/* the packet that is coming in */
	uint8_t *rest; /* of what was read: the begin of a packet */
	size_t rest_length;
	uint64_t payload_left; /* bytes of the current PUBLISH still to come */
	int qos;
	uint16_t mid;
	enum { COUNT, ECHO, REPORT } purpose;

	uint64_t counted;
	double processor;         /* time when counting began */
	struct { uint64_t count; double at; } last, before; /* reads that brought messages */
	uint16_t echo_mid;
	struct source source;
	struct output output;
};

/* bytes.c: the answers are bytes moved, 0 if it would block, -1 if the connection is gone. */
long read_bytes(struct connection *c, uint8_t *bytes, size_t room);
long write_bytes(struct connection *c, const uint8_t *bytes, size_t length);
uint8_t *output_room(struct connection *c, size_t length);
void output_add(struct connection *c, const void *bytes, size_t length);
void output_flush(struct connection *c);
static inline bool output_waits(const struct connection *c) { return c->output.written < c->output.length; }
/* Goes on with the handshake; true when it is over. Sets `events` to what it waits for. */
bool shake_hands(struct connection *c, unsigned *events);
SSL_CTX *new_tls_context(const char *certificate, const char *key);

/* mqtt.c */
size_t put_publish_header(uint8_t *to, const char *topic, size_t topic_length, int qos, uint16_t mid, size_t size);
uint16_t next_mid(uint16_t *mid);
/* Handles all complete packets, and payloads piece by piece; returns the bytes that were used. */
size_t handle_packets(struct connection *c, const uint8_t *bytes, size_t length);

/* source.c */
void source_begin(struct connection *c, int qos, size_t size, uint64_t count, unsigned window);
bool source_is_active(const struct connection *c);
void source_publish(struct connection *c);

double processor_seconds(void);
double seconds(void);
_Noreturn void die(const char *what);

#endif
