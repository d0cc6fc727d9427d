"""The example programs."""

import os
import subprocess
import sys
import unittest

import mosquitto
from tests.support import LIMIT, PYTHON, Broker, Subscriber


class Examples(unittest.TestCase):
    def setUp(self) -> None:
        self.broker = Broker()
        self.addCleanup(self.broker.close)

    def start(self, name: str, *arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-u", str(PYTHON / "examples" / name), "127.0.0.1", str(self.broker.port)]
        process = subprocess.Popen(
            [*command, *arguments], env={**os.environ, "PYTHONPATH": str(PYTHON)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.addCleanup(process.communicate)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def publish(self, topic: str, payload: str) -> None:
        with mosquitto.Mosquitto() as client:
            client.connect("127.0.0.1", self.broker.port)
            self.assertEqual(client.publish_and_wait(topic, payload, 1, timeout=LIMIT), 0)

    def line(self, process: "subprocess.Popen[str]") -> str:
        assert process.stdout
        return process.stdout.readline().rstrip("\n")

    def test_page(self) -> None:
        process = self.start("page.py")
        self.assertEqual(self.line(process), "Connected successfully.")
        self.assertEqual(
            self.line(process), "Message received on topic hello/world with QoS 2 and payload Hello, World!"
        )
        self.assertEqual(self.line(process), "Disconnected successfully.")
        self.assertEqual(process.wait(LIMIT), 0)

    def test_subscriber(self) -> None:
        process = self.start("subscriber.py", "some/#")
        self.assertEqual(self.line(process), "subscribed to some/# with QoS 1")
        self.publish("some/topic", "text")
        self.assertEqual(self.line(process), "some/topic: text")
        process.send_signal(2)
        self.assertEqual(process.wait(LIMIT), 0)

    def test_publisher(self) -> None:
        subscriber = Subscriber(self.broker.port, "example/#")
        self.addCleanup(subscriber.close)
        process = self.start("publisher.py", "10")
        self.assertEqual(process.communicate(timeout=LIMIT)[0], "10 messages have arrived at the server\n")
        self.assertEqual(len(subscriber.wait(10)), 10)

    def test_service(self) -> None:
        process = self.start("service.py")
        self.assertEqual(self.line(process), "serving")
        subscriber = Subscriber(self.broker.port, "answers/#")
        self.addCleanup(subscriber.close)
        self.publish("questions/7", "what?")
        self.assertEqual(subscriber.wait(1), [("answers/7", b"WHAT?")])
        process.send_signal(2)
        self.assertEqual(process.wait(LIMIT), 0)

    def test_own_loop(self) -> None:
        process = self.start("own_loop.py", "2")
        for number in range(2):
            self.assertRegex(self.line(process), rf"clock/seconds: {number}: [0-9]+")
        self.assertEqual(process.wait(LIMIT), 0)
