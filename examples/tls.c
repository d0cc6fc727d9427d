/* Publishes over TLS, showing a certificate of its own.
 *
 * Usage: tls HOST PORT CAFILE CERTFILE KEYFILE
 *
 * The server must show a certificate that CAFILE vouches for and that is for HOST: both are checked unless a program
 * turns it off, which this one does not.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mosquitto.h>

static void on_connect(struct mosquitto *mosq, void *userdata, int rc)
{
	(void)userdata;
	if (rc != 0) {
		fprintf(stderr, "refused: %s\n", mosquitto_connack_string(rc));
		mosquitto_disconnect(mosq);
		return;
	}
	mosquitto_publish(mosq, NULL, "secret/greeting", 5, "hello", 1, false);
}

static void on_publish(struct mosquitto *mosq, void *userdata, int mid)
{
	(void)userdata;
	(void)mid;
	printf("published over TLS\n");
	mosquitto_disconnect(mosq);
}

/* Says why a handshake failed: the error number alone is MOSQ_ERR_TLS. */
static void on_log(struct mosquitto *mosq, void *userdata, int level, const char *line)
{
	(void)mosq;
	(void)userdata;
	if (level == MOSQ_LOG_ERR || level == MOSQ_LOG_WARNING) {
		fprintf(stderr, "%s\n", line);
	}
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int rc;

	if (argc != 6) {
		fprintf(stderr, "usage: %s HOST PORT CAFILE CERTFILE KEYFILE\n", argv[0]);
		return 2;
	}
	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, NULL);
	if (mosq == NULL) {
		perror("mosquitto_new");
		return 1;
	}
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_publish_callback_set(mosq, on_publish);
	mosquitto_log_callback_set(mosq, on_log);

	/* A key with a password would need the last argument: a function that writes it down. */
	rc = mosquitto_tls_set(mosq, argv[3], NULL, argv[4], argv[5], NULL);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_tls_opts_set(mosq, 1, "tlsv1.2", NULL);
	}
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60);
	}
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_loop_forever(mosq, -1, 1);
	}
	if (rc != MOSQ_ERR_SUCCESS) {
		fprintf(stderr, "%s\n", rc == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(rc));
	}
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return rc == MOSQ_ERR_SUCCESS ? 0 : 1;
}
