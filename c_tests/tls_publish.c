/* Messages of every QoS over TLS, and the program's view of the TLS object.
 *
 * @peer tls
 * @link -lssl -lcrypto
 */
#include <openssl/ssl.h>

#include "common.h"

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	SSL *ssl = mosquitto_ssl_get(mosq);

	print_connect(mosq, obj, rc);
	say("in the callback: %s, descriptor is %s", SSL_get_version(ssl),
			SSL_get_fd(ssl) == mosquitto_socket(mosq) ? "the socket's" : "another");
}

static void on_disconnect(struct mosquitto *mosq, void *obj, int rc)
{
	print_disconnect(mosq, obj, rc);
	say("in the callback: %s", mosquitto_ssl_get(mosq) ? "an object" : "no object");
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	char ca[200];
	int qos;

	if(argc < 4) return 1;
	mosquitto_lib_init();
	snprintf(ca, sizeof(ca), "%s/ca.crt", argv[3]);
	mosq = new_client("tls_publish", true, MQTT_PROTOCOL_V311);
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_disconnect_callback_set(mosq, on_disconnect);
	CALL(mosquitto_tls_set(mosq, ca, NULL, NULL, NULL, NULL));
	say("before: %s", mosquitto_ssl_get(mosq) ? "an object" : "no object");
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	say("connected: %s", mosquitto_ssl_get(mosq) ? "an object" : "no object");
	LOOP_UNTIL(mosq, seen.connect == 1);
	CALL(mosquitto_subscribe(mosq, NULL, "tls_publish/#", 2));
	LOOP_UNTIL(mosq, seen.subscribe == 1);
	for(qos = 0; qos < 3; qos++){
		CALL(mosquitto_publish(mosq, NULL, "tls_publish/topic", 5, "hello", qos, false));
		LOOP_UNTIL(mosq, seen.message == qos + 1 && seen.publish == qos + 1);
	}
	leave(mosq);
	CALL(mosquitto_reconnect(mosq));
	LOOP_UNTIL(mosq, seen.connect == 2);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
