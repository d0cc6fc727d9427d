/* mosquitto_subscribe_simple: messages of a topic in one call, and its errors.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 04 02 003c s"simple"]
 * <- 20020000
 * -> 82[0001 s"t/#" 01]
 * <- 9003000101
 * <- 31[s"t/kept" "retained"] 30[s"t/a" "one"] 32[s"t/b" 0005 "two"]
 * -> 40020005
 * -> e000
 * close
 * accept
 * -> 10[s"MQTT" 04 f6 003c s"more" s"w" s"gone" s"user" s"pw"]
 * <- 20020000
 * -> 82[0001 s"t/#" 02]
 * <- 9003000102
 * <- 31[s"t/kept" "retained"]
 * -> e000
 * close
 */
#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto_message *messages = NULL;
	char will_topic[] = "w", will_payload[] = "gone";
	struct libmosquitto_will will = {.topic = will_topic, .payload = will_payload, .payloadlen = 4, .qos = 2, .retain = true};
	int port = atoi(argv[2]), i;

	(void)argc;
	mosquitto_lib_init();
	NAMED("no messages", mosquitto_subscribe_simple(&messages, 0, true, "t", 0, argv[1], port, "x", 60, true, NULL, NULL, NULL, NULL));
	NAMED("no topic", mosquitto_subscribe_simple(&messages, 1, true, NULL, 0, argv[1], port, "x", 60, true, NULL, NULL, NULL, NULL));
	NAMED("nowhere to put them", mosquitto_subscribe_simple(NULL, 1, true, "t", 0, argv[1], port, "x", 60, true, NULL, NULL, NULL, NULL));
	NAMED("no id, not clean", mosquitto_subscribe_simple(&messages, 1, true, "t", 0, argv[1], port, NULL, 60, false, NULL, NULL, NULL, NULL));
	NAMED("nobody there", mosquitto_subscribe_simple(&messages, 1, true, "t", 0, "127.0.0.1", 1, "x", 60, true, NULL, NULL, NULL, NULL));
	say("messages %s", messages ? "set" : "NULL");

	NAMED("two, none retained", mosquitto_subscribe_simple(&messages, 2, false, "t/#", 1, argv[1], port, "simple", 60, true, NULL, NULL, NULL, NULL));
	for(i = 0; i < 2 && messages; i++){
		say_message("message", &messages[i]);
		mosquitto_message_free_contents(&messages[i]);
	}
	free(messages);

	NAMED("one, also retained", mosquitto_subscribe_simple(&messages, 1, true, "t/#", 2, argv[1], port, "more", 60, true, "user", "pw", &will, NULL));
	if(messages) say_message("message", messages);
	mosquitto_message_free(&messages);
	mosquitto_lib_cleanup();
	return 0;
}
