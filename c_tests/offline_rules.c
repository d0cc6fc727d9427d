/* Publishing without a connection: QoS 0 is gone, QoS 1 and 2 wait for the next connection although the call says NO_CONN.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * # 2.0.11 marks as duplicates what it never sent before.
 * ->theirs 3a[s"one" 0002 "1"] 3c[s"two" 0003 "2"]
 * ->ours 32[s"one" 0002 "1"] 34[s"two" 0003 "2"]
 * <- 40020002
 * <- 50020003
 * -> 62020003
 * <- 70020003
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
	mosq = new_client("offline", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_publish(mosq, &mid, "zero", 1, "0", 0, false));
	say("mid %d", mid);
	CALL(mosquitto_publish(mosq, &mid, "one", 1, "1", 1, false));
	say("mid %d", mid);
	CALL(mosquitto_publish(mosq, &mid, "two", 1, "2", 2, false));
	say("mid %d", mid);
	CALL(mosquitto_subscribe(mosq, &mid, "a", 0));
	CALL(mosquitto_unsubscribe(mosq, &mid, "a"));
	CALL(mosquitto_loop_misc(mosq));
	say("socket %d", mosquitto_socket(mosq));
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.publish == 2);
	leave(mosq);
	CALL(mosquitto_publish(mosq, &mid, "late", 1, "0", 0, false));
	CALL(mosquitto_loop_misc(mosq));
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
