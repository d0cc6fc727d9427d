/* Wills of MQTT 5: their properties, who owns the list, and the errors.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 05 2e 003c [21 0014] s"will5" [18 0000000a 01 01 02 00000064 03 s"ct" 08 s"r/t" 09 0002 0102 26 s"a" s"b"] s"w/t" s"bye"]
 * <- 20[00 00 []]
 * -> e00104
 * close
 * accept
 * -> 10[s"MQTT" 05 06 003c [21 0014] s"will5" [] s"plain" 0000]
 * <- 20[00 00 []]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;
	int before;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("will5", true, MQTT_PROTOCOL_V5);
	mosquitto_property_add_int32(&props, MQTT_PROP_WILL_DELAY_INTERVAL, 10);
	mosquitto_property_add_byte(&props, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 1);
	mosquitto_property_add_int32(&props, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, 100);
	mosquitto_property_add_string(&props, MQTT_PROP_CONTENT_TYPE, "ct");
	mosquitto_property_add_string(&props, MQTT_PROP_RESPONSE_TOPIC, "r/t");
	mosquitto_property_add_binary(&props, MQTT_PROP_CORRELATION_DATA, "\1\2", 2);
	mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "a", "b");
	CALL(mosquitto_will_set_v5(mosq, "w/t", 3, "bye", 1, true, props));
	/* Taken: not ours any more. On errors it stays ours. */
	props = NULL;
	mosquitto_property_add_int16(&props, MQTT_PROP_TOPIC_ALIAS, 1);
	CALL(mosquitto_will_set_v5(mosq, "w/t", 3, "bye", 1, true, props));
	mosquitto_property_free_all(&props);
	mosquitto_property_add_int32(&props, MQTT_PROP_WILL_DELAY_INTERVAL, 1);
	mosquitto_property_add_int32(&props, MQTT_PROP_WILL_DELAY_INTERVAL, 2);
	CALL(mosquitto_will_set_v5(mosq, "w/t", 3, "bye", 1, true, props));
	mosquitto_property_free_all(&props);
	mosquitto_property_add_int32(&props, MQTT_PROP_WILL_DELAY_INTERVAL, 1);
	CALL(mosquitto_will_set_v5(mosq, "+", 3, "bye", 1, true, props));
	CALL(mosquitto_will_set_v5(mosq, NULL, 3, "bye", 1, true, props));
	CALL(mosquitto_will_set_v5(mosq, "w/t", 3, NULL, 1, true, props));
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311);
	CALL(mosquitto_will_set_v5(mosq, "w/t", 3, "bye", 1, true, props));
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	mosquitto_property_free_all(&props);

	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.connect == 1);
	before = seen.disconnect;
	last_rc = mosquitto_disconnect_v5(mosq, MQTT_RC_DISCONNECT_WITH_WILL_MSG, NULL);
	while(last_rc == 0 && seen.disconnect == before) mosquitto_loop(mosq, 50, 1);
	report("mosquitto_disconnect_v5", last_rc);

	CALL(mosquitto_will_set_v5(mosq, "plain", 0, NULL, 0, false, NULL));
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.connect == 2);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
