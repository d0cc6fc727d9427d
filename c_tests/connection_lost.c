/* Lost connections: end of stream and reset, before and after CONNACK.
 *
 * @peer script
 * @script
 * -> CONNECT
 * close
 * accept
 * -> CONNECT
 * <- 20020000
 * stdout second connection
 * close
 * accept
 * -> CONNECT
 * <- 20020000
 * stdout third connection
 * reset
 * accept
 * -> CONNECT
 * <- 2002
 * shut
 * end
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("lost", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.disconnect == 1);
	CALL(mosquitto_reconnect(mosq));
	LOOP_UNTIL(mosq, seen.connect == 1);
	say("second connection");
	LOOP_UNTIL(mosq, seen.disconnect == 2);
	CALL(mosquitto_reconnect(mosq));
	LOOP_UNTIL(mosq, seen.connect == 2);
	say("third connection");
	LOOP_UNTIL(mosq, seen.disconnect == 3);
	CALL(mosquitto_reconnect(mosq));
	LOOP_UNTIL(mosq, seen.disconnect == 4);
	say("socket %d, want_write %d", mosquitto_socket(mosq), mosquitto_want_write(mosq));
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
