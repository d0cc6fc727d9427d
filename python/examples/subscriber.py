"""Prints messages until Ctrl-C, across lost connections. Usage: subscriber.py [HOST [PORT [FILTER]]]"""

import sys

import mosquitto

host, port, topic = (sys.argv[1:] + ["localhost", "1883", "#"][len(sys.argv) - 1 :])[:3]


def on_connect(mosq, obj, rc):
    if rc != 0:
        print("The server refused the connection:", mosquitto.connack_string(rc))
        mosq.disconnect()
        return
    mosq.subscribe(topic, 1)  # here, so that it happens again after every new connection


def on_subscribe(mosq, obj, mid, qos_list):
    print(f"subscribed to {topic} with QoS {qos_list[0]}")


def on_message(mosq, obj, msg):
    print(msg.topic + ": " + msg.payload)


client = mosquitto.Mosquitto(raise_errors=True)
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.reconnect_delay_set(1, 30, True)
client.connect(host, int(port))
try:
    client.loop_forever()
except KeyboardInterrupt:
    client.disconnect()
