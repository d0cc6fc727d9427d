/* The helpers return when the server refuses them; the original connects again for ever.
 *
 * @peer script
 * @library ours, 2.0 never returns
 * @script
 * -> CONNECT
 * <- 20020005
 * end
 * accept
 * -> CONNECT
 * <- 20020002
 * end
 */
#include "common.h"

static int on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)mosq; (void)obj;
	say_message("on_message", message);
	return 1;
}

int main(int argc, char *argv[])
{
	struct mosquitto_message mark, *messages = &mark;
	int port = atoi(argv[2]);

	(void)argc;
	mosquitto_lib_init();
	NAMED("subscribe_simple", mosquitto_subscribe_simple(&messages, 1, true, "in", 0, argv[1], port, "id", 60, true,
			NULL, NULL, NULL, NULL));
	say("messages is %s", messages ? "not NULL" : "NULL");
	NAMED("subscribe_callback", mosquitto_subscribe_callback(on_message, NULL, "in", 0, argv[1], port, "id", 60, true,
			NULL, NULL, NULL, NULL));
	mosquitto_lib_cleanup();
	return 0;
}
