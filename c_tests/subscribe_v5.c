/* SUBSCRIBE and UNSUBSCRIBE of MQTT 5: options, properties both ways, reason codes, shared subscriptions.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20[00 00 []]
 * -> 82[0001 [] s"a" 2e]
 * <- 90[0001 [1f s"fine"] 02]
 * -> 82[0002 [0b c801 26 s"k" s"v"] s"b" 19]
 * <- 90[0002 [26 s"x" s"y" 26 s"x" s"z"] 01]
 * -> 82[0003 [] s"$share/group/c" 00 s"d" 00]
 * <- 90[0003 [] 9e 87]
 * -> a2[0004 [26 s"why" s"done"] s"a"]
 * <- b0[0004 [1f s"bye"] 00]
 * -> a2[0005 [] s"b" s"d"]
 * <- b0[0005 [] 00 11]
 * -> e0[00 [11 00000000 1f s"enough" 26 s"a" s"b"]]
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;
	char one[] = "$share/group/c", two[] = "d", three[] = "b";
	char *filters[] = {one, two};
	char *others[] = {three, two};
	int mid = -1, rc;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "sub5", true, MQTT_PROTOCOL_V5);
	CALL(mosquitto_subscribe_v5(mosq, &mid, "a", 2,
			MQTT_SUB_OPT_NO_LOCAL | MQTT_SUB_OPT_RETAIN_AS_PUBLISHED | MQTT_SUB_OPT_SEND_RETAIN_NEVER, NULL));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.subscribe == 1);
	mosquitto_property_add_varint(&props, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 200);
	mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "k", "v");
	CALL(mosquitto_subscribe_v5(mosq, &mid, "b", 1,
			MQTT_SUB_OPT_RETAIN_AS_PUBLISHED | MQTT_SUB_OPT_SEND_RETAIN_NEW, props));
	mosquitto_property_free_all(&props);
	LOOP_UNTIL(mosq, seen.subscribe == 2);
	CALL(mosquitto_subscribe_multiple(mosq, &mid, 2, filters, 0, 0, NULL));
	LOOP_UNTIL(mosq, seen.subscribe == 3);

	mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "why", "done");
	CALL(mosquitto_unsubscribe_v5(mosq, &mid, "a", props));
	mosquitto_property_free_all(&props);
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.unsubscribe == 1);
	CALL(mosquitto_unsubscribe_multiple(mosq, &mid, 2, others, NULL));
	LOOP_UNTIL(mosq, seen.unsubscribe == 2);

	mosquitto_property_add_int32(&props, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 0);
	mosquitto_property_add_string(&props, MQTT_PROP_REASON_STRING, "enough");
	mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "a", "b");
	rc = mosquitto_disconnect_v5(mosq, 0, props);
	mosquitto_property_free_all(&props);
	while(rc == 0 && seen.disconnect == 0) mosquitto_loop(mosq, 50, 1);
	report("mosquitto_disconnect_v5", rc);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
