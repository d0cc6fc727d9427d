"""Waiting for publications to be complete. Its lock is held for the bookkeeping only, never while calling anything."""

import threading
from typing import Dict, Optional


class Waits:
    """Which publications have been completed while somebody waited for one."""

    def __init__(self) -> None:
        self._condition = threading.Condition()  # reentrant: a finalizer may run, and publish, anywhere
        self._waiting = 0
        self._completed: Dict[int, int] = {}
        self.losses = 0

    def __enter__(self) -> "Waits":
        with self._condition:
            self._waiting += 1
        return self

    def __exit__(self, *_: object) -> None:
        with self._condition:
            self._waiting -= 1
            if not self._waiting:
                self._completed.clear()

    def complete(self, mid: int, reason: int) -> None:
        """A message is complete, with the reason code of the server or 0."""
        if self._waiting:
            with self._condition:
                self._completed[mid] = reason
                self._condition.notify_all()

    def lose(self) -> None:
        """The connection has ended, and with it messages of QoS 0 on their way."""
        with self._condition:
            self.losses += 1
            self._condition.notify_all()

    def reason(self, mid: int) -> Optional[int]:
        """The reason code of a completed message; None if it is not complete."""
        return self._completed.get(mid)

    def wait(self, seconds: float) -> None:
        """Until something happens or the time is up; spurious returns are possible."""
        with self._condition:
            self._condition.wait(seconds)
