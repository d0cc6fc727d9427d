/* QoS 0 messages that publishers write past the loop's own thread, large ones and piles of small ones:
 * `piles PORT MESSAGES [ROW...]`, of which each thread publishes so many in a row.
 *
 * The program is told of each message once; the test asks the server for every one of them. A payload begins with row, thread
 * and number.
 */
#include <linux/tcp.h>

#include "threads.h"

#define THREADS 4
#define MIDS 65536
/* Publishers write what is more than this. */
#define PILE (256 * 1024)

static int port, messages;
static struct mosquitto *mosq;
static unsigned char row;
/* Of messages as a whole, and of each identifier. */
static atomic_int told_all;
static atomic_uchar told[MIDS], given[MIDS];

static void on_publish(struct mosquitto *m, void *obj, int mid)
{
	(void)m; (void)obj;
	told[mid]++;
	told_all++;
}

/* Bytes of the message with this number; never the same twice running. */
static int small(int number)
{
	return 8 + number % 100;
}

static int large(int number)
{
	return 16 * 1024 + number % 5 * 20000;
}

static int mixed(int number)
{
	return number % 3 ? small(number) : large(number);
}

/* As much as is still copied. */
static int copied(int number)
{
	return 16 * 1024 - 1 - number % 7;
}

static int (*length)(int number);

static void *publish(void *argument)
{
	unsigned char *payload = malloc(128 * 1024);
	int i, mid;

	memset(payload, 'p', 128 * 1024);
	payload[0] = row;
	payload[1] = (unsigned char)(uintptr_t)argument;
	for(i = 0; i < messages; i++){
		uint32_t number = htonl((uint32_t)i);

		memcpy(payload + 2, &number, 4);
		mid = 0;
		EQUAL(mosquitto_publish(mosq, &mid, "m", length(i), payload, 0, false), 0);
		given[mid]++;
	}
	free(payload);
	return NULL;
}

static void begin(unsigned char number, int (*of_length)(int))
{
	int i;

	row = number;
	length = of_length;
	told_all = 0;
	for(i = 0; i < MIDS; i++) told[i] = given[i] = 0;
	mosq = threaded_client("piles", port);
	mosquitto_publish_callback_set(mosq, on_publish);
}

static void publish_by_all(void)
{
	pthread_t threads[THREADS];
	int i;

	for(i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, publish, (void *)(uintptr_t)i);
	for(i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

/* Told of each message once, and of no other. */
static void end(void)
{
	int i, wrong = 0;

	WAIT_UNTIL(told_all >= THREADS * messages);
	EQUAL(mosquitto_disconnect(mosq), 0);
	EQUAL(mosquitto_loop_stop(mosq, false), 0);
	mosquitto_destroy(mosq);
	EQUAL(told_all, THREADS * messages);
	for(i = 0; i < MIDS; i++) wrong += told[i] != given[i] || given[i] > 1;
	EQUAL(wrong, 0);
}

static void large_messages_of_many_threads(void)
{
	begin(1, large);
	publish_by_all();
	end();
}

static void large_and_small_messages_mixed(void)
{
	begin(2, mixed);
	publish_by_all();
	end();
}

static atomic_bool inside, leave;

static void stay(struct mosquitto *m, void *obj, const struct mosquitto_message *message)
{
	double begun = now_ms();

	(void)m; (void)obj; (void)message;
	inside = true;
	while(!leave && now_ms() - begun < LIMIT_MS) pause_ms(1);
}

/* Bytes of which the server's system says that it has them. */
static unsigned long long bytes_sent(void)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	EQUAL(getsockopt(mosquitto_socket(mosq), IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	return info.tcpi_bytes_acked;
}

/* The loop's thread is busy with a callback: nobody but the publishers writes what piles up. */
static void a_pile_while_the_loop_is_busy(void)
{
	int i;

	begin(3, copied);
	inside = leave = false;
	mosquitto_message_callback_set(mosq, stay);
	EQUAL(mosquitto_publish(mosq, NULL, "echo", 1, "x", 1, false), 0);
	WAIT_UNTIL(inside && told_all == 1);
	for(i = 0; i < MIDS; i++) told[i] = 0;
	told_all = 0;
	publish_by_all();
	EQUAL(told_all, 0);
	WAIT_UNTIL(bytes_sent() > PILE);
	leave = true;
	end();
}

/* Stopped, started and stopped again meanwhile. */
static void large_messages_while_the_loop_is_stopped_and_started(void)
{
	pthread_t threads[THREADS];
	int i;

	begin(4, mixed);
	for(i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, publish, (void *)(uintptr_t)i);
	for(i = 0; i < 20; i++){
		EQUAL(mosquitto_loop_stop(mosq, true), 0);
		EQUAL(mosquitto_loop_start(mosq), 0);
	}
	for(i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
	end();
}

static const struct row rows[] = {
	ROW(large_messages_of_many_threads),
	ROW(large_and_small_messages_mixed),
	ROW(a_pile_while_the_loop_is_busy),
	ROW(large_messages_while_the_loop_is_stopped_and_started),
};

int main(int argc, char *argv[])
{
	(void)argc;
	port = atoi(argv[1]);
	messages = atoi(argv[2]);
	return RUN_ROWS(rows, argv + 3);
}
