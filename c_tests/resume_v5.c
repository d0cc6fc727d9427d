/* MQTT 5: a session that the server kept. What is in flight is sent again, and a message waits for its PUBREL.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 05 00 003c [11 0000003c 21 0014] s"keep"]
 * <- 20[00 00 []]
 * -> 32[s"one" 0001 [26 s"k" s"v"] "1"]
 * -> 34[s"two" 0002 [] "2"]
 * <- 50020002
 * -> 62020002
 * <- 34[s"in" 0005 [03 s"ct"] "once"]
 * -> 50020005
 * close
 * accept
 * -> 10[s"MQTT" 05 00 003c [11 0000003c 21 0014] s"keep"]
 * <- 20[01 00 []]
 * -> 3a[s"one" 0001 [26 s"k" s"v"] "1"]
 * -> 62020002
 * <- 40020001
 * <- 70020002
 * <- 62020005
 * -> 70020005
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("keep", false, MQTT_PROTOCOL_V5);
	mosquitto_property_add_int32(&props, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 60);
	NAMED("mosquitto_connect_bind_v5",
			mosquitto_connect_bind_v5(mosq, argv[1], atoi(argv[2]), 60, NULL, props));
	mosquitto_property_free_all(&props);
	LOOP_UNTIL(mosq, seen.connect == 1);
	mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "k", "v");
	CALL(mosquitto_publish_v5(mosq, NULL, "one", 1, "1", 1, false, props));
	mosquitto_property_free_all(&props);
	CALL(mosquitto_publish(mosq, NULL, "two", 1, "2", 2, false));
	LOOP_UNTIL(mosq, seen.disconnect == 1);
	CALL(mosquitto_reconnect(mosq));
	LOOP_UNTIL(mosq, seen.publish == 2 && seen.message == 1);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
