/* mosquitto_reconnect inside on_disconnect, with the program's own loop.
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
 */
#include "common.h"

static void on_disconnect(struct mosquitto *mosq, void *obj, int rc)
{
	print_disconnect(mosq, obj, rc);
	if(rc) CALL(mosquitto_reconnect(mosq));
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("back", true, MQTT_PROTOCOL_V311);
	mosquitto_disconnect_callback_set(mosq, on_disconnect);
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.disconnect == 1);
	LOOP_UNTIL(mosq, seen.connect == 2);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
