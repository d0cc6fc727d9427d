/* mosquitto_subscribe_callback: a function for each message until it says that it has enough.
 *
 * @peer script
 * @script
 * -> 10[s"MQTT" 04 02 003c s"callback"]
 * <- 20020000
 * -> 82[0001 s"t" 02]
 * <- 9003000102
 * <- 30[s"t" "1"] 34[s"t" 0001 "2"]
 * -> 50020001
 * <- 62020001
 * -> 70020001
 * <- 30[s"t" "3"]
 * -> e000
 * close
 * accept
 * -> CONNECT
 * <- 20020000
 * -> 82[0001 s"t" 00]
 * close
 * accept
 * -> CONNECT
 * <- 20020000
 * -> 82[0002 s"t" 00]
 * <- 30[s"t" "after a loss"]
 * -> e000
 * close
 */
#include "common.h"

static int wanted;

static int on_message(struct mosquitto *mosq, void *userdata, const struct mosquitto_message *message)
{
	say("client %s, userdata %s", mosq ? "given" : "missing", userdata == &wanted ? "ours" : "lost");
	say_message("message", message);
	return --wanted == 0;
}

int main(int argc, char *argv[])
{
	int port = atoi(argv[2]);

	(void)argc;
	mosquitto_lib_init();
	NAMED("no function", mosquitto_subscribe_callback(NULL, &wanted, "t", 0, argv[1], port, "x", 60, true, NULL, NULL, NULL, NULL));
	NAMED("no topic", mosquitto_subscribe_callback(on_message, &wanted, NULL, 0, argv[1], port, "x", 60, true, NULL, NULL, NULL, NULL));
	NAMED("no id, not clean", mosquitto_subscribe_callback(on_message, &wanted, "t", 0, argv[1], port, NULL, 60, false, NULL, NULL, NULL, NULL));
	NAMED("nobody there", mosquitto_subscribe_callback(on_message, &wanted, "t", 0, "127.0.0.1", 1, "x", 60, true, NULL, NULL, NULL, NULL));
	wanted = 3;
	NAMED("three", mosquitto_subscribe_callback(on_message, &wanted, "t", 2, argv[1], port, "callback", 60, true, NULL, NULL, NULL, NULL));
	wanted = 1;
	NAMED("one", mosquitto_subscribe_callback(on_message, &wanted, "t", 0, argv[1], port, "again", 60, true, NULL, NULL, NULL, NULL));
	mosquitto_lib_cleanup();
	return 0;
}
