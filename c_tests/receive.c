/* Received messages at QoS 0, 1 and 2: callbacks, acknowledgements, order, payload, retain.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 04 02 003c s"rx"]
 * <- 20020000
 * -> 82[0001 s"#" 02]
 * <- 9003000102
 * <- 30[s"zero" "0"]
 * <- 31[s"kept" "retained"]
 * <- 30[s"empty"]
 * <- 30[s"binary" 00 01 02 ff 00]
 * <- 32[s"one" 0007 "first"]
 * -> 40020007
 * <- 3a[s"one" 0007 "first"]
 * -> 40020007
 * <- 34[s"two" 0008 "exactly"]
 * -> 50020008
 * <- 34[s"two" 0009 "once"]
 * -> 50020009
 * <- 62020009
 * -> 70020009
 * <- 62020008
 * -> 70020008
 * <- 62020008
 * -> 70020008
 * <1 35[s"byte by byte" ffff "slow"]
 * -> 5002ffff
 * <1 6202ffff
 * -> 7002ffff
 * <- 30[s"long" 78*5000]
 * <- 30[s"last" "!"]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "rx", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_subscribe(mosq, NULL, "#", 2));
	LOOP_UNTIL(mosq, seen.message == 11);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
