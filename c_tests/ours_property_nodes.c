/* Programs of the 2.1 tree bring their own code for property lists: they make nodes with malloc, read those that they are
 * given, and never ask the library. So does this one, with the layout of 2.1 (2.0 has another).
 *
 * @peer script
 * @library ours, 2.0 has another layout
 * @script
 * -> 10[s"MQTT" 05 06 003c [21 0014] s"nodes" [18 00000005 26 s"k" s"v"] s"w" 0000]
 * <- 20[00 00 [22 0003]]
 * -> 32[s"t" 0001 [01 01 23 0002 02 00000064 03 s"text" 09 0003 000102 26 s"name" s"value"] "hi"]
 * <- 40020001
 * <- 30[s"t" [01 01 02 00000064 03 s"text" 09 0003 000102 0b c801 26 s"name" s"value"] "hi"]
 * -> e000
 * close
 */
#include "common.h"

#include <stddef.h>

struct text {
	char *data;
	uint16_t len;
};

struct node {
	struct node *next;
	union {
		uint8_t byte;
		uint16_t int16;
		uint32_t int32;
		struct text text;
	} value;
	struct text name;
	int32_t identifier;
	uint8_t type;
	bool client_generated;
};

_Static_assert(sizeof(struct node) == 48 && _Alignof(struct node) == 8, "size");
_Static_assert(offsetof(struct node, value) == 8 && offsetof(struct node, name) == 24, "values");
_Static_assert(offsetof(struct node, identifier) == 40 && offsetof(struct node, type) == 44, "identifier");
_Static_assert(offsetof(struct node, client_generated) == 45, "origin");

static struct node *append(struct node **list, int identifier, int type)
{
	struct node *node = calloc(1, sizeof(*node));

	while(*list) list = &(*list)->next;
	*list = node;
	node->identifier = identifier;
	node->type = (uint8_t)type;
	node->client_generated = true;
	return node;
}

static struct text text(const char *data, uint16_t len)
{
	struct text text = {malloc(len + 1u), len};

	memcpy(text.data, data, len);
	text.data[len] = 0;
	return text;
}

static void print_nodes(const char *name, const struct node *node)
{
	for(; node; node = node->next){
		printf("%s: %d, %s, ", name, node->identifier, node->client_generated ? "made here" : "received");
		switch(node->type){
			case MQTT_PROP_TYPE_BYTE: say("byte %u", node->value.byte); break;
			case MQTT_PROP_TYPE_INT16: say("int16 %u", node->value.int16); break;
			case MQTT_PROP_TYPE_INT32: say("int32 %u", node->value.int32); break;
			case MQTT_PROP_TYPE_VARINT: say("varint %u", node->value.int32); break;
			case MQTT_PROP_TYPE_BINARY:
			case MQTT_PROP_TYPE_STRING: say("%s", bytes_text(node->value.text.data, node->value.text.len)); break;
			case MQTT_PROP_TYPE_STRING_PAIR:
				say("%s = %s", bytes_text(node->name.data, node->name.len),
						bytes_text(node->value.text.data, node->value.text.len));
				break;
			default: say("type %d", node->type);
		}
	}
}

static void on_nodes(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message,
		const mosquitto_property *props)
{
	(void)mosq; (void)obj; (void)message;
	print_nodes("received", (const struct node *)props);
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	struct node *list = NULL, *node;
	mosquitto_property *theirs = NULL;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("nodes", true, MQTT_PROTOCOL_V5);
	mosquitto_message_v5_callback_set(mosq, on_nodes);

	append(&list, MQTT_PROP_WILL_DELAY_INTERVAL, MQTT_PROP_TYPE_INT32)->value.int32 = 5;
	node = append(&list, MQTT_PROP_USER_PROPERTY, MQTT_PROP_TYPE_STRING_PAIR);
	node->name = text("k", 1);
	node->value.text = text("v", 1);
	/* Takes the list, and frees it. */
	CALL(mosquitto_will_set_v5(mosq, "w", 0, NULL, 0, false, (mosquitto_property *)list));
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.connect == 1);

	list = NULL;
	append(&list, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, MQTT_PROP_TYPE_BYTE)->value.byte = 1;
	append(&list, MQTT_PROP_TOPIC_ALIAS, MQTT_PROP_TYPE_INT16)->value.int16 = 2;
	append(&list, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, MQTT_PROP_TYPE_INT32)->value.int32 = 100;
	append(&list, MQTT_PROP_CONTENT_TYPE, MQTT_PROP_TYPE_STRING)->value.text = text("text", 4);
	append(&list, MQTT_PROP_CORRELATION_DATA, MQTT_PROP_TYPE_BINARY)->value.text = text("\0\1\2", 3);
	node = append(&list, MQTT_PROP_USER_PROPERTY, MQTT_PROP_TYPE_STRING_PAIR);
	node->name = text("name", 4);
	node->value.text = text("value", 5);
	CALL(mosquitto_property_check_all(CMD_PUBLISH, (mosquitto_property *)list));
	CALL(mosquitto_publish_v5(mosq, NULL, "t", 2, "hi", 1, false, (mosquitto_property *)list));
	LOOP_UNTIL(mosq, seen.publish == 1 && seen.message == 1);

	/* Copied, and freed, by the library. */
	CALL(mosquitto_property_copy_all(&theirs, (mosquitto_property *)list));
	print_nodes("copied", (const struct node *)theirs);
	mosquitto_property_free_all(&theirs);
	theirs = (mosquitto_property *)list;
	mosquitto_property_free_all(&theirs);

	CALL(mosquitto_property_add_varint(&theirs, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 200));
	CALL(mosquitto_property_add_string_pair(&theirs, MQTT_PROP_USER_PROPERTY, "name", "value"));
	print_nodes("added", (const struct node *)theirs);
	mosquitto_property_free_all(&theirs);

	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
