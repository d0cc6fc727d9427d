/* Arguments that 2.0 and 2.1.2 take although no packet can carry them, or crash on.
 *
 * @peer none
 * @library ours, options of 2.1; 2.0 takes or crashes on the rest
 */
#include "common.h"

static void try_new(const char *name, const char *id)
{
	struct mosquitto *mosq;

	errno = 0;
	mosq = mosquitto_new(id, true, NULL);
	say("%s: %s, errno %s", name, mosq ? "a client" : "NULL", errno ? strerrorname_np(errno) : "0");
	mosquitto_destroy(mosq);
}

int main(void)
{
	struct mosquitto_message message = {.mid = 1}, copy;
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;
	char *big = calloc(1, 70000);
	int mid = -7;

	mosquitto_lib_init();
	memset(big, 'i', 65536);
	try_new("id of 65536 bytes", big);
	big[65536] = 'i';
	try_new("id of 65537 bytes", big);
	try_new("id that is not UTF-8", "\xff");
	try_new("id with a control character", "a\x01");

	mosq = mosquitto_new("limits", true, NULL);
	CALL(mosquitto_username_pw_set(mosq, big, NULL));
	CALL(mosquitto_username_pw_set(mosq, "u", big));
	CALL(mosquitto_will_set(mosq, "w", 65536, big, 0, false));
	CALL(mosquitto_will_set(mosq, "w", 1, big, 3, false));
	CALL(mosquitto_will_set(mosq, "w", 1, big, -1, false));
	CALL(mosquitto_will_set(mosq, "", 1, big, 0, false));
	CALL(mosquitto_publish(mosq, &mid, "t", 5, NULL, 0, false));
	CALL(mosquitto_publish(mosq, &mid, "t", 5, NULL, 1, false));
	CALL(mosquitto_unsubscribe_multiple(mosq, &mid, 0, NULL, NULL));
	CALL(mosquitto_subscribe_multiple(mosq, &mid, -1, &big, 0, 0, NULL));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_BIND_ADDRESS, "127.0.0.1"));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_BIND_ADDRESS, NULL));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_BIND_ADDRESS, NULL));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_DISABLE_SOCKETPAIR, 1));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_TRANSPORT, 3));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_TRANSPORT, MOSQ_T_TCP));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_HTTP_HEADER_SIZE, 99));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5));
	/* Taken here, refused where it would be sent. */
	CALL(mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "k", "\xff"));
	CALL(mosquitto_publish_v5(mosq, &mid, "t", 0, NULL, 1, false, props));
	mosquitto_property_free_all(&props);
	say("mid untouched: %d", mid);
	mosquitto_destroy(mosq);

	CALL(mosquitto_message_copy(&copy, &message));
	CALL(mosquitto_message_copy(NULL, &message));
	CALL(mosquitto_message_copy(&copy, NULL));
	CALL(mosquitto_connect(NULL, "127.0.0.1", 1883, 60));
	CALL(mosquitto_loop_read(NULL, 1));
	CALL(mosquitto_loop_write(NULL, 1));
	say("want_write of NULL %d, userdata of NULL %s", mosquitto_want_write(NULL),
			mosquitto_userdata(NULL) ? "set" : "NULL");
	mosquitto_connect_callback_set(NULL, print_connect);
	free(big);
	mosquitto_lib_cleanup();
	return 0;
}
