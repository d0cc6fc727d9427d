/* Arguments of the connect family that are refused, without a broker.
 *
 * @peer none
 */
#include "common.h"

int main(void)
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;

	mosquitto_lib_init();
	mosq = mosquitto_new("args", true, NULL);
	mosquitto_connect_callback_set(mosq, print_connect);
	mosquitto_disconnect_callback_set(mosq, print_disconnect);

	CALL(mosquitto_reconnect(mosq));
	CALL(mosquitto_reconnect_async(mosq));
	CALL(mosquitto_connect(mosq, NULL, 1883, 60));
	CALL(mosquitto_connect(mosq, "127.0.0.1", -1, 60));
	CALL(mosquitto_connect(mosq, "127.0.0.1", 65536, 60));
	CALL(mosquitto_connect(mosq, "127.0.0.1", 1883, -1));
	CALL(mosquitto_connect(mosq, "127.0.0.1", 1883, 4));
	CALL(mosquitto_connect(mosq, "127.0.0.1", 1883, 65536));
	CALL(mosquitto_connect_async(mosq, NULL, 1883, 60));
	CALL(mosquitto_connect_async(mosq, "127.0.0.1", -1, 60));
	CALL(mosquitto_connect_async(mosq, "127.0.0.1", 1883, 1));
	CALL(mosquitto_connect_bind(mosq, NULL, 1883, 60, NULL));
	CALL(mosquitto_connect_bind_async(mosq, NULL, 1883, 60, NULL));
	CALL(mosquitto_connect_async(NULL, "127.0.0.1", 1883, 60));
	CALL(mosquitto_reconnect(NULL));
	CALL(mosquitto_reconnect_async(NULL));
	CALL(mosquitto_disconnect(NULL));
	CALL(mosquitto_disconnect_v5(NULL, 0, NULL));

	/* Unix sockets: the path has to fit. */
	CALL(mosquitto_connect(mosq, "", 0, 60));
	CALL(mosquitto_connect(mosq, "/nonexistent/socket", 0, 60));
	CALL(mosquitto_connect(mosq,
			"/this/path/is/longer/than/a/unix/socket/address/can/be/which/is/one/hundred/and/seven/bytes/so/it/cannot/be/used",
			0, 60));

	/* Nobody listens there: port 1 is privileged. */
	CALL(mosquitto_connect(mosq, "127.0.0.1", 1, 60));
	CALL(mosquitto_connect(mosq, "no-such-host.invalid", 1883, 60));
	say("socket %d", mosquitto_socket(mosq));

	/* Properties need MQTT 5, and must be allowed in CONNECT. */
	mosquitto_property_add_int32(&props, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 1);
	CALL(mosquitto_connect_bind_v5(mosq, "127.0.0.1", 1, 60, NULL, props));
	CALL(mosquitto_disconnect_v5(mosq, 0, props));
	mosquitto_property_free_all(&props);
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	mosquitto_property_add_int16(&props, MQTT_PROP_TOPIC_ALIAS, 1);
	CALL(mosquitto_connect_bind_v5(mosq, "127.0.0.1", 1, 60, NULL, props));
	mosquitto_property_free_all(&props);

	/* Without a connection. */
	CALL(mosquitto_disconnect(mosq));
	CALL(mosquitto_disconnect_v5(mosq, 4, NULL));
	CALL(mosquitto_disconnect_v5(mosq, -1, NULL));
	CALL(mosquitto_disconnect_v5(mosq, 256, NULL));
	CALL(mosquitto_loop(mosq, 0, 1));
	CALL(mosquitto_loop(mosq, 0, 0));
	CALL(mosquitto_loop_read(mosq, 0));
	CALL(mosquitto_loop_write(mosq, 0));
	CALL(mosquitto_loop_misc(mosq));
	CALL(mosquitto_loop(NULL, 0, 1));
	CALL(mosquitto_loop_misc(NULL));
	CALL(mosquitto_loop_forever(NULL, 0, 1));
	CALL(mosquitto_loop_start(NULL));
	CALL(mosquitto_loop_stop(NULL, false));
	CALL(mosquitto_loop_stop(mosq, false));
	CALL(mosquitto_threaded_set(NULL, true));
	say("want_write %d", mosquitto_want_write(mosq));
	say("socket of NULL %d", mosquitto_socket(NULL));

	mosquitto_destroy(mosq);
	mosquitto_destroy(NULL);
	mosquitto_lib_cleanup();
	return 0;
}
