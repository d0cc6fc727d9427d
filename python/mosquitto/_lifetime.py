"""The end of clients: when the program drops one, and when the interpreter ends while some exist."""

import atexit
import contextlib
import os
import socket
import sys
import threading
import time
import weakref
from ctypes import c_void_p
from typing import TYPE_CHECKING, Any

from ._callbacks import events, is_running, live
from ._library import lib

if TYPE_CHECKING:
    from .client import Mosquitto

_keys = iter(range(1, sys.maxsize))

#: How long the end of the interpreter waits for callbacks that are running.
_PATIENCE = 5.0


def next_key() -> int:
    """A number that no other client of this process ever has."""
    return next(_keys)


def watch(client: "Mosquitto", key: int, handle: c_void_p) -> None:
    """Arranges for the C client to be destroyed when the Python object is gone.

    No method of the object runs then, since each of them holds it; a callback may, and the library allows for that.
    """
    live[key] = weakref.ref(client)
    weakref.finalize(client, _destroy, key, handle).atexit = False


def _destroy(key: int, handle: c_void_p) -> None:
    live.pop(key, None)
    lib.destroy(handle)


@atexit.register
def _end() -> None:
    """Lets no callback into an interpreter that is going down: its thread would be ended in the middle of the library.

    Connections end without a farewell, as with any process that ends. Clients are not destroyed: a daemon thread may be
    about to use one.
    """
    clients = [client for client in (reference() for reference in list(live.values())) if client is not None]
    for client in clients:
        for event in events.values():
            with contextlib.suppress(NotImplementedError):  # an older library, without some callbacks
                event.set(client._handle, None)
    # From here on no callback begins; some may have begun, even unseen as yet, but only inside a method or on a thread
    # of the library. So all of these have to end.
    deadline = time.monotonic() + _PATIENCE
    for client in clients:
        if _is_used(client):
            client._closing.set()
            _break(client)
        while _is_used(client) and time.monotonic() < deadline:
            time.sleep(0.001)
        if client._thread_started and not _is_used(client):
            lib.loop_stop(client._handle, True)


def _is_used(client: "Mosquitto") -> bool:
    """Whether another thread is inside a method or a callback of a client."""
    own = threading.get_ident()
    frames = [frame for thread, frame in sys._current_frames().items() if thread != own]
    return any(is_running(client, frame) or _is_method_of(client, frame) for frame in frames)


def _is_method_of(client: "Mosquitto", frame: Any) -> bool:
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith("mosquitto.") and frame.f_locals.get("self") is client:
            return True
        frame = frame.f_back
    return False


def _break(client: "Mosquitto") -> None:
    """Breaks the connection, so that a loop that waits for it returns at once."""
    try:
        with socket.socket(fileno=os.dup(lib.socket(client._handle))) as connection:
            connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # there is none
