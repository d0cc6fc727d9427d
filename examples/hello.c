/* Publishes one message and waits until the server has it.
 *
 * Usage: hello HOST PORT
 */
#include <stdio.h>
#include <stdlib.h>

#include <mosquitto.h>

static void on_connect(struct mosquitto *mosq, void *userdata, int rc)
{
	(void)userdata;
	if (rc != 0) {
		fprintf(stderr, "refused: %s\n", mosquitto_connack_string(rc));
		mosquitto_disconnect(mosq);
		return;
	}
	mosquitto_publish(mosq, NULL, "greeting", 5, "hello", 1, false);
}

/* The server has acknowledged it. */
static void on_publish(struct mosquitto *mosq, void *userdata, int mid)
{
	(void)userdata;
	(void)mid;
	printf("published\n");
	mosquitto_disconnect(mosq);
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int rc;

	if (argc != 3) {
		fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
		return 2;
	}
	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, NULL);
	if (mosq == NULL) {
		perror("mosquitto_new");
		return 1;
	}
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_publish_callback_set(mosq, on_publish);

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
