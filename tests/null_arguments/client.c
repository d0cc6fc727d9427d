/* The library as a whole, making clients, settings, connecting, loops. */
#include "table.h"

void rows_for_library(void)
{
	int major = -1, minor = -1, revision = -1;

	IS(LIBMOSQUITTO_VERSION_NUMBER, mosquitto_lib_version(NULL, NULL, NULL));
	IS(LIBMOSQUITTO_VERSION_NUMBER, mosquitto_lib_version(&major, NULL, NULL));
	IS(LIBMOSQUITTO_VERSION_NUMBER, mosquitto_lib_version(NULL, &minor, &revision));
	IS(true, major == 2 && minor == 1 && revision == 2);
	IS(SUCCESS, mosquitto_lib_cleanup());
	IS(SUCCESS, mosquitto_lib_init());
	IS(SUCCESS, mosquitto_lib_init());
	IS(SUCCESS, mosquitto_lib_cleanup());
	IS(true, strstr(mosquitto_x_version(), "libmosquitto-rs ") == mosquitto_x_version());
}

/* mosquitto_new() that fails: the errno it sets, or 0 if it did not fail. */
static int new_fails(const char *id, bool clean_session)
{
	struct mosquitto *mosq;

	errno = 0;
	mosq = mosquitto_new(id, clean_session, NULL);
	if(mosq){
		mosquitto_destroy(mosq);
		return 0;
	}
	return errno ? errno : -1;
}

void rows_for_clients(void)
{
	struct mosquitto *mosq;
	int object = 0;

	IS(EINVAL, new_fails(NULL, false));
	IS(0, new_fails(NULL, true));
	IS(EINVAL, new_fails("", true));
	IS(EINVAL, new_fails("", false));
	IS(EINVAL, new_fails("\xff", true));
	IS(EINVAL, new_fails("a\x01", true));
	IS(EINVAL, new_fails("\xed\xa0\x80", true));
	IS(EINVAL, new_fails(repeat("a", 65536), true));
	IS(EINVAL, new_fails(repeat("a", 65537), true));
	IS(0, new_fails(repeat("a", 65535), false));
	IS(0, new_fails("\xc3\xa4", true));

	mosq = mosquitto_new("reinitialised", true, &object);
	IS(true, mosq && mosquitto_userdata(mosq) == &object);
	IS(INVAL, mosquitto_reinitialise(NULL, "id", true, NULL));
	IS(INVAL, mosquitto_reinitialise(mosq, NULL, false, NULL));
	IS(true, mosquitto_userdata(mosq) == &object);
	IS(INVAL, mosquitto_reinitialise(mosq, "", true, NULL));
	IS(UTF8, mosquitto_reinitialise(mosq, "\xff", true, NULL));
	IS(INVAL, mosquitto_reinitialise(mosq, repeat("a", 65536), true, NULL));
	IS(SUCCESS, mosquitto_reinitialise(mosq, NULL, true, NULL));
	IS(true, mosquitto_userdata(mosq) == mosq);
	RUNS(mosquitto_user_data_set(mosq, NULL));
	IS(true, mosquitto_userdata(mosq) == NULL);
	mosquitto_destroy(mosq);

	RUNS(mosquitto_destroy(NULL));
	RUNS(mosquitto_user_data_set(NULL, &object));
	IS(true, mosquitto_userdata(NULL) == NULL);
}

static void rows_for_options(void)
{
	int version = MQTT_PROTOCOL_V31, unknown[] = {-1, 0, 18, 0x4000, INT_MAX}, option;
	size_t i;

	IS(INVAL, mosquitto_int_option(NULL, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_PROTOCOL_VERSION, 2));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_PROTOCOL_VERSION, 6));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_PROTOCOL_VERSION, -1));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_RECEIVE_MAXIMUM, -1));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_RECEIVE_MAXIMUM, 65536));
	IS(SUCCESS, mosquitto_int_option(v311, MOSQ_OPT_RECEIVE_MAXIMUM, 65535));
	IS(SUCCESS, mosquitto_int_option(v311, MOSQ_OPT_RECEIVE_MAXIMUM, 0));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_SEND_MAXIMUM, -1));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_SEND_MAXIMUM, 65536));
	IS(SUCCESS, mosquitto_int_option(v311, MOSQ_OPT_SEND_MAXIMUM, 65535));
	IS(SUCCESS, mosquitto_int_option(v311, MOSQ_OPT_SEND_MAXIMUM, 0));
	IS(SUCCESS, mosquitto_int_option(v311, MOSQ_OPT_TCP_NODELAY, INT_MIN));
	IS(SUCCESS, mosquitto_int_option(v311, MOSQ_OPT_DISABLE_SOCKETPAIR, 0));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_TRANSPORT, 0));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_TRANSPORT, 3));
	IS(SUCCESS, mosquitto_int_option(v311, MOSQ_OPT_TRANSPORT, MOSQ_T_TCP));
	IS(SUCCESS, mosquitto_int_option(v311, MOSQ_OPT_HTTP_HEADER_SIZE, 100));
	IS(SUCCESS, mosquitto_int_option(v311, MOSQ_OPT_HTTP_HEADER_SIZE, INT_MAX));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_HTTP_HEADER_SIZE, 99));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_HTTP_HEADER_SIZE, -1));
	/* Options of another type. */
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_SSL_CTX, 0));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_BIND_ADDRESS, 0));
	IS(INVAL, mosquitto_int_option(v311, MOSQ_OPT_HTTP_PATH, 0));
	IS(INVAL, mosquitto_string_option(v311, MOSQ_OPT_PROTOCOL_VERSION, "5"));
	IS(INVAL, mosquitto_string_option(v311, MOSQ_OPT_TCP_NODELAY, NULL));
	IS(INVAL, mosquitto_void_option(v311, MOSQ_OPT_PROTOCOL_VERSION, &version));
	IS(INVAL, mosquitto_void_option(v311, MOSQ_OPT_BIND_ADDRESS, NULL));
	IS(INVAL, mosquitto_opts_set(v311, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, &version));
	IS(INVAL, mosquitto_opts_set(v311, MOSQ_OPT_BIND_ADDRESS, NULL));
	/* Numbers that are no option. */
	for(i=0; i<sizeof(unknown)/sizeof(unknown[0]); i++){
		option = unknown[i];
		IS(INVAL, mosquitto_int_option(v311, (enum mosq_opt_t)option, 1));
		IS(INVAL, mosquitto_string_option(v311, (enum mosq_opt_t)option, "1"));
		IS(INVAL, mosquitto_void_option(v311, (enum mosq_opt_t)option, &option));
		IS(INVAL, mosquitto_opts_set(v311, (enum mosq_opt_t)option, &option));
	}

	IS(INVAL, mosquitto_string_option(NULL, MOSQ_OPT_BIND_ADDRESS, "127.0.0.1"));
	IS(SUCCESS, mosquitto_string_option(v311, MOSQ_OPT_BIND_ADDRESS, "127.0.0.1"));
	IS(SUCCESS, mosquitto_string_option(v311, MOSQ_OPT_BIND_ADDRESS, NULL));
	IS(SUCCESS, mosquitto_string_option(v311, MOSQ_OPT_HTTP_PATH, "/mqtt?a=b"));
	IS(SUCCESS, mosquitto_string_option(v311, MOSQ_OPT_HTTP_PATH, ""));
	IS(SUCCESS, mosquitto_string_option(v311, MOSQ_OPT_HTTP_PATH, NULL));
	IS(INVAL, mosquitto_string_option(v311, MOSQ_OPT_HTTP_PATH, "/ HTTP/1.1\r\nX: y"));
	IS(INVAL, mosquitto_string_option(v311, MOSQ_OPT_HTTP_PATH, "\x7f"));
	IS(INVAL, mosquitto_void_option(NULL, MOSQ_OPT_SSL_CTX, NULL));
	IS(INVAL, mosquitto_opts_set(NULL, MOSQ_OPT_PROTOCOL_VERSION, &version));
	IS(INVAL, mosquitto_opts_set(v311, MOSQ_OPT_PROTOCOL_VERSION, NULL));
	IS(SUCCESS, mosquitto_opts_set(v311, MOSQ_OPT_PROTOCOL_VERSION, &version));
	version = 7;
	IS(INVAL, mosquitto_opts_set(v311, MOSQ_OPT_PROTOCOL_VERSION, &version));
	IS(SUCCESS, mosquitto_int_option(v311, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311));

	IS(INVAL, mosquitto_max_inflight_messages_set(NULL, 20));
	IS(INVAL, mosquitto_max_inflight_messages_set(v311, 65536));
	IS(INVAL, mosquitto_max_inflight_messages_set(v311, UINT_MAX));
	IS(SUCCESS, mosquitto_max_inflight_messages_set(v311, 0));
	IS(SUCCESS, mosquitto_max_inflight_messages_set(v311, 20));
	IS(INVAL, mosquitto_reconnect_delay_set(NULL, 1, 1, false));
	IS(SUCCESS, mosquitto_reconnect_delay_set(v311, 0, 0, true));
	IS(SUCCESS, mosquitto_reconnect_delay_set(v311, UINT_MAX, UINT_MAX, true));
	RUNS(mosquitto_message_retry_set(NULL, 0));
	RUNS(mosquitto_message_retry_set(v311, UINT_MAX));
}

static void rows_for_credentials(void)
{
	IS(INVAL, mosquitto_username_pw_set(NULL, "user", "password"));
	IS(INVAL, mosquitto_username_pw_set(v311, NULL, "password"));
	IS(SUCCESS, mosquitto_username_pw_set(v5, NULL, "password"));
	IS(INVAL, mosquitto_username_pw_set(v311, repeat("a", 65536), NULL));
	IS(INVAL, mosquitto_username_pw_set(v311, "user", repeat("a", 65536)));
	IS(SUCCESS, mosquitto_username_pw_set(v311, repeat("a", 65535), repeat("\xff", 65535)));
	IS(UTF8, mosquitto_username_pw_set(v311, "\xff", NULL));
	IS(UTF8, mosquitto_username_pw_set(v311, "a\x7f", "password"));
	IS(SUCCESS, mosquitto_username_pw_set(v311, "", ""));
	IS(SUCCESS, mosquitto_username_pw_set(v311, NULL, NULL));
	IS(SUCCESS, mosquitto_username_pw_set(v5, NULL, NULL));

	IS(PROTOCOL, mosquitto_ext_auth_continue(NULL, "method", 0, NULL, NULL));
	IS(PROTOCOL, mosquitto_ext_auth_continue(v311, "method", 0, NULL, NULL));
	IS(PROTOCOL, mosquitto_ext_auth_continue(v5, NULL, 0, NULL, NULL));
	IS(UTF8, mosquitto_ext_auth_continue(v5, "\xff", 0, NULL, NULL));
	IS(NO_CONN, mosquitto_ext_auth_continue(v5, "method", 4, NULL, NULL));
}

/* TLS and SOCKS. */
static void rows_for_transports(void)
{
	/* Of its own: a client that was asked for TLS in vain does not connect without it. */
	struct mosquitto *tls = mosquitto_new(NULL, true, NULL);
	struct mosquitto *proxied = mosquitto_new(NULL, true, NULL);

	IS(INVAL, mosquitto_tls_set(NULL, "ca", NULL, NULL, NULL, NULL));
	IS(INVAL, mosquitto_tls_set(tls, NULL, NULL, NULL, NULL, NULL));
	IS(INVAL, mosquitto_tls_insecure_set(NULL, true));
	IS(SUCCESS, mosquitto_tls_insecure_set(tls, true));
	IS(INVAL, mosquitto_tls_opts_set(NULL, 1, NULL, NULL));
	IS(INVAL, mosquitto_tls_opts_set(tls, 1, "", NULL));
	IS(INVAL, mosquitto_tls_opts_set(tls, 1, "tlsv1.1", NULL));
	IS(SUCCESS, mosquitto_tls_opts_set(tls, 1, NULL, NULL));
	IS(INVAL, mosquitto_tls_psk_set(NULL, "12", "identity", NULL));
	IS(INVAL, mosquitto_tls_psk_set(tls, NULL, "identity", NULL));
	IS(INVAL, mosquitto_string_option(tls, MOSQ_OPT_TLS_KEYFORM, NULL));
	IS(SUCCESS, mosquitto_string_option(tls, MOSQ_OPT_TLS_ENGINE, NULL));
	IS(SUCCESS, mosquitto_string_option(tls, MOSQ_OPT_TLS_ENGINE_KPASS_SHA1, NULL));
	IS(SUCCESS, mosquitto_string_option(tls, MOSQ_OPT_TLS_ALPN, NULL));
	IS(SUCCESS, mosquitto_void_option(tls, MOSQ_OPT_SSL_CTX, NULL));
	IS(true, mosquitto_ssl_get(NULL) == NULL);
	IS(true, mosquitto_ssl_get(tls) == NULL);
	/* No TLS wanted so far. */
	IS(INVAL, mosquitto_connect(tls, "", 0, 60));
	IS(INVAL, mosquitto_tls_set(tls, NULL, "/", "certificate", NULL, NULL));
	IS(TLS, mosquitto_connect(tls, "", 0, 60));
	IS(INVAL, mosquitto_tls_set(tls, NULL, "/", NULL, "key", NULL));
	IS(INVAL, mosquitto_tls_psk_set(tls, "12", NULL, NULL));
	IS(INVAL, mosquitto_tls_psk_set(tls, "0x12", "identity", NULL));
	IS(TLS, mosquitto_connect(tls, "", 0, 60));
	mosquitto_destroy(tls);

	IS(INVAL, mosquitto_socks5_set(NULL, "proxy", 1080, NULL, NULL));
	IS(INVAL, mosquitto_socks5_set(proxied, NULL, 1080, NULL, NULL));
	IS(INVAL, mosquitto_socks5_set(proxied, repeat("a", 257), 1080, NULL, NULL));
	IS(INVAL, mosquitto_socks5_set(proxied, "proxy", 0, NULL, NULL));
	IS(INVAL, mosquitto_socks5_set(proxied, "proxy", 65536, NULL, NULL));
	IS(INVAL, mosquitto_socks5_set(proxied, "proxy", 1080, repeat("a", 256), NULL));
	IS(INVAL, mosquitto_socks5_set(proxied, "proxy", 1080, "user", repeat("a", 256)));
	mosquitto_destroy(proxied);
}

static void rows_for_will(void)
{
	mosquitto_property *properties = user_property();

	IS(INVAL, mosquitto_will_set(NULL, "topic", 1, "x", 0, false));
	IS(INVAL, mosquitto_will_set(v311, NULL, 1, "x", 0, false));
	IS(INVAL, mosquitto_will_set(v311, "", 1, "x", 0, false));
	IS(INVAL, mosquitto_will_set(v311, "a/+", 1, "x", 0, false));
	IS(INVAL, mosquitto_will_set(v311, "a/#", 1, "x", 0, false));
	IS(INVAL, mosquitto_will_set(v311, repeat("a", 65536), 1, "x", 0, false));
	IS(INVAL, mosquitto_will_set(v311, repeat("/", 201), 1, "x", 0, false));
	IS(UTF8, mosquitto_will_set(v311, "a\xff", 1, "x", 0, false));
	IS(UTF8, mosquitto_will_set(v311, "a\x01", 1, "x", 0, false));
	IS(SIZE, mosquitto_will_set(v311, "topic", -1, "x", 0, false));
	IS(SIZE, mosquitto_will_set(v311, "topic", INT_MIN, "x", 0, false));
	IS(SIZE, mosquitto_will_set(v311, "topic", 65536, repeat("x", 65536), 0, false));
	IS(SIZE, mosquitto_will_set(v311, "topic", 268435456, "x", 0, false));
	IS(SIZE, mosquitto_will_set(v311, "", -1, "x", 0, false));
	IS(INVAL, mosquitto_will_set(v311, "topic", 1, NULL, 0, false));
	IS(INVAL, mosquitto_will_set(v311, "topic", 1, "x", -1, false));
	IS(INVAL, mosquitto_will_set(v311, "topic", 1, "x", 3, false));
	IS(SUCCESS, mosquitto_will_set(v311, "topic", 0, NULL, 2, true));
	IS(SUCCESS, mosquitto_will_set(v311, repeat("/", 200), 65535, repeat("x", 65535), 1, false));
	IS(INVAL, mosquitto_will_clear(NULL));
	IS(SUCCESS, mosquitto_will_clear(v311));
	IS(SUCCESS, mosquitto_will_clear(v311));

	/* On failure the list stays ours. */
	IS(INVAL, mosquitto_will_set_v5(NULL, "topic", 1, "x", 0, false, properties));
	IS(INVAL, mosquitto_will_set_v5(v5, NULL, 1, "x", 0, false, properties));
	IS(UNSUPPORTED, mosquitto_will_set_v5(v311, "topic", 1, "x", 0, false, properties));
	/* On success it is the library's: valgrind finds a list freed twice, or never. */
	IS(SUCCESS, mosquitto_will_set_v5(v5, "topic", 1, "x", 0, false, properties));
	properties = byte_property(MQTT_PROP_MAXIMUM_QOS, 1);
	IS(PROTOCOL, mosquitto_will_set_v5(v5, "topic", 1, "x", 0, false, properties));
	IS(PROTOCOL, mosquitto_will_set_v5(v5, NULL, 1, "x", 0, false, properties));
	mosquitto_property_free_all(&properties);
	properties = two(MQTT_PROP_WILL_DELAY_INTERVAL);
	IS(DUPLICATE, mosquitto_will_set_v5(v5, "topic", 1, "x", 0, false, properties));
	mosquitto_property_free_all(&properties);
	IS(SUCCESS, mosquitto_will_set_v5(v5, "topic", 1, "x", 0, false, NULL));
	IS(SUCCESS, mosquitto_will_clear(v5));
}

void rows_for_settings(void)
{
	rows_for_options();
	rows_for_credentials();
	rows_for_transports();
	rows_for_will();
}

/* mosquitto_connect*() fail before anything is opened, so an address where nobody listens does no harm. */
void rows_for_connecting(void)
{
	mosquitto_property *properties;
	int bad[][2] = {{-1, 60}, {65536, 60}, {INT_MIN, 60}, {1883, -1}, {1883, 1}, {1883, 4}, {1883, 65536}};
	const char *host = "127.0.0.1";
	size_t i;

	IS(INVAL, mosquitto_connect(NULL, host, 1883, 60));
	IS(INVAL, mosquitto_connect(v311, NULL, 1883, 60));
	IS(INVAL, mosquitto_connect_bind(NULL, host, 1883, 60, NULL));
	IS(INVAL, mosquitto_connect_bind(v311, NULL, 1883, 60, NULL));
	IS(INVAL, mosquitto_connect_bind_v5(NULL, host, 1883, 60, NULL, NULL));
	IS(INVAL, mosquitto_connect_bind_v5(v5, NULL, 1883, 60, NULL, NULL));
	IS(INVAL, mosquitto_connect_async(NULL, host, 1883, 60));
	IS(INVAL, mosquitto_connect_async(v311, NULL, 1883, 60));
	IS(INVAL, mosquitto_connect_bind_async(NULL, host, 1883, 60, NULL));
	IS(INVAL, mosquitto_connect_bind_async(v311, NULL, 1883, 60, NULL));
	for(i=0; i<sizeof(bad)/sizeof(bad[0]); i++){
		IS(INVAL, mosquitto_connect(v311, host, bad[i][0], bad[i][1]));
		IS(INVAL, mosquitto_connect_bind(v311, host, bad[i][0], bad[i][1], NULL));
		IS(INVAL, mosquitto_connect_bind_v5(v5, host, bad[i][0], bad[i][1], NULL, NULL));
		IS(INVAL, mosquitto_connect_async(v311, host, bad[i][0], bad[i][1]));
		IS(INVAL, mosquitto_connect_bind_async(v311, host, bad[i][0], bad[i][1], NULL));
	}
	IS(INVAL, mosquitto_connect_srv(NULL, host, 60, NULL));
	IS(INVAL, mosquitto_connect_srv(v311, NULL, 60, NULL));
	IS(INVAL, mosquitto_connect_srv(v311, host, -1, NULL));
	IS(INVAL, mosquitto_connect_srv(v311, host, 4, NULL));
	IS(INVAL, mosquitto_connect_srv(v311, host, 65536, NULL));
	IS(INVAL, mosquitto_reconnect(NULL));
	IS(INVAL, mosquitto_reconnect_async(NULL));
	/* Never connected. */
	IS(INVAL, mosquitto_reconnect(v311));
	IS(INVAL, mosquitto_reconnect_async(v311));
	/* Paths of Unix sockets that do not fit into an address. */
	IS(INVAL, mosquitto_connect(v311, "", 0, 60));
	IS(INVAL, mosquitto_connect(v311, repeat("a", 108), 0, 60));
	errno = 0;
	IS(MOSQ_ERR_ERRNO, mosquitto_connect(v311, repeat("a", 107), 0, 60));
	IS(ENOENT, errno);

	properties = user_property();
	IS(UNSUPPORTED, mosquitto_connect_bind_v5(v311, host, 1, 60, NULL, properties));
	mosquitto_property_free_all(&properties);
	properties = byte_property(MQTT_PROP_MAXIMUM_QOS, 1);
	IS(PROTOCOL, mosquitto_connect_bind_v5(v5, host, 1, 60, NULL, properties));
	mosquitto_property_free_all(&properties);
	properties = two(MQTT_PROP_SESSION_EXPIRY_INTERVAL);
	IS(DUPLICATE, mosquitto_connect_bind_v5(v5, host, 1, 60, NULL, properties));
	mosquitto_property_free_all(&properties);

	IS(INVAL, mosquitto_disconnect(NULL));
	IS(INVAL, mosquitto_disconnect_v5(NULL, 0, NULL));
	IS(INVAL, mosquitto_disconnect_v5(v5, -1, NULL));
	IS(INVAL, mosquitto_disconnect_v5(v5, 256, NULL));
	IS(INVAL, mosquitto_disconnect_v5(v5, 5, NULL));
	properties = user_property();
	IS(UNSUPPORTED, mosquitto_disconnect_v5(v311, 0, properties));
	mosquitto_property_free_all(&properties);
	properties = byte_property(MQTT_PROP_MAXIMUM_QOS, 1);
	IS(PROTOCOL, mosquitto_disconnect_v5(v5, 0, properties));
	mosquitto_property_free_all(&properties);
	IS(NO_CONN, mosquitto_disconnect(v311));
	IS(NO_CONN, mosquitto_disconnect_v5(v5, 0, NULL));
}

void rows_for_loops(void)
{
	IS(INVAL, mosquitto_loop(NULL, 0, 1));
	IS(INVAL, mosquitto_loop(v311, 0, 0));
	IS(INVAL, mosquitto_loop(v311, 0, INT_MIN));
	IS(NO_CONN, mosquitto_loop(v311, 0, 1));
	IS(NO_CONN, mosquitto_loop(v311, INT_MAX, 1));
	IS(INVAL, mosquitto_loop_forever(NULL, 0, 1));
	IS(INVAL, mosquitto_loop_forever(v311, 0, 0));
	IS(INVAL, mosquitto_loop_read(NULL, 1));
	IS(INVAL, mosquitto_loop_read(v311, 0));
	IS(NO_CONN, mosquitto_loop_read(v311, 1));
	IS(INVAL, mosquitto_loop_write(NULL, 1));
	IS(INVAL, mosquitto_loop_write(v311, -1));
	IS(NO_CONN, mosquitto_loop_write(v311, 1));
	IS(INVAL, mosquitto_loop_misc(NULL));
	IS(NO_CONN, mosquitto_loop_misc(v311));
	IS(-1, mosquitto_socket(NULL));
	IS(-1, mosquitto_socket(v311));
	IS(false, mosquitto_want_write(NULL));
	IS(false, mosquitto_want_write(v311));
	IS(INVAL, mosquitto_loop_start(NULL));
	IS(INVAL, mosquitto_loop_stop(NULL, true));
	IS(INVAL, mosquitto_loop_stop(v311, false));
	IS(INVAL, mosquitto_threaded_set(NULL, true));
	IS(SUCCESS, mosquitto_threaded_set(v311, true));
	IS(INVAL, mosquitto_loop_start(v311));
	IS(INVAL, mosquitto_loop_stop(v311, true));
	IS(SUCCESS, mosquitto_threaded_set(v311, false));
}
