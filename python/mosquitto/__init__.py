"""MQTT client for Python, on libmosquitto: MQTT 3.1, 3.1.1 and 5; TCP, TLS, WebSockets, Unix sockets.

A subscriber::

    import mosquitto

    def on_connect(mosq, obj, rc):
        mosq.subscribe("temperature/#", 1)

    def on_message(mosq, obj, msg):
        print("Message received on topic " + msg.topic + " with QoS " + str(msg.qos) + " and payload " + msg.payload)

    mqttc = mosquitto.Mosquitto("listener")
    mqttc.on_connect = on_connect
    mqttc.on_message = on_message
    mqttc.connect("localhost")
    mqttc.loop_forever()

A publisher, which waits until the server has the message::

    with mosquitto.Mosquitto(raise_errors=True) as mqttc:
        mqttc.connect("localhost")
        mqttc.publish_and_wait("temperature/kitchen", "21.5", qos=1, timeout=10)

Everything is in the class :class:`Mosquitto`; :mod:`mosquitto.aio` is for programs that use ``asyncio``. Numbers
(errors, reason codes, properties, options) are enumerations in :mod:`mosquitto.enums`, and each of their members is a
constant of this module as well, such as ``mosquitto.MOSQ_ERR_SUCCESS``.

The library is the file that the environment variable ``MOSQUITTO_LIBRARY`` names; else the one of this package; else,
in a checkout of the source, the one in ``target/release``; else the ``libmosquitto.so.1`` of the system.
"""

from ctypes import byref as _byref
from ctypes import c_int as _c_int
from typing import Tuple as _Tuple

from ._library import lib as _lib
from ._properties import Properties
from ._types import MessagePayload, MosquittoMessage, Payload, Result
from .client import Mosquitto, topic_matches_sub
from .enums import (
    ENUMERATIONS as _ENUMERATIONS,
)
from .enums import (
    ConnackCode,
    Error,
    LogLevel,
    Option,
    Property,
    PropertyType,
    Protocol,
    ReasonCode,
    SubscribeOption,
    Transport,
)
from .errors import ConnectionRefused, MosquittoError, check, error_string

__version__ = "2.1.2"


def connack_string(connack_code: int) -> str:
    """The English text for ``rc`` of ``on_connect`` with MQTT 3.1 and 3.1.1."""
    return str(_lib.connack_string(connack_code).decode())


def reason_string(reason_code: int) -> str:
    """The English text for a reason code of MQTT 5."""
    return str(_lib.reason_string(reason_code).decode())


def lib_version() -> _Tuple[int, int, int]:
    """The version of the library: major, minor, revision."""
    numbers = _c_int(), _c_int(), _c_int()
    _lib.lib_version(*[_byref(number) for number in numbers])
    major, minor, revision = (number.value for number in numbers)
    return major, minor, revision


for _enumeration in _ENUMERATIONS:
    globals().update(_enumeration.__members__)

__all__ = [
    "ConnackCode",
    "ConnectionRefused",
    "Error",
    "LogLevel",
    "MessagePayload",
    "Mosquitto",
    "MosquittoError",
    "MosquittoMessage",
    "Option",
    "Payload",
    "Properties",
    "Property",
    "PropertyType",
    "Protocol",
    "ReasonCode",
    "Result",
    "SubscribeOption",
    "Transport",
    "check",
    "connack_string",
    "error_string",
    "lib_version",
    "reason_string",
    "topic_matches_sub",
    *(name for enumeration in _ENUMERATIONS for name in enumeration.__members__),
]
