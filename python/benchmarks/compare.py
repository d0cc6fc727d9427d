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

import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Tuple

import work

import mosquitto

PACKAGES = ("mosquitto", "paho")
DRIVERS = ("loop", "loop_forever", "loop_start", "asyncio")


def fill(port: int, qos: int, count: int) -> None:
    """Lets the server keep messages for the receiver."""
    mosquitto.Mosquitto(work.SESSION).connect("127.0.0.1", port)  # a clean session: forgets an earlier one
    with mosquitto.Mosquitto(work.SESSION, False, raise_errors=True) as receiver:
        granted: List[int] = []
        receiver.on_subscribe = lambda mosq, obj, mid, qos_list: granted.extend(qos_list)
        receiver.connect("127.0.0.1", port)
        receiver.subscribe("bench/receive", qos)
        while not granted:
            receiver.loop()
    with mosquitto.Mosquitto(raise_errors=True) as publisher:
        publisher.connect("127.0.0.1", port)
        publisher.loop_start()
        for _ in range(count):
            publisher.publish("bench/receive", work.PAYLOAD, qos)
        publisher.publish_and_wait("bench/end", None, 2)


def measure(package: str, direction: str, driver: str, qos: int, count: int, port: int) -> Tuple[float, float]:
    """Seconds and seconds of processor time."""
    if direction == "receive":
        fill(port, qos, count)
    command = [sys.executable, str(Path(work.__file__)), package, direction, driver, str(qos), str(count), str(port)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=work.LIMIT)
    wall, processor = (float(word) for word in done.stdout.split())
    return wall, processor


def main() -> None:
    port, count, rounds = (int(word) for word in (sys.argv[1:] + ["1883", "100000", "3"][len(sys.argv) - 1 :])[:3])
    print(f"{count} messages of {len(work.PAYLOAD)} bytes, best of {rounds}; messages per second")
    print("                             by the wall                 by the processor")
    print("                             ours      paho  ratio       ours      paho  ratio")
    for direction in ("publish", "receive", "both"):
        for driver in DRIVERS:
            for qos in range(3):
                best: Dict[str, Tuple[float, float]] = {}
                for _ in range(rounds):
                    for package in PACKAGES:
                        wall, processor = measure(package, direction, driver, qos, count, port)
                        before = best.get(package, (wall, processor))
                        best[package] = min(wall, before[0]), min(processor, before[1])
                cells = ""
                for clock in range(2):
                    ours, theirs = (count / best[package][clock] for package in PACKAGES)
                    cells += f"{ours:11,.0f}{theirs:10,.0f}{ours / theirs:7.1f}"
                print(f"{direction} {qos} {driver:14}{cells}", flush=True)


if __name__ == "__main__":
    main()
