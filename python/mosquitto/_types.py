"""Messages, payloads and results: values that outlive the call of the library that made them."""

import struct
from ctypes import string_at
from typing import Any, Optional, Tuple, Union

from ._properties import Properties

#: What can be published: text goes as UTF-8, ``None`` as an empty message.
Payload = Union[None, str, bytes, bytearray, memoryview]

# struct mosquitto_message: int mid; char *topic; void *payload; int payloadlen; int qos; bool retain, as C aligns it.
_MESSAGE = struct.Struct("@iPPii?")


class MessagePayload(bytes):
    """The payload of a received message: bytes that also behave as text where text is wanted.

    It is ``bytes`` in all respects, and besides joins with ``str`` on either side and prints as text (UTF-8; bytes
    that are not UTF-8 show as the replacement character)::

        "payload " + msg.payload        # str
        b"payload " + msg.payload       # bytes
        print(msg.payload)              # the text
        json.loads(msg.payload)         # as any bytes
    """

    __slots__ = ()

    def __str__(self) -> str:
        return self.decode("utf-8", "replace")

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, str):
            return str(self) + other
        return bytes.__add__(self, other)

    def __radd__(self, other: Any) -> Any:
        if isinstance(other, str):
            return other + str(self)
        return NotImplemented


class MosquittoMessage:
    """A message received, as ``on_message`` gets it. It may be kept.

    Attributes:
        mid: number of the message; 0 with QoS 0.
        topic: the topic, text.
        payload: the content, :class:`MessagePayload` (bytes that also join with text).
        payloadlen: how many bytes it has.
        qos: Quality of Service 0, 1 or 2.
        retain: True if the server had kept the message from before the subscription.
        properties: with MQTT 5, and inside ``on_message_v5`` or an asyncio client: a mapping; else None.
    """

    __slots__ = ("mid", "topic", "payload", "qos", "retain", "properties")

    mid: int
    topic: str
    payload: MessagePayload
    qos: int
    retain: bool
    properties: Optional[Properties]

    def __init__(
        self,
        mid: int,
        topic: str,
        payload: MessagePayload,
        qos: int,
        retain: bool,
        properties: Optional[Properties] = None,
    ) -> None:
        self.mid = mid
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties

    @property
    def payloadlen(self) -> int:
        """How many bytes the payload has."""
        return len(self.payload)

    def __repr__(self) -> str:
        return (
            f"MosquittoMessage(mid={self.mid}, topic={self.topic!r}, payload={bytes(self.payload)!r}, "
            f"qos={self.qos}, retain={self.retain})"
        )


class Result(int):
    """What ``publish``, ``subscribe`` and ``unsubscribe`` return: the number of an error, 0 for success.

    Attributes:
        mid: the number by which ``on_publish``, ``on_subscribe`` or ``on_unsubscribe`` will name this request.
    """

    mid: int = 0


def result(code: int, mid: int) -> Result:
    """A result with its message number."""
    value = Result(code)
    value.mid = mid
    return value


def message_at(address: int) -> MosquittoMessage:
    """Copies the ``struct mosquitto_message`` at an address."""
    mid, topic, payload, length, qos, retain = _MESSAGE.unpack(string_at(address, _MESSAGE.size))
    return MosquittoMessage(
        mid,
        string_at(topic).decode("utf-8", "replace"),
        MessagePayload(string_at(payload, length)) if length else MessagePayload(),
        qos,
        retain,
    )


def payload_bytes(payload: Payload) -> bytes:
    """The bytes to send for what a program gave.

    Raises:
        TypeError: for anything but None, text and bytes. A number is no text: ``bytes(7)`` would send seven zeros.
    """
    if payload is None:
        return b""
    if isinstance(payload, bytes):
        return payload
    if isinstance(payload, str):
        return payload.encode()
    if isinstance(payload, (bytearray, memoryview)):
        return bytes(payload)
    raise TypeError(f"payload must be None, str or bytes, not {type(payload).__name__}")


def text(value: Union[None, str, bytes]) -> Optional[bytes]:
    """A C string, without its final zero.

    Raises:
        ValueError: for a zero inside, where C would cut it off, and for text that is no UTF-8 (lone surrogates).
    """
    if value is None:
        return None
    data = value.encode() if isinstance(value, str) else bytes(value)
    if b"\0" in data:
        raise ValueError("text for MQTT must not contain a NUL character")
    return data


__all__: Tuple[str, ...] = ("MessagePayload", "MosquittoMessage", "Payload", "Result")
