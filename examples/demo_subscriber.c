/* The receiving half of `make demo`: subscribes at QoS 2 and prints what arrives until it has COUNT messages.
 *
 * demo_subscriber HOST PORT TOPIC COUNT
 *
 * An ordinary program for libmosquitto: nothing in it knows which library it runs on.
 */
#include <stdio.h>
#include <stdlib.h>

#include <mosquitto.h>

struct demo {
	const char *topic;
	int wanted;
	int received;
};

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	struct demo *demo = obj;

	if(rc){
		fprintf(stderr, "subscriber: refused: %s\n", mosquitto_connack_string(rc));
		mosquitto_disconnect(mosq);
		return;
	}
	mosquitto_subscribe(mosq, NULL, demo->topic, 2);
}

static void on_subscribe(struct mosquitto *mosq, void *obj, int mid, int count, const int *granted)
{
	struct demo *demo = obj;

	(void)mosq;
	(void)mid;
	(void)count;
	printf("subscriber: ready on %s, QoS %d granted\n", demo->topic, granted[0]);
	fflush(stdout);
}

static void on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	struct demo *demo = obj;

	printf("subscriber: QoS %d  %s  %s\n", message->qos, message->topic, (char *)message->payload);
	fflush(stdout);
	if(++demo->received == demo->wanted) mosquitto_disconnect(mosq);
}

int main(int argc, char *argv[])
{
	struct demo demo = {NULL, 0, 0};
	struct mosquitto *mosq;
	int rc;

	if(argc != 5){
		fprintf(stderr, "usage: %s HOST PORT TOPIC COUNT\n", argv[0]);
		return 2;
	}
	demo.topic = argv[3];
	demo.wanted = atoi(argv[4]);
	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, &demo);
	if(!mosq) return 1;
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_message_callback_set(mosq, on_message);
	rc = mosquitto_connect(mosq, argv[1], atoi(argv[2]), 30);
	if(rc == MOSQ_ERR_SUCCESS) rc = mosquitto_loop_forever(mosq, -1, 1);
	if(rc) fprintf(stderr, "subscriber: %s\n", mosquitto_strerror(rc));
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return rc || demo.received < demo.wanted;
}
