/* Connections one after the other over TLS, each with a message: all but the first are resumed, and nothing adds up.
 * TLS_RECONNECTS in the environment says how many.
 *
 * @peer tls
 * @link -lssl -lcrypto
 */
#include <malloc.h>
#include <openssl/ssl.h>

#include "common.h"

/* By then everything that is made once has been made. */
#define SETTLED 10
/* Of a long run less than ten bytes for each connection. */
#define GROWTH 65536

static int connected, resumed, published, ended;

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)obj;
	if(rc) say("refused: %d", rc);
	connected++;
	if(SSL_session_reused(mosquitto_ssl_get(mosq))) resumed++;
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
	const char *wanted = getenv("TLS_RECONNECTS");
	int times = wanted ? atoi(wanted) : 25;
	size_t settled = 0, memory = 0;
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
	for(round = 1; round <= times; round++){
		LOOP_UNTIL(mosq, published == round);
		mosquitto_disconnect(mosq);
		while(ended < round && mosquitto_loop(mosq, 50, 1) == MOSQ_ERR_SUCCESS){}
		memory = mallinfo2().uordblks; /* 0 under valgrind, which has other means */
		if(round == SETTLED) settled = memory;
		if(round < times && mosquitto_reconnect(mosq)) say("reconnect failed in round %d", round);
	}
	say("connected %d, published %d, ended %d", connected, published, ended);
	say("resumed: %s", resumed == 0 ? "none" : resumed == times - 1 ? "all but the first" : "some");
	say("memory grows: %s", memory > settled + GROWTH ? "yes" : "no");
	fprintf(stderr, "%d of %d resumed, memory: %zu bytes, then %zu\n", resumed, times, settled, memory);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
