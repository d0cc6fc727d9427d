/* A client certificate, with a key in plain and one with a password.
 *
 * @peer tls
 */
#include "common.h"

static struct mosquitto *mosq;
static const char *answer;
static int asked;

static int password(char *buf, int size, int rwflag, void *userdata)
{
	/* How often depends on the library. */
	if(!asked) say("password: size=%d rwflag=%d userdata is %s", size, rwflag, userdata == mosq ? "the client" : "else");
	asked++;
	memcpy(buf, answer, strlen(answer));
	return (int)strlen(answer);
}

static void connect_with(char *argv[], const char *name, const char *text)
{
	char ca[200], certificate[200], key[200];

	snprintf(ca, sizeof(ca), "%s/ca.crt", argv[3]);
	snprintf(certificate, sizeof(certificate), "%s/%s.crt", argv[3], name);
	snprintf(key, sizeof(key), "%s/%s.key", argv[3], name);
	asked = 0;
	answer = text;
	memset(&seen, 0, sizeof(seen));
	mosq = new_client("tls_client_certificate", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_tls_set(mosq, ca, NULL, certificate, key, password));
	if(CALL(mosquitto_connect(mosq, argv[1], atoi(argv[4]), 60)) == MOSQ_ERR_SUCCESS){
		LOOP_UNTIL(mosq, seen.connect == 1);
		leave(mosq);
	}
	say("asked: %s", asked ? "yes" : "no");
	mosquitto_destroy(mosq);
}

int main(int argc, char *argv[])
{
	if(argc < 5) return 1;
	mosquitto_lib_init();
	connect_with(argv, "client", "");
	connect_with(argv, "encrypted", "secret");
	connect_with(argv, "encrypted", "wrong");
	connect_with(argv, "encrypted", "");
	mosquitto_lib_cleanup();
	return 0;
}
