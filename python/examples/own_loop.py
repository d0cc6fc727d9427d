"""A client inside asyncio, by the functions for a program's own event loop: publishes the time once a second and prints
what comes back. For programs that want callbacks; ``mosquitto.aio`` has coroutines. Usage: own_loop.py [HOST [PORT [N]]]
"""

import asyncio
import sys
import time

import mosquitto

host, port, count = (sys.argv[1:] + ["localhost", "1883", "3"][len(sys.argv) - 1 :])[:3]


class Driver:
    """Lets a client work inside the running event loop: no thread, and nothing that waits but the event loop."""

    def __init__(self, client):
        self.client = client
        self.loop = asyncio.get_running_loop()
        self.watched = -1
        self.connected = False

    def watch(self):
        """Waits for what the client needs now. That may change with every call of it, so this follows each."""
        descriptor = self.client.socket()
        if descriptor != self.watched or not self.connected:
            # While connecting one descriptor follows the other, perhaps with the same number: always anew.
            if self.watched >= 0:
                self.loop.remove_reader(self.watched)
                self.loop.remove_writer(self.watched)
            if descriptor >= 0:
                self.loop.add_reader(descriptor, self.readable)
            self.watched = descriptor
        if descriptor >= 0:
            if self.client.want_write():
                self.loop.add_writer(descriptor, self.writable)
            else:
                self.loop.remove_writer(descriptor)

    def readable(self):
        self.client.loop_read()
        self.watch()

    def writable(self):
        self.client.loop_write()
        self.watch()

    async def run(self):
        """Keeps the connection alive, and makes it anew when it is lost, until cancelled."""
        while True:
            self.client.loop_misc()
            if self.client.socket() < 0:
                self.client.reconnect_async()
            self.watch()
            await asyncio.sleep(1)


async def main():
    client = mosquitto.Mosquitto()
    driver = Driver(client)
    subscribed, arrived = asyncio.Event(), asyncio.Queue()

    def on_connect(mosq, obj, rc):
        driver.connected = rc == 0
        mosq.subscribe("clock/#", 1)

    def on_subscribe(mosq, obj, mid, qos_list):
        subscribed.set()

    def on_disconnect(mosq, obj, rc):
        driver.connected = False

    def on_message(mosq, obj, msg):
        arrived.put_nowait(msg)

    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.on_disconnect = on_disconnect
    client.on_message = on_message
    client.connect_async(host, int(port))
    task = asyncio.create_task(driver.run())
    await subscribed.wait()
    for number in range(int(count)):
        await asyncio.sleep(1)
        client.publish("clock/seconds", f"{number}: {int(time.time())}", 1)
        driver.watch()
        msg = await arrived.get()
        print(f"{msg.topic}: {msg.payload}")
    task.cancel()
    client.disconnect()
    while client.socket() >= 0:  # until the server has closed the connection
        await asyncio.sleep(0.01)
        driver.watch()


asyncio.run(main())
