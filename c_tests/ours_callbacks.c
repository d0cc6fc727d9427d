/* What 2.0 has not: pre_connect, ext_auth and unsubscribe2 callbacks, and property getters on received lists.
 *
 * @peer script
 * @library ours, functions of 2.1
 * @script
 * -> 10[s"MQTT" 05 c2 003c [15 s"M" 21 0014] s"new" s"user1" s"pw"]
 * <- f0[18 [15 s"M" 16 0003 "who" 26 s"k" s"v"]]
 * -> f0[18 [15 s"M" 16 0002 "me"]]
 * <- 20[00 00 [15 s"M"]]
 * -> a2[0001 [] s"a" s"b"]
 * <- b0[0001 [1f s"bye"] 00 11]
 * close
 * accept
 * -> 10[s"MQTT" 05 c2 003c [15 s"M" 21 0014] s"new" s"user2" s"pw"]
 * <- 20[00 00 []]
 * -> e000
 * close
 */
#include "common.h"

static int attempts;

static void on_pre_connect(struct mosquitto *mosq, void *obj)
{
	char name[16];

	(void)obj;
	say("on_pre_connect, socket %s", mosquitto_socket(mosq) == -1 ? "closed" : "open");
	/* What is set here counts for this attempt. */
	snprintf(name, sizeof(name), "user%d", ++attempts);
	CALL(mosquitto_username_pw_set(mosq, name, "pw"));
}

static int on_ext_auth(struct mosquitto *mosq, void *obj, const char *method, uint16_t len, const void *data,
		const mosquitto_property *props)
{
	(void)obj;
	say("on_ext_auth method=%s data=%s", method, bytes_text(data, len));
	say_properties(props);
	CALL(mosquitto_ext_auth_continue(mosq, method, 2, "me", NULL));
	return MOSQ_ERR_SUCCESS;
}

static void on_unsubscribe2(struct mosquitto *mosq, void *obj, int mid, int count, const int *codes,
		const mosquitto_property *props)
{
	(void)mosq; (void)obj;
	say_codes("on_unsubscribe2_v5", mid, count, codes);
	for(; props; props = mosquitto_property_next(props)){
		say("    type %d, string '%s' of %d, name %s, byte %d", mosquitto_property_type(props),
				mosquitto_property_string_value(props), mosquitto_property_string_value_length(props),
				mosquitto_property_string_name(props) ? "set" : "NULL", mosquitto_property_byte_value(props));
	}
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;
	char a[] = "a", b[] = "b";
	char *filters[] = {a, b};

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("new", true, MQTT_PROTOCOL_V5);
	mosquitto_pre_connect_callback_set(mosq, on_pre_connect);
	mosquitto_ext_auth_callback_set(mosq, on_ext_auth);
	mosquitto_unsubscribe2_v5_callback_set(mosq, on_unsubscribe2);
	mosquitto_property_add_string(&props, MQTT_PROP_AUTHENTICATION_METHOD, "M");
	NAMED("mosquitto_connect_bind_v5", mosquitto_connect_bind_v5(mosq, argv[1], atoi(argv[2]), 60, NULL, props));
	mosquitto_property_free_all(&props);
	LOOP_UNTIL(mosq, seen.connect == 1);
	CALL(mosquitto_unsubscribe_multiple(mosq, NULL, 2, filters, NULL));
	LOOP_UNTIL(mosq, seen.disconnect == 1);
	CALL(mosquitto_reconnect(mosq));
	LOOP_UNTIL(mosq, seen.connect == 2);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
