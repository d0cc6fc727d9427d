/* Starts and stops the network thread again and again: `rounds PORT ROUNDS`.
 *
 * One round in each situation in turn. No call fails, and in the end there are as many threads and descriptors as before.
 */
#include "threads.h"

static int port;

static void unconnected(struct mosquitto *mosq, int round)
{
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_loop_stop(mosq, round & 1), 0);
}

/* The connection outlives many threads. */
static void connected(struct mosquitto *mosq, int round)
{
	if(mosquitto_socket(mosq) < 0) EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	EQUAL(mosquitto_loop_start(mosq), 0);
	if(round & 2) EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 0, false), 0);
	EQUAL(mosquitto_loop_stop(mosq, round & 1), 0);
}

/* Both ends of the race between the thread's own end and the stop. */
static void disconnected(struct mosquitto *mosq, int round)
{
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	EQUAL(mosquitto_loop_start(mosq), 0);
	if(round & 2) sched_yield();
	EQUAL(mosquitto_disconnect(mosq), 0);
	if(round & 4) usleep((unsigned)round % 500);
	EQUAL(mosquitto_loop_stop(mosq, false), 0);
	EQUAL(mosquitto_socket(mosq), -1);
}

static void backing_off(struct mosquitto *mosq, int round)
{
	EQUAL(mosquitto_loop_start(mosq), 0);
	if(round & 2) usleep(100);
	EQUAL(mosquitto_loop_stop(mosq, round & 1), 0);
}

static void connecting(struct mosquitto *mosq, int round)
{
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_connect_async(mosq, "127.0.0.1", port, 60), 0);
	if(round & 2) usleep(50);
	EQUAL(mosquitto_loop_stop(mosq, round & 1), 0);
}

static void (*const situations[])(struct mosquitto *, int) = {
	unconnected, connected, disconnected, backing_off, connecting
};

#define SITUATIONS ((int)(sizeof(situations) / sizeof(situations[0])))

int main(int argc, char *argv[])
{
	struct mosquitto *clients[SITUATIONS];
	int rounds = atoi(argv[2]), i, threads, descriptors;
	double begun, longest = 0;

	(void)argc;
	port = atoi(argv[1]);
	mosquitto_lib_init();
	threads = count_threads();
	descriptors = count_descriptors();
	for(i = 0; i < SITUATIONS; i++){
		clients[i] = mosquitto_new(NULL, true, NULL);
		mosquitto_reconnect_delay_set(clients[i], 30, 30, false);
	}
	mosquitto_connect(clients[3], "127.0.0.1", refused_port(), 60);
	begun = now_ms();
	for(i = 0; i < rounds; i++){
		double round = now_ms();

		situations[i % SITUATIONS](clients[i % SITUATIONS], i / SITUATIONS);
		if(now_ms() - round > longest) longest = now_ms() - round;
		/* A client lives for many rounds, and not for ever. */
		if(i % 1000 == 999){
			mosquitto_destroy(clients[2]);
			clients[2] = mosquitto_new(NULL, true, NULL);
		}
	}
	printf("rounds %d\nmilliseconds %.0f\nlongest %.1f\n", rounds, now_ms() - begun, longest);
	for(i = 0; i < SITUATIONS; i++) mosquitto_destroy(clients[i]);
	EQUAL(count_threads(), threads);
	EQUAL(count_descriptors(), descriptors);
	mosquitto_lib_cleanup();
	return failures != 0;
}
