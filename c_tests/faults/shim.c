/* Put in front of the C library by LD_PRELOAD: makes chosen calls go wrong. What the program asks for is in faults.h.
 *
 * Calls that go wrong do nothing else, as in the kernel; those that are interrupted or short do what the kernel does then.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "faults.h"

struct fault fault = {.cut_sent = -1, .cut_received = -1};
static __thread bool fault_here;

void fault_allocations(bool may)
{
	fault_here = may;
}

#define REAL(name) static __typeof__(name) *real; \
		if(!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* What is to go wrong with this call: 0, an errno, SHORTLY or NOTHING. */
static int wrong(enum fault_call call)
{
	long number;

	if(fault.call != (int)call) return 0;
	number = ++fault.calls - fault.first;
	if(number < 0 || number % fault.step || number / fault.step >= fault.times) return 0;
	fault.fired++;
	return fault.error;
}

/* How many of `len` bytes may still pass before the connection breaks. */
static size_t allowance(atomic_long *budget, size_t len)
{
	long left = *budget;

	return left < 0 || (size_t)left >= len ? len : (size_t)left;
}

static ssize_t broken(int fd)
{
	shutdown(fd, SHUT_RDWR);
	errno = ECONNRESET;
	return -1;
}

/* Counts what has passed; at the end of a budget the connection breaks, once. Negative budgets never end. */
static void passed(atomic_long *budget, ssize_t len, int fd)
{
	if(len > 0 && *budget >= 0 && (*budget -= len) == 0){
		*budget = -1;
		fault.cuts++;
		broken(fd);
	}
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
	int error = wrong(CALL_SEND);
	size_t most = allowance(&fault.cut_sent, len);
	ssize_t sent;

	REAL(send);
	if(error > 0) return errno = error, -1;
	sent = real(fd, data, error == SHORTLY && most ? 1 : most, flags);
	passed(&fault.cut_sent, sent, fd);
	return sent;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	int error = wrong(CALL_SEND);
	size_t all = 0, i;
	ssize_t sent;

	REAL(sendmsg);
	if(error > 0) return errno = error, -1;
	for(i = 0; i < message->msg_iovlen; i++) all += message->msg_iov[i].iov_len;
	if(all && (error == SHORTLY || allowance(&fault.cut_sent, all) < all)){
		/* Of the first part that has something, as much as may pass. */
		for(i = 0; message->msg_iov[i].iov_len == 0; i++);
		all = allowance(&fault.cut_sent, error == SHORTLY ? 1 : message->msg_iov[i].iov_len);
		sent = send(fd, message->msg_iov[i].iov_base, all, flags);
		return sent;
	}
	sent = real(fd, message, flags);
	passed(&fault.cut_sent, sent, fd);
	return sent;
}

ssize_t recv(int fd, void *data, size_t len, int flags)
{
	int error = wrong(CALL_RECV);
	size_t most = allowance(&fault.cut_received, len);
	ssize_t received;

	REAL(recv);
	if(error == NOTHING) return shutdown(fd, SHUT_RDWR), 0;
	if(error == ECONNRESET) return broken(fd);
	if(error > 0) return errno = error, -1;
	received = real(fd, data, error == SHORTLY && most ? 1 : most, flags);
	if(!(flags & MSG_PEEK)) passed(&fault.cut_received, received, fd);
	return received;
}

ssize_t read(int fd, void *data, size_t len)
{
	int error = wrong(CALL_READ);

	REAL(read);
	return error > 0 ? (errno = error, -1) : real(fd, data, len);
}

/* The library writes to its eventfds by the number of the call. Locks come by here, too. */
long syscall(long number, ...)
{
	int error = number == SYS_write ? wrong(CALL_WRITE) : 0;
	long arguments[6];
	va_list list;
	int i;

	va_start(list, number);
	for(i = 0; i < 6; i++) arguments[i] = va_arg(list, long);
	va_end(list);
	REAL(syscall);
	if(error > 0) return errno = error, -1;
	return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}

int socket(int domain, int type, int protocol)
{
	int error = wrong(CALL_SOCKET);

	REAL(socket);
	return error ? (errno = error, -1) : real(domain, type, protocol);
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
	int error = wrong(CALL_CONNECT);

	REAL(connect);
	/* An interrupted connect goes on by itself. */
	if(error == EINTR) real(fd, address, len);
	return error ? (errno = error, -1) : real(fd, address, len);
}

int bind(int fd, const struct sockaddr *address, socklen_t len)
{
	int error = wrong(CALL_BIND);

	REAL(bind);
	return error ? (errno = error, -1) : real(fd, address, len);
}

int poll(struct pollfd *entries, nfds_t count, int timeout)
{
	int error = wrong(CALL_POLL);
	nfds_t i;

	REAL(poll);
	if(error == NOTHING){
		for(i = 0; i < count; i++) entries[i].revents = 0;
		return 0;
	}
	return error ? (errno = error, -1) : real(entries, count, timeout);
}

int eventfd(unsigned count, int flags)
{
	int error = wrong(CALL_EVENTFD);

	REAL(eventfd);
	return error ? (errno = error, -1) : real(count, flags);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
	int error = wrong(CALL_THREAD);

	REAL(pthread_create);
	return error ? error : real(thread, attributes, start, argument);
}

/* Errors are EAI numbers, which are negative: they come as positive ones. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	int error = wrong(CALL_RESOLVE);

	REAL(getaddrinfo);
	return error ? -error : real(node, service, hints, result);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	int error = wrong(CALL_SETSOCKOPT);

	REAL(setsockopt);
	return error ? (errno = error, -1) : real(fd, level, name, value, len);
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	int error = wrong(CALL_GETSOCKOPT);

	REAL(getsockopt);
	return error ? (errno = error, -1) : real(fd, level, name, value, len);
}

int fcntl(int fd, int command, ...)
{
	int error = wrong(CALL_FCNTL);
	va_list args;
	long argument;

	REAL(fcntl);
	va_start(args, command);
	argument = va_arg(args, long);
	va_end(args);
	return error ? (errno = error, -1) : real(fd, command, argument);
}

ssize_t getrandom(void *data, size_t len, unsigned flags)
{
	int error = wrong(CALL_RANDOM);

	REAL(getrandom);
	return error ? (errno = error, -1) : real(data, len, flags);
}

/* The descriptor is closed whatever close says. */
int close(int fd)
{
	int error = wrong(CALL_CLOSE), rc;

	REAL(close);
	rc = real(fd);
	return error ? (errno = error, -1) : rc;
}

/* ---- memory: glibc's own names, for dlsym allocates ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static bool denied(size_t size)
{
	if(!fault_here || size < fault.least || !wrong(CALL_MALLOC)) return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return denied(size) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return denied(count * size) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return denied(size) ? NULL : __libc_realloc(memory, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	if(denied(size)) return ENOMEM;
	*memory = __libc_memalign(alignment, size);
	return *memory ? 0 : ENOMEM;
}
