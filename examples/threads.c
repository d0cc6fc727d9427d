/* Several threads publish with one client, while its own thread runs the network.
 *
 * Usage: threads HOST PORT TOPIC THREADS MESSAGES
 *
 * No lock is needed around the library's functions: every one of them may be called by any thread at any time. What the
 * callbacks share with the threads is the program's own, and that needs one.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <mosquitto.h>

struct work {
	struct mosquitto *mosq;
	const char *topic;
	int messages;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int completed = 0;

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

static void *publisher(void *argument)
{
	struct work *work = argument;
	char text[32];
	int i, len, rc;

	for (i = 0; i < work->messages; i++) {
		len = snprintf(text, sizeof(text), "message %d", i);
		/* MOSQ_ERR_NO_CONN says that there is no connection now: at QoS 1 the message is kept and sent later. */
		rc = mosquitto_publish(work->mosq, NULL, work->topic, len, text, 1, false);
		if (rc != MOSQ_ERR_SUCCESS && rc != MOSQ_ERR_NO_CONN) {
			fprintf(stderr, "%s\n", mosquitto_strerror(rc));
			exit(1);
		}
	}
	return NULL;
}

static void publish_all(struct work *work, int threads)
{
	pthread_t *thread = calloc((size_t)threads, sizeof(*thread));
	int i;

	for (i = 0; thread != NULL && i < threads; i++) {
		if (pthread_create(&thread[i], NULL, publisher, work) != 0) {
			perror("pthread_create");
			exit(1);
		}
	}
	while (i-- > 0) {
		pthread_join(thread[i], NULL);
	}
	free(thread);
}

int main(int argc, char *argv[])
{
	struct work work;
	int threads, rc;

	if (argc != 6) {
		fprintf(stderr, "usage: %s HOST PORT TOPIC THREADS MESSAGES\n", argv[0]);
		return 2;
	}
	threads = atoi(argv[4]);
	mosquitto_lib_init();
	work = (struct work){ mosquitto_new(NULL, true, NULL), argv[3], atoi(argv[5]) };
	if (work.mosq == NULL) {
		perror("mosquitto_new");
		return 1;
	}
	mosquitto_publish_callback_set(work.mosq, on_publish);

	rc = mosquitto_connect(work.mosq, argv[1], atoi(argv[2]), 60);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_loop_start(work.mosq);
	}
	if (rc == MOSQ_ERR_SUCCESS) {
		publish_all(&work, threads);
		pthread_mutex_lock(&lock);
		while (completed < threads * work.messages) {
			pthread_cond_wait(&changed, &lock);
		}
		pthread_mutex_unlock(&lock);
		mosquitto_disconnect(work.mosq);
		mosquitto_loop_stop(work.mosq, false);
		printf("%d threads published %d messages\n", threads, completed);
	} else {
		fprintf(stderr, "%s\n", mosquitto_strerror(rc));
	}
	mosquitto_destroy(work.mosq);
	mosquitto_lib_cleanup();
	return rc == MOSQ_ERR_SUCCESS ? 0 : 1;
}
