"""The ways to let the client work."""

import threading
from contextlib import contextmanager
from typing import FrozenSet, Iterator

from ._core import SUCCESS, Core
from ._library import lib

# After these loop_forever ends: to connect again would not mend them.
_FATAL: FrozenSet[int] = frozenset((1, 2, 3, 6, 8, 9, 10, 11, 12, 13, 16))


class Loops(Core):
    """Loops of the library, of a thread, and of the program."""

    def loop(self, timeout: int = -1, max_packets: int = 1) -> int:
        """Lets the client work once: waits for the network, reads, writes, keeps alive, calls the callbacks.

        Args:
            timeout: the most milliseconds to wait; 0 returns at once, -1 means one second.
            max_packets: kept for old programs.

        Returns:
            0: call it again. Else the connection has ended; the loop does not connect again.
        """
        with self._running():
            code = lib.loop(self._handle, timeout, max_packets)
        return self._done(code, "loop")

    def loop_forever(self, timeout: int = -1, max_packets: int = 1) -> int:
        """Lets the client work until :meth:`disconnect` is called; connects again whenever the connection is lost.

        Ctrl-C raises ``KeyboardInterrupt`` here, also when it comes while a callback runs.

        Args:
            timeout: milliseconds to wait for the network at a time; -1 for one second.
            max_packets: kept for old programs.

        Returns:
            0 after :meth:`disconnect`; else the number of an error that connecting again would not mend.
        """
        waited = 0
        with self._running():
            while True:
                code = lib.loop(self._handle, timeout, max_packets)
                if self._interrupt is not None:
                    break
                if not code:
                    waited = 0
                    continue
                if self._closing.is_set():
                    code = SUCCESS
                    break
                if code in _FATAL:
                    break
                waited = self._next_delay(waited)
                if self._closing.wait(waited):
                    code = SUCCESS
                    break
                if lib.socket(self._handle) < 0:  # else a callback or a thread has connected
                    lib.reconnect(self._handle)  # may well succeed the next time
        return self._done(code, "loop_forever")

    def loop_start(self) -> int:
        """Lets the client work on a thread of its own, as :meth:`loop_forever` does. Connect before or after."""
        code = lib.loop_start(self._handle)
        self._thread_started = self._thread_started or code == SUCCESS
        return self._done(code, "loop_start")

    def loop_stop(self, force: bool = False) -> int:
        """Ends the thread of :meth:`loop_start` and waits for it, also for a callback that it is running.

        Args:
            force: True: at once. False: finishes what was published before, and a disconnect under way.
        """
        code = lib.loop_stop(self._handle, force)
        self._thread_started = self._thread_started and code != SUCCESS
        return self._done(code, "loop_stop")

    def loop_read(self, max_packets: int = 1) -> int:
        """Reads and handles what has arrived; call it when :meth:`socket` is readable."""
        return self._done(lib.loop_read(self._handle, max_packets), "loop_read")

    def loop_write(self, max_packets: int = 1) -> int:
        """Writes what is queued; call it when :meth:`socket` is writable and :meth:`want_write` is True."""
        return self._done(lib.loop_write(self._handle, max_packets), "loop_write")

    def loop_misc(self) -> int:
        """Keeps the connection alive; call it every second or so, or at least four times per keepalive."""
        return self._done(lib.loop_misc(self._handle), "loop_misc")

    def socket(self) -> int:
        """The file descriptor of the connection, for ``select`` and its like; -1 if there is none."""
        return int(lib.socket(self._handle))

    fileno = socket

    def want_write(self) -> bool:
        """Whether something waits to be written. Ask again after every call and every callback."""
        return bool(lib.want_write(self._handle))

    def threaded_set(self, threaded: bool = True) -> int:
        """Tells that a thread of the program runs the loop, so that :meth:`publish` only queues and the loop writes."""
        return self._done(lib.threaded_set(self._handle, threaded), "threaded_set")

    @contextmanager
    def _running(self) -> Iterator[None]:
        before, self._looper = self._looper, threading.get_ident()
        try:
            yield
        finally:
            self._looper = before

    def _next_delay(self, last: int) -> int:
        first, most, doubles = self._reconnect_delay
        first = max(first, 1)
        if most <= first:
            return most
        if not last:
            return first
        return min(last * 2 if doubles else last + first, most)
