/* Setters of TLS: what they take and what they refuse, without a connection.
 *
 * @peer none
 */
#include <unistd.h>

#include "common.h"

int main(void)
{
	struct mosquitto *mosq;
	char file[] = "/tmp/mosquitto-test-XXXXXX";
	int fd;

	mosquitto_lib_init();
	fd = mkstemp(file);
	if(fd < 0 || write(fd, "nothing\n", 8) != 8) return 1;
	close(fd);
	mosq = mosquitto_new("tls", true, NULL);

	CALL(mosquitto_tls_set(NULL, file, NULL, NULL, NULL, NULL));
	CALL(mosquitto_tls_set(mosq, NULL, NULL, NULL, NULL, NULL));
	CALL(mosquitto_tls_set(mosq, NULL, NULL, file, file, NULL));
	CALL(mosquitto_tls_set(mosq, file, NULL, file, NULL, NULL));
	CALL(mosquitto_tls_set(mosq, file, NULL, NULL, file, NULL));
	CALL(mosquitto_tls_set(mosq, "/nonexistent/file", NULL, NULL, NULL, NULL));
	CALL(mosquitto_tls_set(mosq, "", NULL, NULL, NULL, NULL));
	CALL(mosquitto_tls_set(mosq, "/", NULL, NULL, NULL, NULL));
	CALL(mosquitto_tls_set(mosq, file, NULL, "/nonexistent/file", file, NULL));
	CALL(mosquitto_tls_set(mosq, file, NULL, file, "/nonexistent/file", NULL));
	CALL(mosquitto_tls_set(mosq, NULL, "/nonexistent/directory", NULL, NULL, NULL));
	CALL(mosquitto_tls_set(mosq, file, NULL, NULL, NULL, NULL));
	CALL(mosquitto_tls_set(mosq, file, "/", file, file, NULL));

	CALL(mosquitto_tls_insecure_set(NULL, true));
	CALL(mosquitto_tls_insecure_set(mosq, true));
	CALL(mosquitto_tls_insecure_set(mosq, false));

	CALL(mosquitto_tls_opts_set(NULL, 1, NULL, NULL));
	CALL(mosquitto_tls_opts_set(mosq, 1, NULL, NULL));
	CALL(mosquitto_tls_opts_set(mosq, 0, "tlsv1.2", NULL));
	CALL(mosquitto_tls_opts_set(mosq, 1, "TLSv1.3", NULL));
	CALL(mosquitto_tls_opts_set(mosq, 1, "tlsv1", NULL));
	CALL(mosquitto_tls_opts_set(mosq, 1, "sslv3", NULL));
	CALL(mosquitto_tls_opts_set(mosq, 1, "", NULL));
	CALL(mosquitto_tls_opts_set(mosq, 1, NULL, "no such cipher"));

	CALL(mosquitto_tls_psk_set(NULL, "12", "identity", NULL));
	CALL(mosquitto_tls_psk_set(mosq, NULL, "identity", NULL));
	CALL(mosquitto_tls_psk_set(mosq, "12", NULL, NULL));
	CALL(mosquitto_tls_psk_set(mosq, "0x12", "identity", NULL));
	CALL(mosquitto_tls_psk_set(mosq, "12g4", "identity", NULL));
	CALL(mosquitto_tls_psk_set(mosq, "", "", NULL));
	CALL(mosquitto_tls_psk_set(mosq, "123", "identity", NULL));
	CALL(mosquitto_tls_psk_set(mosq, "0A1b", "identity", "PSK-AES128-CBC-SHA256"));

	CALL(mosquitto_int_option(mosq, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 1));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_TLS_OCSP_REQUIRED, 1));
	CALL(mosquitto_int_option(mosq, MOSQ_OPT_TLS_USE_OS_CERTS, 1));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_ALPN, "mqtt"));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_ALPN, ""));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_KEYFORM, "PEM"));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_KEYFORM, "engine"));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_KEYFORM, "other"));
	/* The key is a name for an engine now. */
	CALL(mosquitto_tls_set(mosq, file, NULL, file, "no file", NULL));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_ENGINE, "no such engine"));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_ENGINE, NULL));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_ENGINE_KPASS_SHA1, "0123456789abcdef0123456789abcdef01234567"));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_ENGINE_KPASS_SHA1, "0123456789abcdef0123456789abcdef012345"));
	CALL(mosquitto_string_option(mosq, MOSQ_OPT_TLS_ENGINE_KPASS_SHA1, "g123456789abcdef0123456789abcdef01234567"));
	CALL(mosquitto_void_option(mosq, MOSQ_OPT_SSL_CTX, NULL));
	say("ssl_get: %s", mosquitto_ssl_get(mosq) ? "something" : "nothing");

	unlink(file);
	mosquitto_destroy(mosq);
	mosquitto_lib_cleanup();
	return 0;
}
