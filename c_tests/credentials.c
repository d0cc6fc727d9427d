/* User name and password: the flags and fields of CONNECT, and what is refused.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 04 c2 003c s"cred" s"user" s"secret"]
 * <- 20020000
 * -> e000
 * close
 * accept
 * -> 10[s"MQTT" 04 82 003c s"cred" s"user"]
 * <- 20020000
 * -> e000
 * close
 * accept
 * -> 10[s"MQTT" 04 c2 003c s"cred" s"" s""]
 * <- 20020000
 * -> e000
 * close
 * accept
 * -> 10[s"MQTT" 04 02 003c s"cred"]
 * <- 20020000
 * -> e000
 * close
 * accept
 * -> 10[s"MQTT" 05 42 003c [21 0014] s"cred" s"token"]
 * <- 20[00 00 []]
 * -> e000
 * close
 */
#include "common.h"

static void round_trip(struct mosquitto *mosq, char *argv[])
{
	int before = seen.connect;

	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.connect > before);
	leave(mosq);
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("cred", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_username_pw_set(NULL, "user", "secret"));
	CALL(mosquitto_username_pw_set(mosq, "user", "secret"));
	/* Password alone: refused before MQTT 5, and the old values stay. */
	CALL(mosquitto_username_pw_set(mosq, NULL, "secret"));
	round_trip(mosq, argv);
	CALL(mosquitto_username_pw_set(mosq, "user", NULL));
	round_trip(mosq, argv);
	CALL(mosquitto_username_pw_set(mosq, "", ""));
	round_trip(mosq, argv);
	CALL(mosquitto_username_pw_set(mosq, NULL, NULL));
	round_trip(mosq, argv);
	CALL(mosquitto_username_pw_set(mosq, "\xc3\x28", "x"));
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	CALL(mosquitto_username_pw_set(mosq, NULL, "token"));
	round_trip(mosq, argv);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
