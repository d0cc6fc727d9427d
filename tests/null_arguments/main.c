/* Runs all rows. Usage: table PORT, where PORT is one on which somebody listens who never answers. */
#include "table.h"

int rows = 0;
struct mosquitto *v311, *v5, *open_v311, *open_v5;

static int failed = 0;
/* What repeat() has made. */
static char *strings[1000];
static size_t strings_count = 0;
/* The row that is running, for whoever reads where a crash was. */
static const char *volatile running;

void announce(const char *file, int line, const char *call)
{
	running = call;
	if(getenv("SHOW_ROWS")){
		printf("%s:%d: %s\n", file, line, call);
		fflush(stdout);
	}
}

void is(const char *file, int line, const char *call, long should, long answer)
{
	announce(file, line, call);
	rows++;
	if(answer != should){
		failed++;
		printf("FAILED %s:%d: %s gives %ld, should give %ld\n", file, line, call, answer, should);
		fflush(stdout);
	}
}

char *repeat(const char *text, size_t count)
{
	size_t len = strlen(text), i;
	char *string = malloc(len*count + 1);

	if(!string){
		abort();
	}
	for(i=0; i<count; i++){
		memcpy(string + i*len, text, len);
	}
	string[len*count] = '\0';
	if(strings_count == sizeof(strings)/sizeof(strings[0])){
		abort();
	}
	strings[strings_count++] = string;
	return string;
}

mosquitto_property *byte_property(int identifier, uint8_t value)
{
	mosquitto_property *list = NULL;

	if(mosquitto_property_add_byte(&list, identifier, value)){
		abort();
	}
	return list;
}

mosquitto_property *user_property(void)
{
	mosquitto_property *list = NULL;

	if(mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "name", "value")){
		abort();
	}
	return list;
}

mosquitto_property *two(int identifier)
{
	mosquitto_property *list = NULL;

	if(mosquitto_property_add_int32(&list, identifier, 1) || mosquitto_property_add_int32(&list, identifier, 2)){
		abort();
	}
	return list;
}

static struct mosquitto *client(int version, int port)
{
	struct mosquitto *mosq = mosquitto_new("id", true, NULL);
	int rc = mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, version);

	if(!rc && port){
		rc = mosquitto_connect(mosq, "127.0.0.1", port, 60);
	}
	if(!mosq || rc){
		printf("FAILED there is no client for MQTT version %d, port %d: %d\n", version, port, rc);
		failed++;
	}
	return mosq;
}

int main(int argc, char *argv[])
{
	int port;

	if(argc != 2){
		return 2;
	}
	port = atoi(argv[1]);
	rows_for_library();
	v311 = client(MQTT_PROTOCOL_V311, 0);
	v5 = client(MQTT_PROTOCOL_V5, 0);
	open_v311 = client(MQTT_PROTOCOL_V311, port);
	open_v5 = client(MQTT_PROTOCOL_V5, port);
	rows_for_clients();
	rows_for_settings();
	rows_for_loops();
	rows_for_publish();
	rows_for_subscribe();
	rows_for_callbacks();
	rows_for_connecting();
	rows_for_helpers();
	rows_for_messages();
	rows_for_properties();
	rows_for_texts_and_topics();
	mosquitto_destroy(v311);
	mosquitto_destroy(v5);
	mosquitto_destroy(open_v311);
	mosquitto_destroy(open_v5);
	mosquitto_lib_cleanup();
	while(strings_count > 0){
		free(strings[--strings_count]);
	}
	printf("%d rows, %d failed\n", rows, failed);
	return failed > 0;
}
