/* mosquitto_message_copy and the two ways to free a copy.
 *
 * @peer none
 */
#include "common.h"

int main(void)
{
	char topic[] = "a/topic", payload[] = "with\0nul";
	struct mosquitto_message message = {.mid = 7, .topic = topic, .payload = payload, .payloadlen = 8, .qos = 2, .retain = true};
	struct mosquitto_message copy, *heap;

	memset(&copy, 0, sizeof(copy));
	CALL(mosquitto_message_copy(&copy, &message));
	say("%d %s %s %d %d %d", copy.mid, copy.topic, bytes_text(copy.payload, 8), copy.payloadlen, copy.qos, copy.retain);
	say("its own memory: %d %d, NUL behind it: %d", copy.topic != message.topic, copy.payload != message.payload,
			((char *)copy.payload)[8] == 0);
	mosquitto_message_free_contents(&copy);
	message.payload = NULL;
	message.payloadlen = 0;
	heap = calloc(1, sizeof(*heap));
	CALL(mosquitto_message_copy(heap, &message));
	say("%s %s %d", heap->topic, heap->payload ? "payload" : "NULL", heap->payloadlen);
	mosquitto_message_free(&heap);
	say("%s", heap ? "left" : "NULL");
	heap = NULL;
	mosquitto_message_free(&heap);
	mosquitto_message_free(NULL);
	mosquitto_message_free_contents(NULL);
	return 0;
}
