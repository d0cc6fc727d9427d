/* Calls made inside callbacks: publish at every QoS, subscribe, unsubscribe and disconnect; they are queued and return at
 * once.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 82[0001 s"in" 02] 30[s"from connect" "0"]
 * <- 90[0001 02]
 * -> 32[s"from subscribe" 0003 "1"]
 * <- 40020003
 * -> 34[s"from publish" 0004 "2"]
 * <- 50020004
 * -> 62020004
 * <- 70020004
 * <- 34[s"in" 0001 "message"]
 * -> 50020001
 * <- 62020001
 * -> 70020001 a2[0005 s"in"]
 * <- b0020005
 * -> 30[s"from unsubscribe" "last"] e000
 * close
 */
#include "common.h"

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	print_connect(mosq, obj, rc);
	CALL(mosquitto_subscribe(mosq, NULL, "in", 2));
	CALL(mosquitto_publish(mosq, NULL, "from connect", 1, "0", 0, false));
	say("leaving on_connect");
}

static void on_subscribe(struct mosquitto *mosq, void *obj, int mid, int count, const int *codes)
{
	print_subscribe(mosq, obj, mid, count, codes);
	CALL(mosquitto_publish(mosq, NULL, "from subscribe", 1, "1", 1, false));
}

static void on_publish(struct mosquitto *mosq, void *obj, int mid)
{
	print_publish(mosq, obj, mid);
	if(mid == 3) CALL(mosquitto_publish(mosq, NULL, "from publish", 1, "2", 2, false));
}

static void on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	print_message(mosq, obj, message);
	CALL(mosquitto_unsubscribe(mosq, NULL, message->topic));
}

static void on_unsubscribe(struct mosquitto *mosq, void *obj, int mid)
{
	print_unsubscribe(mosq, obj, mid);
	CALL(mosquitto_publish(mosq, NULL, "from unsubscribe", 4, "last", 0, false));
	CALL(mosquitto_disconnect(mosq));
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("inside", true, MQTT_PROTOCOL_V311);
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_publish_callback_set(mosq, on_publish);
	mosquitto_message_callback_set(mosq, on_message);
	mosquitto_unsubscribe_callback_set(mosq, on_unsubscribe);
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.disconnect == 1);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
