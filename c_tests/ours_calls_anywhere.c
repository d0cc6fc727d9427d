/* Where 2.0 hangs: setters inside callbacks, calls inside on_log, destroy inside a callback.
 *
 * @peer script
 * @library ours, 2.0 hangs
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 30[s"log" "one line"]
 * -> 30[s"t" "x"]
 * <- 30[s"in" "1"] 30[s"in" "2"]
 * -> e000
 * close
 * accept
 * -> CONNECT
 * <- 20020000
 * end
 */
#include "common.h"

static bool published, destroyed;

static void on_log(struct mosquitto *mosq, void *obj, int level, const char *text)
{
	(void)obj; (void)level;
	if(strstr(text, "received CONNACK") && !published){
		published = true;
		say("publish from on_log -> %d", mosquitto_publish(mosq, NULL, "log", 8, "one line", 0, false));
	}
}

static void second_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	(void)mosq; (void)obj;
	say_message("the second on_message", message);
	seen.message++;
}

static void first_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	print_message(mosq, obj, message);
	/* Counts from the next event on. */
	mosquitto_message_callback_set(mosq, second_message);
}

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	print_connect(mosq, obj, rc);
	mosquitto_connect_v5_callback_set(mosq, NULL);
	mosquitto_message_callback_set(mosq, first_message);
	mosquitto_publish_callback_set(mosq, print_publish);
}

static void destroying(struct mosquitto *mosq, void *obj, int rc)
{
	(void)obj;
	say("on_connect rc=%d, destroying", rc);
	mosquitto_destroy(mosq);
	destroyed = true;
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("anywhere", true, MQTT_PROTOCOL_V311);
	mosquitto_log_callback_set(mosq, on_log);
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_connect_v5_callback_set(mosq, print_connect_v5);
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.connect == 1);
	CALL(mosquitto_publish(mosq, NULL, "t", 1, "x", 0, false));
	LOOP_UNTIL(mosq, seen.message == 2);
	leave(mosq);
	mosquitto_destroy(mosq);

	mosq = new_client("short-lived", true, MQTT_PROTOCOL_V311);
	mosquitto_connect_callback_set(mosq, destroying);
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	while(!destroyed) mosquitto_loop(mosq, 50, 1);
	say("the loop has returned");
	mosquitto_lib_cleanup();
	return 0;
}
