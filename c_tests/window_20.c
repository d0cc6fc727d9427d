/* The window: at most 20 messages of QoS 1 and 2 in flight, the rest follows as acknowledgements come.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 32[s"w" 0001 01]
 * -> 32[s"w" 0002 02]
 * -> 32[s"w" 0003 03]
 * -> 32[s"w" 0004 04]
 * -> 32[s"w" 0005 05]
 * -> 32[s"w" 0006 06]
 * -> 32[s"w" 0007 07]
 * -> 32[s"w" 0008 08]
 * -> 32[s"w" 0009 09]
 * -> 32[s"w" 000a 0a]
 * -> 32[s"w" 000b 0b]
 * -> 32[s"w" 000c 0c]
 * -> 32[s"w" 000d 0d]
 * -> 32[s"w" 000e 0e]
 * -> 32[s"w" 000f 0f]
 * -> 32[s"w" 0010 10]
 * -> 32[s"w" 0011 11]
 * -> 32[s"w" 0012 12]
 * -> 32[s"w" 0013 13]
 * -> 32[s"w" 0014 14]
 * stdout all 30 handed over
 * quiet 100
 * <- 40020001
 * -> 32[s"w" 0015 15]
 * <- 40020002
 * -> 32[s"w" 0016 16]
 * <- 40020003
 * -> 32[s"w" 0017 17]
 * <- 40020004
 * -> 32[s"w" 0018 18]
 * <- 40020005
 * -> 32[s"w" 0019 19]
 * <- 40020006
 * -> 32[s"w" 001a 1a]
 * <- 40020007
 * -> 32[s"w" 001b 1b]
 * <- 40020008
 * -> 32[s"w" 001c 1c]
 * <- 40020009
 * -> 32[s"w" 001d 1d]
 * <- 4002000a
 * -> 32[s"w" 001e 1e]
 * <- 4002000b
 * <- 4002000c
 * <- 4002000d
 * <- 4002000e
 * <- 4002000f
 * <- 40020010
 * <- 40020011
 * <- 40020012
 * <- 40020013
 * <- 40020014
 * <- 40020015
 * <- 40020016
 * <- 40020017
 * <- 40020018
 * <- 40020019
 * <- 4002001a
 * <- 4002001b
 * <- 4002001c
 * <- 4002001d
 * <- 4002001e
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	unsigned char i;
	int failed = 0;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "window", true, MQTT_PROTOCOL_V311);
	for(i = 1; i <= 30; i++) failed += mosquitto_publish(mosq, NULL, "w", 1, &i, 1, false) != 0;
	say("all 30 handed over, %d failed", failed);
	LOOP_UNTIL(mosq, seen.publish == 30);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
