/* Settings that hold memory or secrets, each set several times, used and replaced: valgrind has to find nothing left.
 * The peer is first a SOCKS5 proxy, then a web server.
 *
 * @peer script
 * @library ours, options of 2.1 and our own
 * @script
 * -> 05 02 00 02
 * <1 05 02
 * -> 01 05 "alice" 06 "secret"
 * <1 01 00 05 00 00 03 07 "gateway" 0438
 * -> 05 01 00 03 0e "broker.example" 07 5b
 * -> CONNECT
 * <- 20020000
 * -> DISCONNECT
 * end
 * accept
 * <1 "HTTP/1.1 404 Not Found" 0d0a 0d0a
 * stdout refused
 * close
 * accept
 * <1 "HTTP/1.1 101 Swit"
 * close
 */
#include <unistd.h>

#include <mosquitto/extensions.h>

#include "common.h"

static struct mosquitto *mosq;

static void set_tls(void)
{
	char file[] = "/tmp/mosquitto-test-XXXXXX";
	int i, fd = mkstemp(file);

	if(fd < 0) exit(1);
	close(fd);
	for(i = 0; i < 2; i++){
		CALL(mosquitto_tls_psk_set(mosq, "0a1b2c3d", "identity", "PSK-AES128-CBC-SHA256"));
		CALL(mosquitto_tls_opts_set(mosq, 1, "tlsv1.3", "TLS_AES_128_GCM_SHA256"));
		CALL(mosquitto_tls_opts_set(mosq, 1, "tlsv1.2", "ECDHE-RSA-AES128-GCM-SHA256"));
		NAMED("mosquitto_tls_set", mosquitto_tls_set(mosq, file, "/", file, file, NULL));
		CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_ALPN, "mqtt"));
		CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_ENGINE_KPASS_SHA1, "0123456789abcdef0123456789abcdef01234567"));
		CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_ENGINE, "dynamic"));
		CALL(mosquitto_string_option(mosq, MOSQ_OPT_BIND_ADDRESS, "127.0.0.1"));
	}
	unlink(file);
}

int main(int argc, char *argv[])
{
	int i;

	(void)argc;
	mosquitto_lib_init();
	mosq = new_client("freed", true, MQTT_PROTOCOL_V311);
	set_tls();
	mosquitto_destroy(mosq);

	mosq = new_client("freed", true, MQTT_PROTOCOL_V311);
	for(i = 0; i < 2; i++){
		NAMED("mosquitto_socks5_set", mosquitto_socks5_set(mosq, argv[1], atoi(argv[2]), "alice", "secret"));
		CALL(mosquitto_username_pw_set(mosq, "user", "password"));
		CALL(mosquitto_username_pw_set(mosq, NULL, NULL));
	}
	CALL(mosquitto_connect(mosq, "broker.example", 1883, 60));
	LOOP_UNTIL(mosq, seen.connect == 1);
	leave(mosq);
	mosquitto_destroy(mosq);

	mosq = new_client("freed", true, MQTT_PROTOCOL_V311);
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS));
	for(i = 0; i < 2; i++){
		CALL(mosquitto_string_option(mosq, MOSQ_OPT_HTTP_PATH, "/another/path"));
		CALL(mosquitto_string_option(mosq, MOSQ_OPT_X_HTTP_HEADERS, "Authorization: Basic YTpi"));
	}
	for(i = 2; i <= 3; i++){
		CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
		LOOP_UNTIL(mosq, seen.disconnect == i);
		say("refused");
	}
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
