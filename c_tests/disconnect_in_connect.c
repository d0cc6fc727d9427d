/* mosquitto_disconnect inside on_connect.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> e000
 * close
 */
#include "common.h"

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	print_connect(mosq, obj, rc);
	CALL(mosquitto_disconnect(mosq));
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("hello-bye", true, MQTT_PROTOCOL_V311);
	mosquitto_connect_callback_set(mosq, on_connect);
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	CALL(mosquitto_loop_forever(mosq, -1, 1));
	say("%d disconnects", seen.disconnect);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
