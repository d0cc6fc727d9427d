/* Runs scripts of calls and of what a server says, and prints return codes, callbacks and bytes: the same script on two
 * libraries must print the same.
 *
 * One line a step, words separated by blanks, all text and bytes in hex, `=` if empty, `-` for NULL. In what the server says `{N}` is the
 * packet identifier of call N (publish, subscribe, unsubscribe; the first is 0); nothing is said if that call failed.
 * `PROPS` is `-` or `id=value,...`, numbers in decimal, name and value of a user property separated by `/`.
 *
 *   new ID CLEAN VERSION          reinitialise ID CLEAN           connect KEEPALIVE PROPS         reconnect
 *   int OPTION VALUE              opts OPTION VALUE               string OPTION VALUE             void OPTION VALUE
 *   inflight COUNT                retry SECONDS                   user NAME PASSWORD
 *   will TOPIC PAYLOAD QOS RETAIN PROPS                           will_clear
 *   publish TOPIC PAYLOAD QOS RETAIN PROPS
 *   subscribe FILTER QOS OPTIONS PROPS                            subscribe_many COUNT FILTER... QOS OPTIONS PROPS
 *   unsubscribe FILTER PROPS                                      unsubscribe_many COUNT FILTER... PROPS
 *   disconnect REASON PROPS
 *   callbacks MASK                which are set, a bit each in the order of `setters`; the others are unset
 *   in EVENT CALL...              what is called inside the next callback of that name; its output has `in ` in front
 *   loops WAY                     whole (mosquitto_loop), parts (its three parts), external (the parts when poll says so)
 *   server BYTES                  slowly BYTES (one by one, the client looking at each)             close
 *   end
 *
 * PROPS `.` means the function that has no properties. After each step the loop runs until nothing moves any more, then come
 * the bytes that the client has sent; a client that closes is closed in turn. The server is the other end of a Unix socket in
 * this process, so nothing depends on time.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../c_tests/common.h"

#define WORDS 16
#define BYTES 4096

static char path[100];
static int listener = -1, peer = -1;
static struct mosquitto *mosq;
/* Packet identifiers of the calls so far, 0 for those that failed. */
static int mids[100], calls;

/* ---- words ---- */

struct bytes {
	unsigned char data[BYTES];
	int len;
	bool null;
};

static int digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void read_hex(struct bytes *out, const char *hex, size_t len)
{
	size_t i;

	out->null = len == 1 && hex[0] == '-';
	out->len = out->null ? 0 : (int)(len / 2);
	for(i = 0; i < (size_t)out->len; i++) out->data[i] = (unsigned char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
	out->data[out->len] = 0;
}

/* A NUL-terminated text, valid until the fourth call from now. */
static const char *text(const char *hex)
{
	static struct bytes buffers[4];
	static int next;
	struct bytes *out = &buffers[next++ % 4];

	read_hex(out, hex, strlen(hex));
	return out->null ? NULL : (const char *)out->data;
}

static mosquitto_property *read_properties(char *word)
{
	mosquitto_property *list = NULL;
	char *entry, *rest = word;

	if(!strcmp(word, "-") || !strcmp(word, ".")) return NULL;
	while((entry = strsep(&rest, ","))){
		char *value = strchr(entry, '=') + 1, *second;
		int id = atoi(entry), type = 0, rc = 0;
		struct bytes bytes;

		mosquitto_string_to_property_info(mosquitto_property_identifier_to_string(id), &id, &type);
		switch(type){
			case MQTT_PROP_TYPE_BYTE: rc = mosquitto_property_add_byte(&list, id, (uint8_t)atoi(value)); break;
			case MQTT_PROP_TYPE_INT16: rc = mosquitto_property_add_int16(&list, id, (uint16_t)atoi(value)); break;
			case MQTT_PROP_TYPE_INT32: rc = mosquitto_property_add_int32(&list, id, (uint32_t)atol(value)); break;
			case MQTT_PROP_TYPE_VARINT: rc = mosquitto_property_add_varint(&list, id, (uint32_t)atol(value)); break;
			case MQTT_PROP_TYPE_BINARY:
				read_hex(&bytes, value, strlen(value));
				rc = mosquitto_property_add_binary(&list, id, bytes.data, (uint16_t)bytes.len);
				break;
			case MQTT_PROP_TYPE_STRING: rc = mosquitto_property_add_string(&list, id, text(value)); break;
			case MQTT_PROP_TYPE_STRING_PAIR:
				second = strchr(value, '/');
				*second++ = 0;
				rc = mosquitto_property_add_string_pair(&list, id, text(value), text(second));
				break;
		}
		if(rc) say("property %d -> %d", id, rc);
	}
	return list;
}

/* ---- the server ---- */

static void listen_here(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	unlink(path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if(bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 10)) exit(3);
}

static void drop_peer(void)
{
	if(peer >= 0) close(peer);
	peer = -1;
}

/* Takes the newest of the connections that wait. */
static void accept_peer(void)
{
	int fd;

	while((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0){
		drop_peer();
		peer = fd;
		say("accepted");
	}
}

/* Whether the client has closed. */
static bool print_sent(void)
{
	static unsigned char all[1 << 20];
	ssize_t got, len = 0;
	bool over = false;

	if(peer < 0) return false;
	while(len < (ssize_t)sizeof(all)){
		got = read(peer, all + len, sizeof(all) - (size_t)len);
		if(got > 0){
			len += got;
			continue;
		}
		/* Reset if it has not read everything before. */
		over = got == 0 || errno == ECONNRESET;
		break;
	}
	if(len){
		ssize_t i;

		printf("sent ");
		for(i = 0; i < len; i++) printf("%02x", all[i]);
		putchar('\n');
	}
	if(over){
		say("client closed");
		drop_peer();
	}
	return over;
}

/* ---- callbacks ---- */

static int events;
static char hook_event[16], hook_call[BYTES];

static void call(char *words[], const char *in);
static int split(char *line, char *words[]);

static void on_any_log(struct mosquitto *client, void *obj, int level, const char *line)
{
	(void)client; (void)obj; (void)level; (void)line;
	events++;
}

/* What the script calls inside the next callback of this name. */
static void inside(const char *event)
{
	char line[BYTES], *words[WORDS] = {0};

	if(strcmp(hook_event, event)) return;
	hook_event[0] = 0;
	snprintf(line, sizeof(line), "%s", hook_call);
	if(split(line, words)) call(words, "in ");
}

static void on_connect(struct mosquitto *client, void *obj, int rc)
{
	print_connect(client, obj, rc);
	inside("connect");
}

static void on_disconnect(struct mosquitto *client, void *obj, int rc)
{
	print_disconnect(client, obj, rc);
	inside("disconnect");
}

static void on_publish(struct mosquitto *client, void *obj, int mid)
{
	print_publish(client, obj, mid);
	inside("publish");
}

static void on_message(struct mosquitto *client, void *obj, const struct mosquitto_message *message)
{
	print_message(client, obj, message);
	inside("message");
}

static void on_subscribe(struct mosquitto *client, void *obj, int mid, int count, const int *codes)
{
	print_subscribe(client, obj, mid, count, codes);
	inside("subscribe");
}

static void on_unsubscribe(struct mosquitto *client, void *obj, int mid)
{
	print_unsubscribe(client, obj, mid);
	inside("unsubscribe");
}

#define SETTER(event, function) if(mask & bit) mosquitto_##event##_callback_set(mosq, function); \
	else mosquitto_##event##_callback_set(mosq, NULL); \
	bit <<= 1

static void set_callbacks(int mask)
{
	int bit = 1;

	SETTER(connect, on_connect);
	SETTER(disconnect, on_disconnect);
	SETTER(publish, on_publish);
	SETTER(message, on_message);
	SETTER(subscribe, on_subscribe);
	SETTER(unsubscribe, on_unsubscribe);
	SETTER(connect_with_flags, print_connect_with_flags);
	SETTER(connect_v5, print_connect_v5);
	SETTER(disconnect_v5, print_disconnect_v5);
	SETTER(publish_v5, print_publish_v5);
	SETTER(message_v5, print_message_v5);
	SETTER(subscribe_v5, print_subscribe_v5);
	SETTER(unsubscribe_v5, print_unsubscribe_v5);
	mosquitto_log_callback_set(mosq, on_any_log);
}

/* ---- the loop ---- */

static enum {WHOLE, PARTS, EXTERNAL} way;

static int unread(void)
{
	int waiting = 0, fd = mosquitto_socket(mosq);

	if(fd >= 0) ioctl(fd, FIONREAD, &waiting);
	return waiting;
}

/* Whether the server has closed its end. */
static bool hung_up(void)
{
	struct pollfd entry = {mosquitto_socket(mosq), POLLIN, 0};

	return entry.fd >= 0 && poll(&entry, 1, 0) > 0;
}

static int turn(void)
{
	struct pollfd entry = {mosquitto_socket(mosq), POLLIN, 0};
	int rc = 0;

	if(way == WHOLE) return mosquitto_loop(mosq, 0, 1);
	if(mosquitto_want_write(mosq)) entry.events |= POLLOUT;
	if(way == PARTS) entry.revents = entry.events;
	else poll(&entry, 1, 0);
	if(entry.revents & (POLLIN | POLLHUP)) rc = mosquitto_loop_read(mosq, 1);
	if(!rc && entry.revents & POLLOUT && mosquitto_socket(mosq) >= 0) rc = mosquitto_loop_write(mosq, 1);
	if(!rc && mosquitto_socket(mosq) >= 0) rc = mosquitto_loop_misc(mosq);
	return rc;
}

static void run(void)
{
	int quiet = 0, turns, rc;

	accept_peer();
	for(turns = 0; turns < 200 && quiet < 2 && mosquitto_socket(mosq) >= 0; turns++){
		int before = events;

		rc = turn();
		if(rc){
			report("loop", rc);
			break;
		}
		accept_peer();
		quiet = events == before && !unread() && !hung_up() && !mosquitto_want_write(mosq) ? quiet + 1 : 0;
	}
	if(turns == 200) say("never at rest");
}

static void settle(void)
{
	if(!mosq) return;
	do{
		run();
	}while(print_sent());
}

/* ---- calls ---- */

/* In front of what a call prints: "in " inside callbacks. */
static const char *prefix = "";

static void told(const char *name, int rc)
{
	printf("%s", prefix);
	report(name, rc);
}

/* The code of a call that takes a packet identifier, and that identifier. Only calls outside callbacks are counted. */
static void report_mid(const char *name, int rc, int mid)
{
	bool taken = rc == MOSQ_ERR_SUCCESS || (rc == MOSQ_ERR_NO_CONN && mid);

	told(name, rc);
	if(taken) say("%smid %d", prefix, mid);
	if(!*prefix) mids[calls++ % 100] = taken ? mid : 0;
}

/* Bytes for the client; false if they answer a call that failed. */
static bool read_packet(struct bytes *out, const char *hex)
{
	char all[2 * BYTES + 1];
	size_t len = 0;

	while(*hex && len + 4 < sizeof(all)){
		if(*hex == '{'){
			int mid = mids[atoi(hex + 1) % 100];

			if(!mid) return false;
			len += (size_t)sprintf(all + len, "%04x", mid);
			hex = strchr(hex, '}') + 1;
		}else{
			all[len++] = *hex++;
		}
	}
	read_hex(out, all, len);
	return true;
}

static bool plain(const char *props)
{
	return !strcmp(props, ".");
}

static void publish(char *words[])
{
	struct bytes payload;
	mosquitto_property *props = read_properties(words[5]);
	const char *topic = text(words[1]);
	int mid = 0, rc, qos = atoi(words[3]);
	bool retain = atoi(words[4]);

	read_hex(&payload, words[2], strlen(words[2]));
	if(plain(words[5])) rc = mosquitto_publish(mosq, &mid, topic, payload.len, payload.null ? NULL : payload.data, qos, retain);
	else rc = mosquitto_publish_v5(mosq, &mid, topic, payload.len, payload.null ? NULL : payload.data, qos, retain, props);
	report_mid("publish", rc, mid);
	mosquitto_property_free_all(&props);
}

static void subscribe(char *words[])
{
	mosquitto_property *props = read_properties(words[4]);
	int mid = 0, rc, qos = atoi(words[2]);

	if(plain(words[4])) rc = mosquitto_subscribe(mosq, &mid, text(words[1]), qos);
	else rc = mosquitto_subscribe_v5(mosq, &mid, text(words[1]), qos, atoi(words[3]), props);
	report_mid("subscribe", rc, mid);
	mosquitto_property_free_all(&props);
}

static void unsubscribe(char *words[])
{
	mosquitto_property *props = read_properties(words[2]);
	int mid = 0, rc;

	if(plain(words[2])) rc = mosquitto_unsubscribe(mosq, &mid, text(words[1]));
	else rc = mosquitto_unsubscribe_v5(mosq, &mid, text(words[1]), props);
	report_mid("unsubscribe", rc, mid);
	mosquitto_property_free_all(&props);
}

/* subscribe_many and unsubscribe_many. */
static void many(char *words[], bool subscribe)
{
	char *filters[WORDS];
	int count = atoi(words[1]), i, mid = 0, rc;
	char **rest = words + 2 + count;
	mosquitto_property *props = read_properties(rest[subscribe ? 2 : 0]);

	for(i = 0; i < count; i++) filters[i] = strdup(text(words[2 + i]));
	if(subscribe) rc = mosquitto_subscribe_multiple(mosq, &mid, count, filters, atoi(rest[0]), atoi(rest[1]), props);
	else rc = mosquitto_unsubscribe_multiple(mosq, &mid, count, filters, props);
	report_mid(subscribe ? "subscribe_multiple" : "unsubscribe_multiple", rc, mid);
	for(i = 0; i < count; i++) free(filters[i]);
	mosquitto_property_free_all(&props);
}

static void will(char *words[])
{
	mosquitto_property *props = read_properties(words[5]);
	struct bytes payload;
	int rc, qos = atoi(words[3]);
	bool retain = atoi(words[4]);

	read_hex(&payload, words[2], strlen(words[2]));
	if(plain(words[5])) rc = mosquitto_will_set(mosq, text(words[1]), payload.len, payload.data, qos, retain);
	else rc = mosquitto_will_set_v5(mosq, text(words[1]), payload.len, payload.data, qos, retain, props);
	told("will_set", rc);
	if(rc) mosquitto_property_free_all(&props);
}

static void connect_or_disconnect(char *words[])
{
	mosquitto_property *props = read_properties(words[2]);
	int number = atoi(words[1]);

	if(!strcmp(words[0], "connect")){
		told("connect", plain(words[2]) ? mosquitto_connect_bind(mosq, path, 0, number, NULL)
				: mosquitto_connect_bind_v5(mosq, path, 0, number, NULL, props));
	}else{
		told("disconnect", plain(words[2]) ? mosquitto_disconnect(mosq) : mosquitto_disconnect_v5(mosq, number, props));
	}
	mosquitto_property_free_all(&props);
}

static void option(char *words[])
{
	int number = atoi(words[1]), value = atoi(words[2]);

	if(!strcmp(words[0], "int")) told("int_option", mosquitto_int_option(mosq, number, value));
	else if(!strcmp(words[0], "opts")) told("opts_set", mosquitto_opts_set(mosq, number, strcmp(words[2], "-") ? &value : NULL));
	else if(!strcmp(words[0], "string")) told("string_option", mosquitto_string_option(mosq, number, text(words[2])));
	else told("void_option", mosquitto_void_option(mosq, number, NULL));
}

static void begin(char *words[])
{
	mosq = mosquitto_new(text(words[1]), atoi(words[2]), NULL);
	say("new %s", mosq ? "ok" : "NULL");
	if(!mosq) return;
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, atoi(words[3]));
	set_callbacks(-1);
}

/* All that a program may also call inside a callback. */
static void call(char *words[], const char *in)
{
	const char *what = words[0];

	prefix = in;
	if(!strcmp(what, "publish")) publish(words);
	else if(!strcmp(what, "subscribe")) subscribe(words);
	else if(!strcmp(what, "unsubscribe")) unsubscribe(words);
	else if(!strcmp(what, "subscribe_many")) many(words, true);
	else if(!strcmp(what, "unsubscribe_many")) many(words, false);
	else if(!strcmp(what, "connect") || !strcmp(what, "disconnect")) connect_or_disconnect(words);
	else if(!strcmp(what, "reconnect")) told("reconnect", mosquitto_reconnect(mosq));
	else if(!strcmp(what, "will")) will(words);
	else if(!strcmp(what, "will_clear")) told("will_clear", mosquitto_will_clear(mosq));
	else if(!strcmp(what, "user")) told("username_pw_set", mosquitto_username_pw_set(mosq, text(words[1]), text(words[2])));
	else if(!strcmp(what, "inflight")) told("max_inflight_messages_set", mosquitto_max_inflight_messages_set(mosq, (unsigned)atoi(words[1])));
	else if(!strcmp(what, "retry")) mosquitto_message_retry_set(mosq, (unsigned)atoi(words[1]));
	else if(strchr("iosv", what[0])) option(words);
	else say("what is %s?", what);
	prefix = "";
}

/* ---- steps ---- */

static void send_to_client(const char *hex, bool slowly)
{
	struct bytes bytes;
	int i;

	if(peer < 0 || !read_packet(&bytes, hex)) return;
	if(!slowly && write(peer, bytes.data, (size_t)bytes.len) != bytes.len) say("server cannot send");
	for(i = 0; slowly && peer >= 0 && i < bytes.len; i++){
		if(write(peer, bytes.data + i, 1) != 1) break;
		run();
	}
}

static void step(char *words[])
{
	const char *what = words[0];

	if(!strcmp(what, "new")) return begin(words);
	if(!mosq) return;
	if(!strcmp(what, "reinitialise")){
		told("reinitialise", mosquitto_reinitialise(mosq, text(words[1]), atoi(words[2]), NULL));
		set_callbacks(-1);
	}else if(!strcmp(what, "callbacks")){
		set_callbacks(atoi(words[1]));
	}else if(!strcmp(what, "in")){
		int i;

		snprintf(hook_event, sizeof(hook_event), "%s", words[1]);
		hook_call[0] = 0;
		for(i = 2; words[i]; i++) strcat(strcat(hook_call, words[i]), " ");
	}else if(!strcmp(what, "loops")){
		way = !strcmp(words[1], "parts") ? PARTS : !strcmp(words[1], "external") ? EXTERNAL : WHOLE;
	}else if(!strcmp(what, "server") || !strcmp(what, "slowly")){
		send_to_client(words[1], what[1] == 'l');
	}else if(!strcmp(what, "close")){
		drop_peer();
	}else{
		call(words, "");
	}
	settle();
}

static int split(char *line, char *words[])
{
	char *rest, *word = strtok_r(line, " \n", &rest);
	int count = 0;

	while(word && count < WORDS - 1){
		words[count++] = word;
		word = strtok_r(NULL, " \n", &rest);
	}
	return count;
}

int main(void)
{
	static char line[2 * BYTES];

	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	signal(SIGPIPE, SIG_IGN);
	snprintf(path, sizeof(path), "%s/differential-%d", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid());
	mosquitto_lib_init();
	listen_here();
	while(fgets(line, sizeof(line), stdin)){
		char *words[WORDS] = {0};

		if(!split(line, words)) continue;
		if(strcmp(words[0], "end")){
			say("> %s", words[0]);
			step(words);
			continue;
		}
		hook_event[0] = 0;
		if(mosq) mosquitto_destroy(mosq);
		mosq = NULL;
		calls = 0;
		way = WHOLE;
		accept_peer();
		drop_peer();
		say("done");
	}
	unlink(path);
	mosquitto_lib_cleanup();
	return 0;
}
