/* Prints the messages that arrive, and ends after a number of them.
 *
 * Usage: subscribe HOST PORT FILTER COUNT
 *
 * One thread: mosquitto_loop_forever() does everything, the callbacks run inside it.
 */
#include <stdio.h>
#include <stdlib.h>

#include <mosquitto.h>

struct job {
	const char *filter;
	int left;
};

static void on_connect(struct mosquitto *mosq, void *userdata, int rc)
{
	struct job *job = userdata;

	if (rc != 0) {
		fprintf(stderr, "subscriber: refused: %s\n", mosquitto_connack_string(rc));
		job->left = -1;
		mosquitto_disconnect(mosq);
		return;
	}
	/* Here rather than after connecting: so the subscription is made again after a lost connection. */
	mosquitto_subscribe(mosq, NULL, job->filter, 2);
}

static void on_subscribe(struct mosquitto *mosq, void *userdata, int mid, int count, const int *granted)
{
	struct job *job = userdata;

	(void)mosq;
	(void)mid;
	if (count == 1 && granted[0] <= 2) {
		printf("subscriber: subscribed to %s at QoS %d\n", job->filter, granted[0]);
		fflush(stdout);
	}
}

static void on_message(struct mosquitto *mosq, void *userdata, const struct mosquitto_message *message)
{
	struct job *job = userdata;

	printf("subscriber: %s, QoS %d: %.*s\n", message->topic, message->qos, message->payloadlen,
			(const char *)message->payload);
	fflush(stdout);
	if (--job->left == 0) {
		mosquitto_disconnect(mosq);
	}
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	struct job job;
	int rc;

	if (argc != 5) {
		fprintf(stderr, "usage: %s HOST PORT FILTER COUNT\n", argv[0]);
		return 2;
	}
	job.filter = argv[3];
	job.left = atoi(argv[4]);

	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, &job);
	if (mosq == NULL) {
		perror("subscriber");
		return 1;
	}
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_message_callback_set(mosq, on_message);

	rc = mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_loop_forever(mosq, -1, 1);
	}
	if (rc != MOSQ_ERR_SUCCESS) {
		fprintf(stderr, "subscriber: %s\n", mosquitto_strerror(rc));
	}
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return rc == MOSQ_ERR_SUCCESS && job.left == 0 ? 0 : 1;
}
