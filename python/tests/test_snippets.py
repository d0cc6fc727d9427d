"""The programs in the README files and the manual run as they are printed there."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Dict, List

import mosquitto
import mosquitto.aio
from mosquitto._library import lib
from tests.support import LIMIT, PYTHON, Broker, Subscriber


def fenced(file: Path) -> List[str]:
    """The Python programs of a Markdown file."""
    return re.findall(r"^```python\n(.*?)^```", file.read_text("utf-8"), re.M | re.S)


def indented(text: str) -> List[str]:
    """The programs of a docstring: what follows ``::`` and is indented."""
    return [re.sub(r"^    ", "", block, flags=re.M) for block in re.findall(r"::\n\n((?:    .*\n|\n)+)", text + "\n")]


class Snippets(unittest.TestCase):
    """Each program, known by a word in it, on a broker of its own."""

    def setUp(self) -> None:
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)

    def start(self, program: str) -> "subprocess.Popen[str]":
        """Starts a program."""
        process = subprocess.Popen(
            [sys.executable, "-u", str(PYTHON / "tests" / "snippet.py"), str(self.broker.port)],
            env={**os.environ, "PYTHONPATH": str(PYTHON)},
            cwd=self.directory.name, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert process.stdin and process.stdout
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        process.stdin.write(program)
        process.stdin.close()
        return process

    def line(self, process: "subprocess.Popen[str]") -> str:
        assert process.stdout
        return process.stdout.readline().rstrip("\n")

    def ends(self, process: "subprocess.Popen[str]", output: str = "") -> None:
        assert process.stdout
        self.assertEqual(process.stdout.read(), output)
        self.assertEqual(process.wait(LIMIT), 0)

    def retain(self, topic: str, payload: str) -> None:
        """Publishes for who subscribes later."""
        with mosquitto.Mosquitto(raise_errors=True) as client:
            client.connect("127.0.0.1", self.broker.port)
            client.publish_and_wait(topic, payload, 1, True, timeout=LIMIT)

    def subscriber(self, program: str) -> None:
        self.retain("temperature/kitchen", "21.5")
        self.assertEqual(
            self.line(self.start(program)),
            "Message received on topic temperature/kitchen with QoS 1 and payload 21.5",
        )

    def publisher(self, program: str) -> None:
        subscriber = Subscriber(self.broker.port, "#")
        self.addCleanup(subscriber.close)
        process = self.start(program)
        topic = re.search(r'publish_and_wait\("(.*?)", "(.*?)"', program)
        assert topic
        self.assertEqual(subscriber.wait(1), [(topic[1], topic[2].encode())])
        self.ends(process)

    def service(self, program: str) -> None:
        self.retain("commands/x", "sweep")
        subscriber = Subscriber(self.broker.port, "answers")
        self.addCleanup(subscriber.close)
        self.start(program)
        self.assertEqual(subscriber.wait(1), [("answers", b"done: sweep")])

    def version5(self, program: str) -> None:
        self.ends(self.start(program), "a text/plain [('key', 'value')]\n")

    def without_the_module(self, program: str) -> None:
        release = Path(self.directory.name) / "target" / "release"
        release.mkdir(parents=True)
        os.symlink(lib._name, release / "libmosquitto.so")
        subscriber = Subscriber(self.broker.port, "greeting")
        self.addCleanup(subscriber.close)
        self.ends(self.start(program.replace("1883", str(self.broker.port))))
        self.assertEqual(subscriber.wait(1), [("greeting", b"hello")])

    def test_programs(self) -> None:
        sources: Dict[str, List[str]] = {
            "README.md": fenced(PYTHON.parent / "README.md"),
            "python/README.md": fenced(PYTHON / "README.md"),
            "mosquitto": indented(mosquitto.__doc__ or ""),
            "mosquitto.aio": indented(mosquitto.aio.__doc__ or ""),
        }
        run = {
            "from ctypes": self.without_the_module,
            "import asyncio": self.service,
            "MQTT_PROTOCOL_V5": self.version5,
            "publish_and_wait": self.publisher,
            "loop_forever": self.subscriber,
        }
        for source, programs in sources.items():
            self.assertTrue(programs, source)
            for program in programs:
                word = next((word for word in run if word in program), "")
                self.assertTrue(word, f"a program that this test does not know:\n{program}")
                with self.subTest(source=source, program=word):
                    self.broker = Broker()
                    self.addCleanup(self.broker.close)
                    run[word](program)
