/* Runs scripts of calls and of what a server says, and prints return codes, callbacks and bytes: the same script on two
 * libraries must print the same.
 *
 * One line a step, words separated by blanks, all text and bytes in hex, `-` for NULL. In what the server says `{N}` is the
 * packet identifier of call N (publish, subscribe, unsubscribe; the first is 0); nothing is said if that call failed.
 * `PROPS` is `-` or
 * `id=value,...`, numbers in decimal, name and value of a user property separated by `/`.
 *
 *   new ID CLEAN VERSION          connect KEEPALIVE PROPS         reconnect
 *   int OPTION VALUE              user NAME PASSWORD              will TOPIC PAYLOAD QOS RETAIN PROPS
 *   publish TOPIC PAYLOAD QOS RETAIN PROPS
 *   subscribe FILTER QOS OPTIONS PROPS      subscribe_many COUNT FILTER... QOS     unsubscribe FILTER PROPS
 *   disconnect REASON PROPS       server BYTES [MARK]             close
 *   end
 *
 * After each step the loop runs until nothing moves any more, then come the bytes that the client has sent. The server is
 * the other end of a Unix socket in this process, so nothing depends on time.
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

	if(!strcmp(word, "-")) return NULL;
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

static void print_sent(void)
{
	static unsigned char all[1 << 20];
	ssize_t got, len = 0;
	bool over = false;

	if(peer < 0) return;
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
}

/* ---- the client ---- */

static int events;

static void on_any_log(struct mosquitto *client, void *obj, int level, const char *line)
{
	(void)client; (void)obj; (void)level; (void)line;
	events++;
}

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

static void settle(void)
{
	int quiet = 0, turns, rc;

	if(!mosq) return;
	accept_peer();
	for(turns = 0; turns < 200 && quiet < 2 && mosquitto_socket(mosq) >= 0; turns++){
		int before = events;

		rc = mosquitto_loop(mosq, 0, 1);
		if(rc){
			report("loop", rc);
			break;
		}
		accept_peer();
		quiet = events == before && !unread() && !hung_up() && !mosquitto_want_write(mosq) ? quiet + 1 : 0;
	}
	if(turns == 200) say("never at rest");
	print_sent();
}

/* The code of a call that takes a packet identifier, and that identifier. */
static void report_mid(const char *call, int rc, int mid)
{
	bool taken = rc == MOSQ_ERR_SUCCESS || (rc == MOSQ_ERR_NO_CONN && mid);

	report(call, rc);
	if(taken) say("mid %d", mid);
	mids[calls++ % 100] = taken ? mid : 0;
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

static void publish(char *words[])
{
	struct bytes payload;
	mosquitto_property *props = read_properties(words[5]);
	const char *topic = text(words[1]);
	int mid = 0, rc;

	read_hex(&payload, words[2], strlen(words[2]));
	rc = mosquitto_publish_v5(mosq, &mid, topic, payload.len, payload.null ? NULL : payload.data, atoi(words[3]),
			atoi(words[4]), props);
	report_mid("publish", rc, mid);
	mosquitto_property_free_all(&props);
}

static void subscribe_many(char *words[])
{
	char *filters[WORDS];
	int count = atoi(words[1]), i, mid = 0, rc;

	for(i = 0; i < count; i++) filters[i] = strdup(text(words[2 + i]));
	rc = mosquitto_subscribe_multiple(mosq, &mid, count, filters, atoi(words[2 + count]), 0, NULL);
	report_mid("subscribe_multiple", rc, mid);
	for(i = 0; i < count; i++) free(filters[i]);
}

static void new(char *words[])
{
	mosq = mosquitto_new(text(words[1]), atoi(words[2]), NULL);
	say("new %s", mosq ? "ok" : "NULL");
	if(!mosq) return;
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, atoi(words[3]));
	watch_v5(mosq);
	mosquitto_log_callback_set(mosq, on_any_log);
}

static void step(char *words[])
{
	mosquitto_property *props = NULL;
	const char *what = words[0];
	struct bytes bytes;
	int mid = 0, rc;

	if(!strcmp(what, "new")) return new(words);
	if(!mosq) return;
	if(!strcmp(what, "int")){
		report("int_option", mosquitto_int_option(mosq, atoi(words[1]), atoi(words[2])));
	}else if(!strcmp(what, "user")){
		report("username_pw_set", mosquitto_username_pw_set(mosq, text(words[1]), text(words[2])));
	}else if(!strcmp(what, "will")){
		read_hex(&bytes, words[2], strlen(words[2]));
		props = read_properties(words[5]);
		if(report("will_set", mosquitto_will_set_v5(mosq, text(words[1]), bytes.len, bytes.data, atoi(words[3]),
				atoi(words[4]), props)) == 0) props = NULL;
	}else if(!strcmp(what, "connect")){
		props = read_properties(words[2]);
		report("connect", mosquitto_connect_bind_v5(mosq, path, 0, atoi(words[1]), NULL, props));
	}else if(!strcmp(what, "reconnect")){
		report("reconnect", mosquitto_reconnect(mosq));
	}else if(!strcmp(what, "publish")){
		publish(words);
	}else if(!strcmp(what, "subscribe")){
		props = read_properties(words[4]);
		rc = mosquitto_subscribe_v5(mosq, &mid, text(words[1]), atoi(words[2]), atoi(words[3]), props);
		report_mid("subscribe", rc, mid);
	}else if(!strcmp(what, "subscribe_many")){
		subscribe_many(words);
	}else if(!strcmp(what, "unsubscribe")){
		props = read_properties(words[2]);
		rc = mosquitto_unsubscribe_v5(mosq, &mid, text(words[1]), props);
		report_mid("unsubscribe", rc, mid);
	}else if(!strcmp(what, "disconnect")){
		props = read_properties(words[2]);
		report("disconnect", mosquitto_disconnect_v5(mosq, atoi(words[1]), props));
	}else if(!strcmp(what, "server")){
		if(peer >= 0 && read_packet(&bytes, words[1]) && write(peer, bytes.data, (size_t)bytes.len) != bytes.len) say("server cannot send");
	}else if(!strcmp(what, "close")){
		drop_peer();
	}else{
		say("what is %s?", what);
	}
	mosquitto_property_free_all(&props);
	settle();
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
		char *words[WORDS] = {0}, *rest = strtok(line, " \n");
		int count = 0;

		while(rest && count < WORDS){
			words[count++] = rest;
			rest = strtok(NULL, " \n");
		}
		if(!count) continue;
		if(strcmp(words[0], "end")){
			say("> %s", words[0]);
			step(words);
			continue;
		}
		if(mosq) mosquitto_destroy(mosq);
		mosq = NULL;
		calls = 0;
		accept_peer();
		drop_peer();
		say("done");
	}
	unlink(path);
	mosquitto_lib_cleanup();
	return 0;
}
