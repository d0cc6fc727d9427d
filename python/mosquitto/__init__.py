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

    import mosquitto

    with mosquitto.Mosquitto(raise_errors=True) as mqttc:
        mqttc.connect("localhost")
        mqttc.publish_and_wait("temperature/kitchen", "21.5", qos=1, timeout=10)

Everything is in the class :class:`Mosquitto`; :mod:`mosquitto.aio` is for programs that use ``asyncio``. Numbers
(errors, reason codes, properties, options) are enumerations in :mod:`mosquitto.enums`, and each of their members is a
constant of this module as well, such as ``mosquitto.MOSQ_ERR_SUCCESS``.

The library is the file that the environment variable ``MOSQUITTO_LIBRARY`` names; else the one of this package; else,
in a checkout of the source, the one in ``target/release``; else the ``libmosquitto.so.1`` of the system.
"""

from ._constants import *  # noqa: F403
from ._functions import connack_string, lib_version, reason_string, topic_matches_sub
from ._properties import Properties
from ._types import MessagePayload, MosquittoMessage, Payload, Result
from .client import Mosquitto
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
