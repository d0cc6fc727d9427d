/* Topics and filters: checks, matching, tokens.
 *
 * @peer none
 */
#include "common.h"

static void match(const char *sub, const char *topic)
{
	bool result = false, result2 = false;
	int rc = mosquitto_topic_matches_sub(sub, topic, &result);
	int rc2 = mosquitto_topic_matches_sub2(sub, strlen(sub), topic, strlen(topic), &result2);

	say("'%s' '%s': %d %d, %d %d", sub, topic, rc, rc ? -1 : result, rc2, rc2 ? -1 : result2);
}

int main(void)
{
	static const char *const topics[] = {"a", "a/b", "/", "//", "a/", "/a", "a+b", "+", "#", "a/#", "a/+", "#/a", "a#",
		"a/+/b", "a/b+/c", "$SYS/a", "$share/g/t", "with space", "\xc3\xa4", "\xff"};
	static const char *const subs[] = {"#", "+", "+/+", "a/#", "a/+", "+/b", "a/b", "a/b/#", "/+", "$SYS/#", "$SYS/+",
		"+/+/#", "a/+/c"};
	static const char *const names[] = {"a", "a/b", "a/b/c", "/a", "/", "$SYS/a", "$SYS", "a/", "b"};
	char **tokens;
	size_t i, j;
	int count;

	for(i = 0; i < sizeof(topics) / sizeof(topics[0]); i++){
		say("%s: pub %d %d, sub %d %d", bytes_text(topics[i], strlen(topics[i])), mosquitto_pub_topic_check(topics[i]),
				mosquitto_pub_topic_check2(topics[i], strlen(topics[i])), mosquitto_sub_topic_check(topics[i]),
				mosquitto_sub_topic_check2(topics[i], strlen(topics[i])));
	}
	CALL(mosquitto_pub_topic_check(NULL));
	CALL(mosquitto_sub_topic_check(NULL));
	for(i = 0; i < sizeof(subs) / sizeof(subs[0]); i++){
		for(j = 0; j < sizeof(names) / sizeof(names[0]); j++) match(subs[i], names[j]);
	}
	for(i = 0; i < sizeof(topics) / sizeof(topics[0]); i++){
		if(NAMED(bytes_text(topics[i], strlen(topics[i])), mosquitto_sub_topic_tokenise(topics[i], &tokens, &count))){
			continue;
		}
		for(j = 0; j < (size_t)count; j++) say("    %zu %s", j, tokens[j] ? bytes_text(tokens[j], strlen(tokens[j])) : "NULL");
		mosquitto_sub_topic_tokens_free(&tokens, count);
	}
	return 0;
}
