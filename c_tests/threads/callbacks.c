/* Every call inside every callback, and longjmp out of each: `callbacks PORT MODE [KIND [CALL]]`.
 *
 * MODE says who runs the loop: `loop` (the program, by mosquitto_loop), `forever` (the program, by mosquitto_loop_forever),
 * `thread` (mosquitto_loop_start). In each case the call has the documented answer, and the client works afterwards: it
 * connects, publishes and is acknowledged.
 */
#include <setjmp.h>

#include <mqtt_protocol.h>

#include "threads.h"

/* Any answer will do: what it is depends on how far the client has come. */
#define ANY (-100)

enum mode { LOOP, FOREVER, THREAD };

static enum mode mode;
static int port;
static char case_name[128];
static struct mosquitto *mosq;
static atomic_bool armed, acted, leaving, destroyed;
static const struct call *call;
static const struct kind *kind;

/* Each thread jumps to a place of its own. */
static __thread jmp_buf back;
static __thread volatile bool may_jump;

/* ---- the calls ---- */

static int publish0(void) { return mosquitto_publish(mosq, NULL, "t", 1, "0", 0, false); }
static int publish1(void) { return mosquitto_publish(mosq, NULL, "t", 1, "1", 1, false); }
static int publish2(void) { return mosquitto_publish(mosq, NULL, "t", 1, "2", 2, false); }
static int subscribe(void) { return mosquitto_subscribe(mosq, NULL, "s", 2); }
static int unsubscribe(void) { return mosquitto_unsubscribe(mosq, NULL, "s"); }
static int disconnect(void) { return mosquitto_disconnect(mosq); }
static int reconnect(void) { return mosquitto_reconnect(mosq); }
static int reconnect_async(void) { return mosquitto_reconnect_async(mosq); }
static int connect_again(void) { return mosquitto_connect(mosq, "127.0.0.1", port, 60); }
static int connect_async(void) { return mosquitto_connect_async(mosq, "127.0.0.1", port, 60); }
static int loop_start(void) { return mosquitto_loop_start(mosq); }
static int loop_stop(void) { return mosquitto_loop_stop(mosq, false); }
static int loop_stop_force(void) { return mosquitto_loop_stop(mosq, true); }
static int loop(void) { return mosquitto_loop(mosq, 10, 1); }
static int loop_read(void) { return mosquitto_loop_read(mosq, 1); }
static int loop_write(void) { return mosquitto_loop_write(mosq, 1); }
static int loop_misc(void) { return mosquitto_loop_misc(mosq); }

static int loop_forever(void)
{
	mosquitto_disconnect(mosq);
	return mosquitto_loop_forever(mosq, 10, 1);
}

static int setters(void)
{
	count_events(mosq);
	mosquitto_log_callback_set(mosq, NULL);
	mosquitto_pre_connect_callback_set(mosq, NULL);
	mosquitto_user_data_set(mosq, &seen);
	CHECK(mosquitto_userdata(mosq) == &seen);
	EQUAL(mosquitto_will_set(mosq, "will", 1, "w", 0, false), 0);
	EQUAL(mosquitto_will_clear(mosq), 0);
	EQUAL(mosquitto_username_pw_set(mosq, "user", "password"), 0);
	EQUAL(mosquitto_reconnect_delay_set(mosq, 1, 2, true), 0);
	EQUAL(mosquitto_max_inflight_messages_set(mosq, 10), 0);
	EQUAL(mosquitto_int_option(mosq, MOSQ_OPT_RECEIVE_MAXIMUM, 20), 0);
	EQUAL(mosquitto_string_option(mosq, MOSQ_OPT_BIND_ADDRESS, NULL), 0);
	return mosquitto_int_option(mosq, MOSQ_OPT_TCP_NODELAY, 1);
}

static int getters(void)
{
	mosquitto_socket(mosq);
	mosquitto_want_write(mosq);
	return mosquitto_userdata(mosq) == (void *)mosq ? 0 : 1;
}

static int destroy(void)
{
	destroyed = true;
	mosquitto_destroy(mosq);
	return 0;
}

static int reinitialise(void)
{
	return mosquitto_reinitialise(mosq, "again", true, NULL);
}

static int jump(void)
{
	if(may_jump){
		acted = true;
		longjmp(back, 1);
	}
	return 0;
}

/* What a call answers with a connection, and without. */
static const struct call {
	const char *name;
	int (*make)(void);
	int connected, unconnected;
} calls[] = {
	{"publish-0", publish0, 0, 4},
	{"publish-1", publish1, 0, 4},
	{"publish-2", publish2, 0, 4},
	{"subscribe", subscribe, 0, 4},
	{"unsubscribe", unsubscribe, 0, 4},
	{"disconnect", disconnect, 0, 4},
	{"setters", setters, 0, 0},
	{"getters", getters, 0, 0},
	{"reconnect", reconnect, 0, 0},
	{"reconnect_async", reconnect_async, 0, 0},
	{"connect", connect_again, 0, 0},
	{"connect_async", connect_async, 0, 0},
	{"loop_start", loop_start, ANY, ANY}, /* see answer() */
	{"loop_stop", loop_stop, ANY, ANY},
	{"loop_stop-force", loop_stop_force, ANY, ANY},
	{"loop", loop, 0, ANY},
	{"loop_read", loop_read, 0, 4},
	{"loop_write", loop_write, 0, 4},
	{"loop_misc", loop_misc, 0, 4},
	{"loop_forever", loop_forever, 0, 0},
	{"destroy", destroy, 0, 0},
	{"reinitialise", reinitialise, 0, 0},
	{"longjmp", jump, 0, 0},
};

static int answer(bool connected)
{
	if(call->make == loop_start) return mode == THREAD ? 3 : 0;
	if(call->make == loop_stop || call->make == loop_stop_force) return mode == THREAD ? 0 : 3;
	return connected ? call->connected : call->unconnected;
}

/* ---- the callbacks ---- */

/* Called before the event is counted, so that nobody goes on while it runs. */
static void act(void);

static void on_pre_connect(struct mosquitto *m, void *o) { (void)m; (void)o; act(); }
static void on_connect(struct mosquitto *m, void *o, int rc) { act(); count_connect(m, o, rc); }
static void on_connect_flags(struct mosquitto *m, void *o, int rc, int f) { (void)f; act(); count_connect(m, o, rc); }

static void on_connect_v5(struct mosquitto *m, void *o, int rc, int f, const mosquitto_property *p)
{
	(void)f; (void)p;
	act();
	count_connect(m, o, rc);
}

static void on_disconnect(struct mosquitto *m, void *o, int rc) { act(); count_disconnect(m, o, rc); }

static void on_disconnect_v5(struct mosquitto *m, void *o, int rc, const mosquitto_property *p)
{
	(void)p;
	act();
	count_disconnect(m, o, rc);
}

static void on_publish(struct mosquitto *m, void *o, int mid) { act(); count_publish(m, o, mid); }

static void on_publish_v5(struct mosquitto *m, void *o, int mid, int rc, const mosquitto_property *p)
{
	(void)rc; (void)p;
	act();
	count_publish(m, o, mid);
}

/* What a callback was given is there as long as it runs, whatever it calls. */
static void check_message(const struct mosquitto_message *message)
{
	CHECK(!strcmp(message->topic, "echo") && message->payloadlen == 7 && !memcmp(message->payload, "payload", 8));
}

static void on_message(struct mosquitto *m, void *o, const struct mosquitto_message *message)
{
	act();
	count_message(m, o, message);
	check_message(message);
}

static void on_message_v5(struct mosquitto *m, void *o, const struct mosquitto_message *message,
		const mosquitto_property *p)
{
	(void)p;
	act();
	count_message(m, o, message);
	check_message(message);
}

static void on_subscribe(struct mosquitto *m, void *o, int mid, int n, const int *codes)
{
	act();
	count_subscribe(m, o, mid, n, codes);
	CHECK(codes[0] == 0);
}

static void on_subscribe_v5(struct mosquitto *m, void *o, int mid, int n, const int *codes, const mosquitto_property *p)
{
	(void)p;
	on_subscribe(m, o, mid, n, codes);
}

static void on_unsubscribe(struct mosquitto *m, void *o, int mid) { act(); count_unsubscribe(m, o, mid); }

static void on_unsubscribe_v5(struct mosquitto *m, void *o, int mid, const mosquitto_property *p)
{
	(void)p;
	act();
	count_unsubscribe(m, o, mid);
}

static void on_unsubscribe2_v5(struct mosquitto *m, void *o, int mid, int n, const int *codes,
		const mosquitto_property *p)
{
	(void)p;
	act();
	count_unsubscribe(m, o, mid);
	CHECK(n == 1 && codes[0] == 0);
}

static int on_auth(struct mosquitto *m, void *o, const char *method, uint16_t len, const void *data,
		const mosquitto_property *p)
{
	(void)m; (void)o; (void)len; (void)data; (void)p;
	act();
	CHECK(!strcmp(method, "m"));
	return destroyed ? 0 : mosquitto_ext_auth_continue(mosq, "m", 0, NULL, NULL) == 0 ? 0 : 0;
}

/* The line of log at which the connection is known to stand. */
static void on_log(struct mosquitto *m, void *o, int level, const char *text)
{
	char copy[200];

	(void)m; (void)o; (void)level;
	snprintf(copy, sizeof(copy), "%s", text);
	if(strstr(text, "received SUBACK")){
		act();
		CHECK(!strncmp(copy, text, sizeof(copy) - 1));
	}
}

#define SET(name, function) static void set_##name(struct mosquitto *m) { mosquitto_##name##_callback_set(m, function); }
SET(pre_connect, on_pre_connect)
SET(connect, on_connect)
SET(connect_with_flags, on_connect_flags)
SET(connect_v5, on_connect_v5)
SET(disconnect, on_disconnect)
SET(disconnect_v5, on_disconnect_v5)
SET(publish, on_publish)
SET(publish_v5, on_publish_v5)
SET(message, on_message)
SET(message_v5, on_message_v5)
SET(subscribe, on_subscribe)
SET(subscribe_v5, on_subscribe_v5)
SET(unsubscribe, on_unsubscribe)
SET(unsubscribe_v5, on_unsubscribe_v5)
SET(unsubscribe2_v5, on_unsubscribe2_v5)
SET(ext_auth, on_auth)
SET(log, on_log)

static const struct kind {
	const char *name;
	void (*set)(struct mosquitto *);
	bool connected;
} kinds[] = {
	{"pre_connect", set_pre_connect, false},
	{"connect", set_connect, true},
	{"connect_with_flags", set_connect_with_flags, true},
	{"connect_v5", set_connect_v5, true},
	{"disconnect", set_disconnect, false},
	{"disconnect_v5", set_disconnect_v5, false},
	{"publish", set_publish, true},
	{"publish_v5", set_publish_v5, true},
	{"message", set_message, true},
	{"message_v5", set_message_v5, true},
	{"subscribe", set_subscribe, true},
	{"subscribe_v5", set_subscribe_v5, true},
	{"unsubscribe", set_unsubscribe, true},
	{"unsubscribe_v5", set_unsubscribe_v5, true},
	{"unsubscribe2_v5", set_unsubscribe2_v5, true},
	{"ext_auth", set_ext_auth, true},
	{"log", set_log, true},
};

static void act(void)
{
	int rc, expected;

	if(!armed) return;
	armed = false;
	rc = call->make();
	expected = answer(kind->connected);
	/* A callback that comes late meets the disconnect below. */
	if(leaving && kind->connected) expected = ANY;
	if(expected != ANY && rc != expected) failed(__FILE__, __LINE__, "%s answers %d, not %d", case_name, rc, expected);
	acted = true;
}

/* ---- one case ---- */

/* Something that does its part without the callback, and ends when the callback has acted. */
#define STEP(action) do{ \
		may_jump = true; \
		if(!acted && !setjmp(back)){ action; } \
		may_jump = false; \
	}while(0)

static void step_loop(void)
{
	STEP(mosquitto_loop(mosq, 5, 1));
}

static void wait_for(atomic_int *counter)
{
	double begun = now_ms();

	while(!acted && !*counter && now_ms() - begun < LIMIT_MS){
		if(mode == LOOP) step_loop();
		else pause_ms(1);
	}
	if(!acted && !*counter) failed(__FILE__, __LINE__, "%s: neither event nor callback", case_name);
}

static void connect_first(void)
{
	mosquitto_property *props = NULL;

	if(kind->set == set_ext_auth) mosquitto_property_add_string(&props, MQTT_PROP_AUTHENTICATION_METHOD, "m");
	STEP(mosquitto_connect_bind_v5(mosq, "127.0.0.1", port, 60, NULL, props));
	mosquitto_property_free_all(&props);
}

static void *run_forever(void *unused)
{
	(void)unused;
	connect_first();
	/* Whoever jumped out goes in again. */
	may_jump = true;
	setjmp(back);
	if(!destroyed) mosquitto_loop_forever(mosq, 100, 1);
	may_jump = false;
	return NULL;
}

/* Goes through a whole life until the callback has acted. */
static void live(void)
{
	if(mode != FOREVER) connect_first();
	wait_for(&seen.connect);
	if(!acted) STEP(mosquitto_subscribe(mosq, NULL, "s", 2));
	wait_for(&seen.subscribe);
	if(!acted) STEP(mosquitto_publish(mosq, NULL, "echo", 7, "payload", 1, false));
	wait_for(&seen.message);
	wait_for(&seen.publish);
	if(!acted) STEP(mosquitto_unsubscribe(mosq, NULL, "s"));
	wait_for(&seen.unsubscribe);
	leaving = true;
	if(!acted) STEP(mosquitto_disconnect(mosq));
	wait_for(&seen.disconnect);
}

/* The client works: it connects, publishes and is acknowledged. */
static void use_again(void)
{
	count_events(mosq);
	mosquitto_pre_connect_callback_set(mosq, NULL);
	mosquitto_log_callback_set(mosq, NULL);
	mosquitto_threaded_set(mosq, false);
	forget_events();
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	LOOP_UNTIL(mosq, seen.connect);
	EQUAL(mosquitto_publish(mosq, NULL, "t", 5, "again", 1, false), 0);
	LOOP_UNTIL(mosq, seen.publish);
	if(!seen.connect || !seen.publish) failed(__FILE__, __LINE__, "%s: no use afterwards", case_name);
	mosquitto_destroy(mosq);
}

static void run_case(void)
{
	pthread_t thread;
	int threads = count_threads();

	snprintf(case_name, sizeof(case_name), "%s in %s, %s", call->name, kind->name,
			mode == LOOP ? "loop" : mode == FOREVER ? "forever" : "thread");
	if(getenv("VERBOSE")) fprintf(stderr, "%s\n", case_name);
	mosq = mosquitto_new("case", true, NULL);
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	forget_events();
	count_events(mosq);
	kind->set(mosq);
	acted = leaving = destroyed = false;
	armed = true;
	if(mode == THREAD) EQUAL(mosquitto_loop_start(mosq), 0);
	if(mode == FOREVER) pthread_create(&thread, NULL, run_forever, NULL);
	live();
	WAIT_UNTIL(acted);
	if(!destroyed) mosquitto_disconnect(mosq);
	if(mode == FOREVER) pthread_join(thread, NULL);
	if(!destroyed){
		mosquitto_loop_stop(mosq, true);
		use_again();
	}
	WAIT_UNTIL(count_threads() == threads);
}

int main(int argc, char *argv[])
{
	size_t k, c, cases = 0;

	port = atoi(argv[1]);
	mode = !strcmp(argv[2], "loop") ? LOOP : !strcmp(argv[2], "forever") ? FOREVER : THREAD;
	mosquitto_lib_init();
	for(k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++){
		kind = &kinds[k];
		if(argc > 3 && strcmp(argv[3], "all") && strcmp(argv[3], kind->name)) continue;
		for(c = 0; c < sizeof(calls) / sizeof(calls[0]); c++){
			call = &calls[c];
			if(argc > 4 && !strstr(argv[4], call->name)) continue;
			/* From the network thread there is nowhere to jump to. */
			if(call->make == jump && mode == THREAD) continue;
			run_case();
			cases++;
		}
	}
	printf("cases %zu\n", cases);
	mosquitto_lib_cleanup();
	return failures != 0;
}
