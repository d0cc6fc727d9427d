/* What client.c and crowd.c share. */
#ifndef CLIENT_H
#define CLIENT_H

#include <mosquitto.h>

#include "load.h"

extern char who[256];
extern char *payload;

/* Fails unless the return code is success. */
void check(int rc, const char *what);

/* A client with all callbacks and options set; NULL if there can be no more. */
struct mosquitto *try_new_client(void);
struct mosquitto *new_client(void);
/* The same, connected, with a network thread if drive = start. */
struct mosquitto *connected_client(void);

void connect_client(struct mosquitto *mosq);
void publish_end(struct mosquitto *mosq);
void leave(struct mosquitto *mosq);

/* The scenarios of crowd.c. */
void run_idle(void);
void run_threads(void);
void run_backlog(void);
void run_init(void);

#endif
