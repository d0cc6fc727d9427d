/* What clients and waiting messages take of the heap, and that it is given back. glibc's own account, so exact.
 *
 * @peer broker
 * @library ours, 2.0 is quadratic in waiting messages: half a minute for these
 * @valgrind no
 */
#include "common.h"
#include <malloc.h>

#define CLIENTS 100
#define MESSAGES 100000
#define TOPIC "memory/offline"
#define PAYLOAD "sixteen bytes..."

static int connected, published;

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)mosq; (void)obj;
	if(rc == 0) connected++;
}

static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj; (void)mid;
	published++;
}

static void on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)mosq; (void)obj; (void)message;
}

static long heap(void)
{
	struct mallinfo2 info = mallinfo2();

	return (long)(info.uordblks + info.hblkhd);
}

static void at_most(const char *what, double bytes, double limit)
{
	if(bytes <= limit) say("%s: at most %.0f bytes", what, limit);
	else say("%s: %.1f bytes, more than %.0f", what, bytes, limit);
}

static struct mosquitto *client(char *argv[])
{
	struct mosquitto *mosq = mosquitto_new(NULL, true, NULL);

	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_publish_callback_set(mosq, on_publish);
	mosquitto_message_callback_set(mosq, on_message);
	if(argv){
		connected = 0;
		if(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60)) return NULL;
		LOOP_UNTIL(mosq, connected == 1);
	}
	return mosq;
}

int main(int argc, char *argv[])
{
	struct mosquitto *clients[CLIENTS], *mosq;
	long before, queued, after;
	int i;

	(void)argc;
	mosquitto_lib_init();
	mosquitto_destroy(client(argv)); /* what is taken once */
	before = heap();
	for(i = 0; i < CLIENTS; i++) clients[i] = client(argv);
	at_most("a client that is connected and idle", (double)(heap() - before) / CLIENTS, 1500);
	for(i = 0; i < CLIENTS; i++) mosquitto_destroy(clients[i]);
	at_most("all of them gone", (double)(heap() - before), 16384);

	mosq = client(NULL);
	mosquitto_max_inflight_messages_set(mosq, 100);
	before = heap();
	for(i = 0; i < MESSAGES; i++){
		int rc = mosquitto_publish(mosq, NULL, TOPIC, strlen(PAYLOAD), PAYLOAD, 1, false);
		if(rc != MOSQ_ERR_NO_CONN) report("mosquitto_publish", rc);
	}
	queued = heap() - before;
	at_most("a message that waits, beside topic and payload",
			(double)queued / MESSAGES - strlen(TOPIC) - strlen(PAYLOAD), 64);
	connected = 0;
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, published == MESSAGES);
	after = heap() - before;
	at_most("all of them delivered", (double)after, 196608);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
