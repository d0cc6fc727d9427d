/* The tables of how loops start, stop and reconnect, row by row: `tables PORT [ROW...]`.
 *
 * Each row is a function; it gets a server that does what the identifier of a client asks for.
 */
#include "threads.h"

static int port;
static double begun;

/* ---- loop_start ---- */

static void start_then_connect_async(void)
{
	struct mosquitto *mosq = new_client("row");

	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_loop_start(mosq), MOSQ_ERR_INVAL);
	pause_ms(30);
	begun = now_ms();
	EQUAL(mosquitto_connect_async(mosq, "127.0.0.1", port, 60), 0);
	WAIT_UNTIL(seen.connect);
	BETWEEN(now_ms() - begun, 0, 200);
	mosquitto_destroy(mosq);
}

static void failed_connect_then_start(void)
{
	struct mosquitto *mosq = new_client("row");
	int refused = refused_port(), listener, peer;

	EQUAL(mosquitto_connect(mosq, "127.0.0.1", refused, 60), MOSQ_ERR_ERRNO);
	EQUAL(errno, ECONNREFUSED);
	begun = now_ms();
	EQUAL(mosquitto_loop_start(mosq), 0);
	listener = listen_on(AF_INET, refused, 5);
	peer = accept(listener, NULL, NULL);
	/* After one delay. */
	BETWEEN(now_ms() - begun, 950, 2500);
	EQUAL(seen.disconnect, 0);
	mosquitto_destroy(mosq);
	close(peer);
	close(listener);
}

static void failed_connect_async_then_start(void)
{
	struct mosquitto *mosq = new_client("row");
	int refused = refused_port(), listener, peer;

	EQUAL(mosquitto_connect_async(mosq, "127.0.0.1", refused, 60), MOSQ_ERR_ERRNO);
	EQUAL(errno, ECONNREFUSED);
	EQUAL(mosquitto_socket(mosq), -1);
	EQUAL(mosquitto_loop_start(mosq), 0);
	listener = listen_on(AF_INET, refused, 5);
	peer = accept(listener, NULL, NULL);
	CHECK(peer >= 0);
	mosquitto_destroy(mosq);
	close(peer);
	close(listener);
}

static void stop_by_force_and_start_again(void)
{
	struct mosquitto *mosq = threaded_client("row", port);
	int descriptor = mosquitto_socket(mosq);

	EQUAL(mosquitto_loop_stop(mosq, true), 0);
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 1, false), 0);
	WAIT_UNTIL(seen.publish);
	EQUAL(mosquitto_socket(mosq), descriptor);
	EQUAL(seen.connect, 1);
	mosquitto_destroy(mosq);
}

static pthread_t callback_thread;

static void note_thread(struct mosquitto *mosq, void *obj, int mid)
{
	callback_thread = pthread_self();
	count_publish(mosq, obj, mid);
}

static void publish_from_another_thread(void)
{
	struct mosquitto *mosq = threaded_client("row", port);
	int i;

	mosquitto_publish_callback_set(mosq, note_thread);
	for(i = 0; i < 50; i++){
		begun = now_ms();
		EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 0, false), 0);
		WAIT_UNTIL(seen.publish == i + 1);
		BETWEEN(now_ms() - begun, 0, 200);
		CHECK(!pthread_equal(callback_thread, pthread_self()));
	}
	mosquitto_destroy(mosq);
}

static void disconnect_and_stop(void)
{
	struct mosquitto *mosq = threaded_client("row", port);

	EQUAL(mosquitto_disconnect(mosq), 0);
	EQUAL(mosquitto_loop_stop(mosq, false), 0);
	EQUAL(seen.disconnect, 1);
	EQUAL(seen.rc, 0);
	EQUAL(mosquitto_socket(mosq), -1);
	mosquitto_destroy(mosq);
}

static void disconnect_only(void)
{
	int threads = count_threads();
	struct mosquitto *mosq = threaded_client("row", port);

	EQUAL(mosquitto_disconnect(mosq), 0);
	begun = now_ms();
	WAIT_UNTIL(count_threads() == threads);
	BETWEEN(now_ms() - begun, 0, 1500);
	EQUAL(seen.disconnect, 1);
	/* It can be started again, and stopped, without having been stopped. */
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_reconnect(mosq), 0);
	WAIT_UNTIL(seen.connect == 2);
	EQUAL(mosquitto_disconnect(mosq), 0);
	WAIT_UNTIL(count_threads() == threads);
	EQUAL(mosquitto_loop_stop(mosq, false), 0);
	EQUAL(mosquitto_loop_stop(mosq, false), MOSQ_ERR_INVAL);
	mosquitto_destroy(mosq);
}

/* A thread that was started after a disconnect waits for the next connection, however long that takes. */
static void start_after_a_disconnect(void)
{
	struct mosquitto *mosq = threaded_client("row", port);

	EQUAL(mosquitto_disconnect(mosq), 0);
	EQUAL(mosquitto_loop_stop(mosq, false), 0);
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_loop_start(mosq), MOSQ_ERR_INVAL);
	pause_ms(50);
	EQUAL(mosquitto_loop_start(mosq), MOSQ_ERR_INVAL);
	EQUAL(mosquitto_reconnect(mosq), 0);
	WAIT_UNTIL(seen.connect == 2);
	mosquitto_destroy(mosq);
}

/* Whether the thread that ends by itself has ended yet is nothing a program can know. */
static void start_while_the_thread_ends(void)
{
	int i, threads = count_threads();
	struct mosquitto *mosq = threaded_client("row", port);

	for(i = 0; i < 200; i++){
		EQUAL(mosquitto_disconnect(mosq), 0);
		/* At once, with the callback just being left. */
		begun = now_ms();
		while(seen.disconnect <= i && now_ms() - begun < LIMIT_MS) sched_yield();
		if(i % 2) usleep((unsigned)i);
		EQUAL(mosquitto_loop_start(mosq), 0);
		EQUAL(mosquitto_reconnect(mosq), 0);
		WAIT_UNTIL(seen.connect == i + 2);
	}
	EQUAL(mosquitto_loop_stop(mosq, false), 0);
	EQUAL(count_threads(), threads);
	mosquitto_destroy(mosq);
}

static void reconnect_from_another_thread(void)
{
	struct mosquitto *mosq = threaded_client("row", port);
	int i;

	for(i = 0; i < 20; i++){
		EQUAL(mosquitto_reconnect(mosq), 0);
		WAIT_UNTIL(seen.connect == i + 2);
	}
	EQUAL(seen.disconnect, 0);
	mosquitto_destroy(mosq);
}

static char thread_name[16];

static void note_name(struct mosquitto *mosq, void *obj, int rc)
{
	pthread_getname_np(pthread_self(), thread_name, sizeof(thread_name));
	count_connect(mosq, obj, rc);
}

static void the_thread_has_a_name(void)
{
	struct mosquitto *mosq = new_client("row");

	mosquitto_connect_callback_set(mosq, note_name);
	mosquitto_connect_async(mosq, "127.0.0.1", port, 60);
	EQUAL(mosquitto_loop_start(mosq), 0);
	WAIT_UNTIL(seen.connect);
	CHECK(!strcmp(thread_name, "mosquitto loop"));
	mosquitto_destroy(mosq);
}

static void use_stack(struct mosquitto *mosq, void *obj, int rc)
{
	volatile char deep[6 << 20];

	deep[0] = 1;
	deep[sizeof(deep) - 1] = 2;
	count_connect(mosq, obj, rc + deep[0] + deep[sizeof(deep) - 1] - 3);
}

/* As much as pthread_create gives by default: callbacks may need it. */
static void the_thread_has_the_usual_stack(void)
{
	struct mosquitto *mosq;
	pthread_attr_t attributes;
	size_t size;

	pthread_attr_init(&attributes);
	pthread_attr_getstacksize(&attributes, &size);
	pthread_attr_destroy(&attributes);
	if(size < 8 << 20){
		printf("stacks of %zu bytes: not tried\n", size);
		return;
	}
	mosq = new_client("row");
	mosquitto_connect_callback_set(mosq, use_stack);
	mosquitto_connect_async(mosq, "127.0.0.1", port, 60);
	EQUAL(mosquitto_loop_start(mosq), 0);
	WAIT_UNTIL(seen.connect);
	mosquitto_destroy(mosq);
}

static void threaded_set_keeps_start_and_stop_out(void)
{
	struct mosquitto *mosq = new_client("row");

	EQUAL(mosquitto_threaded_set(mosq, true), 0);
	EQUAL(mosquitto_loop_start(mosq), MOSQ_ERR_INVAL);
	EQUAL(mosquitto_loop_stop(mosq, true), MOSQ_ERR_INVAL);
	EQUAL(mosquitto_threaded_set(mosq, false), 0);
	EQUAL(mosquitto_loop_start(mosq), 0);
	mosquitto_destroy(mosq);
}

/* Not to be called while the thread runs; one that does is not left waiting for it. */
static void threaded_set_hides_a_thread(void)
{
	struct mosquitto *mosq = threaded_client("row", port);

	EQUAL(mosquitto_threaded_set(mosq, false), 0);
	pause_ms(50); /* most likely the thread sleeps by then */
	WITHIN(2000, EQUAL(mosquitto_loop_start(mosq), 0));
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 1, false), 0);
	WAIT_UNTIL(seen.publish);
	EQUAL(seen.connect, 1);
	mosquitto_destroy(mosq);
}

/* ---- loop_stop ---- */

static void stop_while_connected(void)
{
	struct mosquitto *mosq = threaded_client("row", port);
	int descriptor = mosquitto_socket(mosq), force;

	mosquitto_reconnect_delay_set(mosq, 30, 30, false);
	for(force = 0; force < 2; force++){
		WITHIN(100, EQUAL(mosquitto_loop_stop(mosq, force), 0));
		EQUAL(mosquitto_socket(mosq), descriptor);
		EQUAL(mosquitto_loop_start(mosq), 0);
	}
	EQUAL(mosquitto_loop_stop(mosq, false), 0);
	/* The program takes over. */
	EQUAL(mosquitto_publish(mosq, NULL, "echo", 1, "x", 1, false), 0);
	LOOP_UNTIL(mosq, seen.publish && seen.message);
	EQUAL(seen.connect, 1);
	EQUAL(seen.disconnect, 0);
	mosquitto_destroy(mosq);
}

static void stop_without_connect(void)
{
	struct mosquitto *mosq = new_client("row");
	int force;

	for(force = 0; force < 2; force++){
		EQUAL(mosquitto_loop_start(mosq), 0);
		WITHIN(100, EQUAL(mosquitto_loop_stop(mosq, force), 0));
	}
	mosquitto_destroy(mosq);
}

static void stop_in_back_off(void)
{
	struct mosquitto *mosq = new_client("row");
	int force;

	mosquitto_reconnect_delay_set(mosq, 30, 30, false);
	mosquitto_connect(mosq, "127.0.0.1", refused_port(), 60);
	for(force = 0; force < 2; force++){
		EQUAL(mosquitto_loop_start(mosq), 0);
		pause_ms(50);
		WITHIN(100, EQUAL(mosquitto_loop_stop(mosq, force), 0));
	}
	mosquitto_destroy(mosq);
}

static atomic_bool inside;
static atomic_int stop_rc;

static void linger(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	inside = true;
	pause_ms(60);
	inside = false;
	count_message(mosq, obj, message);
}

/* A callback that runs is waited for; no other one begins, and no message is lost. */
static void stop_during_a_callback(void)
{
	struct mosquitto *mosq = threaded_client("row", port);
	int before;

	mosquitto_message_callback_set(mosq, linger);
	EQUAL(mosquitto_publish(mosq, NULL, "$burst", 2, "40", 0, false), 0);
	WAIT_UNTIL(inside);
	WITHIN(160, EQUAL(mosquitto_loop_stop(mosq, true), 0));
	CHECK(!inside);
	before = seen.message;
	CHECK(before >= 1 && before <= 3);
	pause_ms(100);
	EQUAL(seen.message, before);
	mosquitto_message_callback_set(mosq, count_message);
	LOOP_UNTIL(mosq, seen.message == 40);
	mosquitto_destroy(mosq);
}

static void stop_inside(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	if(!seen.message) stop_rc = mosquitto_loop_stop(mosq, false);
	count_message(mosq, obj, message);
}

/* From a callback on the thread itself: it ends behind that callback, and nothing reconnects. */
static void stop_from_the_own_callback(void)
{
	int threads = count_threads(), descriptor;
	struct mosquitto *mosq = threaded_client("row", port);

	descriptor = mosquitto_socket(mosq);
	stop_rc = -1;
	mosquitto_message_callback_set(mosq, stop_inside);
	EQUAL(mosquitto_publish(mosq, NULL, "$burst", 2, "10", 0, false), 0);
	WAIT_UNTIL(count_threads() == threads);
	EQUAL(stop_rc, 0);
	EQUAL(seen.message, 1);
	EQUAL(mosquitto_loop_stop(mosq, false), MOSQ_ERR_INVAL);
	EQUAL(mosquitto_socket(mosq), descriptor);
	/* What had come in by then is handed over by whoever runs the client next. */
	EQUAL(mosquitto_loop_start(mosq), 0);
	WAIT_UNTIL(seen.message == 10);
	EQUAL(seen.connect, 1);
	mosquitto_destroy(mosq);
}

static void stop_slowly_inside(struct mosquitto *mosq, void *obj, int rc)
{
	count_connect(mosq, obj, rc);
	pause_ms(100); /* most likely the other thread waits by then */
	stop_rc = mosquitto_loop_stop(mosq, true);
}

/* Both at once: nothing of it is left to whoever runs the client next, who is to wait for the server. */
static void stop_from_the_own_callback_and_outside(void)
{
	struct mosquitto *mosq = new_client("row");
	int listener = listen_on(AF_INET, 0, 5), threads = count_threads(), peer;

	stop_rc = -1;
	mosquitto_connect_callback_set(mosq, stop_slowly_inside);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port_of(listener), 60), 0);
	peer = accept(listener, NULL, NULL);
	EQUAL(mosquitto_loop_start(mosq), 0);
	CHECK(write(peer, "\x20\x02\0\0", 4) == 4);
	WAIT_UNTIL(seen.connect);
	mosquitto_loop_stop(mosq, false); /* the answer is a matter of who comes first */
	WAIT_UNTIL(count_threads() == threads);
	EQUAL(stop_rc, 0);
	EQUAL(mosquitto_disconnect(mosq), 0);
	begun = now_ms();
	LOOP_UNTIL(mosq, seen.disconnect);
	BETWEEN(now_ms() - begun, 900, 2000);
	mosquitto_destroy(mosq);
	close(peer);
	close(listener);
}

static void stop_null_and_not_started(void)
{
	struct mosquitto *mosq = new_client("row");

	EQUAL(mosquitto_loop_stop(NULL, true), MOSQ_ERR_INVAL);
	EQUAL(mosquitto_loop_start(NULL), MOSQ_ERR_INVAL);
	EQUAL(mosquitto_loop_stop(mosq, false), MOSQ_ERR_INVAL);
	EQUAL(mosquitto_loop_stop(mosq, true), MOSQ_ERR_INVAL);
	mosquitto_destroy(mosq);
}

/* ---- loop_forever ---- */

static int forever_rc;

static void *run_forever(void *mosq)
{
	forever_rc = mosquitto_loop_forever(mosq, -1, 1);
	return NULL;
}

static void forever_arguments(void)
{
	struct mosquitto *mosq = new_client("row");

	EQUAL(mosquitto_loop_forever(NULL, -1, 1), MOSQ_ERR_INVAL);
	EQUAL(mosquitto_loop_forever(mosq, -1, 0), MOSQ_ERR_INVAL);
	mosquitto_destroy(mosq);
}

static void forever_ends_by_disconnect(void)
{
	struct mosquitto *mosq = connected_client("row", port);
	pthread_t thread;

	pthread_create(&thread, NULL, run_forever, mosq);
	pause_ms(30);
	EQUAL(mosquitto_disconnect(mosq), 0);
	WITHIN(900, pthread_join(thread, NULL));
	EQUAL(forever_rc, 0);
	EQUAL(seen.disconnect, 1);
	EQUAL(seen.rc, 0);
	mosquitto_destroy(mosq);
}

/* The first connection comes after the delay, not also after the timeout. */
static void forever_connects_by_itself(void)
{
	struct mosquitto *mosq = new_client("row");
	int refused = refused_port(), listener, peer;
	pthread_t thread;

	EQUAL(mosquitto_connect(mosq, "127.0.0.1", refused, 60), MOSQ_ERR_ERRNO);
	listener = listen_on(AF_INET, refused, 5);
	begun = now_ms();
	pthread_create(&thread, NULL, run_forever, mosq);
	peer = accept(listener, NULL, NULL);
	BETWEEN(now_ms() - begun, 950, 1600);
	mosquitto_disconnect(mosq);
	close(peer);
	pthread_join(thread, NULL);
	EQUAL(forever_rc, 0);
	mosquitto_destroy(mosq);
	close(listener);
}

static void forever_reports_what_trying_again_does_not_cure(void)
{
	/* A SUBACK before CONNACK is a protocol error; a refusal is not. */
	struct mosquitto *mosq = new_client("row");
	int listener = listen_on(AF_INET, 0, 5), peer;
	pthread_t thread;

	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port_of(listener), 60), 0);
	peer = accept(listener, NULL, NULL);
	CHECK(write(peer, "\x90\x03\0\x01\0", 5) == 5);
	pthread_create(&thread, NULL, run_forever, mosq);
	pthread_join(thread, NULL);
	EQUAL(forever_rc, MOSQ_ERR_PROTOCOL);
	EQUAL(seen.rc, MOSQ_ERR_PROTOCOL);
	EQUAL(seen.disconnect, 1);
	mosquitto_destroy(mosq);
	close(peer);
	close(listener);
}

static void forever_goes_on_when_refused(void)
{
	struct mosquitto *mosq = new_client("refused");
	pthread_t thread;

	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	pthread_create(&thread, NULL, run_forever, mosq);
	WAIT_UNTIL(seen.connect == 2);
	CHECK(seen.disconnect >= 1);
	mosquitto_disconnect(mosq);
	pthread_join(thread, NULL);
	EQUAL(forever_rc, 0);
	mosquitto_destroy(mosq);
}

/* disconnect, then reconnect: the next loss is cured again. */
static void reconnect_takes_disconnect_back(void)
{
	struct mosquitto *mosq = connected_client("row", port);
	pthread_t thread;

	EQUAL(mosquitto_disconnect(mosq), 0);
	LOOP_UNTIL(mosq, seen.disconnect);
	EQUAL(mosquitto_reconnect(mosq), 0);
	pthread_create(&thread, NULL, run_forever, mosq);
	WAIT_UNTIL(seen.connect == 2);
	EQUAL(mosquitto_publish(mosq, NULL, "$drop", 0, NULL, 0, false), 0);
	WAIT_UNTIL(seen.connect == 3);
	mosquitto_disconnect(mosq);
	pthread_join(thread, NULL);
	mosquitto_destroy(mosq);
}

static void reconnect_inside(struct mosquitto *mosq, void *obj, int rc)
{
	if(rc) EQUAL(mosquitto_reconnect(mosq), 0);
	count_disconnect(mosq, obj, rc);
}

/* reconnect() in on_disconnect makes one connection, not two. */
static void reconnect_in_on_disconnect(void)
{
	struct mosquitto *mosq = connected_client("once", port);
	pthread_t thread;

	mosquitto_disconnect_callback_set(mosq, reconnect_inside);
	pthread_create(&thread, NULL, run_forever, mosq);
	EQUAL(mosquitto_publish(mosq, NULL, "$drop", 0, NULL, 0, false), 0);
	WAIT_UNTIL(seen.connect == 2);
	pause_ms(1500);
	EQUAL(seen.connect, 2);
	EQUAL(seen.disconnect, 1);
	mosquitto_disconnect(mosq);
	pthread_join(thread, NULL);
	mosquitto_destroy(mosq);
}

/* ---- disconnect ---- */

static void disconnect_calls_nothing_back(void)
{
	struct mosquitto *mosq = connected_client("row", port);

	EQUAL(mosquitto_disconnect(mosq), 0);
	EQUAL(seen.disconnect, 0);
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 0, false), MOSQ_ERR_NO_CONN);
	EQUAL(mosquitto_subscribe(mosq, NULL, "t", 0), MOSQ_ERR_NO_CONN);
	LOOP_UNTIL(mosq, seen.disconnect);
	EQUAL(seen.rc, 0);
	EQUAL(mosquitto_loop(mosq, 0, 1), MOSQ_ERR_NO_CONN);
	EQUAL(seen.disconnect, 1);
	mosquitto_destroy(mosq);
}

/* A server that does not close is given a second, without spinning. */
static void disconnect_from_a_server_that_stays(void)
{
	struct mosquitto *mosq = new_client("row");
	int listener = listen_on(AF_INET, 0, 5), peer;
	struct timespec before, after;

	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port_of(listener), 60), 0);
	peer = accept(listener, NULL, NULL);
	CHECK(write(peer, "\x20\x02\0\0", 4) == 4);
	LOOP_UNTIL(mosq, seen.connect);
	EQUAL(mosquitto_disconnect(mosq), 0);
	begun = now_ms();
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	LOOP_UNTIL(mosq, seen.disconnect);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	BETWEEN(now_ms() - begun, 900, 2000);
	BETWEEN((double)(after.tv_sec - before.tv_sec) * 1e3 + (double)(after.tv_nsec - before.tv_nsec) / 1e6, 0, 100);
	EQUAL(seen.rc, 0);
	EQUAL(seen.disconnect, 1);
	mosquitto_destroy(mosq);
	close(peer);
	close(listener);
}

static void disconnect_inside(struct mosquitto *mosq, void *obj, int rc)
{
	EQUAL(mosquitto_disconnect(mosq), 0);
	count_connect(mosq, obj, rc);
}

static void disconnect_in_on_connect(void)
{
	struct mosquitto *mosq = new_client("row");

	mosquitto_connect_callback_set(mosq, disconnect_inside);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	EQUAL(mosquitto_loop_forever(mosq, -1, 1), 0);
	EQUAL(seen.connect, 1);
	EQUAL(seen.disconnect, 1);
	EQUAL(seen.rc, 0);
	mosquitto_destroy(mosq);
}

/* ---- what wakes the loop ---- */

static void *wake_by_disconnect(void *mosq)
{
	pause_ms(50);
	begun = now_ms();
	mosquitto_disconnect(mosq);
	return NULL;
}

static void disconnect_wakes_the_back_off(void)
{
	struct mosquitto *mosq = new_client("row");
	pthread_t thread;

	mosquitto_reconnect_delay_set(mosq, 30, 30, false);
	mosquitto_connect(mosq, "127.0.0.1", refused_port(), 60);
	pthread_create(&thread, NULL, wake_by_disconnect, mosq);
	EQUAL(mosquitto_loop_forever(mosq, -1, 1), 0);
	BETWEEN(now_ms() - begun, 0, 100);
	pthread_join(thread, NULL);
	mosquitto_destroy(mosq);
}

static void *wake_by_connect(void *mosq)
{
	pause_ms(50);
	begun = now_ms();
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	return NULL;
}

static void connect_wakes_the_back_off(void)
{
	struct mosquitto *mosq = new_client("row");
	pthread_t thread, forever;

	mosquitto_reconnect_delay_set(mosq, 30, 30, false);
	mosquitto_connect(mosq, "127.0.0.1", refused_port(), 60);
	pthread_create(&forever, NULL, run_forever, mosq);
	pthread_create(&thread, NULL, wake_by_connect, mosq);
	pthread_join(thread, NULL);
	WAIT_UNTIL(seen.connect);
	BETWEEN(now_ms() - begun, 0, 200);
	mosquitto_disconnect(mosq);
	pthread_join(forever, NULL);
	mosquitto_destroy(mosq);
}

static void *wake_by_destroy(void *mosq)
{
	pause_ms(100);
	begun = now_ms();
	mosquitto_destroy(mosq);
	return NULL;
}

/* The thread that sleeps is the only one that ever called before. */
static void destroy_wakes_a_loop(void)
{
	struct mosquitto *mosq = connected_client("row", port);
	pthread_t thread;

	pthread_create(&thread, NULL, wake_by_destroy, mosq);
	mosquitto_loop(mosq, LIMIT_MS, 1);
	BETWEEN(now_ms() - begun, 0, 100);
	pthread_join(thread, NULL);
}

#define BIG (16 << 20)

static void *publish_much(void *mosq)
{
	char *payload = calloc(1, BIG);

	pause_ms(100);
	begun = now_ms();
	EQUAL(mosquitto_publish(mosq, NULL, "t", BIG, payload, 1, false), 0);
	free(payload);
	return NULL;
}

/* The socket cannot take it all: the loop has to learn that there is something to write. */
static void publish_wakes_a_loop(void)
{
	struct mosquitto *mosq = connected_client("row", port);
	pthread_t thread;
	double start = now_ms();

	pthread_create(&thread, NULL, publish_much, mosq);
	while(!seen.publish && now_ms() - start < LIMIT_MS) mosquitto_loop(mosq, LIMIT_MS, 1);
	BETWEEN(now_ms() - begun, 0, 3000);
	pthread_join(thread, NULL);
	mosquitto_destroy(mosq);
}

static void *reconnect_elsewhere(void *mosq)
{
	pause_ms(100);
	begun = now_ms();
	EQUAL(mosquitto_reconnect(mosq), 0);
	return NULL;
}

static void reconnect_wakes_a_loop(void)
{
	struct mosquitto *mosq = connected_client("row", port);
	pthread_t thread;
	double start = now_ms();

	pthread_create(&thread, NULL, reconnect_elsewhere, mosq);
	while(seen.connect < 2 && now_ms() - start < LIMIT_MS) mosquitto_loop(mosq, LIMIT_MS, 1);
	BETWEEN(now_ms() - begun, 0, 300);
	pthread_join(thread, NULL);
	mosquitto_destroy(mosq);
}

/* ---- */

static const struct row rows[] = {
	ROW(start_then_connect_async),
	ROW(failed_connect_then_start),
	ROW(failed_connect_async_then_start),
	ROW(stop_by_force_and_start_again),
	ROW(publish_from_another_thread),
	ROW(disconnect_and_stop),
	ROW(disconnect_only),
	ROW(start_after_a_disconnect),
	ROW(start_while_the_thread_ends),
	ROW(reconnect_from_another_thread),
	ROW(the_thread_has_a_name),
	ROW(the_thread_has_the_usual_stack),
	ROW(threaded_set_keeps_start_and_stop_out),
	ROW(threaded_set_hides_a_thread),
	ROW(stop_while_connected),
	ROW(stop_without_connect),
	ROW(stop_in_back_off),
	ROW(stop_during_a_callback),
	ROW(stop_from_the_own_callback),
	ROW(stop_from_the_own_callback_and_outside),
	ROW(stop_null_and_not_started),
	ROW(forever_arguments),
	ROW(forever_ends_by_disconnect),
	ROW(forever_connects_by_itself),
	ROW(forever_reports_what_trying_again_does_not_cure),
	ROW(forever_goes_on_when_refused),
	ROW(reconnect_takes_disconnect_back),
	ROW(reconnect_in_on_disconnect),
	ROW(disconnect_calls_nothing_back),
	ROW(disconnect_from_a_server_that_stays),
	ROW(disconnect_in_on_connect),
	ROW(disconnect_wakes_the_back_off),
	ROW(connect_wakes_the_back_off),
	ROW(destroy_wakes_a_loop),
	ROW(publish_wakes_a_loop),
	ROW(reconnect_wakes_a_loop),
};

int main(int argc, char *argv[])
{
	(void)argc;
	port = atoi(argv[1]);
	return RUN_ROWS(rows, argv + 2);
}
