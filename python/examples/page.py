"""The example of the historic module's page: a client that greets itself. Usage: page.py [HOST [PORT]]"""

import sys

import mosquitto


def on_connect(mosq, obj, rc):
    if rc == 0:
        print("Connected successfully.")
        mosq.subscribe("hello/#", 2)


def on_subscribe(mosq, obj, mid, qos_list):
    mosq.publish("hello/world", "Hello, World!", 2)


def on_message(mosq, obj, msg):
    print("Message received on topic "+msg.topic+" with QoS "+str(msg.qos)+" and payload "+msg.payload)
    mosq.disconnect()


def on_disconnect(mosq, obj, rc):
    print("Disconnected successfully." if rc == 0 else "Disconnected unexpectedly.")


mqttc = mosquitto.Mosquitto("python_page")
mqttc.on_connect = on_connect
mqttc.on_subscribe = on_subscribe
mqttc.on_message = on_message
mqttc.on_disconnect = on_disconnect

mqttc.connect(sys.argv[1] if len(sys.argv) > 1 else "localhost", int(sys.argv[2]) if len(sys.argv) > 2 else 1883)

while mqttc.loop() == 0:
    pass
