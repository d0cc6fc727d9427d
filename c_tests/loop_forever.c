/* mosquitto_loop_forever: reconnects after a loss, ends with SUCCESS after disconnect.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 32[s"first" 0001 "connection 1"]
 * close
 * accept
 * -> CONNECT
 * <- 20020003
 * end
 * accept
 * -> CONNECT
 * <- 20020000
 * ->ours 3a[s"first" 0001 "connection 1"] 32[s"first" 0002 "connection 3"]
 * # 2.0.11 lets new messages overtake those in flight.
 * ->theirs 32[s"first" 0002 "connection 3"] 3a[s"first" 0001 "connection 1"]
 * <- 40020001
 * <- 40020002
 * -> e000
 * close
 */
#include "common.h"

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	char text[32];

	print_connect(mosq, obj, rc);
	if(rc) return;
	snprintf(text, sizeof(text), "connection %d", seen.connect);
	CALL(mosquitto_publish(mosq, NULL, "first", (int)strlen(text), text, 1, false));
}

static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	print_publish(mosq, obj, mid);
	if(seen.publish == 2) CALL(mosquitto_disconnect(mosq));
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("forever", true, MQTT_PROTOCOL_V311);
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_publish_callback_set(mosq, on_publish);
	CALL(mosquitto_reconnect_delay_set(mosq, 1, 1, false));
	CALL(mosquitto_reconnect_delay_set(NULL, 1, 1, false));
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	CALL(mosquitto_loop_forever(mosq, -1, 1));
	say("socket %d", mosquitto_socket(mosq));
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
