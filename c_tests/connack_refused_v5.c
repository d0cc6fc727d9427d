/* A broker that refuses with MQTT 5 reason codes, with properties.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20[00 80 []]
 * end
 * accept
 * -> CONNECT
 * <- 20[00 86 [1f s"wrong password"]]
 * end
 * accept
 * -> CONNECT
 * <- 20[00 87 [26 s"why" s"because"]]
 * end
 * accept
 * -> CONNECT
 * <- 20[00 9c [1c s"elsewhere:1883"]]
 * end
 * accept
 * -> CONNECT
 * <- 20[00 00 []]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int i;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("refused", true, MQTT_PROTOCOL_V5);
	for(i = 1; i <= 5; i++){
		if(i == 1){
			CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
		}else{
			CALL(mosquitto_reconnect(mosq));
		}
		LOOP_UNTIL(mosq, i == 5 ? seen.connect == 5 : seen.disconnect == i);
		say("socket %s", mosquitto_socket(mosq) == -1 ? "closed" : "open");
	}
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
