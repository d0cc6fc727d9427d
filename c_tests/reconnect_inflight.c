/* A lost connection with messages in flight: everything unacknowledged is sent again, each in its state, and completes.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 32[s"one" 0001 "1"]
 * -> 34[s"two" 0002 "2"]
 * -> 34[s"rel" 0003 "3"]
 * -> 32[s"done" 0004 "4"]
 * <- 40020004
 * <- 50020003
 * -> 62020003
 * reset
 * accept
 * -> CONNECT
 * <- 20020100
 * -> 3a[s"one" 0001 "1"]
 * -> 3c[s"two" 0002 "2"]
 * -> 62020003
 * <- 70020003
 * close
 * accept
 * -> CONNECT
 * <- 20020100
 * -> 3a[s"one" 0001 "1"]
 * -> 3c[s"two" 0002 "2"]
 * <- 50020002
 * -> 62020002
 * <- 70020002
 * <- 40020001
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "again", false, MQTT_PROTOCOL_V311);
	mosquitto_connect_with_flags_callback_set(mosq, print_connect_with_flags);
	CALL(mosquitto_publish(mosq, NULL, "one", 1, "1", 1, false));
	CALL(mosquitto_publish(mosq, NULL, "two", 1, "2", 2, false));
	CALL(mosquitto_publish(mosq, NULL, "rel", 1, "3", 2, false));
	CALL(mosquitto_publish(mosq, NULL, "done", 1, "4", 1, false));
	LOOP_UNTIL(mosq, seen.disconnect == 1);
	CALL(mosquitto_reconnect(mosq));
	LOOP_UNTIL(mosq, seen.disconnect == 2);
	CALL(mosquitto_reconnect(mosq));
	LOOP_UNTIL(mosq, seen.publish == 4);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
