/* What the programs tell the shim to do wrong, see shim.c.
 *
 * The program declares `fault` weak: without the shim in front of the C library it is NULL.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdatomic.h>
#include <stdbool.h>

enum fault_call {
	CALL_NONE, CALL_SOCKET, CALL_CONNECT, CALL_SEND, CALL_RECV, CALL_POLL, CALL_EVENTFD, CALL_READ, CALL_WRITE,
	CALL_THREAD, CALL_RESOLVE, CALL_SETSOCKOPT, CALL_GETSOCKOPT, CALL_FCNTL, CALL_BIND, CALL_RANDOM, CALL_CLOSE,
	CALL_MALLOC, CALL_COUNT
};

/* In place of an errno. */
#define SHORTLY (-1)   /* the call moves one byte at most */
#define NOTHING (-2)   /* poll says that the time is up; recv that the peer has ended */

struct fault {
	/* Calls of this kind go wrong, from number `first` (1, 2, ...), every `step`th, `times` times. */
	_Atomic int call;
	long first, step, times;
	int error;
	/* For CALL_MALLOC: only requests of at least so many bytes, in the thread that armed the shim. */
	unsigned long least;

	/* The connection breaks when so many bytes in all have been sent, or received; -1: never. */
	atomic_long cut_sent, cut_received;

	/* What happened. */
	atomic_long calls, fired, cuts;
};

extern struct fault fault __attribute__((weak));

/* Whether the calling thread's allocations may fail from now on. */
void fault_allocations(bool may) __attribute__((weak));

#endif
