"""TLS, pre-shared keys, WebSockets, Unix sockets and proxies, with loops and with asyncio, on Debian's broker."""

import asyncio
import shutil
import tempfile
import unittest
from pathlib import Path
from typing import Any, Callable, Dict, NamedTuple, Tuple

import mosquitto
from mosquitto.aio import Client
from tests.peers import Certificates, Proxy
from tests.support import LIMIT, Broker, free_port, wait_until

PAYLOAD = bytes(range(256)) * 8


class Way(NamedTuple):
    """A way to the broker: where it is, and what to set before."""

    address: Tuple[str, int]
    prepare: Callable[[mosquitto.Mosquitto], Any] = lambda client: 0
    transport: int = mosquitto.MOSQ_T_TCP


@unittest.skipUnless(shutil.which("openssl"), "the openssl command is not installed")
class Transports(unittest.TestCase):
    """A message with each QoS there and back, on every way."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.directory = tempfile.TemporaryDirectory()
        directory = Path(cls.directory.name)
        certificates = Certificates(directory)
        cls.authority = authority = certificates.authority
        certificate, key = certificates.issue("server")
        own, encrypted = certificates.issue("client", "secret")
        (directory / "keys").write_text("identity:0a1b2c3d\n")
        socket = str(directory / "socket")
        cls.tls, strict, psk, web, secure_web = (free_port() for _ in range(5))
        files = (f"cafile {authority}", f"certfile {certificate}", f"keyfile {key}")
        cls.broker = Broker(
            *(f"listener {cls.tls} 127.0.0.1", *files),
            *(f"listener {strict} 127.0.0.1", *files, "require_certificate true"),
            *(f"listener {psk} 127.0.0.1", "psk_hint hint", f"psk_file {directory / 'keys'}"),
            *(f"listener {web} 127.0.0.1", "protocol websockets"),
            *(f"listener {secure_web} 127.0.0.1", "protocol websockets", *files),
            f"listener 0 {socket}",
        )
        cls.proxy = Proxy(cls.broker.port, "broker.inside", "alice", "s3cret")
        cls.ways: Dict[str, Way] = {
            "TLS": Way(("localhost", cls.tls), lambda c: c.tls_set(authority)),
            "TLS, any name": Way(("127.0.0.1", cls.tls), lambda c: c.tls_set(authority) or c.tls_insecure_set(True)),
            "TLS 1.2": Way(("localhost", cls.tls), lambda c: c.tls_set(authority) or c.tls_opts_set(1, "tlsv1.2")),
            "a certificate of the client": Way(
                ("localhost", strict), lambda c: c.tls_set(authority, None, own, encrypted, "secret")
            ),
            "a key": Way(("localhost", psk), lambda c: c.tls_psk_set("0a1b2c3d", "identity")),
            "WebSocket": Way(("localhost", web), transport=mosquitto.MOSQ_T_WEBSOCKETS),
            "WebSocket on TLS": Way(
                ("localhost", secure_web), lambda c: c.tls_set(authority), mosquitto.MOSQ_T_WEBSOCKETS
            ),
            "a Unix socket": Way((socket, 0)),
            "a proxy": Way(
                ("broker.inside", 1883), lambda c: c.socks5_set("127.0.0.1", cls.proxy.port, "alice", "s3cret")
            ),
        }

    @classmethod
    def tearDownClass(cls) -> None:
        cls.proxy.close()
        cls.broker.close()
        cls.directory.cleanup()

    def test_loop_start(self) -> None:
        for name, way in self.ways.items():
            with self.subTest(name), mosquitto.Mosquitto(transport=way.transport) as client:
                messages = []
                client.on_connect = lambda mosq, obj, rc: mosq.subscribe("way", 2)
                client.on_subscribe = lambda mosq, obj, mid, qos_list: [
                    mosq.publish("way", PAYLOAD, qos) for qos in range(3)
                ]
                client.on_message = lambda mosq, obj, msg: messages.append(msg)
                self.assertEqual(way.prepare(client), 0)
                self.assertEqual(client.connect(*way.address), 0)
                self.assertEqual(client.loop_start(), 0)
                wait_until(lambda: len(messages) == 3)
                self.assertEqual([message.payload for message in messages], [PAYLOAD] * 3)
                self.assertEqual(sorted(message.qos for message in messages), [0, 1, 2])
        self.assertGreaterEqual(self.proxy.passed, 1)

    def test_asyncio(self) -> None:
        async def main(way: Way) -> None:
            async with Client(transport=way.transport) as client:
                self.assertEqual(way.prepare(client.mosquitto), 0)
                await client.connect(*way.address, timeout=LIMIT)
                await client.subscribe("way", 2)
                await asyncio.gather(*[client.publish("way", PAYLOAD, qos) for qos in range(3)])
                messages = client.messages()
                for _ in range(3):
                    self.assertEqual((await messages.__anext__()).payload, PAYLOAD)

        for name, way in self.ways.items():
            with self.subTest(name):
                asyncio.run(asyncio.wait_for(main(way), LIMIT))

    def test_what_must_not_connect(self) -> None:
        """Wrong names, authorities, keys and passwords."""
        strangers = tempfile.TemporaryDirectory()
        self.addCleanup(strangers.cleanup)
        stranger = Certificates(Path(strangers.name)).authority
        psk = self.ways["a key"].address
        cases: Dict[str, Way] = {
            "another name": Way(("127.0.0.1", self.tls), lambda c: c.tls_set(self.authority)),
            "another authority": Way(("localhost", self.tls), lambda c: c.tls_set(stranger)),
            "no certificate": Way(
                self.ways["a certificate of the client"].address, lambda c: c.tls_set(self.authority)
            ),
            "another key": Way(psk, lambda c: c.tls_psk_set("ffff", "identity")),
            "another password": Way(
                ("broker.inside", 1883), lambda c: c.socks5_set("127.0.0.1", self.proxy.port, "alice", "wrong!")
            ),
        }
        for name, way in cases.items():
            with self.subTest(name):
                client = mosquitto.Mosquitto()
                answers = []
                client.on_connect = lambda mosq, obj, rc: answers.append(rc)
                self.assertEqual(way.prepare(client), 0)
                code = client.connect(*way.address)
                while not code:
                    code = client.loop(100)
                self.assertEqual(answers, [])
                self.assertGreater(len(mosquitto.error_string(code)), 0)

    def test_settings_that_cannot_be(self) -> None:
        client = mosquitto.Mosquitto()
        self.assertEqual(client.tls_set(None), mosquitto.MOSQ_ERR_INVAL)
        self.assertEqual(client.tls_set("/no/such/file"), mosquitto.MOSQ_ERR_INVAL)
        self.assertEqual(client.tls_psk_set("no hexadecimal number", "identity"), mosquitto.MOSQ_ERR_INVAL)
        self.assertEqual(client.tls_opts_set(1, "tlsv0.9"), mosquitto.MOSQ_ERR_INVAL)
