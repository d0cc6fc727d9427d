/* Connects to one of the servers of a domain and says what happens. Arguments: the domain. */
#include <mosquitto.h>
#include <stdio.h>

static void on_connect(struct mosquitto *client, void *object, int rc)
{
	(void)object;
	printf("connect %d\n", rc);
	mosquitto_disconnect(client);
}

static void on_disconnect(struct mosquitto *client, void *object, int rc)
{
	(void)object;
	printf("disconnect %d\n", rc);
	mosquitto_disconnect(client);
}

static void on_log(struct mosquitto *client, void *object, int level, const char *text)
{
	(void)client;
	(void)object;
	if (level == MOSQ_LOG_ERR) {
		printf("log %s\n", text);
	}
}

int main(int argc, char **argv)
{
	mosquitto_lib_init();
	struct mosquitto *client = mosquitto_new("c", true, NULL);
	mosquitto_connect_callback_set(client, on_connect);
	mosquitto_disconnect_callback_set(client, on_disconnect);
	mosquitto_log_callback_set(client, on_log);
	int rc = mosquitto_connect_srv(client, argc > 1 ? argv[1] : NULL, 60, NULL);
	if (rc != MOSQ_ERR_SUCCESS) {
		printf("call %d\n", rc);
	}
	printf("loop %d\n", mosquitto_loop_forever(client, -1, 1));
	mosquitto_destroy(client);
	mosquitto_lib_cleanup();
	return 0;
}
