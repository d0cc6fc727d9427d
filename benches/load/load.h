/* What the load programs share: options, clocks, counters to wait for, and the result as one line of JSON.
 *
 * The load programs are client.c (any libmosquitto.so.1), paho_async.c and paho_sync.c (Paho C), and ceiling.c (no library at
 * all). Each is linked with load.c and talks to the server of server/; benches/README.md explains the topics.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#define SINK_TOPIC "sink/topic/00001" /* as long as the topic that the server publishes to */
#define ECHO_TOPIC "echo/topic/00001"
#define END_TOPIC "bench/end"

/* ---- options: PROGRAM SCENARIO name=value ... ---- */

struct options {
	const char *scenario;
	const char *drive;  /* who runs the network: loop, forever, start, ext */
	const char *how;    /* ceiling only: one, bulk, queue */
	const char *ca;     /* the server's certificate: TLS if given */
	int port, qos;
	int burst;          /* messages published between two calls of the loop */
	int threads;        /* that publish */
	int clients;
	long n, size;       /* messages, bytes of payload */
	long window;        /* messages handed over and not complete, at most */
	long inflight;      /* of these, what the library may have on the way at QoS 1 and 2 */
	double secs;        /* how long to watch, or to try */
	int patience;       /* seconds to wait in vain: a failure */
};

extern struct options opt;

/* Reads the command line into opt; fails on what it does not know. */
void read_options(int argc, char *argv[]);

/* A payload of opt.size bytes: the alphabet, over and over. */
char *new_payload(void);

/* Prints a result that says what went wrong, and exits. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

/* ---- counters that somebody may wait for ---- */

struct counter {
	_Atomic long value;
	_Atomic long awaited; /* LONG_MAX if nobody waits */
};

extern struct counter connected, completed, arrived, ended;

void wake_waiting(struct counter *counter);

static inline void count_up(struct counter *counter)
{
	long value = atomic_fetch_add(&counter->value, 1) + 1;

	if (value >= atomic_load(&counter->awaited)) {
		wake_waiting(counter);
	}
}

/* Waits until the counter has reached the value; long in vain is a failure. */
void await(struct counter *counter, long value);

/* ---- scenarios that differ only in how one message is published ---- */

typedef void publish_function(void *client);

/* Publishes opt.n messages from opt.threads threads, at most opt.window not complete; the program counts `completed`. Returns
 * when all are handed over. */
void publish_from_threads(publish_function *publish, void *client);

/* Publishes opt.n messages, each when `wait` has returned for the one before; keeps the times for the result. */
void publish_in_turn(publish_function *publish, void (*wait)(void *client, long arrivals), void *client);

enum arrival { COUNTED, LAST, REPORT };

extern char report[256];

void keep_report(const char *payload, long length);
void check_payload(const char *payload, long length);

/* Counts a message of the server. After LAST the program publishes to END_TOPIC; REPORT is the answer, and is kept. */
static inline enum arrival message_arrived(const char *topic, const char *payload, long length)
{
	if (topic[6] == 'e' && strcmp(topic, END_TOPIC) == 0) {
		keep_report(payload, length);
		return REPORT;
	}
	check_payload(payload, length);
	count_up(&arrived);
	return atomic_load(&arrived.value) == opt.n ? LAST : COUNTED;
}

/* ---- clocks and the result ---- */

/* Begins and ends what is measured: wall time, processor time of this process, context switches. */
void clock_start(void);
void clock_stop(void);
double seconds(void);

int count_entries(const char *directory);
long resident_kb(void);

/* The filter that makes the server publish as opt says. */
void source_filter(char *filter, unsigned long size);

/* The result: begin, any further numbers, end. `who` is the library as it names itself. Wall time ends when the clock was stopped
 * or, as its report says, the server had taken the last message, whichever is later. */
void result_begin(const char *who);
void result_number(const char *name, double value);
/* Adds percentiles in microseconds of what publish_in_turn() or keep_time() kept. */
void keep_time(double elapsed);
void result_percentiles(void);
/* Adds what the server reported, and fails unless it counted `published` messages (-1: any number). */
void result_report(long published);
void result_end(void);

#endif
