/* An engine of OpenSSL that knows one key, for tests: the one in the file that TEST_ENGINE_KEY names, by that name. With
 * TEST_ENGINE_PIN set it gives the key only after SECRET_MODE 0x1000 and a PIN of 20 bytes, all of that value. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stdlib.h>
#include <string.h>
#include <openssl/engine.h>
#include <openssl/pem.h>

#define SECRET_MODE ENGINE_CMD_BASE
#define PIN (ENGINE_CMD_BASE + 1)

static const ENGINE_CMD_DEFN commands[] = {
	{SECRET_MODE, "SECRET_MODE", "what the PIN is", ENGINE_CMD_FLAG_NUMERIC},
	{PIN, "PIN", "the PIN", ENGINE_CMD_FLAG_STRING},
	{0, NULL, NULL, 0}
};

static long mode;
static unsigned char pin[20];

static int control(ENGINE *engine, int command, long number, void *pointer, void (*function)(void))
{
	(void)engine; (void)function;
	if(command == SECRET_MODE) mode = number;
	else if(command == PIN) memcpy(pin, pointer, sizeof(pin));
	else return 0;
	return 1;
}

static EVP_PKEY *load(ENGINE *engine, const char *name, UI_METHOD *ui, void *data)
{
	const char *expected = getenv("TEST_ENGINE_PIN");
	FILE *file;
	EVP_PKEY *key;
	size_t i;

	(void)engine; (void)data;
	if(strcmp(name, getenv("TEST_ENGINE_KEY"))) return NULL;
	if(expected){
		if(mode != 0x1000 || ui) return NULL;
		for(i = 0; i < sizeof(pin); i++) if(pin[i] != atoi(expected)) return NULL;
	}
	file = fopen(name, "r");
	if(!file) return NULL;
	key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	return key;
}

static int bind(ENGINE *engine, const char *id)
{
	(void)id;
	return ENGINE_set_id(engine, "testengine") && ENGINE_set_name(engine, "engine of the tests")
		&& ENGINE_set_cmd_defns(engine, commands) && ENGINE_set_ctrl_function(engine, control)
		&& ENGINE_set_load_privkey_function(engine, load);
}

IMPLEMENT_DYNAMIC_CHECK_FN()
IMPLEMENT_DYNAMIC_BIND_FN(bind)
