/* SUBSCRIBE and UNSUBSCRIBE of MQTT 3.1.1: one and several filters, codes, mids.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 82[0001 s"a/b" 00]
 * <- 90[0001 00]
 * -> 82[0002 s"a/#" 01]
 * <- 90[0002 80]
 * -> 82[0003 s"one" 02 s"+/two" 02 s"$SYS/#" 02]
 * <- 90[0003 02 01 80]
 * -> 82[0004 s"o" 01]
 * -> 82[0005 s"p" 00]
 * <- 90[0005 00]
 * <- 90[0004 01]
 * -> a2[0006 s"a/b"]
 * <- b0020006
 * -> a2[0007 s"one" s"+/two"]
 * <- b0020007
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	char one[] = "one", two[] = "+/two", three[] = "$SYS/#";
	char *filters[] = {one, two, three};
	int mid = -1;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "sub", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_subscribe(mosq, &mid, "a/b", 0));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.subscribe == 1);
	CALL(mosquitto_subscribe(mosq, NULL, "a/#", 1));
	LOOP_UNTIL(mosq, seen.subscribe == 2);
	CALL(mosquitto_subscribe_multiple(mosq, &mid, 3, filters, 2, 0, NULL));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.subscribe == 3);
	/* Options are for MQTT 5 and count for nothing here. */
	CALL(mosquitto_subscribe_v5(mosq, &mid, "o", 1, MQTT_SUB_OPT_NO_LOCAL, NULL));
	CALL(mosquitto_subscribe(mosq, NULL, "p", 0));
	LOOP_UNTIL(mosq, seen.subscribe == 5);
	CALL(mosquitto_unsubscribe(mosq, &mid, "a/b"));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.unsubscribe == 1);
	CALL(mosquitto_unsubscribe_multiple(mosq, &mid, 2, filters, NULL));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.unsubscribe == 2);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
