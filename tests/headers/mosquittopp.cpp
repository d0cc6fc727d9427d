// Uses the C++ class of the distribution (libmosquittopp-dev) as its programs do.
#include <mosquittopp.h>

class Client : public mosqpp::mosquittopp {
public:
	explicit Client(const char *id) : mosqpp::mosquittopp(id, true) {}
	void on_connect(int rc) override { connected = rc == MOSQ_ERR_SUCCESS; }
	void on_message(const struct mosquitto_message *message) override { received += message->payloadlen; }
	void on_subscribe(int, int qos_count, const int *granted_qos) override { granted = qos_count > 0 ? granted_qos[0] : -1; }
	void on_log(int level, const char *) override { errors += level == MOSQ_LOG_ERR; }
	bool connected = false;
	int received = 0, granted = 0, errors = 0;
};

int main()
{
	mosqpp::lib_init();
	{
		Client client("a");
		int version = MQTT_PROTOCOL_V311;
		client.opts_set(MOSQ_OPT_PROTOCOL_VERSION, &version);
		client.will_set("will", 1, "x", 1, true);
		client.connect("localhost");
		client.publish(nullptr, "topic", 1, "x", 2);
		client.loop_forever();
	}
	return mosqpp::lib_cleanup();
}
