/* Publishes one message at each quality of service and waits until the broker has them.
 *
 * Usage: publish HOST PORT TOPIC
 *
 * Two threads: mosquitto_loop_start() runs the network in one of its own, main() publishes and waits.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mosquitto.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int connected = -1; /* the CONNACK code, -1 before it came */
static int completed = 0;  /* how many messages are done */

static void on_connect(struct mosquitto *mosq, void *userdata, int rc)
{
	(void)mosq;
	(void)userdata;
	pthread_mutex_lock(&lock);
	connected = rc;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

/* QoS 0: the message was written. QoS 1 and 2: the broker has acknowledged it. */
static void on_publish(struct mosquitto *mosq, void *userdata, int mid)
{
	(void)mosq;
	(void)userdata;
	(void)mid;
	pthread_mutex_lock(&lock);
	completed++;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

static int publish_all(struct mosquitto *mosq, const char *topic)
{
	char text[64];
	int qos, rc;

	for (qos = 0; qos <= 2; qos++) {
		snprintf(text, sizeof(text), "hello at QoS %d", qos);
		printf("publisher:  %s, QoS %d: %s\n", topic, qos, text);
		fflush(stdout);
		rc = mosquitto_publish(mosq, NULL, topic, (int)strlen(text), text, qos, false);
		if (rc != MOSQ_ERR_SUCCESS) {
			return rc;
		}
	}
	pthread_mutex_lock(&lock);
	while (completed < 3) {
		pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
	printf("publisher:  all %d complete\n", completed);
	return MOSQ_ERR_SUCCESS;
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int rc;

	if (argc != 4) {
		fprintf(stderr, "usage: %s HOST PORT TOPIC\n", argv[0]);
		return 2;
	}
	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, NULL);
	if (mosq == NULL) {
		perror("publisher");
		return 1;
	}
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_publish_callback_set(mosq, on_publish);

	rc = mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_loop_start(mosq);
	}
	if (rc == MOSQ_ERR_SUCCESS) {
		pthread_mutex_lock(&lock);
		while (connected < 0) {
			pthread_cond_wait(&changed, &lock);
		}
		pthread_mutex_unlock(&lock);
		rc = connected == 0 ? publish_all(mosq, argv[3]) : MOSQ_ERR_CONN_REFUSED;
		mosquitto_disconnect(mosq);
		mosquitto_loop_stop(mosq, false);
	}
	if (rc != MOSQ_ERR_SUCCESS) {
		fprintf(stderr, "publisher: %s\n", mosquitto_strerror(rc));
	}
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return rc == MOSQ_ERR_SUCCESS ? 0 : 1;
}
