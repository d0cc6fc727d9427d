/* Receives also what was published while it was not there: the server keeps its subscription and its messages.
 *
 * Usage: session HOST PORT ID FILTER COUNT
 *
 * Ends after COUNT messages; 0 only subscribes. Start it again with the same ID to get what has come meanwhile.
 */
#include <stdio.h>
#include <stdlib.h>

#include <mosquitto.h>

struct job {
	const char *filter;
	int left;
};

static void on_connect(struct mosquitto *mosq, void *userdata, int rc, int flags)
{
	struct job *job = userdata;

	if (rc != 0) {
		fprintf(stderr, "refused: %s\n", mosquitto_connack_string(rc));
		job->left = -1;
		mosquitto_disconnect(mosq);
	} else if (flags & 1) {
		printf("the server knows us\n");
	} else {
		printf("the server does not know us\n");
		/* QoS 1 or 2: messages with QoS 0 are not kept for who is away. */
		mosquitto_subscribe(mosq, NULL, job->filter, 1);
	}
	fflush(stdout);
}

static void on_subscribe(struct mosquitto *mosq, void *userdata, int mid, int count, const int *granted)
{
	struct job *job = userdata;

	(void)mid;
	(void)count;
	(void)granted;
	if (job->left == 0) {
		mosquitto_disconnect(mosq);
	}
}

static void on_message(struct mosquitto *mosq, void *userdata, const struct mosquitto_message *message)
{
	struct job *job = userdata;

	if (job->left <= 0) {
		return;
	}
	printf("%s: %.*s\n", message->topic, message->payloadlen, (const char *)message->payload);
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

	if (argc != 6) {
		fprintf(stderr, "usage: %s HOST PORT ID FILTER COUNT\n", argv[0]);
		return 2;
	}
	job.filter = argv[4];
	job.left = atoi(argv[5]);

	mosquitto_lib_init();
	/* An identifier of our own and false: by them the server finds our session again. */
	mosq = mosquitto_new(argv[3], false, &job);
	if (mosq == NULL) {
		perror("mosquitto_new");
		return 1;
	}
	mosquitto_connect_with_flags_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_message_callback_set(mosq, on_message);

	rc = mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_loop_forever(mosq, -1, 1);
	}
	if (rc != MOSQ_ERR_SUCCESS) {
		fprintf(stderr, "%s\n", mosquitto_strerror(rc));
	}
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return rc == MOSQ_ERR_SUCCESS && job.left == 0 ? 0 : 1;
}
