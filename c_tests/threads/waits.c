/* How often a client wakes up, and how little it does while nothing works: `waits PORT WHAT [SECONDS]`.
 *
 *   idle, idle-forever, idle-loop   sleeps of a loop during SECONDS without traffic
 *   ping                            a Server Keep Alive of one second counts at once
 *   burst                           sleeps of the loop's thread during many publishes
 *   refused, dropped, bad, rejected, silent, unresolved, dead-resolver
 *                                   processor time during SECONDS in which no connection comes about
 */
#include <sys/resource.h>

#include "threads.h"

static int port, seconds;

static double processor_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3
			+ (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static void *run_forever(void *mosq)
{
	pthread_setname_np(pthread_self(), "forever");
	/* A long timeout: only what has to be done wakes it. */
	mosquitto_loop_forever(mosq, 600000, 1);
	return NULL;
}

static void *run_loop(void *mosq)
{
	pthread_setname_np(pthread_self(), "looping");
	while(mosquitto_loop(mosq, 600000, 1) == MOSQ_ERR_SUCCESS);
	return NULL;
}

static void idle(const char *what)
{
	bool forever = !strcmp(what, "idle-forever"), loop = !strcmp(what, "idle-loop");
	const char *name = forever ? "forever" : loop ? "looping" : "mosquitto loop";
	struct mosquitto *mosq = forever || loop ? connected_client("idle", port) : threaded_client("idle", port);
	pthread_t thread;
	long before;

	if(forever || loop) pthread_create(&thread, NULL, forever ? run_forever : run_loop, mosq);
	pause_ms(100);
	before = count_sleeps(name);
	pause_ms(seconds * 1000);
	printf("sleeps %ld\n", count_sleeps(name) - before);
	CHECK(before >= 0);
	mosquitto_disconnect(mosq);
	if(forever || loop) pthread_join(thread, NULL);
	else mosquitto_loop_stop(mosq, false);
	mosquitto_destroy(mosq);
}

static void on_connect(struct mosquitto *mosq, void *obj, int rc, int flags, const mosquitto_property *props)
{
	(void)flags; (void)props;
	count_connect(mosq, obj, rc);
}

static void ping(void)
{
	struct mosquitto *mosq = new_client("ping");
	long before;

	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, 5);
	mosquitto_connect_callback_set(mosq, NULL);
	mosquitto_connect_v5_callback_set(mosq, on_connect);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 600), 0);
	EQUAL(mosquitto_loop_start(mosq), 0);
	WAIT_UNTIL(seen.connect);
	before = count_sleeps("mosquitto loop");
	pause_ms(seconds * 1000);
	/* Per second: the ping and its answer. */
	printf("sleeps %ld\n", count_sleeps("mosquitto loop") - before);
	mosquitto_destroy(mosq);
}

#define BURST 20000

static void burst(void)
{
	struct mosquitto *mosq = threaded_client("burst", port);
	long before = count_sleeps("mosquitto loop");
	int i;

	for(i = 0; i < BURST; i++) EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 0, false), 0);
	WAIT_UNTIL(seen.publish == BURST);
	printf("messages %d\nsleeps %ld\n", BURST, count_sleeps("mosquitto loop") - before);
	mosquitto_destroy(mosq);
}

static void failing(const char *id, const char *host, int to)
{
	struct mosquitto *mosq = new_client(id);
	double before, begun;

	EQUAL(mosquitto_loop_start(mosq), 0);
	mosquitto_connect_async(mosq, host, to, 60);
	pause_ms(50);
	before = processor_ms();
	begun = now_ms();
	pause_ms(seconds * 1000);
	printf("percent %.3f\n", (processor_ms() - before) / (now_ms() - begun) * 100);
	printf("connected %d\ndisconnected %d\n", seen.connect, seen.disconnect);
	mosquitto_destroy(mosq);
}

int main(int argc, char *argv[])
{
	const char *what = argv[2];

	port = atoi(argv[1]);
	seconds = argc > 3 ? atoi(argv[3]) : 3;
	mosquitto_lib_init();
	if(!strncmp(what, "idle", 4)) idle(what);
	else if(!strcmp(what, "ping")) ping();
	else if(!strcmp(what, "burst")) burst();
	else if(!strcmp(what, "refused")) failing("none", "127.0.0.1", refused_port());
	else if(!strcmp(what, "dropped")) failing("drops", "127.0.0.1", port);
	else if(!strcmp(what, "bad")) failing("bad", "127.0.0.1", port);
	else if(!strcmp(what, "rejected")) failing("refused", "127.0.0.1", port);
	else if(!strcmp(what, "silent")) failing("silent", "127.0.0.1", port);
	else if(!strcmp(what, "unresolved")) failing("none", "none.test", port);
	else if(!strcmp(what, "dead-resolver")) failing("none", "dead.test", port);
	else CHECK(!"something known");
	fflush(stdout);
	_exit(failures != 0);
}
