/* Connections one after the other over TLS, each with a message: nothing adds up, resumed or not.
 *
 * @peer tls
 */
#include "common.h"

#define TIMES 25

static int connected, published, ended;

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)obj;
	if(rc) say("refused: %d", rc);
	connected++;
	mosquitto_publish(mosq, NULL, "tls_reconnect", 5, "hello", 1, false);
}

static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj; (void)mid;
	published++;
}

static void on_disconnect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)mosq; (void)obj;
	if(rc) say("lost: %d", rc);
	ended++;
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	char ca[200];
	int round;

	if(argc < 4) return 1;
	mosquitto_lib_init();
	snprintf(ca, sizeof(ca), "%s/ca.crt", argv[3]);
	mosq = mosquitto_new("tls_reconnect", true, NULL);
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_publish_callback_set(mosq, on_publish);
	mosquitto_disconnect_callback_set(mosq, on_disconnect);
	CALL(mosquitto_tls_set(mosq, ca, NULL, NULL, NULL, NULL));
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	for(round = 1; round <= TIMES; round++){
		LOOP_UNTIL(mosq, published == round);
		mosquitto_disconnect(mosq);
		while(ended < round && mosquitto_loop(mosq, 50, 1) == MOSQ_ERR_SUCCESS){}
		if(round < TIMES && mosquitto_reconnect(mosq)) say("reconnect failed in round %d", round);
	}
	say("connected %d, published %d, ended %d", connected, published, ended);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
