/* What all programs share: printing of return codes, callbacks and properties, and loops that wait for a condition.
 *
 * Output is one line per event, in the order in which things happen, and the same on every machine.
 */
#ifndef COMMON_H
#define COMMON_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mosquitto.h>
#include <mqtt_protocol.h>

#define MAYBE_UNUSED __attribute__((unused))
#define SECONDS_TO_WAIT 20

/* ---- printing ---- */

MAYBE_UNUSED __attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

MAYBE_UNUSED static const char *error_name(int rc)
{
	switch(rc){
		case MOSQ_ERR_CONN_PENDING: return "CONN_PENDING";
		case MOSQ_ERR_SUCCESS: return "SUCCESS";
		case MOSQ_ERR_NOMEM: return "NOMEM";
		case MOSQ_ERR_PROTOCOL: return "PROTOCOL";
		case MOSQ_ERR_INVAL: return "INVAL";
		case MOSQ_ERR_NO_CONN: return "NO_CONN";
		case MOSQ_ERR_CONN_REFUSED: return "CONN_REFUSED";
		case MOSQ_ERR_NOT_FOUND: return "NOT_FOUND";
		case MOSQ_ERR_CONN_LOST: return "CONN_LOST";
		case MOSQ_ERR_TLS: return "TLS";
		case MOSQ_ERR_PAYLOAD_SIZE: return "PAYLOAD_SIZE";
		case MOSQ_ERR_NOT_SUPPORTED: return "NOT_SUPPORTED";
		case MOSQ_ERR_AUTH: return "AUTH";
		case MOSQ_ERR_ACL_DENIED: return "ACL_DENIED";
		case MOSQ_ERR_UNKNOWN: return "UNKNOWN";
		case MOSQ_ERR_ERRNO: return "ERRNO";
		case MOSQ_ERR_EAI: return "EAI";
		case MOSQ_ERR_PROXY: return "PROXY";
		case MOSQ_ERR_MALFORMED_UTF8: return "MALFORMED_UTF8";
		case MOSQ_ERR_KEEPALIVE: return "KEEPALIVE";
		case MOSQ_ERR_LOOKUP: return "LOOKUP";
		case MOSQ_ERR_MALFORMED_PACKET: return "MALFORMED_PACKET";
		case MOSQ_ERR_DUPLICATE_PROPERTY: return "DUPLICATE_PROPERTY";
		case MOSQ_ERR_QOS_NOT_SUPPORTED: return "QOS_NOT_SUPPORTED";
		case MOSQ_ERR_OVERSIZE_PACKET: return "OVERSIZE_PACKET";
		default: return "other";
	}
}

MAYBE_UNUSED static int report(const char *call, int rc)
{
	int saved = errno;

	if(rc == MOSQ_ERR_ERRNO){
		say("%s -> %d %s (%s)", call, rc, error_name(rc), strerrorname_np(saved));
	}else{
		say("%s -> %d %s", call, rc, error_name(rc));
	}
	errno = saved;
	return rc;
}

/* Makes the call and prints it with its return code; the value is the code. */
#define CALL(call) (errno = 0, report(#call, (call)))
/* The same where the text of the call says nothing or differs from run to run. */
#define NAMED(name, call) (errno = 0, report((name), (call)))

/* Bytes as text if they are printable, else as hex. */
MAYBE_UNUSED static const char *bytes_text(const void *data, size_t len)
{
	static char buffers[4][1024];
	static int next;
	char *out = buffers[next++ % 4];
	const unsigned char *bytes = data;
	size_t i, used = 0;
	bool printable = true;

	if(!data) return "NULL";
	for(i = 0; i < len; i++){
		if(bytes[i] < 0x20 || bytes[i] > 0x7e) printable = false;
	}
	if(len > 120){
		unsigned long sum = 0;

		for(i = 0; i < len; i++) sum = sum * 31 + bytes[i];
		snprintf(out, sizeof(buffers[0]), "(%zu bytes, sum %lx)", len, sum);
		return out;
	}
	if(printable){
		snprintf(out, sizeof(buffers[0]), "'%.*s'", (int)len, (const char *)data);
		return out;
	}
	for(i = 0; i < len; i++) used += (size_t)sprintf(out + used, "%02x", bytes[i]);
	return out;
}

MAYBE_UNUSED static void say_properties(const mosquitto_property *list)
{
	const mosquitto_property *p;
	char *text = NULL, *name = NULL;
	void *data = NULL;
	uint8_t byte;
	uint16_t int16, len;
	uint32_t int32;
	int id, type;

	for(p = list; p; p = mosquitto_property_next(p)){
		id = mosquitto_property_identifier(p);
		if(mosquitto_string_to_property_info(mosquitto_property_identifier_to_string(id), &id, &type)){
			say("    property %d unknown", id);
			continue;
		}
		printf("    property %s ", mosquitto_property_identifier_to_string(id));
		switch(type){
			case MQTT_PROP_TYPE_BYTE:
				mosquitto_property_read_byte(p, id, &byte, false);
				say("%u", byte);
				break;
			case MQTT_PROP_TYPE_INT16:
				mosquitto_property_read_int16(p, id, &int16, false);
				say("%u", int16);
				break;
			case MQTT_PROP_TYPE_INT32:
				mosquitto_property_read_int32(p, id, &int32, false);
				say("%u", int32);
				break;
			case MQTT_PROP_TYPE_VARINT:
				mosquitto_property_read_varint(p, id, &int32, false);
				say("%u", int32);
				break;
			case MQTT_PROP_TYPE_BINARY:
				mosquitto_property_read_binary(p, id, &data, &len, false);
				say("%s", len ? bytes_text(data, len) : "empty");
				free(data);
				break;
			case MQTT_PROP_TYPE_STRING:
				mosquitto_property_read_string(p, id, &text, false);
				say("'%s'", text ? text : "");
				free(text);
				break;
			case MQTT_PROP_TYPE_STRING_PAIR:
				mosquitto_property_read_string_pair(p, id, &name, &text, false);
				say("'%s' = '%s'", name ? name : "", text ? text : "");
				free(name);
				free(text);
				break;
		}
		text = name = NULL;
		data = NULL;
	}
}

/* ---- what happened so far ---- */

static struct {
	int connect, disconnect, publish, message, subscribe, unsubscribe;
} seen;

/* ---- callbacks that print ---- */

MAYBE_UNUSED static void print_connect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)mosq; (void)obj;
	say("on_connect rc=%d", rc);
	seen.connect++;
}

MAYBE_UNUSED static void print_connect_with_flags(struct mosquitto *mosq, void *obj, int rc, int flags)
{
	(void)mosq; (void)obj;
	say("on_connect_with_flags rc=%d flags=%d", rc, flags);
}

MAYBE_UNUSED static void print_connect_v5(struct mosquitto *mosq, void *obj, int rc, int flags,
		const mosquitto_property *props)
{
	(void)mosq; (void)obj;
	say("on_connect_v5 rc=%d flags=%d", rc, flags);
	say_properties(props);
}

MAYBE_UNUSED static void print_disconnect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)mosq; (void)obj;
	say("on_disconnect rc=%d", rc);
	seen.disconnect++;
}

MAYBE_UNUSED static void print_disconnect_v5(struct mosquitto *mosq, void *obj, int rc,
		const mosquitto_property *props)
{
	(void)mosq; (void)obj;
	say("on_disconnect_v5 rc=%d", rc);
	say_properties(props);
}

MAYBE_UNUSED static void print_publish(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj;
	say("on_publish mid=%d", mid);
	seen.publish++;
}

MAYBE_UNUSED static void print_publish_v5(struct mosquitto *mosq, void *obj, int mid, int reason,
		const mosquitto_property *props)
{
	(void)mosq; (void)obj;
	say("on_publish_v5 mid=%d reason=%d", mid, reason);
	say_properties(props);
}

MAYBE_UNUSED static void say_message(const char *callback, const struct mosquitto_message *message)
{
	const char *payload = message->payload;

	say("%s mid=%d topic='%s' payload=%s len=%d qos=%d retain=%d%s", callback, message->mid, message->topic,
			bytes_text(payload, (size_t)message->payloadlen), message->payloadlen, message->qos,
			message->retain,
			payload && payload[message->payloadlen] ? " NO NUL BEHIND PAYLOAD" : "");
}

MAYBE_UNUSED static void print_message(struct mosquitto *mosq, void *obj,
		const struct mosquitto_message *message)
{
	(void)mosq; (void)obj;
	say_message("on_message", message);
	seen.message++;
}

MAYBE_UNUSED static void print_message_v5(struct mosquitto *mosq, void *obj,
		const struct mosquitto_message *message, const mosquitto_property *props)
{
	(void)mosq; (void)obj;
	say_message("on_message_v5", message);
	say_properties(props);
}

MAYBE_UNUSED static void say_codes(const char *callback, int mid, int count, const int *codes)
{
	int i;

	printf("%s mid=%d codes=[", callback, mid);
	for(i = 0; i < count; i++) printf("%s%d", i ? " " : "", codes[i]);
	say("]");
}

MAYBE_UNUSED static void print_subscribe(struct mosquitto *mosq, void *obj, int mid, int count,
		const int *codes)
{
	(void)mosq; (void)obj;
	say_codes("on_subscribe", mid, count, codes);
	seen.subscribe++;
}

MAYBE_UNUSED static void print_subscribe_v5(struct mosquitto *mosq, void *obj, int mid, int count,
		const int *codes, const mosquitto_property *props)
{
	(void)mosq; (void)obj;
	say_codes("on_subscribe_v5", mid, count, codes);
	say_properties(props);
}

MAYBE_UNUSED static void print_unsubscribe(struct mosquitto *mosq, void *obj, int mid)
{
	(void)mosq; (void)obj;
	say("on_unsubscribe mid=%d", mid);
	seen.unsubscribe++;
}

MAYBE_UNUSED static void print_unsubscribe_v5(struct mosquitto *mosq, void *obj, int mid,
		const mosquitto_property *props)
{
	(void)mosq; (void)obj;
	say("on_unsubscribe_v5 mid=%d", mid);
	say_properties(props);
}

MAYBE_UNUSED static void print_log(struct mosquitto *mosq, void *obj, int level, const char *text)
{
	(void)mosq; (void)obj;
	say("log %d: %s", level, text);
}

/* Installs the plain callbacks. */
MAYBE_UNUSED static void watch(struct mosquitto *mosq)
{
	mosquitto_connect_callback_set(mosq, print_connect);
	mosquitto_disconnect_callback_set(mosq, print_disconnect);
	mosquitto_publish_callback_set(mosq, print_publish);
	mosquitto_message_callback_set(mosq, print_message);
	mosquitto_subscribe_callback_set(mosq, print_subscribe);
	mosquitto_unsubscribe_callback_set(mosq, print_unsubscribe);
}

/* Installs those with flags and properties beside them. */
MAYBE_UNUSED static void watch_v5(struct mosquitto *mosq)
{
	watch(mosq);
	mosquitto_connect_with_flags_callback_set(mosq, print_connect_with_flags);
	mosquitto_connect_v5_callback_set(mosq, print_connect_v5);
	mosquitto_disconnect_v5_callback_set(mosq, print_disconnect_v5);
	mosquitto_publish_v5_callback_set(mosq, print_publish_v5);
	mosquitto_message_v5_callback_set(mosq, print_message_v5);
	mosquitto_subscribe_v5_callback_set(mosq, print_subscribe_v5);
	mosquitto_unsubscribe_v5_callback_set(mosq, print_unsubscribe_v5);
}

/* ---- time ---- */

MAYBE_UNUSED static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

MAYBE_UNUSED static void pause_ms(long ms)
{
	struct timespec time = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&time, NULL);
}

/* ---- loops ---- */

/* Calls mosquitto_loop until the condition holds; prints and ends at the first code that is no success. The value of
 * `last_rc` is the last code. */
static int last_rc MAYBE_UNUSED;

#define LOOP_UNTIL(mosq, condition) do{ \
		double limit_ = now() + SECONDS_TO_WAIT; \
		last_rc = MOSQ_ERR_SUCCESS; \
		while(!(condition)){ \
			last_rc = mosquitto_loop((mosq), 50, 1); \
			if(last_rc){ report("mosquitto_loop", last_rc); break; } \
			if(now() > limit_){ say("timed out: " #condition); break; } \
		} \
	}while(0)

/* Waits for something that another thread does. */
#define WAIT_UNTIL(condition) do{ \
		double limit_ = now() + SECONDS_TO_WAIT; \
		while(!(condition)){ \
			pause_ms(2); \
			if(now() > limit_){ say("timed out: " #condition); break; } \
		} \
	}while(0)

/* Disconnects and waits for on_disconnect, which one library calls inside and another one in the loop. */
MAYBE_UNUSED static void leave(struct mosquitto *mosq)
{
	int before = seen.disconnect;
	int rc = mosquitto_disconnect(mosq);
	double limit = now() + SECONDS_TO_WAIT;

	while(rc == MOSQ_ERR_SUCCESS && seen.disconnect == before && now() < limit){
		mosquitto_loop(mosq, 50, 1);
	}
	report("mosquitto_disconnect", rc);
}

/* A client with printing callbacks that speaks `version`. */
MAYBE_UNUSED static struct mosquitto *new_client(const char *id, bool clean, int version)
{
	struct mosquitto *mosq = mosquitto_new(id, clean, NULL);

	if(!mosq){
		say("mosquitto_new failed");
		exit(1);
	}
	mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, version);
	if(version == MQTT_PROTOCOL_V5){
		watch_v5(mosq);
	}else{
		watch(mosq);
	}
	return mosq;
}

/* The same, connected: CONNACK has been handled. */
MAYBE_UNUSED static struct mosquitto *connected_client(char *argv[], const char *id, bool clean, int version)
{
	struct mosquitto *mosq = new_client(id, clean, version);
	int before = seen.connect;

	if(NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60))) exit(1);
	LOOP_UNTIL(mosq, seen.connect > before);
	return mosq;
}

#endif
