/* One of a group of workers: the server gives each job to one of them (MQTT 5 shared subscription).
 *
 * Usage: worker HOST PORT GROUP TOPIC
 *
 * Jobs are the messages below TOPIC/; a message under GROUP/stop, which every worker gets, ends it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mosquitto.h>

struct group {
	char jobs[256];
	char stop[256];
};

static void on_connect(struct mosquitto *mosq, void *userdata, int rc, int flags, const mosquitto_property *props)
{
	struct group *group = userdata;
	char *filters[] = { group->jobs, group->stop };

	(void)flags;
	(void)props;
	if (rc != 0) {
		fprintf(stderr, "refused: %s\n", mosquitto_reason_string(rc));
		mosquitto_disconnect(mosq);
		return;
	}
	mosquitto_subscribe_multiple(mosq, NULL, 2, filters, 1, 0, NULL);
}

static void on_subscribe(struct mosquitto *mosq, void *userdata, int mid, int count, const int *granted)
{
	(void)mid;
	(void)userdata;
	if (count != 2 || granted[0] >= 128 || granted[1] >= 128) {
		fprintf(stderr, "the server does not share subscriptions\n");
		mosquitto_disconnect(mosq);
		return;
	}
	printf("ready\n");
	fflush(stdout);
}

/* The message has been acknowledged before this is called: a job that kills its worker is not given to another one. */
static void on_message(struct mosquitto *mosq, void *userdata, const struct mosquitto_message *message)
{
	struct group *group = userdata;

	if (strcmp(message->topic, group->stop) == 0) {
		mosquitto_disconnect(mosq);
		return;
	}
	printf("job %.*s\n", message->payloadlen, (const char *)message->payload);
	fflush(stdout);
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	struct group group;
	int rc;

	if (argc != 5) {
		fprintf(stderr, "usage: %s HOST PORT GROUP TOPIC\n", argv[0]);
		return 2;
	}
	snprintf(group.jobs, sizeof(group.jobs), "$share/%s/%s/#", argv[3], argv[4]);
	snprintf(group.stop, sizeof(group.stop), "%s/stop", argv[3]);

	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, &group);
	if (mosq == NULL) {
		perror("mosquitto_new");
		return 1;
	}
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	/* One job at a time: a slow worker gets fewer. */
	mosquitto_int_option(mosq, MOSQ_OPT_RECEIVE_MAXIMUM, 1);
	mosquitto_connect_v5_callback_set(mosq, on_connect);
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
	return rc == MOSQ_ERR_SUCCESS ? 0 : 1;
}
