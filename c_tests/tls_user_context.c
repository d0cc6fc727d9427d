/* The program's own SSL_CTX: used as it is, and refused if the library is to add what it was not told.
 *
 * @peer tls
 * @link -lssl -lcrypto
 */
#include <openssl/ssl.h>

#include "common.h"

static int lines;

static void keylog(const SSL *ssl, const char *line)
{
	(void)ssl;
	if(strlen(line) > 50) lines++;
}

static void use(char *argv[], SSL_CTX *ctx, int defaults)
{
	struct mosquitto *mosq = new_client("tls_user_context", true, MQTT_PROTOCOL_V311);

	lines = 0;
	memset(&seen, 0, sizeof(seen));
	SSL_CTX_set_keylog_callback(ctx, keylog);
	CALL(mosquitto_void_option(mosq, MOSQ_OPT_SSL_CTX, ctx));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, defaults));
	if(CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60)) == MOSQ_ERR_SUCCESS){
		LOOP_UNTIL(mosq, seen.connect == 1);
		say("context: %s", SSL_get_SSL_CTX(mosquitto_ssl_get(mosq)) == ctx ? "the program's" : "another");
		/* Asked here: whether the server's answer comes during mosquitto_connect() is a matter of luck. */
		say("key log: %s", lines ? "written" : "nothing");
		leave(mosq);
	}
	mosquitto_destroy(mosq);
	SSL_CTX_free(ctx);
}

int main(int argc, char *argv[])
{
	if(argc < 4) return 1;
	mosquitto_lib_init();
	say("as it is");
	use(argv, SSL_CTX_new(TLS_client_method()), 0);
	say("with defaults, but nothing to trust");
	use(argv, SSL_CTX_new(TLS_client_method()), 1);
	mosquitto_lib_cleanup();
	return 0;
}
