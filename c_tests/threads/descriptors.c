/* The descriptors of a client: how many, above 1024, and not in children: `descriptors PORT [ROW...]`.
 *
 * `descriptors list` prints those that it was started with.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "threads.h"

static int port;

/* ---- how many ---- */

static void one_without_threads(void)
{
	int before = count_descriptors();
	struct mosquitto *mosq = new_client("row");

	EQUAL(count_descriptors(), before);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	LOOP_UNTIL(mosq, seen.connect);
	EQUAL(mosquitto_publish(mosq, NULL, "echo", 1, "x", 2, false), 0);
	LOOP_UNTIL(mosq, seen.publish && seen.message);
	/* A wait of a second, in which another thread could come: there is none. */
	EQUAL(mosquitto_loop(mosq, 1000, 1), 0);
	EQUAL(count_descriptors(), before + 1);
	EQUAL(mosquitto_disconnect(mosq), 0);
	LOOP_UNTIL(mosq, seen.disconnect);
	EQUAL(count_descriptors(), before);
	mosquitto_destroy(mosq);
}

static void many_without_threads(void)
{
	enum { MANY = 100 };
	struct mosquitto *clients[MANY];
	int before = count_descriptors(), i;

	for(i = 0; i < MANY; i++) clients[i] = connected_client("row", port);
	EQUAL(count_descriptors(), before + MANY);
	for(i = 0; i < MANY; i++) mosquitto_destroy(clients[i]);
	EQUAL(count_descriptors(), before);
}

static void two_with_a_thread(void)
{
	int before = count_descriptors();
	struct mosquitto *mosq = threaded_client("row", port);

	EQUAL(count_descriptors(), before + 2);
	EQUAL(mosquitto_loop_stop(mosq, true), 0);
	mosquitto_destroy(mosq);
	EQUAL(count_descriptors(), before);
}

/* One turn of a loop of the program's own. */
static void turn(struct mosquitto *mosq)
{
	struct pollfd entry = {.fd = mosquitto_socket(mosq), .events = POLLIN};

	if(mosquitto_want_write(mosq)) entry.events |= POLLOUT;
	if(poll(&entry, 1, 100) > 0){
		mosquitto_loop_read(mosq, 1);
		mosquitto_loop_write(mosq, 1);
	}
	mosquitto_loop_misc(mosq);
}

/* Loops that the program runs without waiting in them need none to be woken by. */
static void one_for_an_external_loop(void)
{
	int before = count_descriptors();
	struct mosquitto *mosq = new_client("row");
	double begun = now_ms();

	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	while(!seen.connect && now_ms() - begun < LIMIT_MS) turn(mosq);
	EQUAL(seen.connect, 1);
	EQUAL(count_descriptors(), before + 1);
	mosquitto_destroy(mosq);
}

static void none_when_it_failed(void)
{
	int before = count_descriptors(), i;
	struct mosquitto *mosq = new_client("row");

	for(i = 0; i < 20; i++){
		CHECK(mosquitto_connect(mosq, "127.0.0.1", refused_port(), 60));
		CHECK(mosquitto_connect_async(mosq, "127.0.0.1", refused_port(), 60));
		CHECK(mosquitto_connect(mosq, "/nowhere/at/all", 0, 60));
	}
	EQUAL(count_descriptors(), before);
	mosquitto_destroy(mosq);
}

enum loop { LOOP, FOREVER, THREAD, EXTERNAL };

static void *run_forever(void *mosq)
{
	EQUAL(mosquitto_loop_forever(mosq, -1, 1), 0);
	return NULL;
}

static void *run_external(void *mosq)
{
	while(!seen.disconnect) turn(mosq);
	return NULL;
}

static void *run_loop(void *mosq)
{
	while(!seen.disconnect) mosquitto_loop(mosq, 100, 1);
	return NULL;
}

/* A client's life, with each kind of loop. */
static void use(enum loop loop)
{
	static void *(*const run[])(void *) = {run_loop, run_forever, NULL, run_external};
	struct mosquitto *mosq = new_client("row");
	pthread_t thread;
	int i;

	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	if(loop == THREAD) EQUAL(mosquitto_loop_start(mosq), 0);
	else pthread_create(&thread, NULL, run[loop], mosq);
	WAIT_UNTIL(seen.connect);
	EQUAL(mosquitto_subscribe(mosq, NULL, "s", 1), 0);
	for(i = 0; i < 10; i++) EQUAL(mosquitto_publish(mosq, NULL, "echo", 1, "x", i % 3, false), 0);
	WAIT_UNTIL(seen.publish == 10 && seen.message == 10 && seen.subscribe);
	EQUAL(mosquitto_reconnect(mosq), 0);
	WAIT_UNTIL(seen.connect == 2);
	EQUAL(mosquitto_disconnect(mosq), 0);
	if(loop == THREAD) EQUAL(mosquitto_loop_stop(mosq, false), 0);
	else pthread_join(thread, NULL);
	EQUAL(seen.disconnect, 1);
	EQUAL(seen.rc, 0);
	mosquitto_destroy(mosq);
}

/* ---- above 1024 ---- */

static void large_numbers(void)
{
	enum { MANY = 1100 };
	struct rlimit limit;
	int open_files[MANY], i;

	getrlimit(RLIMIT_NOFILE, &limit);
	if(limit.rlim_cur < MANY + 100){
		limit.rlim_cur = limit.rlim_max < MANY + 100 ? limit.rlim_max : MANY + 100;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if(limit.rlim_cur < MANY + 100){
		printf("no more than %ld descriptors: not tried\n", (long)limit.rlim_cur);
		return;
	}
	for(i = 0; i < MANY; i++) open_files[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	CHECK(open_files[MANY - 1] > 1024);
	use(LOOP);
	use(FOREVER);
	use(THREAD);
	use(EXTERNAL);
	for(i = 0; i < MANY; i++) close(open_files[i]);
}

/* ---- not in children ---- */

static void list(void)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;

	while(directory && (entry = readdir(directory))){
		char path[300], target[200] = "";

		snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
		if(atoi(entry->d_name) < 3 || readlink(path, target, sizeof(target) - 1) <= 0) continue;
		if(!strncmp(target, "socket:", 7) || !strncmp(target, "anon_inode:", 11)) printf("inherited %s %s\n", entry->d_name, target);
	}
	if(directory) closedir(directory);
}

/* In every stage in which there is a descriptor. */
static void closed_on_exec(void)
{
	int listener = listen_on(AF_INET, 0, 0), status = -1;
	struct mosquitto *threaded = threaded_client("row", port), *alone = connected_client("row", port),
			*connecting = new_client("row"), *resolving = new_client("row");
	char output[200] = "";
	int pipes[2];
	pid_t child;

	fill_backlog(listener);
	EQUAL(mosquitto_connect_async(connecting, "127.0.0.1", port_of(listener), 60), 0);
	EQUAL(mosquitto_connect_async(resolving, "dead.test", port, 60), 0);
	CHECK(count_descriptors() > 6);
	CHECK(pipe2(pipes, O_CLOEXEC) == 0);
	/* vfork: no handler of fork has a hand in it. */
	child = vfork();
	if(child == 0){
		dup2(pipes[1], 1);
		execl("/proc/self/exe", "descriptors", "list", (char *)NULL);
		_exit(2);
	}
	close(pipes[1]);
	CHECK(read(pipes[0], output, sizeof(output) - 1) == 0);
	if(output[0]) failed(__FILE__, __LINE__, "%s", output);
	close(pipes[0]);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	mosquitto_destroy(threaded);
	mosquitto_destroy(alone);
	mosquitto_destroy(connecting);
	mosquitto_destroy(resolving);
	close(listener);
}

static const struct row rows[] = {
	/* First, as long as the process has one thread. */
	ROW(one_without_threads),
	ROW(many_without_threads),
	ROW(one_for_an_external_loop),
	ROW(none_when_it_failed),
	ROW(two_with_a_thread),
	ROW(large_numbers),
	ROW(closed_on_exec),
};

int main(int argc, char *argv[])
{
	int rc;

	if(argc > 1 && !strcmp(argv[1], "list")){
		list();
		return 0;
	}
	port = atoi(argv[1]);
	rc = RUN_ROWS(rows, argv + 2);
	fflush(stdout);
	/* Not by return: a helper thread may still ask a resolver that does not answer. */
	_exit(rc);
}
