/* ceiling: the same bytes on a plain socket, without a library: what the machine allows.
 *
 *   pub how=one    every packet is assembled and handed to send() by itself: the least that a library can do which has to write
 *                  before publish returns
 *   pub how=queue  `threads` assemble packets in a buffer under a mutex, one more thread writes it: the shape of a library with
 *                  a network thread
 *   pub how=bulk   (QoS 1 and 2) as many packets as the window allows in one send(), answers read as they come
 *   sub            256 KiB reads; each packet is parsed where it lies, topic and payload end with NUL for a callback; one send()
 *                  of acknowledgements for each read
 *   rtt            there and back, one at a time
 *   init           nothing, as a process that is to be timed
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

#define ROOM (256 * 1024)
#define MAX_THREADS 64

static int sock;
static char *payload;

static void send_all(const uint8_t *bytes, size_t length)
{
	ssize_t sent;

	for (; length > 0; bytes += sent, length -= (size_t)sent) {
		sent = send(sock, bytes, length, MSG_NOSIGNAL);
		if (sent < 0) {
			fail("send");
		}
	}
}

static size_t receive_some(uint8_t *bytes, size_t room)
{
	ssize_t count = recv(sock, bytes, room, 0);

	if (count <= 0) {
		fail("recv");
	}
	return (size_t)count;
}

static void receive_all(uint8_t *bytes, size_t length)
{
	size_t have = 0;

	while (have < length) {
		have += receive_some(bytes + have, length - have);
	}
}

static size_t put_remaining_length(uint8_t *to, size_t value)
{
	size_t length = 0;

	do {
		to[length++] = (uint8_t)((value & 127) | (value > 127 ? 128 : 0));
		value >>= 7;
	} while (value > 0);
	return length;
}

/* A PUBLISH with everything but the payload. */
static size_t put_header(uint8_t *to, const char *topic, int qos, size_t size, uint16_t mid)
{
	size_t topic_length = strlen(topic), at = 0;

	to[at++] = (uint8_t)(0x30 | qos << 1);
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

static size_t put_packet(uint8_t *to, const char *topic, uint16_t mid)
{
	size_t length = put_header(to, topic, opt.qos, (size_t)opt.size, mid);

	memcpy(to + length, payload, (size_t)opt.size);
	return length + (size_t)opt.size;
}

/* At least one packet, at least `least` bytes. */
static uint8_t *new_buffer(size_t least, size_t *room)
{
	uint8_t *buffer;

	*room = (size_t)opt.size + 256 > least ? (size_t)opt.size + 256 : least;
	buffer = malloc(*room + 1);
	if (buffer == NULL) {
		fail("no memory");
	}
	return buffer;
}

static void open_connection(void)
{
	static const uint8_t connect_packet[] = "\x10\x0f\0\4MQTT\4\2\0\0\0\3raw";
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port)};
	uint8_t connack[4];

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(sock, (struct sockaddr *)&address, sizeof address) != 0) {
		fail("connect");
	}
	send_all(connect_packet, sizeof connect_packet - 1);
	receive_all(connack, sizeof connack);
}

/* Asks for the server's report and reads it. */
static void fetch_report(void)
{
	uint8_t packet[256];
	size_t length = put_header(packet, END_TOPIC, 0, 0, 0);

	send_all(packet, length);
	receive_all(packet, 2);
	length = packet[1]; /* the report is short */
	receive_all(packet, length);
	keep_report((char *)packet + 2 + strlen(END_TOPIC), (long)(length - 2 - strlen(END_TOPIC)));
}

/* ---- publishing ---- */

static void publish_one_each(void)
{
	size_t room;
	uint8_t *packet = new_buffer(0, &room);
	long i;

	for (i = 0; i < opt.n; i++) {
		send_all(packet, put_packet(packet, SINK_TOPIC, 0));
	}
}

/* A buffer that publishers fill and a writer empties. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	uint8_t *buffer;
	size_t length, room;
	bool sleeping, full, over;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER, .emptied = PTHREAD_COND_INITIALIZER};

static void *write_queue(void *arg)
{
	uint8_t *mine = arg, *batch;
	size_t length;

	for (;;) {
		pthread_mutex_lock(&queue.lock);
		while (queue.length == 0 && !queue.over) {
			queue.sleeping = true;
			pthread_cond_wait(&queue.filled, &queue.lock);
		}
		batch = queue.buffer;
		length = queue.length;
		queue.buffer = mine;
		queue.length = 0;
		mine = batch;
		if (queue.full) {
			queue.full = false;
			pthread_cond_broadcast(&queue.emptied);
		}
		pthread_mutex_unlock(&queue.lock);
		if (length == 0) {
			return NULL;
		}
		send_all(batch, length);
	}
}

static void publish_to_queue(void *client)
{
	bool wake;

	(void)client;
	pthread_mutex_lock(&queue.lock);
	while (queue.length + (size_t)opt.size + 64 > queue.room) {
		queue.full = true;
		pthread_cond_wait(&queue.emptied, &queue.lock);
	}
	queue.length += put_packet(queue.buffer + queue.length, SINK_TOPIC, 0);
	wake = queue.sleeping;
	queue.sleeping = false;
	pthread_mutex_unlock(&queue.lock);
	if (wake) {
		pthread_cond_signal(&queue.filled);
	}
}

static void publish_through_queue(void)
{
	pthread_t writer;

	queue.buffer = new_buffer(ROOM, &queue.room);
	opt.window = LONG_MAX; /* the queue is the limit */
	if (pthread_create(&writer, NULL, write_queue, new_buffer(ROOM, &queue.room)) != 0) {
		fail("pthread_create");
	}
	publish_from_threads(publish_to_queue, NULL);
	pthread_mutex_lock(&queue.lock);
	queue.over = true;
	pthread_mutex_unlock(&queue.lock);
	pthread_cond_signal(&queue.filled);
	pthread_join(writer, NULL);
}

/* Reads answers of four bytes each; sends PUBREL for PUBREC. Returns how many messages are complete by them. */
static long take_answers(void)
{
	static uint8_t in[65536], out[65536];
	static size_t have;
	size_t at, out_length = 0;
	long complete = 0;

	have += receive_some(in + have, sizeof in - have);
	for (at = 0; at + 4 <= have; at += 4) {
		if (in[at] == 0x50) {
			memcpy(out + out_length, in + at, 4);
			out[out_length] = 0x62;
			out_length += 4;
		} else {
			complete++;
		}
	}
	send_all(out, out_length);
	have -= at;
	memmove(in, in + at, have);
	return complete;
}

static void publish_in_bulk(void)
{
	long sent = 0, complete = 0;
	size_t room, length;
	uint8_t *buffer = new_buffer(ROOM, &room);
	uint16_t mid = 0;

	while (complete < opt.n) {
		length = 0;
		while (sent < opt.n && sent - complete < opt.inflight) {
			if (length + (size_t)opt.size + 64 > room) {
				send_all(buffer, length);
				length = 0;
			}
			mid = mid == 65535 ? 1 : (uint16_t)(mid + 1);
			length += put_packet(buffer + length, SINK_TOPIC, mid);
			sent++;
		}
		send_all(buffer, length);
		complete += take_answers();
	}
}

static void run_pub(void)
{
	clock_start();
	if (opt.qos > 0) {
		publish_in_bulk();
	} else if (strcmp(opt.how, "queue") == 0) {
		publish_through_queue();
	} else {
		publish_one_each();
	}
	clock_stop();
	fetch_report();
	result_begin("plain socket");
	result_report(opt.n);
}

/* ---- receiving ---- */

static void on_message(const char *topic, const char *bytes, long length)
{
	if (message_arrived(topic, bytes, length) == LAST) {
		clock_stop();
	}
}

static void (*volatile callback)(const char *topic, const char *bytes, long length) = on_message;

static void subscribe(void)
{
	char filter[64];
	uint8_t packet[128], suback[5];
	size_t length, at = 0;

	source_filter(filter, sizeof filter);
	length = strlen(filter);
	packet[at++] = 0x82;
	packet[at++] = (uint8_t)(5 + length);
	packet[at++] = 0;
	packet[at++] = 1;
	packet[at++] = 0;
	packet[at++] = (uint8_t)length;
	memcpy(packet + at, filter, length);
	at += length;
	packet[at++] = (uint8_t)opt.qos;
	send_all(packet, at);
	receive_all(suback, sizeof suback);
}

/* Takes one packet, whose variable header begins at `body`; appends the answer. */
static size_t take_packet(uint8_t type, uint8_t *body, size_t length, uint8_t *answer)
{
	static const uint8_t answers[] = {0, 0x40, 0x50};
	size_t topic_length = (size_t)body[0] << 8 | body[1];
	int qos = type >> 1 & 3;
	uint8_t *mid = body + 2 + topic_length, *data = mid + (qos ? 2 : 0), after = body[length];

	if ((type & 0xf0) == 0x60) {
		memcpy(answer, (uint8_t[]){0x70, 2, body[0], body[1]}, 4);
		return 4;
	}
	memmove(body + 1, body + 2, topic_length);
	body[1 + topic_length] = '\0';
	body[length] = '\0';
	callback((char *)body + 1, (char *)data, (long)(body + length - data));
	body[length] = after;
	if (qos == 0) {
		return 0;
	}
	memcpy(answer, (uint8_t[]){answers[qos], 2, mid[0], mid[1]}, 4);
	return 4;
}

/* Takes all complete packets; returns the bytes that they were. */
static size_t take_packets(uint8_t *in, size_t have)
{
	static uint8_t answers[ROOM];
	size_t at = 0, header, length, answers_length = 0;

	while (have - at >= 2) {
		header = 1;
		length = 0;
		do {
			length |= (size_t)(in[at + header] & 127) << 7 * (header - 1);
		} while ((in[at + header++] & 128) && at + header < have);
		if ((in[at + header - 1] & 128) || have - at < header + length) {
			break;
		}
		answers_length += take_packet(in[at], in + at + header, length, answers + answers_length);
		at += header + length;
	}
	send_all(answers, answers_length);
	return at;
}

static void run_sub(void)
{
	size_t have = 0, taken, room;
	uint8_t *in = new_buffer(ROOM, &room);

	clock_start();
	subscribe();
	while (arrived.value < opt.n) {
		have += receive_some(in + have, room - have);
		taken = take_packets(in, have);
		have -= taken;
		memmove(in, in + taken, have);
	}
	result_begin("plain socket");
}

/* ---- there and back ---- */

static uint8_t *echo;
static size_t echo_length;

static void send_echo(void *client)
{
	(void)client;
	send_all(echo, put_packet(echo, ECHO_TOPIC, 0));
}

static void receive_echo(void *client, long arrivals)
{
	(void)client;
	(void)arrivals;
	receive_all(echo, echo_length);
}

static void run_rtt(void)
{
	size_t room;

	opt.qos = 0;
	echo = new_buffer(0, &room);
	echo_length = put_packet(echo, ECHO_TOPIC, 0);
	publish_in_turn(send_echo, receive_echo, NULL);
	result_begin("plain socket");
	result_percentiles();
}

int main(int argc, char *argv[])
{
	read_options(argc, argv);
	if (strcmp(opt.scenario, "init") == 0) {
		return 0;
	}
	payload = new_payload();
	open_connection();
	if (strcmp(opt.scenario, "pub") == 0) {
		run_pub();
	} else if (strcmp(opt.scenario, "sub") == 0) {
		run_sub();
	} else if (strcmp(opt.scenario, "rtt") == 0) {
		run_rtt();
	} else {
		fail("unknown scenario %s", opt.scenario);
	}
	result_end();
	return 0;
}
