"""Threads, interruption, waiting, and the context manager."""

import os
import signal
import subprocess
import sys
import threading
import time
from typing import List

import mosquitto
from tests.support import LIMIT, PYTHON, Broker, BrokerTest, Subscriber, free_port, wait_until


class Threads(BrokerTest):
    def test_publishing_from_many_threads(self) -> None:
        subscriber = Subscriber(self.broker.port, "threads/#")
        self.addCleanup(subscriber.close)
        client = self.connect(mosquitto.Mosquitto())
        client.loop_start()
        self.addCleanup(client.loop_stop)

        def publish(name: int) -> None:
            for number in range(200):
                self.assertEqual(client.publish(f"threads/{name}", str(number), number % 3), 0)

        threads = [threading.Thread(target=publish, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT)
        messages = subscriber.wait(1600)
        self.assertEqual(len(set(messages)), 1600)
        client.disconnect()

    def test_publish_and_wait(self) -> None:
        for threaded in (False, True):
            for qos in range(3):
                with self.subTest(threaded=threaded, qos=qos), mosquitto.Mosquitto() as client:
                    self.connect(client)
                    if threaded:
                        client.loop_start()
                    self.assertEqual(client.publish_and_wait("wait", "x", qos, timeout=LIMIT), 0)

    def test_publish_and_wait_times_out(self) -> None:
        client = mosquitto.Mosquitto()
        client.loop_start()
        self.addCleanup(client.loop_stop, True)
        client.connect_async("127.0.0.1", free_port())
        self.assertEqual(client.publish_and_wait("wait", "x", 1, timeout=0.1), mosquitto.MOSQ_ERR_TIMEOUT)

    def test_publish_and_wait_refuses_callbacks(self) -> None:
        errors: List[BaseException] = []

        def on_connect(mosq, obj, rc):
            try:
                mosq.publish_and_wait("wait", "x")
            except RuntimeError as error:
                errors.append(error)

        client = mosquitto.Mosquitto()
        client.on_connect = on_connect
        self.connect(client)
        self.run_until(client, lambda: errors)

    def test_context_manager_sends_what_is_queued(self) -> None:
        subscriber = Subscriber(self.broker.port, "context")
        self.addCleanup(subscriber.close)
        ends: List[int] = []
        with mosquitto.Mosquitto() as client:
            client.on_disconnect = lambda mosq, obj, rc: ends.append(rc)
            self.connect(client)
            client.publish("context", b"0" * 5_000_000)
        self.assertEqual(len(subscriber.wait(1)[0][1]), 5_000_000)
        self.assertEqual(ends, [0])

    def test_loop_forever_connects_again(self) -> None:
        broker = Broker()
        self.addCleanup(broker.close)
        events: List[str] = []
        client = mosquitto.Mosquitto()

        def on_connect(mosq, obj, rc):
            events.append(f"connect {rc}")
            if len(events) > 1:
                mosq.disconnect()

        client.on_connect = on_connect
        client.on_disconnect = lambda mosq, obj, rc: events.append("lost" if rc else "wanted")
        client.connect("127.0.0.1", broker.port)
        results: List[int] = []
        thread = threading.Thread(target=lambda: results.append(client.loop_forever()), daemon=True)
        thread.start()
        wait_until(lambda: events)
        broker.stop()
        wait_until(lambda: len(events) > 1)
        broker.start()
        thread.join(LIMIT)
        self.assertEqual((events, results), (["connect 0", "lost", "connect 0", "wanted"], [0]))

    def test_disconnect_ends_the_pause_before_connecting_again(self) -> None:
        broker = Broker()
        lost = threading.Event()
        client = mosquitto.Mosquitto()
        client.reconnect_delay_set(60, 60)
        client.on_disconnect = lambda mosq, obj, rc: lost.set()
        client.connect("127.0.0.1", broker.port)
        thread = threading.Thread(target=client.loop_forever, daemon=True)
        thread.start()
        broker.close()
        self.assertTrue(lost.wait(LIMIT))
        client.disconnect()
        thread.join(LIMIT)
        self.assertFalse(thread.is_alive())

    def test_interrupt(self) -> None:
        program = """
import sys, time, mosquitto
def on_connect(mosq, obj, rc):
    print("connected", flush=True)
    if sys.argv[2] == "callback":
        time.sleep(100)
mqttc = mosquitto.Mosquitto()
mqttc.on_connect = on_connect
mqttc.connect("127.0.0.1", int(sys.argv[1]))
try:
    mqttc.loop_forever()
except KeyboardInterrupt:
    print("interrupted")
"""
        for where in ("callback", "loop"):
            with self.subTest(where=where):
                process = subprocess.Popen(
                    [sys.executable, "-c", program, str(self.broker.port), where],
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=PYTHON,
                )  # fmt: skip
                assert process.stdout
                self.assertEqual(process.stdout.readline(), b"connected\n")
                time.sleep(0.05)  # whether the signal comes before or in the wait, the answer is the same
                os.kill(process.pid, signal.SIGINT)
                self.assertEqual(process.communicate(timeout=LIMIT)[0], b"interrupted\n")

    def test_exceptions_when_wanted(self) -> None:
        client = mosquitto.Mosquitto(raise_errors=True)
        with self.assertRaises(mosquitto.MosquittoError) as caught:
            client.connect("127.0.0.1", free_port())
        self.assertEqual(caught.exception.code, mosquitto.MOSQ_ERR_ERRNO)
        self.assertIn("refused", str(caught.exception))
        with self.assertRaises(mosquitto.MosquittoError):
            client.publish("a", "b", 0)
        self.assertEqual(client.publish("a", "b", 1), mosquitto.MOSQ_ERR_NO_CONN)  # queued
