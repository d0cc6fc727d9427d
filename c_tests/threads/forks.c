/* What becomes of a client when its process forks: `forks PORT [ROW...]`.
 *
 * The child's copy is disconnected and touches nothing of the parent's; the parent notices nothing. The test asks the
 * server whether that is so: here no connection may break, and no DISCONNECT may come but those of `leave`.
 */
#include <poll.h>
#include <sys/wait.h>

#include "threads.h"

#define FLOWING_FORKS 50

static int port;

/* Forks; the child runs `life`, which counts its own failures. */
static pid_t split(void (*life)(struct mosquitto *), struct mosquitto *mosq)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if(child == 0){
		failures = 0;
		alarm(10); /* a child that hangs ends by this */
		life(mosq);
		fflush(stdout);
		_exit(failures != 0);
	}
	return child;
}

static void reap(pid_t child)
{
	int status = -1;

	CHECK(waitpid(child, &status, 0) == child);
	if(status) failed(__FILE__, __LINE__, "child ends with %s %d", WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static int count_sockets(void)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	int count = 0;

	while(directory && (entry = readdir(directory))){
		char path[300], target[100] = "";

		snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
		if(readlink(path, target, sizeof(target) - 1) > 0) count += !strncmp(target, "socket:", 7);
	}
	if(directory) closedir(directory);
	return count;
}

static void leave(struct mosquitto *mosq)
{
	EQUAL(mosquitto_disconnect(mosq), 0);
	EQUAL(mosquitto_loop_stop(mosq, false), 0);
	mosquitto_destroy(mosq);
}

static void goes_on(struct mosquitto *mosq)
{
	int published = seen.publish, connected = seen.connect;

	EQUAL(mosquitto_publish(mosq, NULL, "echo", 1, "x", 1, false), 0);
	WAIT_UNTIL(seen.publish > published);
	EQUAL(seen.connect, connected);
	EQUAL(seen.disconnect, 0);
}

static void be_disconnected(struct mosquitto *mosq)
{
	EQUAL(mosquitto_socket(mosq), -1);
	CHECK(!mosquitto_want_write(mosq));
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 0, false), MOSQ_ERR_NO_CONN);
	EQUAL(mosquitto_loop(mosq, 0, 1), MOSQ_ERR_NO_CONN);
	EQUAL(mosquitto_loop_misc(mosq), MOSQ_ERR_NO_CONN);
	EQUAL(mosquitto_disconnect(mosq), MOSQ_ERR_NO_CONN);
	/* Else the server would not see the end of the parent's connection. */
	EQUAL(count_sockets(), 0);
	EQUAL(seen.disconnect, 0);
}

static void be_destroyed(struct mosquitto *mosq)
{
	mosquitto_destroy(mosq);
	EQUAL(count_sockets(), 0);
}

static void be_disconnected_and_destroyed(struct mosquitto *mosq)
{
	be_disconnected(mosq);
	be_destroyed(mosq);
}

static void child_of_an_idle_client(void)
{
	struct mosquitto *mosq = threaded_client("fork-idle", port);
	int i;

	for(i = 0; i < 3; i++){
		pause_ms(20);
		reap(split(i == 0 ? be_disconnected : i == 1 ? be_destroyed : be_disconnected_and_destroyed, mosq));
		goes_on(mosq);
	}
	leave(mosq);
}

static void child_of_a_client_without_thread(void)
{
	struct mosquitto *mosq = connected_client("fork-alone", port);

	reap(split(be_disconnected_and_destroyed, mosq));
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 1, false), 0);
	LOOP_UNTIL(mosq, seen.publish);
	EQUAL(mosquitto_disconnect(mosq), 0);
	LOOP_UNTIL(mosq, seen.disconnect);
	mosquitto_destroy(mosq);
}

static void connect_anew(struct mosquitto *mosq)
{
	forget_events();
	EQUAL(mosquitto_reinitialise(mosq, "fork-child", true, NULL), 0);
	count_events(mosq);
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port, 60), 0);
	WAIT_UNTIL(seen.connect);
	EQUAL(mosquitto_publish(mosq, NULL, "t", 1, "x", 2, false), 0);
	WAIT_UNTIL(seen.publish);
	leave(mosq);
}

static void child_that_connects(void)
{
	struct mosquitto *mosq = threaded_client("fork-parent", port);

	reap(split(connect_anew, mosq));
	goes_on(mosq);
	leave(mosq);
}

static struct mosquitto *flowing;
static atomic_bool done;
static atomic_int accepted;

static void *publish(void *unused)
{
	(void)unused;
	while(!done){
		if(mosquitto_publish(flowing, NULL, "t", 4, "text", 0, false)) pause_ms(1);
		else accepted++;
	}
	return NULL;
}

static void on_log(struct mosquitto *mosq, void *obj, int level, const char *text)
{
	(void)mosq; (void)obj; (void)level; (void)text;
}

/* At any moment, whatever the other threads are in the middle of. */
static void children_in_full_flow(void)
{
	pthread_t threads[3];
	size_t i;
	int round;

	flowing = threaded_client("fork-flow", port);
	mosquitto_log_callback_set(flowing, on_log);
	for(i = 0; i < 3; i++) pthread_create(&threads[i], NULL, publish, NULL);
	for(round = 0; round < FLOWING_FORKS; round++){
		if(!mosquitto_publish(flowing, NULL, "$burst", 4, "1000", 0, false)) accepted++;
		pause_ms(1 + round % 3);
		reap(split(round % 2 ? be_destroyed : be_disconnected_and_destroyed, flowing));
	}
	done = true;
	for(i = 0; i < 3; i++) pthread_join(threads[i], NULL);
	WAIT_UNTIL(seen.publish == accepted); /* leaving does not wait for a slow server to take all that */
	goes_on(flowing);
	leave(flowing);
}

static void on_message(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	pid_t child;

	if(!seen.message){
		child = split(be_disconnected, mosq);
		reap(child);
	}
	count_message(mosq, obj, message);
}

static void fork_inside_a_callback(void)
{
	struct mosquitto *mosq = threaded_client("fork-inside", port);

	mosquitto_message_callback_set(mosq, on_message);
	EQUAL(mosquitto_publish(mosq, NULL, "$burst", 2, "10", 0, false), 0);
	WAIT_UNTIL(seen.message == 10);
	goes_on(mosq);
	leave(mosq);
}

static atomic_bool in_child;

static void go_on_as_child(struct mosquitto *mosq, void *obj, const struct mosquitto_message *message)
{
	if(!seen.message && fork() == 0) in_child = true;
	count_message(mosq, obj, message);
}

/* The child returns from the callback into the loop, which ends with the connection. */
static void child_returns_from_a_callback(void)
{
	struct mosquitto *mosq = connected_client("fork-return", port);
	int rc = 0, status;

	mosquitto_message_callback_set(mosq, go_on_as_child);
	EQUAL(mosquitto_publish(mosq, NULL, "$burst", 2, "10", 0, false), 0);
	fflush(stdout);
	while(!rc && seen.message < 10 && seen.disconnect == 0) rc = mosquitto_loop(mosq, 1000, 1);
	if(in_child){
		failures = 0;
		EQUAL(seen.message, 1);
		EQUAL(mosquitto_socket(mosq), -1);
		mosquitto_destroy(mosq);
		fflush(stdout);
		_exit(failures != 0);
	}
	EQUAL(seen.message, 10);
	CHECK(wait(&status) > 0);
	EQUAL(status, 0);
	EQUAL(mosquitto_disconnect(mosq), 0);
	LOOP_UNTIL(mosq, seen.disconnect);
	mosquitto_destroy(mosq);
}

/* The parent's end is seen although a child lives on. */
static void parent_leaves_while_the_child_lives(void)
{
	struct mosquitto *mosq = new_client("fork-leaves");
	int listener = listen_on(AF_INET, 0, 5), pipes[2], peer;
	struct pollfd poll_peer = {.events = POLLIN};
	char bytes[100];
	ssize_t got;
	pid_t child;

	CHECK(pipe(pipes) == 0);
	EQUAL(mosquitto_loop_start(mosq), 0);
	EQUAL(mosquitto_connect(mosq, "127.0.0.1", port_of(listener), 60), 0);
	peer = accept(listener, NULL, NULL);
	CHECK(write(peer, "\x20\x02\0\0", 4) == 4);
	WAIT_UNTIL(seen.connect);
	pause_ms(20); /* the loop's thread is asleep, with a hand on the socket */
	fflush(stdout);
	child = fork();
	if(child == 0){
		close(pipes[1]);
		alarm(10);
		_exit(read(pipes[0], bytes, 1) != 0); /* lives until the parent lets it go */
	}
	close(pipes[0]);
	mosquitto_destroy(mosq);
	poll_peer.fd = peer;
	do{
		CHECK(poll(&poll_peer, 1, 2000) == 1);
		got = poll_peer.revents ? read(peer, bytes, sizeof(bytes)) : 0;
	}while(got > 0);
	CHECK(poll_peer.revents && got == 0);
	close(pipes[1]);
	reap(child);
	close(peer);
	close(listener);
}

static const struct row rows[] = {
	ROW(child_of_an_idle_client),
	ROW(child_of_a_client_without_thread),
	ROW(child_that_connects),
	ROW(children_in_full_flow),
	ROW(fork_inside_a_callback),
	ROW(child_returns_from_a_callback),
	ROW(parent_leaves_while_the_child_lives),
};

int main(int argc, char *argv[])
{
	(void)argc;
	port = atoi(argv[1]);
	return RUN_ROWS(rows, argv + 2);
}
