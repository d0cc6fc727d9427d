"""Publishes while a thread of the library does the network's work. Usage: publisher.py [HOST [PORT [COUNT]]]"""

import sys
import threading

import mosquitto

host, port, count = (sys.argv[1:] + ["localhost", "1883", "100"][len(sys.argv) - 1 :])[:3]
left = int(count)
done = threading.Event()


def on_publish(mosq, obj, mid):
    global left
    left -= 1
    if left == 0:
        done.set()


with mosquitto.Mosquitto(raise_errors=True) as client:
    client.on_publish = on_publish
    client.connect_async(host, int(port))
    client.loop_start()
    for number in range(int(count)):
        client.publish(f"example/{number}", f"message {number}", 1)  # at once: what cannot be sent yet is queued
    if not done.wait(60):
        sys.exit("The server did not acknowledge all messages within a minute.")
    print(f"{count} messages have arrived at the server")
