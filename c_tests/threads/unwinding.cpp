/* Callbacks that are left by an exception or with their thread: `unwinding PORT [once|thread]`.
 *
 * Both go through the library's functions as through those of a library in C, and the client works afterwards. With `once`
 * only the first two cases, after which the client is not used any more: so much can be asked of other libraries too.
 * `thread` exits on the library's own thread, which ends the process.
 */
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string>

#include <pthread.h>
#include <unistd.h>

#include <mosquitto.h>

static int port, failures, rows;
static std::atomic<bool> armed, exits;
static const char *throwing;
static int published, arrived;

static void check(bool holds, const std::string &what)
{
	if(!holds){
		failures++;
		printf("FAILED %s\n", what.c_str());
	}
}

/* What a callback called `name` does. */
static void act(const char *name)
{
	if(!armed || strcmp(name, throwing)) return;
	armed = false;
	if(exits) pthread_exit(&armed);
	throw std::runtime_error(name);
}

static void on_connect(struct mosquitto *, void *, int)
{
	act("connect");
}

static void on_disconnect(struct mosquitto *, void *, int)
{
	act("disconnect");
}

static void on_publish(struct mosquitto *, void *, int)
{
	published++;
	act("publish");
}

static void on_message(struct mosquitto *, void *, const struct mosquitto_message *)
{
	arrived++;
	act("message");
}

static void on_subscribe(struct mosquitto *, void *, int, int, const int *)
{
	act("subscribe");
}

static void on_unsubscribe(struct mosquitto *, void *, int)
{
	act("unsubscribe");
}

static void on_log(struct mosquitto *, void *, int, const char *)
{
	act("log");
}

enum loop { LOOP, FOREVER, READ };

static void turn(struct mosquitto *mosq, enum loop loop)
{
	switch(loop){
		case LOOP: mosquitto_loop(mosq, 100, 1); break;
		case FOREVER: mosquitto_loop_forever(mosq, 100, 1); break;
		case READ:
			usleep(1000);
			mosquitto_loop_read(mosq, 1);
			mosquitto_loop_write(mosq, 1);
			mosquitto_loop_misc(mosq);
	}
}

static struct mosquitto *new_client()
{
	struct mosquitto *mosq = mosquitto_new("unwinding", true, nullptr);

	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_disconnect_callback_set(mosq, on_disconnect);
	mosquitto_publish_callback_set(mosq, on_publish);
	mosquitto_message_callback_set(mosq, on_message);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_unsubscribe_callback_set(mosq, on_unsubscribe);
	return mosq;
}

/* A whole life; the exception comes out of one of its calls. */
static void live(struct mosquitto *mosq, enum loop loop)
{
	if(!strcmp(throwing, "log")) mosquitto_log_callback_set(mosq, on_log);
	mosquitto_connect(mosq, "127.0.0.1", port, 60);
	mosquitto_subscribe(mosq, nullptr, "s", 1);
	mosquitto_unsubscribe(mosq, nullptr, "s");
	mosquitto_publish(mosq, nullptr, "echo", 1, "x", 1, false);
	if(!strcmp(throwing, "disconnect")) mosquitto_publish(mosq, nullptr, "$drop", 0, nullptr, 0, false);
	for(time_t end = time(nullptr) + 10; time(nullptr) < end;) turn(mosq, loop);
}

static void use_again(struct mosquitto *mosq, const std::string &name)
{
	mosquitto_log_callback_set(mosq, nullptr);
	check(mosquitto_connect(mosq, "127.0.0.1", port, 60) == 0, name + ": connect again");
	published = arrived = 0;
	check(mosquitto_publish(mosq, nullptr, "echo", 1, "y", 2, false) == 0, name + ": publish again");
	for(time_t end = time(nullptr) + 10; (!published || !arrived) && time(nullptr) < end;) turn(mosq, LOOP);
	check(published && arrived, name + ": use again");
}

static void exception(const char *callback, enum loop loop, bool again)
{
	struct mosquitto *mosq = new_client();
	std::string name = std::string(callback) + " " + std::to_string(loop), caught;

	throwing = callback;
	armed = true;
	exits = false;
	try{
		live(mosq, loop);
	}catch(const std::runtime_error &error){
		caught = error.what();
	}
	check(caught == callback, name + ": no exception");
	rows++;
	if(!again) return;
	use_again(mosq, name);
	mosquitto_destroy(mosq);
}

/* Out of publish itself: QoS 0 is complete when it has been written. */
static void exception_in_publish()
{
	struct mosquitto *mosq = new_client();
	bool caught = false;

	throwing = "publish";
	exits = false;
	armed = false;
	mosquitto_connect(mosq, "127.0.0.1", port, 60);
	armed = true;
	try{
		mosquitto_publish(mosq, nullptr, "t", 1, "x", 0, false);
	}catch(const std::runtime_error &){
		caught = true;
	}
	check(caught, "publish itself: no exception");
	rows++;
	use_again(mosq, "publish itself");
	mosquitto_destroy(mosq);
}

struct Noted {
	bool *gone;
	~Noted() { *gone = true; }
};

static bool gone;

static void *run(void *mosq)
{
	Noted noted = {&gone};

	live(static_cast<struct mosquitto *>(mosq), FOREVER);
	return nullptr;
}

/* pthread_exit: what the thread's own frames have is given back, and join gets the value. */
static void exit_in(const char *callback, bool again)
{
	struct mosquitto *mosq = new_client();
	std::string name = std::string("exit in ") + callback;
	pthread_t thread;
	void *value = nullptr;

	throwing = callback;
	armed = true;
	exits = true;
	gone = false;
	pthread_create(&thread, nullptr, run, mosq);
	pthread_join(thread, &value);
	check(value == &armed && gone, name);
	rows++;
	if(!again) return;
	use_again(mosq, name);
	mosquitto_destroy(mosq);
}

int main(int argc, char *argv[])
{
	bool once = argc > 2;

	port = atoi(argv[1]);
	mosquitto_lib_init();
	if(once && !strcmp(argv[2], "thread")){
		struct mosquitto *mosq = new_client();

		throwing = "connect";
		armed = true;
	exits = true;
		mosquitto_loop_start(mosq);
		mosquitto_connect_async(mosq, "127.0.0.1", port, 60);
		for(int i = 0; i < 10000 && armed; i++) usleep(1000);
		mosquitto_loop_stop(mosq, false);
		printf("stopped\n");
		fflush(stdout);
		_exit(armed);
	}
	exception("message", LOOP, !once);
	exit_in("message", !once);
	if(!once){
		for(const char *callback : {"connect", "disconnect", "publish", "message", "subscribe", "unsubscribe", "log"}){
			for(enum loop loop : {LOOP, FOREVER, READ}) exception(callback, loop, true);
			exit_in(callback, true);
		}
		exception_in_publish();
		mosquitto_lib_cleanup();
	}
	printf("rows %d\n", rows);
	fflush(stdout);
	_exit(failures != 0);
}
