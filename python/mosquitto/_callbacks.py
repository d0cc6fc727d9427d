"""From C to Python: the functions that the library calls, and the attributes that name what they call.

Each kind of callback has one function for all clients, made once and never freed, so that no client takes away a
function that C is still running. The library hands each of them the key of the client; nothing here keeps a client
alive beyond the callback.
"""

import sys
import threading
import weakref
from ctypes import c_void_p, cast, memmove, pythonapi, string_at
from operator import attrgetter
from types import CodeType
from typing import TYPE_CHECKING, Any, Callable, Dict, List, NamedTuple, Optional, Set

from . import _library as library
from ._library import lib
from ._properties import properties_at
from ._types import message_at
from .enums import Error

if TYPE_CHECKING:
    from .client import Mosquitto

#: The clients that exist, by the number that C has for each.
live: Dict[int, "weakref.ref[Mosquitto]"] = {}

Callback = Optional[Callable[..., Any]]


class Event(NamedTuple):
    """One kind of callback: how to tell the library, and what it is to call."""

    set: Callable[[c_void_p, Optional[int]], None]
    function: Any


#: By the name of the attribute.
events: Dict[str, Event] = {}
_codes: Set[CodeType] = set()


_thread = threading.local()
#: For how many more threads of the library Python keeps what it knows of a thread.
_places = iter(range(32))


def _keep_thread_state() -> None:
    """Lets Python remember this thread, if it is one of the library, from one callback to the next.

    Otherwise it makes the state of the thread anew for each callback, which takes longer than all the rest. Nothing
    tells when such a thread ends, so its state (some 20 KB) stays; that is why it is done for a few only. A program
    that starts and stops threads all the time gets the slower way after those.
    """
    _thread.kept = True
    is_outermost = sys._getframe(1).f_back is None  # no Python called C, so the thread is not one of Python's
    if is_outermost and next(_places, None) is not None:
        pythonapi.PyGILState_Ensure()  # one more than is released


def _find(key: int) -> "Optional[Mosquitto]":
    reference = live.get(key)
    return reference() if reference else None


def _event(attribute: str, setter: str, kind: Any) -> Callable[[Any], Any]:
    def add(function: Any) -> Any:
        _codes.add(function.__code__)
        events[attribute] = Event(getattr(lib, setter + "_callback_set"), kind(function))
        return function

    return add


def _simple(attribute: str, setter: str, kind: Any, convert: Optional[Callable[..., Any]] = None) -> None:
    """A callback whose arguments are passed on, after `convert` made them those of Python."""

    def function(_mosq: int, key: int, *arguments: Any) -> None:
        client = _find(key)
        if client is None:
            return
        try:
            if not hasattr(_thread, "kept"):
                _keep_thread_state()
            callback = getattr(client, attribute)
            if callback is not None:
                callback(client, client._obj, *(convert(*arguments) if convert else arguments))
        except KeyboardInterrupt as interrupt:
            client._interrupt = interrupt  # for the program, not for this callback: raised when C has returned

    _event(attribute, setter, kind)(function)


def _array(count: int, values: Any) -> List[int]:
    return list(values[:count]) if count else []


_simple("on_pre_connect", "pre_connect", library.PLAIN)
_simple("on_connect", "connect", library.NUMBER)
_simple("on_connect_with_flags", "connect_with_flags", library.NUMBER2)
_simple(
    "on_connect_v5", "connect_v5", library.NUMBER2_PROPS, lambda rc, flags, props: (rc, flags, properties_at(props))
)
_simple("on_disconnect", "disconnect", library.NUMBER)
_simple("on_publish", "publish", library.NUMBER)
_simple("on_subscribe", "subscribe", library.ARRAY, lambda mid, count, qos: (mid, _array(count, qos)))
_simple(
    "on_subscribe_v5",
    "subscribe_v5",
    library.ARRAY_PROPS,
    lambda mid, count, codes, props: (mid, _array(count, codes), properties_at(props)),
)
_simple("on_unsubscribe", "unsubscribe", library.NUMBER)
_simple(
    "on_unsubscribe_v5",
    "unsubscribe2_v5",
    library.ARRAY_PROPS,
    lambda mid, count, codes, props: (mid, _array(count, codes), properties_at(props)),
)
_simple(
    "on_log", "log", library.LOG, lambda level, line: (level & 0xFFFFFFFF, (line or b"").decode("utf-8", "replace"))
)


@_event("on_message", "message", library.ADDRESS)
def _message(_mosq: int, key: int, address: int) -> None:
    client = _find(key)
    if client is None:
        return
    try:
        if not hasattr(_thread, "kept"):
            _keep_thread_state()
        callback = client.on_message
        if callback is not None:
            callback(client, client._obj, message_at(address))
    except KeyboardInterrupt as interrupt:
        client._interrupt = interrupt


@_event("on_message_v5", "message_v5", library.ADDRESS2)
def _message_v5(_mosq: int, key: int, address: int, props: Optional[int]) -> None:
    client = _find(key)
    if client is None:
        return
    try:
        if not hasattr(_thread, "kept"):
            _keep_thread_state()
        callback = client.on_message_v5
        if callback is not None:
            message = message_at(address)
            message.properties = properties_at(props)
            callback(client, client._obj, message, message.properties)
    except KeyboardInterrupt as interrupt:
        client._interrupt = interrupt


@_event("on_publish_v5", "publish_v5", library.NUMBER2_PROPS)
def _publish_v5(_mosq: int, key: int, mid: int, reason: int, props: Optional[int]) -> None:
    client = _find(key)
    if client is None:
        return
    try:
        client._waits.complete(mid, reason)
        callback = client.on_publish_v5
        if callback is not None:
            callback(client, client._obj, mid, reason, properties_at(props))
    except KeyboardInterrupt as interrupt:
        client._interrupt = interrupt


@_event("on_disconnect_v5", "disconnect_v5", library.NUMBER_PROPS)
def _disconnect_v5(_mosq: int, key: int, rc: int, props: Optional[int]) -> None:
    client = _find(key)
    if client is None:
        return
    try:
        client._waits.lose()
        callback = client.on_disconnect_v5
        if callback is not None:
            callback(client, client._obj, rc, properties_at(props))
    except KeyboardInterrupt as interrupt:
        client._interrupt = interrupt


@_event("on_ext_auth", "ext_auth", library.AUTH)
def _ext_auth(
    _mosq: int, key: int, method: Optional[bytes], length: int, data: Optional[int], props: Optional[int]
) -> int:
    client = _find(key)
    if client is None:
        return int(Error.MOSQ_ERR_AUTH)
    # An answer is due even when the callback fails, so this one is not left to ctypes.
    try:
        callback = client.on_ext_auth
        if callback is None:
            return int(Error.MOSQ_ERR_SUCCESS)
        content = string_at(data, length) if data else b""
        name = (method or b"").decode("utf-8", "replace")
        return int(callback(client, client._obj, name, content, properties_at(props)) or 0)
    except KeyboardInterrupt as interrupt:
        client._interrupt = interrupt
    except BaseException:
        _report(callback)
    return int(Error.MOSQ_ERR_AUTH)


def password_function(password: bytes) -> Any:
    """A function for OpenSSL that answers with a password. It must be kept as long as the client exists."""

    def function(buffer: int, size: int, _rwflag: int, _userdata: Optional[int]) -> int:
        length = min(len(password), size)
        memmove(buffer, password, length)
        return length

    return library.PASSWORD(function)


def install(handle: c_void_p, attribute: str, wanted: bool) -> None:
    """Tells the library whether it shall call for an attribute: what nobody wants costs nothing."""
    event = events[attribute]
    event.set(handle, cast(event.function, c_void_p).value if wanted else None)


def is_running(client: object, frame: Any) -> bool:
    """Whether a frame of a thread is inside a callback of a client."""
    while frame is not None:
        if frame.f_code in _codes and frame.f_locals.get("client") is client:
            return True
        frame = frame.f_back
    return False


def _report(callback: Any) -> None:
    """Gives the exception at hand to ``sys.unraisablehook``."""
    kind, value, trace = sys.exc_info()

    class Arguments(NamedTuple):
        exc_type: Any
        exc_value: Any
        exc_traceback: Any
        err_msg: Optional[str]
        object: Any

    sys.unraisablehook(Arguments(kind, value, trace, "Exception ignored in callback", callback))  # type: ignore[arg-type]


class _Attribute(property):
    """A property that is None at first."""

    def __set_name__(self, owner: type, name: str) -> None:
        setattr(owner, "_" + name, None)


def callback_attribute(attribute: str, signature: str, text: str) -> Any:
    """The property of the client for a callback: assigning to it also tells the library."""
    slot = "_" + attribute
    get = attrgetter(slot)

    def set_(client: "Mosquitto", callback: Callback) -> None:
        if callback is not None and not callable(callback):
            raise TypeError(f"{attribute} must be a function or None")
        client.__dict__[slot] = callback
        install(client._handle, attribute, callback is not None or attribute in client._always)

    def delete(client: "Mosquitto") -> None:
        set_(client, None)

    return _Attribute(get, set_, delete, f"``{attribute}({signature})``: {text}")
