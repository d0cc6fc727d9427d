/* A client that does one thing many times, to count what it costs (scripts/shows.sh).
 *
 * Usage: burst publish|publish-start|publish-callback|receive|receive-late COUNT PORT
 *
 *   publish           one thread: COUNT QoS 0 messages at once, then mosquitto_loop() until all are written
 *   publish-start     mosquitto_loop_start(), the messages come from main()
 *   publish-callback  the messages come from inside on_connect
 *   receive           prints "ready", then takes COUNT messages in mosquitto_loop_forever()
 *   receive-late      the same, but reads nothing between "ready" and a line on stdin: the messages are there before
 *
 * With COUNT 0 it only connects and disconnects: the difference of two runs is the cost of the messages. Uses what
 * libmosquitto 2.0 has, so that the same program runs on any library.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mosquitto.h>

static const char topic[] = "burst/of/messages";
static const char payload[] = "sixteen bytes...";

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool connected, in_callback, receiving, late;
static int count, done;

static void check(int rc, const char *what)
{
	if (rc != MOSQ_ERR_SUCCESS) {
		fprintf(stderr, "burst: %s: %s\n", what, mosquitto_strerror(rc));
		exit(1);
	}
}

static void publish(struct mosquitto *mosq)
{
	int i;

	for (i = 0; i < count; i++) {
		check(mosquitto_publish(mosq, NULL, topic, 16, payload, 0, false), "publish");
	}
}

static void on_connect(struct mosquitto *mosq, void *userdata, int rc)
{
	(void)userdata;
	if (rc != 0) {
		fprintf(stderr, "burst: %s\n", mosquitto_connack_string(rc));
		exit(1);
	}
	if (receiving) {
		check(mosquitto_subscribe(mosq, NULL, topic, 0), "subscribe");
	} else if (in_callback) {
		publish(mosq);
	}
	pthread_mutex_lock(&lock);
	connected = true;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

static void on_subscribe(struct mosquitto *mosq, void *userdata, int mid, int codes, const int *granted)
{
	(void)userdata;
	(void)mid;
	(void)codes;
	(void)granted;
	printf("ready\n");
	fflush(stdout);
	if (late) {
		getchar();
	}
	if (count == 0) {
		mosquitto_disconnect(mosq);
	}
}

static void on_message(struct mosquitto *mosq, void *userdata, const struct mosquitto_message *message)
{
	(void)userdata;
	if (message->payloadlen != 16 || memcmp(message->payload, payload, 16) != 0) {
		fprintf(stderr, "burst: a message is not what was sent\n");
		exit(1);
	}
	if (++done == count) {
		mosquitto_disconnect(mosq);
	}
}

static void on_publish(struct mosquitto *mosq, void *userdata, int mid)
{
	(void)mosq;
	(void)userdata;
	(void)mid;
	pthread_mutex_lock(&lock);
	if (++done == count) {
		pthread_cond_signal(&changed);
	}
	pthread_mutex_unlock(&lock);
}

static void in_own_thread(struct mosquitto *mosq)
{
	while (!connected) {
		check(mosquitto_loop(mosq, -1, 1), "loop");
	}
	if (!in_callback) {
		publish(mosq);
	}
	while (done < count) {
		check(mosquitto_loop(mosq, -1, 1), "loop");
	}
	mosquitto_disconnect(mosq);
}

static void with_network_thread(struct mosquitto *mosq)
{
	check(mosquitto_loop_start(mosq), "loop_start");
	pthread_mutex_lock(&lock);
	while (!connected) {
		pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
	publish(mosq);
	pthread_mutex_lock(&lock);
	while (done < count) {
		pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
	mosquitto_disconnect(mosq);
	mosquitto_loop_stop(mosq, false);
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	const char *mode;

	if (argc != 4) {
		fprintf(stderr, "usage: %s MODE COUNT PORT\n", argv[0]);
		return 2;
	}
	mode = argv[1];
	count = atoi(argv[2]);
	late = strcmp(mode, "receive-late") == 0;
	receiving = late || strcmp(mode, "receive") == 0;
	in_callback = strcmp(mode, "publish-callback") == 0;

	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, NULL);
	if (mosq == NULL) {
		perror("burst");
		return 1;
	}
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_message_callback_set(mosq, on_message);
	mosquitto_publish_callback_set(mosq, on_publish);
	check(mosquitto_connect(mosq, "127.0.0.1", atoi(argv[3]), 600), "connect");
	if (receiving) {
		check(mosquitto_loop_forever(mosq, -1, 1), "loop_forever");
	} else if (strcmp(mode, "publish-start") == 0) {
		with_network_thread(mosq);
	} else {
		in_own_thread(mosq);
	}
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return done == count ? 0 : 1;
}
