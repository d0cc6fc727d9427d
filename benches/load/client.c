/* client: the load on libmosquitto, with functions of release 2.0 only, so that one program runs on any libmosquitto.so.1.
 *
 *   client SCENARIO name=value ...       (load.h has the names)
 *
 *   pub      publishes n messages; drive = loop (publishes `burst`, then calls mosquitto_loop(), in one thread), ext (the same
 *            with its own epoll and mosquitto_loop_read, _write, _misc) or start (mosquitto_loop_start(), `threads` publish)
 *   sub      receives n messages; drive = forever, ext or start
 *   rtt      there and back, one at a time; drive = loop or start
 *   connect  to CONNACK and away again, n times
 *
 * and those of crowd.c: idle, threads, backlog, init.
 */
#define _GNU_SOURCE
#include "client.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

char who[256];
char *payload;

void check(int rc, const char *what)
{
	if (rc != MOSQ_ERR_SUCCESS) {
		fail("%s: %s", what, mosquitto_strerror(rc));
	}
}

static void on_connect(struct mosquitto *mosq, void *userdata, int rc)
{
	(void)mosq;
	(void)userdata;
	if (rc != 0) {
		fail("refused: %s", mosquitto_connack_string(rc));
	}
	count_up(&connected);
}

static void on_publish(struct mosquitto *mosq, void *userdata, int mid)
{
	(void)mosq;
	(void)userdata;
	(void)mid;
	count_up(&completed);
}

static void on_message(struct mosquitto *mosq, void *userdata, const struct mosquitto_message *message)
{
	const char *bytes = message->payload;

	(void)userdata;
	if (bytes[message->payloadlen] != '\0') {
		fail("no zero byte behind a payload");
	}
	switch (message_arrived(message->topic, bytes, message->payloadlen)) {
		case COUNTED:
			break;
		case LAST:
			clock_stop();
			publish_end(mosq);
			break;
		case REPORT:
			if (strcmp(opt.drive, "forever") == 0) {
				mosquitto_disconnect(mosq);
			}
			break;
	}
}

struct mosquitto *try_new_client(void)
{
	struct mosquitto *mosq = mosquitto_new(NULL, true, NULL);

	if (mosq == NULL) {
		return NULL;
	}
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_publish_callback_set(mosq, on_publish);
	mosquitto_message_callback_set(mosq, on_message);
	mosquitto_max_inflight_messages_set(mosq, (unsigned)opt.inflight);
	if (opt.ca != NULL) {
		check(mosquitto_tls_set(mosq, opt.ca, NULL, NULL, NULL, NULL), "tls_set");
	}
	return mosq;
}

struct mosquitto *new_client(void)
{
	struct mosquitto *mosq = try_new_client();

	if (mosq == NULL) {
		fail("mosquitto_new");
	}
	return mosq;
}

void connect_client(struct mosquitto *mosq)
{
	check(mosquitto_connect(mosq, opt.ca ? "localhost" : "127.0.0.1", opt.port, 600), "connect");
}

void publish_end(struct mosquitto *mosq)
{
	check(mosquitto_publish(mosq, NULL, END_TOPIC, 0, NULL, 0, false), "publish");
}

struct mosquitto *connected_client(void)
{
	struct mosquitto *mosq = new_client();

	connect_client(mosq);
	if (strcmp(opt.drive, "start") == 0) {
		check(mosquitto_loop_start(mosq), "loop_start");
		await(&connected, 1);
	}
	while (connected.value < 1) {
		check(mosquitto_loop(mosq, 1000, 1), "loop");
	}
	return mosq;
}

void leave(struct mosquitto *mosq)
{
	mosquitto_disconnect(mosq);
	if (strcmp(opt.drive, "start") == 0) {
		mosquitto_loop_stop(mosq, false);
	}
	mosquitto_destroy(mosq);
}

/* ---- one turn of the loop in the program's own thread: drive = loop, or ext with an epoll of the program ---- */

static int own_epoll = -1;
static unsigned own_events;

static void wait_for_events(struct mosquitto *mosq, int timeout, struct epoll_event *event)
{
	unsigned wanted = EPOLLIN | (mosquitto_want_write(mosq) ? EPOLLOUT : 0);
	int op = own_epoll < 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

	if (own_epoll < 0) {
		own_epoll = epoll_create1(EPOLL_CLOEXEC);
	}
	if (wanted != own_events) {
		event->events = own_events = wanted;
		epoll_ctl(own_epoll, op, mosquitto_socket(mosq), event);
	}
	event->events = 0;
	epoll_wait(own_epoll, event, 1, timeout);
}

static void turn(struct mosquitto *mosq, int timeout)
{
	struct epoll_event event = {0};

	if (strcmp(opt.drive, "ext") != 0) {
		check(mosquitto_loop(mosq, timeout, 1), "loop");
		return;
	}
	wait_for_events(mosq, timeout, &event);
	if (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
		check(mosquitto_loop_read(mosq, 1), "loop_read");
	}
	if (event.events & EPOLLOUT) {
		check(mosquitto_loop_write(mosq, 1), "loop_write");
	}
	check(mosquitto_loop_misc(mosq), "loop_misc");
}

/* ---- scenarios ---- */

static void publish_sink(void *client)
{
	check(mosquitto_publish(client, NULL, SINK_TOPIC, (int)opt.size, payload, opt.qos, false), "publish");
}

static void publish_echo(void *client)
{
	check(mosquitto_publish(client, NULL, ECHO_TOPIC, (int)opt.size, payload, opt.qos, false), "publish");
}

static void publish_in_loop(struct mosquitto *mosq)
{
	long handed_over = 0;
	bool must_wait;
	int burst;

	while (completed.value < opt.n) {
		for (burst = 0; burst < opt.burst && handed_over < opt.n && handed_over - completed.value < opt.window; burst++) {
			publish_sink(mosq);
			handed_over++;
		}
		must_wait = handed_over == opt.n || handed_over - completed.value >= opt.window;
		turn(mosq, must_wait && completed.value < handed_over ? 1000 : 0);
	}
}

static void run_pub(void)
{
	struct mosquitto *mosq = connected_client();
	bool threaded = strcmp(opt.drive, "start") == 0;

	clock_start();
	if (threaded) {
		publish_from_threads(publish_sink, mosq);
		await(&completed, opt.n);
	} else {
		publish_in_loop(mosq);
	}
	clock_stop();
	publish_end(mosq);
	if (threaded) {
		await(&ended, 1);
	}
	while (ended.value < 1) {
		turn(mosq, 1000);
	}
	result_begin(who);
	result_report(opt.n);
	result_end();
	leave(mosq);
}

static void run_sub(void)
{
	struct mosquitto *mosq = connected_client();
	char filter[64];

	source_filter(filter, sizeof filter);
	clock_start();
	check(mosquitto_subscribe(mosq, NULL, filter, opt.qos), "subscribe");
	if (strcmp(opt.drive, "forever") == 0) {
		check(mosquitto_loop_forever(mosq, -1, 1), "loop_forever");
	} else if (strcmp(opt.drive, "start") == 0) {
		await(&ended, 1);
	}
	while (ended.value < 1) {
		turn(mosq, 1000);
	}
	result_begin(who);
	result_report(-1);
	result_end();
	leave(mosq);
}

static void on_echo(struct mosquitto *mosq, void *userdata, const struct mosquitto_message *message)
{
	(void)mosq;
	(void)userdata;
	check_payload(message->payload, message->payloadlen);
	count_up(&arrived);
}

static void wait_for_echo(void *client, long arrivals)
{
	if (strcmp(opt.drive, "start") == 0) {
		await(&arrived, arrivals);
	}
	while (arrived.value < arrivals) {
		turn(client, 1000);
	}
}

static void run_rtt(void)
{
	struct mosquitto *mosq = connected_client();

	mosquitto_message_callback_set(mosq, on_echo);
	publish_in_turn(publish_echo, wait_for_echo, mosq);
	result_begin(who);
	result_percentiles();
	result_end();
	leave(mosq);
}

static void run_connect(void)
{
	struct mosquitto *mosq = new_client();
	double before;
	long i;

	clock_start();
	for (i = 0; i < opt.n; i++) {
		before = seconds();
		connect_client(mosq);
		while (connected.value <= i) {
			check(mosquitto_loop(mosq, 1000, 1), "loop");
		}
		keep_time(seconds() - before);
		mosquitto_disconnect(mosq);
		while (mosquitto_loop(mosq, 1000, 1) == MOSQ_ERR_SUCCESS) {
			continue;
		}
	}
	clock_stop();
	result_begin(who);
	result_percentiles();
	result_end();
	mosquitto_destroy(mosq);
}

/* The result says which file was loaded, so that nobody measures another library than he thinks. */
static void find_library(void)
{
	void *function = dlsym(RTLD_DEFAULT, "mosquitto_lib_version");
	int major, minor, revision;
	Dl_info info;

	mosquitto_lib_version(&major, &minor, &revision);
	if (function == NULL || dladdr(function, &info) == 0) {
		fail("cannot find out which library is loaded");
	}
	snprintf(who, sizeof who, "libmosquitto %d.%d.%d %s", major, minor, revision, info.dli_fname);
}

int main(int argc, char *argv[])
{
	static const struct { const char *name; void (*run)(void); } scenarios[] = {
		{"pub", run_pub}, {"sub", run_sub}, {"rtt", run_rtt}, {"connect", run_connect},
		{"idle", run_idle}, {"threads", run_threads}, {"backlog", run_backlog}, {"init", run_init},
	};
	size_t i;

	read_options(argc, argv);
	signal(SIGPIPE, SIG_IGN); /* 2.1.2 raises it when a TLS connection ends */
	find_library();
	mosquitto_lib_init();
	payload = new_payload();
	for (i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
		if (strcmp(opt.scenario, scenarios[i].name) == 0) {
			scenarios[i].run();
			mosquitto_lib_cleanup();
			return 0;
		}
	}
	fail("unknown scenario %s", opt.scenario);
}
