"""Messages per second of this module beside paho-mqtt, on the same work with the same broker.

    pip install paho-mqtt
    mosquitto -c benchmarks/mosquitto.conf &
    python benchmarks/compare.py [PORT [COUNT]]

Each measurement is a process of its own: one client that publishes COUNT messages to itself, with the network on a
thread (``loop_start``), timed from the first publish until the last message is back and complete. A second line gives
the processor time of the process, which is what the client itself costs: the other one contains the broker's time.
"""

import subprocess
import sys
import threading
import time
from typing import Any

ROUNDS = 3
INFLIGHT = 100
PAYLOAD = b"x" * 64


def make(package: str) -> Any:
    if package == "mosquitto":
        import mosquitto

        return mosquitto.Mosquitto()
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    return Client(CallbackAPIVersion.VERSION2)


def measure(package: str, port: int, qos: int, count: int) -> None:
    """Prints seconds and seconds of processor time."""
    received = published = 0
    subscribed, done = threading.Event(), threading.Event()

    def on_message(client: Any, obj: Any, message: Any) -> None:
        nonlocal received
        received += 1
        if received == count and published == count:
            done.set()

    def on_publish(client: Any, obj: Any, mid: int, *_: Any) -> None:
        nonlocal published
        published += 1
        if received == count and published == count:
            done.set()

    client = make(package)
    client.max_inflight_messages_set(INFLIGHT)
    client.on_message = on_message
    client.on_publish = on_publish
    client.on_connect = lambda client, *_: client.subscribe("bench", qos)
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert subscribed.wait(10)
    start, start_cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        client.publish("bench", PAYLOAD, qos)
    if not done.wait(600):
        sys.exit(f"{package}, QoS {qos}: {received} received, {published} published of {count}")
    print(time.perf_counter() - start, time.process_time() - start_cpu)
    client.disconnect()
    client.loop_stop()


def main() -> None:
    port, count = (int(argument) for argument in (sys.argv[1:] + ["1883", "100000"][len(sys.argv) - 1 :])[:2])
    print(f"{count} messages of {len(PAYLOAD)} bytes there and back, best of {ROUNDS}, messages per second")
    print("                     mosquitto    paho-mqtt    ratio")
    for qos in range(3):
        best = {}
        for _ in range(ROUNDS):
            for package in ("mosquitto", "paho"):
                command = [sys.executable, __file__, "measure", package, str(port), str(qos), str(count)]
                words = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
                times = [float(word) for word in words]
                best[package] = [min(pair) for pair in zip(times, best.get(package, times))]
        for line, name in enumerate((f"QoS {qos}", "  processor time")):
            ours, theirs = count / best["mosquitto"][line], count / best["paho"][line]
            print(f"{name:18} {ours:11,.0f}  {theirs:11,.0f}  {ours / theirs:7.2f}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
    else:
        main()
