"""MQTT in programs that use ``asyncio``: no threads, no polling.

The event loop waits for the file descriptor of the connection; the library is called when there is something to read or
to write, and when the keepalive asks for it. ::

    import asyncio
    from mosquitto.aio import Client

    async def main():
        async with Client() as client:
            await client.connect("localhost")
            await client.subscribe("commands/#", 1)
            async for msg in client.messages():
                await client.publish("answers", "done: " + msg.payload, qos=1)

    asyncio.run(main())

Failures are exceptions here: :class:`mosquitto.MosquittoError`.
"""

import asyncio
import weakref
from collections import deque
from types import TracebackType
from typing import Any, AsyncIterator, Callable, Deque, List, Mapping, Optional, Set, Type

from ._properties import Properties, PropertyKey
from ._requests import Publications, Requests
from ._types import MosquittoMessage, Payload, Result
from .client import Mosquitto
from .enums import Error, Protocol, Transport
from .errors import ConnectionRefused, MosquittoError

_PropertyMapping = Optional[Mapping[PropertyKey, Any]]

# While a connection is being made or ended, the library also has deadlines that no descriptor shows.
_BUSY = 0.1
# How long disconnect() waits for the end.
_FAREWELL = 5.0
_NO_CONN = int(Error.MOSQ_ERR_NO_CONN)


class Client:
    """An MQTT client for one event loop. Its methods are to be called in that loop only.

    Args:
        client_id, clean_session, protocol, transport: as those of :class:`mosquitto.Mosquitto`.
        reconnect: True: connects again when the connection is lost, after 1, 2, 4 ... at most 60 seconds. With
            clean_session the server has forgotten the subscriptions by then; ``on_connect`` is the place to
            subscribe.

    Attributes:
        mosquitto: the client of the library, for its settings: ``client.mosquitto.tls_set(...)``, ``will_set``,
            ``username_pw_set`` and so on. Its callbacks and loops belong to this object; ``on_log`` is free.
        on_connect: called as ``on_connect(client)`` whenever the server has accepted a connection; None for nothing.
            May be a coroutine function.
        on_disconnect: called as ``on_disconnect(client, rc)`` whenever a connection has ended.
        on_message: called as ``on_message(client, msg)`` for every message, instead of :meth:`messages`.
    """

    def __init__(
        self,
        client_id: Optional[str] = None,
        clean_session: bool = True,
        *,
        protocol: int = Protocol.MQTT_PROTOCOL_V311,
        transport: int = Transport.MOSQ_T_TCP,
        reconnect: bool = False,
    ) -> None:
        self.mosquitto = Mosquitto(client_id, clean_session, weakref.ref(self), protocol=protocol, transport=transport)
        self.on_connect: Optional[Callable[["Client"], Any]] = None
        self.on_disconnect: Optional[Callable[["Client", int], Any]] = None
        self.on_message: Optional[Callable[["Client", MosquittoMessage], Any]] = None
        self._reconnect = reconnect
        self._delay = 1.0
        self._keepalive = 60
        self._wanted = False
        self._connected = False
        self._busy = False  # connecting or disconnecting
        self._reading = -1
        self._writing = -1
        self._timer: Optional[asyncio.TimerHandle] = None
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._tasks: Set["asyncio.Task[Any]"] = set()
        self._connecting: Optional["asyncio.Future[Properties]"] = None
        self._ended: Optional["asyncio.Future[None]"] = None
        self._requests = Requests()
        self._publications = Publications()
        self._flush_is_due = False
        self._queue: Deque[MosquittoMessage] = deque()
        self._getters: Deque["asyncio.Future[None]"] = deque()
        # Plain functions and a weak reference: without a circle, dropping this object drops the connection at once.
        mosq = self.mosquitto
        mosq.on_connect_v5 = _on_connect
        mosq.on_disconnect = _on_disconnect
        mosq.on_subscribe = _on_subscribe
        mosq.on_unsubscribe_v5 = _on_unsubscribe
        if protocol == Protocol.MQTT_PROTOCOL_V5:
            mosq.on_message_v5 = _on_message
            mosq.on_publish_v5 = _on_publish
        else:
            mosq.on_message = _on_message
            mosq.on_publish = _on_publish
        mosq.threaded_set(True)  # calls only queue: what one turn of the event loop publishes leaves in one write

    # Connecting

    async def connect(
        self, hostname: str, port: int = 1883, keepalive: int = 60, *, timeout: Optional[float] = 60.0
    ) -> None:
        """Connects, and returns when the server has accepted the client.

        Args:
            hostname, port, keepalive: as those of :meth:`mosquitto.Mosquitto.connect`.
            timeout: the most seconds to wait; None for no limit.

        Raises:
            ConnectionRefused: the server does not accept the client.
            MosquittoError: there is no connection; ``MOSQ_ERR_TIMEOUT`` after the timeout.
        """
        self._loop = asyncio.get_running_loop()
        self._keepalive = keepalive
        self._wanted = True
        self._connecting = connecting = self._loop.create_future()
        try:
            self._start(lambda: self.mosquitto.connect_async(hostname, port, keepalive))
            await asyncio.wait_for(connecting, timeout)
        except asyncio.TimeoutError:
            self._give_up()
            raise MosquittoError(Error.MOSQ_ERR_TIMEOUT, "connect") from None
        except BaseException:
            self._give_up()
            raise
        finally:
            self._connecting = None

    async def disconnect(self) -> None:
        """Disconnects: what is queued is still written; returns when the connection has ended."""
        self._wanted = False
        if self._loop is None:
            return
        if self.mosquitto.socket() < 0:
            self.mosquitto.disconnect()
            self._publications.fail(_NO_CONN, kept=False)
            self._update()
            return
        self._ended = self._loop.create_future()
        self._busy = True
        self.mosquitto.disconnect()
        self._update()
        try:
            await asyncio.wait_for(self._ended, _FAREWELL)
        except asyncio.TimeoutError:
            pass
        finally:
            self._ended = None
            self._unwatch()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], value: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        await self.disconnect()

    @property
    def connected(self) -> bool:
        """Whether there is a connection that the server has accepted."""
        return self._connected

    # Messages

    async def publish(
        self,
        topic: str,
        payload: Payload = None,
        qos: int = 0,
        retain: bool = False,
        *,
        properties: _PropertyMapping = None,
    ) -> None:
        """Publishes a message, and returns when it is complete: written with QoS 0, acknowledged with QoS 1 and 2.

        Several at a time: ``await asyncio.gather(...)`` over calls of this, or :meth:`publish_nowait`. The arguments
        are those of :meth:`mosquitto.Mosquitto.publish`.

        Raises:
            MosquittoError: it failed, or an MQTT 5 server did not take it (``code`` is the reason then).
        """
        sent = self._publish(topic, payload, qos, retain, properties)
        future: "asyncio.Future[int]" = self._running_loop().create_future()
        self._publications.add(sent.mid, qos, future)
        reason = await future
        if reason >= 128:
            raise MosquittoError(reason, "publish")

    def publish_nowait(
        self,
        topic: str,
        payload: Payload = None,
        qos: int = 0,
        retain: bool = False,
        *,
        properties: _PropertyMapping = None,
    ) -> int:
        """Publishes a message and does not wait. :meth:`drain` waits for all that were published so.

        Nothing limits how many are queued but memory, so a program that publishes much should drain now and then.

        Returns:
            the number of the message.

        Raises:
            MosquittoError: it failed.
        """
        sent = self._publish(topic, payload, qos, retain, properties)
        self._publications.add(sent.mid, qos)
        return sent.mid

    def _publish(self, topic: str, payload: Payload, qos: int, retain: bool, properties: _PropertyMapping) -> Result:
        sent = self.mosquitto.publish(topic, payload, qos, retain, properties=properties)
        if sent and not (sent == _NO_CONN and qos):
            raise MosquittoError(sent, "publish")
        if not self._flush_is_due:
            self._flush_soon()
        return sent

    async def drain(self) -> None:
        """Waits until all messages published are complete: written with QoS 0, acknowledged with QoS 1 and 2.

        ::

            for value in values:
                client.publish_nowait("measured", value)
            await client.drain()

        Raises:
            MosquittoError: the connection ended before, or an MQTT 5 server did not take a message.
        """
        await self._publications.drain()

    async def subscribe(
        self, topic: str, qos: int = 0, *, options: int = 0, properties: _PropertyMapping = None
    ) -> int:
        """Subscribes to a topic filter and waits for the answer.

        Returns:
            the QoS granted.

        Raises:
            MosquittoError: it failed, or the server refused (``code`` is 128 or more then).
        """
        sent = self.mosquitto.subscribe(topic, qos, options=options, properties=properties)
        if sent:
            raise MosquittoError(sent, "subscribe")
        granted: List[int] = await self._answer_to("subscribe", sent.mid)
        if granted[0] >= 128:
            raise MosquittoError(granted[0], "subscribe")
        return granted[0]

    async def unsubscribe(self, topic: str, *, properties: _PropertyMapping = None) -> None:
        """Ends the subscription to a topic filter and waits for the answer.

        Raises:
            MosquittoError: it failed, or the server refused.
        """
        sent = self.mosquitto.unsubscribe(topic, properties=properties)
        if sent:
            raise MosquittoError(sent, "unsubscribe")
        codes: List[int] = await self._answer_to("unsubscribe", sent.mid)
        if codes and codes[0] >= 128:
            raise MosquittoError(codes[0], "unsubscribe")

    async def messages(self) -> AsyncIterator[MosquittoMessage]:
        """The messages as they come: ``async for msg in client.messages()``.

        Ends when the connection has ended, after the last message, unless the client connects again by itself.
        """
        while True:
            while self._queue:
                yield self._queue.popleft()
            if not self._wanted:
                return
            assert self._loop is not None
            getter: "asyncio.Future[None]" = self._loop.create_future()
            self._getters.append(getter)
            try:
                await getter
            finally:
                if getter in self._getters:
                    self._getters.remove(getter)

    # The event loop

    def _start(self, connect: Callable[[], int]) -> None:
        self._unwatch()  # before the library closes a descriptor that the event loop waits for
        self._busy = True
        code = connect()
        if code:
            self._busy = False
            raise MosquittoError(code, "connect")
        self._update()

    def _give_up(self) -> None:
        self._wanted = False
        self._busy = False
        self.mosquitto.disconnect()
        self._unwatch()
        self._wake()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._loop

    def _answer_to(self, kind: str, mid: int) -> "asyncio.Future[Any]":
        self._flush_soon()
        return self._requests.add(kind, mid, self._running_loop().create_future())

    def _flush_soon(self) -> None:
        """Writes when the event loop has run what is ready to run, which may publish more."""
        if self._loop is not None and not self._flush_is_due:
            self._flush_is_due = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_is_due = False
        self._writable()

    def _update(self) -> None:
        """Waits for what the library wants; after every call of it that may change that."""
        loop = self._loop
        if loop is None:
            return
        descriptor = self.mosquitto.socket()
        if descriptor != self._reading or self._busy:
            # While connecting one descriptor follows the other, perhaps with the same number: always anew.
            self._unwatch()
            if descriptor >= 0:
                loop.add_reader(descriptor, self._readable)
                self._reading = descriptor
        writes = descriptor >= 0 and self.mosquitto.want_write()
        if writes and self._writing != descriptor:
            loop.add_writer(descriptor, self._writable)
            self._writing = descriptor
        elif not writes and self._writing >= 0:
            loop.remove_writer(self._writing)
            self._writing = -1
        if self._timer is None and (descriptor >= 0 or self._busy):
            delay = _BUSY if self._busy else self._keepalive / 4
            if delay > 0:
                self._timer = loop.call_later(delay, self._due)

    def _unwatch(self) -> None:
        if self._loop is None:
            return
        if self._reading >= 0:
            self._loop.remove_reader(self._reading)
        if self._writing >= 0:
            self._loop.remove_writer(self._writing)
        self._reading = self._writing = -1
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _readable(self) -> None:
        self.mosquitto.loop_read()
        self._writable()

    def _writable(self) -> None:
        if self.mosquitto.want_write():
            self.mosquitto.loop_write()
        self._update()

    def _due(self) -> None:
        self._timer = None
        self.mosquitto.loop_misc()
        self._update()

    def _again(self) -> None:
        if not self._wanted or self._connected or self.mosquitto.socket() >= 0:
            return
        try:
            self._start(self.mosquitto.reconnect_async)
        except MosquittoError:
            self._retry()

    def _retry(self) -> None:
        assert self._loop is not None
        self._loop.call_later(self._delay, self._again)
        self._delay = min(self._delay * 2, 60.0)

    def _call(self, function: Optional[Callable[..., Any]], *arguments: Any) -> None:
        """Calls what the program gave; a coroutine becomes a task."""
        if function is None:
            return
        outcome = function(self, *arguments)
        if asyncio.iscoroutine(outcome):
            assert self._loop is not None
            task = self._loop.create_task(outcome)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _wake(self) -> None:
        while self._getters:
            getter = self._getters.popleft()
            if not getter.done():
                getter.set_result(None)

    # What the library tells

    def _connect_told(self, rc: int, properties: Properties) -> None:
        if rc:
            if self._connecting is not None and not self._connecting.done():
                self._connecting.set_exception(ConnectionRefused(rc, _refusal(self.mosquitto, rc)))
            return
        self._connected = True
        self._busy = False
        self._delay = 1.0
        if self._timer is not None:  # from now on at the pace of the keepalive, which a server may lower
            self._timer.cancel()
            self._timer = None
        self._keepalive = properties.get("server-keep-alive", self._keepalive)
        if self._connecting is not None and not self._connecting.done():
            self._connecting.set_result(properties)
        self._call(self.on_connect)

    def _disconnect_told(self, rc: int) -> None:
        self._unwatch()
        self._connected = False
        self._busy = False
        if self._connecting is not None:
            self._wanted = False
            if not self._connecting.done():
                self._connecting.set_exception(MosquittoError(rc or Error.MOSQ_ERR_CONN_LOST, "connect"))
        elif not self._reconnect:
            self._wanted = False
        self._requests.fail(rc or _NO_CONN)
        self._publications.fail(rc or _NO_CONN, kept=self._wanted)
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)
        if self._wanted:
            self._retry()
        else:
            self._wake()
        self._call(self.on_disconnect, rc)

    def _message_told(self, message: MosquittoMessage) -> None:
        if self.on_message is not None:
            self._call(self.on_message, message)
            return
        self._queue.append(message)
        if self._getters:
            self._wake()


def _refusal(mosq: Mosquitto, rc: int) -> str:
    from . import connack_string, reason_string

    return reason_string(rc) if rc >= 128 else connack_string(rc)


_Reference = Callable[[], Optional[Client]]


def _on_connect(_mosq: Mosquitto, reference: _Reference, rc: int, _flags: int, properties: Properties) -> None:
    client = reference()
    if client is not None:
        client._connect_told(rc, properties)


def _on_disconnect(_mosq: Mosquitto, reference: _Reference, rc: int) -> None:
    client = reference()
    if client is not None:
        client._disconnect_told(rc)


def _on_message(
    _mosq: Mosquitto, reference: _Reference, message: MosquittoMessage, _properties: Optional[Properties] = None
) -> None:
    client = reference()
    if client is not None:
        client._message_told(message)


def _on_publish(
    _mosq: Mosquitto, reference: _Reference, mid: int, reason: int = 0, _properties: Optional[Properties] = None
) -> None:
    client = reference()
    if client is not None:
        client._publications.complete(mid, reason)


def _on_subscribe(_mosq: Mosquitto, reference: _Reference, mid: int, granted: List[int]) -> None:
    client = reference()
    if client is not None:
        client._requests.answer("subscribe", mid, granted)


def _on_unsubscribe(
    _mosq: Mosquitto, reference: _Reference, mid: int, codes: List[int], _properties: Properties
) -> None:
    client = reference()
    if client is not None:
        client._requests.answer("unsubscribe", mid, codes)


__all__ = ["Client"]
