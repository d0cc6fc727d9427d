/* Connects again and again to a server that resets every connection at another point, with SIGPIPE as the system has it.
 * Arguments: port, way (plain, tls, ws, wss), CA file, how often. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <mosquitto.h>

static int ended;

static void on_connect(struct mosquitto *mosq, void *obj, int rc)
{
	static char payload[1000];
	int i;

	(void)obj; (void)rc;
	for(i = 0; i < 8; i++) mosquitto_publish(mosq, NULL, "topic", sizeof(payload), payload, i % 3, false);
}

static void on_disconnect(struct mosquitto *mosq, void *obj, int rc)
{
	(void)mosq; (void)obj; (void)rc;
	ended = 1;
}

int main(int argc, char *argv[])
{
	int codes[40] = {0};
	int round, rc, times, tls, web, error = 0, connected = 0;

	if(argc != 5 || signal(SIGPIPE, SIG_DFL) == SIG_ERR) return 2;
	times = atoi(argv[4]);
	tls = !strcmp(argv[2], "tls") || !strcmp(argv[2], "wss");
	web = !strncmp(argv[2], "ws", 2);
	mosquitto_lib_init();
	for(round = 0; round < times; round++){
		struct mosquitto *mosq = mosquitto_new(NULL, true, NULL);
		time_t start = time(NULL);

		mosquitto_connect_callback_set(mosq, on_connect);
		mosquitto_disconnect_callback_set(mosq, on_disconnect);
		if(tls && mosquitto_tls_set(mosq, argv[3], NULL, NULL, NULL, NULL)) return 3;
		if(web && mosquitto_int_option(mosq, MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS)) return 3;
		ended = 0;
		rc = mosquitto_connect(mosq, "localhost", atoi(argv[1]), 60);
		if(rc == MOSQ_ERR_SUCCESS){
			connected++;
			do{
				/* Every third one writes whenever it can. */
				if(round % 3 == 0) mosquitto_publish(mosq, NULL, "topic", 5, "hello", 0, false);
				if(round % 3 == 1 && round % 2 == 0) mosquitto_disconnect(mosq);
				rc = mosquitto_loop(mosq, 100, 1);
				error = errno;
				if(time(NULL) - start > 10){
					printf("round %d does not end\n", round);
					return 4;
				}
			}while(rc == MOSQ_ERR_SUCCESS && !ended);
		}
		/* A lost connection is a lost connection; a write may find out first, and says so as the original does. */
		if(rc != MOSQ_ERR_SUCCESS && rc != MOSQ_ERR_CONN_LOST && !(rc == MOSQ_ERR_ERRNO && error == EPIPE)){
			printf("round %d: code %d, %s\n", round, rc, strerror(error));
			return 5;
		}
		if(rc >= 0 && rc < 40) codes[rc]++;
		mosquitto_destroy(mosq);
	}
	mosquitto_lib_cleanup();
	printf("connected: %d\n", connected);
	for(rc = 0; rc < 40; rc++) if(codes[rc]) printf("code %d: %d times\n", rc, codes[rc]);
	return 0;
}
