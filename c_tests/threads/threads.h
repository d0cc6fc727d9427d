/* What the thread programs share: checks, time, counters that threads may touch, and what /proc says of this process.
 *
 * A program prints what it measured, and `FAILED ...` for each check that does not hold; then it ends with 1.
 */
#ifndef THREADS_H
#define THREADS_H

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <mosquitto.h>

#define MAYBE_UNUSED __attribute__((unused))
/* Longer than anything takes that works. */
#define LIMIT_MS 20000

/* ---- checks ---- */

static atomic_int failures MAYBE_UNUSED;

__attribute__((format(printf, 3, 4))) MAYBE_UNUSED static void failed(const char *file, int line, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("FAILED %s:%d: %s\n", file, line, text);
	fflush(stdout);
	failures++;
}

#define CHECK(condition) do{ \
		if(!(condition)) failed(__FILE__, __LINE__, "%s", #condition); \
	}while(0)

/* An `int` that has to have a value; prints the one it has. */
#define EQUAL(call, expected) do{ \
		int is_ = (call), should_ = (expected); \
		if(is_ != should_) failed(__FILE__, __LINE__, "%s is %d, not %d", #call, is_, should_); \
	}while(0)

#define BETWEEN(value, least, most) do{ \
		double is_ = (value); \
		if(is_ < (least) || is_ > (most)) failed(__FILE__, __LINE__, "%s is %.1f, not in %.1f..%.1f", #value, is_, \
				(double)(least), (double)(most)); \
	}while(0)

#define WAIT_UNTIL(condition) do{ \
		double begun_ = now_ms(); \
		while(!(condition)){ \
			pause_ms(1); \
			if(now_ms() - begun_ > LIMIT_MS){ failed(__FILE__, __LINE__, "waited in vain: %s", #condition); break; } \
		} \
	}while(0)

/* ---- programs that are a list of functions ---- */

struct row {
	const char *name;
	void (*run)(void);
};

#define ROW(function) {#function, function}

/* Runs all rows, or those whose names stand in `names`; the value is for main to return. */
MAYBE_UNUSED static int run_rows(const struct row *rows, size_t count, char *names[])
{
	size_t i, run = 0;
	char **name;

	mosquitto_lib_init();
	for(i = 0; i < count; i++){
		int before = failures;

		for(name = names; *name && strcmp(*name, rows[i].name); name++);
		if(*names && !*name) continue;
		rows[i].run();
		printf("%s %s\n", failures == before ? "ok" : "NOT", rows[i].name);
		fflush(stdout);
		run++;
	}
	printf("rows %zu\n", run);
	mosquitto_lib_cleanup();
	return failures != 0;
}

#define RUN_ROWS(rows, names) run_rows((rows), sizeof(rows) / sizeof((rows)[0]), (names))

/* ---- time ---- */

MAYBE_UNUSED static double now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

MAYBE_UNUSED static void pause_ms(long ms)
{
	struct timespec time = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&time, NULL);
}

/* How many times slower everything is than usual: race detectors are not about time. */
MAYBE_UNUSED static int slower(void)
{
	const char *times = getenv("SLOWER");

	return times ? atoi(times) : 1;
}

/* Makes a call, which must not take longer than `ms` milliseconds. */
#define WITHIN(ms, ...) do{ \
		double begun_ = now_ms(); \
		__VA_ARGS__; \
		BETWEEN(now_ms() - begun_, 0, (ms) * slower()); \
	}while(0)

/* ---- /proc ---- */

MAYBE_UNUSED static int count_entries(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	int count = 0;

	while(directory && (entry = readdir(directory))) count += entry->d_name[0] != '.';
	if(directory) closedir(directory);
	return count;
}

static void *end_at_once(void *unused)
{
	return unused;
}

MAYBE_UNUSED static int count_threads(void)
{
	static bool counted;
	pthread_t first;

	/* ThreadSanitizer has a thread of its own as soon as there is another one. */
	if(!counted && !pthread_create(&first, NULL, end_at_once, NULL)) pthread_join(first, NULL);
	counted = true;
	return count_entries("/proc/self/task");
}

/* Without the one that counting opens. */
MAYBE_UNUSED static int count_descriptors(void)
{
	return count_entries("/proc/self/fd") - 1;
}

/* How often the threads called `name` have gone to sleep so far; -1 without such a thread. */
MAYBE_UNUSED static long count_sleeps(const char *name)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	long all = -1;

	while(tasks && (task = readdir(tasks))){
		char path[300], line[200];
		bool named = false;
		long sleeps;
		FILE *status;

		snprintf(path, sizeof(path), "/proc/self/task/%s/status", task->d_name);
		status = fopen(path, "r");
		if(!status) continue;
		while(fgets(line, sizeof(line), status)){
			if(!strncmp(line, "Name:\t", 6)) named = !strncmp(line + 6, name, strlen(name));
			if(named && sscanf(line, "voluntary_ctxt_switches: %ld", &sleeps) == 1) all = (all < 0 ? 0 : all) + sleeps;
		}
		fclose(status);
	}
	if(tasks) closedir(tasks);
	return all;
}

/* ---- sockets of 127.0.0.1 and ::1 ---- */

MAYBE_UNUSED static int listen_on(int family, int port, int backlog)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	int listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	v6.sin6_addr = in6addr_loopback;
	if(family == AF_INET6) setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if(bind(listener, family == AF_INET ? (void *)&v4 : (void *)&v6, family == AF_INET ? sizeof(v4) : sizeof(v6))
			|| listen(listener, backlog)){
		close(listener);
		return -1;
	}
	return listener;
}

MAYBE_UNUSED static int port_of(int listener)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	getsockname(listener, (void *)&address, &len);
	return ntohs(address.ss_family == AF_INET ? ((struct sockaddr_in *)&address)->sin_port
			: ((struct sockaddr_in6 *)&address)->sin6_port);
}

/* Fills the queue of a listener that accepts nobody, so that it answers no SYN any more. */
MAYBE_UNUSED static void fill_backlog(int listener)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	int i;

	getsockname(listener, (void *)&address, &len);
	for(i = 0; i < 4; i++){
		int client = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

		connect(client, (void *)&address, len);
	}
	pause_ms(20); /* those that find a place have found it */
}

/* A port where nobody listens, and nobody will soon. */
MAYBE_UNUSED static int refused_port(void)
{
	int listener = listen_on(AF_INET, 0, 1), port = port_of(listener);

	close(listener);
	return port;
}

/* ---- clients ---- */

/* What the callbacks below have counted, and the last code that they got. */
static struct {
	atomic_int connect, disconnect, publish, message, subscribe, unsubscribe, rc;
} seen MAYBE_UNUSED;

MAYBE_UNUSED static void count_connect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)mosq; (void)obj;
	seen.rc = rc;
	seen.connect++;
}

MAYBE_UNUSED static void count_disconnect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)mosq; (void)obj;
	seen.rc = rc;
	seen.disconnect++;
}

MAYBE_UNUSED static void count_publish(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj; (void)mid;
	seen.publish++;
}

MAYBE_UNUSED static void count_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)mosq; (void)obj; (void)message;
	seen.message++;
}

MAYBE_UNUSED static void count_subscribe(struct mosquitto *mosq, void *obj, int mid, int count, const int *codes)
{
	(void)mosq; (void)obj; (void)mid; (void)count; (void)codes;
	seen.subscribe++;
}

MAYBE_UNUSED static void count_unsubscribe(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj; (void)mid;
	seen.unsubscribe++;
}

MAYBE_UNUSED static void count_events(struct mosquitto *mosq)
{
	mosquitto_connect_callback_set(mosq, count_connect);
	mosquitto_disconnect_callback_set(mosq, count_disconnect);
	mosquitto_publish_callback_set(mosq, count_publish);
	mosquitto_message_callback_set(mosq, count_message);
	mosquitto_subscribe_callback_set(mosq, count_subscribe);
	mosquitto_unsubscribe_callback_set(mosq, count_unsubscribe);
}

MAYBE_UNUSED static void forget_events(void)
{
	seen.connect = seen.disconnect = seen.publish = seen.message = seen.subscribe = seen.unsubscribe = seen.rc = 0;
}

/* A client that counts its events; `id` says to the server of the tests what to do with it. */
MAYBE_UNUSED static struct mosquitto *new_client(const char *id)
{
	struct mosquitto *mosq = mosquitto_new(id, true, NULL);

	if(!mosq){
		failed(__FILE__, __LINE__, "mosquitto_new(%s): %s", id, strerror(errno));
		exit(1);
	}
	forget_events();
	count_events(mosq);
	return mosq;
}

/* The same, connected, with its thread. */
MAYBE_UNUSED static struct mosquitto *threaded_client(const char *id, int port)
{
	struct mosquitto *mosq = new_client(id);

	EQUAL(mosquitto_loop_start(mosq), MOSQ_ERR_SUCCESS);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), MOSQ_ERR_SUCCESS);
	WAIT_UNTIL(seen.connect);
	return mosq;
}

/* The same, driven by mosquitto_loop. */
MAYBE_UNUSED static struct mosquitto *connected_client(const char *id, int port)
{
	struct mosquitto *mosq = new_client(id);
	double begun = now_ms();

	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), MOSQ_ERR_SUCCESS);
	while(!seen.connect && now_ms() - begun < LIMIT_MS) mosquitto_loop(mosq, 50, 1);
	EQUAL(seen.connect, 1);
	return mosq;
}

#define LOOP_UNTIL(mosq, condition) do{ \
		double begun_ = now_ms(); \
		while(!(condition)){ \
			mosquitto_loop((mosq), 20, 1); \
			if(now_ms() - begun_ > LIMIT_MS){ failed(__FILE__, __LINE__, "looped in vain: %s", #condition); break; } \
		} \
	}while(0)

#endif
