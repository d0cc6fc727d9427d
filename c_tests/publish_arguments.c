/* Arguments of publish that are refused, and in which order they are looked at.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20[00 00 []]
 * -> 30[s"ok" [] "x"]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;
	char *big = calloc(1, 70000);
	int mid = -7;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("args", true, MQTT_PROTOCOL_V311);
	mosquitto_property_add_int32(&props, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, 1);
	CALL(mosquitto_publish_v5(mosq, &mid, "a", 1, "x", 0, false, props));
	mosquitto_property_free_all(&props);
	mosquitto_destroy(mosq);

	mosq = connected_client(argv, "args", true, MQTT_PROTOCOL_V5);
	CALL(mosquitto_publish(NULL, &mid, "a", 1, "x", 0, false));
	CALL(mosquitto_publish(mosq, &mid, "a", 1, "x", -1, false));
	CALL(mosquitto_publish(mosq, &mid, "a", 1, "x", 3, false));
	CALL(mosquitto_publish(mosq, &mid, NULL, 1, "x", 0, false));
	CALL(mosquitto_publish(mosq, &mid, "", 1, "x", 0, false));
	CALL(mosquitto_publish(mosq, &mid, "a/+", 1, "x", 0, false));
	CALL(mosquitto_publish(mosq, &mid, "#", 1, "x", 0, false));
	CALL(mosquitto_publish(mosq, &mid, "a\xff", 1, "x", 0, false));
	CALL(mosquitto_publish(mosq, &mid, "a\x7f", 1, "x", 0, false));
	CALL(mosquitto_publish(mosq, &mid, "a", -1, "x", 0, false));
	CALL(mosquitto_publish(mosq, &mid, "a", 268435456, "x", 0, false));
	/* UTF-8 before the size of the payload before wildcards. */
	CALL(mosquitto_publish(mosq, &mid, "+", -1, "x", 0, false));
	CALL(mosquitto_publish(mosq, &mid, "+\xff", -1, "x", 0, false));
	memset(big, 'a', 65536);
	NAMED("a topic of 65536 bytes", mosquitto_publish(mosq, &mid, big, 1, "x", 0, false));

	mosquitto_property_add_int32(&props, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 1);
	CALL(mosquitto_publish_v5(mosq, &mid, "a", 1, "x", 0, false, props));
	mosquitto_property_free_all(&props);
	mosquitto_property_add_int32(&props, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, 1);
	mosquitto_property_add_int32(&props, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, 1);
	CALL(mosquitto_publish_v5(mosq, &mid, "a", 1, "x", 0, false, props));
	mosquitto_property_free_all(&props);
	mosquitto_property_add_int16(&props, MQTT_PROP_TOPIC_ALIAS, 0);
	CALL(mosquitto_publish_v5(mosq, &mid, "a", 1, "x", 0, false, props));
	mosquitto_property_free_all(&props);

	say("mid untouched: %d", mid);
	CALL(mosquitto_publish(mosq, &mid, "ok", 1, "x", 0, false));
	say("mid %d", mid);
	leave(mosq);
	free(big);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
