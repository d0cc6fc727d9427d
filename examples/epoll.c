/* A client inside a program's own epoll loop, beside another descriptor: what a read of standard input gives (at a terminal:
 * a line) is published, each message printed, until standard input ends. A connection that is lost is made anew.
 *
 * Usage: epoll HOST PORT TOPIC
 *
 * The library says which descriptor to wait for, mosquitto_socket(), and whether to wait until it can be written too,
 * mosquitto_want_write(). Both may change with every call, so they are asked anew before each wait. None of the calls
 * blocks: names are looked up and connections made in the background.
 */
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <mosquitto.h>

static const char *topic;
static int epoll;

static void on_connect(struct mosquitto *mosq, void *userdata, int rc)
{
	(void)userdata;
	if (rc == 0) {
		mosquitto_subscribe(mosq, NULL, topic, 1);
	}
}

static void on_subscribe(struct mosquitto *mosq, void *userdata, int mid, int count, const int *granted)
{
	(void)mosq;
	(void)userdata;
	(void)mid;
	(void)count;
	printf("subscribed (%d)\n", granted[0]);
}

static void on_message(struct mosquitto *mosq, void *userdata, const struct mosquitto_message *message)
{
	(void)mosq;
	(void)userdata;
	printf("%s: %.*s\n", message->topic, message->payloadlen, (const char *)message->payload);
}

/* Has the loop wait for `events` of a descriptor, which it may know already or not. */
static void watch(int fd, unsigned events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};

	if (epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) < 0) {
		epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
	}
}

/* False when there is no more. */
static bool publish_input(struct mosquitto *mosq)
{
	char line[1000];
	ssize_t length = read(STDIN_FILENO, line, sizeof(line));

	if (length > 0) {
		mosquitto_publish(mosq, NULL, topic, (int)length - (line[length - 1] == '\n'), line, 1, false);
	}
	return length > 0;
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq = mosquitto_new(NULL, true, NULL);
	bool more = true;
	int port;

	if (argc != 4 || mosq == NULL || sscanf(argv[2], "%d", &port) != 1) {
		fprintf(stderr, "usage: %s HOST PORT TOPIC\n", argv[0]);
		return 2;
	}
	topic = argv[3];
	setvbuf(stdout, NULL, _IOLBF, 0);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_message_callback_set(mosq, on_message);
	mosquitto_connect_async(mosq, argv[1], port, 60);
	watch(STDIN_FILENO, EPOLLIN);
	while (more || mosquitto_socket(mosq) >= 0) {
		struct epoll_event ready[2];
		int count, i, fd = mosquitto_socket(mosq);

		if (fd >= 0) {
			watch(fd, EPOLLIN | (mosquitto_want_write(mosq) ? EPOLLOUT : 0));
		}
		count = epoll_wait(epoll, ready, 2, 1000);
		for (i = 0; i < count; i++) {
			if (ready[i].data.fd == STDIN_FILENO) {
				more = publish_input(mosq);
				if (!more) {
					epoll_ctl(epoll, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
					mosquitto_disconnect(mosq);
				}
				continue;
			}
			if (ready[i].events & ~EPOLLOUT) {
				mosquitto_loop_read(mosq, 1);
			}
			if (ready[i].events & EPOLLOUT) {
				mosquitto_loop_write(mosq, 1);
			}
		}
		/* Keeps the connection alive; and once a second is enough to try again. */
		if (mosquitto_loop_misc(mosq) == MOSQ_ERR_NO_CONN && more && count == 0) {
			mosquitto_reconnect_async(mosq);
		}
	}
	mosquitto_destroy(mosq);
	return 0;
}
