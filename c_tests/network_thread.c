/* mosquitto_loop_start: a thread does the network's work; publish and subscribe from the main thread.
 *
 * @peer script
 * @script
 * -> CONNECT
 * stdout mosquitto_connect_async
 * <- 20020000
 * -> 82[0001 s"#" 02]
 * <- 90[0001 02]
 * -> 30[s"t" "0"]
 * <- 30[s"t" "0"]
 * -> 32[s"t" 0003 "1"]
 * <- 40020003
 * -> 34[s"t" 0004 "2"]
 * <- 50020004
 * -> 62020004
 * <- 70020004
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	volatile int *published = &seen.publish, *received = &seen.message;
	volatile int *connected = &seen.connect, *subscribed = &seen.subscribe, *gone = &seen.disconnect;
	int rc;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("thread", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_loop_start(mosq));
	CALL(mosquitto_loop_start(mosq));
	rc = mosquitto_connect_async(mosq, argv[1], atoi(argv[2]), 60);
	WAIT_UNTIL(*connected == 1);
	report("mosquitto_connect_async", rc);
	mosquitto_subscribe(mosq, NULL, "#", 2);
	WAIT_UNTIL(*subscribed == 1);
	mosquitto_publish(mosq, NULL, "t", 1, "0", 0, false);
	WAIT_UNTIL(*published == 1 && *received == 1);
	mosquitto_publish(mosq, NULL, "t", 1, "1", 1, false);
	WAIT_UNTIL(*published == 2);
	mosquitto_publish(mosq, NULL, "t", 1, "2", 2, false);
	WAIT_UNTIL(*published == 3);
	mosquitto_disconnect(mosq);
	WAIT_UNTIL(*gone == 1);
	CALL(mosquitto_loop_stop(mosq, false));
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
