/* QoS 0: the bytes of PUBLISH, mids, and on_publish inside the call.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 04 02 003c s"qos0"]
 * <- 20020000
 * -> 30[s"t" "hello"]
 * -> 31[s"a/b/c" "retained"]
 * -> 30[s"t"]
 * -> 30[s"t"]
 * -> 30[s"/" 00ff00]
 * -> 30[s"$SYS/x" "dollar"]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int mid = -1;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "qos0", true, MQTT_PROTOCOL_V311);

	CALL(mosquitto_publish(mosq, &mid, "t", 5, "hello", 0, false));
	say("mid %d", mid);
	CALL(mosquitto_publish(mosq, &mid, "a/b/c", 8, "retained", 0, true));
	say("mid %d", mid);
	CALL(mosquitto_publish(mosq, NULL, "t", 0, NULL, 0, false));
	CALL(mosquitto_publish(mosq, &mid, "t", 0, "ignored", 0, false));
	say("mid %d", mid);
	CALL(mosquitto_publish(mosq, &mid, "/", 3, "\0\xff\0", 0, false));
	say("mid %d", mid);
	CALL(mosquitto_publish(mosq, &mid, "$SYS/x", 6, "dollar", 0, false));
	say("mid %d", mid);

	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
