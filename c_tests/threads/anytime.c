/* What holds at any moment and in any callback, row by row: `anytime PORT [ROW...]`. */
#include <setjmp.h>
#include <sys/ioctl.h>

#include "threads.h"

static int port;

/* ---- while another thread is inside a callback ---- */

/* Milliseconds: far less than the callback would stay, which nobody lets go before. */
#define AT_ONCE (LIMIT_MS / 4)

static atomic_bool inside, leave;

static void stay(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	double begun = now_ms();

	inside = true;
	while(!leave && now_ms() - begun < LIMIT_MS) pause_ms(1);
	inside = false;
	count_message(mosq, obj, message);
}

/* No lock is held meanwhile: everything goes through at once, and reaches the server. */
static void calls_during_the_callback_of_another_thread(void)
{
	struct mosquitto *mosq = threaded_client("row", port);
	int i;

	inside = leave = false;
	mosquitto_message_callback_set(mosq, stay);
	EQUAL(mosquitto_publish(mosq, NULL, "echo", 1, "x", 0, false), 0);
	WAIT_UNTIL(inside);
	WITHIN(AT_ONCE,
		mosquitto_connect_callback_set(mosq, count_connect);
		mosquitto_message_callback_set(mosq, count_message);
		mosquitto_user_data_set(mosq, &seen);
		CHECK(mosquitto_userdata(mosq) == &seen);
		EQUAL(mosquitto_will_set(mosq, "will", 1, "w", 0, false), 0);
		EQUAL(mosquitto_username_pw_set(mosq, "user", "password"), 0);
		EQUAL(mosquitto_reconnect_delay_set(mosq, 1, 2, true), 0);
		EQUAL(mosquitto_int_option(mosq, MOSQ_OPT_TCP_NODELAY, 1), 0);
		CHECK(mosquitto_socket(mosq) >= 0);
		mosquitto_want_write(mosq);
		for(i = 0; i < 10; i++) EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", i % 3, false), 0);
		EQUAL(mosquitto_subscribe(mosq, NULL, "s", 1), 0);
		EQUAL(mosquitto_unsubscribe(mosq, NULL, "s"), 0);
		EQUAL(mosquitto_loop(mosq, 0, 1), 0);
		EQUAL(mosquitto_loop_read(mosq, 1), 0);
		EQUAL(mosquitto_loop_write(mosq, 1), 0);
		EQUAL(mosquitto_loop_misc(mosq), 0);
		EQUAL(mosquitto_loop_start(mosq), MOSQ_ERR_INVAL));
	CHECK(inside);
	/* One at a time. */
	EQUAL(seen.subscribe, 0);
	leave = true;
	WAIT_UNTIL(seen.publish == 11 && seen.subscribe && seen.unsubscribe);
	inside = leave = false;
	mosquitto_message_callback_set(mosq, stay);
	EQUAL(mosquitto_publish(mosq, NULL, "echo", 1, "x", 0, false), 0);
	WAIT_UNTIL(inside);
	WITHIN(AT_ONCE, EQUAL(mosquitto_reconnect_async(mosq), 0));
	WITHIN(AT_ONCE, EQUAL(mosquitto_reconnect(mosq), 0));
	WITHIN(AT_ONCE, EQUAL(mosquitto_disconnect(mosq), 0));
	CHECK(inside);
	leave = true;
	EQUAL(mosquitto_loop_stop(mosq, false), 0);
	mosquitto_destroy(mosq);
}

/* A stop by force waits for a callback and leaves nothing behind: calls write at once again. */
static void calls_write_at_once_after_a_stop(void)
{
	struct mosquitto *mosq = threaded_client("row", port);

	inside = leave = false;
	mosquitto_message_callback_set(mosq, stay);
	EQUAL(mosquitto_publish(mosq, NULL, "echo", 1, "x", 1, false), 0);
	WAIT_UNTIL(inside);
	leave = true;
	EQUAL(mosquitto_loop_stop(mosq, true), 0);
	seen.publish = 0;
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 0, false), 0);
	CHECK(seen.publish >= 1);
	mosquitto_destroy(mosq);
}

/* ---- callbacks ---- */

static atomic_int first, second;

static void count_second(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)mosq; (void)message;
	CHECK(obj == &second);
	second++;
}

static void replace_myself(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)message;
	CHECK(obj == &first);
	first++;
	mosquitto_user_data_set(mosq, &second);
	mosquitto_message_callback_set(mosq, count_second);
}

/* Both changed inside a callback: from the next event on. */
static void setters_in_a_callback(void)
{
	struct mosquitto *mosq = threaded_client("row", port);

	first = second = 0;
	mosquitto_user_data_set(mosq, &first);
	mosquitto_message_callback_set(mosq, replace_myself);
	EQUAL(mosquitto_publish(mosq, NULL, "$burst", 2, "10", 0, false), 0);
	WAIT_UNTIL(second == 9);
	EQUAL(first, 1);
	mosquitto_destroy(mosq);
}

static void leave_at_the_first(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	if(!seen.message) EQUAL(mosquitto_disconnect(mosq), 0);
	count_message(mosq, obj, message);
}

/* With more messages received already: those are not delivered, and DISCONNECT leaves (the test asks the server). */
static void disconnect_with_more_behind(void)
{
	struct mosquitto *mosq = connected_client("more-behind", port);

	mosquitto_message_callback_set(mosq, leave_at_the_first);
	EQUAL(mosquitto_publish(mosq, NULL, "$burst", 3, "100", 0, false), 0);
	EQUAL(mosquitto_loop_forever(mosq, -1, 1), 0);
	EQUAL(seen.message, 1);
	EQUAL(seen.disconnect, 1);
	EQUAL(seen.rc, 0);
	mosquitto_destroy(mosq);
}

/* ---- loops of the program's own ---- */

/* All that has come in is handled, whatever max_packets says: the descriptor will not show it again. */
static void one_read_is_enough(void)
{
	/* Of "burst" with four bytes. */
	enum { MESSAGES = 500, BYTES = MESSAGES * (2 + 2 + 5 + 4) };
	struct mosquitto *mosq = connected_client("row", port);
	double begun = now_ms();
	int waiting = 0;

	EQUAL(mosquitto_publish(mosq, NULL, "$burst", 3, "500", 0, false), 0);
	while(waiting < BYTES && now_ms() - begun < LIMIT_MS){
		pause_ms(1);
		CHECK(ioctl(mosquitto_socket(mosq), FIONREAD, &waiting) == 0);
	}
	EQUAL(waiting, BYTES);
	EQUAL(mosquitto_loop_read(mosq, 1), 0);
	EQUAL(seen.message, MESSAGES);
	mosquitto_destroy(mosq);
}

/* ---- in the middle of being told of many QoS 0 messages ---- */

#define BATCH 1000
#define MIDS 65536
/* Something happens inside of every so-manieth call. */
#define EVERY 7

static atomic_uchar told[MIDS], given[MIDS];
static jmp_buf back;
static int depth;
static bool nest, jump;
static atomic_bool stopping;

static void in_the_middle(struct mosquitto *mosq, void *obj, int mid)
{
	int before = depth;

	told[mid]++;
	count_publish(mosq, obj, mid);
	if(seen.publish % EVERY) return;
	if(nest && depth < 3){
		depth++;
		EQUAL(mosquitto_loop(mosq, 0, 1), 0);
		depth = before;
	}
	if(jump) longjmp(back, 1);
}

static void *loop_on(void *argument)
{
	struct mosquitto *volatile mosq = argument;

	setjmp(back);
	depth = 0;
	while(!stopping) mosquitto_loop(mosq, 20, 1);
	return NULL;
}

/* The loop runs in a thread of the program's, of which the library is told: only that tells of messages, many at a time. */
static void publish_many(void)
{
	struct mosquitto *mosq = connected_client("row", port);
	pthread_t thread;
	int i, mid, wrong = 0;

	stopping = false;
	for(i = 0; i < MIDS; i++) told[i] = given[i] = 0;
	mosquitto_publish_callback_set(mosq, in_the_middle);
	EQUAL(mosquitto_threaded_set(mosq, true), 0);
	for(i = 0; i < 2 * BATCH; i++){
		EQUAL(mosquitto_publish(mosq, &mid, "t", 1, "x", 0, false), 0);
		given[mid]++;
		/* Half of them at once, half while others are told of. */
		if(i == BATCH) pthread_create(&thread, NULL, loop_on, mosq);
	}
	WAIT_UNTIL(seen.publish >= 2 * BATCH);
	stopping = true;
	pthread_join(thread, NULL);
	EQUAL(seen.publish, 2 * BATCH);
	for(i = 0; i < MIDS; i++) wrong += told[i] != given[i] || given[i] > 1;
	EQUAL(wrong, 0);
	mosquitto_destroy(mosq);
}

static void a_jump_in_the_middle(void)
{
	nest = false;
	jump = true;
	publish_many();
}

static void a_loop_in_the_middle(void)
{
	nest = true;
	jump = false;
	publish_many();
}

static void a_jump_out_of_a_loop_in_the_middle(void)
{
	nest = jump = true;
	publish_many();
}

/* ---- more than one client ---- */

static struct mosquitto *other;

static void use_the_other(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	count_message(mosq, obj, message);
	if(!other) return;
	EQUAL(mosquitto_disconnect(other), 0);
	EQUAL(mosquitto_loop_stop(other, false), 0);
	mosquitto_destroy(other);
	other = NULL;
}

/* A client's callback may end another client. */
static void a_callback_ends_another_client(void)
{
	struct mosquitto *mosq;

	other = threaded_client("row-other", port);
	mosq = threaded_client("row", port);
	mosquitto_message_callback_set(mosq, use_the_other);
	EQUAL(mosquitto_publish(mosq, NULL, "$burst", 2, "10", 0, false), 0);
	WAIT_UNTIL(seen.message == 10);
	CHECK(!other);
	mosquitto_destroy(mosq);
}

static const struct row rows[] = {
	ROW(calls_during_the_callback_of_another_thread),
	ROW(calls_write_at_once_after_a_stop),
	ROW(setters_in_a_callback),
	ROW(disconnect_with_more_behind),
	ROW(one_read_is_enough),
	ROW(a_jump_in_the_middle),
	ROW(a_loop_in_the_middle),
	ROW(a_jump_out_of_a_loop_in_the_middle),
	ROW(a_callback_ends_another_client),
};

int main(int argc, char *argv[])
{
	(void)argc;
	port = atoi(argv[1]);
	return RUN_ROWS(rows, argv + 2);
}
