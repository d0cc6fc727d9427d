/* The functions that need no client: properties, texts, topics, UTF-8. */
#include "table.h"

static void rows_for_adding(void)
{
	char *long_string = repeat("a", 65536), *longer_string = repeat("a", 65537);
	mosquitto_property *list = NULL;

	IS(INVAL, mosquitto_property_add_byte(NULL, MQTT_PROP_MAXIMUM_QOS, 1));
	IS(INVAL, mosquitto_property_add_byte(&list, MQTT_PROP_TOPIC_ALIAS, 1));
	IS(INVAL, mosquitto_property_add_byte(&list, 0, 1));
	IS(INVAL, mosquitto_property_add_byte(&list, -1, 1));
	IS(INVAL, mosquitto_property_add_byte(&list, 256 + MQTT_PROP_MAXIMUM_QOS, 1));
	IS(INVAL, mosquitto_property_add_int16(NULL, MQTT_PROP_TOPIC_ALIAS, 1));
	IS(INVAL, mosquitto_property_add_int16(&list, MQTT_PROP_MAXIMUM_QOS, 1));
	IS(INVAL, mosquitto_property_add_int32(NULL, MQTT_PROP_WILL_DELAY_INTERVAL, 1));
	IS(INVAL, mosquitto_property_add_int32(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 1));
	IS(INVAL, mosquitto_property_add_varint(NULL, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 1));
	IS(INVAL, mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 268435456));
	IS(INVAL, mosquitto_property_add_varint(&list, MQTT_PROP_WILL_DELAY_INTERVAL, 1));
	IS(INVAL, mosquitto_property_add_binary(NULL, MQTT_PROP_CORRELATION_DATA, "x", 1));
	IS(INVAL, mosquitto_property_add_binary(&list, MQTT_PROP_CONTENT_TYPE, "x", 1));
	IS(INVAL, mosquitto_property_add_binary(&list, MQTT_PROP_CORRELATION_DATA, NULL, 1));
	IS(INVAL, mosquitto_property_add_string(NULL, MQTT_PROP_CONTENT_TYPE, "x"));
	IS(INVAL, mosquitto_property_add_string(&list, MQTT_PROP_CORRELATION_DATA, "x"));
	IS(UTF8, mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "\xff"));
	IS(UTF8, mosquitto_property_add_string(&list, MQTT_PROP_CORRELATION_DATA, "\xff"));
	IS(UTF8, mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, long_string));
	IS(UTF8, mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, longer_string));
	IS(INVAL, mosquitto_property_add_string_pair(NULL, MQTT_PROP_USER_PROPERTY, "a", "b"));
	IS(INVAL, mosquitto_property_add_string_pair(&list, MQTT_PROP_CONTENT_TYPE, "a", "b"));
	IS(UTF8, mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "\xff", "b"));
	IS(UTF8, mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, long_string, "b"));
	IS(UTF8, mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "a", long_string));
	IS(true, list == NULL);

	IS(SUCCESS, mosquitto_property_add_binary(&list, MQTT_PROP_CORRELATION_DATA, NULL, 0));
	IS(SUCCESS, mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, NULL));
	IS(SUCCESS, mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, NULL, NULL));
	mosquitto_property_free_all(&list);
	RUNS(mosquitto_property_free_all(&list));
	RUNS(mosquitto_property_free_all(NULL));
}

static void rows_for_reading(void)
{
	mosquitto_property *list = user_property(), *other = user_property(), *copy = other;
	char *name = NULL, *value = NULL;
	void *binary = NULL;
	uint16_t len = 9, int16 = 9;
	uint32_t int32 = 9;
	uint8_t byte = 9;

	IS(true, mosquitto_property_read_byte(NULL, MQTT_PROP_MAXIMUM_QOS, &byte, false) == NULL);
	IS(true, mosquitto_property_read_byte(list, MQTT_PROP_MAXIMUM_QOS, NULL, false) == NULL);
	IS(true, mosquitto_property_read_byte(list, -1, &byte, true) == NULL);
	IS(true, mosquitto_property_read_int16(NULL, MQTT_PROP_TOPIC_ALIAS, &int16, false) == NULL);
	IS(true, mosquitto_property_read_int16(list, MQTT_PROP_USER_PROPERTY, &int16, false) == NULL);
	IS(true, mosquitto_property_read_int32(NULL, MQTT_PROP_WILL_DELAY_INTERVAL, &int32, false) == NULL);
	IS(true, mosquitto_property_read_int32(list, MQTT_PROP_WILL_DELAY_INTERVAL, NULL, false) == NULL);
	IS(true, mosquitto_property_read_varint(NULL, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, &int32, false) == NULL);
	IS(true, mosquitto_property_read_varint(list, INT_MAX, &int32, false) == NULL);
	IS(true, byte == 9 && int16 == 9 && int32 == 9);
	IS(true, mosquitto_property_read_binary(NULL, MQTT_PROP_CORRELATION_DATA, &binary, &len, false) == NULL);
	IS(true, mosquitto_property_read_binary(list, MQTT_PROP_CORRELATION_DATA, &binary, NULL, false) == NULL);
	IS(true, mosquitto_property_read_binary(list, MQTT_PROP_CORRELATION_DATA, NULL, &len, false) == NULL);
	IS(true, mosquitto_property_read_string(NULL, MQTT_PROP_CONTENT_TYPE, &value, false) == NULL);
	IS(true, mosquitto_property_read_string(list, MQTT_PROP_USER_PROPERTY, &value, false) == NULL);
	IS(true, mosquitto_property_read_string_pair(NULL, MQTT_PROP_USER_PROPERTY, &name, &value, false) == NULL);
	IS(true, mosquitto_property_read_string_pair(list, MQTT_PROP_USER_PROPERTY, NULL, NULL, false) == list);
	IS(true, mosquitto_property_read_string_pair(list, MQTT_PROP_USER_PROPERTY, &name, &value, true) == NULL);
	IS(true, name == NULL && value == NULL && binary == NULL && len == 9);

	IS(0, mosquitto_property_identifier(NULL));
	IS(0, mosquitto_property_type(NULL));
	IS(true, mosquitto_property_next(NULL) == NULL);
	IS(0, mosquitto_property_byte_value(NULL));
	IS(0, mosquitto_property_int16_value(NULL));
	IS(0, mosquitto_property_int32_value(NULL));
	IS(0, mosquitto_property_varint_value(NULL));
	IS(0, mosquitto_property_byte_value(list));
	IS(0, mosquitto_property_varint_value(list));
	IS(true, mosquitto_property_binary_value(NULL) == NULL);
	IS(true, mosquitto_property_binary_value(list) == NULL);
	IS(0, mosquitto_property_binary_value_length(NULL));
	IS(true, mosquitto_property_string_value(NULL) == NULL);
	IS(0, mosquitto_property_string_value_length(NULL));
	IS(true, mosquitto_property_string_name(NULL) == NULL);
	IS(0, mosquitto_property_string_name_length(NULL));

	IS(INVAL, mosquitto_property_remove(NULL, list));
	IS(INVAL, mosquitto_property_remove(&list, NULL));
	IS(NOT_FOUND, mosquitto_property_remove(&list, other));
	IS(SUCCESS, mosquitto_property_copy_all(NULL, NULL));
	IS(SUCCESS, mosquitto_property_copy_all(&copy, NULL));
	IS(true, copy == other);
	IS(INVAL, mosquitto_property_copy_all(NULL, list));

	IS(SUCCESS, mosquitto_property_check_all(CMD_CONNECT, NULL));
	IS(SUCCESS, mosquitto_property_check_all(-1, list));
	IS(PROTOCOL, mosquitto_property_check_command(CMD_CONNECT, 0));
	IS(PROTOCOL, mosquitto_property_check_command(CMD_CONNECT, -1));
	IS(PROTOCOL, mosquitto_property_check_command(-1, MQTT_PROP_TOPIC_ALIAS));
	mosquitto_property_free_all(&list);
	mosquitto_property_free_all(&other);
}

static void rows_for_names(void)
{
	int identifier = -7, type = -7, command = -7, code, codes[] = {INT_MIN, -1000, -7, 28, 163, 1000, INT_MAX};
	size_t i;

	IS(true, mosquitto_property_identifier_to_string(0) == NULL);
	IS(true, mosquitto_property_identifier_to_string(-1) == NULL);
	IS(true, mosquitto_property_identifier_to_string(INT_MAX) == NULL);
	IS(INVAL, mosquitto_string_to_property_info(NULL, &identifier, &type));
	IS(INVAL, mosquitto_string_to_property_info("", &identifier, &type));
	IS(INVAL, mosquitto_string_to_property_info("\xff", &identifier, &type));
	IS(INVAL, mosquitto_string_to_property_info("topic-alias", NULL, &type));
	IS(INVAL, mosquitto_string_to_property_info("topic-alias", &identifier, NULL));
	IS(true, identifier == -7 && type == -7);
	IS(INVAL, mosquitto_string_to_command(NULL, &command));
	IS(INVAL, mosquitto_string_to_command("connect", NULL));
	IS(INVAL, mosquitto_string_to_command("", &command));
	IS(INVAL, mosquitto_string_to_command("\xff", &command));
	for(i=0; i<sizeof(codes)/sizeof(codes[0]); i++){
		code = codes[i];
		IS(true, mosquitto_strerror(code) != NULL);
		IS(true, mosquitto_connack_string(code) != NULL);
		IS(true, mosquitto_reason_string(code) != NULL);
	}
}

static void rows_for_topics(void)
{
	char *long_topic = repeat("a", 65536), *deep_topic = repeat("/", 201);
	char **levels = NULL;
	bool result = true;
	int count = -7;

	IS(INVAL, mosquitto_pub_topic_check(NULL));
	IS(INVAL, mosquitto_pub_topic_check(""));
	IS(INVAL, mosquitto_pub_topic_check(long_topic));
	IS(INVAL, mosquitto_pub_topic_check(deep_topic));
	IS(SUCCESS, mosquitto_pub_topic_check("\xff"));
	IS(INVAL, mosquitto_pub_topic_check2(NULL, 1));
	IS(INVAL, mosquitto_pub_topic_check2("a", 0));
	IS(INVAL, mosquitto_pub_topic_check2(long_topic, 65536));
	IS(INVAL, mosquitto_sub_topic_check(NULL));
	IS(INVAL, mosquitto_sub_topic_check(""));
	IS(INVAL, mosquitto_sub_topic_check(long_topic));
	IS(INVAL, mosquitto_sub_topic_check(deep_topic));
	IS(INVAL, mosquitto_sub_topic_check2(NULL, 1));
	IS(INVAL, mosquitto_sub_topic_check2("a", 0));
	IS(INVAL, mosquitto_sub_topic_check2(long_topic, 65536));

	IS(INVAL, mosquitto_topic_matches_sub("a", "a", NULL));
	IS(INVAL, mosquitto_topic_matches_sub(NULL, "a", &result));
	IS(false, result);
	IS(INVAL, mosquitto_topic_matches_sub("a", NULL, &result));
	IS(INVAL, mosquitto_topic_matches_sub("", "a", &result));
	IS(INVAL, mosquitto_topic_matches_sub2("a", 1, "a", 1, NULL));
	IS(INVAL, mosquitto_topic_matches_sub2(NULL, 1, "a", 1, &result));
	IS(INVAL, mosquitto_topic_matches_sub2("a", 1, NULL, 1, &result));
	IS(INVAL, mosquitto_topic_matches_sub2("a", 0, "a", 1, &result));
	IS(INVAL, mosquitto_topic_matches_sub2("a", 1, "a", 0, &result));
	IS(INVAL, mosquitto_topic_matches_sub_with_pattern("a", "a", "id", "user", NULL));
	IS(INVAL, mosquitto_topic_matches_sub_with_pattern(NULL, "a", "id", "user", &result));
	IS(INVAL, mosquitto_topic_matches_sub_with_pattern("a", NULL, "id", "user", &result));
	IS(SUCCESS, mosquitto_topic_matches_sub_with_pattern("%c/%u", "a/b", NULL, NULL, &result));
	IS(false, result);
	IS(INVAL, mosquitto_sub_matches_acl("a", "a", NULL));
	IS(INVAL, mosquitto_sub_matches_acl(NULL, "a", &result));
	IS(INVAL, mosquitto_sub_matches_acl("a", NULL, &result));
	IS(INVAL, mosquitto_sub_matches_acl_with_pattern("a", "a", "id", "user", NULL));
	IS(INVAL, mosquitto_sub_matches_acl_with_pattern(NULL, "a", "id", "user", &result));
	IS(INVAL, mosquitto_sub_matches_acl_with_pattern("a", NULL, "id", "user", &result));
	IS(SUCCESS, mosquitto_sub_matches_acl_with_pattern("%u", "a", NULL, NULL, &result));

	IS(INVAL, mosquitto_sub_topic_tokenise(NULL, &levels, &count));
	IS(INVAL, mosquitto_sub_topic_tokenise("a/b", NULL, &count));
	IS(INVAL, mosquitto_sub_topic_tokenise("a/b", &levels, NULL));
	IS(INVAL, mosquitto_sub_topic_tokens_free(NULL, 1));
	IS(INVAL, mosquitto_sub_topic_tokens_free(&levels, 1));
	IS(SUCCESS, mosquitto_sub_topic_tokenise("a/b", &levels, &count));
	IS(INVAL, mosquitto_sub_topic_tokens_free(&levels, 0));
	IS(INVAL, mosquitto_sub_topic_tokens_free(&levels, INT_MIN));
	IS(SUCCESS, mosquitto_sub_topic_tokens_free(&levels, count));

	IS(INVAL, mosquitto_validate_utf8(NULL, 0));
	IS(INVAL, mosquitto_validate_utf8("a", -1));
	IS(INVAL, mosquitto_validate_utf8(repeat("a", 65537), 65537));
	IS(UTF8, mosquitto_validate_utf8("\xff", 1));
	IS(SUCCESS, mosquitto_validate_utf8("\xff", 0));
}

void rows_for_properties(void)
{
	rows_for_adding();
	rows_for_reading();
}

void rows_for_texts_and_topics(void)
{
	rows_for_names();
	rows_for_topics();
}
