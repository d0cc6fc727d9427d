/* A Unix socket: port 0, the path as host.
 *
 * @peer script
 * @socket unix
 * @script
 * -> 10[s"MQTT" 04 02 003c s"unix"]
 * <- 20020000
 * -> 82[0001 s"#" 02]
 * <- 90[0001 02]
 * -> 34[s"t" 0002 "x"]
 * <- 50020002
 * -> 62020002
 * <- 70020002
 * <- 30[s"in" 61*3000]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "unix", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_subscribe(mosq, NULL, "#", 2));
	LOOP_UNTIL(mosq, seen.subscribe == 1);
	CALL(mosquitto_publish(mosq, NULL, "t", 1, "x", 2, false));
	LOOP_UNTIL(mosq, seen.publish == 1 && seen.message == 1);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
