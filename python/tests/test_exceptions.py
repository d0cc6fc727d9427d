"""What callbacks raise is reported, and does not disturb the library."""

import subprocess
import sys
import unittest
from typing import Any, Dict, List

import mosquitto
from tests.scripted import Scripted
from tests.support import LIMIT, PYTHON, BrokerTest, wait_until

V5 = mosquitto.MQTT_PROTOCOL_V5
EVENTS: Dict[int, str] = {
    mosquitto.MQTT_PROTOCOL_V311: "on_pre_connect on_connect on_connect_with_flags on_publish on_message on_subscribe "
    "on_unsubscribe on_disconnect on_log",
    V5: "on_connect_v5 on_publish_v5 on_message_v5 on_subscribe_v5 on_unsubscribe_v5 on_disconnect_v5",
}


class Exceptions(BrokerTest):
    def setUp(self) -> None:
        self.reports: List[Any] = []
        self.addCleanup(setattr, sys, "unraisablehook", sys.unraisablehook)
        # Only the value: to keep the rest would keep the client.
        sys.unraisablehook = lambda report: self.reports.append(report.exc_value)

    def run_all(self, client: mosquitto.Mosquitto, threaded: bool) -> List[str]:
        """Makes everything happen that there are callbacks for; tells which raised."""
        called: List[str] = []

        def fail(name: str) -> Any:
            def callback(*_: Any) -> None:
                called.append(name)
                raise (SystemExit if name == "on_message" else ValueError)(name)

            return callback

        def happens(name: str, start: Any) -> None:
            self.assertEqual(start(), 0)
            happened = lambda: any(event.startswith(name) for event in called)  # noqa: E731
            wait_until(happened) if threaded else self.run_until(client, happened)

        names = EVENTS[client.protocol].split()
        for name in names:
            setattr(client, name, fail(name))
        if threaded:
            client.loop_start()
        happens("on_connect", lambda: client.connect("127.0.0.1", self.broker.port))
        happens("on_subscribe", lambda: client.subscribe("fails", 1))
        happens("on_message", lambda: client.publish("fails", "x", 1))
        happens("on_publish", lambda: 0)
        happens("on_unsubscribe", lambda: client.unsubscribe("fails"))
        client.disconnect()
        if threaded:
            client.loop_stop()
        else:
            while client.loop(100) == 0:
                pass
        self.assertEqual(set(called), set(names))
        return called

    def test_in_every_callback(self) -> None:
        for threaded in (False, True):
            for protocol in EVENTS:
                with self.subTest(threaded=threaded, protocol=protocol):
                    self.reports.clear()
                    client = mosquitto.Mosquitto(protocol=protocol)
                    client.protocol = protocol  # type: ignore[attr-defined]
                    called = self.run_all(client, threaded)
                    self.assertEqual([str(report) for report in self.reports], called)

    def test_in_the_answer_to_auth(self) -> None:
        def fail(*_: Any) -> int:
            raise ValueError("on_ext_auth")

        for callback, expected in (
            (lambda mosq, obj, method, data, props: mosq.ext_auth_continue(method, data + b"!"), 0),
            (lambda *_: mosquitto.MOSQ_ERR_NOMEM, mosquitto.MOSQ_ERR_NOMEM),
            (fail, mosquitto.MOSQ_ERR_AUTH),
            (lambda *_: "no number", mosquitto.MOSQ_ERR_AUTH),
        ):
            with self.subTest(expected=expected), Scripted() as server:
                answers: List[int] = []
                client = mosquitto.Mosquitto("c", protocol=V5)
                client.on_ext_auth = callback
                client.on_connect = lambda mosq, obj, rc: answers.append(rc)
                properties = {"authentication-method": "m"}
                self.assertEqual(client.connect("127.0.0.1", server.port, properties=properties), 0)
                server.expect(0x10)
                # AUTH, continue authentication, method "m", data "d".
                server.send(b"\xf0\x0a\x18\x08\x15\x00\x01m\x16\x00\x01d")
                code = client.loop(1000)
                self.assertEqual(code, expected)
                if not expected:
                    self.assertEqual(server.expect(0xF0), b"\x18\x09\x15\x00\x01m\x16\x00\x02d!")
                    server.send(b"\x20\x07\x00\x00\x04\x15\x00\x01m")
                    wait_until(lambda: answers or client.loop(10))
                    self.assertEqual(answers, [0])
        self.assertEqual([type(report) for report in self.reports], [ValueError, ValueError])

    def test_the_report_names_the_callback(self) -> None:
        program = """
import sys, mosquitto
def on_connect(mosq, obj, rc):
    mosq.disconnect()
    raise ValueError("a mistake")
mqttc = mosquitto.Mosquitto()
mqttc.on_connect = on_connect
mqttc.connect("127.0.0.1", int(sys.argv[1]))
sys.exit(mqttc.loop_forever())
"""
        done = subprocess.run(
            [sys.executable, "-c", program, str(self.broker.port)],
            cwd=PYTHON, timeout=LIMIT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("in on_connect", done.stderr)
        self.assertIn("ValueError: a mistake", done.stderr)


class ThreadState(BrokerTest):
    def test_python_remembers_the_thread_of_the_library(self) -> None:
        program = """
import sys, threading, mosquitto
local, seen, done = threading.local(), [], threading.Event()
def on_publish(mosq, obj, mid):
    seen.append(getattr(local, "mid", None))
    local.mid = mid
    if len(seen) == 3:
        done.set()
mqttc = mosquitto.Mosquitto()
mqttc.on_publish = on_publish
mqttc.connect("127.0.0.1", int(sys.argv[1]))
mqttc.loop_start()
for _ in range(3):
    mqttc.publish("a", "b", 1)
print(done.wait(30), seen)
mqttc.disconnect()
mqttc.loop_stop()
"""
        output = subprocess.check_output([sys.executable, "-c", program, str(self.broker.port)], cwd=PYTHON, text=True)
        self.assertEqual(output, "True [None, 1, 2]\n")


if __name__ == "__main__":
    unittest.main()
