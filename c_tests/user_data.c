/* What callbacks get as their second argument.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 30[s"t"]
 * -> 30[s"t"]
 * -> 30[s"t"]
 * -> e000
 * close
 */
#include "common.h"

static int first, second;
static struct mosquitto *client;

static const char *which(void *obj)
{
	if(!obj) return "NULL";
	if(obj == &first) return "first";
	if(obj == &second) return "second";
	if(obj == client) return "the client";
	return "something else";
}

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	say("on_connect %s %s", which(mosq), which(obj));
	print_connect(mosq, obj, rc);
	/* The v5 callback of the same event gets the new one. */
	mosquitto_user_data_set(mosq, &second);
}

static void on_connect_v5(struct mosquitto *mosq, void *obj, int rc, int flags, const mosquitto_property *props)
{
	(void)mosq; (void)rc; (void)flags; (void)props;
	say("on_connect_v5 %s", which(obj));
}

static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq;
	say("on_publish %s %d", which(obj), mid);
}

int main(int argc, char *argv[])
{
	(void)argc;
	mosquitto_lib_init();
	client = mosquitto_new("user", true, NULL);
	say("userdata of NULL: %s", which(mosquitto_userdata(client)));
	mosquitto_destroy(client);

	client = mosquitto_new("user", true, &first);
	say("userdata %s", which(mosquitto_userdata(client)));
	mosquitto_disconnect_callback_set(client, print_disconnect);
	mosquitto_connect_callback_set(client, on_connect);
	mosquitto_connect_v5_callback_set(client, on_connect_v5);
	mosquitto_publish_callback_set(client, on_publish);
	CALL(mosquitto_connect(client, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(client, seen.connect == 1);
	mosquitto_publish(client, NULL, "t", 0, NULL, 0, false);
	mosquitto_user_data_set(client, NULL);
	say("userdata %s", which(mosquitto_userdata(client)));
	mosquitto_publish(client, NULL, "t", 0, NULL, 0, false);
	mosquitto_user_data_set(client, &first);
	mosquitto_publish(client, NULL, "t", 0, NULL, 0, false);
	mosquitto_user_data_set(NULL, &first);
	leave(client);
	mosquitto_destroy(client);
	mosquitto_lib_cleanup();
	return 0;
}
