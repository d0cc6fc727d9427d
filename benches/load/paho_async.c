/* paho_async: the load on Paho MQTT C's asynchronous client, MQTTAsync. Scenarios as in client.c: pub, sub, rtt and idle; the
 * network is always run by the library's own threads (drive = start), which all clients share.
 */
#define _GNU_SOURCE
#include <MQTTAsync.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"

static char who[64];
static char *payload;

static void on_connected(void *context, MQTTAsync_successData *data)
{
	(void)context;
	(void)data;
	count_up(&connected);
}

static void on_failure(void *context, MQTTAsync_failureData *data)
{
	(void)context;
	fail("failure %d", data ? data->code : 0);
}

static void on_complete(void *context, MQTTAsync_successData *data)
{
	(void)context;
	(void)data;
	count_up(&completed);
}

static void send_message(MQTTAsync client, const char *topic, int qos, const char *bytes, int length, bool counted)
{
	MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
	int rc;

	response.onSuccess = counted ? on_complete : NULL;
	response.onFailure = on_failure;
	rc = MQTTAsync_send(client, topic, length, bytes, qos, 0, &response);
	if (rc != MQTTASYNC_SUCCESS) {
		fail("MQTTAsync_send: %d", rc);
	}
}

static int on_message(void *client, char *topic, int topic_length, MQTTAsync_message *message)
{
	(void)topic_length;
	if (message_arrived(topic, message->payload, message->payloadlen) == LAST && strcmp(opt.scenario, "sub") == 0) {
		clock_stop();
		send_message(client, END_TOPIC, 0, "", 0, false);
	}
	MQTTAsync_freeMessage(&message);
	MQTTAsync_free(topic);
	return 1;
}

static MQTTAsync connect_one(int number)
{
	MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
	MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
	MQTTAsync client;
	char uri[64], id[32];

	snprintf(uri, sizeof uri, "%s:%d", opt.ca ? "ssl://localhost" : "tcp://127.0.0.1", opt.port);
	snprintf(id, sizeof id, "paho-%d", number);
	if (MQTTAsync_create(&client, uri, id, MQTTCLIENT_PERSISTENCE_NONE, NULL) != MQTTASYNC_SUCCESS) {
		return NULL;
	}
	MQTTAsync_setCallbacks(client, client, NULL, on_message, NULL);
	tls.trustStore = opt.ca;
	options.ssl = opt.ca ? &tls : NULL;
	options.keepAliveInterval = 600;
	options.cleansession = 1;
	options.maxInflight = 65535; /* its own limit looks again only once a second: publish_from_threads() keeps ours */
	options.onSuccess = on_connected;
	options.onFailure = on_failure;
	return MQTTAsync_connect(client, &options) == MQTTASYNC_SUCCESS ? client : NULL;
}

static MQTTAsync connected_client(void)
{
	MQTTAsync client = connect_one(0);

	if (client == NULL) {
		fail("cannot connect");
	}
	await(&connected, 1);
	return client;
}

static void publish_sink(void *client)
{
	send_message(client, SINK_TOPIC, opt.qos, payload, (int)opt.size, true);
}

static void publish_echo(void *client)
{
	send_message(client, ECHO_TOPIC, opt.qos, payload, (int)opt.size, false);
}

static void wait_for_echo(void *client, long arrivals)
{
	(void)client;
	await(&arrived, arrivals);
}

static void run_pub(MQTTAsync client)
{
	if (opt.qos > 0) {
		opt.window = opt.inflight;
	}
	clock_start();
	publish_from_threads(publish_sink, client);
	await(&completed, opt.n);
	clock_stop();
	send_message(client, END_TOPIC, 0, "", 0, false);
	await(&ended, 1);
	result_begin(who);
	result_report(opt.n);
}

static void run_sub(MQTTAsync client)
{
	MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
	char filter[64];

	source_filter(filter, sizeof filter);
	clock_start();
	if (MQTTAsync_subscribe(client, filter, opt.qos, &response) != MQTTASYNC_SUCCESS) {
		fail("MQTTAsync_subscribe");
	}
	await(&ended, 1);
	result_begin(who);
	result_report(-1);
}

static void run_rtt(MQTTAsync client)
{
	publish_in_turn(publish_echo, wait_for_echo, client);
	result_begin(who);
	result_percentiles();
}

/* The first client is not counted: what is paid once is paid for it. */
static void run_idle(void)
{
	struct rlimit limit;
	long kb = resident_kb();
	int descriptors = count_entries("/proc/self/fd"), threads = count_entries("/proc/self/task"), i;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	clock_start();
	for (i = 1; i <= opt.clients; i++) {
		if (connect_one(i) == NULL) {
			fail("connection %d", i);
		}
	}
	await(&connected, opt.clients + 1);
	clock_stop();
	opt.n = opt.clients;
	result_begin(who);
	result_number("connected", (double)opt.clients);
	result_number("kb", (double)(resident_kb() - kb) / opt.clients);
	result_number("descriptors", (double)(count_entries("/proc/self/fd") - descriptors) / opt.clients);
	result_number("threads", (double)(count_entries("/proc/self/task") - threads) / opt.clients);
}

int main(int argc, char *argv[])
{
	MQTTAsync_nameValue *version;
	MQTTAsync client;

	read_options(argc, argv);
	version = MQTTAsync_getVersionInfo();
	snprintf(who, sizeof who, "Paho MQTTAsync %s", version[1].value);
	payload = new_payload();
	client = connected_client();
	if (strcmp(opt.scenario, "pub") == 0) {
		run_pub(client);
	} else if (strcmp(opt.scenario, "sub") == 0) {
		run_sub(client);
	} else if (strcmp(opt.scenario, "rtt") == 0) {
		run_rtt(client);
	} else if (strcmp(opt.scenario, "idle") == 0) {
		run_idle();
	} else {
		fail("unknown scenario %s", opt.scenario);
	}
	result_end();
	quick_exit(0); /* its threads are still there */
}
