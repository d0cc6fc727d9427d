/* mosquitto_destroy in every state: no callback, no DISCONNECT, nothing left behind.
 *
 * @peer script
 * @script
 * -> CONNECT
 * end
 * accept
 * -> CONNECT
 * <- 20020000
 * -> 32[s"t" 0001 "x"]
 * end
 * accept
 * -> CONNECT
 * <- 20020000
 * <- 34[s"stored" 0001 "x"]
 * -> 50020001
 * stdout destroying the third
 * end
 * accept
 * -> CONNECT
 * <- 20020000
 * stdout destroying the fourth
 * end
 */
#include "common.h"

static bool stored;

static void on_log(struct mosquitto *mosq, void *obj, int level, const char *text)
{
	(void)mosq; (void)obj; (void)level;
	if(strstr(text, "sending PUBREC")) stored = true;
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;
	volatile int *connected = &seen.connect;
	int started;

	(void)argc;
	mosquitto_lib_init();

	/* Never connected, with a will, credentials, options and queued messages. */
	mosq = new_client("d0", true, MQTT_PROTOCOL_V5);
	mosquitto_property_add_int32(&props, MQTT_PROP_WILL_DELAY_INTERVAL, 10);
	CALL(mosquitto_will_set_v5(mosq, "w", 4, "will", 2, true, props));
	CALL(mosquitto_username_pw_set(mosq, "u", "p"));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_BIND_ADDRESS, "127.0.0.1"));
	CALL(mosquitto_publish(mosq, NULL, "q", 1, "x", 1, false));
	CALL(mosquitto_publish(mosq, NULL, "q", 1, "x", 2, false));
	mosquitto_destroy(mosq);
	say("destroyed: never connected");

	/* CONNECT sent, no CONNACK. */
	mosq = new_client("d1", true, MQTT_PROTOCOL_V311);
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	mosquitto_destroy(mosq);
	say("destroyed: no CONNACK");

	/* A message in flight. */
	mosq = connected_client(argv, "d2", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_publish(mosq, NULL, "t", 1, "x", 1, false));
	mosquitto_destroy(mosq);
	say("destroyed: message in flight");

	/* An incoming message of QoS 2 not released. */
	mosq = new_client("d3", true, MQTT_PROTOCOL_V311);
	mosquitto_log_callback_set(mosq, on_log);
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, stored);
	say("destroying the third");
	mosquitto_destroy(mosq);

	/* With a network thread. */
	seen.connect = 0;
	mosq = new_client("d4", true, MQTT_PROTOCOL_V311);
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	started = mosquitto_loop_start(mosq);
	WAIT_UNTIL(*connected == 1);
	report("mosquitto_loop_start", started);
	say("destroying the fourth");
	CALL(mosquitto_loop_stop(mosq, true));
	mosquitto_destroy(mosq);

	mosquitto_destroy(NULL);
	mosquitto_lib_cleanup();
	return 0;
}
