/* The first allocation of a call fails, then the second, and so on until the call needs no more of them.
 *
 *   allocations          all rows, every allocation
 *   allocations large    rows with much data, allocations of 16 KiB and more
 *
 * Each try is a process of its own. It may answer MOSQ_ERR_NOMEM or NULL, it may do without, and it may end by SIGABRT after
 * a line on stderr: that is what memory of the Rust standard library does which is not there. Nothing else.
 * Prints `row NAME denied N answered N without N aborted N`.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "../threads/threads.h"
#include "faults.h"

#define MUCH (1 << 20)
#define LARGE (16 * 1024)

enum outcome { FINE = 20, ANSWERED, WITHOUT, WRONG };

static char much[MUCH];
static mosquitto_property *list;
static struct mosquitto *mosq;
static int sent[2];

/* Ends the part in which allocations fail, and says how the call ended. */
static int ended(bool failed)
{
	fault_allocations(false);
	if(!fault.fired) return failed ? WRONG : FINE;
	return failed ? ANSWERED : WITHOUT;
}

/* A return code: 1 is the only one that an allocation may bring about. */
static int code(int rc)
{
	fault_allocations(false);
	return rc == MOSQ_ERR_SUCCESS ? ended(false) : rc == MOSQ_ERR_NOMEM && fault.fired ? ended(true) : WRONG;
}

static int add_byte(void) { return code(mosquitto_property_add_byte(&list, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 1)); }
static int add_int16(void) { return code(mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, 1)); }
static int add_int32(void) { return code(mosquitto_property_add_int32(&list, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, 1)); }
static int add_varint(void) { return code(mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 1)); }
static int add_binary(void) { return code(mosquitto_property_add_binary(&list, MQTT_PROP_CORRELATION_DATA, "x", 1)); }
static int add_string(void) { return code(mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "x")); }
static int add_pair(void) { return code(mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "a", "b")); }

static int copy_all(void)
{
	mosquitto_property *copy = NULL;

	return code(mosquitto_property_copy_all(&copy, list));
}

static int read_string(void)
{
	char *text = NULL;

	return ended(!mosquitto_property_read_string(list, MQTT_PROP_RESPONSE_TOPIC, &text, false) || !text);
}

static int read_pair(void)
{
	char *name = NULL, *text = NULL;

	return ended(!mosquitto_property_read_string_pair(list, MQTT_PROP_USER_PROPERTY, &name, &text, false) || !text);
}

static int tokenise(void)
{
	char **topics = NULL;
	int count = 0;

	return code(mosquitto_sub_topic_tokenise("a/b/c", &topics, &count));
}

static int message_copy(void)
{
	struct mosquitto_message message = {1, (char *)"topic", much, 100, 1, false}, copy;

	return code(mosquitto_message_copy(&copy, &message));
}

static int new(void) { return ended(!mosquitto_new("allocations", true, NULL)); }
static int new_without_id(void) { return ended(!mosquitto_new(NULL, true, NULL)); }
static int will_set(void) { return code(mosquitto_will_set(mosq, "will", 4, "text", 1, false)); }
static int username(void) { return code(mosquitto_username_pw_set(mosq, "user", "password")); }
static int publish_0(void) { return code(mosquitto_publish(mosq, NULL, "topic", 4, "text", 0, false)); }
static int publish_1(void) { return code(mosquitto_publish(mosq, NULL, "topic", 4, "text", 1, false)); }
static int subscribe(void) { return code(mosquitto_subscribe(mosq, NULL, "topic/#", 1)); }
static int publish_much_0(void) { return code(mosquitto_publish(mosq, NULL, "topic", MUCH, much, 0, false)); }
static int publish_much_1(void) { return code(mosquitto_publish(mosq, NULL, "topic", MUCH, much, 1, false)); }
static int publish_much_2(void) { return code(mosquitto_publish(mosq, NULL, "topic", MUCH, much, 2, false)); }

/* A message of 200,000 bytes at this QoS. */
static int receive(unsigned char qos)
{
	static unsigned char packet[200020];
	size_t len = 200000 + 3 + (qos ? 2 : 0), used = 0;
	int rc = 0, turns;

	packet[used++] = (unsigned char)(0x30 | qos << 1);
	packet[used++] = (unsigned char)(0x80 | (len & 0x7f));
	packet[used++] = (unsigned char)(0x80 | (len >> 7 & 0x7f));
	packet[used++] = (unsigned char)(len >> 14);
	packet[used++] = 0;
	packet[used++] = 1;
	packet[used++] = 't';
	if(qos) packet[used++] = 0, packet[used++] = 9;
	used += 200000;
	if(write(sent[1], packet, used) != (ssize_t)used) return WRONG;
	fault_allocations(true);
	for(turns = 0; rc == 0 && turns < 10; turns++) rc = mosquitto_loop(mosq, 0, 1);
	fault_allocations(false);
	if(rc == MOSQ_ERR_NOMEM && fault.fired) return ANSWERED;
	return rc ? WRONG : fault.fired ? WITHOUT : FINE;
}

static int receive_0(void) { return receive(0); }
static int receive_2(void) { return receive(2); }

static const struct try {
	const char *name;
	int (*call)(void);
	bool connected, large, own;
} rows[] = {
	{"property_add_byte", add_byte, 0, 0, 0}, {"property_add_int16", add_int16, 0, 0, 0},
	{"property_add_int32", add_int32, 0, 0, 0}, {"property_add_varint", add_varint, 0, 0, 0},
	{"property_add_binary", add_binary, 0, 0, 0}, {"property_add_string", add_string, 0, 0, 0},
	{"property_add_string_pair", add_pair, 0, 0, 0}, {"property_copy_all", copy_all, 0, 0, 0},
	{"property_read_string", read_string, 0, 0, 0}, {"property_read_string_pair", read_pair, 0, 0, 0},
	{"sub_topic_tokenise", tokenise, 0, 0, 0}, {"message_copy", message_copy, 0, 0, 0},
	{"new", new, 0, 0, 0}, {"new_without_id", new_without_id, 0, 0, 0}, {"will_set", will_set, 0, 0, 0},
	{"username_pw_set", username, 0, 0, 0}, {"publish_qos0", publish_0, 1, 0, 0}, {"publish_qos1", publish_1, 1, 0, 0},
	{"subscribe", subscribe, 1, 0, 0}, {"publish_much_qos0", publish_much_0, 1, 1, 0},
	{"publish_much_qos1", publish_much_1, 1, 1, 0}, {"publish_much_qos2", publish_much_2, 1, 1, 0},
	{"receive_much_qos0", receive_0, 1, 1, 1}, {"receive_much_qos2", receive_2, 1, 1, 1},
};

/* A client whose server is the other end of a socket: CONNACK is all that it says. */
static void connect_here(void)
{
	static const unsigned char connack[] = {0x20, 2, 0, 0};
	int listener = listen_on(AF_INET, 0, 1);

	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port_of(listener), 60), 0);
	sent[1] = accept(listener, NULL, NULL);
	if(write(sent[1], connack, sizeof(connack)) != sizeof(connack)) exit(WRONG);
	LOOP_UNTIL(mosq, seen.connect);
}

static int try_once(const struct try *row, long number)
{
	int status;
	pid_t child = fork();

	if(child == 0){
		mosq = new_client("allocations");
		mosquitto_property_add_string(&list, MQTT_PROP_RESPONSE_TOPIC, "answers");
		mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "name", "value");
		if(row->connected) connect_here();
		fault.error = ENOMEM;
		fault.first = number;
		fault.step = fault.times = 1;
		fault.least = row->large ? LARGE : 0;
		fault.call = CALL_MALLOC;
		fault_allocations(!row->own);
		_exit(row->call());
	}
	waitpid(child, &status, 0);
	if(WIFSIGNALED(status)) return WTERMSIG(status) == SIGABRT ? SIGABRT : WRONG;
	return WEXITSTATUS(status);
}

int main(int argc, char *argv[])
{
	bool large = argc > 1 && !strcmp(argv[1], "large");
	size_t i;
	long number;

	if(!fault_allocations) return 2;
	mosquitto_lib_init();
	for(i = 0; i < sizeof(rows) / sizeof(rows[0]); i++){
		int counts[3] = {0}, outcome = FINE;

		if(large && !rows[i].large) continue;
		for(number = 1; number < 1000; number++){
			outcome = try_once(&rows[i], number);
			if(outcome == FINE) break;
			if(outcome == ANSWERED) counts[0]++;
			else if(outcome == WITHOUT) counts[1]++;
			else if(outcome == SIGABRT) counts[2]++;
			else failed(__FILE__, __LINE__, "%s, allocation %ld: ended with %d", rows[i].name, number, outcome);
		}
		EQUAL(outcome, FINE);
		printf("row %s denied %ld answered %d without %d aborted %d\n", rows[i].name, number - 1, counts[0], counts[1],
				counts[2]);
		fflush(stdout);
	}
	return failures != 0;
}
