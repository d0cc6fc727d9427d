/* A loop of the program's own: poll on mosquitto_socket, then loop_read, loop_write and loop_misc.
 *
 * @peer script
 * @script
 * -> CONNECT
 * <- 20020000
 * -> 82[0001 s"#" 02]
 * <- 90[0001 02]
 * <- 34[s"q2" 0001 "in"] 30[s"q0" "in"] 32[s"q1" 0002 "in"]
 * -> 50020001 40020002
 * <- 62020001
 * -> 70020001
 * -> 34[s"out" 0002 "x"]
 * <- 50020002
 * -> 62020002
 * <- 70020002
 * -> e000
 * close
 */
#include <poll.h>

#include "common.h"

/* Runs until the condition holds or a function fails. */
#define POLL_UNTIL(mosq, condition) do{ \
		double limit_ = now() + SECONDS_TO_WAIT; \
		while(!(condition) && poll_once(mosq) == 0 && now() < limit_); \
	}while(0)

static int poll_once(struct mosquitto *mosq)
{
	struct pollfd fd = {mosquitto_socket(mosq), POLLIN, 0};
	int rc;

	if(fd.fd < 0) return MOSQ_ERR_NO_CONN;
	if(mosquitto_want_write(mosq)) fd.events |= POLLOUT;
	poll(&fd, 1, 100);
	if(fd.revents & (POLLIN | POLLHUP | POLLERR)){
		rc = mosquitto_loop_read(mosq, 1);
		if(rc) return report("mosquitto_loop_read", rc);
	}
	if(mosquitto_socket(mosq) >= 0 && (fd.revents & POLLOUT)){
		rc = mosquitto_loop_write(mosq, 1);
		if(rc) return report("mosquitto_loop_write", rc);
	}
	if(mosquitto_socket(mosq) >= 0){
		rc = mosquitto_loop_misc(mosq);
		if(rc) return report("mosquitto_loop_misc", rc);
	}
	return 0;
}

int main(int argc, char *argv[])
{
	struct mosquitto *mosq;
	int rc;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("own-loop", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	POLL_UNTIL(mosq, seen.connect == 1);
	CALL(mosquitto_subscribe(mosq, NULL, "#", 2));
	POLL_UNTIL(mosq, seen.message == 3);
	CALL(mosquitto_publish(mosq, NULL, "out", 1, "x", 2, false));
	POLL_UNTIL(mosq, seen.publish == 1);
	rc = mosquitto_disconnect(mosq);
	POLL_UNTIL(mosq, seen.disconnect == 1);
	report("mosquitto_disconnect", rc);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
