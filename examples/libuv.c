/* A client inside libuv's event loop: no thread, nothing that waits but the loop.
 *
 * Usage: libuv HOST PORT FILTER COUNT
 *
 * The library says which descriptor to wait for, mosquitto_socket(), and whether to wait until it can be written too,
 * mosquitto_want_write(). Both may change with every call, so they are asked anew after each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include <mosquitto.h>

static uv_loop_t *loop;
static uv_poll_t poll_handle;
static uv_timer_t timer;
static bool watching;
static const char *filter;
static int left;

static void on_ready(uv_poll_t *handle, int status, int events);

/* Waits for what the client needs now; stops when it has no connection. */
static void watch(struct mosquitto *mosq)
{
	int fd = mosquitto_socket(mosq);

	if (fd < 0) {
		uv_stop(loop);
		return;
	}
	if (!watching) {
		uv_poll_init(loop, &poll_handle, fd);
		poll_handle.data = mosq;
		watching = true;
	}
	uv_poll_start(&poll_handle, UV_READABLE | (mosquitto_want_write(mosq) ? UV_WRITABLE : 0), on_ready);
}

static void on_ready(uv_poll_t *handle, int status, int events)
{
	struct mosquitto *mosq = handle->data;

	if (status < 0 || (events & UV_READABLE)) {
		mosquitto_loop_read(mosq, 1);
	}
	if (events & UV_WRITABLE) {
		mosquitto_loop_write(mosq, 1);
	}
	watch(mosq);
}

/* Keeps the connection alive; once a second is enough. */
static void on_second(uv_timer_t *handle)
{
	mosquitto_loop_misc(handle->data);
	watch(handle->data);
}

static void on_connect(struct mosquitto *mosq, void *userdata, int rc)
{
	(void)userdata;
	if (rc == 0) {
		mosquitto_subscribe(mosq, NULL, filter, 1);
	}
}

static void on_subscribe(struct mosquitto *mosq, void *userdata, int mid, int count, const int *granted)
{
	(void)mosq;
	(void)userdata;
	(void)mid;
	(void)count;
	printf("subscribed (%d)\n", granted[0]);
	fflush(stdout);
}

static void on_message(struct mosquitto *mosq, void *userdata, const struct mosquitto_message *message)
{
	(void)userdata;
	printf("%s: %.*s\n", message->topic, message->payloadlen, (const char *)message->payload);
	fflush(stdout);
	if (--left == 0) {
		mosquitto_disconnect(mosq);
	}
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq = mosquitto_new(NULL, true, NULL);
	int rc;

	if (argc != 5 || mosq == NULL) {
		fprintf(stderr, "usage: %s HOST PORT FILTER COUNT\n", argv[0]);
		return 2;
	}
	filter = argv[3];
	left = atoi(argv[4]);
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_message_callback_set(mosq, on_message);
	rc = mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60);
	if (rc != MOSQ_ERR_SUCCESS) {
		fprintf(stderr, "%s\n", mosquitto_strerror(rc));
		return 1;
	}
	loop = uv_default_loop();
	uv_timer_init(loop, &timer);
	timer.data = mosq;
	uv_timer_start(&timer, on_second, 1000, 1000);
	watch(mosq);
	uv_run(loop, UV_RUN_DEFAULT);
	mosquitto_destroy(mosq);
	return left == 0 ? 0 : 1;
}
