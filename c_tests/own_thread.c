/* mosquitto_threaded_set: the program runs the loop in a thread of its own and publishes from others.
 *
 * @peer broker
 */
#include <pthread.h>

#include "common.h"

#define THREADS 4
#define EACH 100

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int received[3], complete, connected, subscribed;

static int get(int *counter)
{
	int value;

	pthread_mutex_lock(&lock);
	value = *counter;
	pthread_mutex_unlock(&lock);
	return value;
}

static void add(int *counter)
{
	pthread_mutex_lock(&lock);
	++*counter;
	pthread_mutex_unlock(&lock);
}

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)mosq; (void)obj;
	say("on_connect rc=%d", rc);
	add(&connected);
}

static void on_subscribe(struct mosquitto *mosq, void *obj, int mid, int count, const int *codes)
{
	(void)mosq; (void)obj;
	say_codes("on_subscribe", mid, count, codes);
	add(&subscribed);
}

static void on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)mosq; (void)obj;
	add(&received[message->qos]);
}

static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj; (void)mid;
	add(&complete);
}

static void *run_loop(void *mosq)
{
	CALL(mosquitto_loop_forever(mosq, -1, 1));
	return NULL;
}

static void *publish(void *mosq)
{
	int i, failed = 0;

	for(i = 0; i < EACH; i++) failed += mosquitto_publish(mosq, NULL, "own_thread", 4, "text", i % 3, false) != 0;
	if(failed) say("%d failed", failed);
	return NULL;
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	pthread_t loop, threads[THREADS];
	int i;

	(void)argc;
	mosquitto_lib_init();
	mosq = mosquitto_new("own-thread", true, NULL);
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_message_callback_set(mosq, on_message);
	mosquitto_publish_callback_set(mosq, on_publish);
	CALL(mosquitto_threaded_set(mosq, true));
	CALL(mosquitto_loop_start(mosq));
	CALL(mosquitto_loop_stop(mosq, false));
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	pthread_create(&loop, NULL, run_loop, mosq);
	WAIT_UNTIL(get(&connected));
	mosquitto_subscribe(mosq, NULL, "own_thread", 2);
	WAIT_UNTIL(get(&subscribed));
	for(i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, publish, mosq);
	for(i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
	WAIT_UNTIL(get(&complete) == THREADS * EACH
			&& get(&received[0]) + get(&received[1]) + get(&received[2]) == THREADS * EACH);
	say("received %d %d %d", received[0], received[1], received[2]);
	mosquitto_disconnect(mosq);
	pthread_join(loop, NULL);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
