/* The part of client.c that looks at what clients cost rather than messages.
 *
 *   idle     `clients` connected clients in one thread, with the program's own epoll
 *   threads  `clients` connected clients, each with mosquitto_loop_start(), watched for `secs`
 *   backlog  n messages at QoS 1 handed over without a connection (as many as `secs` allow), then delivered
 *   init     mosquitto_lib_init() and nothing else: the whole process is timed from outside
 */
#define _GNU_SOURCE
#include "client.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#define PATIENCE 20.0 /* seconds for all to be connected */

static struct { double kb; int descriptors, threads; } before;
static int reserve; /* a descriptor to look into /proc with when there are no others */

static void allow_descriptors(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Takes stock with one client connected, so that what is paid once is not counted. */
static void take_stock(void)
{
	connected_client();
	connected.value = 0;
	before.kb = (double)resident_kb();
	before.descriptors = count_entries("/proc/self/fd");
	before.threads = count_entries("/proc/self/task");
	clock_start();
}

static struct { long kb; int descriptors, threads; } after;

static void take_stock_again(void)
{
	clock_stop();
	close(reserve);
	after.kb = resident_kb();
	after.descriptors = count_entries("/proc/self/fd") + 1;
	after.threads = count_entries("/proc/self/task");
}

/* What each of the clients costs that could be made; leaves without destroying thousands of them one by one. */
static void report_crowd(int made, double wake_ups)
{
	double each = made > 0 ? made : 1;

	opt.n = opt.clients;
	result_begin(who);
	result_number("connected", (double)connected.value);
	result_number("kb", ((double)after.kb - before.kb) / each);
	result_number("descriptors", (after.descriptors - before.descriptors) / each);
	result_number("threads", (after.threads - before.threads) / each);
	result_number("wake_ups_s", wake_ups);
	result_end();
	_exit(0);
}

/* Voluntary context switches a second of the whole process while nothing happens. */
static double watch_wake_ups(void)
{
	struct rusage first, last;

	getrusage(RUSAGE_SELF, &first);
	usleep((useconds_t)(opt.secs * 1e6));
	getrusage(RUSAGE_SELF, &last);
	return (double)(last.ru_nvcsw - first.ru_nvcsw - 1) / opt.secs; /* one is our own */
}

static int connect_all(struct mosquitto **clients, int epoll)
{
	struct epoll_event event = {.events = EPOLLIN};
	int i, count = 0;

	for (i = 0; i < opt.clients; i++) {
		clients[i] = try_new_client();
		if (clients[i] == NULL || mosquitto_connect(clients[i], "127.0.0.1", opt.port, 600) != MOSQ_ERR_SUCCESS) {
			break; /* out of descriptors: so many are possible */
		}
		if (epoll < 0) {
			if (mosquitto_loop_start(clients[i]) != MOSQ_ERR_SUCCESS) {
				break;
			}
		} else {
			event.data.ptr = clients[i];
			epoll_ctl(epoll, EPOLL_CTL_ADD, mosquitto_socket(clients[i]), &event);
		}
		count++;
	}
	return count;
}

void run_idle(void)
{
	struct mosquitto **clients = calloc((size_t)opt.clients, sizeof *clients);
	struct epoll_event events[256];
	double limit;
	int epoll, count, ready, i;

	opt.drive = "ext";
	allow_descriptors();
	epoll = epoll_create1(EPOLL_CLOEXEC);
	take_stock();
	count = connect_all(clients, epoll);
	for (limit = seconds() + PATIENCE; connected.value < count && seconds() < limit;) {
		ready = epoll_wait(epoll, events, 256, 1000);
		for (i = 0; i < ready; i++) {
			check(mosquitto_loop_read(events[i].data.ptr, 1), "loop_read");
		}
	}
	take_stock_again();
	report_crowd(count, 0);
}

void run_threads(void)
{
	struct mosquitto **clients = calloc((size_t)opt.clients, sizeof *clients);
	double limit;
	int count;

	opt.drive = "start";
	allow_descriptors();
	take_stock();
	count = connect_all(clients, -1);
	for (limit = seconds() + PATIENCE; connected.value < count && seconds() < limit;) {
		usleep(1000);
	}
	take_stock_again();
	usleep(300000); /* what connecting set off is over */
	report_crowd(count, watch_wake_ups());
}

void run_backlog(void)
{
	struct mosquitto *mosq = new_client();
	double begun = seconds(), queued, kb = (double)resident_kb();
	long count = 0;
	int rc;

	clock_start();
	while (count < opt.n && (count % 100 != 0 || seconds() - begun < opt.secs)) {
		rc = mosquitto_publish(mosq, NULL, SINK_TOPIC, (int)opt.size, payload, 1, false);
		if (rc != MOSQ_ERR_NO_CONN && rc != MOSQ_ERR_SUCCESS) {
			check(rc, "publish");
		}
		count++;
	}
	queued = seconds();
	kb = (double)resident_kb() - kb;
	opt.n = count;
	connect_client(mosq);
	while (completed.value < count) {
		check(mosquitto_loop(mosq, 1000, 1), "loop");
	}
	clock_stop();
	publish_end(mosq);
	while (ended.value < 1) {
		check(mosquitto_loop(mosq, 1000, 1), "loop");
	}
	result_begin(who);
	result_number("queue_us", (queued - begun) * 1e6 / (double)count);
	result_number("deliver_us", (seconds() - queued) * 1e6 / (double)count);
	result_number("bytes", kb * 1024 / (double)count - (double)opt.size - (double)strlen(SINK_TOPIC));
	result_report(count);
	result_end();
	mosquitto_disconnect(mosq);
	mosquitto_destroy(mosq);
}

void run_init(void)
{
	/* main() has done it */
}
