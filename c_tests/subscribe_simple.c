/* The helpers mosquitto_subscribe_simple() and mosquitto_subscribe_callback().
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 04 f6 003c s"simple" s"will" s"gone" s"user" s"secret"]
 * <- 20020000
 * -> 82[0001 s"in/#" 01]
 * <- 90[0001 01]
 * <- 31[s"in/a" "retained"] 30[s"in/b" "one"] 32[s"in/c" 0007 ""]
 * -> 40020007 e000
 * close
 * accept
 * -> 10[s"MQTT" 04 02 000a s"callback"]
 * <- 20020000
 * -> 82[0001 s"in" 02]
 * <- 90[0001 02]
 * <- 30[s"in" "go on"]
 * <- 30[s"in" "stop"]
 * -> e000
 * close
 */
#include "common.h"

static int on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	say_message(mosq ? (const char *)obj : "no client", message);
	return message->payloadlen == 4;
}

int main(int argc, char *argv[])
{
	struct mosquitto_message *messages = NULL;
	struct libmosquitto_will will = {.topic = (char *)"will", .payload = (char *)"gone", .payloadlen = 4, .qos = 2,
			.retain = true};
	int port = atoi(argv[2]), i;

	(void)argc;
	mosquitto_lib_init();
	if(!NAMED("subscribe_simple", mosquitto_subscribe_simple(&messages, 2, false, "in/#", 1, argv[1], port, "simple",
			60, true, "user", "secret", &will, NULL))){
		for(i = 0; i < 2; i++){
			say_message("collected", &messages[i]);
			mosquitto_message_free_contents(&messages[i]);
		}
		free(messages);
	}
	NAMED("subscribe_callback", mosquitto_subscribe_callback(on_message, (void *)"on_message", "in", 2, argv[1], port,
			"callback", 10, true, NULL, NULL, NULL, NULL));
	mosquitto_lib_cleanup();
	return 0;
}
