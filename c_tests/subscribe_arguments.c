/* Arguments of subscribe and unsubscribe that are refused: nothing is sent, no mid is used.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20[00 00 []]
 * -> 82[0001 [] s"ok" 00]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;
	char good[] = "good", bad[] = "ba#d";
	char *filters[] = {good, bad};
	int mid = -7;

	(void)argc;
	mosquitto_lib_init();

	/* Without a connection; a bad filter is not looked at. */
	mosq = new_client("args", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_subscribe(mosq, &mid, "a", 0));
	CALL(mosquitto_subscribe(mosq, &mid, "a#", 0));
	CALL(mosquitto_unsubscribe(mosq, &mid, "a"));
	CALL(mosquitto_subscribe(mosq, &mid, "a", 3));
	mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "k", "v");
	CALL(mosquitto_subscribe_v5(mosq, &mid, "a", 0, 0, props));
	CALL(mosquitto_unsubscribe_v5(mosq, &mid, "a", props));
	mosquitto_property_free_all(&props);
	mosquitto_destroy(mosq);

	mosq = connected_client(argv, "args", true, MQTT_PROTOCOL_V5);
	CALL(mosquitto_subscribe(NULL, &mid, "a", 0));
	CALL(mosquitto_subscribe(mosq, &mid, NULL, 0));
	CALL(mosquitto_subscribe(mosq, &mid, "a", -1));
	CALL(mosquitto_subscribe(mosq, &mid, "a", 3));
	CALL(mosquitto_subscribe(mosq, &mid, "a#", 0));
	CALL(mosquitto_subscribe(mosq, &mid, "#/a", 0));
	CALL(mosquitto_subscribe(mosq, &mid, "a+/b", 0));
	CALL(mosquitto_subscribe(mosq, &mid, "a/\xff", 0));
	CALL(mosquitto_subscribe(mosq, &mid, "a/\x01", 0));
	CALL(mosquitto_subscribe_v5(mosq, &mid, "a", 0, 0x30, NULL));
	CALL(mosquitto_subscribe_v5(mosq, &mid, "a", 0, 0x40, NULL));
	CALL(mosquitto_subscribe_v5(mosq, &mid, "a", 0, 0x80, NULL));
	CALL(mosquitto_subscribe_multiple(mosq, &mid, 0, filters, 0, 0, NULL));
	CALL(mosquitto_subscribe_multiple(mosq, &mid, 1, NULL, 0, 0, NULL));
	CALL(mosquitto_subscribe_multiple(mosq, &mid, 2, filters, 0, 0, NULL));
	CALL(mosquitto_unsubscribe(NULL, &mid, "a"));
	CALL(mosquitto_unsubscribe(mosq, &mid, "a#"));
	CALL(mosquitto_unsubscribe(mosq, &mid, "\xc0\x80"));
	CALL(mosquitto_unsubscribe_multiple(mosq, &mid, 2, filters, NULL));
	mosquitto_property_add_int32(&props, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, 1);
	CALL(mosquitto_subscribe_v5(mosq, &mid, "a", 0, 0, props));
	CALL(mosquitto_unsubscribe_v5(mosq, &mid, "a", props));
	mosquitto_property_free_all(&props);
	mosquitto_property_add_varint(&props, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 1);
	mosquitto_property_add_varint(&props, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 2);
	CALL(mosquitto_subscribe_v5(mosq, &mid, "a", 0, 0, props));
	mosquitto_property_free_all(&props);
	say("mid untouched: %d", mid);
	CALL(mosquitto_subscribe(mosq, &mid, "ok", 0));
	say("mid %d", mid);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
