/* MQTT 5: properties of PUBLISH in both directions, in the order given.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 05 02 003c [21 0014] s"p5"]
 * <- 20[00 00 [22 0005]]
 * -> 30[s"t" [01 01 02 0000000a 03 s"text/plain" 08 s"answer/here" 09 0003 00ff01 26 s"a" s"b" 26 s"a" s"c"] "x"]
 * -> 32[s"t" 0002 [26 s"k" s"v"] "y"]
 * <- 40[0002 00 [1f s"why" 26 s"x" s"y"]]
 * -> 34[s"t" 0003 [02 00000000] "z"]
 * <- 50[0003 00 [1f s"rec"]]
 * -> 62020003
 * <- 70[0003 00 [1f s"comp"]]
 * -> 30[s"u" [23 0001] "with alias"]
 * -> 30[s"" [23 0001] "alias only"]
 * -> 32[s"t" 0006 [] "none"]
 * <- 4003000610
 * <- 30[s"in" [01 00 02 ffffffff 03 s"ct" 08 s"r/t" 09 0002 6162 0b 0a 26 s"a" s"b" 26 s"" s""] "payload"]
 * <- 32[s"in" 0001 [0b ffffff7f] "largest id"]
 * -> 40020001
 * <- 34[s"in" 0002 [09 0000] "empty data"]
 * -> 50020002
 * <- 62[0002 00 [1f s"rel"]]
 * -> 70020002
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;
	int mid = -1;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "p5", true, MQTT_PROTOCOL_V5);

	CALL(mosquitto_property_add_byte(&props, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 1));
	CALL(mosquitto_property_add_int32(&props, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, 10));
	CALL(mosquitto_property_add_string(&props, MQTT_PROP_CONTENT_TYPE, "text/plain"));
	CALL(mosquitto_property_add_string(&props, MQTT_PROP_RESPONSE_TOPIC, "answer/here"));
	CALL(mosquitto_property_add_binary(&props, MQTT_PROP_CORRELATION_DATA, "\0\xff\1", 3));
	CALL(mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "a", "b"));
	CALL(mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "a", "c"));
	CALL(mosquitto_publish_v5(mosq, &mid, "t", 1, "x", 0, false, props));
	say("mid %d", mid);
	mosquitto_property_free_all(&props);

	mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "k", "v");
	CALL(mosquitto_publish_v5(mosq, &mid, "t", 1, "y", 1, false, props));
	say("mid %d", mid);
	mosquitto_property_free_all(&props);
	LOOP_UNTIL(mosq, seen.publish == 2);

	mosquitto_property_add_int32(&props, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, 0);
	CALL(mosquitto_publish_v5(mosq, &mid, "t", 1, "z", 2, false, props));
	say("mid %d", mid);
	mosquitto_property_free_all(&props);
	LOOP_UNTIL(mosq, seen.publish == 3);

	mosquitto_property_add_int16(&props, MQTT_PROP_TOPIC_ALIAS, 1);
	CALL(mosquitto_publish_v5(mosq, &mid, "u", 10, "with alias", 0, false, props));
	CALL(mosquitto_publish_v5(mosq, &mid, "", 10, "alias only", 0, false, props));
	mosquitto_property_free_all(&props);

	CALL(mosquitto_publish_v5(mosq, &mid, "t", 4, "none", 1, false, NULL));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.publish == 6 && seen.message == 3);

	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
