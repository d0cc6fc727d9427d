/* Publishes through a WebSocket, as to servers that are reached by HTTP only.
 *
 * Usage: websocket HOST PORT PATH
 */
#include <stdio.h>
#include <stdlib.h>

#include <mosquitto.h>
#include <mosquitto/extensions.h>

static void on_connect(struct mosquitto *mosq, void *userdata, int rc)
{
	(void)userdata;
	if (rc != 0) {
		fprintf(stderr, "refused: %s\n", mosquitto_connack_string(rc));
		mosquitto_disconnect(mosq);
		return;
	}
	mosquitto_publish(mosq, NULL, "web/greeting", 5, "hello", 1, false);
}

static void on_publish(struct mosquitto *mosq, void *userdata, int mid)
{
	(void)userdata;
	(void)mid;
	printf("published through a WebSocket\n");
	mosquitto_disconnect(mosq);
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int rc;

	if (argc != 4) {
		fprintf(stderr, "usage: %s HOST PORT PATH\n", argv[0]);
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

	/* Libmosquitto before 2.1 does not know these options, and says MOSQ_ERR_INVAL. With mosquitto_tls_set() before
	 * connecting it would be wss:// instead of ws://. */
	rc = mosquitto_int_option(mosq, MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_string_option(mosq, MOSQ_OPT_HTTP_PATH, argv[3]);
	}
	if (rc == MOSQ_ERR_SUCCESS) {
		/* Only libmosquitto-rs knows this one: other implementations go without it. */
		mosquitto_string_option(mosq, MOSQ_OPT_X_HTTP_HEADERS, "User-Agent: websocket.c");
		rc = mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60);
	}
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
