/* Connecting without waiting: connect_async, reconnect_async and connect_bind_async.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * close
 * accept
 * -> CONNECT
 * <- 20020000
 * -> e000
 * close
 * accept
 * -> CONNECT
 * <- 20020000
 * -> e000
 * close
 * accept
 * -> CONNECT
 * <- 20020000
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int port = atoi(argv[2]);

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("async", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_connect_async(mosq, argv[1], port, 60));
	say("socket %s", mosquitto_socket(mosq) == -1 ? "closed" : "open");
	LOOP_UNTIL(mosq, seen.connect == 1);
	LOOP_UNTIL(mosq, seen.disconnect == 1);
	CALL(mosquitto_reconnect_async(mosq));
	LOOP_UNTIL(mosq, seen.connect == 2);
	leave(mosq);
	CALL(mosquitto_connect_bind_async(mosq, argv[1], port, 60, "127.0.0.1"));
	LOOP_UNTIL(mosq, seen.connect == 3);
	leave(mosq);
	CALL(mosquitto_connect_bind(mosq, argv[1], port, 60, "127.0.0.1"));
	LOOP_UNTIL(mosq, seen.connect == 4);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
