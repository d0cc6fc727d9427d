/* Asks a question and waits for the answer (MQTT 5); the other half is respond.c.
 *
 * Usage: request HOST PORT TOPIC TEXT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mosquitto.h>

struct question {
	const char *topic;
	const char *text;
	char answer_topic[64];
	char number[16]; /* by which the answer is known again */
	bool answered;
};

static void on_connect(struct mosquitto *mosq, void *userdata, int rc, int flags, const mosquitto_property *props)
{
	struct question *question = userdata;

	(void)flags;
	(void)props;
	if (rc != 0) {
		fprintf(stderr, "requester: refused: %s\n", mosquitto_reason_string(rc));
		mosquitto_disconnect(mosq);
		return;
	}
	mosquitto_subscribe(mosq, NULL, question->answer_topic, 1);
}

/* Only now may the answer come. */
static void on_subscribe(struct mosquitto *mosq, void *userdata, int mid, int count, const int *granted)
{
	struct question *question = userdata;
	mosquitto_property *props = NULL;
	int rc;

	(void)mid;
	(void)count;
	(void)granted;
	rc = mosquitto_property_add_string(&props, MQTT_PROP_RESPONSE_TOPIC, question->answer_topic);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_property_add_binary(&props, MQTT_PROP_CORRELATION_DATA, question->number,
				(uint16_t)strlen(question->number));
	}
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_publish_v5(mosq, NULL, question->topic, (int)strlen(question->text), question->text, 1,
				false, props);
	}
	mosquitto_property_free_all(&props);
	if (rc != MOSQ_ERR_SUCCESS) {
		fprintf(stderr, "requester: %s\n", mosquitto_strerror(rc));
		mosquitto_disconnect(mosq);
	}
}

static void on_message(struct mosquitto *mosq, void *userdata, const struct mosquitto_message *message,
		const mosquitto_property *props)
{
	struct question *question = userdata;
	void *number = NULL;
	uint16_t len = 0;

	mosquitto_property_read_binary(props, MQTT_PROP_CORRELATION_DATA, &number, &len, false);
	if (len == strlen(question->number) && memcmp(number, question->number, len) == 0) {
		printf("requester: %.*s\n", message->payloadlen, (const char *)message->payload);
		question->answered = true;
		mosquitto_disconnect(mosq);
	}
	free(number);
}

int main(int argc, char *argv[])
{
	struct question question = { 0 };
	struct mosquitto *mosq;
	int rc;

	if (argc != 5) {
		fprintf(stderr, "usage: %s HOST PORT TOPIC TEXT\n", argv[0]);
		return 2;
	}
	question.topic = argv[3];
	question.text = argv[4];
	snprintf(question.answer_topic, sizeof(question.answer_topic), "answers/%ld", (long)getpid());
	snprintf(question.number, sizeof(question.number), "1");

	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, &question);
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	mosquitto_connect_v5_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_message_v5_callback_set(mosq, on_message);
	rc = mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60);
	rc = rc == MOSQ_ERR_SUCCESS ? mosquitto_loop_forever(mosq, -1, 1) : rc;
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return rc == MOSQ_ERR_SUCCESS && question.answered ? 0 : 1;
}
