/* Answers requests (MQTT 5): turns what arrives under a topic into capitals and sends it where the request says.
 *
 * Usage: respond HOST PORT TOPIC COUNT
 *
 * The other half is request.c. A request names the topic for the answer (Response Topic) and carries data by which the
 * requester knows its answer again (Correlation Data).
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mosquitto.h>

struct job {
	const char *topic;
	int left; /* requests to answer */
};

static void on_connect(struct mosquitto *mosq, void *userdata, int rc, int flags, const mosquitto_property *props)
{
	struct job *job = userdata;

	(void)flags;
	(void)props;
	if (rc != 0) {
		fprintf(stderr, "responder: refused: %s\n", mosquitto_reason_string(rc));
		mosquitto_disconnect(mosq);
		return;
	}
	mosquitto_subscribe(mosq, NULL, job->topic, 1);
}

static void on_subscribe(struct mosquitto *mosq, void *userdata, int mid, int count, const int *granted)
{
	(void)mosq;
	(void)userdata;
	(void)mid;
	(void)count;
	printf("responder: ready (%d)\n", granted[0]);
	fflush(stdout);
}

static void answer(struct mosquitto *mosq, const struct mosquitto_message *message, const char *topic,
		const void *data, uint16_t len)
{
	mosquitto_property *props = NULL;
	char *text = malloc((size_t)message->payloadlen + 1);
	int i, rc;

	if (text == NULL) {
		return;
	}
	for (i = 0; i < message->payloadlen; i++) {
		text[i] = (char)toupper(((const unsigned char *)message->payload)[i]);
	}
	rc = mosquitto_property_add_binary(&props, MQTT_PROP_CORRELATION_DATA, data, len);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_publish_v5(mosq, NULL, topic, message->payloadlen, text, 1, false, props);
	}
	if (rc != MOSQ_ERR_SUCCESS) {
		fprintf(stderr, "responder: %s\n", mosquitto_strerror(rc));
	}
	mosquitto_property_free_all(&props);
	free(text);
}

static void on_message(struct mosquitto *mosq, void *userdata, const struct mosquitto_message *message,
		const mosquitto_property *props)
{
	struct job *job = userdata;
	char *topic = NULL;
	void *data = NULL;
	uint16_t len = 0;

	/* Both are copies, which the caller frees. A request without a topic for the answer wants none. */
	mosquitto_property_read_string(props, MQTT_PROP_RESPONSE_TOPIC, &topic, false);
	mosquitto_property_read_binary(props, MQTT_PROP_CORRELATION_DATA, &data, &len, false);
	if (topic != NULL) {
		answer(mosq, message, topic, data, len);
		job->left--;
	}
	free(topic);
	free(data);
}

/* An answer has arrived at the server. */
static void on_publish(struct mosquitto *mosq, void *userdata, int mid)
{
	(void)mid;
	if (((struct job *)userdata)->left == 0) {
		mosquitto_disconnect(mosq);
	}
}

int main(int argc, char *argv[])
{
	struct job job = { argc == 5 ? argv[3] : NULL, argc == 5 ? atoi(argv[4]) : 0 };
	struct mosquitto *mosq;
	int rc;

	if (argc != 5) {
		fprintf(stderr, "usage: %s HOST PORT TOPIC COUNT\n", argv[0]);
		return 2;
	}
	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, &job);
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	mosquitto_connect_v5_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_message_v5_callback_set(mosq, on_message);
	mosquitto_publish_callback_set(mosq, on_publish);
	rc = mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60);
	rc = rc == MOSQ_ERR_SUCCESS ? mosquitto_loop_forever(mosq, -1, 1) : rc;
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return rc == MOSQ_ERR_SUCCESS && job.left == 0 ? 0 : 1;
}
