/* The packets of MQTT 3.1.1, as far as the benchmarks need them. See server.h. */
#include "server.h"

#include <stdio.h>
#include <string.h>

#define END_TOPIC "bench/end"

enum { CONNECT = 1, PUBLISH = 3, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE = 8, PINGREQ = 12, DISCONNECT = 14 };

static size_t put_remaining_length(uint8_t *to, size_t value)
{
	size_t length = 0;

	do {
		to[length++] = (uint8_t)((value & 127) | (value > 127 ? 128 : 0));
		value >>= 7;
	} while (value > 0);
	return length;
}

size_t put_publish_header(uint8_t *to, const char *topic, size_t topic_length, int qos, uint16_t mid, size_t size)
{
	size_t at = 0;

	to[at++] = (uint8_t)(PUBLISH << 4 | qos << 1);
	at += put_remaining_length(to + at, 2 + topic_length + (qos ? 2 : 0) + size);
	to[at++] = (uint8_t)(topic_length >> 8);
	to[at++] = (uint8_t)topic_length;
	memcpy(to + at, topic, topic_length);
	at += topic_length;
	if (qos > 0) {
		to[at++] = (uint8_t)(mid >> 8);
		to[at++] = (uint8_t)mid;
	}
	return at;
}

uint16_t next_mid(uint16_t *mid)
{
	*mid = *mid == 65535 ? 1 : (uint16_t)(*mid + 1);
	return *mid;
}

static void answer(struct connection *c, uint8_t first_byte, uint16_t mid)
{
	uint8_t packet[] = {first_byte, 2, (uint8_t)(mid >> 8), (uint8_t)mid};

	output_add(c, packet, sizeof packet);
}

/* ---- PUBLISH: the header at once, the payload in pieces ---- */

static void begin_echo(struct connection *c, const char *topic, size_t topic_length, size_t size)
{
	uint16_t mid = c->qos > 0 ? next_mid(&c->echo_mid) : 0;

	c->output.length += put_publish_header(output_room(c, topic_length + 16), topic, topic_length, c->qos, mid, size);
}

static void send_report(struct connection *c)
{
	uint8_t header[32];
	char text[96];
	double now = processor_seconds();
	int length = snprintf(text, sizeof text, "%llu %.4f %.6f %llu %.6f", (unsigned long long)c->counted, now - c->processor,
			c->last.at, (unsigned long long)c->before.count, c->before.at);

	output_add(c, header, put_publish_header(header, END_TOPIC, strlen(END_TOPIC), 0, 0, (size_t)length));
	output_add(c, text, (size_t)length);
	c->counted = 0;
	c->processor = now;
}

static void end_publish(struct connection *c)
{
	if (c->qos > 0) {
		answer(c, c->qos == 1 ? PUBACK << 4 : PUBREC << 4, c->mid);
	}
	if (c->purpose == REPORT) {
		send_report(c);
	}
}

/* Takes the header of a PUBLISH whose variable header begins at `body`; answers its length, 0 if it is not all there. */
static size_t begin_publish(struct connection *c, uint8_t first_byte, const uint8_t *body, size_t have, size_t remaining)
{
	size_t topic_length, length;
	const char *topic = (const char *)body + 2;

	c->qos = first_byte >> 1 & 3;
	if (have < 2) {
		return 0;
	}
	topic_length = (size_t)body[0] << 8 | body[1];
	length = 2 + topic_length + (c->qos > 0 ? 2 : 0);
	if (have < length) {
		return 0;
	}
	if (remaining < length) {
		c->dead = true;
		return 0;
	}
	if (c->qos > 0) {
		c->mid = (uint16_t)(body[length - 2] << 8 | body[length - 1]);
	}
	c->payload_left = remaining - length;
	if (topic_length > 5 && memcmp(topic, "echo/", 5) == 0) {
		c->purpose = ECHO;
		begin_echo(c, topic, topic_length, (size_t)c->payload_left);
	} else if (topic_length == strlen(END_TOPIC) && memcmp(topic, END_TOPIC, topic_length) == 0) {
		c->purpose = REPORT;
	} else {
		c->purpose = COUNT;
		c->counted++;
	}
	if (c->payload_left == 0) {
		end_publish(c);
	}
	return length;
}

static size_t take_payload(struct connection *c, const uint8_t *bytes, size_t have)
{
	size_t length = have < c->payload_left ? have : (size_t)c->payload_left;

	if (c->purpose == ECHO) {
		output_add(c, bytes, length);
	}
	c->payload_left -= length;
	if (c->payload_left == 0) {
		end_publish(c);
	}
	return length;
}

/* ---- all other packets, complete ---- */

static void subscribe(struct connection *c, const uint8_t *body, size_t length)
{
	size_t filter_length = length >= 5 ? (size_t)body[2] << 8 | body[3] : 0;
	unsigned long size, count;
	unsigned window;
	char filter[128];
	int qos;

	if (filter_length == 0 || filter_length + 5 != length || filter_length >= sizeof filter) {
		c->dead = true; /* one filter is all that the benchmarks use */
		return;
	}
	output_add(c, (uint8_t[]){0x90, 3, body[0], body[1], body[length - 1] & 3}, 5);
	memcpy(filter, body + 4, filter_length);
	filter[filter_length] = '\0';
	if (sscanf(filter, "src/%d/%lu/%lu/%u", &qos, &size, &count, &window) == 4) {
		source_begin(c, qos, size, count, window);
	}
}

static void handle_control(struct connection *c, uint8_t first_byte, const uint8_t *body, size_t length)
{
	uint16_t mid = length >= 2 ? (uint16_t)(body[0] << 8 | body[1]) : 0;

	switch (first_byte >> 4) {
		case CONNECT:
			c->processor = processor_seconds();
			output_add(c, "\x20\2\0\0", 4);
			break;
		case PUBACK:
		case PUBCOMP:
			c->source.inflight -= c->source.inflight > 0;
			break;
		case PUBREC:
			answer(c, PUBREL << 4 | 2, mid);
			break;
		case PUBREL:
			answer(c, PUBCOMP << 4, mid);
			break;
		case SUBSCRIBE:
			subscribe(c, body, length);
			break;
		case PINGREQ:
			output_add(c, "\xd0\0", 2);
			break;
		case DISCONNECT:
			c->leaving = true;
			break;
		default:
			c->dead = true;
	}
}

/* The fixed header: answers its length, 0 if it is not all there. */
static size_t read_fixed_header(const uint8_t *bytes, size_t have, size_t *remaining)
{
	size_t at;

	*remaining = 0;
	for (at = 1; at < have && at < 5; at++) {
		*remaining |= (size_t)(bytes[at] & 127) << 7 * (at - 1);
		if ((bytes[at] & 128) == 0) {
			return at + 1;
		}
	}
	return 0;
}

size_t handle_packets(struct connection *c, const uint8_t *bytes, size_t length)
{
	size_t at = 0, header, remaining, used;

	while (at < length && !c->dead) {
		if (c->payload_left > 0) {
			at += take_payload(c, bytes + at, length - at);
			continue;
		}
		header = read_fixed_header(bytes + at, length - at, &remaining);
		if (header == 0) {
			break;
		}
		if (bytes[at] >> 4 == PUBLISH) {
			used = begin_publish(c, bytes[at], bytes + at + header, length - at - header, remaining);
			if (used == 0) {
				break;
			}
		} else if (length - at - header < remaining) {
			break;
		} else {
			handle_control(c, bytes[at], bytes + at + header, remaining);
			used = remaining;
		}
		at += header + used;
	}
	return at;
}
