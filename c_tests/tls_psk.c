/* A key in place of certificates.
 *
 * @peer tls
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	if(argc < 6) return 1;
	mosquitto_lib_init();
	mosq = new_client("tls_psk", true, MQTT_PROTOCOL_V311);
	/* Set twice: the last one counts. */
	CALL(mosquitto_tls_psk_set(mosq, "ffff", "nobody", NULL));
	CALL(mosquitto_tls_psk_set(mosq, "0a1b2c3d", "identity", NULL));
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[5]), 60));
	LOOP_UNTIL(mosq, seen.connect == 1);
	CALL(mosquitto_subscribe(mosq, NULL, "tls_psk/#", 1));
	LOOP_UNTIL(mosq, seen.subscribe == 1);
	CALL(mosquitto_publish(mosq, NULL, "tls_psk/topic", 5, "hello", 1, false));
	LOOP_UNTIL(mosq, seen.message == 1 && seen.publish == 1);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
