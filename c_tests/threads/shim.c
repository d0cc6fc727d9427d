/* Put in front of the C library by LD_PRELOAD: what cannot be had otherwise on a machine that works.
 *
 * Names that end in `.test` never leave this process:
 *   dead...   getaddrinfo comes back after a minute, with EAI_AGAIN
 *   slow...   after a second, with 127.0.0.1
 *   dual...   at once, with ::1 and then 127.0.0.1
 *   none...   at once, with EAI_NONAME
 * pthread_create fails with EAGAIN while the program's `fail_threads` is true.
 */
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int resolver(const char *, const char *, const struct addrinfo *, struct addrinfo **);
typedef int creator(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

volatile bool fail_threads = false;

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	resolver *real = (resolver *)dlsym(RTLD_NEXT, "getaddrinfo");
	size_t len = node ? strlen(node) : 0;
	struct addrinfo numeric = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST}, *second;
	int rc;

	if(len < 5 || strcmp(node + len - 5, ".test") || (hints && hints->ai_flags & AI_NUMERICHOST)){
		return real(node, service, hints, result);
	}
	if(!strncmp(node, "dead", 4)){
		sleep(60);
		return EAI_AGAIN;
	}
	if(!strncmp(node, "none", 4)) return EAI_NONAME;
	if(!strncmp(node, "slow", 4)) sleep(1);
	if(!strncmp(node, "dual", 4)){
		rc = real("::1", service, &numeric, result);
		if(rc) return rc;
		rc = real("127.0.0.1", service, &numeric, &second);
		if(rc) return rc;
		(*result)->ai_next = second;
		return 0;
	}
	return real("127.0.0.1", service, &numeric, result);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
	creator *real = (creator *)dlsym(RTLD_NEXT, "pthread_create");

	return fail_threads ? EAGAIN : real(thread, attributes, start, argument);
}
