/* A client that is destroyed inside a callback: nothing is called any more, not even the other callbacks of the same event,
 * and the function that was running returns.
 *
 * @peer script
 * @library ours, 2.0 uses the client afterwards
 * @script
 * -> CONNECT
 * <- 20[00 00 []]
 * end
 * accept
 * -> CONNECT
 * <- 20[00 00 []] 30[s"a" [26 s"k" s"v"] "one"] 30[s"a" [] "two"]
 * end
 * accept
 * -> CONNECT
 * <- 20[00 00 []]
 * end
 * accept
 * -> CONNECT
 * <- 20[00 00 []]
 * end
 */
#include "common.h"

#include <dirent.h>
#include <unistd.h>

static void destroy_on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	print_connect(mosq, obj, rc);
	mosquitto_destroy(mosq);
	say("destroyed");
}

static void destroy_on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	print_message(mosq, obj, message);
	mosquitto_destroy(mosq);
	/* What the callback got is still there. */
	say_message("after it", message);
}

static void destroy_on_log(struct mosquitto *mosq, void *obj, int level, const char *text)
{
	print_log(mosq, obj, level, text);
	mosquitto_destroy(mosq);
	say("destroyed, and the line is still there: %s", text);
}

static int threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	int count = 0;

	while(tasks && (task = readdir(tasks))) count += task->d_name[0] != '.';
	if(tasks) closedir(tasks);
	return count;
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int port = atoi(argv[2]);
	double limit;

	(void)argc;
	mosquitto_lib_init();

	say("inside mosquitto_loop");
	mosq = new_client("a", true, MQTT_PROTOCOL_V5);
	mosquitto_connect_callback_set(mosq, destroy_on_connect);
	CALL(mosquitto_connect(mosq, argv[1], port, 60));
	while(seen.connect == 0) mosquitto_loop(mosq, 50, 1);

	say("inside mosquitto_loop_forever");
	mosq = new_client("b", true, MQTT_PROTOCOL_V5);
	mosquitto_message_callback_set(mosq, destroy_on_message);
	CALL(mosquitto_connect(mosq, argv[1], port, 60));
	mosquitto_loop_forever(mosq, -1, 1);
	say("it has returned");

	say("inside mosquitto_publish");
	mosq = connected_client(argv, "c", true, MQTT_PROTOCOL_V5);
	mosquitto_log_callback_set(mosq, destroy_on_log);
	mosquitto_publish(mosq, NULL, "topic", 1, "x", 0, false);
	say("it has returned");

	say("on the network thread");
	mosq = new_client("d", true, MQTT_PROTOCOL_V5);
	mosquitto_connect_callback_set(mosq, destroy_on_connect);
	seen.connect = 0;
	CALL(mosquitto_loop_start(mosq));
	/* Not CALL: which of the two threads prints first is left open. */
	if(mosquitto_connect(mosq, argv[1], port, 60) != MOSQ_ERR_SUCCESS) say("no connection");
	limit = now() + SECONDS_TO_WAIT;
	while(threads() > 1 && now() < limit) usleep(10000);
	say("%d on_connect, %d thread", seen.connect, threads());
	mosquitto_lib_cleanup();
	return 0;
}
