/* How connections come about: `connecting PORT [ROW...]`, with the shim in front of the C library. */
#include <netdb.h>
#include <poll.h>
#include <signal.h>

#include "threads.h"

static int port;
/* The shim's, if it is there. */
extern volatile bool fail_threads __attribute__((weak));

/* ---- names ---- */

static void connect_async_does_not_wait_for_a_resolver(void)
{
	struct mosquitto *mosq = new_client("row");

	WITHIN(5, EQUAL(mosquitto_connect_async(mosq, "dead.test", port, 60), 0));
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 1, false), 0);
	WITHIN(100, EQUAL(mosquitto_loop(mosq, 50, 1), 0));
	WITHIN(5, EQUAL(mosquitto_reconnect_async(mosq), 0));
	WITHIN(100, mosquitto_destroy(mosq));
}

/* Lookups of one name share a thread, however often they are given up. */
static void a_dead_resolver_gathers_no_threads(void)
{
	struct mosquitto *mosq = new_client("row");
	int before, i;

	EQUAL(mosquitto_connect_async(mosq, "dead.test", port, 60), 0);
	before = count_threads();
	for(i = 0; i < 100; i++) EQUAL(mosquitto_reconnect_async(mosq), 0);
	EQUAL(count_threads(), before);
	mosquitto_destroy(mosq);
}

static void a_slow_name_is_waited_for(void)
{
	struct mosquitto *mosq = new_client("row");
	double begun = now_ms();

	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_connect_async(mosq, "slow.test", port, 60), 0);
	WAIT_UNTIL(seen.connect);
	BETWEEN(now_ms() - begun, 900, 3000);
	mosquitto_destroy(mosq);
	/* And so does who asked for that. */
	mosq = new_client("row");
	begun = now_ms();
	EQUAL(mosquitto_connect(mosq, "slow.test", port, 60), 0);
	BETWEEN(now_ms() - begun, 900, 3000);
	mosquitto_destroy(mosq);
}

static void a_name_that_does_not_exist(void)
{
	struct mosquitto *mosq = new_client("row");

	errno = 0;
	EQUAL(mosquitto_connect(mosq, "none.test", port, 60), MOSQ_ERR_EAI);
	EQUAL(errno, EAI_NONAME);
	EQUAL(seen.disconnect, 0);
	/* In the background it is told by the loop, and tried again. */
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_connect_async(mosq, "none.test", port, 60), 0);
	WAIT_UNTIL(seen.disconnect);
	EQUAL(seen.rc, MOSQ_ERR_EAI);
	EQUAL(mosquitto_connect_async(mosq, "127.0.0.1", port, 60), 0);
	WAIT_UNTIL(seen.connect);
	EQUAL(seen.disconnect, 1);
	mosquitto_destroy(mosq);
}

/* ---- addresses ---- */

static bool is_readable(int descriptor)
{
	struct pollfd entry = {.fd = descriptor, .events = POLLIN};

	return poll(&entry, 1, 0) == 1;
}

/* Two listeners on one port: the one on ::1 answers nothing, the one on 127.0.0.1 does. */
static void dead_ipv6_and_live_ipv4(void)
{
	struct mosquitto *mosq;
	int dead = -1, live = -1, peer, i;
	double begun;

	for(i = 0; i < 100 && dead < 0; i++){
		live = listen_on(AF_INET, 0, 5);
		dead = listen_on(AF_INET6, port_of(live), 0);
		if(dead < 0) close(live);
	}
	if(dead < 0){
		printf("no ::1 here: not tried\n");
		return;
	}
	fill_backlog(dead);
	for(i = 0; i < 3; i++){
		mosq = new_client("row");
		begun = now_ms();
		if(i == 0){
			EQUAL(mosquitto_connect(mosq, "dual.test", port_of(live), 60), 0);
		}else{
			if(i == 1) EQUAL(mosquitto_loop_start(mosq), 0);
			EQUAL(mosquitto_connect_async(mosq, "dual.test", port_of(live), 60), 0);
			/* However long the loop may wait: it looks after the attempt in time. */
			while(i == 2 && !is_readable(live) && now_ms() - begun < LIMIT_MS) mosquitto_loop(mosq, 1000, 1);
		}
		peer = accept(live, NULL, NULL);
		BETWEEN(now_ms() - begun, 0, 500);
		printf("connected %.0f\n", now_ms() - begun);
		mosquitto_destroy(mosq);
		close(peer);
	}
	close(live);
	close(dead);
}

static void refused_ipv6_and_live_ipv4(void)
{
	struct mosquitto *mosq = new_client("row");

	WITHIN(200, EQUAL(mosquitto_connect(mosq, "dual.test", port, 60), 0));
	LOOP_UNTIL(mosq, seen.connect);
	mosquitto_destroy(mosq);
}

static void nobody_listens(void)
{
	struct mosquitto *mosq = new_client("row");

	errno = 0;
	EQUAL(mosquitto_connect(mosq, "dual.test", refused_port(), 60), MOSQ_ERR_ERRNO);
	EQUAL(errno, ECONNREFUSED);
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_connect_async(mosq, "dual.test", refused_port(), 60), 0);
	WAIT_UNTIL(seen.disconnect);
	EQUAL(seen.rc, MOSQ_ERR_ERRNO);
	mosquitto_destroy(mosq);
}

/* ---- interruptions ---- */

static void on_signal(int number)
{
	(void)number;
}

static void *send_signal(void *thread)
{
	pause_ms(100);
	pthread_kill(*(pthread_t *)thread, SIGUSR1);
	return NULL;
}

static void a_signal_ends_a_blocking_connect(void)
{
	struct mosquitto *mosq = new_client("row");
	struct sigaction action = {.sa_handler = on_signal};
	pthread_t self = pthread_self(), thread;
	int listener = listen_on(AF_INET, 0, 0);

	sigaction(SIGUSR1, &action, NULL);
	fill_backlog(listener);
	pthread_create(&thread, NULL, send_signal, &self);
	errno = 0;
	WITHIN(1000, EQUAL(mosquitto_connect(mosq, "127.0.0.1", port_of(listener), 60), MOSQ_ERR_ERRNO));
	EQUAL(errno, EINTR);
	pthread_join(thread, NULL);
	EQUAL(mosquitto_socket(mosq), -1);
	mosquitto_destroy(mosq);
	close(listener);
}

static struct mosquitto *waiting;

static void *interrupt(void *what)
{
	pause_ms(100);
	switch((intptr_t)what){
		case 0: EQUAL(mosquitto_disconnect(waiting), MOSQ_ERR_NO_CONN); break;
		case 1: mosquitto_destroy(waiting); break;
		case 2: EQUAL(mosquitto_reinitialise(waiting, "row", true, NULL), 0); break;
		case 3: EQUAL(mosquitto_connect(waiting, "127.0.0.1", port, 60), 0); break;
	}
	return NULL;
}

static void another_thread_ends_a_blocking_connect(void)
{
	int listener = listen_on(AF_INET, 0, 0);
	pthread_t thread;
	intptr_t what;

	fill_backlog(listener);
	for(what = 0; what < 4; what++){
		waiting = new_client("row");
		pthread_create(&thread, NULL, interrupt, (void *)what);
		WITHIN(300, EQUAL(mosquitto_connect(waiting, "127.0.0.1", port_of(listener), 60), MOSQ_ERR_NO_CONN));
		pthread_join(thread, NULL);
		if(what == 3) LOOP_UNTIL(waiting, seen.connect);
		if(what != 1) mosquitto_destroy(waiting);
	}
	close(listener);
}

/* ---- limits ---- */

/* The keepalive is the time for everything up to CONNACK. */
static void an_attempt_ends_with_the_keepalive(void)
{
	struct mosquitto *mosq = new_client("row");
	int listener = listen_on(AF_INET, 0, 0);
	double begun;

	fill_backlog(listener);
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_connect_async(mosq, "127.0.0.1", port_of(listener), 5), 0);
	begun = now_ms();
	WAIT_UNTIL(seen.disconnect);
	BETWEEN(now_ms() - begun, 4900, 7000);
	EQUAL(seen.rc, MOSQ_ERR_KEEPALIVE);
	/* The attempts that the loop makes by itself end so too, and nobody is told. */
	pause_ms(7000);
	EQUAL(seen.disconnect, 1);
	mosquitto_destroy(mosq);
	close(listener);
}

static void pings_come_to_the_millisecond(void)
{
	struct mosquitto *mosq = new_client("row");
	int listener = listen_on(AF_INET, 0, 5), peer;
	char bytes[100];
	double begun;

	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port_of(listener), 5), 0);
	peer = accept(listener, NULL, NULL);
	CHECK(read(peer, bytes, sizeof(bytes)) > 0);
	pause_ms(500);
	CHECK(write(peer, "\x20\x02\0\0", 4) == 4);
	begun = now_ms();
	CHECK(read(peer, bytes, sizeof(bytes)) == 2 && !memcmp(bytes, "\xc0\0", 2));
	/* Five seconds after the last packet in the direction that is silent for longer: CONNECT, half a second ago. */
	BETWEEN(now_ms() - begun, 4400, 4900);
	/* Nobody answers: five seconds later it is over. */
	begun = now_ms();
	CHECK(read(peer, bytes, sizeof(bytes)) == 0);
	BETWEEN(now_ms() - begun, 4900, 5600);
	WAIT_UNTIL(seen.disconnect);
	EQUAL(seen.rc, MOSQ_ERR_KEEPALIVE);
	mosquitto_destroy(mosq);
	close(peer);
	close(listener);
}

/* ---- threads that cannot be had ---- */

static void a_thread_that_cannot_be_had(void)
{
	struct mosquitto *mosq = new_client("row");
	int descriptors = count_descriptors();

	fail_threads = true;
	errno = 0;
	EQUAL(mosquitto_loop_start(mosq), MOSQ_ERR_ERRNO);
	EQUAL(errno, EAGAIN);
	EQUAL(mosquitto_loop_stop(mosq, true), MOSQ_ERR_INVAL);
	errno = 0;
	EQUAL(mosquitto_connect_async(mosq, "slow.test", port, 60), MOSQ_ERR_ERRNO);
	EQUAL(errno, EAGAIN);
	EQUAL(mosquitto_connect(mosq, "slow.test", port, 60), MOSQ_ERR_ERRNO);
	fail_threads = false;
	/* Nothing is left of it but what wakes the loop. */
	CHECK(count_descriptors() <= descriptors + 1);
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_connect_async(mosq, "127.0.0.1", port, 60), 0);
	WAIT_UNTIL(seen.connect);
	mosquitto_destroy(mosq);
}

static const struct row rows[] = {
	ROW(connect_async_does_not_wait_for_a_resolver),
	ROW(a_dead_resolver_gathers_no_threads),
	ROW(a_slow_name_is_waited_for),
	ROW(a_name_that_does_not_exist),
	ROW(dead_ipv6_and_live_ipv4),
	ROW(refused_ipv6_and_live_ipv4),
	ROW(nobody_listens),
	ROW(a_signal_ends_a_blocking_connect),
	ROW(another_thread_ends_a_blocking_connect),
	ROW(an_attempt_ends_with_the_keepalive),
	ROW(pings_come_to_the_millisecond),
	ROW(a_thread_that_cannot_be_had),
};

int main(int argc, char *argv[])
{
	int rc;

	(void)argc;
	port = atoi(argv[1]);
	if(!&fail_threads){
		printf("the shim is missing\n");
		return 1;
	}
	rc = RUN_ROWS(rows, argv + 2);
	fflush(stdout);
	/* Not by return: helper threads still ask a resolver that does not answer. */
	_exit(rc);
}
