/* Making clients and making them anew: ids, errno, what reinitialise forgets.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 04 c6 003c s"before" s"w" s"will" s"user" s"pw"]
 * <- 20020000
 * -> 32[s"t" 0001 "x"]
 * end
 * accept
 * -> 10[s"MQTT" 04 00 000a s"after"]
 * <- 20020000
 * -> 30[s"t" "y"]
 * -> e000
 * close
 */
#include "common.h"

static int other;

static void try_new(const char *name, const char *id, bool clean)
{
	struct mosquitto *mosq;

	errno = 0;
	mosq = mosquitto_new(id, clean, NULL);
	if(mosq){
		say("%s: a client", name);
	}else{
		say("%s: NULL, errno %s", name, strerrorname_np(errno));
	}
	mosquitto_destroy(mosq);
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	char *id = calloc(1, 65536);

	(void)argc;
	mosquitto_lib_init();
	try_new("NULL, clean", NULL, true);
	try_new("NULL, not clean", NULL, false);
	try_new("empty, clean", "", true);
	try_new("empty, not clean", "", false);
	try_new("short", "a", false);
	memset(id, 'i', 65535);
	try_new("65535 bytes", id, true);

	free(id);

	mosq = new_client("before", true, MQTT_PROTOCOL_V311);
	mosquitto_will_set(mosq, "w", 4, "will", 0, false);
	mosquitto_username_pw_set(mosq, "user", "pw");
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.connect == 1);
	CALL(mosquitto_publish(mosq, NULL, "t", 1, "x", 1, false));
	CALL(mosquitto_reinitialise(NULL, "after", false, NULL));
	CALL(mosquitto_reinitialise(mosq, NULL, false, NULL));
	say("still %s", mosquitto_socket(mosq) == -1 ? "closed" : "open");
	CALL(mosquitto_reinitialise(mosq, "after", false, &other));
	say("now %s, userdata %s", mosquitto_socket(mosq) == -1 ? "closed" : "open",
			mosquitto_userdata(mosq) == &other ? "other" : "lost");
	CALL(mosquitto_reconnect(mosq));
	/* No callback was left; mids begin anew. */
	mosquitto_connect_callback_set(mosq, print_connect);
	mosquitto_disconnect_callback_set(mosq, print_disconnect);
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 10));
	LOOP_UNTIL(mosq, seen.connect == 2);
	CALL(mosquitto_publish(mosq, NULL, "t", 1, "y", 0, false));
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
