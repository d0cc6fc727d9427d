/* MQTT 5: publishes that the server does not take; on_publish_v5 has the reason.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20[00 00 []]
 * -> 32[s"t" 0001 [] "1"]
 * <- 40[0001 97 [1f s"quota"]]
 * -> 32[s"t" 0002 [] "2"]
 * <- 40[0002 10]
 * -> 34[s"t" 0003 [] "3"]
 * <- 50[0003 10 []]
 * -> 62020003
 * <- 70[0003 92]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "errors", true, MQTT_PROTOCOL_V5);
	CALL(mosquitto_publish(mosq, NULL, "t", 1, "1", 1, false));
	LOOP_UNTIL(mosq, seen.publish == 1);
	CALL(mosquitto_publish(mosq, NULL, "t", 1, "2", 1, false));
	LOOP_UNTIL(mosq, seen.publish == 2);
	CALL(mosquitto_publish(mosq, NULL, "t", 1, "3", 2, false));
	LOOP_UNTIL(mosq, seen.publish == 3);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
