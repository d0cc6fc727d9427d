/* The sending half of `make demo`: publishes COUNT messages at each QoS and waits until all of them are complete.
 *
 * demo_publisher HOST PORT TOPIC COUNT
 *
 * An ordinary program for libmosquitto: nothing in it knows which library it runs on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mosquitto.h>

struct demo {
	const char *topic;
	int each;
	int complete;
};

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	struct demo *demo = obj;
	char text[64];
	int qos, i, mid;

	if(rc){
		fprintf(stderr, "publisher: refused: %s\n", mosquitto_connack_string(rc));
		mosquitto_disconnect(mosq);
		return;
	}
	for(qos = 0; qos <= 2; qos++){
		for(i = 1; i <= demo->each; i++){
			snprintf(text, sizeof(text), "message %d of %d", i, demo->each);
			mosquitto_publish(mosq, &mid, demo->topic, (int)strlen(text), text, qos, false);
			printf("publisher:  QoS %d  %s  %s (mid %d)\n", qos, demo->topic, text, mid);
		}
	}
	fflush(stdout);
}

static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	struct demo *demo = obj;

	(void)mid;
	if(++demo->complete == 3 * demo->each) mosquitto_disconnect(mosq);
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
	demo.each = atoi(argv[4]);
	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, &demo);
	if(!mosq) return 1;
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_publish_callback_set(mosq, on_publish);
	rc = mosquitto_connect(mosq, argv[1], atoi(argv[2]), 30);
	if(rc == MOSQ_ERR_SUCCESS) rc = mosquitto_loop_forever(mosq, -1, 1);
	if(rc) fprintf(stderr, "publisher: %s\n", mosquitto_strerror(rc));
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	if(rc == 0) printf("publisher:  all %d complete\n", demo.complete);
	return rc || demo.complete < 3 * demo.each;
}
