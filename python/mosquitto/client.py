"""The client: class :class:`Mosquitto`. Its methods are in files of their own, by theme."""

import threading
from ctypes import c_void_p
from typing import Any, Optional

from . import _callbacks
from ._attributes import Callbacks
from ._connecting import Connecting
from ._core import SUCCESS
from ._library import lib
from ._lifetime import next_key, watch
from ._loops import Loops
from ._messages import Messages
from ._settings import Settings
from ._types import text
from ._waits import Waits
from .enums import Option, Protocol, Transport
from .errors import MosquittoError


class Mosquitto(Connecting, Messages, Loops, Settings, Callbacks):
    """An MQTT client.

    Args:
        client_id: the name by which the server knows the client; empty or None for a random one.
        clean_session: True: the server forgets subscriptions and messages when the client disconnects. False: it
            keeps them, and needs a client_id.
        obj: anything; every callback gets it as its second argument.
        protocol: the version of MQTT, one of :class:`Protocol`.
        transport: one of :class:`Transport`.
        raise_errors: True: methods raise :class:`MosquittoError` where they would return a number other than 0.

    Raises:
        ValueError: the client_id is not allowed, or missing without clean_session.

    Methods return 0 (``MOSQ_ERR_SUCCESS``) or another number of :class:`Error`, unless they say otherwise. Set the
    callbacks that you need (``on_...``), connect, and let the client work in one of four ways: call :meth:`loop` again
    and again; call :meth:`loop_forever`; call :meth:`loop_start`, which does it on a thread; or wait for
    :meth:`socket` yourself and call :meth:`loop_read`, :meth:`loop_write` and :meth:`loop_misc`, as
    :mod:`mosquitto.aio` does.

    Callbacks are plain functions, bound methods, or methods of a subclass. They run on the thread that runs the loop,
    one at a time for each client, and may call every method except the loops. An exception in one of them is given to
    ``sys.unraisablehook`` (which prints it) and the client goes on.

    Every method may be called from every thread. The object may be dropped in any state; then the connection ends
    without a farewell, so that the server publishes the will. ``with Mosquitto(...) as client:`` disconnects at the
    end of the block.
    """

    def __init__(
        self,
        client_id: Optional[str] = None,
        clean_session: bool = True,
        obj: Any = None,
        *,
        protocol: int = Protocol.MQTT_PROTOCOL_V311,
        transport: int = Transport.MOSQ_T_TCP,
        raise_errors: bool = False,
    ) -> None:
        self._obj = obj
        self._interrupt = None
        self._always = set()
        self._waits = Waits()
        self._thread_started = False
        self._looper = None
        self._closing = threading.Event()
        self._reconnect_delay = (1, 1, False)
        self._passwords = []
        self.raise_errors = raise_errors
        key = next_key()
        handle = c_void_p(lib.new(text(client_id) or None, clean_session, key))
        if not handle:
            raise ValueError("client_id is not allowed, or is missing without clean_session")
        self._handle = handle
        watch(self, key, handle)
        for option, value, default in (
            (Option.MOSQ_OPT_PROTOCOL_VERSION, protocol, Protocol.MQTT_PROTOCOL_V311),
            (Option.MOSQ_OPT_TRANSPORT, transport, Transport.MOSQ_T_TCP),
        ):
            code = lib.int_option(handle, option, value) if value != default else SUCCESS
            if code:
                raise MosquittoError(code, option.name)
        for attribute in _callbacks.events:  # those that a subclass defines as methods
            if getattr(type(self), attribute) is not getattr(Mosquitto, attribute):
                _callbacks.install(handle, attribute, True)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("a client cannot be copied or pickled")
