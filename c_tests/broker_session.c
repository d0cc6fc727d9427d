/* A real broker: a persistent session that collects messages while its client is away.
 *
 * @peer broker
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq, *other;
	char text[16];
	int i, before;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "away", false, MQTT_PROTOCOL_V311);
	mosquitto_connect_with_flags_callback_set(mosq, print_connect_with_flags);
	CALL(mosquitto_subscribe(mosq, NULL, "broker_session/t", 1));
	LOOP_UNTIL(mosq, seen.subscribe == 1);
	leave(mosq);

	other = connected_client(argv, "writer", true, MQTT_PROTOCOL_V5);
	for(i = 1; i <= 30; i++){
		before = seen.publish;
		snprintf(text, sizeof(text), "message %d", i);
		mosquitto_publish(other, NULL, "broker_session/t", (int)strlen(text), text, 1, false);
		LOOP_UNTIL(other, seen.publish > before);
	}
	leave(other);
	mosquitto_destroy(other);

	CALL(mosquitto_reconnect(mosq));
	LOOP_UNTIL(mosq, seen.message == 30);
	CALL(mosquitto_unsubscribe(mosq, NULL, "broker_session/t"));
	LOOP_UNTIL(mosq, seen.unsubscribe == 1);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
