/* A packet that announces 256 MB takes no memory before its bytes arrive: here is room for 64 MB more than now.
 *
 * @peer script
 * @library ours, 2.0 allocates what is announced
 * Under valgrind the limit would count valgrind's own memory.
 * @valgrind no
 * @script
 * -> CONNECT
 * <- 20020000
 * <- 30 ffffff7f 0001 74
 * <- 61*100000
 * stdout waiting
 * close
 */
#include <sys/resource.h>

#include "common.h"

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	struct rlimit limit;
	unsigned long pages = 0;
	FILE *statm;
	int i;

	(void)argc;
	mosquitto_lib_init();
	mosq = connected_client(argv, "small", true, MQTT_PROTOCOL_V311);
	statm = fopen("/proc/self/statm", "r");
	if(!statm || fscanf(statm, "%lu", &pages) != 1) return 1;
	fclose(statm);
	limit.rlim_cur = limit.rlim_max = pages * 4096 + (64UL << 20);
	if(setrlimit(RLIMIT_AS, &limit)) return 1;
	for(i = 0; i < 10; i++){
		last_rc = mosquitto_loop(mosq, 50, 1);
		if(last_rc) report("mosquitto_loop", last_rc);
	}
	say("waiting for the rest");
	LOOP_UNTIL(mosq, seen.disconnect == 1);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
