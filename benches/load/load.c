/* See load.h. */
#define _GNU_SOURCE
#include "load.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 64
#define MAX_PENDING_BYTES (64L << 20)

struct options opt = {
	.drive = "start", .how = "one", .port = 1883, .burst = 16, .threads = 1, .clients = 100,
	.n = 1000, .size = 16, .inflight = 20, .secs = 1, .patience = 20,
};

struct counter connected = {.awaited = LONG_MAX}, completed = {.awaited = LONG_MAX};
struct counter arrived = {.awaited = LONG_MAX}, ended = {.awaited = LONG_MAX};
char report[256];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static struct moment { double wall, processor; long switches; } begun, stopped;
static double last_taken; /* by the server, on the same clock */
static struct { long count; double at; } taken_before; /* the last read of the server */
static double *times;
static long times_kept;

void fail(const char *format, ...)
{
	va_list args;

	printf("{\"error\":\"");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\"}\n");
	fflush(stdout);
	_exit(1);
}

/* ---- options ---- */

static const struct { const char *name; enum { TEXT, INT, LONG, REAL } type; void *value; } options[] = {
	{"drive", TEXT, &opt.drive}, {"how", TEXT, &opt.how}, {"ca", TEXT, &opt.ca},
	{"port", INT, &opt.port}, {"qos", INT, &opt.qos}, {"burst", INT, &opt.burst}, {"threads", INT, &opt.threads},
	{"clients", INT, &opt.clients}, {"patience", INT, &opt.patience},
	{"n", LONG, &opt.n}, {"size", LONG, &opt.size}, {"window", LONG, &opt.window}, {"inflight", LONG, &opt.inflight},
	{"secs", REAL, &opt.secs},
};

static void read_option(const char *argument)
{
	const char *value = strchr(argument, '=');
	size_t i, length = value ? (size_t)(value++ - argument) : 0;

	for (i = 0; i < sizeof options / sizeof *options; i++) {
		if (length != strlen(options[i].name) || memcmp(argument, options[i].name, length) != 0) {
			continue;
		}
		switch (options[i].type) {
			case TEXT: *(const char **)options[i].value = value; return;
			case INT: *(int *)options[i].value = atoi(value); return;
			case LONG: *(long *)options[i].value = atol(value); return;
			case REAL: *(double *)options[i].value = atof(value); return;
		}
	}
	fail("unknown argument %s", argument);
}

void read_options(int argc, char *argv[])
{
	long room;
	int i;

	if (argc < 2) {
		fail("usage: %s SCENARIO name=value ...", argv[0]);
	}
	opt.scenario = argv[1];
	for (i = 2; i < argc; i++) {
		read_option(argv[i]);
	}
	if (opt.n < 1 || opt.size < 1 || opt.threads < 1 || opt.threads > MAX_THREADS || opt.clients < 1) {
		fail("an argument is out of range");
	}
	if (opt.window == 0) {
		room = MAX_PENDING_BYTES / (opt.size + 64);
		opt.window = opt.qos ? 1000 : 10000;
		if (opt.window > room) {
			opt.window = room < 4 ? 4 : room;
		}
	}
}

char *new_payload(void)
{
	char *payload = malloc((size_t)opt.size + 1);
	long i;

	if (payload == NULL) {
		fail("no memory");
	}
	for (i = 0; i < opt.size; i++) {
		payload[i] = (char)('a' + i % 26);
	}
	payload[opt.size] = '\0';
	return payload;
}

/* ---- counters ---- */

void wake_waiting(struct counter *counter)
{
	pthread_mutex_lock(&lock);
	atomic_store(&counter->awaited, LONG_MAX); /* who has to wait on says so again */
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void await(struct counter *counter, long value)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += opt.patience;
	pthread_mutex_lock(&lock);
	while (atomic_load(&counter->value) < value) {
		if (value < atomic_load(&counter->awaited)) {
			atomic_store(&counter->awaited, value);
		}
		if (atomic_load(&counter->value) >= value) {
			break; /* counted before it could see that we wait */
		}
		if (pthread_cond_timedwait(&changed, &lock, &limit) == ETIMEDOUT) {
			fail("waited in vain: connected %ld, completed %ld, arrived %ld, ended %ld", connected.value, completed.value,
					arrived.value, ended.value);
		}
	}
	pthread_mutex_unlock(&lock);
}

/* ---- publishing ---- */

struct publisher { publish_function *publish; void *client; };

static _Atomic long taken;

static void *run_publisher(void *arg)
{
	const struct publisher *me = arg;
	long number;

	while ((number = atomic_fetch_add(&taken, 1) + 1) <= opt.n) {
		me->publish(me->client);
		if (number - atomic_load(&completed.value) >= opt.window) {
			await(&completed, number - opt.window / 2); /* half of it, so that waiting is rare */
		}
	}
	return NULL;
}

void publish_from_threads(publish_function *publish, void *client)
{
	struct publisher me = {publish, client};
	pthread_t threads[MAX_THREADS];
	int i;

	for (i = 1; i < opt.threads; i++) {
		if (pthread_create(&threads[i], NULL, run_publisher, &me) != 0) {
			fail("pthread_create");
		}
	}
	run_publisher(&me);
	for (i = 1; i < opt.threads; i++) {
		pthread_join(threads[i], NULL);
	}
}

void publish_in_turn(publish_function *publish, void (*wait)(void *client, long arrivals), void *client)
{
	const long warm_up = opt.n < 1000 ? opt.n / 10 : 100;
	double before;
	long i;

	for (i = 0; i < warm_up + opt.n; i++) {
		if (i == warm_up) {
			clock_start();
		}
		before = seconds();
		publish(client);
		wait(client, i + 1);
		if (i >= warm_up) {
			keep_time(seconds() - before);
		}
	}
	clock_stop();
}

/* ---- arrivals ---- */

void keep_report(const char *payload, long length)
{
	if (length >= (long)sizeof report) {
		fail("the server's report is too long");
	}
	memcpy(report, payload, (size_t)length);
	report[length] = '\0';
	sscanf(report, "%*s %*s %lf %ld %lf", &last_taken, &taken_before.count, &taken_before.at);
	count_up(&ended);
}

void check_payload(const char *payload, long length)
{
	if (length != opt.size || payload[0] != 'a' || payload[length - 1] != 'a' + (length - 1) % 26) {
		fail("a message is not what was sent");
	}
}

void source_filter(char *filter, unsigned long size)
{
	snprintf(filter, size, "src/%d/%ld/%ld/%ld", opt.qos, opt.size, opt.n, opt.inflight);
}

/* ---- clocks ---- */

double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct moment this_moment(void)
{
	struct moment moment;
	struct rusage usage;

	moment.wall = seconds();
	getrusage(RUSAGE_SELF, &usage);
	moment.processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
		+ (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	moment.switches = usage.ru_nvcsw;
	return moment;
}

void clock_start(void)
{
	begun = this_moment();
}

void clock_stop(void)
{
	stopped = this_moment();
}

int count_entries(const char *directory)
{
	struct dirent *entry;
	DIR *dir = opendir(directory);
	int count = 0;

	if (dir == NULL) {
		return -1; /* no descriptor left to open it with */
	}
	while ((entry = readdir(dir)) != NULL) {
		count += entry->d_name[0] != '.';
	}
	closedir(dir);
	return count;
}

/* A line of /proc/self/status, in kilobytes. */
static long status_kb(const char *name)
{
	char line[256];
	long kb = 0;
	FILE *file = fopen("/proc/self/status", "r");

	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		if (strncmp(line, name, strlen(name)) == 0) {
			kb = atol(line + strlen(name) + 1);
		}
	}
	if (file != NULL) {
		fclose(file);
	}
	return kb;
}

long resident_kb(void)
{
	return status_kb("VmRSS");
}

/* ---- the result ---- */

void result_begin(const char *who)
{
	double end = stopped.wall > last_taken ? stopped.wall : last_taken;
	double wall = end - begun.wall, processor = stopped.processor - begun.processor;
	double rate = (double)opt.n / wall;

	if (opt.qos == 0 && taken_before.count > opt.n / 2) {
		rate = (double)taken_before.count / (taken_before.at - begun.wall); /* the last packet may have waited for a timer */
	}

	printf("{\"who\":\"%s\",\"n\":%ld,\"wall_s\":%.6f,\"messages_s\":%.1f,\"processor_us\":%.5f,\"switches\":%.5f,\"peak_kb\":%ld",
			who, opt.n, wall, rate, processor * 1e6 / (double)opt.n,
			(double)(stopped.switches - begun.switches) / (double)opt.n, status_kb("VmHWM"));
}

void result_number(const char *name, double value)
{
	printf(",\"%s\":%.4f", name, value);
}

void keep_time(double elapsed)
{
	if (times == NULL && (times = malloc((size_t)opt.n * sizeof *times)) == NULL) {
		fail("no memory");
	}
	if (times_kept < opt.n) {
		times[times_kept++] = elapsed;
	}
}

static int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

void result_percentiles(void)
{
	qsort(times, (size_t)times_kept, sizeof *times, by_value);
	result_number("p50_us", times[times_kept / 2] * 1e6);
	result_number("p99_us", times[times_kept * 99 / 100] * 1e6);
	result_number("p999_us", times[times_kept * 999 / 1000] * 1e6);
}

void result_report(long published)
{
	long counted;
	double busy;

	if (sscanf(report, "%ld %lf", &counted, &busy) != 2) {
		printf(",\"error\":\"no report\"");
	} else if (published >= 0 && counted != published) {
		printf(",\"error\":\"the server counted %ld of %ld\"", counted, published);
	} else {
		result_number("server_s", busy);
	}
}

void result_end(void)
{
	printf("}\n");
	fflush(stdout);
}
