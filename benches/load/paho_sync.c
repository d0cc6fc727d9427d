/* paho_sync: the load on Paho MQTT C's synchronous client, MQTTClient, with its callbacks set, so that a thread of the library
 * reads; publishing writes in the calling thread. Scenarios as in client.c: pub, sub and rtt with drive = start.
 */
#define _GNU_SOURCE
#include <MQTTClient.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "load.h"

static char who[64];
static char *payload;

static void on_delivered(void *context, MQTTClient_deliveryToken token)
{
	(void)context;
	(void)token;
	count_up(&completed);
}

static int on_message(void *context, char *topic, int topic_length, MQTTClient_message *message)
{
	(void)context;
	(void)topic_length;
	if (message_arrived(topic, message->payload, message->payloadlen) == LAST) {
		clock_stop(); /* nothing may be published here: main() does it */
	}
	MQTTClient_freeMessage(&message);
	MQTTClient_free(topic);
	return 1;
}

static void publish(MQTTClient client, const char *topic, int qos, char *bytes, int length)
{
	const struct timespec pause = {0, 50000};
	int rc;

	while ((rc = MQTTClient_publish(client, topic, length, bytes, qos, 0, NULL)) == MQTTCLIENT_MAX_MESSAGES_INFLIGHT) {
		nanosleep(&pause, NULL);
	}
	if (rc != MQTTCLIENT_SUCCESS) {
		fail("MQTTClient_publish: %d", rc);
	}
}

static void publish_sink(void *client)
{
	publish(client, SINK_TOPIC, opt.qos, payload, (int)opt.size);
	if (opt.qos == 0) {
		count_up(&completed); /* it has been written, and no callback says so */
	}
}

static void publish_echo(void *client)
{
	publish(client, ECHO_TOPIC, opt.qos, payload, (int)opt.size);
}

static void wait_for_echo(void *client, long arrivals)
{
	(void)client;
	await(&arrived, arrivals);
}

static void connect_client(MQTTClient client)
{
	MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer;
	MQTTClient_SSLOptions tls = MQTTClient_SSLOptions_initializer;

	tls.trustStore = opt.ca;
	options.ssl = opt.ca ? &tls : NULL;
	options.keepAliveInterval = 600;
	options.cleansession = 1;
	options.reliable = 0;
	options.maxInflightMessages = 65535; /* its own limit sleeps: publish_from_threads() keeps ours */
	if (MQTTClient_connect(client, &options) != MQTTCLIENT_SUCCESS) {
		fail("MQTTClient_connect");
	}
}

static void run_pub(MQTTClient client)
{
	if (opt.qos > 0) {
		opt.window = opt.inflight;
	}
	clock_start();
	publish_from_threads(publish_sink, client);
	await(&completed, opt.n);
	clock_stop();
	publish(client, END_TOPIC, 0, "", 0);
	await(&ended, 1);
	result_begin(who);
	result_report(opt.n);
}

static void run_sub(MQTTClient client)
{
	char filter[64];
	int rc;

	source_filter(filter, sizeof filter);
	clock_start();
	rc = MQTTClient_subscribe(client, filter, opt.qos);
	if (rc < 0 || rc > 2) {
		fail("MQTTClient_subscribe: %d", rc);
	}
	await(&arrived, opt.n);
	publish(client, END_TOPIC, 0, "", 0);
	await(&ended, 1);
	result_begin(who);
	result_report(-1);
}

int main(int argc, char *argv[])
{
	MQTTClient_nameValue *version;
	MQTTClient client;
	char uri[64];

	read_options(argc, argv);
	version = MQTTClient_getVersionInfo();
	snprintf(who, sizeof who, "Paho MQTTClient %s", version[1].value);
	snprintf(uri, sizeof uri, "%s:%d", opt.ca ? "ssl://localhost" : "tcp://127.0.0.1", opt.port);
	payload = new_payload();
	MQTTClient_create(&client, uri, "paho", MQTTCLIENT_PERSISTENCE_NONE, NULL);
	MQTTClient_setCallbacks(client, NULL, NULL, on_message, on_delivered);
	connect_client(client);
	if (strcmp(opt.scenario, "pub") == 0) {
		run_pub(client);
	} else if (strcmp(opt.scenario, "sub") == 0) {
		run_sub(client);
	} else if (strcmp(opt.scenario, "rtt") == 0) {
		publish_in_turn(publish_echo, wait_for_echo, client);
		result_begin(who);
		result_percentiles();
	} else {
		fail("unknown scenario %s", opt.scenario);
	}
	result_end();
	quick_exit(0); /* its threads are still there */
}
