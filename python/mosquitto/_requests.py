"""What users of the asyncio client wait for: answers to requests, and messages to be complete."""

import asyncio
from collections import deque
from typing import Any, Deque, Dict, List, Optional, Tuple

from .errors import MosquittoError

_Waiting = Dict[int, List["Optional[asyncio.Future[int]]"]]


class Requests:
    """Subscriptions and their like: each is answered once, under its number."""

    def __init__(self) -> None:
        self._waiting: Dict[Tuple[str, int], "Deque[asyncio.Future[Any]]"] = {}

    def add(self, kind: str, mid: int, future: "asyncio.Future[Any]") -> "asyncio.Future[Any]":
        """A request has been sent; hands the future back."""
        self._waiting.setdefault((kind, mid), deque()).append(future)
        return future

    def answer(self, kind: str, mid: int, value: Any) -> None:
        """The answer has come."""
        futures = self._waiting.get((kind, mid))
        if futures is None:
            return  # a request of another connection
        future = futures.popleft()
        if not futures:
            del self._waiting[(kind, mid)]
        if not future.done():
            future.set_result(value)

    def fail(self, code: int) -> None:
        """The connection has ended: answers do not come on another one."""
        waiting, self._waiting = self._waiting, {}
        for (kind, _), futures in waiting.items():
            for future in futures:
                if not future.done():
                    future.set_exception(MosquittoError(code, kind))


class Publications:
    """The messages on their way, and who waits for them.

    A completion tells only the number of its message. That of a message with QoS 0 may at the same time be that of one
    with QoS 1 or 2; the latter then goes first.
    """

    def __init__(self) -> None:
        self._kept: _Waiting = {}
        self._volatile: _Waiting = {}  # QoS 0: gone with the connection
        self._drains: "List[asyncio.Future[None]]" = []
        self._failure = 0  # of messages that nobody waits for

    def __bool__(self) -> bool:
        return bool(self._kept or self._volatile)

    def add(self, mid: int, qos: int, future: "Optional[asyncio.Future[int]]" = None) -> None:
        """A message has been queued."""
        waiting = self._kept if qos else self._volatile
        if mid in waiting:
            waiting[mid].append(future)
        else:
            waiting[mid] = [future]

    def complete(self, mid: int, reason: int) -> None:
        """A message is complete, with the reason code of the server or 0."""
        waiting = self._kept if mid in self._kept else self._volatile
        futures = waiting.get(mid)
        if futures is None:
            return  # published by other means
        future = futures.pop(0)
        if not futures:
            del waiting[mid]
        if future is None:
            if reason >= 128:
                self._failure = self._failure or reason
        elif not future.done():
            future.set_result(reason)
        if self._drains and not self:
            self._drained()

    def fail(self, code: int, kept: bool) -> None:
        """The connection has ended. Messages with QoS 1 and 2 are kept for the next one, if there is to be one."""
        lost = list(self._volatile.values()) + ([] if kept else list(self._kept.values()))
        self._volatile.clear()
        if not kept:
            self._kept.clear()
        for futures in lost:
            for future in futures:
                if future is None:
                    self._failure = self._failure or code
                elif not future.done():
                    future.set_exception(MosquittoError(code, "publish"))
        if not self:
            self._drained()

    async def drain(self) -> None:
        """Waits until no message is on its way.

        Raises:
            MosquittoError: one failed that nobody else waited for.
        """
        if self:
            future: "asyncio.Future[None]" = asyncio.get_running_loop().create_future()
            self._drains.append(future)
            await future
        if self._failure:
            code, self._failure = self._failure, 0
            raise MosquittoError(code, "publish")

    def _drained(self) -> None:
        drains, self._drains = self._drains, []
        for future in drains:
            if not future.done():
                future.set_result(None)
