"""Clients created, connected and dropped in random states: stress.py PORT [SEED [COUNT]]"""

import asyncio
import gc
import random
import sys
import time
from typing import Any, List

import mosquitto
from mosquitto import _callbacks
from mosquitto.aio import Client
from tests.support import free_port, wait_until


class Stress:
    """Does what a random number generator says."""

    def __init__(self, port: int, seed: int) -> None:
        self.rng = random.Random(seed)
        self.port, self.nobody = port, free_port()

    def run(self, count: int) -> None:
        """Creates and drops so many clients; returns when all of them are gone."""
        before = len(_callbacks.live)
        for _ in range(count):
            self.one()
        asyncio.run(self.some(count // 5 + 1))
        gc.collect()
        wait_until(lambda: len(_callbacks.live) <= before)

    def one(self) -> None:
        """One client, dropped after a few steps, perhaps while its thread runs."""
        rng = self.rng
        client = mosquitto.Mosquitto(protocol=rng.choice((3, 4, 5)))
        client.on_connect = lambda mosq, obj, rc: mosq.subscribe("drop/#", 1)
        client.on_message = lambda mosq, obj, msg: None
        client.on_publish = lambda mosq, obj, mid: None
        client.on_disconnect = lambda mosq, obj, rc: None
        if rng.random() < 0.2:
            client.on_log = lambda mosq, obj, level, text: None
        steps: List[Any] = [
            lambda: client.connect("127.0.0.1", self.port),
            lambda: client.connect_async("127.0.0.1", self.port),
            lambda: client.connect_async("localhost", self.nobody),
            lambda: client.reconnect(),
            lambda: client.loop_start(),
            lambda: client.loop_stop(True),
            lambda: client.subscribe("drop/#", 2),
            lambda: client.subscribe_multiple(["drop/a", "drop/b"], 1),
            lambda: client.unsubscribe("drop/#"),
            lambda: client.publish("drop/x", b"0" * rng.choice((0, 10, 100_000)), rng.randrange(3)),
            lambda: client.disconnect(),
            lambda: client.will_set("drop/will", "x"),
            lambda: [client.loop(rng.randrange(3)) for _ in range(rng.randrange(5))],
            lambda: time.sleep(rng.random() / 100),
            lambda: client.user_data_set(client),  # a circle
            lambda: client.user_data_set(steps),  # another
            lambda: setattr(client, "on_message", None),
        ]
        for _ in range(rng.randrange(10)):
            rng.choice(steps)()

    async def some(self, count: int) -> None:
        """Asyncio clients, left alone while they connect, publish or receive."""
        rng = self.rng
        for _ in range(count):
            client = Client(reconnect=rng.random() < 0.3)
            connecting = asyncio.ensure_future(client.connect("127.0.0.1", rng.choice((self.port, self.nobody))))
            try:
                await asyncio.wait_for(connecting, rng.choice((0.001, 0.01, 1)))
                await client.subscribe("drop/#", 1)
                client.publish_nowait("drop/x", b"0" * 1000, rng.randrange(3))
                if rng.random() < 0.5:
                    await client.disconnect()
            except (mosquitto.MosquittoError, asyncio.TimeoutError):
                pass  # one of the states
            await asyncio.sleep(rng.random() / 100)


if __name__ == "__main__":
    port, seed, count = (int(word) for word in (sys.argv[1:] + ["1883", "0", "50"][len(sys.argv) - 1 :])[:3])
    Stress(port, seed).run(count)
