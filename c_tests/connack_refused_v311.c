/* A broker that refuses: return codes 1 to 5 of MQTT 3.1.1, then one that the standard does not know, then acceptance.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020001
 * end
 * accept
 * -> CONNECT
 * <- 20020002
 * end
 * accept
 * -> CONNECT
 * <- 20020003
 * end
 * accept
 * -> CONNECT
 * <- 20020004
 * end
 * accept
 * -> CONNECT
 * <- 20020005
 * end
 * accept
 * -> CONNECT
 * <- 20020006
 * end
 * accept
 * -> CONNECT
 * <- 20020000
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
	mosq = new_client("refused", true, MQTT_PROTOCOL_V311);
	for(i = 1; i <= 7; i++){
		if(i == 1){
			CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
		}else{
			CALL(mosquitto_reconnect(mosq));
		}
		LOOP_UNTIL(mosq, i == 7 ? seen.connect == 7 : seen.disconnect == i);
		say("socket %s", mosquitto_socket(mosq) == -1 ? "closed" : "open");
	}
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
