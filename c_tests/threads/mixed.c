/* Many threads call everything on one client, against a server that drops connections at random:
 * `mixed PORT THREADS CALLS WHO`, where WHO runs the loop is
 *   thread    mosquitto_loop_start
 *   forever   a thread of the program in mosquitto_loop_forever, of which the library is not told
 *   loops     two threads of the program in mosquitto_loop at once
 *
 * Prints how many messages were accepted, by thread and QoS; their payload is thread, QoS and number. The test asks the
 * server for every one of them. In the other direction prints the numbers of the messages that arrived.
 */
#include <mqtt_protocol.h>

#include "threads.h"

#define THREADS 64
#define NUMBERED 1000000
/* Messages under way; who publishes faster than the connection waits. */
#define PENDING 2000

static int port, calls;
static struct mosquitto *mosq;
static enum { THREAD, FOREVER, LOOPS } who;
static unsigned accepted[THREADS][3];
static atomic_long sent, complete, together, reconnects;
static atomic_uchar numbered[NUMBERED];
static atomic_bool in_callback, done;
static __thread unsigned long long state;
static const unsigned char large[20000];

static unsigned random_below(unsigned limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % limit;
}

/* One at a time, whatever thread they run on. */
static void enter(void)
{
	if(atomic_exchange(&in_callback, true)) together++;
}

static void leave(void)
{
	in_callback = false;
}

static void on_connect(struct mosquitto *m, void *obj, int rc)
{
	enter();
	count_connect(m, obj, rc);
	leave();
}

static void on_disconnect(struct mosquitto *m, void *obj, int rc)
{
	enter();
	count_disconnect(m, obj, rc);
	if(!state) state = (unsigned long long)seen.disconnect * 7919 + 1;
	if(rc && random_below(10)) mosquitto_reconnect_async(m);
	leave();
}

/* Not of those that must come one at a time: without a thread of the library QoS 0 is complete where publish was called.
 * What is acknowledged has a property. */
static void on_publish(struct mosquitto *m, void *obj, int mid, int reason, const mosquitto_property *props)
{
	(void)m; (void)obj; (void)mid; (void)reason;
	if(props) complete++;
}

static void on_message(struct mosquitto *m, void *obj, const struct mosquitto_message *message)
{
	enter();
	if(!strcmp(message->topic, "numbered")){
		uint32_t number;

		memcpy(&number, message->payload, 4);
		number = ntohl(number);
		if(number < NUMBERED) numbered[number]++;
	}
	count_message(m, obj, message);
	leave();
}

static void on_subscribe(struct mosquitto *m, void *obj, int mid, int count, const int *codes)
{
	enter();
	count_subscribe(m, obj, mid, count, codes);
	leave();
}

static void on_log(struct mosquitto *m, void *obj, int level, const char *text)
{
	(void)m; (void)obj; (void)level;
	CHECK(text[0]);
}

static void set_callbacks(void)
{
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_disconnect_callback_set(mosq, on_disconnect);
	mosquitto_publish_v5_callback_set(mosq, on_publish);
	mosquitto_message_callback_set(mosq, on_message);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
}

static void publish(unsigned char thread, unsigned char qos)
{
	unsigned char payload[6] = {thread, qos};
	uint32_t number = htonl(accepted[thread][qos]);
	int mid = 0, rc, waited = 0;

	memcpy(payload + 2, &number, 4);
	while(sent - complete > PENDING && !done){
		pause_ms(1);
		/* A disconnect elsewhere may have ended the thread; if not, this says so. */
		if(who == THREAD && ++waited % 1000 == 0) mosquitto_loop_start(mosq);
	}
	if(qos == 0 && random_below(4) == 0){
		/* So large that a publisher writes it himself. */
		mosquitto_publish(mosq, &mid, "large", sizeof(large), large, 0, false);
		return;
	}
	rc = mosquitto_publish(mosq, &mid, "m", sizeof(payload), payload, qos, false);
	if(qos == 0) return;
	if(rc && rc != MOSQ_ERR_NO_CONN && rc != MOSQ_ERR_ERRNO && rc != MOSQ_ERR_CONN_LOST){
		failed(__FILE__, __LINE__, "publish: %d", rc);
	}
	CHECK(mid != 0);
	accepted[thread][qos]++;
	sent++;
}

static void revive(void)
{
	if(who == THREAD) mosquitto_loop_start(mosq);
	mosquitto_reconnect(mosq);
	reconnects++;
}

static void *run(void *argument)
{
	unsigned char thread = (unsigned char)(uintptr_t)argument;
	int i, mid;

	state = 88172645463325252ULL + thread * 1000003ULL;
	for(i = 0; i < calls; i++){
		unsigned action = random_below(100);

		if(action < 25) publish(thread, 0);
		else if(action < 50) publish(thread, 1);
		else if(action < 75) publish(thread, 2);
		else if(action < 82) mosquitto_subscribe(mosq, &mid, "s", 2);
		else if(action < 85) mosquitto_unsubscribe(mosq, &mid, "s");
		else if(action < 86) set_callbacks();
		else if(action < 87) mosquitto_user_data_set(mosq, &calls);
		else if(action < 88) mosquitto_will_set(mosq, "will", 4, "text", 1, false);
		else if(action < 89) mosquitto_will_clear(mosq);
		else if(action < 90) mosquitto_username_pw_set(mosq, "user", "password");
		else if(action < 91) mosquitto_max_inflight_messages_set(mosq, 20 + random_below(100));
		else if(action < 92) mosquitto_reconnect_delay_set(mosq, 1, 1 + random_below(2), random_below(2));
		else if(action < 93) mosquitto_int_option(mosq, MOSQ_OPT_TCP_NODELAY, (int)random_below(2));
		else if(action < 94) mosquitto_log_callback_set(mosq, random_below(8) ? NULL : on_log);
		else if(action < 95) mosquitto_loop_misc(mosq);
		else if(action < 96) mosquitto_loop_read(mosq, 1);
		else if(action < 97) mosquitto_loop_write(mosq, 1);
		else if(action < 99) (void)(mosquitto_socket(mosq) + mosquitto_want_write(mosq));
		else if(random_below(100) == 0){
			if(random_below(4) == 0){
				mosquitto_disconnect(mosq);
				if(who == THREAD && random_below(2)) mosquitto_loop_stop(mosq, random_below(2));
			}
			revive();
		}
	}
	return NULL;
}

static void *loop(void *unused)
{
	(void)unused;
	state = 1;
	while(!done){
		if(who == FOREVER){
			mosquitto_loop_forever(mosq, 100, 1);
		}else if(mosquitto_loop(mosq, 100, 1)){
			pause_ms(1);
		}
		if(mosquitto_socket(mosq) < 0) mosquitto_reconnect(mosq);
	}
	return NULL;
}

int main(int argc, char *argv[])
{
	int threads = atoi(argv[2]), i, last = 0;
	pthread_t ids[THREADS], loops[2];
	mosquitto_property *props = NULL;
	double begun, revived;

	(void)argc;
	port = atoi(argv[1]);
	calls = atoi(argv[3]);
	who = !strcmp(argv[4], "thread") ? THREAD : !strcmp(argv[4], "forever") ? FOREVER : LOOPS;
	mosquitto_lib_init();
	mosq = mosquitto_new("mixed", false, NULL);
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	set_callbacks();
	mosquitto_property_add_int32(&props, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 3600);
	EQUAL(mosquitto_connect_bind_v5(mosq, "127.0.0.1", port, 60, NULL, props), 0);
	mosquitto_property_free_all(&props);
	if(who == THREAD) EQUAL(mosquitto_loop_start(mosq), 0);
	for(i = 0; i < (int)who; i++) pthread_create(&loops[i], NULL, loop, NULL);
	begun = now_ms();
	for(i = 0; i < threads; i++) pthread_create(&ids[i], NULL, run, (void *)(uintptr_t)i);
	for(i = 0; i < threads; i++) pthread_join(ids[i], NULL);
	printf("seconds %.1f\n", (now_ms() - begun) / 1e3);
	/* Until everything that was accepted is complete. */
	revived = begun = now_ms();
	while(complete < sent && now_ms() - begun < 3 * LIMIT_MS){
		pause_ms(1);
		if(now_ms() - revived > 1500 && mosquitto_socket(mosq) < 0){
			revive();
			revived = now_ms();
		}
	}
	done = true;
	mosquitto_disconnect(mosq);
	if(who == THREAD) mosquitto_loop_stop(mosq, false);
	for(i = 0; i < (int)who; i++) pthread_join(loops[i], NULL);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	for(i = 0; i < threads; i++) printf("accepted %d %u %u\n", i, accepted[i][1], accepted[i][2]);
	printf("sent %ld\ncomplete %ld\n", (long)sent, (long)complete);
	printf("connected %d\ndisconnected %d\nreconnects %ld\n", seen.connect, seen.disconnect, (long)reconnects);
	for(i = 0; i < NUMBERED; i++){
		if(numbered[i]) last = i + 1;
	}
	printf("numbered ");
	for(i = 0; i < last; i++) putchar('0' + (numbered[i] > 9 ? 9 : numbered[i]));
	putchar('\n');
	EQUAL((int)together, 0);
	return failures != 0;
}
