/* The gaps between attempts to connect: `delays`. All rows at once; each prints its gaps in milliseconds. */
#include <poll.h>

#include "threads.h"

static const struct row_of_delays {
	unsigned delay, max;
	bool exponential;
	/* Answer CONNACK before the end: the connection came about, and counting begins anew. */
	bool accepted;
	int count;
	int seconds[5];
} delays[] = {
	{1, 1, false, false, 3, {1, 1, 1}},
	{1, 4, false, false, 4, {1, 2, 3, 4}},
	/* Doubling, as the documentation says. */
	{1, 5, true, false, 4, {1, 2, 4, 5}},
	{2, 2, false, false, 3, {2, 2, 2}},
	{3, 1, false, false, 3, {1, 1, 1}},
	/* Never less than a second. */
	{1, 0, false, false, 3, {1, 1, 1}},
	{0, 0, true, false, 3, {1, 1, 1}},
	{1, 4, false, true, 3, {1, 1, 1}},
	{2, 9, true, true, 2, {2, 2}},
};

#define ROWS (sizeof(delays) / sizeof(delays[0]))

static char texts[ROWS][200];

static void *measure(void *argument)
{
	const struct row_of_delays *row = argument;
	struct mosquitto *mosq = mosquitto_new(NULL, true, NULL);
	int listener = listen_on(AF_INET, 0, 5), i;
	char *text = texts[row - delays], bytes[200];
	double last = 0, now;

	EQUAL(mosquitto_reconnect_delay_set(mosq, row->delay, row->max, row->exponential), 0);
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port_of(listener), 60), 0);
	text += sprintf(text, "%u %u %s%s:", row->delay, row->max, row->exponential ? "exponential" : "linear",
			row->accepted ? ", accepted" : "");
	for(i = 0; i <= row->count; i++){
		struct pollfd entry = {.fd = listener, .events = POLLIN};
		int peer;

		if(poll(&entry, 1, LIMIT_MS) != 1){
			failed(__FILE__, __LINE__, "%s no attempt", texts[row - delays]);
			break;
		}
		peer = accept(listener, NULL, NULL);
		now = now_ms();
		CHECK(read(peer, bytes, sizeof(bytes)) > 0);
		if(row->accepted){
			CHECK(write(peer, "\x20\x02\0\0", 4) == 4);
			pause_ms(50); /* it is read before the end comes */
		}
		if(i > 0){
			double least = row->seconds[i - 1] * 1e3;

			text += sprintf(text, " %.0f", now - last);
			/* The end of a connection is noticed after it was made. */
			if(now - last < least - 5 || now - last > least + 900) failed(__FILE__, __LINE__, "%s", texts[row - delays]);
		}
		last = now;
		close(peer);
	}
	mosquitto_destroy(mosq);
	close(listener);
	return NULL;
}

int main(void)
{
	pthread_t threads[ROWS];
	size_t i;

	mosquitto_lib_init();
	for(i = 0; i < ROWS; i++) pthread_create(&threads[i], NULL, measure, (void *)&delays[i]);
	for(i = 0; i < ROWS; i++) pthread_join(threads[i], NULL);
	for(i = 0; i < ROWS; i++) printf("%s\n", texts[i]);
	printf("rows %zu\n", ROWS);
	mosquitto_lib_cleanup();
	return failures != 0;
}
