/* Options and other setters: what they take and what they refuse.
 *
 * @peer none
 */
#include "common.h"

int main(void)
{
	struct mosquitto *mosq;
	int value;

	mosquitto_lib_init();
	mosq = mosquitto_new("options", true, NULL);
	CALL(mosquitto_int_option(NULL, MOSQ_OPT_PROTOCOL_VERSION, 4));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, 2));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V31));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, 6));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_RECEIVE_MAXIMUM, -1));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_RECEIVE_MAXIMUM, 0));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_RECEIVE_MAXIMUM, 65535));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_RECEIVE_MAXIMUM, 65536));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_SEND_MAXIMUM, -1));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_SEND_MAXIMUM, 0));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_SEND_MAXIMUM, 1));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_SEND_MAXIMUM, 65536));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_TCP_NODELAY, 1));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_TCP_NODELAY, 7));
	CALL(mosquitto_int_option(mosq, (enum mosq_opt_t)0, 1));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_SSL_CTX, 1));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_BIND_ADDRESS, 1));
	CALL(mosquitto_int_option(mosq, (enum mosq_opt_t)12345, 1));
	CALL(mosquitto_string_option(NULL, MOSQ_OPT_BIND_ADDRESS, "127.0.0.1"));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_BIND_ADDRESS, "127.0.0.1"));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, "5"));
	CALL(mosquitto_string_option(mosq, (enum mosq_opt_t)12345, "x"));
	CALL(mosquitto_void_option(NULL, MOSQ_OPT_SSL_CTX, NULL));
	CALL(mosquitto_void_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, NULL));
	CALL(mosquitto_void_option(mosq, (enum mosq_opt_t)12345, NULL));
	CALL(mosquitto_opts_set(NULL, MOSQ_OPT_PROTOCOL_VERSION, &value));
	CALL(mosquitto_opts_set(mosq, MOSQ_OPT_PROTOCOL_VERSION, NULL));
	value = MQTT_PROTOCOL_V311;
	CALL(mosquitto_opts_set(mosq, MOSQ_OPT_PROTOCOL_VERSION, &value));
	value = 9;
	CALL(mosquitto_opts_set(mosq, MOSQ_OPT_PROTOCOL_VERSION, &value));
	CALL(mosquitto_opts_set(mosq, MOSQ_OPT_RECEIVE_MAXIMUM, &value));
	CALL(mosquitto_reconnect_delay_set(mosq, 0, 0, false));
	CALL(mosquitto_reconnect_delay_set(mosq, 2, 10, true));
	CALL(mosquitto_threaded_set(mosq, true));
	CALL(mosquitto_threaded_set(mosq, false));
	mosquitto_message_retry_set(mosq, 5);
	mosquitto_message_retry_set(NULL, 5);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
