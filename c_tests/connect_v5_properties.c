/* MQTT 5: properties of CONNECT, kept for a reconnect and dropped by a new connect; properties of CONNACK, and what the
 * client makes of them.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 05 02 003c [11 0000000a 21 0007 27 00100000 22 0003 19 01 17 01 26 s"k" s"v"] s""]
 * <- 20[00 00 [11 00000014 21 0002 24 01 25 00 27 00000040 12 s"given" 22 0004 1f s"welcome" 26 s"a" s"b" 28 01 29 01 2a 00 13 0032 1a s"info" 1c s"other"]]
 * -> 30[s"t" [] "retain is gone"]
 * -> 32[s"t" 0002 [] "1"]
 * -> 32[s"t" 0003 [] "2"]
 * <- 40020002
 * -> 32[s"t" 0004 [] "3"]
 * <- 40020003
 * <- 40020004
 * close
 * accept
 * -> 10[s"MQTT" 05 02 0032 [11 0000000a 21 0007 27 00100000 22 0003 19 01 17 01 26 s"k" s"v"] s"given"]
 * <- 20[00 00 []]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;
	char big[100];
	int mid = -1;

	(void)argc;
	memset(big, 'x', sizeof(big));
	mosquitto_lib_init();
	mosq = new_client(NULL, true, MQTT_PROTOCOL_V5);

	mosquitto_property_add_int32(&props, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 10);
	mosquitto_property_add_int16(&props, MQTT_PROP_RECEIVE_MAXIMUM, 7);
	mosquitto_property_add_int32(&props, MQTT_PROP_MAXIMUM_PACKET_SIZE, 0x100000);
	mosquitto_property_add_int16(&props, MQTT_PROP_TOPIC_ALIAS_MAXIMUM, 3);
	mosquitto_property_add_byte(&props, MQTT_PROP_REQUEST_RESPONSE_INFORMATION, 1);
	mosquitto_property_add_byte(&props, MQTT_PROP_REQUEST_PROBLEM_INFORMATION, 1);
	mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "k", "v");
	NAMED("mosquitto_connect_bind_v5",
			mosquitto_connect_bind_v5(mosq, argv[1], atoi(argv[2]), 60, NULL, props));
	mosquitto_property_free_all(&props);
	LOOP_UNTIL(mosq, seen.connect == 1);

	CALL(mosquitto_publish(mosq, &mid, "t", 1, "x", 2, false));
	CALL(mosquitto_publish(mosq, &mid, "t", sizeof(big), big, 0, false));
	CALL(mosquitto_publish(mosq, &mid, "t", 14, "retain is gone", 0, true));
	say("mid %d", mid);
	mosquitto_publish(mosq, &mid, "t", 1, "1", 1, false);
	mosquitto_publish(mosq, NULL, "t", 1, "2", 1, false);
	mosquitto_publish(mosq, NULL, "t", 1, "3", 1, false);
	LOOP_UNTIL(mosq, seen.disconnect == 1);

	CALL(mosquitto_reconnect(mosq));
	LOOP_UNTIL(mosq, seen.connect == 2);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
