"""One measurement, in a process of its own: work.py PACKAGE DIRECTION DRIVER QOS COUNT PORT.

Prints seconds and seconds of processor time. Both packages get the same program but for what differs in their
interfaces: the class to make, and the client for ``asyncio``, which paho-mqtt leaves to its users (here as its own
example does it).
"""

import asyncio
import itertools
import socket
import sys
import threading
import time
from typing import Any, Callable, Iterator

PAYLOAD = b"x" * 64
#: How many messages a program publishes before it lets the client work, where it has no thread.
BURST = 100
INFLIGHT = 100
#: How many are under way at most: paho-mqtt refuses more than there are packet identifiers.
CHUNK = 20_000
LIMIT = 200
#: The name of the session in which the server keeps the messages to receive.
SESSION = "benchmark"


def make(package: str, client_id: str = "", clean_session: bool = True) -> Any:
    """A client of one of the packages."""
    if package == "mosquitto":
        import mosquitto

        return mosquitto.Mosquitto(client_id, clean_session)
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    return Client(CallbackAPIVersion.VERSION2, client_id, clean_session)


class Clock:
    """The time between two moments, as the clock on the wall and the processor show it."""

    def start(self) -> None:
        """The first moment."""
        self._began = time.perf_counter(), time.process_time()

    def stop(self) -> None:
        """The second."""
        self.seconds = [time.perf_counter() - self._began[0], time.process_time() - self._began[1]]


class Run:
    """A client and what it has to do."""

    def __init__(self, package: str, direction: str, qos: int, count: int, port: int) -> None:
        self.package, self.qos, self.count, self.port = package, qos, count, port
        self.publishes, self.both = direction != "receive", direction == "both"
        self.topic = "bench/both" if self.both else "bench/publish"
        self.clock = Clock()
        self.goal = 0 if self.publishes else count
        self.completions = itertools.count(1)  # two threads may count at once
        self.connected, self.done = threading.Event(), threading.Event()
        if self.publishes:
            self.client = make(package)
            self.client.on_publish = self.one_more
        else:
            self.client = make(package, SESSION, False)
        if self.both or not self.publishes:
            self.client.on_message = self.one_more
        self.client.max_inflight_messages_set(INFLIGHT)
        self.client.on_connect = self.on_connect

    def on_connect(self, *_: Any) -> None:
        """Receiving begins here: the messages wait in the server."""
        self.clock.start()
        if self.both:
            self.client.on_subscribe = lambda *_: self.connected.set()
            self.client.subscribe(self.topic, self.qos)
        else:
            self.connected.set()

    def one_more(self, client: Any, obj: Any, what: Any, *_: Any) -> None:
        """A message is complete."""
        if next(self.completions) == self.goal:
            self.done.set()

    def chunks(self) -> Iterator[int]:
        """How many bursts to publish before all must be complete, again and again."""
        for published in range(0, self.count, CHUNK):
            size = min(CHUNK, self.count - published)
            self.done.clear()
            self.goal = (published + size) * (1 + self.both)
            yield size // BURST

    def burst(self) -> None:
        """Publishes some messages."""
        publish, topic, qos = self.client.publish, self.topic, self.qos
        for _ in range(BURST):
            publish(topic, PAYLOAD, qos)

    def loop(self) -> None:
        """The program calls ``loop``."""
        client = self.client
        client.connect("127.0.0.1", self.port)
        self.loop_until(self.connected)
        if self.publishes:
            self.clock.start()
            for bursts in self.chunks():
                for _ in range(bursts):
                    self.burst()
                    client.loop(0)
                self.loop_until(self.done)
        self.loop_until(self.done)
        self.clock.stop()

    def loop_until(self, event: threading.Event) -> None:
        """Calls ``loop``."""
        while not event.is_set():
            self.client.loop(0.1 if self.package == "paho" else 100)

    def loop_forever(self) -> None:
        """A thread of the program calls ``loop_forever``."""
        self.client.connect("127.0.0.1", self.port)
        threading.Thread(target=self.client.loop_forever, daemon=True).start()
        self.beside_a_thread()

    def loop_start(self) -> None:
        """The library has a thread."""
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()
        self.beside_a_thread()

    def beside_a_thread(self) -> None:
        """Publishes, or waits."""
        if self.publishes:
            assert self.connected.wait(LIMIT)
            self.clock.start()
            for bursts in self.chunks():
                for _ in range(bursts):
                    self.burst()
                assert self.done.wait(LIMIT)
        assert self.done.wait(LIMIT)
        self.clock.stop()

    def asyncio(self) -> None:
        """The event loop of ``asyncio``."""
        asyncio.run(self.ours() if self.package == "mosquitto" else self.theirs())

    async def ours(self) -> None:
        """With :class:`mosquitto.aio.Client`."""
        from mosquitto.aio import Client

        async def receive() -> None:
            left = self.count
            async for _ in client.messages():
                left -= 1
                if not left:
                    return

        async with Client() if self.publishes else Client(SESSION, False) as client:
            client.mosquitto.max_inflight_messages_set(INFLIGHT)
            client.on_connect = lambda _: self.clock.start()
            await client.connect("127.0.0.1", self.port)
            if self.both:
                await client.subscribe(self.topic, self.qos)
            receiving = asyncio.create_task(receive())
            if self.publishes:
                self.clock.start()
                for _ in range(self.count // BURST):
                    for _ in range(BURST):
                        client.publish_nowait(self.topic, PAYLOAD, self.qos)
                    await client.drain()
            if self.both or not self.publishes:
                await receiving
            self.clock.stop()
            receiving.cancel()

    async def theirs(self) -> None:
        """With the external loop of paho-mqtt."""
        loop, client = asyncio.get_running_loop(), self.client
        left = self.count * (self.both or not self.publishes)  # to receive
        unpublished = 0
        turn = asyncio.Event()

        def on_publish(*_: Any) -> None:
            nonlocal unpublished
            unpublished -= 1
            if not unpublished:
                turn.set()

        def on_message(*_: Any) -> None:
            nonlocal left
            left -= 1
            if not left:
                turn.set()

        async def misc() -> None:
            while client.loop_misc() == 0:
                await asyncio.sleep(1)

        client.on_socket_open = lambda client, obj, sock: loop.add_reader(sock, client.loop_read)
        client.on_socket_close = lambda client, obj, sock: loop.remove_reader(sock)
        client.on_socket_register_write = lambda client, obj, sock: loop.add_writer(sock, client.loop_write)
        client.on_socket_unregister_write = lambda client, obj, sock: loop.remove_writer(sock)
        client.on_publish, client.on_message = on_publish, on_message
        client.connect("127.0.0.1", self.port)
        client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 18)
        keeping = loop.create_task(misc())
        while not self.connected.is_set():
            await asyncio.sleep(0.01)
        if self.publishes:
            self.clock.start()
            for _ in range(self.count // BURST):
                unpublished += BURST
                self.burst()
                while unpublished:
                    turn.clear()
                    await turn.wait()
        while left:
            turn.clear()
            await turn.wait()
        self.clock.stop()
        keeping.cancel()


def main() -> None:
    package, direction, driver, qos, count, port = sys.argv[1:]
    run = Run(package, direction, int(qos), int(count), int(port))
    method: Callable[[], None] = getattr(run, driver)
    method()
    print(*run.clock.seconds, flush=True)


if __name__ == "__main__":
    main()
