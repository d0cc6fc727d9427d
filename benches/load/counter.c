/* counter.so, by LD_PRELOAD: counts heap calls and locked mutexes of a process, whichever library makes them. At the end of the
 * process it writes "heap-calls bytes locks" to the file that COUNTER_FILE names.
 *
 * Locks are pthread_mutex_lock and a successful _trylock. A library with locks of its own makes no such call: the harness also
 * counts atomic instructions, by which all libraries can be compared.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static _Atomic unsigned long heap_calls, bytes, locks;

static void count_heap_call(size_t size)
{
	atomic_fetch_add_explicit(&heap_calls, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
}

void *malloc(size_t size)
{
	count_heap_call(size);
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	count_heap_call(count * size);
	return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
	count_heap_call(size);
	return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	count_heap_call(size);
	return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
	count_heap_call(size);
	*block = __libc_memalign(alignment, size);
	return *block == NULL ? 12 : 0;
}

typedef int mutex_function(pthread_mutex_t *mutex);

/* The C library's own function, looked up once; two threads that do so at the same time find the same. */
static mutex_function *real(_Atomic(mutex_function *) *cache, const char *name)
{
	mutex_function *function = atomic_load_explicit(cache, memory_order_acquire);

	if (function == NULL) {
		function = (mutex_function *)dlsym(RTLD_NEXT, name);
		atomic_store_explicit(cache, function, memory_order_release);
	}
	return function;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	static _Atomic(mutex_function *) cache;

	atomic_fetch_add_explicit(&locks, 1, memory_order_relaxed);
	return real(&cache, "pthread_mutex_lock")(mutex);
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	static _Atomic(mutex_function *) cache;
	int rc = real(&cache, "pthread_mutex_trylock")(mutex);

	if (rc == 0) {
		atomic_fetch_add_explicit(&locks, 1, memory_order_relaxed);
	}
	return rc;
}

static void write_counts(void)
{
	const char *name = getenv("COUNTER_FILE");
	FILE *file = name ? fopen(name, "w") : NULL;

	if (file != NULL) {
		fprintf(file, "%lu %lu %lu\n", heap_calls, bytes, locks);
		fclose(file);
	}
}

__attribute__((constructor)) static void write_counts_at_end(void)
{
	atexit(write_counts);
	at_quick_exit(write_counts);
}
