/* Returns from main while the network thread is busy with TLS. Arguments: port, CA file, milliseconds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <mosquitto.h>

int main(int argc, char *argv[])
{
	static char payload[20000];
	struct mosquitto *mosq;
	struct timespec start, now;
	long limit;

	if(argc != 4) return 2;
	limit = atol(argv[3]);
	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, NULL);
	if(mosquitto_tls_set(mosq, argv[2], NULL, NULL, NULL, NULL)) return 3;
	if(mosquitto_connect(mosq, "localhost", atoi(argv[1]), 60)) return 4;
	if(mosquitto_loop_start(mosq)) return 5;
	clock_gettime(CLOCK_MONOTONIC, &start);
	do{
		mosquitto_publish(mosq, NULL, "topic", sizeof(payload), payload, 0, false);
		clock_gettime(CLOCK_MONOTONIC, &now);
	}while((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < limit);
	return 0;
}
