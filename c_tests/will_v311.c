/* Wills of MQTT 3.1.1: in CONNECT, replaced, cleared, refused.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 04 2e 003c s"will" s"w/t" s"gone"]
 * <- 20020000
 * -> e000
 * close
 * accept
 * -> 10[s"MQTT" 04 16 003c s"will" s"$SYS/w" 0000]
 * <- 20020000
 * -> e000
 * close
 * accept
 * -> 10[s"MQTT" 04 02 003c s"will"]
 * <- 20020000
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
	char *big = calloc(1, 70000);

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("will", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_will_clear(mosq));
	CALL(mosquitto_will_set(mosq, "w/t", 4, "gone", 1, true));
	/* Refused: the will stays as it was. */
	CALL(mosquitto_will_set(NULL, "w/t", 4, "gone", 1, true));
	CALL(mosquitto_will_set(mosq, NULL, 4, "gone", 1, true));
	CALL(mosquitto_will_set(mosq, "w/+", 4, "gone", 1, true));
	CALL(mosquitto_will_set(mosq, "w/#", 4, "gone", 1, true));
	CALL(mosquitto_will_set(mosq, "w/\xff", 4, "gone", 1, true));
	CALL(mosquitto_will_set(mosq, "w/t", -1, "gone", 1, true));
	CALL(mosquitto_will_set(mosq, "w/t", 268435456, "gone", 1, true));
	CALL(mosquitto_will_set(mosq, "w/t", 4, NULL, 1, true));
	memset(big, 'a', 65536);
	NAMED("a topic of 65536 bytes", mosquitto_will_set(mosq, big, 4, "gone", 1, true));
	round_trip(mosq, argv);
	CALL(mosquitto_will_set(mosq, "$SYS/w", 0, NULL, 2, false));
	round_trip(mosq, argv);
	CALL(mosquitto_will_clear(mosq));
	CALL(mosquitto_will_clear(mosq));
	CALL(mosquitto_will_clear(NULL));
	round_trip(mosq, argv);
	free(big);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
