/* What of TLS is only found out when connecting: files with nothing in them, ciphers, another key than the certificate's.
 *
 * @peer tls
 */
#include "common.h"

static char ca[200], certificate[200], key[200], other[200], garbage[200];

static void attempt(char *argv[], const char *what, const char *trust, const char *cert, const char *private,
		const char *ciphers)
{
	struct mosquitto *mosq = new_client("tls_files", true, MQTT_PROTOCOL_V311);

	say("%s", what);
	CALL(mosquitto_tls_set(mosq, trust, NULL, cert, private, NULL));
	CALL(mosquitto_tls_opts_set(mosq, 1, NULL, ciphers));
	CALL(mosquitto_connect(mosq, argv[1], atoi(argv[2]), 60));
	say("socket: %s", mosquitto_socket(mosq) == -1 ? "none" : "one");
	mosquitto_destroy(mosq);
}

int main(int argc, char *argv[])
{
	FILE *file;

	if(argc < 4) return 1;
	mosquitto_lib_init();
	snprintf(ca, sizeof(ca), "%s/ca.crt", argv[3]);
	snprintf(certificate, sizeof(certificate), "%s/client.crt", argv[3]);
	snprintf(key, sizeof(key), "%s/client.key", argv[3]);
	snprintf(other, sizeof(other), "%s/server.key", argv[3]);
	snprintf(garbage, sizeof(garbage), "%s/garbage", argv[3]);
	file = fopen(garbage, "w");
	if(!file || fputs("nothing\n", file) < 0 || fclose(file)) return 1;

	attempt(argv, "no certificate in the CA file", garbage, NULL, NULL, NULL);
	attempt(argv, "no certificate in the certificate file", ca, garbage, key, NULL);
	attempt(argv, "no key in the key file", ca, certificate, garbage, NULL);
	attempt(argv, "the key of another certificate", ca, certificate, other, NULL);
	attempt(argv, "ciphers that do not exist", ca, NULL, NULL, "no such cipher");
	mosquitto_lib_cleanup();
	return 0;
}
