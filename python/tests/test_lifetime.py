"""Clients may be dropped in any state, and the interpreter may end in any."""

import copy
import pickle
import random
import subprocess
import sys
import threading
import weakref
from typing import List

import mosquitto
from mosquitto import _callbacks
from tests.stress import Stress
from tests.support import LIMIT, PYTHON, BrokerTest, wait_until


class Drop(BrokerTest):
    def test_dropping_frees_at_once(self) -> None:
        client = self.connect(mosquitto.Mosquitto())
        client.on_connect = lambda mosq, obj, rc: None
        before = len(_callbacks.live)
        gone = weakref.ref(client)
        del client
        self.assertIsNone(gone())
        self.assertEqual(len(_callbacks.live), before - 1)

    def test_a_client_has_no_copies(self) -> None:
        for copying in (copy.copy, copy.deepcopy, pickle.dumps):
            with self.assertRaises(TypeError):
                copying(mosquitto.Mosquitto())

    def test_dropping_inside_a_callback(self) -> None:
        for threaded in (False, True):
            with self.subTest(threaded=threaded):
                clients: List[mosquitto.Mosquitto] = []
                called = threading.Event()

                def on_connect(mosq, obj, rc):
                    clients.clear()
                    called.set()

                clients.append(self.connect(mosquitto.Mosquitto()))
                clients[0].on_connect = on_connect
                gone = weakref.ref(clients[0])
                if threaded:
                    clients[0].loop_start()
                    self.assertTrue(called.wait(LIMIT))
                    wait_until(lambda: gone() is None)
                else:
                    while not called.is_set():
                        clients[0].loop(100)
                    self.assertIsNone(gone())

    def test_fifty_clients_in_random_states(self) -> None:
        seed = random.randrange(1 << 32)
        with self.subTest(seed=seed):
            Stress(self.broker.port, seed).run(50)


EXITS = {
    "a running thread": "m.loop_start(); wait(connected)",
    "a thread that publishes to itself": """
m.on_message = lambda mosq, obj, msg: mosq.publish("exit/loop", msg.payload)
m.loop_start(); wait(connected); m.subscribe("exit/loop")
for i in range(20): m.publish("exit/loop", b"x" * i)
""",
    "a callback that runs for a moment": """
m.on_publish = lambda mosq, obj, mid: (begun.set(), time.sleep(0.3))
m.loop_start(); wait(connected); m.publish("exit", "x"); wait(begun)
""",
    "a daemon thread in loop_forever": """
m.on_message = lambda mosq, obj, msg: mosq.publish("exit/loop", msg.payload)
threading.Thread(target=m.loop_forever, daemon=True).start(); wait(connected)
m.subscribe("exit/loop")
for i in range(20): m.publish("exit/loop", b"x" * i)
""",
    "a circle": "m.me = m; m.loop_start(); wait(connected)",
    "sys.exit in the middle": "m.loop_start(); wait(connected); sys.exit(0)",
}


class Exit(BrokerTest):
    def test_the_interpreter_ends(self) -> None:
        for name, code in EXITS.items():
            with self.subTest(name):
                program = f"""
import sys, threading, time, mosquitto
connected, begun = threading.Event(), threading.Event()
def wait(event):
    if not event.wait(20): raise SystemExit("waited in vain")
m = mosquitto.Mosquitto()
m.on_connect = lambda mosq, obj, rc: connected.set()
m.connect("127.0.0.1", {self.broker.port})
{code}
"""
                done = subprocess.run(
                    [sys.executable, "-X", "dev", "-c", program],
                    cwd=PYTHON, timeout=LIMIT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                )  # fmt: skip
                self.assertEqual((done.returncode, done.stdout.decode()), (0, ""))
