"""Many messages through each way of running the client: none lost, order kept.

``MOSQUITTO_TEST_MESSAGES`` says how many for each way and QoS; the default suits a library that is not optimised.
"""

import asyncio
import os
import threading
import time
from typing import List

import mosquitto
from mosquitto.aio import Client
from tests.support import BrokerTest, wait_until

COUNT = int(os.environ.get("MOSQUITTO_TEST_MESSAGES") or 3_000)
LIMIT = 60 + COUNT / 1000


def payload(number: int) -> bytes:
    return b"%08d" % number


class Load(BrokerTest):
    """One client publishes to itself: all messages there and back."""

    def setUp(self) -> None:
        self.start = time.monotonic()
        self.received: List[bytes] = []
        self.published: List[int] = []
        self.mids: List[int] = []

    def check(self, name: str, qos: int) -> None:
        seconds = time.monotonic() - self.start
        self.assertEqual(len(self.received), COUNT)
        self.assertTrue(self.received == [payload(number) for number in range(COUNT)], "lost, double or out of order")
        self.assertEqual(sorted(self.published), sorted(self.mids))
        if "MOSQUITTO_TEST_MESSAGES" in os.environ:
            print(f"\n{name}, QoS {qos}: {COUNT} messages there and back, {COUNT / seconds:,.0f}/s", flush=True)

    def client(self, qos: int) -> mosquitto.Mosquitto:
        client = mosquitto.Mosquitto()
        client.max_inflight_messages_set(100)

        def end(mosq):
            if len(self.received) == len(self.published) == COUNT:
                mosq.disconnect()

        client.on_message = lambda mosq, obj, msg: (self.received.append(msg.payload), end(mosq))
        client.on_publish = lambda mosq, obj, mid: (self.published.append(mid), end(mosq))
        client.on_subscribe = lambda mosq, obj, mid, qos_list: self.granted.set()
        self.granted = threading.Event()
        self.assertEqual(client.connect("127.0.0.1", self.broker.port), 0)
        self.assertEqual(client.subscribe("load", qos), 0)
        return client

    def publish(self, client: mosquitto.Mosquitto, number: int, qos: int) -> None:
        result = client.publish("load", payload(number), qos)
        self.assertEqual(result, 0)
        self.mids.append(result.mid)

    def each_qos(self):
        for qos in range(3):
            self.setUp()
            yield qos

    def test_loop(self) -> None:
        for qos in self.each_qos():
            client = self.client(qos)
            self.run_until(client, self.granted.is_set)
            for number in range(COUNT):
                self.publish(client, number, qos)
                if number % 100 == 0:
                    self.assertEqual(client.loop(0), 0)
            deadline = time.monotonic() + LIMIT
            while client.loop(100) == 0:
                self.assertLess(time.monotonic(), deadline)
            self.check("loop", qos)

    def test_loop_forever(self) -> None:
        for qos in self.each_qos():
            client = self.client(qos)
            self.run_until(client, self.granted.is_set)
            thread = threading.Thread(target=client.loop_forever, daemon=True)
            thread.start()
            for number in range(COUNT):
                self.publish(client, number, qos)
            thread.join(LIMIT)
            self.assertFalse(thread.is_alive())
            self.check("loop_forever", qos)

    def test_loop_start(self) -> None:
        for qos in self.each_qos():
            client = self.client(qos)
            self.assertEqual(client.loop_start(), 0)
            self.assertTrue(self.granted.wait(LIMIT))
            for number in range(COUNT):
                self.publish(client, number, qos)
            wait_until(lambda: len(self.received) >= COUNT and len(self.published) >= COUNT, LIMIT)
            self.assertEqual(client.loop_stop(), 0)
            self.check("loop_start", qos)

    def test_asyncio(self) -> None:
        async def main(qos: int) -> None:
            asyncio.get_running_loop().slow_callback_duration = LIMIT  # said with -X dev, and a burst is slow
            async with Client() as client:
                client.mosquitto.max_inflight_messages_set(100)
                await client.connect("127.0.0.1", self.broker.port)
                await client.subscribe("load", qos)

                async def receive() -> None:
                    async for message in client.messages():
                        self.received.append(message.payload)
                        if len(self.received) == COUNT:
                            return

                receiving = asyncio.create_task(receive())
                for first in range(0, COUNT, 500):
                    last = min(first + 500, COUNT)
                    await asyncio.gather(*[client.publish("load", payload(n), qos) for n in range(first, last)])
                await asyncio.wait_for(receiving, LIMIT)

        for qos in self.each_qos():
            asyncio.run(main(qos))
            self.check("asyncio", qos)
