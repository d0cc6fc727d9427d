/* Messages larger than any buffer, both ways, in pieces.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 30[s"out" 62*200000]
 * -> 32[s"out" 0002 63*70000]
 * <- 40020002
 * <- 30[s"in" 61*100] 30[s"in" 61*127]
 * <- 30 | 83 | c8 | 01 | 00 | 02 "i" | "n" 61*10000 | 62*15599
 * <- 30[s"in" 61*16380]
 * <- 30[s"in" 61*300000]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	char *data = malloc(200000);

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "large", true, MQTT_PROTOCOL_V311);
	memset(data, 'b', 200000);
	/* Complete when written, which can be inside the call or later. */
	last_rc = mosquitto_publish(mosq, NULL, "out", 200000, data, 0, false);
	while(last_rc == 0 && seen.publish == 0) last_rc = mosquitto_loop(mosq, 50, 1);
	report("200,000 bytes", last_rc);
	memset(data, 'c', 200000);
	CALL(mosquitto_publish(mosq, NULL, "out", 70000, data, 1, false));
	LOOP_UNTIL(mosq, seen.publish == 2 && seen.message == 5);
	leave(mosq);
	free(data);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
