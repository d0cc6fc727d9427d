"""The end of clients: when the program drops one, and when the interpreter ends while some exist."""

import atexit
import sys
import time
import weakref
from typing import TYPE_CHECKING

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


def watch(client: "Mosquitto", key: int, handle: int) -> None:
    """Arranges for the C client to be destroyed when the Python object is gone.

    No method of the object runs then, since each of them holds it; a callback may, and the library allows for that.
    """
    live[key] = weakref.ref(client)
    weakref.finalize(client, _destroy, key, handle).atexit = False


def _destroy(key: int, handle: int) -> None:
    live.pop(key, None)
    lib.destroy(handle)


@atexit.register
def _end() -> None:
    """Lets no callback into an interpreter that is going down.

    Clients are not destroyed: a daemon thread may be inside one. The process ends soon anyway.
    """
    clients = [client for client in (reference() for reference in list(live.values())) if client is not None]
    for client in clients:
        for event in events.values():
            event.set(client._handle, None)
    deadline = time.monotonic() + _PATIENCE
    for client in clients:
        while _calls_back(client) and time.monotonic() < deadline:
            time.sleep(0.001)
        if client._thread_started and not _calls_back(client):
            lib.loop_stop(client._handle, True)


def _calls_back(client: "Mosquitto") -> bool:
    return any(is_running(client, frame) for frame in list(sys._current_frames().values()))
