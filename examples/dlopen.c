/* Loads the library while running: for programs that can do without MQTT where it is not installed.
 *
 * Usage: dlopen LIBRARY HOST PORT
 *
 * LIBRARY is "libmosquitto.so.1" or a path. Needs the headers for building, but does not link with the library.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include <mosquitto.h>

/* What this program uses, each with the type that the header gives it. */
static struct {
	__typeof__(&mosquitto_new) new;
	__typeof__(&mosquitto_destroy) destroy;
	__typeof__(&mosquitto_connect) connect;
	__typeof__(&mosquitto_disconnect) disconnect;
	__typeof__(&mosquitto_publish) publish;
	__typeof__(&mosquitto_publish_callback_set) publish_callback_set;
	__typeof__(&mosquitto_loop_forever) loop_forever;
	__typeof__(&mosquitto_strerror) strerror;
} mqtt;

static int load(const char *file)
{
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	const char *(*version)(void);
	int missing = 0;

	if (library == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return -1;
	}
#define LOAD(name) \
	do { \
		*(void **)&mqtt.name = dlsym(library, "mosquitto_" #name); \
		missing += mqtt.name == NULL; \
	} while (0)
	LOAD(new);
	LOAD(destroy);
	LOAD(connect);
	LOAD(disconnect);
	LOAD(publish);
	LOAD(publish_callback_set);
	LOAD(loop_forever);
	LOAD(strerror);

	/* Only libmosquitto-rs has this one. */
	*(void **)&version = dlsym(library, "mosquitto_x_version");
	printf("%s\n", version != NULL ? version() : "another libmosquitto");
	return missing;
}

static void on_publish(struct mosquitto *mosq, void *userdata, int mid)
{
	(void)userdata;
	(void)mid;
	printf("published\n");
	mqtt.disconnect(mosq);
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int rc;

	if (argc != 4) {
		fprintf(stderr, "usage: %s LIBRARY HOST PORT\n", argv[0]);
		return 2;
	}
	if (load(argv[1]) != 0) {
		printf("no MQTT here\n");
		return 1;
	}
	mosq = mqtt.new(NULL, true, NULL);
	if (mosq == NULL) {
		perror("mosquitto_new");
		return 1;
	}
	mqtt.publish_callback_set(mosq, on_publish);
	rc = mqtt.connect(mosq, argv[2], atoi(argv[3]), 60);
	if (rc == MOSQ_ERR_SUCCESS) {
		/* Right after connecting: it is sent when the server has answered. */
		mqtt.publish(mosq, NULL, "greeting", 5, "hello", 1, false);
		rc = mqtt.loop_forever(mosq, -1, 1);
	}
	if (rc != MOSQ_ERR_SUCCESS) {
		fprintf(stderr, "%s\n", mqtt.strerror(rc));
	}
	mqtt.destroy(mosq);
	return rc == MOSQ_ERR_SUCCESS ? 0 : 1;
}
