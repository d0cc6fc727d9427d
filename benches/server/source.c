/* The source: publishes as fast as the socket takes it. See server.h. */
#include "server.h"

#include <stdlib.h>
#include <string.h>

#define TOPIC "bench/topic/0001"
#define BLOCK (256u << 10)    /* finished packets that are written again and again */
#define A_TURN (16u << 20)    /* bytes before other connections have theirs */
#define MUCH_OUTPUT (4u << 20)

void source_begin(struct connection *c, int qos, size_t size, uint64_t count, unsigned window)
{
	struct source *s = &c->source;
	uint8_t *packet = malloc(size + 64);
	size_t header, i;

	if (packet == NULL) {
		die("malloc");
	}
	header = put_publish_header(packet, TOPIC, strlen(TOPIC), qos, 0, size);
	for (i = 0; i < size; i++) {
		packet[header + i] = (uint8_t)('a' + i % 26);
	}
	free(s->block);
	*s = (struct source){.qos = qos, .left = count, .window = window ? window : 1, .packet_length = header + size,
		.mid_at = header - 2, .packets = 1};
	if (qos == 0 && BLOCK > s->packet_length) {
		s->packets = BLOCK / s->packet_length;
	}
	s->block = malloc(s->packets * s->packet_length);
	if (s->block == NULL) {
		die("malloc");
	}
	for (i = 0; i < s->packets; i++) {
		memcpy(s->block + i * s->packet_length, packet, s->packet_length);
	}
	free(packet);
}

bool source_is_active(const struct connection *c)
{
	const struct source *s = &c->source;

	if (s->qos == 0) {
		return s->left > 0 || s->block_at < s->block_end;
	}
	return s->left > 0 && s->inflight < s->window;
}

/* Straight from the block. What has been begun when the socket is full moves to the output, so that other packets may follow:
 * the rest of a packet, or with TLS all that was offered to it. */
static void publish_blocks(struct connection *c)
{
	struct source *s = &c->source;
	size_t sent = 0, begun;
	long count;

	while (source_is_active(c) && sent < A_TURN && !output_waits(c)) {
		if (s->block_at == s->block_end) {
			uint64_t packets = s->left < s->packets ? s->left : s->packets;

			s->block_at = 0;
			s->block_end = (size_t)packets * s->packet_length;
			s->left -= packets;
		}
		count = write_bytes(c, s->block + s->block_at, s->block_end - s->block_at);
		if (count < 0) {
			c->dead = true;
			return;
		}
		if (count == 0) {
			begun = s->block_at % s->packet_length;
			begun = begun > 0 ? s->packet_length - begun : 0;
			if (c->tls != NULL) {
				begun = s->block_end - s->block_at;
			}
			output_add(c, s->block + s->block_at, begun);
			s->block_at += begun;
			return;
		}
		s->block_at += (size_t)count;
		sent += (size_t)count;
	}
}

void source_publish(struct connection *c)
{
	struct source *s = &c->source;
	uint8_t *to;
	uint16_t mid;

	if (s->qos == 0) {
		publish_blocks(c);
		return;
	}
	while (source_is_active(c) && c->output.length - c->output.written < MUCH_OUTPUT) {
		to = output_room(c, s->packet_length);
		memcpy(to, s->block, s->packet_length);
		mid = next_mid(&s->mid);
		to[s->mid_at] = (uint8_t)(mid >> 8);
		to[s->mid_at + 1] = (uint8_t)mid;
		c->output.length += s->packet_length;
		s->left--;
		s->inflight++;
	}
}
