/* How many descriptors a client has, and that no program started from here gets one of them: one for the connection, and
 * one to wake the network thread, if there is one and the program has not asked for none.
 *
 * @peer script
 * @library ours, an option of 2.1; 2.0 has three
 * @script
 * -> CONNECT
 * <- 20020000
 * -> DISCONNECT
 * end
 * accept
 * -> CONNECT
 * <- 20020000
 * -> DISCONNECT
 * end
 */
#include <dirent.h>
#include <fcntl.h>

#include "common.h"

/* This program alone; valgrind keeps its own descriptors above those that programs get. */
#define MOST 100

static int before;

/* Descriptors that are open, and of those without FD_CLOEXEC. */
static int open_descriptors(int *inherited)
{
	int fd, flags, all = 0;

	*inherited = 0;
	for(fd = 0; fd < MOST; fd++){
		flags = fcntl(fd, F_GETFD);
		if(flags == -1) continue;
		all++;
		if(!(flags & FD_CLOEXEC)) (*inherited)++;
	}
	return all;
}

static void show(const char *when)
{
	static int inherited_before = -1;
	int inherited, all = open_descriptors(&inherited);

	if(inherited_before < 0){
		inherited_before = inherited;
		before = all;
	}
	say("%s: %d more, %d of them inherited", when, all - before, inherited - inherited_before);
}

static void run(char *argv[], int disable)
{
	struct mosquitto *mosq;

	say("MOSQ_OPT_DISABLE_SOCKETPAIR %d", disable);
	memset(&seen, 0, sizeof(seen));
	mosq = new_client("descriptors", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_DISABLE_SOCKETPAIR, disable));
	show("made");
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	LOOP_UNTIL(mosq, seen.connect == 1);
	show("connected");
	if(!disable){
		CALL(mosquitto_loop_start(mosq));
		pause_ms(20);
		show("with a thread");
		mosquitto_disconnect(mosq);
		CALL(mosquitto_loop_stop(mosq, false));
	}else{
		leave(mosq);
	}
	mosquitto_destroy(mosq);
	show("destroyed");
}

int main(int argc, char *argv[])
{
	(void)argc;
	mosquitto_lib_init();
	show("nothing");
	run(argv, 0);
	run(argv, 1);
	mosquitto_lib_cleanup();
	return 0;
}
