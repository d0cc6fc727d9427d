/* Message ids count from 1 to 65535 and begin again at 1; QoS 0, subscribe and unsubscribe use them too.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 82[ffff s"a" 00]
 * <- 90[ffff 00]
 * -> a2[0001 s"a"]
 * <- b0020001
 * -> 32[s"t" 0002 "x"]
 * <- 40020002
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int i, mid = 0, other = 0;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("wrap", true, MQTT_PROTOCOL_V311);
	/* Each is lost, but takes a mid. */
	for(i = 1; i <= 65534; i++){
		if(mosquitto_publish(mosq, &mid, "t", 1, "x", 0, false) != MOSQ_ERR_NO_CONN || mid != i) other++;
	}
	say("mid %d, %d others", mid, other);
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.connect == 1);
	CALL(mosquitto_subscribe(mosq, &mid, "a", 0));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.subscribe == 1);
	CALL(mosquitto_unsubscribe(mosq, &mid, "a"));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.unsubscribe == 1);
	CALL(mosquitto_publish(mosq, &mid, "t", 1, "x", 1, false));
	say("mid %d", mid);
	LOOP_UNTIL(mosq, seen.publish == 1);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
