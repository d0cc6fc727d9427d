/* The log lines of MQTT 5 packets, with options, aliases and a server's DISCONNECT.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20[00 00 [22 0005]]
 * -> 82[0001 [] s"a" 2d]
 * <- 90[0001 [] 01]
 * -> 30[s"t" [23 0002] "0"]
 * -> 30[s"" [23 0002] "0"]
 * -> 32[s"t" 0004 [] "1"]
 * <- 40[0004 87]
 * -> 34[s"t" 0005 [] "2"]
 * <- 50[0005 00 []]
 * -> 62020005
 * <- 70[0005 92]
 * -> a2[0006 [] s"a"]
 * <- b0[0006 [] 11]
 * <- e0[8e []]
 * end
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("logger", true, MQTT_PROTOCOL_V5);
	mosquitto_log_callback_set(mosq, print_log);
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.connect == 1);
	mosquitto_subscribe_v5(mosq, NULL, "a", 1,
			MQTT_SUB_OPT_NO_LOCAL | MQTT_SUB_OPT_RETAIN_AS_PUBLISHED | MQTT_SUB_OPT_SEND_RETAIN_NEVER, NULL);
	LOOP_UNTIL(mosq, seen.subscribe == 1);
	mosquitto_property_add_int16(&props, MQTT_PROP_TOPIC_ALIAS, 2);
	mosquitto_publish_v5(mosq, NULL, "t", 1, "0", 0, false, props);
	mosquitto_publish_v5(mosq, NULL, "", 1, "0", 0, false, props);
	mosquitto_property_free_all(&props);
	mosquitto_publish(mosq, NULL, "t", 1, "1", 1, false);
	LOOP_UNTIL(mosq, seen.publish == 3);
	mosquitto_publish(mosq, NULL, "t", 1, "2", 2, false);
	LOOP_UNTIL(mosq, seen.publish == 4);
	mosquitto_unsubscribe(mosq, NULL, "a");
	LOOP_UNTIL(mosq, seen.disconnect == 1);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
