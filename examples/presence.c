/* Tells others whether this program is there: "online" while it is connected, "offline" when it has gone, also if it
 * went without a word.
 *
 * Usage: presence HOST PORT TOPIC
 *
 * The messages are retained, so that who subscribes later learns the state at once. Ends when its input ends.
 */
#include <stdio.h>
#include <stdlib.h>

#include <mosquitto.h>

static const char *topic;
static int last; /* the number of the last message */

static void on_connect(struct mosquitto *mosq, void *userdata, int rc)
{
	(void)userdata;
	if (rc != 0) {
		fprintf(stderr, "refused: %s\n", mosquitto_connack_string(rc));
		return;
	}
	/* At each connection: after a lost one the server has published the will. */
	mosquitto_publish(mosq, NULL, topic, 6, "online", 1, true);
}

static void on_publish(struct mosquitto *mosq, void *userdata, int mid)
{
	(void)userdata;
	printf("told\n");
	fflush(stdout);
	if (mid == last) {
		mosquitto_disconnect(mosq);
	}
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int rc;

	if (argc != 4) {
		fprintf(stderr, "usage: %s HOST PORT TOPIC\n", argv[0]);
		return 2;
	}
	topic = argv[3];
	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, NULL);
	if (mosq == NULL) {
		perror("mosquitto_new");
		return 1;
	}
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_publish_callback_set(mosq, on_publish);

	/* Before connecting: the server gets it with the first packet, and publishes it when the connection breaks. */
	rc = mosquitto_will_set(mosq, topic, 7, "offline", 1, true);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_connect(mosq, argv[1], atoi(argv[2]), 10);
	}
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_loop_start(mosq);
	}
	if (rc == MOSQ_ERR_SUCCESS) {
		while (getchar() != EOF) {
		}
		/* A proper DISCONNECT cancels the will, so this is said by hand. */
		mosquitto_publish(mosq, &last, topic, 7, "offline", 1, true);
		mosquitto_loop_stop(mosq, false);
	} else {
		fprintf(stderr, "%s\n", mosquitto_strerror(rc));
	}
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return rc == MOSQ_ERR_SUCCESS ? 0 : 1;
}
