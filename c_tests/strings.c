/* Texts for codes: strerror, connack_string, reason_string, string_to_command.
 *
 * @peer none
 */
#include "common.h"

int main(void)
{
	static const char *const commands[] = {"connect", "connack", "publish", "puback", "pubrec", "pubrel", "pubcomp",
		"subscribe", "unsubscribe", "disconnect", "auth", "will", "PUBLISH", "nothing", ""};
	static const int errors[] = {-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 18, 22, 24, 25, 26};
	size_t i;
	int command;

	for(i = 0; i < sizeof(errors) / sizeof(errors[0]); i++){
		say("error %d: %s", errors[i], mosquitto_strerror(errors[i]));
	}
	errno = ENOENT;
	say("error 14: %s", mosquitto_strerror(14));
	for(i = 0; i < 8; i++) say("connack %zu: %s", i, mosquitto_connack_string((int)i));
	say("connack 255: %s", mosquitto_connack_string(255));
	for(i = 0; i < 256; i++) say("reason %zu: %s", i, mosquitto_reason_string((int)i));
	say("reason -1: %s", mosquitto_reason_string(-1));
	for(i = 0; i < sizeof(commands) / sizeof(commands[0]); i++){
		command = 0;
		report(commands[i], mosquitto_string_to_command(commands[i], &command));
		say("    command 0x%x", (unsigned)command);
	}
	return 0;
}
