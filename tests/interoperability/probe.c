/* Asks a broker for one thing after the other, and prints for each whether it has it: `qos0 yes`, `qos2 granted 1`.
 *
 *   probe host port version transport ca user password
 *
 * `version` is 4 or 5, `transport` tcp, tls or ws (its path is /mqtt), `-` stands for nothing.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "../../c_tests/common.h"

#define MESSAGES 3
#define PATIENCE 15.0

static char **arguments;
static int version, refused, ended, connected, granted, subscribed, published, received, lowest_qos, retained;
static char run[32];

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)mosq; (void)obj;
	if(rc) refused = rc;
	else connected++;
}

/* The end of a connection that is not wanted. */
static void on_disconnect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)mosq; (void)obj;
	if(rc && !ended) ended = rc;
}

static void on_subscribe(struct mosquitto *mosq, void *obj, int mid, int count, const int *codes)
{
	(void)mosq; (void)obj; (void)mid; (void)count;
	granted = codes[0];
	subscribed++;
}

static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj; (void)mid;
	published++;
}

static void on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)mosq; (void)obj;
	received++;
	if(message->qos < lowest_qos) lowest_qos = message->qos;
	retained += message->retain;
}

static void forget(void)
{
	refused = ended = connected = granted = subscribed = published = received = retained = 0;
	lowest_qos = 2;
}

/* Turns the loops of both clients until the condition holds; false when that takes too long. */
#define REACH(a, b, condition) ({ \
		double limit_ = now() + PATIENCE; \
		while(!(condition) && !refused && !ended && now() < limit_){ \
			struct mosquitto *first_ = (a), *second_ = (b); \
			if(first_) mosquitto_loop(first_, 5, 1); \
			if(second_) mosquitto_loop(second_, 5, 1); \
		} \
		(condition); \
	})

static struct mosquitto *start(const char *name, bool clean, bool will, const char *topic)
{
	char id[64];
	mosquitto_property *props = NULL;
	struct mosquitto *mosq;
	int before = connected;

	snprintf(id, sizeof(id), "%s%s", run, name);
	mosq = mosquitto_new(id, clean, NULL);
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, version);
	if(strcmp(arguments[6], "-")) mosquitto_username_pw_set(mosq, arguments[6], arguments[7]);
	if(!strcmp(arguments[4], "tls")) mosquitto_tls_set(mosq, arguments[5], NULL, NULL, NULL, NULL);
	if(!strcmp(arguments[4], "ws")){
		mosquitto_int_option(mosq, MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS);
		mosquitto_string_option(mosq, MOSQ_OPT_HTTP_PATH, "/mqtt");
	}
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_disconnect_callback_set(mosq, on_disconnect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_publish_callback_set(mosq, on_publish);
	mosquitto_message_callback_set(mosq, on_message);
	if(will) mosquitto_will_set(mosq, topic, 4, "gone", 1, false);
	if(version == MQTT_PROTOCOL_V5 && !clean){
		mosquitto_property_add_int32(&props, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 60);
	}
	if(mosquitto_connect_bind_v5(mosq, arguments[1], atoi(arguments[2]), 60, NULL, props)) refused = -1;
	mosquitto_property_free_all(&props);
	if(!REACH(mosq, NULL, connected > before) && !refused && !ended) refused = -1;
	return mosq;
}

static void stop(struct mosquitto *mosq)
{
	double limit = now() + 1;

	if(!mosquitto_disconnect(mosq)){
		while(mosquitto_socket(mosq) >= 0 && now() < limit) mosquitto_loop(mosq, 5, 1);
	}
	mosquitto_destroy(mosq);
}

/* Every question answers with NULL for yes, else with what there is instead. */
static const char *instead(const char *text)
{
	static char refusal[40];

	if(!refused && !ended) return text;
	/* Reset or broken pipe, as luck has it. */
	if(ended == MOSQ_ERR_CONN_LOST || ended == MOSQ_ERR_ERRNO) return "broker closes";
	if(ended && !refused) snprintf(refusal, sizeof(refusal), "ends (%d)", ended);
	else snprintf(refusal, sizeof(refusal), refused > 0 ? "refused (%d)" : "no connection", refused);
	return refusal;
}

static const char *ask_qos(int qos)
{
	static char answer[40];
	char topic[64];
	struct mosquitto *subscriber, *publisher;
	const char *found = NULL;
	int i;

	snprintf(topic, sizeof(topic), "%sqos%d", run, qos);
	subscriber = start("s", true, false, NULL);
	publisher = start("p", true, false, NULL);
	mosquitto_subscribe(subscriber, NULL, topic, qos);
	if(!REACH(subscriber, publisher, subscribed)) found = instead("no SUBACK");
	for(i = 0; !found && i < MESSAGES; i++) mosquitto_publish(publisher, NULL, topic, 5, "hello", qos, false);
	if(!found && !REACH(subscriber, publisher, published == MESSAGES)) found = instead("not acknowledged");
	if(!found && !REACH(subscriber, publisher, received == MESSAGES)) found = instead("not received");
	if(!found && (granted != qos || lowest_qos != qos)){
		snprintf(answer, sizeof(answer), "granted %d", granted);
		found = answer;
	}
	stop(subscriber);
	stop(publisher);
	return found;
}

static const char *ask_0(void) { return ask_qos(0); }
static const char *ask_1(void) { return ask_qos(1); }
static const char *ask_2(void) { return ask_qos(2); }

static const char *ask_retained(void)
{
	char topic[64];
	struct mosquitto *subscriber, *publisher = start("p", true, false, NULL);
	const char *found = NULL;

	snprintf(topic, sizeof(topic), "%sretained", run);
	mosquitto_publish(publisher, NULL, topic, 5, "hello", 1, true);
	if(!REACH(publisher, NULL, published)) found = instead("not acknowledged");
	subscriber = start("s", true, false, NULL);
	mosquitto_subscribe(subscriber, NULL, topic, 1);
	if(!found && !REACH(subscriber, publisher, retained)) found = instead("not kept");
	mosquitto_publish(publisher, NULL, topic, 0, NULL, 1, true);
	REACH(publisher, subscriber, published == 2);
	stop(subscriber);
	stop(publisher);
	return found;
}

static const char *ask_will(void)
{
	char topic[64];
	struct mosquitto *subscriber = start("s", true, false, NULL), *dying;
	const char *found = NULL;

	snprintf(topic, sizeof(topic), "%swill", run);
	mosquitto_subscribe(subscriber, NULL, topic, 1);
	if(!REACH(subscriber, NULL, subscribed)) found = instead("no SUBACK");
	dying = start("d", true, true, topic);
	/* Without DISCONNECT. */
	shutdown(mosquitto_socket(dying), SHUT_RDWR);
	mosquitto_destroy(dying);
	if(!found && !REACH(subscriber, NULL, received)) found = instead("not published");
	stop(subscriber);
	return found;
}

static const char *ask_session(void)
{
	char topic[64];
	struct mosquitto *subscriber = start("k", false, false, NULL), *publisher;
	const char *found = NULL;

	snprintf(topic, sizeof(topic), "%ssession", run);
	mosquitto_subscribe(subscriber, NULL, topic, 1);
	if(!REACH(subscriber, NULL, subscribed)) found = instead("no SUBACK");
	stop(subscriber);
	publisher = start("p", true, false, NULL);
	mosquitto_publish(publisher, NULL, topic, 5, "hello", 1, false);
	if(!found && !REACH(publisher, NULL, published)) found = instead("not acknowledged");
	subscriber = start("k", false, false, NULL);
	if(!found && !REACH(subscriber, NULL, received)) found = instead("not kept");
	mosquitto_unsubscribe(subscriber, NULL, topic);
	stop(subscriber);
	stop(publisher);
	return found;
}

static const struct {
	const char *name;
	const char *(*ask)(void);
} questions[] = {
	{"qos0", ask_0}, {"qos1", ask_1}, {"qos2", ask_2}, {"retained", ask_retained}, {"will", ask_will},
	{"session", ask_session},
};

int main(int argc, char *argv[])
{
	size_t i;

	if(argc != 8) return 2;
	arguments = argv;
	version = atoi(argv[3]);
	snprintf(run, sizeof(run), "probe%d", (int)getpid());
	mosquitto_lib_init();
	for(i = 0; i < sizeof(questions) / sizeof(questions[0]); i++){
		const char *found;

		forget();
		found = questions[i].ask();
		say("%s %s", questions[i].name, found ? found : "yes");
	}
	mosquitto_lib_cleanup();
	return 0;
}
