"""The attributes of the client that name what to call."""

from typing import TYPE_CHECKING, Any, Callable, List, Optional

from ._callbacks import callback_attribute
from ._properties import Properties
from ._types import MosquittoMessage

if TYPE_CHECKING:
    from .client import Mosquitto

_Number = Callable[["Mosquitto", Any, int], Any]
_Codes = Callable[["Mosquitto", Any, int, List[int], Properties], Any]


class Callbacks:
    """The callbacks: plain functions, bound methods, or methods of a subclass; None for nothing."""

    on_pre_connect: Optional[Callable[["Mosquitto", Any], Any]] = callback_attribute(
        "on_pre_connect", "mosq, obj", "a connection attempt begins."
    )
    on_connect: Optional[_Number] = callback_attribute(
        "on_connect",
        "mosq, obj, rc",
        "the server has answered. rc is 0 for success, 1 unacceptable protocol version, 2 identifier rejected, "
        "3 server unavailable, 4 bad user name or password, 5 not authorised; with MQTT 5 a ReasonCode.",
    )
    on_connect_with_flags: Optional[Callable[["Mosquitto", Any, int, int], Any]] = callback_attribute(
        "on_connect_with_flags", "mosq, obj, rc, flags", "as on_connect; flags is 1 if the server has a session."
    )
    on_connect_v5: Optional[Callable[["Mosquitto", Any, int, int, Properties], Any]] = callback_attribute(
        "on_connect_v5", "mosq, obj, rc, flags, properties", "as on_connect_with_flags, with the server's properties."
    )
    on_disconnect: Optional[_Number] = callback_attribute(
        "on_disconnect",
        "mosq, obj, rc",
        "the connection has ended. rc is 0 if disconnect() was called, else the unexpected reason.",
    )
    on_disconnect_v5: Optional[Callable[["Mosquitto", Any, int, Properties], Any]] = callback_attribute(
        "on_disconnect_v5", "mosq, obj, rc, properties", "as on_disconnect, with the server's properties."
    )
    on_publish: Optional[_Number] = callback_attribute(
        "on_publish",
        "mosq, obj, mid",
        "the message with number mid is complete: written with QoS 0, acknowledged with QoS 1 and 2.",
    )
    on_publish_v5: Optional[Callable[["Mosquitto", Any, int, int, Properties], Any]] = callback_attribute(
        "on_publish_v5",
        "mosq, obj, mid, reason_code, properties",
        "as on_publish; a reason code of 128 or more says that the server did not take the message.",
    )
    on_message: Optional[Callable[["Mosquitto", Any, MosquittoMessage], Any]] = callback_attribute(
        "on_message", "mosq, obj, msg", "a message has arrived: msg is a MosquittoMessage, which may be kept."
    )
    on_message_v5: Optional[Callable[["Mosquitto", Any, MosquittoMessage, Properties], Any]] = callback_attribute(
        "on_message_v5", "mosq, obj, msg, properties", "as on_message, with the properties of the message."
    )
    on_subscribe: Optional[Callable[["Mosquitto", Any, int, List[int]], Any]] = callback_attribute(
        "on_subscribe",
        "mosq, obj, mid, qos_list",
        "the server has answered a subscription: the QoS granted for each filter, 128 or more if refused.",
    )
    on_subscribe_v5: Optional[_Codes] = callback_attribute(
        "on_subscribe_v5", "mosq, obj, mid, reason_codes, properties", "as on_subscribe, with properties."
    )
    on_unsubscribe: Optional[_Number] = callback_attribute(
        "on_unsubscribe", "mosq, obj, mid", "the server has answered unsubscribe()."
    )
    on_unsubscribe_v5: Optional[_Codes] = callback_attribute(
        "on_unsubscribe_v5",
        "mosq, obj, mid, reason_codes, properties",
        "as on_unsubscribe, with one reason code per filter and properties.",
    )
    on_ext_auth: Optional[Callable[["Mosquitto", Any, str, bytes, Properties], Optional[int]]] = callback_attribute(
        "on_ext_auth",
        "mosq, obj, method, data, properties",
        "the server has sent AUTH (MQTT 5). Return 0 to go on, or the number of the error to end the connection with.",
    )
    on_log: Optional[Callable[["Mosquitto", Any, int, str], Any]] = callback_attribute(
        "on_log", "mosq, obj, level, text", "a line of log; level is a LogLevel."
    )
