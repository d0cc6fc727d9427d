/* One message in flight at a time: QoS 1 and 2 strictly one after the other, QoS 0 past them.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 32[s"a" 0001 "1"]
 * -> 30[s"zero" "0"]
 * quiet 50
 * <- 40020001
 * -> 34[s"a" 0002 "2"]
 * <- 50020002
 * -> 62020002
 * quiet 50
 * <- 70020002
 * -> 32[s"a" 0003 "3"]
 * <- 40020003
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("one", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_max_inflight_messages_set(mosq, 65536));
	CALL(mosquitto_max_inflight_messages_set(NULL, 1));
	CALL(mosquitto_max_inflight_messages_set(mosq, 0));
	CALL(mosquitto_max_inflight_messages_set(mosq, 1));
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.connect == 1);
	CALL(mosquitto_publish(mosq, NULL, "a", 1, "1", 1, false));
	CALL(mosquitto_publish(mosq, NULL, "a", 1, "2", 2, false));
	CALL(mosquitto_publish(mosq, NULL, "a", 1, "3", 1, false));
	CALL(mosquitto_publish(mosq, NULL, "zero", 1, "0", 0, false));
	LOOP_UNTIL(mosq, seen.publish == 4);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
