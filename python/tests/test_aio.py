"""The asyncio client."""

import asyncio
import socket
import threading
import time
from typing import Any, Awaitable, Callable, List

import mosquitto
from mosquitto.aio import Client
from tests.support import LIMIT, Broker, BrokerTest, Subscriber, free_port


def run(test: Callable[[], Awaitable[Any]]) -> Any:
    async def limited() -> Any:
        asyncio.get_running_loop().slow_callback_duration = LIMIT  # a busy machine is no mistake
        return await asyncio.wait_for(test(), LIMIT)

    return asyncio.run(limited())


class Asyncio(BrokerTest):
    def test_service(self) -> None:
        async def service() -> List[bytes]:
            answers = []
            async with Client("service") as served, Client("asker") as asker:
                await served.connect("127.0.0.1", self.broker.port)
                await asker.connect("localhost", self.broker.port)  # ::1 first, where nobody listens
                self.assertEqual(await served.subscribe("commands/#", 2), 2)
                self.assertEqual(await asker.subscribe("answers", 1), 1)

                async def serve() -> None:
                    async for msg in served.messages():
                        await served.publish("answers", "done: " + msg.payload, qos=1)

                task = asyncio.create_task(serve())
                for qos in range(3):
                    await asker.publish("commands/x", f"command {qos}", qos)
                async for msg in asker.messages():
                    answers.append(bytes(msg.payload))
                    if len(answers) == 3:
                        break
                await served.unsubscribe("commands/#")
                await served.disconnect()
                await task
            self.assertEqual(threading.active_count(), 1)
            return answers

        self.assertEqual(run(service), [b"done: command 0", b"done: command 1", b"done: command 2"])

    def test_v5_properties(self) -> None:
        async def main() -> mosquitto.MosquittoMessage:
            async with Client(protocol=mosquitto.MQTT_PROTOCOL_V5) as client:
                await client.connect("127.0.0.1", self.broker.port)
                await client.subscribe("v5", 1)
                await client.publish("v5", b"x", 1, properties={"content-type": "text/plain"})
                async for msg in client.messages():
                    return msg
            raise AssertionError("no message")

        message = run(main)
        self.assertEqual(dict(message.properties), {"content-type": "text/plain"})

    def test_failures(self) -> None:
        async def nobody() -> None:
            await Client().connect("127.0.0.1", free_port())

        with self.assertRaises(mosquitto.MosquittoError):
            run(nobody)

        broker = Broker("password_file /dev/null", "allow_anonymous false")
        self.addCleanup(broker.close)

        async def refused() -> None:
            await Client().connect("127.0.0.1", broker.port)

        with self.assertRaises(mosquitto.ConnectionRefused) as caught:
            run(refused)
        self.assertEqual(caught.exception.reason, 5)

        async def silent() -> None:
            with socket.create_server(("127.0.0.1", 0)) as server:
                await Client().connect("127.0.0.1", server.getsockname()[1], timeout=0.2)

        with self.assertRaises(mosquitto.MosquittoError) as timed_out:
            run(silent)
        self.assertEqual(timed_out.exception.code, mosquitto.MOSQ_ERR_TIMEOUT)

    def test_drain(self) -> None:
        subscriber = Subscriber(self.broker.port, "drain")
        self.addCleanup(subscriber.close)

        async def main() -> None:
            async with Client() as client:
                await client.drain()  # nothing to wait for
                await client.connect("127.0.0.1", self.broker.port)
                mids = [client.publish_nowait("drain", str(number), number % 3) for number in range(300)]
                self.assertEqual(len(set(mids)), 300)
                await asyncio.gather(client.drain(), client.drain())
                self.assertFalse(client._publications)

        run(main)
        self.assertEqual(sorted(int(payload) for _, payload in subscriber.wait(300)), list(range(300)))

    def test_drain_tells_what_failed(self) -> None:
        acks = {"PUBACK, not authorised": b"\x40\x03\x00\x01\x87", "the end": b""}
        for name, answer in acks.items():

            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await reader.read(100)
                writer.write(b"\x20\x03\x00\x00\x00")  # CONNACK
                await reader.read(100)
                writer.write(answer)
                if not answer:
                    writer.close()
                await reader.read(100)  # DISCONNECT, or the end
                writer.close()

            async def main() -> List[int]:
                codes = []
                server = await asyncio.start_server(serve, "127.0.0.1", 0)
                async with Client(protocol=mosquitto.MQTT_PROTOCOL_V5) as client:
                    await client.connect("127.0.0.1", server.sockets[0].getsockname()[1])
                    client.publish_nowait("drain", "x", 1)
                    try:
                        await client.drain()
                    except mosquitto.MosquittoError as error:
                        codes.append(int(error.code))
                    await client.drain()  # said once
                server.close()
                return codes

            with self.subTest(name):
                expected = 0x87 if answer else mosquitto.MOSQ_ERR_CONN_LOST
                self.assertEqual(run(main), [expected])

    def test_large_messages_wait_for_the_socket(self) -> None:
        async def main() -> int:
            payload = b"x" * 3_000_000
            async with Client() as client:
                await client.connect("127.0.0.1", self.broker.port)
                await client.subscribe("large")
                await asyncio.gather(*[client.publish("large", payload) for _ in range(5)])
                count = 0
                async for msg in client.messages():
                    self.assertEqual(msg.payload, payload)
                    count += 1
                    if count == 5:
                        return count
            return 0

        self.assertEqual(run(main), 5)

    def test_reconnects(self) -> None:
        broker = Broker()
        self.addCleanup(broker.close)

        async def main() -> None:
            connections = []
            lost = asyncio.Event()

            async def subscribe(client: Client) -> None:
                connections.append(await client.subscribe("again", 1))

            client = Client(reconnect=True)
            client.on_connect = subscribe
            client.on_disconnect = lambda client, rc: lost.set()
            await client.connect("127.0.0.1", broker.port)
            while not connections:
                await asyncio.sleep(0.01)
            broker.stop()
            await lost.wait()
            publishing = asyncio.create_task(client.publish("elsewhere", "kept", qos=1))
            broker.start()
            await publishing
            while len(connections) < 2:
                await asyncio.sleep(0.01)
            await client.publish("again", "now", qos=1)
            async for msg in client.messages():
                self.assertEqual(msg.payload, b"now")
                break
            await client.disconnect()

        run(main)

    def test_an_idle_client_keeps_alive_and_sleeps(self) -> None:
        async def main() -> None:
            lines = []
            async with Client() as client:
                client.mosquitto.on_log = lambda mosq, obj, level, text: lines.append(text)
                await client.connect("127.0.0.1", self.broker.port, keepalive=5)
                calls = []
                due = client._due
                client._due = lambda: (calls.append(1), due())  # type: ignore[method-assign,assignment,func-returns-value]
                start = time.monotonic()
                while not any("PINGRESP" in line for line in lines):
                    await asyncio.sleep(0.05)
                    self.assertLess(time.monotonic() - start, 7.5)
                self.assertTrue(client.connected)
                self.assertLessEqual(len(calls), 6)

        run(main)
