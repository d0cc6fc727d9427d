/* Rows: an answer and a call that must give it. A row that gives another prints a line. */
#ifndef TABLE_H
#define TABLE_H

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <mosquitto/extensions.h>

extern int rows;

/* What the rows need: clients that never connected, and clients whose connection is open. */
extern struct mosquitto *v311, *v5, *open_v311, *open_v5;

/* An answer that is an int, a bool, or whether a pointer is what it should be. */
#define IS(should, call) is(__FILE__, __LINE__, #call, (long)(should), (long)(call))
/* No answer: it must only come back. */
#define RUNS(call) do { announce(__FILE__, __LINE__, #call); call; rows++; } while(0)

#define SUCCESS MOSQ_ERR_SUCCESS
#define PROTOCOL MOSQ_ERR_PROTOCOL
#define INVAL MOSQ_ERR_INVAL
#define NO_CONN MOSQ_ERR_NO_CONN
#define UTF8 MOSQ_ERR_MALFORMED_UTF8
#define TLS MOSQ_ERR_TLS
#define SIZE MOSQ_ERR_PAYLOAD_SIZE
#define UNSUPPORTED MOSQ_ERR_NOT_SUPPORTED
#define DUPLICATE MOSQ_ERR_DUPLICATE_PROPERTY
#define NOT_FOUND MOSQ_ERR_NOT_FOUND

void announce(const char *file, int line, const char *call);
void is(const char *file, int line, const char *call, long should, long answer);

/* A string of `count` times `text`, freed when all rows have run. */
char *repeat(const char *text, size_t count);

/* Lists of one or two properties; freed by the caller. */
mosquitto_property *byte_property(int identifier, uint8_t value);
mosquitto_property *user_property(void);
mosquitto_property *two(int identifier);

void rows_for_library(void);
void rows_for_clients(void);
void rows_for_settings(void);
void rows_for_connecting(void);
void rows_for_loops(void);
void rows_for_publish(void);
void rows_for_subscribe(void);
void rows_for_callbacks(void);
void rows_for_helpers(void);
void rows_for_messages(void);
void rows_for_properties(void);
void rows_for_texts_and_topics(void);

#endif
