/* Messages at QoS 2 in both directions while the connection breaks again and again, each time at another byte.
 *
 *   exactly_once port driver cuts seed
 *
 * `driver` is loop or external. The server sends a message for each that it gets. Prints `published N` (payloads number 0 to N-1, see `payload_of`),
 * `cuts N`, and behind `numbered` how often each message of the server came.
 */
#include <poll.h>

#include "../threads/threads.h"
#include "faults.h"

#define AHEAD 15
#define NUMBERED 200000
#define BYTES 600

static unsigned char numbered[NUMBERED];
static unsigned char done[65536];
static long published, complete, again;
static int tag;
static uint64_t seed;

static long random_below(long below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (long)(seed * 0x2545f4914f6cdd1du >> 33) % below;
}

/* Counts a completion; a second one for the same message would find its identifier free. */
static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj;
	if(done[mid]){
		done[mid] = 0;
		complete++;
	}else{
		again++;
	}
}

static void on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	const unsigned char *number = message->payload;
	long at;

	(void)mosq; (void)obj;
	if(strcmp(message->topic, "numbered") || message->payloadlen != 4) return;
	at = number[1] << 16 | number[2] << 8 | number[3];
	if(at < NUMBERED && numbered[at] < 9) numbered[at]++;
}

static void publish(struct mosquitto *mosq)
{
	unsigned char payload[7] = {(unsigned char)(tag >> 8), (unsigned char)tag, (unsigned char)(published >> 24),
		(unsigned char)(published >> 16), (unsigned char)(published >> 8), (unsigned char)published, 2};
	int mid = 0, rc;

	rc = mosquitto_publish(mosq, &mid, "topic", sizeof(payload), payload, 2, false);
	/* Whatever it says of the connection, the message is accepted. */
	CHECK(rc == 0 || rc == MOSQ_ERR_NO_CONN || rc == MOSQ_ERR_CONN_LOST || rc == MOSQ_ERR_ERRNO);
	CHECK(mid > 0 && !done[mid]);
	done[mid] = 1;
	published++;
}

static void turn(struct mosquitto *mosq, bool external)
{
	struct pollfd entry = {mosquitto_socket(mosq), POLLIN, 0};
	struct timespec wait = {0, 20000000};
	int rc = 0;

	if(!external){
		rc = mosquitto_loop(mosq, 20, 1);
	}else{
		if(mosquitto_want_write(mosq)) entry.events |= POLLOUT;
		if(entry.fd >= 0 && ppoll(&entry, 1, &wait, NULL) > 0){
			if(entry.revents & ~POLLOUT) rc = mosquitto_loop_read(mosq, 1);
			if(!rc && entry.revents & POLLOUT) rc = mosquitto_loop_write(mosq, 1);
		}
		if(!rc) rc = mosquitto_loop_misc(mosq);
	}
	if(mosquitto_socket(mosq) < 0) mosquitto_reconnect(mosq);
}

int main(int argc, char *argv[])
{
	char id[40];
	long cuts, i, last = 0, armed;
	bool external;
	struct mosquitto *mosq;
	double progress;

	if(argc != 5 || !&fault) return 2;
	external = !strcmp(argv[2], "external");
	cuts = atol(argv[3]);
	seed = (uint64_t)atol(argv[4]) * 2654435761u + 1;
	tag = (int)getpid() & 0xffff;
	mosquitto_lib_init();
	snprintf(id, sizeof(id), "once-%d", tag);
	mosq = mosquitto_new(id, false, NULL);
	mosquitto_publish_callback_set(mosq, on_publish);
	mosquitto_message_callback_set(mosq, on_message);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", atoi(argv[1]), 60), 0);
	progress = now_ms();
	for(armed = -1; fault.cuts < cuts || complete < published;){
		if(fault.cuts < cuts){
			if(armed != fault.cuts){
				armed = fault.cuts;
				progress = now_ms();
				fault.cut_sent = random_below(2) ? 1 + random_below(BYTES) : -1;
				fault.cut_received = fault.cut_sent < 0 ? 1 + random_below(BYTES) : -1;
			}
			while(published - complete < AHEAD) publish(mosq);
		}
		turn(mosq, external);
		if(now_ms() - progress > 2 * LIMIT_MS){
			failed(__FILE__, __LINE__, "%ld of %ld complete after %ld cuts", complete, published, (long)fault.cuts);
			break;
		}
	}
	/* What the server still has for us. */
	progress = now_ms();
	while(now_ms() - progress < 100) turn(mosq, external);
	EQUAL((int)again, 0);
	mosquitto_disconnect(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	for(i = 0; i < NUMBERED; i++){
		if(numbered[i]) last = i + 1;
	}
	printf("published %d %ld\ncuts %ld\nclient %s\nnumbered ", tag, published, (long)fault.cuts, id);
	for(i = 0; i < last; i++) putchar('0' + numbered[i]);
	putchar('\n');
	return failures != 0;
}
