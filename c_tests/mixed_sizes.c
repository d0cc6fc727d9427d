/* Small and large messages of several threads at once come out whole and each thread's in its order; so do those of a
 * program that calls the loop itself.
 *
 * @peer broker
 */
#include "common.h"
#include <pthread.h>

#define THREADS 3
#define MESSAGES 40

static const int sizes[] = {16, 20000, 300000, 5000, 70000, 16384, 16300};
static struct mosquitto *mosq;
static _Atomic int received, subscribed;
static int next[THREADS + 1], wrong;

static void fill(char *data, int size, int thread, int number)
{
	int i;

	for(i = 0; i < size; i++) data[i] = (char)(thread * 31 + number * 7 + i);
}

static int size_of(int number)
{
	return sizes[number % (int)(sizeof(sizes) / sizeof(sizes[0]))];
}

static void on_message(struct mosquitto *m, void *obj, const struct mosquitto_message *message)
{
	static char expected[300000];
	int thread = atoi(message->topic + strlen("mixed/"));
	int number = next[thread]++;

	(void)m; (void)obj;
	fill(expected, size_of(number), thread, number);
	if(message->payloadlen != size_of(number) || memcmp(message->payload, expected, (size_t)message->payloadlen))
		wrong++;
	received++;
}

static void on_subscribe(struct mosquitto *m, void *obj, int mid, int count, const int *codes)
{
	(void)m; (void)obj; (void)mid; (void)count; (void)codes;
	subscribed++;
}

static void publish(int thread, int number)
{
	int size = size_of(number), rc;
	char *data = malloc((size_t)size), topic[30];

	sprintf(topic, "mixed/%d", thread);
	fill(data, size, thread, number);
	rc = mosquitto_publish(mosq, NULL, topic, size, data, 0, false);
	if(rc) report("mosquitto_publish", rc);
	free(data); /* the library has copied what it did not write */
}

static void *publisher(void *arg)
{
	int thread = *(int *)arg, number;

	for(number = 0; number < MESSAGES; number++) publish(thread, number);
	return NULL;
}

int main(int argc, char *argv[])
{
	pthread_t threads[THREADS];
	int numbers[THREADS], i;

	(void)argc;
	mosquitto_lib_init();
	mosq = mosquitto_new("mixed", true, NULL);
	mosquitto_message_callback_set(mosq, on_message);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	CALL(mosquitto_subscribe(mosq, NULL, "mixed/+", 0));
	LOOP_UNTIL(mosq, subscribed == 1);

	for(i = 0; i < MESSAGES; i++){
		publish(THREADS, i);
		mosquitto_loop(mosq, 0, 1);
	}
	LOOP_UNTIL(mosq, received == MESSAGES);
	say("own loop: %d messages, %d wrong", next[THREADS], wrong);

	CALL(mosquitto_loop_start(mosq));
	for(i = 0; i < THREADS; i++){
		numbers[i] = i;
		pthread_create(&threads[i], NULL, publisher, &numbers[i]);
	}
	for(i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
	WAIT_UNTIL(received == MESSAGES * (THREADS + 1));
	CALL(mosquitto_disconnect(mosq));
	CALL(mosquitto_loop_stop(mosq, false));
	for(i = 0; i < THREADS; i++) say("thread %d: %d messages", i, next[i]);
	say("%d wrong", wrong);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
