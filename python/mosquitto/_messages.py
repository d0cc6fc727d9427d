"""Publishing and subscribing."""

import sys
import threading
import time
from ctypes import byref, c_char_p, c_int
from operator import index
from typing import Optional, Sequence

from . import _callbacks
from ._core import NO_CONN, SUCCESS, Core, PropertyMapping, refused
from ._library import lib
from ._properties import property_list
from ._types import Payload, Result, payload_bytes, result, text
from .enums import Error

# The longest packet of MQTT [MQTT-2.2.3].
_LARGEST = 268_435_455


class Messages(Core):
    """Messages out, and what is to come in."""

    def publish(
        self,
        topic: str,
        payload: Payload = None,
        qos: int = 0,
        retain: bool = False,
        *,
        properties: PropertyMapping = None,
    ) -> Result:
        """Publishes a message.

        Args:
            topic: without wildcards.
            payload: ``str`` (sent as UTF-8), ``bytes``, ``bytearray``; None sends an empty message.
            qos: 0 at most once, 1 at least once, 2 exactly once.
            retain: True: the server keeps the message for later subscribers.
            properties: of PUBLISH, MQTT 5.

        Returns:
            the number of an error, 0 for success; its attribute ``mid`` is what ``on_publish`` gets when the message
            is complete; numbers repeat where more than 65,535 messages are on their way. With QoS 1 and 2
            ``MOSQ_ERR_NO_CONN`` means that the message waits for a connection (and is not raised as an exception).
        """
        mid = c_int()
        try:
            data = payload_bytes(payload)
            name = text(topic)
        except ValueError as error:
            return result(self._done(refused(error), "publish"), 0)
        if len(data) > _LARGEST:  # what C calls int would cut larger numbers off
            return result(self._done(Error.MOSQ_ERR_PAYLOAD_SIZE, "publish"), 0)
        if properties is None:
            code = lib.publish(self._handle, byref(mid), name, len(data), data, index(qos), bool(retain))
        else:
            with property_list(properties) as props:
                code = lib.publish_v5(self._handle, byref(mid), name, len(data), data, qos, retain, props)
        waits_for_connection = code == NO_CONN and qos > 0
        if code or self._interrupt is not None:
            self._done(SUCCESS if waits_for_connection else code, "publish")
        return result(code, mid.value)

    def publish_and_wait(
        self,
        topic: str,
        payload: Payload = None,
        qos: int = 1,
        retain: bool = False,
        *,
        properties: PropertyMapping = None,
        timeout: Optional[float] = None,
    ) -> Result:
        """Publishes as :meth:`publish` and waits until the message is complete.

        Runs the loop meanwhile, unless another thread does. Not for use inside callbacks.

        Args:
            timeout: the most seconds to wait; None for no limit.

        Returns:
            0 when complete; a :class:`ReasonCode` of 128 or more if an MQTT 5 server did not take it;
            ``MOSQ_ERR_TIMEOUT``; or the error that ended the connection. With QoS 1 and 2 the message is still
            queued after the latter two.

        Raises:
            RuntimeError: called inside a callback, where nothing could be waited for.
        """
        if _callbacks.is_running(self, sys._getframe()):
            raise RuntimeError("publish_and_wait() cannot be used inside a callback")
        self._need("on_publish_v5", "on_disconnect_v5")
        end = None if timeout is None else time.monotonic() + timeout
        with self._waits as waits:
            losses = waits.losses
            sent = self.publish(topic, payload, qos, retain, properties=properties)
            if sent and not (sent == NO_CONN and qos):
                return sent
            while True:
                reason = waits.reason(sent.mid)
                if reason is not None:
                    return result(self._done(reason if reason >= 128 else SUCCESS, "publish"), sent.mid)
                if qos == 0 and waits.losses != losses:
                    return result(self._done(Error.MOSQ_ERR_CONN_LOST, "publish"), sent.mid)
                left = 1.0 if end is None else min(end - time.monotonic(), 1.0)
                if left <= 0:
                    return result(self._done(Error.MOSQ_ERR_TIMEOUT, "publish"), sent.mid)
                if self._thread_started or self._looper not in (None, threading.get_ident()):
                    # Woken at every completion; the limit only covers one that came since the look above.
                    waits.wait(min(left, 0.05))
                    continue
                code = lib.loop(self._handle, int(left * 1000) + 1, 1)
                if code and waits.reason(sent.mid) is None:
                    return result(self._done(code, "publish"), sent.mid)

    def subscribe(self, topic: str, qos: int = 0, *, options: int = 0, properties: PropertyMapping = None) -> Result:
        """Subscribes to a topic filter, which may have the wildcards ``+`` (one level) and ``#`` (all that follow).

        Args:
            topic: the filter, one.
            qos: the highest Quality of Service with which messages shall come.
            options: :class:`SubscribeOption`, MQTT 5.
            properties: of SUBSCRIBE, MQTT 5.

        Returns:
            the number of an error, 0 for success; its attribute ``mid`` is what ``on_subscribe`` gets.
        """
        mid = c_int()
        try:
            name = text(topic)
        except ValueError as error:
            return result(self._done(refused(error), "subscribe"), 0)
        with property_list(properties) as props:
            code = lib.subscribe_v5(self._handle, byref(mid), name, qos, options, props)
        return result(self._done(code, "subscribe"), mid.value)

    def subscribe_multiple(
        self, topics: Sequence[str], qos: int = 0, *, options: int = 0, properties: PropertyMapping = None
    ) -> Result:
        """As :meth:`subscribe`, for several filters in one request with the same QoS."""
        mid = c_int()
        array = (c_char_p * len(topics))(*[text(topic) for topic in topics])
        with property_list(properties) as props:
            code = lib.subscribe_multiple(self._handle, byref(mid), len(topics), array, qos, options, props)
        return result(self._done(code, "subscribe_multiple"), mid.value)

    def unsubscribe(self, topic: str, *, properties: PropertyMapping = None) -> Result:
        """Ends the subscription to a topic filter.

        Returns:
            the number of an error, 0 for success; its attribute ``mid`` is what ``on_unsubscribe`` gets.
        """
        mid = c_int()
        try:
            name = text(topic)
        except ValueError as error:
            return result(self._done(refused(error), "unsubscribe"), 0)
        with property_list(properties) as props:
            code = lib.unsubscribe_v5(self._handle, byref(mid), name, props)
        return result(self._done(code, "unsubscribe"), mid.value)

    def unsubscribe_multiple(self, topics: Sequence[str], *, properties: PropertyMapping = None) -> Result:
        """As :meth:`unsubscribe`, for several filters in one request."""
        mid = c_int()
        array = (c_char_p * len(topics))(*[text(topic) for topic in topics])
        with property_list(properties) as props:
            code = lib.unsubscribe_multiple(self._handle, byref(mid), len(topics), array, props)
        return result(self._done(code, "unsubscribe_multiple"), mid.value)
