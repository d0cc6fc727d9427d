// A program on the C++ wrapper: 100 messages at mixed QoS to a broker and back. Arguments: host, port.

#include <cstdio>
#include <cstdlib>
#include <string>

#include <mosquittopp.h>

class RoundTrip : public mosqpp::mosquittopp {
public:
	RoundTrip() : mosqpp::mosquittopp("round-trip") {}

	int received[3] = {0, 0, 0};

private:
	static constexpr int total = 100;
	int published = 0;
	bool in_order = true;
	int next[3] = {0, 1, 2};

	void on_connect(int rc) override
	{
		std::printf("connected %d\n", rc);
		subscribe(nullptr, "round/trip", 2);
	}

	void on_subscribe(int, int, const int *) override
	{
		std::puts("subscribed");
		for(int i = 0; i < total; i++){
			std::string text = std::to_string(i);
			publish(nullptr, "round/trip", static_cast<int>(text.size()), text.data(), i % 3);
		}
	}

	void on_publish(int) override
	{
		published++;
		finish();
	}

	void on_message(const struct mosquitto_message *message) override
	{
		int number = std::atoi(static_cast<const char *>(message->payload));

		if(number != next[message->qos]) in_order = false;
		next[message->qos] = number + 3;
		received[message->qos]++;
		finish();
	}

	void finish()
	{
		int back = received[0] + received[1] + received[2];

		if(published == total && back == total){
			std::printf("%d there, %d back%s\n", published, back, in_order ? "" : ", out of order");
			disconnect();
		}
	}
};

int main(int argc, char *argv[])
{
	if(argc != 3) return 2;
	mosqpp::lib_init();
	int rc;
	{
		RoundTrip client;
		rc = client.connect(argv[1], std::atoi(argv[2]), 60);
		if(rc == MOSQ_ERR_SUCCESS) rc = client.loop_forever();
		std::printf("%d %d %d\n", client.received[0], client.received[1], client.received[2]);
	}
	mosqpp::lib_cleanup();
	return rc;
}
