/* The subscribe helpers return the refusal of a broker; 2.0 and 2.1.2 try for ever.
 *
 * @peer script
 * @library ours
 * @script
 * -> CONNECT
 * <- 20020005
 * end
 * accept
 * -> CONNECT
 * <- 20020003
 * end
 */
#include "common.h"

static int on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)mosq; (void)obj;
	say_message("message", message);
	return 1;
}

int main(int argc, char *argv[])
{
	struct mosquitto_message *messages = NULL;
	int port = atoi(argv[2]);

	(void)argc;
	mosquitto_lib_init();
	NAMED("mosquitto_subscribe_callback",
			mosquitto_subscribe_callback(on_message, NULL, "t", 0, argv[1], port, "refused", 60, true, NULL, NULL, NULL, NULL));
	NAMED("mosquitto_subscribe_simple",
			mosquitto_subscribe_simple(&messages, 1, true, "t", 0, argv[1], port, "refused", 60, true, NULL, NULL, NULL, NULL));
	say("messages %s", messages ? "set" : "NULL");
	mosquitto_lib_cleanup();
	return 0;
}
