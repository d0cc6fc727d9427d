/* MQTT 3.1: its own CONNECT, all QoS flows, and a generated client id when none is given.
 *
 * @peer script
 * @script
 * -> 10[s"MQIsdp" 03 02 003c s"old"]
 * <- 20020000
 * -> 82[0001 s"a" 01]
 * <- 9003000101
 * -> 32[s"a" 0002 "x"]
 * <- 40020002
 * -> 34[s"a" 0003 "y"]
 * <- 50020003
 * -> 62020003
 * <- 70020003
 * <- 34[s"a" 0001 "z"]
 * -> 50020001
 * <- 62020001
 * -> 70020001
 * -> a2[0004 s"a"]
 * <- b0020004
 * -> e000
 * close
 * accept
 * -> 10[s"MQIsdp" 03 02 000a 0017 "mosq-" ????????????????????????????????????]
 * <- 20020000
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int mid = 0;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "old", true, MQTT_PROTOCOL_V31);
	CALL(mosquitto_subscribe(mosq, &mid, "a", 1));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.subscribe == 1);
	CALL(mosquitto_publish(mosq, NULL, "a", 1, "x", 1, false));
	LOOP_UNTIL(mosq, seen.publish == 1);
	CALL(mosquitto_publish(mosq, NULL, "a", 1, "y", 2, false));
	LOOP_UNTIL(mosq, seen.publish == 2 && seen.message == 1);
	CALL(mosquitto_unsubscribe(mosq, &mid, "a"));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.unsubscribe == 1);
	leave(mosq);
	mosquitto_destroy(mosq);

	mosq = new_client(NULL, true, MQTT_PROTOCOL_V31);
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 10));
	LOOP_UNTIL(mosq, seen.connect == 2);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
