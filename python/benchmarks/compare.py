"""Messages per second of this module beside paho-mqtt, on the same work with the same broker.

    pip install paho-mqtt
    mosquitto -c benchmarks/mosquitto.conf &
    python benchmarks/compare.py [PORT [COUNT [ROUNDS]]]

For each Quality of Service, each direction and both at once, and the four ways to run a client: messages per second of
ours, of paho-mqtt, and the ratio, by the clock on the wall (which contains the broker's time) and by the processor time
of the process (which is what the client itself costs). Each measurement is a process of its own, see ``work.py``; the
packages take turns, and the best of the rounds counts for each.

Messages to receive are published into a session beforehand, so that no publisher runs meanwhile.
"""

import itertools
import math
import subprocess
import sys
import threading
from pathlib import Path
from typing import List, Tuple

import work

import mosquitto

PACKAGES = ("mosquitto", "paho")
#: How many to receive at a time: mosquitto 2.0 becomes slow with more of QoS 2 in a session, whoever receives them.
WAITING = 20_000
DIRECTIONS = ("publish", "receive", "both")
DRIVERS = ("loop", "loop_forever", "loop_start", "asyncio")


def fill(port: int, qos: int, count: int) -> None:
    """Lets the server keep messages for the receiver."""
    with mosquitto.Mosquitto(work.SESSION, raise_errors=True) as cleaner:  # a clean session: forgets an earlier one
        cleaner.connect("127.0.0.1", port)
        cleaner.publish_and_wait("bench/end", None, 2)
    with mosquitto.Mosquitto(work.SESSION, False, raise_errors=True) as receiver:
        granted: List[int] = []
        receiver.on_subscribe = lambda mosq, obj, mid, qos_list: granted.extend(qos_list)
        receiver.connect("127.0.0.1", port)
        receiver.subscribe("bench/receive", qos)
        while not granted:
            receiver.loop()
    with mosquitto.Mosquitto(raise_errors=True) as publisher:
        published = itertools.count(1)
        done = threading.Event()
        publisher.on_publish = lambda *_: next(published) == count and done.set()
        publisher.connect("127.0.0.1", port)
        publisher.loop_start()
        for _ in range(count):
            publisher.publish("bench/receive", work.PAYLOAD, qos)
        done.wait()


def measure(package: str, direction: str, driver: str, qos: int, count: int, port: int) -> Tuple[float, float]:
    """Messages per second, by the wall and by the processor; 0 for who does not come to an end."""
    if direction == "receive":
        count = min(count, WAITING)
        fill(port, qos, count)
    command = [sys.executable, str(Path(work.__file__)), package, direction, driver, str(qos), str(count), str(port)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        print(*command, "failed", file=sys.stderr)
        return 0, 0
    wall, processor = (count / float(word) for word in done.stdout.split())
    return wall, processor


def main() -> None:
    port, count, rounds = (int(word) for word in (sys.argv[1:] + ["1883", "100000", "3"][len(sys.argv) - 1 :])[:3])
    print(f"{count} messages of {len(work.PAYLOAD)} bytes, best of {rounds}; messages per second")
    print("                             by the wall                 by the processor")
    print("                             ours      paho  ratio       ours      paho  ratio")
    for direction in DIRECTIONS:
        for driver in DRIVERS:
            for qos in range(3):
                best = {package: (0.0, 0.0) for package in PACKAGES}
                for _ in range(rounds):
                    for package in PACKAGES:
                        wall, processor = measure(package, direction, driver, qos, count, port)
                        best[package] = max(wall, best[package][0]), max(processor, best[package][1])
                cells = ""
                for clock in range(2):
                    ours, theirs = (best[package][clock] for package in PACKAGES)
                    cells += f"{ours:11,.0f}{theirs:10,.0f}{ours / (theirs or math.nan):7.1f}"
                print(f"{direction:7} {qos} {driver:12}{cells}", flush=True)


if __name__ == "__main__":
    main()
