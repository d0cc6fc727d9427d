/* A server that sends DISCONNECT: its reason is the code of on_disconnect, with and without properties.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20[00 00 []]
 * <- e0018b
 * end
 * accept
 * -> CONNECT
 * <- 20[00 00 []]
 * <- e00100
 * end
 * accept
 * -> CONNECT
 * <- 20[00 00 []]
 * <- e0[98 []]
 * end
 * accept
 * -> CONNECT
 * <- 20[00 00 []]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int i;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "kicked", true, MQTT_PROTOCOL_V5);
	for(i = 1; i <= 3; i++){
		LOOP_UNTIL(mosq, seen.disconnect == i);
		say("socket %d", mosquitto_socket(mosq));
		CALL(mosquitto_loop(mosq, 0, 1));
		CALL(mosquitto_reconnect(mosq));
		LOOP_UNTIL(mosq, seen.connect == i + 1);
	}
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
