/* Property lists: adding, reading, walking, copying, checking.
 *
 * @peer none
 */
#include "common.h"

static mosquitto_property *list;

static void read_back(void)
{
	const mosquitto_property *found;
	uint8_t byte = 0;
	uint16_t int16 = 0, len = 0;
	uint32_t int32 = 0;
	char *name = NULL, *value = NULL;
	void *data = NULL;

	found = mosquitto_property_read_byte(list, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, &byte, false);
	say("byte %s %u", found ? "found" : "missing", byte);
	found = mosquitto_property_read_int16(list, MQTT_PROP_TOPIC_ALIAS, &int16, false);
	say("int16 %s %u", found ? "found" : "missing", int16);
	found = mosquitto_property_read_int32(list, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, &int32, false);
	say("int32 %s %u", found ? "found" : "missing", int32);
	found = mosquitto_property_read_varint(list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, &int32, false);
	say("varint %s %u", found ? "found" : "missing", int32);
	found = mosquitto_property_read_binary(list, MQTT_PROP_CORRELATION_DATA, &data, &len, false);
	say("binary %s %s", found ? "found" : "missing", bytes_text(data, len));
	free(data);
	found = mosquitto_property_read_string(list, MQTT_PROP_CONTENT_TYPE, &value, false);
	say("string %s %s", found ? "found" : "missing", value ? value : "NULL");
	free(value);
	found = mosquitto_property_read_string_pair(list, MQTT_PROP_USER_PROPERTY, &name, &value, false);
	while(found){
		say("pair %s = %s", name, value);
		free(name);
		free(value);
		name = value = NULL;
		found = mosquitto_property_read_string_pair(found, MQTT_PROP_USER_PROPERTY, &name, &value, true);
	}
	/* Out-pointers may be NULL; a type that the identifier does not have finds nothing. */
	say("%d", mosquitto_property_read_byte(list, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, NULL, false) != NULL);
	say("%d", mosquitto_property_read_byte(list, MQTT_PROP_TOPIC_ALIAS, &byte, false) != NULL);
	say("%d", mosquitto_property_read_byte(NULL, MQTT_PROP_TOPIC_ALIAS, &byte, false) != NULL);
}

int main(void)
{
	static const int commands[] = {CMD_CONNECT, CMD_CONNACK, CMD_PUBLISH, CMD_PUBACK, CMD_PUBREC, CMD_PUBREL, CMD_PUBCOMP,
		CMD_SUBSCRIBE, CMD_SUBACK, CMD_UNSUBSCRIBE, CMD_UNSUBACK, CMD_DISCONNECT, CMD_AUTH, CMD_WILL};
	mosquitto_property *copy = NULL;
	size_t c;
	int id, type;

	CALL(mosquitto_property_add_byte(NULL, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 1));
	CALL(mosquitto_property_add_byte(&list, MQTT_PROP_TOPIC_ALIAS, 1));
	CALL(mosquitto_property_add_int16(&list, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 1));
	CALL(mosquitto_property_add_int32(&list, MQTT_PROP_TOPIC_ALIAS, 1));
	CALL(mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 268435456));
	CALL(mosquitto_property_add_string(&list, MQTT_PROP_CORRELATION_DATA, "x"));
	CALL(mosquitto_property_add_binary(&list, MQTT_PROP_CONTENT_TYPE, "x", 1));
	CALL(mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "\xff"));
	CALL(mosquitto_property_add_string_pair(&list, MQTT_PROP_CONTENT_TYPE, "a", "b"));
	CALL(mosquitto_property_add_byte(&list, 99, 1));
	say("list %s", list ? "made" : "empty");
	CALL(mosquitto_property_add_byte(&list, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 1));
	CALL(mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, 65535));
	CALL(mosquitto_property_add_int32(&list, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, UINT32_MAX));
	CALL(mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 268435455));
	CALL(mosquitto_property_add_binary(&list, MQTT_PROP_CORRELATION_DATA, "\1\0\2", 3));
	CALL(mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "text"));
	CALL(mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "a", "b"));
	CALL(mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "a", "c"));
	read_back();
	CALL(mosquitto_property_copy_all(&copy, list));
	CALL(mosquitto_property_copy_all(NULL, list));
	mosquitto_property_free_all(&list);
	say("freed: %s", list ? "left" : "NULL");
	say_properties(copy);
	for(c = 0; c < sizeof(commands) / sizeof(commands[0]); c++){
		printf("0x%x: all %d, each", (unsigned)commands[c], mosquitto_property_check_all(commands[c], copy));
		for(id = 1; id <= 42; id++){
			if(mosquitto_property_check_command(commands[c], id) == MOSQ_ERR_SUCCESS) printf(" %d", id);
		}
		say(".");
	}
	mosquitto_property_free_all(&copy);
	mosquitto_property_free_all(NULL);
	for(id = 0; id <= 43; id++){
		const char *name = mosquitto_property_identifier_to_string(id);
		int found = -1;

		type = -1;
		if(name) say("%d %s: %d, %d %d", id, name, mosquitto_string_to_property_info(name, &found, &type), found, type);
	}
	CALL(mosquitto_string_to_property_info("nothing", &id, &type));
	CALL(mosquitto_string_to_property_info(NULL, &id, &type));
	say("%d", mosquitto_property_identifier(NULL));
	say("%d", mosquitto_property_next(NULL) == NULL);
	return 0;
}
