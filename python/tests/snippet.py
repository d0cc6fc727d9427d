"""Runs a program from standard input as written, but that port 1883 is another one: snippet.py PORT"""

import sys
from typing import Any

import mosquitto

port = int(sys.argv[1])


def elsewhere(method: Any) -> Any:
    """A method that connects, and takes 1883 for the port of the test's broker."""

    def call(self: Any, hostname: str, given: int = 1883, *arguments: Any, **options: Any) -> Any:
        return method(self, hostname, port if given == 1883 else given, *arguments, **options)

    return call


for name in ("connect", "connect_async"):
    setattr(mosquitto.Mosquitto, name, elsewhere(getattr(mosquitto.Mosquitto, name)))
exec(compile(sys.stdin.read(), "<snippet>", "exec"), {"__name__": "__main__"})
