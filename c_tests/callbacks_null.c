/* Callbacks that are set, replaced and taken away again; none of them is needed.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20[00 00 []]
 * -> 30[s"a" []]
 * -> 30[s"b" []]
 * -> 82[0003 [] s"#" 00]
 * <- 90[0003 [] 00]
 * <- 30[s"unseen" []]
 * -> 32[s"c" 0004 []]
 * <- 40020004
 * -> a2[0005 [] s"#"]
 * <- b0[0005 [] 00]
 * <- 30[s"seen" []]
 * -> e000
 * close
 */
#include "common.h"

static void other_publish(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj;
	say("the other on_publish mid=%d", mid);
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "null", true, MQTT_PROTOCOL_V5);
	mosquitto_publish_callback_set(mosq, other_publish);
	CALL(mosquitto_publish(mosq, NULL, "a", 0, NULL, 0, false));
	mosquitto_publish_callback_set(mosq, NULL);
	mosquitto_publish_v5_callback_set(mosq, NULL);
	CALL(mosquitto_publish(mosq, NULL, "b", 0, NULL, 0, false));
	mosquitto_subscribe_callback_set(mosq, NULL);
	mosquitto_subscribe_v5_callback_set(mosq, NULL);
	mosquitto_unsubscribe_callback_set(mosq, NULL);
	mosquitto_unsubscribe_v5_callback_set(mosq, NULL);
	mosquitto_message_callback_set(mosq, NULL);
	mosquitto_message_v5_callback_set(mosq, NULL);
	mosquitto_connect_callback_set(mosq, NULL);
	mosquitto_connect_v5_callback_set(mosq, NULL);
	mosquitto_connect_with_flags_callback_set(mosq, NULL);
	mosquitto_log_callback_set(mosq, NULL);
	CALL(mosquitto_subscribe(mosq, NULL, "#", 0));
	mosquitto_publish_callback_set(mosq, print_publish);
	CALL(mosquitto_publish(mosq, NULL, "c", 0, NULL, 1, false));
	LOOP_UNTIL(mosq, seen.publish == 1);
	mosquitto_message_v5_callback_set(mosq, print_message_v5);
	mosquitto_message_callback_set(mosq, print_message);
	CALL(mosquitto_unsubscribe(mosq, NULL, "#"));
	LOOP_UNTIL(mosq, seen.message == 1);
	mosquitto_disconnect_v5_callback_set(mosq, NULL);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
