/* pthread_cancel of a program's own thread in mosquitto_loop_forever, in every state: `cancels PORT [ROW...]`.
 *
 * The thread ends, and another one goes on with the client. In every other call cancellation waits until the call is over.
 */
#include "threads.h"

/* The loop looks up at least as often as its timeout says; then it can be cancelled. */
#define TIMEOUT 200

static int port;
static atomic_int cancelled_calls;

static void *run_forever(void *mosq)
{
	mosquitto_loop_forever(mosq, TIMEOUT, 1);
	return NULL;
}

static void cancel(pthread_t thread)
{
	void *result = NULL;

	EQUAL(pthread_cancel(thread), 0);
	WITHIN(3000, pthread_join(thread, &result));
	CHECK(result == PTHREAD_CANCELED);
}

static void use(struct mosquitto *mosq)
{
	forget_events();
	count_events(mosq);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	LOOP_UNTIL(mosq, seen.connect);
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 2, false), 0);
	LOOP_UNTIL(mosq, seen.publish);
	mosquitto_destroy(mosq);
}

static void idle(void)
{
	struct mosquitto *mosq = connected_client("cancel-idle", port);
	pthread_t thread;
	int descriptor = mosquitto_socket(mosq);

	pthread_create(&thread, NULL, run_forever, mosq);
	pause_ms(50);
	cancel(thread);
	/* The connection is as it was. */
	EQUAL(mosquitto_socket(mosq), descriptor);
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 1, false), 0);
	LOOP_UNTIL(mosq, seen.publish);
	use(mosq);
}

static void in_full_flow(void)
{
	struct mosquitto *mosq = connected_client("cancel-flow", port);
	pthread_t thread;

	EQUAL(mosquitto_publish(mosq, NULL, "$burst", 6, "100000", 0, false), 0);
	pthread_create(&thread, NULL, run_forever, mosq);
	WAIT_UNTIL(seen.message > 1000);
	cancel(thread);
	/* Nothing is lost or repeated. */
	LOOP_UNTIL(mosq, seen.message == 100000);
	use(mosq);
}

static atomic_bool inside;

static void on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	inside = true;
	pause_ms(100); /* a cancellation point, but not of a thread that is in this library */
	inside = false;
	count_message(mosq, obj, message);
}

static void inside_a_callback(void)
{
	struct mosquitto *mosq = connected_client("cancel-inside", port);
	pthread_t thread;

	mosquitto_message_callback_set(mosq, on_message);
	EQUAL(mosquitto_publish(mosq, NULL, "echo", 1, "x", 0, false), 0);
	pthread_create(&thread, NULL, run_forever, mosq);
	WAIT_UNTIL(inside);
	cancel(thread);
	EQUAL(seen.message, 1);
	use(mosq);
}

static void in_back_off(void)
{
	struct mosquitto *mosq = new_client("cancel-back-off");
	pthread_t thread;

	mosquitto_reconnect_delay_set(mosq, 30, 30, false);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", refused_port(), 60), MOSQ_ERR_ERRNO);
	pthread_create(&thread, NULL, run_forever, mosq);
	pause_ms(50);
	cancel(thread);
	use(mosq);
}

static void while_connecting(void)
{
	struct mosquitto *mosq = new_client("cancel-connecting");
	int listener = listen_on(AF_INET, 0, 0);
	pthread_t thread;

	fill_backlog(listener);
	EQUAL(mosquitto_connect_async(mosq, "127.0.0.1", port_of(listener), 60), 0);
	pthread_create(&thread, NULL, run_forever, mosq);
	pause_ms(50);
	cancel(thread);
	use(mosq);
	close(listener);
}

static void before_connack(void)
{
	struct mosquitto *mosq = new_client("silent-cancel");
	pthread_t thread;

	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	pthread_create(&thread, NULL, run_forever, mosq);
	pause_ms(50);
	cancel(thread);
	EQUAL(mosquitto_reinitialise(mosq, "cancel-answered", true, NULL), 0);
	use(mosq);
}

/* Cancelled before it comes here at all. */
static void *cancelled_before(void *mosq)
{
	pthread_cancel(pthread_self());
	mosquitto_loop_forever(mosq, TIMEOUT, 1);
	return NULL;
}

static void before_the_call(void)
{
	struct mosquitto *mosq = connected_client("cancel-before", port);
	pthread_t thread;
	void *result;

	pthread_create(&thread, NULL, cancelled_before, mosq);
	WITHIN(3000, pthread_join(thread, &result));
	CHECK(result == PTHREAD_CANCELED);
	use(mosq);
}

/* One that forbids it runs on. */
static void *not_cancellable(void *mosq)
{
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	mosquitto_loop_forever(mosq, 20, 1);
	return mosq;
}

static void a_thread_that_cannot_be_cancelled(void)
{
	struct mosquitto *mosq = connected_client("cancel-never", port);
	pthread_t thread;
	void *result;

	pthread_create(&thread, NULL, not_cancellable, mosq);
	EQUAL(pthread_cancel(thread), 0);
	pause_ms(100);
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 1, false), 0);
	WAIT_UNTIL(seen.publish);
	EQUAL(mosquitto_disconnect(mosq), 0);
	pthread_join(thread, &result);
	CHECK(result == mosq);
	use(mosq);
}

/* The calls that run no callback have cancellation points of the system below them as well: wake-ups, files, joins. */
static void *call_when_cancelled(void *mosq)
{
	struct mosquitto *other;

	pthread_cancel(pthread_self());
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 1, false), 0);
	EQUAL(mosquitto_tls_set(mosq, "/proc/self/exe", NULL, NULL, NULL, NULL), 0);
	other = mosquitto_new("cancel-other", true, NULL);
	CHECK(other != NULL);
	mosquitto_destroy(other);
	mosquitto_destroy(mosq);
	cancelled_calls++;
	pthread_testcancel();
	return NULL;
}

static void in_any_other_call(void)
{
	struct mosquitto *mosq = connected_client("cancel-calls", port);
	pthread_t thread;
	void *result;

	EQUAL(mosquitto_loop_start(mosq), 0);
	pause_ms(50); /* most likely its thread sleeps then, and is to be woken by publish */
	pthread_create(&thread, NULL, call_when_cancelled, mosq);
	WITHIN(3000, pthread_join(thread, &result));
	CHECK(result == PTHREAD_CANCELED);
	EQUAL(cancelled_calls, 1);
}

static const struct row rows[] = {
	ROW(idle),
	ROW(in_full_flow),
	ROW(inside_a_callback),
	ROW(in_back_off),
	ROW(while_connecting),
	ROW(before_connack),
	ROW(before_the_call),
	ROW(in_any_other_call),
	ROW(a_thread_that_cannot_be_cancelled),
};

int main(int argc, char *argv[])
{
	(void)argc;
	port = atoi(argv[1]);
	return RUN_ROWS(rows, argv + 2);
}
