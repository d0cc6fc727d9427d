/* Callbacks that are left by longjmp, as language bindings do. Nothing is lost or repeated, the client goes on, and what
 * the library had made for the callback is freed.
 *
 * @peer script
 * @library ours, 2.0 keeps its locks; unsubscribe2 is of 2.1
 * @script
 * -> CONNECT
 * <- 20[00 00 [1f s"connack"]]
 * -> 82[0001 [26 s"a" s"b"] s"#" 00]
 * <- 90[0001 [1f s"suback"] 00]
 * <- 30[s"in" [26 s"k" s"v"] "one"] 30[s"in" [26 s"k" s"w"] "two"] 30[s"in" [] "three"]
 * -> 32[s"out" 0002 [26 s"c" s"d"] "x"]
 * <- 40[0002 00 [1f s"puback"]]
 * -> a2[0003 [] s"#"]
 * <- b0[0003 [1f s"unsuback"] 00]
 * -> e000
 * close
 */
#include "common.h"

#include <setjmp.h>

static jmp_buf back;
static int jumps;

/* Runs `call`, which may jump; then prints that. */
#define JUMPING(call) do { if(setjmp(back)) say("jumped out"); else (void)(call); } while(0)
#define LOOP_JUMPING(condition) do { double limit = now() + SECONDS_TO_WAIT; \
	while(!(condition) && now() < limit) JUMPING(mosquitto_loop(mosq, 50, 1)); } while(0)

static void jump(void)
{
	jumps++;
	longjmp(back, 1);
}

static void on_connect_v5(struct mosquitto *mosq, void *obj, int rc, int flags, const mosquitto_property *props)
{
	print_connect_v5(mosq, obj, rc, flags, props);
	jump();
}

static void on_subscribe_v5(struct mosquitto *mosq, void *obj, int mid, int count, const int *codes,
		const mosquitto_property *props)
{
	print_subscribe_v5(mosq, obj, mid, count, codes, props);
	jump();
}

static void on_message_v5(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message,
		const mosquitto_property *props)
{
	print_message_v5(mosq, obj, message, props);
	seen.message++;
	jump();
}

static void on_publish_v5(struct mosquitto *mosq, void *obj, int mid, int reason, const mosquitto_property *props)
{
	print_publish_v5(mosq, obj, mid, reason, props);
	jump();
}

static void on_unsubscribe2_v5(struct mosquitto *mosq, void *obj, int mid, int count, const int *codes,
		const mosquitto_property *props)
{
	(void)mosq; (void)obj;
	say_codes("on_unsubscribe2_v5", mid, count, codes);
	say_properties(props);
	jump();
}

static void on_disconnect_v5(struct mosquitto *mosq, void *obj, int rc, const mosquitto_property *props)
{
	print_disconnect_v5(mosq, obj, rc, props);
	jump();
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	mosquitto_property *props = NULL;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("jump", true, MQTT_PROTOCOL_V5);
	mosquitto_message_callback_set(mosq, NULL);
	mosquitto_connect_v5_callback_set(mosq, on_connect_v5);
	mosquitto_subscribe_v5_callback_set(mosq, on_subscribe_v5);
	mosquitto_message_v5_callback_set(mosq, on_message_v5);
	mosquitto_publish_v5_callback_set(mosq, on_publish_v5);
	mosquitto_unsubscribe2_v5_callback_set(mosq, on_unsubscribe2_v5);
	mosquitto_disconnect_v5_callback_set(mosq, on_disconnect_v5);

	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_JUMPING(jumps == 1);
	CALL(mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "a", "b"));
	CALL(mosquitto_subscribe_v5(mosq, NULL, "#", 0, 0, props));
	mosquitto_property_free_all(&props);
	LOOP_JUMPING(seen.subscribe == 1);
	LOOP_JUMPING(seen.message == 3);
	CALL(mosquitto_property_add_string_pair(&props, MQTT_PROP_USER_PROPERTY, "c", "d"));
	CALL(mosquitto_publish_v5(mosq, NULL, "out", 1, "x", 1, false, props));
	mosquitto_property_free_all(&props);
	LOOP_JUMPING(seen.publish == 1);
	CALL(mosquitto_unsubscribe(mosq, NULL, "#"));
	LOOP_JUMPING(seen.unsubscribe == 1);
	CALL(mosquitto_disconnect(mosq));
	LOOP_JUMPING(seen.disconnect == 1);
	say("%d jumps", jumps);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
