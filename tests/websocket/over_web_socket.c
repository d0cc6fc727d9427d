/* Loaded before libmosquitto into programs that know no WebSockets, Debian's clients: makes every client of theirs use them. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include <mosquitto.h>

struct mosquitto *mosquitto_new(const char *id, bool clean, void *obj)
{
	struct mosquitto *(*real)(const char *, bool, void *) = dlsym(RTLD_NEXT, "mosquitto_new");
	struct mosquitto *mosq = real ? real(id, clean, obj) : NULL;

	if(mosq && mosquitto_int_option(mosq, MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS)){
		fprintf(stderr, "no WebSockets\n");
		exit(99);
	}
	return mosq;
}
