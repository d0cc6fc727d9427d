"""Connecting and disconnecting."""

import sys
import time
from typing import Optional, Type, TypeVar

from . import _callbacks
from ._core import Core, PropertyMapping
from ._library import lib
from ._properties import property_list
from ._types import text

# How many seconds the end of a ``with`` waits for what is queued to be written.
_FAREWELL = 1.0
_Self = TypeVar("_Self", bound="Connecting")


class Connecting(Core):
    """Connections, and the context manager that ends one."""

    def connect(
        self,
        hostname: str,
        port: int = 1883,
        keepalive: int = 60,
        *,
        bind_address: Optional[str] = None,
        properties: PropertyMapping = None,
    ) -> int:
        """Connects to a server. ``on_connect`` tells, while the loop runs, whether it accepts the client.

        Args:
            hostname: name or address; with port 0 the path of a Unix socket.
            port: 1883 as a rule, 8883 with TLS.
            keepalive: seconds after which the server is asked for a sign of life; 0 for never, else 5 or more.
            bind_address: local address to connect from.
            properties: of CONNECT, MQTT 5.
        """
        self._closing.clear()
        with property_list(properties) as props:
            code = lib.connect_bind_v5(self._handle, text(hostname), port, keepalive, text(bind_address), props)
        return self._done(code, "connect")

    def connect_async(
        self, hostname: str, port: int = 1883, keepalive: int = 60, *, bind_address: Optional[str] = None
    ) -> int:
        """As :meth:`connect`, but does not wait for the connection; the loop does. For use with :meth:`loop_start`."""
        self._closing.clear()
        code = lib.connect_bind_async(self._handle, text(hostname), port, keepalive, text(bind_address))
        return self._done(code, "connect_async")

    def connect_srv(self, domain: str, keepalive: int = 60, *, bind_address: Optional[str] = None) -> int:
        """As :meth:`connect_async`, to the server that DNS lists for a domain (SRV record ``_mqtt._tcp``)."""
        self._closing.clear()
        return self._done(lib.connect_srv(self._handle, text(domain), keepalive, text(bind_address)), "connect_srv")

    def reconnect(self) -> int:
        """Connects again as the last time. :meth:`loop_forever` and :meth:`loop_start` do so by themselves."""
        self._closing.clear()
        return self._done(lib.reconnect(self._handle), "reconnect")

    def reconnect_async(self) -> int:
        """As :meth:`reconnect`, but does not wait for the connection; the loop does."""
        self._closing.clear()
        return self._done(lib.reconnect_async(self._handle), "reconnect_async")

    def disconnect(self, reason_code: int = 0, *, properties: PropertyMapping = None) -> int:
        """Disconnects: what is queued is still written, the will is not published, loops end, ``on_disconnect`` gets 0.

        Args:
            reason_code: one of :class:`ReasonCode`, MQTT 5.
            properties: of DISCONNECT, MQTT 5.
        """
        with property_list(properties) as props:
            code = lib.disconnect_v5(self._handle, reason_code, props)
        self._closing.set()
        return self._done(code, "disconnect")

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], *_: object) -> None:
        """Disconnects, lets what is queued be written, and ends the thread."""
        if _callbacks.is_running(self, sys._getframe()):
            self._closing.set()
            lib.disconnect_v5(self._handle, 0, None)
            return
        lib.disconnect_v5(self._handle, 0, None)
        self._closing.set()
        if self._thread_started:
            self._thread_started = False
            lib.loop_stop(self._handle, kind is not None)
        end = time.monotonic() + _FAREWELL
        while lib.socket(self._handle) >= 0 and time.monotonic() < end:
            if lib.loop(self._handle, 100, 1):
                break
