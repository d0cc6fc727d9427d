"""What needs no client."""

from ctypes import byref, c_bool, c_int
from typing import Tuple

from ._library import lib


def connack_string(connack_code: int) -> str:
    """The English text for ``rc`` of ``on_connect`` with MQTT 3.1 and 3.1.1."""
    return str(lib.connack_string(connack_code).decode())


def reason_string(reason_code: int) -> str:
    """The English text for a reason code of MQTT 5."""
    return str(lib.reason_string(reason_code).decode())


def lib_version() -> Tuple[int, int, int]:
    """The version of the library: major, minor, revision."""
    numbers = c_int(), c_int(), c_int()
    lib.lib_version(*[byref(number) for number in numbers])
    major, minor, revision = (number.value for number in numbers)
    return major, minor, revision


def topic_matches_sub(sub: str, topic: str) -> bool:
    """Whether a topic matches a topic filter: ``topic_matches_sub("a/+", "a/b")`` is True.

    Raises:
        ValueError: one of them is not allowed.
    """
    matches = c_bool()
    filter_, name = sub.encode(), topic.encode()
    code = lib.topic_matches_sub2(filter_, len(filter_), name, len(name), byref(matches))
    if code:
        raise ValueError("not a topic filter and a topic")
    return matches.value
