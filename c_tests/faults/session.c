/* One session after the other, in each of which another call of the C library goes wrong: the first of its kind, the
 * second, and so on until a session needs no more of them.
 *
 * A session connects, subscribes, publishes at all levels, receives, disconnects; a program that meets an error connects
 * again, and nothing else. Afterwards all that was accepted must be complete, all that was received must have come once or
 * as often as its QoS allows, and no thread or descriptor may be left.
 *
 *   session port driver call error step times first each
 *
 * `driver` is loop, thread, forever or external; `call` and `error` are in the tables below; every `step`th call, `times`
 * times, goes wrong, from `first`, `first + each`, ... on. Call "cut-sent" or "cut-received": the connection breaks at that
 * byte. Prints what was accepted and received, for the test to compare with what the server saw, and
 * `sessions N fired N most N`.
 */
#include <poll.h>

#include "../threads/threads.h"
#include "faults.h"

#define MESSAGES 6
#define SESSION_MS 60000

static const struct {
	const char *name;
	int value;
} calls[] = {
	{"socket", CALL_SOCKET}, {"connect", CALL_CONNECT}, {"send", CALL_SEND}, {"recv", CALL_RECV}, {"poll", CALL_POLL},
	{"eventfd", CALL_EVENTFD}, {"read", CALL_READ}, {"write", CALL_WRITE}, {"pthread_create", CALL_THREAD},
	{"getaddrinfo", CALL_RESOLVE}, {"setsockopt", CALL_SETSOCKOPT}, {"getsockopt", CALL_GETSOCKOPT}, {"fcntl", CALL_FCNTL},
	{"bind", CALL_BIND}, {"getrandom", CALL_RANDOM}, {"close", CALL_CLOSE}, {"cut-sent", -1}, {"cut-received", -2},
}, errors[] = {
	{"EINTR", EINTR}, {"EAGAIN", EAGAIN}, {"ECONNRESET", ECONNRESET}, {"EPIPE", EPIPE}, {"ENOMEM", ENOMEM},
	{"ENOBUFS", ENOBUFS}, {"EMFILE", EMFILE}, {"ENETUNREACH", ENETUNREACH}, {"ECONNREFUSED", ECONNREFUSED},
	{"ETIMEDOUT", ETIMEDOUT}, {"EINVAL", EINVAL}, {"EIO", EIO}, {"ENOSYS", ENOSYS}, {"EADDRINUSE", EADDRINUSE},
	{"EAI_AGAIN", 3}, {"EAI_MEMORY", 10}, {"short", SHORTLY}, {"nothing", NOTHING}, {"-", 0},
};

static int value_of(const void *table, size_t rows, const char *name)
{
	const struct { const char *name; int value; } *row = table;
	size_t i;

	for(i = 0; i < rows; i++){
		if(!strcmp(row[i].name, name)) return row[i].value;
	}
	failed(__FILE__, __LINE__, "%s is in no table", name);
	exit(2);
}

#define VALUE(table, name) value_of((table), sizeof(table) / sizeof((table)[0]), (name))

enum driver { LOOP, THREAD, FOREVER, EXTERNAL };

static enum driver driver;
static int port, tag;
/* What came, by number of the server's message. */
static atomic_int received[256];
/* How often on_publish was called, by packet identifier. */
static atomic_int published[256];
/* Packet identifiers of what was accepted at QoS 1 and 2. */
static int accepted[MESSAGES], accepted_count;
static atomic_bool over;

static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj;
	published[mid & 255]++;
}

static bool all_complete(void)
{
	int i;

	for(i = 0; i < accepted_count && published[accepted[i] & 255]; i++);
	return i == accepted_count;
}

static void on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	const unsigned char *number = message->payload;

	(void)mosq; (void)obj;
	if(!strcmp(message->topic, "numbered") && message->payloadlen == 4) received[number[3]]++;
}

/* As often as it takes: what went wrong once may work the next time. */
static void connect_again(struct mosquitto *mosq)
{
	double begun = now_ms();
	int rc;

	while((rc = mosquitto_reconnect(mosq)) && now_ms() - begun < SESSION_MS) pause_ms(1);
	EQUAL(rc, 0);
}

static void turn_external(struct mosquitto *mosq)
{
	struct pollfd entry = {mosquitto_socket(mosq), POLLIN, 0};
	/* Not `poll`: that is the library's to fail at. */
	struct timespec wait = {0, 20000000};
	int rc = 0;

	if(mosquitto_want_write(mosq)) entry.events |= POLLOUT;
	if(entry.fd >= 0 && ppoll(&entry, 1, &wait, NULL) > 0){
		if(entry.revents & ~POLLOUT) rc = mosquitto_loop_read(mosq, 1);
		if(!rc && entry.revents & POLLOUT) rc = mosquitto_loop_write(mosq, 1);
	}
	if(!rc) rc = mosquitto_loop_misc(mosq);
	if(rc && mosquitto_socket(mosq) < 0 && !over) connect_again(mosq);
}

static void turn(struct mosquitto *mosq)
{
	switch(driver){
		case EXTERNAL:
			turn_external(mosq);
			break;
		case LOOP:
			if(mosquitto_loop(mosq, 20, 1) && mosquitto_socket(mosq) < 0 && !over) connect_again(mosq);
			break;
		default:
			pause_ms(1);
	}
}

#define UNTIL(mosq, condition) do{ \
		double begun_ = now_ms(); \
		while(!(condition)){ \
			turn(mosq); \
			if(now_ms() - begun_ > SESSION_MS){ \
				failed(__FILE__, __LINE__, "session %ld waits in vain: %s", number, #condition); \
				break; \
			} \
		} \
	}while(0)

static void *forever(void *mosq)
{
	/* It comes back when a reconnect of its own cannot be tried, for a program to decide. */
	while(!over){
		if(mosquitto_loop_forever(mosq, 20, 1) && !over && mosquitto_socket(mosq) < 0) mosquitto_reconnect(mosq);
	}
	return NULL;
}

static void session(long number)
{
	char id[40];
	struct mosquitto *mosq;
	pthread_t thread;
	double begun;
	int i, rc, mid = 0, before_threads = count_threads(), before_files = count_descriptors();
	bool started = false;

	snprintf(id, sizeof(id), "s-%d-%ld", tag, number);
	accepted_count = 0;
	over = false;
	for(i = 0; i < 256; i++) received[i] = published[i] = 0;
	forget_events();
	mosq = mosquitto_new(id, false, NULL);
	if(!mosq){
		CHECK(fault.fired); /* nothing else may fail here */
		return;
	}
	count_events(mosq);
	mosquitto_publish_callback_set(mosq, on_publish);
	mosquitto_message_callback_set(mosq, on_message);
	begun = now_ms();
	if(driver == THREAD){
		/* Without a thread nothing moves, so the program tries again. */
		while((rc = mosquitto_loop_start(mosq)) && now_ms() - begun < SESSION_MS);
		EQUAL(rc, 0);
	}
	while((rc = mosquitto_connect(mosq, "localhost", port, 60)) && now_ms() - begun < SESSION_MS) pause_ms(1);
	EQUAL(rc, 0);
	if(driver == FOREVER){
		while(!started) started = !pthread_create(&thread, NULL, forever, mosq);
	}
	UNTIL(mosq, seen.connect);
	rc = mosquitto_subscribe(mosq, NULL, "numbered", 2);
	CHECK(rc == 0 || fault.fired || fault.cuts);
	for(i = 0; i < MESSAGES; i++){
		unsigned char payload[7] = {(unsigned char)(tag >> 8), (unsigned char)tag, (unsigned char)(number >> 8),
			(unsigned char)number, (unsigned char)i, (unsigned char)(i % 3), 0};

		/* Offline they are accepted too, and when the connection breaks under them. */
		rc = mosquitto_publish(mosq, &mid, "topic", sizeof(payload), payload, i % 3, false);
		if(i % 3 && (rc == 0 || rc == MOSQ_ERR_NO_CONN || rc == MOSQ_ERR_CONN_LOST || rc == MOSQ_ERR_ERRNO)){
			accepted[accepted_count++] = mid;
			printf("accepted %d %ld %d %d\n", tag, number, i, i % 3);
		}else if(i % 3){
			failed(__FILE__, __LINE__, "session %ld: publish answers %d", number, rc);
		}
		if(i == 2) UNTIL(mosq, all_complete());
	}
	UNTIL(mosq, all_complete());
	/* The server sends a message for each of ours that it got. */
	UNTIL(mosq, received[0] && received[1] && received[2] && received[3]);
	over = true;
	rc = mosquitto_disconnect(mosq);
	CHECK(rc == 0 || rc == MOSQ_ERR_NO_CONN || fault.fired || fault.cuts);
	if(driver == THREAD) mosquitto_loop_stop(mosq, rc != 0);
	if(started) pthread_join(thread, NULL);
	mosquitto_destroy(mosq);
	for(i = 0; i < accepted_count; i++) EQUAL(published[accepted[i] & 255], 1);
	printf("received s-%d-%ld ", tag, number);
	for(i = 0; i < 64; i++) putchar('0' + (received[i] > 9 ? 9 : received[i]));
	putchar('\n');
	begun = now_ms();
	while(count_threads() > before_threads && now_ms() - begun < LIMIT_MS) pause_ms(1);
	EQUAL(count_threads(), before_threads);
	EQUAL(count_descriptors(), before_files);
}

int main(int argc, char *argv[])
{
	long number, each, most = 0, fired = 0, sessions = 0;
	int call;

	if(argc != 9 || !&fault){
		fprintf(stderr, "eight arguments, please, and the shim\n");
		return 2;
	}
	port = atoi(argv[1]);
	driver = !strcmp(argv[2], "loop") ? LOOP : !strcmp(argv[2], "thread") ? THREAD : !strcmp(argv[2], "forever") ? FOREVER
		: EXTERNAL;
	call = VALUE(calls, argv[3]);
	fault.error = VALUE(errors, argv[4]);
	fault.step = atol(argv[5]);
	fault.times = atol(argv[6]);
	each = atol(argv[8]);
	tag = (int)getpid() & 0xffff;
	mosquitto_lib_init();
	for(number = atol(argv[7]);; number += each){
		int before = failures;

		fault.calls = fault.fired = fault.cuts = 0;
		fault.first = number;
		if(call == -1) fault.cut_sent = number;
		else if(call == -2) fault.cut_received = number;
		else fault.call = call;
		session(number);
		fault.call = CALL_NONE;
		fault.cut_sent = fault.cut_received = -1;
		sessions++;
		if(fault.calls > most) most = fault.calls;
		fired += fault.fired + fault.cuts;
		if(failures != before) printf("NOT session %ld: fired %ld, cuts %ld\n", number, (long)fault.fired, (long)fault.cuts);
		fflush(stdout);
		if(!(fault.fired + fault.cuts) || failures > 3) break;
	}
	mosquitto_lib_cleanup();
	printf("sessions %ld\nfired %ld\nmost %ld\n", sessions, fired, most);
	return failures != 0;
}
