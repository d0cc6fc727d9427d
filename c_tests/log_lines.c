/* The log lines of every packet of MQTT 3.1.1.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 82[0001 s"a" 01 s"b" 01]
 * <- 90[0001 01 01]
 * -> 30[s"t" "0"]
 * -> 33[s"t" 0003 "1"]
 * <- 40020003
 * -> 34[s"t" 0004 "2"]
 * <- 50020004
 * -> 62020004
 * <- 70020004
 * <- 30[s"in" "0"] 3b[s"in" 0007 "1"] 34[s"in" 0008 "2"]
 * -> 40020007 50020008
 * <- 62020008
 * -> 70020008
 * <- 50020063
 * -> 62020063
 * -> a2[0005 s"a" s"b"]
 * <- b0020005
 * -> e000
 * close
 */
#include "common.h"

static bool unknown_answered;

static void on_log(struct mosquitto *mosq, void *obj, int level, const char *text)
{
	print_log(mosq, obj, level, text);
	if(strstr(text, "sending PUBREL (m99")) unknown_answered = true;
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	char one[] = "a", two[] = "b";
	char *filters[] = {one, two};

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("logger", true, MQTT_PROTOCOL_V311);
	mosquitto_log_callback_set(mosq, on_log);
	NAMED("mosquitto_connect", mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.connect == 1);
	mosquitto_subscribe_multiple(mosq, NULL, 2, filters, 1, 0, NULL);
	LOOP_UNTIL(mosq, seen.subscribe == 1);
	mosquitto_publish(mosq, NULL, "t", 1, "0", 0, false);
	mosquitto_publish(mosq, NULL, "t", 1, "1", 1, true);
	LOOP_UNTIL(mosq, seen.publish == 2);
	mosquitto_publish(mosq, NULL, "t", 1, "2", 2, false);
	LOOP_UNTIL(mosq, seen.publish == 3 && seen.message == 3);
	LOOP_UNTIL(mosq, unknown_answered);
	mosquitto_unsubscribe_multiple(mosq, NULL, 2, filters, NULL);
	LOOP_UNTIL(mosq, seen.unsubscribe == 1);
	leave(mosq);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
