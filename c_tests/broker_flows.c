/* A real broker: every version and QoS, a client that receives what it sends.
 *
 * @peer broker
 */
#include "common.h"

int main(int argc, char *argv[])
{
	static const int versions[] = {MQTT_PROTOCOL_V31, MQTT_PROTOCOL_V311, MQTT_PROTOCOL_V5};
	struct mosquitto *mosq;
	int v, qos, messages, rc;

	(void)argc;
	mosquitto_lib_init();
	for(v = 0; v < 3; v++){
		memset(&seen, 0, sizeof(seen));
		say("version %d", versions[v]);
		mosq = mosquitto_new("flows", true, NULL);
		mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, versions[v]);
		mosquitto_connect_callback_set(mosq, print_connect);
		mosquitto_message_callback_set(mosq, print_message);
		mosquitto_subscribe_callback_set(mosq, print_subscribe);
		mosquitto_unsubscribe_callback_set(mosq, print_unsubscribe);
		mosquitto_disconnect_callback_set(mosq, print_disconnect);
		NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
		LOOP_UNTIL(mosq, seen.connect == 1);
		CALL(mosquitto_subscribe(mosq, NULL, "broker_flows/+", 2));
		LOOP_UNTIL(mosq, seen.subscribe == 1);
		for(qos = 0; qos <= 2; qos++){
			messages = seen.message;
			rc = mosquitto_publish(mosq, NULL, "broker_flows/t", 7, "payload", qos, false);
			report("mosquitto_publish", rc);
			LOOP_UNTIL(mosq, seen.message == messages + 1);
		}
		CALL(mosquitto_unsubscribe(mosq, NULL, "broker_flows/+"));
		LOOP_UNTIL(mosq, seen.unsubscribe == 1);
		leave(mosq);
		mosquitto_destroy(mosq);
	}
	mosquitto_lib_cleanup();
	return 0;
}
