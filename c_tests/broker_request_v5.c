/* A real broker, MQTT 5: a request with response topic and correlation data, and its answer; properties pass through.
 *
 * @peer broker
 */
#include "common.h"

static void answer(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message, const mosquitto_property *props)
{
	mosquitto_property *out = NULL;
	char *topic = NULL;
	void *data = NULL;
	uint16_t len = 0;

	print_message_v5(mosq, obj, message, props);
	mosquitto_property_read_string(props, MQTT_PROP_RESPONSE_TOPIC, &topic, false);
	mosquitto_property_read_binary(props, MQTT_PROP_CORRELATION_DATA, &data, &len, false);
	mosquitto_property_add_binary(&out, MQTT_PROP_CORRELATION_DATA, data, len);
	mosquitto_property_add_string_pair(&out, MQTT_PROP_USER_PROPERTY, "status", "fine");
	CALL(mosquitto_publish_v5(mosq, NULL, topic, 6, "answer", 1, false, out));
	mosquitto_property_free_all(&out);
	free(topic);
	free(data);
}

int main(int argc, char *argv[])
{
	struct mosquitto *asker, *server;
	mosquitto_property *props = NULL;

	(void)argc;
	mosquitto_lib_init();
	server = mosquitto_new("server", true, NULL);
	mosquitto_int_option(server, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	mosquitto_connect_callback_set(server, print_connect);
	mosquitto_subscribe_callback_set(server, print_subscribe);
	mosquitto_publish_callback_set(server, print_publish);
	mosquitto_disconnect_callback_set(server, print_disconnect);
	mosquitto_message_v5_callback_set(server, answer);
	NAMED("mosquitto_connect", mosquitto_connect(server, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(server, seen.connect == 1);
	CALL(mosquitto_subscribe(server, NULL, "broker_request/question", 1));
	LOOP_UNTIL(server, seen.subscribe == 1);

	asker = mosquitto_new("asker", true, NULL);
	mosquitto_int_option(asker, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	mosquitto_connect_callback_set(asker, print_connect);
	mosquitto_subscribe_v5_callback_set(asker, print_subscribe_v5);
	mosquitto_subscribe_callback_set(asker, print_subscribe);
	mosquitto_message_callback_set(asker, print_message);
	mosquitto_message_v5_callback_set(asker, print_message_v5);
	mosquitto_disconnect_callback_set(asker, print_disconnect);
	NAMED("mosquitto_connect", mosquitto_connect(asker, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(asker, seen.connect == 2);
	mosquitto_property_add_varint(&props, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 42);
	CALL(mosquitto_subscribe_v5(asker, NULL, "broker_request/answer", 1, 0, props));
	mosquitto_property_free_all(&props);
	LOOP_UNTIL(asker, seen.subscribe == 2);
	mosquitto_property_add_string(&props, MQTT_PROP_RESPONSE_TOPIC, "broker_request/answer");
	mosquitto_property_add_binary(&props, MQTT_PROP_CORRELATION_DATA, "\1\2\3", 3);
	CALL(mosquitto_publish_v5(asker, NULL, "broker_request/question", 8, "question", 1, false, props));
	mosquitto_property_free_all(&props);
	LOOP_UNTIL(server, seen.publish == 1);
	LOOP_UNTIL(asker, seen.message == 1);
	leave(asker);
	leave(server);
	mosquitto_destroy(asker);
	mosquitto_destroy(server);
	mosquitto_lib_cleanup();
	return 0;
}
