/* The macros of mqtt_protocol.h for the options of a subscription. Prints what is wrong. */
#include <stdio.h>
#include <mqtt_protocol.h>

static int failed = 0;

static void check(const char *what, int is, int should)
{
	if(is != should){
		printf("%s is 0x%02x, should be 0x%02x\n", what, is, should);
		failed = 1;
	}
}

#define CHECK(expression, should) check(#expression, (expression), (should))

int main(void)
{
	uint8_t o = 0x2e;
	int wide = 0x2e;

	CHECK(MQTT_SUB_OPT_GET_QOS(o), 2);
	CHECK(MQTT_SUB_OPT_GET_NO_LOCAL(o), 0x04);
	CHECK(MQTT_SUB_OPT_GET_RETAIN_AS_PUBLISHED(o), 0x08);
	CHECK(MQTT_SUB_OPT_GET_SEND_RETAIN(o), 0x20);
	CHECK(MQTT_SUB_OPT_GET_RETAIN_HANDLING(o), MQTT_SUB_OPT_SEND_RETAIN_NEVER);
	CHECK(MQTT_SUB_OPT_GET_NO_LOCAL(o & 0x01), 0);

	MQTT_SUB_OPT_SET_QOS(o, 1);
	CHECK(o, 0x2d);
	MQTT_SUB_OPT_SET_NO_LOCAL(o, 0);
	CHECK(o, 0x29);
	MQTT_SUB_OPT_SET_NO_LOCAL(o, MQTT_SUB_OPT_NO_LOCAL);
	CHECK(o, 0x2d);
	MQTT_SUB_OPT_SET_RETAIN_HANDLING(o, MQTT_SUB_OPT_SEND_RETAIN_NEW);
	CHECK(o, 0x1d);
	MQTT_SUB_OPT_SET(o, 0x02);
	CHECK(o, 0x1f);
	MQTT_SUB_OPT_CLEAR(o, MQTT_SUB_OPT_NO_LOCAL | 0x03);
	CHECK(o, 0x18);
	MQTT_SUB_OPT_CLEAR(wide, MQTT_SUB_OPT_NO_LOCAL);
	CHECK(wide, 0x2a);
	return failed;
}
