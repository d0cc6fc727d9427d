/* Destroy, reinitialise, reconnect and stop from other threads, at any moment: `moments PORT ROUNDS [ROW...]`. */
#include "threads.h"

static int port, rounds;
static atomic_uint state = 2463534242u;

static unsigned random_below(unsigned limit)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % limit;
}

/* A moment between 0 and 3 ms. */
static void some_moment(void)
{
	struct timespec time = {0, random_below(3000) * 1000};

	nanosleep(&time, NULL);
}

static atomic_bool gone, late;

static void note_late(void)
{
	if(gone) late = true;
}

static void on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	note_late();
	count_message(mosq, obj, message);
	note_late();
}

static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	note_late();
	count_publish(mosq, obj, mid);
	note_late();
}

static void on_log(struct mosquitto *mosq, void *obj, int level, const char *text)
{
	(void)mosq; (void)obj; (void)level; (void)text;
	note_late();
}

static int forever_rc;

static void *run_forever(void *mosq)
{
	forever_rc = mosquitto_loop_forever(mosq, 100, 1);
	return NULL;
}

static struct mosquitto *flowing(const char *id)
{
	struct mosquitto *mosq = new_client(id);
	int i;

	gone = late = false;
	mosquitto_message_callback_set(mosq, on_message);
	mosquitto_publish_callback_set(mosq, on_publish);
	if(random_below(2)) mosquitto_log_callback_set(mosq, on_log);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	EQUAL(mosquitto_publish(mosq, NULL, "$many", 4, "3000", 0, false), 0);
	for(i = 0; i < 20; i++) mosquitto_publish(mosq, NULL, "echo", 4, "text", i % 3, false);
	return mosq;
}

/* No callback runs once destroy has returned, whoever runs the loop. */
static void destroy_in_full_flow(void)
{
	struct mosquitto *mosq;
	pthread_t thread;
	int round;

	for(round = 0; round < rounds; round++){
		bool forever = round % 2;

		mosq = flowing("moment");
		if(forever) pthread_create(&thread, NULL, run_forever, mosq);
		else EQUAL(mosquitto_loop_start(mosq), 0);
		WAIT_UNTIL(seen.message);
		some_moment();
		WITHIN(1000, mosquitto_destroy(mosq));
		gone = true;
		if(forever){
			pthread_join(thread, NULL);
			EQUAL(forever_rc, 0);
		}
		CHECK(!late);
	}
}

/* A loop that runs in the old life ends with it. */
static void reinitialise_in_full_flow(void)
{
	struct mosquitto *mosq = mosquitto_new("first", true, NULL), *again;
	pthread_t thread;
	int round;

	for(round = 0; round < rounds; round++){
		bool forever = round % 2;

		mosquitto_destroy(mosq);
		mosq = flowing("moment");
		if(forever) pthread_create(&thread, NULL, run_forever, mosq);
		else EQUAL(mosquitto_loop_start(mosq), 0);
		WAIT_UNTIL(seen.message);
		some_moment();
		WITHIN(1000, EQUAL(mosquitto_reinitialise(mosq, "moment-again", true, NULL), 0));
		gone = true;
		EQUAL(mosquitto_socket(mosq), -1);
		/* The new life begins at once, and is not the old loop's business. */
		forget_events();
		mosquitto_connect_callback_set(mosq, count_connect);
		EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
		again = mosq;
		if(forever){
			pthread_join(thread, NULL);
			EQUAL(forever_rc, 0);
		}
		LOOP_UNTIL(again, seen.connect);
		CHECK(!late);
	}
	mosquitto_destroy(mosq);
}

#define BIG (300 << 10)

/* In the middle of a message that takes many reads. */
static void reconnect_in_a_large_message(void)
{
	struct mosquitto *mosq = threaded_client("large", port);
	char *payload = calloc(1, BIG);
	int round, connected;

	for(round = 0; round < rounds; round++){
		connected = seen.connect;
		EQUAL(mosquitto_publish(mosq, NULL, "echo", BIG, payload, 0, false), 0);
		some_moment();
		EQUAL(mosquitto_reconnect(mosq), 0);
		WAIT_UNTIL(seen.connect > connected);
	}
	connected = seen.message;
	EQUAL(mosquitto_publish(mosq, NULL, "echo", BIG, payload, 0, false), 0);
	WAIT_UNTIL(seen.message > connected);
	free(payload);
	EQUAL(mosquitto_disconnect(mosq), 0);
	EQUAL(mosquitto_loop_stop(mosq, false), 0);
	EQUAL(seen.rc, 0);
	mosquitto_destroy(mosq);
}

/* DISCONNECT leaves, whatever the loop's thread is in the middle of: the test asks the server. */
static void say_farewell(void)
{
	struct mosquitto *mosq;
	int round, i;

	for(round = 0; round < rounds; round++){
		mosq = threaded_client("farewell", port);
		for(i = 0; i < 50; i++) mosquitto_publish(mosq, NULL, "t", 4, "text", 0, false);
		if(round % 3 == 0) some_moment();
		EQUAL(mosquitto_disconnect(mosq), 0);
		if(round % 3 == 1) some_moment();
		mosquitto_destroy(mosq);
	}
	printf("farewells %d\n", round);
}

static atomic_bool inside;

static void linger(struct mosquitto *mosq, void *obj, int level, const char *text)
{
	(void)mosq; (void)obj; (void)level; (void)text;
	if(inside) return;
	inside = true;
	pause_ms(100);
	note_late();
}

/* A line of log that another thread is being told is waited for, as other callbacks are. */
static void destroy_while_a_line_is_logged(void)
{
	struct mosquitto *mosq = new_client("logs");
	pthread_t thread;

	gone = late = inside = false;
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	mosquitto_log_callback_set(mosq, linger);
	pthread_create(&thread, NULL, run_forever, mosq);
	WAIT_UNTIL(inside);
	mosquitto_destroy(mosq);
	gone = true;
	pthread_join(thread, NULL);
	CHECK(!late);
}

static atomic_bool in_callback;
static atomic_int together;

static void take_time(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	if(atomic_exchange(&in_callback, true)) together++;
	usleep(50);
	in_callback = false;
	count_message(mosq, obj, message);
}

static void take_time_too(struct mosquitto *mosq, void *obj, int mid)
{
	if(atomic_exchange(&in_callback, true)) together++;
	usleep(50);
	in_callback = false;
	count_publish(mosq, obj, mid);
}

static void take_time_at_the_end(struct mosquitto *mosq, void *obj, int rc)
{
	if(atomic_exchange(&in_callback, true)) together++;
	usleep(1000);
	in_callback = false;
	count_disconnect(mosq, obj, rc);
}

static atomic_bool done;

static void *loop(void *mosq)
{
	while(!done){
		if(mosquitto_loop(mosq, 100, 1)) usleep(100);
	}
	return NULL;
}

/* Callbacks come one at a time although two threads run the loop. */
static void two_loops(void)
{
	struct mosquitto *mosq = new_client("two-loops");
	pthread_t threads[2];
	int i, published = 0;

	in_callback = done = false;
	mosquitto_threaded_set(mosq, true);
	mosquitto_message_callback_set(mosq, take_time);
	mosquitto_publish_callback_set(mosq, take_time_too);
	mosquitto_disconnect_callback_set(mosq, take_time_at_the_end);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	for(i = 0; i < 2; i++) pthread_create(&threads[i], NULL, loop, mosq);
	WAIT_UNTIL(seen.connect);
	for(i = 0; i < 20; i++){
		int j;

		EQUAL(mosquitto_publish(mosq, NULL, "$many", 3, "100", 0, false), 0);
		for(j = 0; j < 50; j++) EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", j % 3, false), 0);
		published += 51;
		WAIT_UNTIL(seen.message == (i + 1) * 100 && seen.publish == published);
	}
	EQUAL(mosquitto_disconnect(mosq), 0);
	WAIT_UNTIL(seen.disconnect);
	done = true;
	for(i = 0; i < 2; i++) pthread_join(threads[i], NULL);
	EQUAL(together, 0);
	EQUAL(seen.disconnect, 1);
	mosquitto_destroy(mosq);
}

static void *stop(void *mosq)
{
	mosquitto_loop_stop(mosq, random_below(2));
	return NULL;
}

static void *start(void *mosq)
{
	mosquitto_loop_start(mosq);
	return NULL;
}

/* Start and stop from several threads at once: in the end there is one thread or none, and it can be ended. */
static void starts_and_stops_at_once(void)
{
	struct mosquitto *mosq = threaded_client("at-once", port);
	pthread_t threads[6];
	int round, i, before;

	before = count_threads() - 1;
	for(round = 0; round < rounds; round++){
		for(i = 0; i < 6; i++) pthread_create(&threads[i], NULL, i % 2 ? start : stop, mosq);
		for(i = 0; i < 6; i++) pthread_join(threads[i], NULL);
	}
	mosquitto_loop_stop(mosq, true);
	WAIT_UNTIL(count_threads() == before);
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 1, false), 0);
	LOOP_UNTIL(mosq, seen.publish);
	EQUAL(seen.connect, 1);
	mosquitto_destroy(mosq);
}

static const struct row rows[] = {
	ROW(destroy_in_full_flow),
	ROW(reinitialise_in_full_flow),
	ROW(reconnect_in_a_large_message),
	ROW(say_farewell),
	ROW(destroy_while_a_line_is_logged),
	ROW(two_loops),
	ROW(starts_and_stops_at_once),
};

int main(int argc, char *argv[])
{
	(void)argc;
	port = atoi(argv[1]);
	rounds = atoi(argv[2]);
	return RUN_ROWS(rows, argv + 3);
}
