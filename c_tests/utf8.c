/* What counts as UTF-8 that MQTT can carry.
 *
 * @peer none
 */
#include "common.h"

static void check(const char *bytes, int len)
{
	char name[64] = "";
	int i;

	for(i = 0; i < len && i < 24; i++) sprintf(name + 2 * i, "%02x", (unsigned char)bytes[i]);
	report(name, mosquitto_validate_utf8(bytes, len));
}

int main(void)
{
	char byte;
	int i, valid = 0;

	for(i = 0; i < 256; i++){
		byte = (char)i;
		valid += mosquitto_validate_utf8(&byte, 1) == MOSQ_ERR_SUCCESS;
	}
	say("%d single bytes are valid", valid);
	check("", 0);
	check("a", 1);
	check("\x00", 1);
	check("\x1f", 1);
	check("\x7f", 1);
	check("\xc2\x80", 2);
	check("\xc2\xa0", 2);
	check("\xc3\xa4", 2);
	check("\xc3", 1);
	check("\xc0\xaf", 2);
	check("\xc1\xbf", 2);
	check("\xe0\x80\xaf", 3);
	check("\xe2\x82\xac", 3);
	check("\xed\x9f\xbf", 3);
	check("\xed\xa0\x80", 3);
	check("\xee\x80\x80", 3);
	check("\xef\xb7\x90", 3);
	check("\xef\xbf\xbd", 3);
	check("\xef\xbf\xbe", 3);
	check("\xf0\x9f\x98\x80", 4);
	check("\xf0\x8f\xbf\xbf", 4);
	check("\xf0\x9f\xbf\xbe", 4);
	check("\xf4\x8f\xbf\xbf", 4);
	check("\xf4\x90\x80\x80", 4);
	check("\xf5\x80\x80\x80", 4);
	check("a\xcc\x88z", 4);
	CALL(mosquitto_validate_utf8(NULL, 1));
	CALL(mosquitto_validate_utf8("a", -1));
	CALL(mosquitto_validate_utf8("a", 65537));
	return 0;
}
