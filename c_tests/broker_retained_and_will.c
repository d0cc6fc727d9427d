/* A real broker: retained messages, and the will of a client that vanishes.
 *
 * @peer broker
 * @socket unix
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq, *mortal;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "heir", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_publish(mosq, NULL, "retained_and_will/kept", 4, "kept", 1, true));
	LOOP_UNTIL(mosq, seen.publish == 1);
	CALL(mosquitto_subscribe(mosq, NULL, "retained_and_will/#", 1));
	/* Retained messages may come before or after SUBACK; this broker sends them after it. */
	LOOP_UNTIL(mosq, seen.message == 1 && seen.subscribe == 1);

	mortal = mosquitto_new("mortal", true, NULL);
	CALL(mosquitto_will_set(mortal, "retained_and_will/will", 4, "gone", 1, false));
	mosquitto_connect_callback_set(mortal, print_connect);
	NAMED("mosquitto_connect", mosquitto_connect(mortal, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mortal, seen.connect == 2);
	mosquitto_destroy(mortal);
	LOOP_UNTIL(mosq, seen.message == 2);

	CALL(mosquitto_publish(mosq, NULL, "retained_and_will/kept", 0, NULL, 1, true));
	LOOP_UNTIL(mosq, seen.message == 3 && seen.publish == 2);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
