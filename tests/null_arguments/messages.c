/* Publishing, subscribing, callbacks, the helpers, copies of messages. */
#include "table.h"

void rows_for_publish(void)
{
	mosquitto_property *properties;
	int mid = -7;

	IS(INVAL, mosquitto_publish(NULL, &mid, "topic", 1, "x", 0, false));
	IS(INVAL, mosquitto_publish(v311, &mid, "topic", 1, "x", -1, false));
	IS(INVAL, mosquitto_publish(v311, &mid, "topic", 1, "x", 3, false));
	IS(INVAL, mosquitto_publish(v311, &mid, NULL, 1, "x", 0, false));
	IS(INVAL, mosquitto_publish(v311, &mid, "", 1, "x", 0, false));
	IS(INVAL, mosquitto_publish(v5, &mid, NULL, 1, "x", 0, false));
	IS(UTF8, mosquitto_publish(v311, &mid, "a\xff", 1, "x", 0, false));
	IS(UTF8, mosquitto_publish(v311, &mid, "a\x1f", 1, "x", 0, false));
	IS(UTF8, mosquitto_publish(v311, &mid, repeat("a", 65537), 1, "x", 0, false));
	IS(INVAL, mosquitto_publish(v311, &mid, repeat("a", 65536), 1, "x", 0, false));
	IS(SIZE, mosquitto_publish(v311, &mid, "topic", -1, "x", 0, false));
	IS(SIZE, mosquitto_publish(v311, &mid, "topic", INT_MIN, NULL, 2, false));
	IS(SIZE, mosquitto_publish(v311, &mid, "topic", 268435456, "x", 0, false));
	IS(INVAL, mosquitto_publish(v311, &mid, "a/+", 1, "x", 0, false));
	IS(INVAL, mosquitto_publish(v311, &mid, "#", 1, "x", 0, false));
	IS(INVAL, mosquitto_publish(v311, &mid, repeat("/", 201), 1, "x", 0, false));
	IS(UTF8, mosquitto_publish(v311, &mid, "+\xff", -1, "x", 0, false));
	IS(SIZE, mosquitto_publish(v311, &mid, "+", -1, "x", 0, false));
	IS(INVAL, mosquitto_publish(v311, &mid, "topic", 1, NULL, 0, false));
	IS(INVAL, mosquitto_publish(v311, &mid, "topic", 268435455, NULL, 2, false));
	IS(-7, mid);
	IS(NO_CONN, mosquitto_publish(v311, NULL, "topic", 0, NULL, 0, false));
	IS(NO_CONN, mosquitto_publish(v311, NULL, repeat("a", 65535), 0, "x", 0, false));
	IS(NO_CONN, mosquitto_publish(v311, NULL, repeat("/", 200), 1, "x", 0, false));
	/* Queued all the same. */
	IS(NO_CONN, mosquitto_publish(v311, &mid, "topic", 1, "x", 2, false));
	IS(true, mid > 0);
	IS(SUCCESS, mosquitto_publish(open_v311, NULL, "topic", 1, "x", 1, true));

	mid = -7;
	properties = user_property();
	IS(INVAL, mosquitto_publish_v5(NULL, &mid, "topic", 1, "x", 0, false, properties));
	IS(INVAL, mosquitto_publish_v5(v311, &mid, "topic", 1, "x", 3, false, properties));
	IS(UNSUPPORTED, mosquitto_publish_v5(v311, &mid, NULL, 1, "x", 0, false, properties));
	IS(INVAL, mosquitto_publish_v5(v5, &mid, NULL, 1, "x", 0, false, properties));
	IS(NO_CONN, mosquitto_publish_v5(v5, NULL, "topic", 1, "x", 0, false, properties));
	mosquitto_property_free_all(&properties);
	properties = byte_property(MQTT_PROP_MAXIMUM_QOS, 1);
	IS(PROTOCOL, mosquitto_publish_v5(v5, &mid, NULL, 1, "x", 0, false, properties));
	mosquitto_property_free_all(&properties);
	properties = byte_property(MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 2);
	IS(PROTOCOL, mosquitto_publish_v5(v5, &mid, "topic", 1, "x", 0, false, properties));
	mosquitto_property_free_all(&properties);
	properties = two(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL);
	IS(DUPLICATE, mosquitto_publish_v5(v5, &mid, "topic", 1, "x", 0, false, properties));
	mosquitto_property_free_all(&properties);
	mosquitto_property_add_int16(&properties, MQTT_PROP_TOPIC_ALIAS, 0);
	IS(PROTOCOL, mosquitto_publish_v5(v5, &mid, "topic", 1, "x", 0, false, properties));
	mosquitto_property_free_all(&properties);
	mosquitto_property_add_int16(&properties, MQTT_PROP_TOPIC_ALIAS, 1);
	IS(MOSQ_ERR_TOPIC_ALIAS_INVALID, mosquitto_publish_v5(v5, &mid, "topic", 1, "x", 0, false, properties));
	mosquitto_property_free_all(&properties);
	mosquitto_property_add_string_pair(&properties, MQTT_PROP_USER_PROPERTY, "name", "\xff");
	IS(UTF8, mosquitto_publish_v5(v5, &mid, "topic", 1, "x", 0, false, properties));
	mosquitto_property_free_all(&properties);
	IS(-7, mid);
}

void rows_for_subscribe(void)
{
	char *long_filter = repeat("a", 65536), *deep_filter = repeat("/", 201);
	char *filters[] = {(char *)"a", NULL}, *malformed[] = {(char *)"a", (char *)"\xff"};
	const char *bad[] = {NULL, "", "a#", "#/a", "a+", "+a/b", NULL, NULL};
	mosquitto_property *properties;
	int mid = -7;
	size_t i;

	bad[6] = long_filter;
	bad[7] = deep_filter;

	IS(INVAL, mosquitto_subscribe(NULL, &mid, "a", 0));
	IS(INVAL, mosquitto_subscribe(v311, &mid, "a", -1));
	IS(INVAL, mosquitto_subscribe(v311, &mid, "a", 3));
	IS(NO_CONN, mosquitto_subscribe(v311, &mid, "a", 0));
	IS(NO_CONN, mosquitto_subscribe(v311, &mid, NULL, 0));
	IS(INVAL, mosquitto_subscribe_v5(NULL, &mid, "a", 0, 0, NULL));
	IS(INVAL, mosquitto_subscribe_v5(v5, &mid, "a", 3, 0, NULL));
	IS(INVAL, mosquitto_subscribe_v5(v5, &mid, "a", 0, 0x30, NULL));
	IS(INVAL, mosquitto_subscribe_v5(v5, &mid, "a", 0, 0x40, NULL));
	IS(INVAL, mosquitto_subscribe_v5(v5, &mid, "a", 0, 0x80, NULL));
	IS(INVAL, mosquitto_subscribe_v5(v5, &mid, "a", 1, 2, NULL));
	IS(INVAL, mosquitto_subscribe_v5(v311, &mid, "a", 0, 0x30, NULL));
	IS(INVAL, mosquitto_subscribe_multiple(NULL, &mid, 1, filters, 0, 0, NULL));
	IS(INVAL, mosquitto_subscribe_multiple(v5, &mid, 0, filters, 0, 0, NULL));
	IS(INVAL, mosquitto_subscribe_multiple(v5, &mid, -1, filters, 0, 0, NULL));
	IS(INVAL, mosquitto_subscribe_multiple(v5, &mid, INT_MIN, filters, 0, 0, NULL));
	IS(INVAL, mosquitto_subscribe_multiple(v5, &mid, 1, NULL, 0, 0, NULL));
	IS(INVAL, mosquitto_subscribe_multiple(v5, &mid, 1, filters, 3, 0, NULL));
	IS(NO_CONN, mosquitto_subscribe_multiple(v5, &mid, 2, filters, 0, 0, NULL));
	IS(INVAL, mosquitto_unsubscribe(NULL, &mid, "a"));
	IS(NO_CONN, mosquitto_unsubscribe(v311, &mid, NULL));
	IS(INVAL, mosquitto_unsubscribe_v5(NULL, &mid, "a", NULL));
	IS(NO_CONN, mosquitto_unsubscribe_v5(v5, &mid, "a", NULL));
	IS(INVAL, mosquitto_unsubscribe_multiple(NULL, &mid, 1, filters, NULL));
	IS(INVAL, mosquitto_unsubscribe_multiple(v5, &mid, 0, filters, NULL));
	IS(INVAL, mosquitto_unsubscribe_multiple(v5, &mid, -1, filters, NULL));
	IS(INVAL, mosquitto_unsubscribe_multiple(v5, &mid, 1, NULL, NULL));
	IS(NO_CONN, mosquitto_unsubscribe_multiple(v5, &mid, 1, filters, NULL));

	properties = user_property();
	IS(UNSUPPORTED, mosquitto_subscribe_v5(v311, &mid, "a", 3, 0, properties));
	IS(UNSUPPORTED, mosquitto_unsubscribe_v5(v311, &mid, "a", properties));
	IS(UNSUPPORTED, mosquitto_subscribe_multiple(v311, &mid, 1, filters, 0, 0, properties));
	IS(UNSUPPORTED, mosquitto_unsubscribe_multiple(v311, &mid, 1, filters, properties));
	mosquitto_property_free_all(&properties);

	/* Topic filters are looked at when there is a connection. */
	for(i=0; i<sizeof(bad)/sizeof(bad[0]); i++){
		IS(INVAL, mosquitto_subscribe(open_v311, &mid, bad[i], 0));
		IS(INVAL, mosquitto_subscribe_v5(open_v5, &mid, bad[i], 0, 0, NULL));
		IS(INVAL, mosquitto_unsubscribe(open_v311, &mid, bad[i]));
		IS(INVAL, mosquitto_unsubscribe_v5(open_v5, &mid, bad[i], NULL));
	}
	IS(UTF8, mosquitto_subscribe(open_v311, &mid, "a\xff", 0));
	IS(UTF8, mosquitto_subscribe(open_v311, &mid, "a\x01", 0));
	IS(UTF8, mosquitto_unsubscribe(open_v311, &mid, "a\xff"));
	IS(INVAL, mosquitto_subscribe_multiple(open_v5, &mid, 2, filters, 0, 0, NULL));
	IS(UTF8, mosquitto_subscribe_multiple(open_v5, &mid, 2, malformed, 0, 0, NULL));
	IS(INVAL, mosquitto_unsubscribe_multiple(open_v5, &mid, 2, filters, NULL));
	IS(UTF8, mosquitto_unsubscribe_multiple(open_v5, &mid, 2, malformed, NULL));
	IS(INVAL, mosquitto_subscribe_v5(open_v5, &mid, "$share//a", 0, 0, NULL));
	IS(INVAL, mosquitto_subscribe_v5(open_v5, &mid, "$share/+/a", 0, 0, NULL));
	IS(INVAL, mosquitto_subscribe_v5(open_v5, &mid, "$share/group", 0, 0, NULL));
	IS(PROTOCOL, mosquitto_subscribe_v5(open_v5, &mid, "$share/group/a", 0, MQTT_SUB_OPT_NO_LOCAL, NULL));

	properties = byte_property(MQTT_PROP_MAXIMUM_QOS, 1);
	IS(PROTOCOL, mosquitto_subscribe_v5(open_v5, &mid, "a", 0, 0, properties));
	IS(PROTOCOL, mosquitto_unsubscribe_v5(open_v5, &mid, "a", properties));
	mosquitto_property_free_all(&properties);
	mosquitto_property_add_varint(&properties, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 0);
	IS(PROTOCOL, mosquitto_subscribe_v5(open_v5, &mid, "a", 0, 0, properties));
	mosquitto_property_free_all(&properties);
	mosquitto_property_add_varint(&properties, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 1);
	mosquitto_property_add_varint(&properties, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 2);
	IS(DUPLICATE, mosquitto_subscribe_v5(open_v5, &mid, "a", 0, 0, properties));
	mosquitto_property_free_all(&properties);
	IS(-7, mid);
	IS(SUCCESS, mosquitto_subscribe(open_v311, NULL, "a", 0));
	IS(SUCCESS, mosquitto_unsubscribe(open_v311, NULL, "a"));
}

/* Without a client nothing is set; NULL takes a function away. */
void rows_for_callbacks(void)
{
	struct mosquitto *clients[2];
	int i;

	clients[0] = NULL;
	clients[1] = v311;
	for(i=0; i<2; i++){
		RUNS(mosquitto_pre_connect_callback_set(clients[i], NULL));
		RUNS(mosquitto_connect_callback_set(clients[i], NULL));
		RUNS(mosquitto_connect_with_flags_callback_set(clients[i], NULL));
		RUNS(mosquitto_connect_v5_callback_set(clients[i], NULL));
		RUNS(mosquitto_disconnect_callback_set(clients[i], NULL));
		RUNS(mosquitto_disconnect_v5_callback_set(clients[i], NULL));
		RUNS(mosquitto_publish_callback_set(clients[i], NULL));
		RUNS(mosquitto_publish_v5_callback_set(clients[i], NULL));
		RUNS(mosquitto_message_callback_set(clients[i], NULL));
		RUNS(mosquitto_message_v5_callback_set(clients[i], NULL));
		RUNS(mosquitto_subscribe_callback_set(clients[i], NULL));
		RUNS(mosquitto_subscribe_v5_callback_set(clients[i], NULL));
		RUNS(mosquitto_unsubscribe_callback_set(clients[i], NULL));
		RUNS(mosquitto_unsubscribe_v5_callback_set(clients[i], NULL));
		RUNS(mosquitto_unsubscribe2_v5_callback_set(clients[i], NULL));
		RUNS(mosquitto_ext_auth_callback_set(clients[i], NULL));
		RUNS(mosquitto_log_callback_set(clients[i], NULL));
	}
}

static int never_called(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)mosq;
	(void)obj;
	(void)message;
	abort();
}

/* All of these fail before a connection is open. */
void rows_for_helpers(void)
{
	struct mosquitto_message mark, *messages = &mark;
	struct libmosquitto_will no_topic, bad_qos;
	const char *host = "127.0.0.1";

	memset(&no_topic, 0, sizeof(no_topic));
	memset(&bad_qos, 0, sizeof(bad_qos));
	bad_qos.topic = (char *)"topic";
	bad_qos.qos = 3;

	IS(INVAL, mosquitto_subscribe_simple(NULL, 1, true, "a", 0, host, 1883, "id", 60, true, NULL, NULL, NULL, NULL));
	IS(INVAL, mosquitto_subscribe_simple(&messages, 0, true, "a", 0, host, 1883, "id", 60, true, NULL, NULL, NULL, NULL));
	IS(INVAL, mosquitto_subscribe_simple(&messages, -1, true, "a", 0, host, 1883, "id", 60, true, NULL, NULL, NULL, NULL));
	IS(INVAL, mosquitto_subscribe_simple(&messages, 1, true, NULL, 0, host, 1883, "id", 60, true, NULL, NULL, NULL, NULL));
	IS(true, messages == &mark);
	IS(MOSQ_ERR_NOMEM, mosquitto_subscribe_simple(&messages, 1, true, "a", 0, host, 1883, NULL, 60, false, NULL, NULL, NULL, NULL));
	IS(true, messages == NULL);
	IS(MOSQ_ERR_NOMEM, mosquitto_subscribe_simple(&messages, 1, true, "a", 0, host, 1883, "\xff", 60, true, NULL, NULL, NULL, NULL));
	IS(INVAL, mosquitto_subscribe_simple(&messages, 1, true, "a", 0, NULL, 1883, "id", 60, true, NULL, NULL, NULL, NULL));
	IS(INVAL, mosquitto_subscribe_simple(&messages, 1, true, "a", 0, host, -1, "id", 60, true, NULL, NULL, NULL, NULL));
	IS(INVAL, mosquitto_subscribe_simple(&messages, 1, true, "a", 0, host, 1883, "id", 1, true, NULL, NULL, NULL, NULL));
	IS(UTF8, mosquitto_subscribe_simple(&messages, 1, true, "a", 0, host, 1883, "id", 60, true, "\xff", NULL, NULL, NULL));
	IS(INVAL, mosquitto_subscribe_simple(&messages, 1, true, "a", 0, host, 1883, "id", 60, true, NULL, NULL, &no_topic, NULL));
	IS(INVAL, mosquitto_subscribe_simple(&messages, 1, true, "a", 0, host, 1883, "id", 60, true, NULL, NULL, &bad_qos, NULL));

	IS(INVAL, mosquitto_subscribe_callback(NULL, NULL, "a", 0, host, 1883, "id", 60, true, NULL, NULL, NULL, NULL));
	IS(INVAL, mosquitto_subscribe_callback(never_called, NULL, NULL, 0, host, 1883, "id", 60, true, NULL, NULL, NULL, NULL));
	IS(MOSQ_ERR_NOMEM, mosquitto_subscribe_callback(never_called, NULL, "a", 0, host, 1883, NULL, 60, false, NULL, NULL, NULL, NULL));
	IS(MOSQ_ERR_NOMEM, mosquitto_subscribe_callback(never_called, NULL, "a", 0, host, 1883, "", 60, true, NULL, NULL, NULL, NULL));
	IS(INVAL, mosquitto_subscribe_callback(never_called, NULL, "a", 0, NULL, 1883, "id", 60, true, NULL, NULL, NULL, NULL));
	IS(INVAL, mosquitto_subscribe_callback(never_called, NULL, "a", 0, host, 65536, "id", 60, true, NULL, NULL, NULL, NULL));
	IS(UTF8, mosquitto_subscribe_callback(never_called, NULL, "a", 0, host, 1883, "id", 60, true, "\xff", NULL, NULL, NULL));
	IS(INVAL, mosquitto_subscribe_callback(never_called, NULL, "a", 0, host, 1883, "id", 60, true, NULL, NULL, &no_topic, NULL));
}

void rows_for_messages(void)
{
	struct mosquitto_message source, copy, *none = NULL;

	memset(&source, 0, sizeof(source));
	memset(&copy, 0, sizeof(copy));
	IS(INVAL, mosquitto_message_copy(NULL, &source));
	IS(INVAL, mosquitto_message_copy(&copy, NULL));
	IS(INVAL, mosquitto_message_copy(&copy, &source));
	source.topic = (char *)"topic";
	source.payloadlen = -1;
	IS(INVAL, mosquitto_message_copy(&copy, &source));
	source.payloadlen = 1;
	IS(INVAL, mosquitto_message_copy(&copy, &source));
	source.payloadlen = 0;
	source.payload = &source;
	IS(SUCCESS, mosquitto_message_copy(&copy, &source));
	IS(true, copy.payload == NULL && copy.topic != source.topic);
	RUNS(mosquitto_message_free_contents(&copy));
	IS(true, copy.topic == NULL);
	RUNS(mosquitto_message_free_contents(&copy));
	RUNS(mosquitto_message_free_contents(NULL));
	RUNS(mosquitto_message_free(&none));
	RUNS(mosquitto_message_free(NULL));
}
