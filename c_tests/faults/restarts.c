/* A publisher and a subscriber while their broker is stopped and started again by somebody else.
 *
 *   restarts port messages
 *
 * Messages at QoS 1 and 2 in turn, as many at a time as the window allows. Ends when all are complete and, unless that
 * takes too long, received; prints `published N`, `complete N`, `again N` (on_publish a second time), `connections N`,
 * `missing N` and `twice N` (QoS 2 only).
 */
#include "../threads/threads.h"

#define AHEAD 20
#define PATIENCE_MS 5000

static unsigned char *received;
static unsigned char done[65536];
static long messages, published, complete, again, different;

static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj;
	if(done[mid]){
		done[mid] = 0;
		complete++;
	}else{
		again++;
	}
}

static void on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	long number = message->payloadlen > 0 ? atol(message->payload) : -1;

	(void)mosq; (void)obj;
	if(number < 0 || number >= messages) return;
	if(!received[number]) different++;
	if(received[number] < 255) received[number]++;
}

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)obj;
	if(rc == 0){
		seen.connect++;
		mosquitto_subscribe(mosq, NULL, "restarts", 2);
	}
}

static struct mosquitto *start(const char *id, int port)
{
	struct mosquitto *mosq = mosquitto_new(id, false, NULL);

	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	return mosq;
}

static void turn(struct mosquitto *mosq)
{
	mosquitto_loop(mosq, 2, 1);
	if(mosquitto_socket(mosq) < 0 && mosquitto_reconnect(mosq)) pause_ms(5);
}

int main(int argc, char *argv[])
{
	struct mosquitto *publisher, *subscriber;
	long number, missing = 0, twice = 0;
	double progress;
	int port, rc, mid = 0;

	if(argc != 3) return 2;
	port = atoi(argv[1]);
	messages = atol(argv[2]);
	received = calloc((size_t)messages, 1);
	mosquitto_lib_init();
	publisher = start("restarts-publisher", port);
	mosquitto_publish_callback_set(publisher, on_publish);
	subscriber = mosquitto_new("restarts-subscriber", false, NULL);
	mosquitto_connect_callback_set(subscriber, on_connect);
	mosquitto_message_callback_set(subscriber, on_message);
	mosquitto_subscribe_callback_set(subscriber, count_subscribe);
	EQUAL(mosquitto_connect(subscriber, "127.0.0.1", port, 60), 0);
	while(!seen.subscribe) turn(subscriber);
	printf("ready\n");
	fflush(stdout);
	progress = now_ms();
	while(complete < messages && now_ms() - progress < 3 * LIMIT_MS){
		long before = complete;

		while(published < messages && published - complete < AHEAD){
			char payload[24];

			snprintf(payload, sizeof(payload), "%ld", published);
			rc = mosquitto_publish(publisher, &mid, "restarts", (int)strlen(payload), payload, 1 + (int)(published % 2), false);
			CHECK(rc == 0 || rc == MOSQ_ERR_NO_CONN || rc == MOSQ_ERR_CONN_LOST || rc == MOSQ_ERR_ERRNO);
			CHECK(!done[mid]);
			done[mid] = 1;
			published++;
		}
		turn(publisher);
		turn(subscriber);
		if(complete > before) progress = now_ms();
	}
	printf("sent\n");
	fflush(stdout);
	for(progress = now_ms(); different < messages && now_ms() - progress < PATIENCE_MS;){
		long before = different;

		turn(subscriber);
		if(different > before) progress = now_ms();
	}
	for(number = 0; number < messages; number++){
		missing += !received[number];
		twice += number % 2 == 1 && received[number] > 1;
	}
	mosquitto_disconnect(publisher);
	mosquitto_disconnect(subscriber);
	mosquitto_destroy(publisher);
	mosquitto_destroy(subscriber);
	mosquitto_lib_cleanup();
	printf("published %ld\ncomplete %ld\nagain %ld\nconnections %d\nmissing %ld\ntwice %ld\n", published, complete, again,
			(int)seen.connect, missing, twice);
	free(received);
	return failures != 0;
}
