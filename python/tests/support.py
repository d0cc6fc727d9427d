"""What the tests share: a broker, and waiting for a condition with a limit."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any, Callable, List, Optional, Tuple

import mosquitto

#: The directory of the tests and examples: in the checkout, or a copy of it.
PYTHON = Path(__file__).resolve().parent.parent
#: How long anything may take that ought to happen at once.
LIMIT = 30.0


def wait_until(condition: Callable[[], Any], limit: float = LIMIT) -> Any:
    """Waits until a condition holds and answers with it; fails after the limit."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit} s in vain")
        time.sleep(0.002)


class Broker:
    """Debian's mosquitto on a free port of 127.0.0.1."""

    def __init__(self, *settings: str, port: Optional[int] = None) -> None:
        program = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if program is None:
            raise AssertionError("the tests need the broker mosquitto; on Debian and Ubuntu: apt-get install mosquitto")
        self._program = program
        self._directory = tempfile.TemporaryDirectory()
        self._settings = settings
        self.port = port or free_port()
        self.start()

    def start(self) -> None:
        """Starts it, again if it has been stopped."""
        config = os.path.join(self._directory.name, "mosquitto.conf")
        lines = [f"listener {self.port} 127.0.0.1", "allow_anonymous true", "log_type none"]
        lines += ["max_queued_messages 0", "max_inflight_messages 100"]
        if os.geteuid() == 0:
            lines.append("user root")
        with open(config, "w", encoding="utf-8") as file:
            file.write("\n".join((*lines, *self._settings)) + "\n")
        nowhere = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen([self._program, "-c", config], **nowhere)
        wait_until(self._accepts)

    def _accepts(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError("the broker does not start")
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Stops it."""
        self._process.terminate()
        self._process.wait(LIMIT)

    def close(self) -> None:
        """Stops it for good."""
        self.stop()
        self._directory.cleanup()


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class BrokerTest(unittest.TestCase):
    """Tests that have a broker in common."""

    broker: Broker

    @classmethod
    def setUpClass(cls) -> None:
        cls.broker = Broker()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.broker.close()

    def connect(self, client: mosquitto.Mosquitto, **options: Any) -> mosquitto.Mosquitto:
        """Connects a client to the broker."""
        self.assertEqual(client.connect("127.0.0.1", self.broker.port, **options), 0)
        return client

    def run_until(self, client: mosquitto.Mosquitto, condition: Callable[[], Any], limit: float = LIMIT) -> None:
        """Runs the loop of a client until a condition holds."""
        end = time.monotonic() + limit
        while not condition():
            self.assertEqual(client.loop(100), 0)
            self.assertLess(time.monotonic(), end, f"waited {limit} s in vain")


class Subscriber:
    """A client that collects what comes, on a thread of its own."""

    def __init__(self, port: int, topic: str, qos: int = 2, **options: Any) -> None:
        self.messages: List[mosquitto.MosquittoMessage] = []
        self._granted: List[List[int]] = []
        self.client = mosquitto.Mosquitto(**options)
        self.client.on_message = lambda mosq, obj, msg: self.messages.append(msg)
        self.client.on_subscribe = lambda mosq, obj, mid, qos_list: self._granted.append(qos_list)
        mosquitto.check(self.client.connect("127.0.0.1", port))
        mosquitto.check(self.client.subscribe(topic, qos))
        mosquitto.check(self.client.loop_start())
        wait_until(lambda: self._granted)

    def wait(self, count: int) -> List[Tuple[str, bytes]]:
        """Topics and payloads, as soon as there are so many."""
        wait_until(lambda: len(self.messages) >= count)
        return [(message.topic, bytes(message.payload)) for message in self.messages]

    def close(self) -> None:
        """Ends it."""
        self.client.disconnect()
        self.client.loop_stop()
