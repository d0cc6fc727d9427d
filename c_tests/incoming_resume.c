/* A lost connection between PUBLISH and PUBREL at QoS 2: the message is delivered once, on the next connection.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * <- 34[s"two" 0009 "once"]
 * -> 50020009
 * close
 * accept
 * -> CONNECT
 * <- 20020100
 * <- 62020009
 * -> 70020009
 * <- 62020009
 * -> 70020009
 * <- 32[s"end" 0001]
 * -> 40020001
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "resume", false, MQTT_PROTOCOL_V311);
	LOOP_UNTIL(mosq, seen.disconnect == 1);
	CALL(mosquitto_reconnect(mosq));
	LOOP_UNTIL(mosq, seen.message == 2);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
