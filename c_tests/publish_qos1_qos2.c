/* QoS 1 and 2 to a broker that answers: bytes, states and on_publish when the flow is complete.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 04 02 003c s"flows"]
 * <- 20020000
 * -> 32[s"one" 0001 "1"]
 * -> 34[s"two" 0002 "22"]
 * -> 33[s"r" 0003]
 * <- 50020002
 * -> 62020002
 * <- 70020002
 * <- 40020003
 * <- 40020001
 * -> 35[s"two" 0004 "last"]
 * <- 50020004
 * -> 62020004
 * <- 50020004
 * -> 62020004
 * <- 70020004
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
	mosq = connected_client(argv, "flows", true, MQTT_PROTOCOL_V311);

	CALL(mosquitto_publish(mosq, &mid, "one", 1, "1", 1, false));
	say("mid %d", mid);
	CALL(mosquitto_publish(mosq, &mid, "two", 2, "22", 2, false));
	say("mid %d", mid);
	CALL(mosquitto_publish(mosq, &mid, "r", 0, NULL, 1, true));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.publish == 3);
	CALL(mosquitto_publish(mosq, &mid, "two", 4, "last", 2, true));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.publish == 4);

	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
