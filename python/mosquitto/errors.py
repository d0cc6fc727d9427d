"""Exceptions, for programs that want them instead of numbers: ``Mosquitto(..., raise_errors=True)``."""

import os
from ctypes import get_errno

from ._library import lib
from .enums import Error


def error_string(code: int) -> str:
    """The English text for the number of an error, as :class:`Error` has them."""
    return str(lib.strerror(code).decode())


class MosquittoError(Exception):
    """A call failed.

    Attributes:
        code: the number, a member of :class:`Error` if it is one of them.
        errno: with ``MOSQ_ERR_ERRNO`` the number of the failed system call's error, else None.
    """

    def __init__(self, code: int, what: str = "") -> None:
        self.code = Error(code) if code in Error._value2member_map_ else code
        self.errno = get_errno() if code == Error.MOSQ_ERR_ERRNO else None
        reason = os.strerror(self.errno) if self.errno else error_string(code)
        super().__init__(f"{what}: {reason}" if what else reason)


class ConnectionRefused(MosquittoError):
    """The server refused the connection.

    Attributes:
        reason: the code of CONNACK: one of :class:`ConnackCode`, with MQTT 5 of :class:`ReasonCode`.
    """

    def __init__(self, reason: int, text: str) -> None:
        super().__init__(Error.MOSQ_ERR_CONN_REFUSED, "")
        self.args = (text,)
        self.reason = reason


def check(code: int, what: str = "") -> None:
    """Raises :class:`MosquittoError` unless ``code`` is 0: ``check(client.connect("localhost"))``."""
    if code:
        raise MosquittoError(code, what)
