/* Errors that end mosquitto_loop_forever instead of reconnecting.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020006
 * end
 * accept
 * -> CONNECT
 * <- 20020000
 * <- 8000
 * end
 * accept
 * -> CONNECT
 * <- 30[s"early"]
 * end
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("fatal", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	CALL(mosquitto_loop_forever(mosq, -1, 1));
	CALL(mosquitto_reconnect(mosq));
	CALL(mosquitto_loop_forever(mosq, 1000, 1));
	CALL(mosquitto_reconnect(mosq));
	CALL(mosquitto_loop_forever(mosq, 1000, 1));
	CALL(mosquitto_loop_forever(mosq, 1000, 0));
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
