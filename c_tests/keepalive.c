/* Keepalive: PINGREQ when nothing was sent for that long, loss when PINGRESP stays away for as long again.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 04 02 0005 s"ping"]
 * <- 20020000
 * -> c000
 * <- d000
 * -> c000
 * end
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	double start;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("ping", true, MQTT_PROTOCOL_V311);
	mosquitto_log_callback_set(mosq, print_log);
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 5));
	LOOP_UNTIL(mosq, seen.connect == 1);
	start = now();
	LOOP_UNTIL(mosq, seen.disconnect == 1);
	say("after %s", now() - start > 12 && now() - start < 19 ? "15 s" : "another time");
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
