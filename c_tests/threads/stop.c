/* How long disconnect + loop_stop(false) + destroy take in a state of the client: `stop PORT STATE`.
 *
 * Prints `stopped MS`. A state is made by connect_async (else it says so) with the network thread running. */
#include "threads.h"

static atomic_bool in_callback, others_done;
static struct mosquitto *stopped;
static double took;

static void stop(struct mosquitto *mosq)
{
	double begun = now_ms();

	mosquitto_disconnect(mosq);
	mosquitto_loop_stop(mosq, false);
	mosquitto_destroy(mosq);
	took = now_ms() - begun;
}

static void start(struct mosquitto *mosq, const char *host, int port)
{
	mosquitto_reconnect_delay_set(mosq, 30, 30, false);
	EQUAL(mosquitto_loop_start(mosq), 0);
	mosquitto_connect_async(mosq, host, port, 60);
}

static void slow_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)mosq; (void)obj; (void)message;
	in_callback = true;
	pause_ms(10);
	in_callback = false;
	seen.message++;
}

/* The other client's callback stops this one. */
static void stop_the_other(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)mosq; (void)obj; (void)message;
	if(others_done) return;
	stop(stopped);
	others_done = true;
}

static void *blocking_connect(void *mosq)
{
	mosquitto_connect(mosq, "127.0.0.1", (int)(intptr_t)mosquitto_userdata(mosq), 60);
	return NULL;
}

static void *publish(void *mosq)
{
	int i;

	for(i = 0; i < 20000; i++) mosquitto_publish(mosq, NULL, "flow", 100, "................................"
			"....................................................................", i % 3, false);
	return NULL;
}

int main(int argc, char *argv[])
{
	int port = atoi(argv[1]), listener;
	const char *state = argv[2];
	struct mosquitto *mosq, *other;
	pthread_t thread;

	(void)argc;
	mosquitto_lib_init();
	if(!strcmp(state, "never-connected")){
		mosq = new_client("never");
		EQUAL(mosquitto_loop_start(mosq), 0);
		pause_ms(50);
		stop(mosq);
	}else if(!strcmp(state, "resolving")){
		mosq = new_client("resolving");
		start(mosq, "dead.test", port);
		pause_ms(100);
		stop(mosq);
	}else if(!strcmp(state, "syn-dropped")){
		listener = listen_on(AF_INET, 0, 0);
		fill_backlog(listener);
		mosq = new_client("syn");
		start(mosq, "127.0.0.1", port_of(listener));
		pause_ms(100);
		stop(mosq);
	}else if(!strcmp(state, "syn-dropped-reconnect")){
		/* As the loop itself connects. */
		listener = listen_on(AF_INET, 0, 0);
		mosq = new_client("reconnect");
		mosquitto_connect(mosq, "127.0.0.1", refused_port(), 60);
		mosquitto_connect_async(mosq, "127.0.0.1", port_of(listener), 60);
		fill_backlog(listener);
		mosquitto_reconnect_delay_set(mosq, 1, 1, false);
		close(accept(listener, NULL, NULL));
		fill_backlog(listener);
		EQUAL(mosquitto_loop_start(mosq), 0);
		pause_ms(1500);
		stop(mosq);
	}else if(!strcmp(state, "blocking-connect")){
		/* Another thread is inside mosquitto_connect. */
		listener = listen_on(AF_INET, 0, 0);
		fill_backlog(listener);
		mosq = new_client("blocking");
		mosquitto_user_data_set(mosq, (void *)(intptr_t)port_of(listener));
		EQUAL(mosquitto_loop_start(mosq), 0);
		pthread_create(&thread, NULL, blocking_connect, mosq);
		pause_ms(100);
		stop(mosq);
		pthread_join(thread, NULL);
	}else if(!strcmp(state, "no-connack")){
		mosq = new_client("silent");
		start(mosq, "127.0.0.1", port);
		pause_ms(100);
		stop(mosq);
	}else if(!strcmp(state, "not-accepted")){
		/* TCP stands, nobody reads. */
		listener = listen_on(AF_INET, 0, 5);
		mosq = new_client("accept");
		start(mosq, "127.0.0.1", port_of(listener));
		pause_ms(100);
		stop(mosq);
	}else if(!strcmp(state, "back-off")){
		mosq = new_client("backoff");
		start(mosq, "127.0.0.1", refused_port());
		pause_ms(200);
		stop(mosq);
	}else if(!strcmp(state, "idle")){
		mosq = threaded_client("idle", port);
		pause_ms(50);
		stop(mosq);
	}else if(!strcmp(state, "full-flow")){
		mosq = threaded_client("flow", port);
		mosquitto_publish(mosq, NULL, "$burst", 7, "1000000", 0, false);
		pthread_create(&thread, NULL, publish, mosq);
		WAIT_UNTIL(seen.message > 1000);
		pthread_join(thread, NULL);
		stop(mosq);
	}else if(!strcmp(state, "in-callback")){
		mosq = threaded_client("callback", port);
		mosquitto_message_callback_set(mosq, slow_message);
		mosquitto_publish(mosq, NULL, "$burst", 4, "1000", 0, false);
		WAIT_UNTIL(in_callback);
		stop(mosq);
	}else if(!strcmp(state, "from-callback")){
		stopped = threaded_client("stopped", port);
		other = threaded_client("other", port);
		mosquitto_message_callback_set(other, stop_the_other);
		mosquitto_publish(other, NULL, "echo", 1, "x", 0, false);
		WAIT_UNTIL(others_done);
		mosquitto_disconnect(other);
		mosquitto_loop_stop(other, false);
		mosquitto_destroy(other);
	}else{
		CHECK(!"a known state");
	}
	printf("stopped %.2f\n", took);
	mosquitto_lib_cleanup();
	/* Not by return: a helper thread may still be asking a resolver that does not answer. */
	fflush(stdout);
	_exit(failures != 0);
}
