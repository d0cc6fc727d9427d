"""The client: class :class:`Mosquitto`."""

import sys
import threading
import time
from contextlib import contextmanager
from ctypes import byref, c_bool, c_char_p, c_int, c_void_p, cast
from typing import Any, FrozenSet, Iterator, Mapping, Optional, Sequence, Set, Type, Union

from . import _callbacks
from ._callbacks import callback_attribute
from ._library import lib
from ._lifetime import next_key, watch
from ._properties import PropertyKey, property_list
from ._types import Payload, Result, payload_bytes, result, text
from ._waits import Waits
from .enums import Error, Option, Protocol, Transport
from .errors import MosquittoError

_PropertyMapping = Optional[Mapping[PropertyKey, Any]]
_SUCCESS = int(Error.MOSQ_ERR_SUCCESS)
_NO_CONN = int(Error.MOSQ_ERR_NO_CONN)
# After these loop_forever ends: to connect again would not mend them.
_FATAL: FrozenSet[int] = frozenset((1, 2, 3, 6, 8, 9, 10, 11, 12, 13, 16))
# Connections are looked after this often, in seconds, while a context manager takes leave.
_FAREWELL = 1.0


def _refused(error: ValueError) -> int:
    """The number for text that cannot be sent."""
    malformed = isinstance(error, UnicodeError)
    return int(Error.MOSQ_ERR_MALFORMED_UTF8 if malformed else Error.MOSQ_ERR_INVAL)


class Mosquitto:
    """An MQTT client.

    Args:
        client_id: the name by which the server knows the client; empty or None for a random one.
        clean_session: True: the server forgets subscriptions and messages when the client disconnects. False: it
            keeps them, and needs a client_id.
        obj: anything; every callback gets it as its second argument.
        protocol: the version of MQTT, one of :class:`Protocol`.
        transport: one of :class:`Transport`.
        raise_errors: True: methods raise :class:`MosquittoError` where they would return a number other than 0.

    Raises:
        ValueError: the client_id is not allowed, or missing without clean_session.

    Methods return 0 (``MOSQ_ERR_SUCCESS``) or another number of :class:`Error`, unless they say otherwise. Set the
    callbacks that you need (``on_...``), connect, and let the client work in one of four ways: call :meth:`loop` again
    and again; call :meth:`loop_forever`; call :meth:`loop_start`, which does it on a thread; or wait for
    :meth:`socket` yourself and call :meth:`loop_read`, :meth:`loop_write` and :meth:`loop_misc`, as
    :mod:`mosquitto.aio` does.

    Callbacks are plain functions, bound methods, or methods of a subclass. They run on the thread that runs the loop,
    one at a time for each client, and may call every method except the loops. An exception in one of them is given to
    ``sys.unraisablehook`` (which prints it) and the client goes on.

    Every method may be called from every thread. The object may be dropped in any state; then the connection ends
    without a farewell, so that the server publishes the will. ``with Mosquitto(...) as client:`` disconnects at the
    end of the block.
    """

    on_pre_connect = callback_attribute("on_pre_connect", "mosq, obj", "a connection attempt begins.")
    on_connect = callback_attribute(
        "on_connect",
        "mosq, obj, rc",
        "the server has answered. rc is 0 for success, 1 unacceptable protocol version, 2 identifier rejected, "
        "3 server unavailable, 4 bad user name or password, 5 not authorised; with MQTT 5 a ReasonCode.",
    )
    on_connect_with_flags = callback_attribute(
        "on_connect_with_flags", "mosq, obj, rc, flags", "as on_connect; flags is 1 if the server has a session."
    )
    on_connect_v5 = callback_attribute(
        "on_connect_v5", "mosq, obj, rc, flags, properties", "as on_connect_with_flags, with the server's properties."
    )
    on_disconnect = callback_attribute(
        "on_disconnect",
        "mosq, obj, rc",
        "the connection has ended. rc is 0 if disconnect() was called, else the unexpected reason.",
    )
    on_disconnect_v5 = callback_attribute(
        "on_disconnect_v5", "mosq, obj, rc, properties", "as on_disconnect, with the server's properties."
    )
    on_publish = callback_attribute(
        "on_publish",
        "mosq, obj, mid",
        "the message with number mid is complete: written with QoS 0, acknowledged with QoS 1 and 2.",
    )
    on_publish_v5 = callback_attribute(
        "on_publish_v5",
        "mosq, obj, mid, reason_code, properties",
        "as on_publish; a reason code of 128 or more says that the server did not take the message.",
    )
    on_message = callback_attribute(
        "on_message", "mosq, obj, msg", "a message has arrived: msg is a MosquittoMessage, which may be kept."
    )
    on_message_v5 = callback_attribute(
        "on_message_v5", "mosq, obj, msg, properties", "as on_message, with the properties of the message."
    )
    on_subscribe = callback_attribute(
        "on_subscribe",
        "mosq, obj, mid, qos_list",
        "the server has answered a subscription: the QoS granted for each filter, 128 or more if refused.",
    )
    on_subscribe_v5 = callback_attribute(
        "on_subscribe_v5", "mosq, obj, mid, reason_codes, properties", "as on_subscribe, with properties."
    )
    on_unsubscribe = callback_attribute("on_unsubscribe", "mosq, obj, mid", "the server has answered unsubscribe().")
    on_unsubscribe_v5 = callback_attribute(
        "on_unsubscribe_v5",
        "mosq, obj, mid, reason_codes, properties",
        "as on_unsubscribe, with one reason code per filter and properties.",
    )
    on_ext_auth = callback_attribute(
        "on_ext_auth",
        "mosq, obj, method, data, properties",
        "the server has sent AUTH (MQTT 5). Return 0 to go on, or the number of the error to end the connection with.",
    )
    on_log = callback_attribute("on_log", "mosq, obj, level, text", "a line of log; level is a LogLevel.")

    def __init__(
        self,
        client_id: Optional[str] = None,
        clean_session: bool = True,
        obj: Any = None,
        *,
        protocol: int = Protocol.MQTT_PROTOCOL_V311,
        transport: int = Transport.MOSQ_T_TCP,
        raise_errors: bool = False,
    ) -> None:
        self._obj = obj
        self._interrupt: Optional[KeyboardInterrupt] = None
        self._always: Set[str] = set()  # callbacks that the client itself needs
        self._waits = Waits()
        self._thread_started = False
        self._looper: Optional[int] = None
        self._closing = threading.Event()
        self._reconnect_delay = (1, 1, False)
        self._passwords: Any = []
        #: Whether methods raise instead of returning a number other than 0.
        self.raise_errors = raise_errors
        key = next_key()
        handle = lib.new(text(client_id) or None, clean_session, key)
        if not handle:
            raise ValueError("client_id is not allowed, or is missing without clean_session")
        self._handle: int = handle
        watch(self, key, handle)
        for option, value, default in (
            (Option.MOSQ_OPT_PROTOCOL_VERSION, protocol, Protocol.MQTT_PROTOCOL_V311),
            (Option.MOSQ_OPT_TRANSPORT, transport, Transport.MOSQ_T_TCP),
        ):
            code = lib.int_option(handle, option, value) if value != default else _SUCCESS
            if code:
                raise MosquittoError(code, option.name)
        for attribute in _callbacks.events:  # those that a subclass defines as methods
            if getattr(type(self), attribute) is not getattr(Mosquitto, attribute):
                _callbacks.install(handle, attribute, True)

    # Connecting

    def connect(
        self,
        hostname: str,
        port: int = 1883,
        keepalive: int = 60,
        *,
        bind_address: Optional[str] = None,
        properties: _PropertyMapping = None,
    ) -> int:
        """Connects to a server. ``on_connect`` tells, while the loop runs, whether it accepts the client.

        Args:
            hostname: name or address; with port 0 the path of a Unix socket.
            port: 1883 as a rule, 8883 with TLS.
            keepalive: seconds after which the server is asked for a sign of life; 0 for never, else 5 or more.
            bind_address: local address to connect from.
            properties: of CONNECT, MQTT 5.
        """
        self._closing.clear()
        with property_list(properties) as props:
            code = lib.connect_bind_v5(self._handle, text(hostname), port, keepalive, text(bind_address), props)
        return self._done(code, "connect")

    def connect_async(
        self, hostname: str, port: int = 1883, keepalive: int = 60, *, bind_address: Optional[str] = None
    ) -> int:
        """As :meth:`connect`, but does not wait for the connection; the loop does. For use with :meth:`loop_start`."""
        self._closing.clear()
        code = lib.connect_bind_async(self._handle, text(hostname), port, keepalive, text(bind_address))
        return self._done(code, "connect_async")

    def connect_srv(self, domain: str, keepalive: int = 60, *, bind_address: Optional[str] = None) -> int:
        """As :meth:`connect_async`, to the server that DNS lists for a domain (SRV record ``_mqtt._tcp``)."""
        self._closing.clear()
        return self._done(lib.connect_srv(self._handle, text(domain), keepalive, text(bind_address)), "connect_srv")

    def reconnect(self) -> int:
        """Connects again as the last time. :meth:`loop_forever` and :meth:`loop_start` do so by themselves."""
        self._closing.clear()
        return self._done(lib.reconnect(self._handle), "reconnect")

    def reconnect_async(self) -> int:
        """As :meth:`reconnect`, but does not wait for the connection; the loop does."""
        self._closing.clear()
        return self._done(lib.reconnect_async(self._handle), "reconnect_async")

    def disconnect(self, reason_code: int = 0, *, properties: _PropertyMapping = None) -> int:
        """Disconnects: what is queued is still written, the will is not published, loops end, ``on_disconnect`` gets 0.

        Args:
            reason_code: one of :class:`ReasonCode`, MQTT 5.
            properties: of DISCONNECT, MQTT 5.
        """
        with property_list(properties) as props:
            code = lib.disconnect_v5(self._handle, reason_code, props)
        self._closing.set()
        return self._done(code, "disconnect")

    # Messages

    def publish(
        self,
        topic: str,
        payload: Payload = None,
        qos: int = 0,
        retain: bool = False,
        *,
        properties: _PropertyMapping = None,
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
            is complete. With QoS 1 and 2 ``MOSQ_ERR_NO_CONN`` means that the message waits for a connection (and is
            not raised as an exception).
        """
        mid = c_int()
        try:
            data = payload_bytes(payload)
            name = text(topic)
        except ValueError as error:
            return result(self._done(_refused(error), "publish"), 0)
        if properties is None:
            code = lib.publish(self._handle, byref(mid), name, len(data), data, qos, retain)
        else:
            with property_list(properties) as props:
                code = lib.publish_v5(self._handle, byref(mid), name, len(data), data, qos, retain, props)
        waits_for_connection = code == _NO_CONN and qos > 0
        if code or self._interrupt is not None:
            self._done(_SUCCESS if waits_for_connection else code, "publish")
        return result(code, mid.value)

    def publish_and_wait(
        self,
        topic: str,
        payload: Payload = None,
        qos: int = 1,
        retain: bool = False,
        *,
        properties: _PropertyMapping = None,
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
            if sent and not (sent == _NO_CONN and qos):
                return sent
            while True:
                reason = waits.reason(sent.mid)
                if reason is not None:
                    return result(self._done(reason if reason >= 128 else _SUCCESS, "publish"), sent.mid)
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

    def subscribe(
        self, topic: str, qos: int = 0, *, options: int = 0, properties: _PropertyMapping = None
    ) -> Result:
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
            return result(self._done(_refused(error), "subscribe"), 0)
        with property_list(properties) as props:
            code = lib.subscribe_v5(self._handle, byref(mid), name, qos, options, props)
        return result(self._done(code, "subscribe"), mid.value)

    def subscribe_multiple(
        self, topics: Sequence[str], qos: int = 0, *, options: int = 0, properties: _PropertyMapping = None
    ) -> Result:
        """As :meth:`subscribe`, for several filters in one request with the same QoS."""
        mid = c_int()
        array = (c_char_p * len(topics))(*[text(topic) for topic in topics])
        with property_list(properties) as props:
            code = lib.subscribe_multiple(self._handle, byref(mid), len(topics), array, qos, options, props)
        return result(self._done(code, "subscribe_multiple"), mid.value)

    def unsubscribe(self, topic: str, *, properties: _PropertyMapping = None) -> Result:
        """Ends the subscription to a topic filter.

        Returns:
            the number of an error, 0 for success; its attribute ``mid`` is what ``on_unsubscribe`` gets.
        """
        mid = c_int()
        try:
            name = text(topic)
        except ValueError as error:
            return result(self._done(_refused(error), "unsubscribe"), 0)
        with property_list(properties) as props:
            code = lib.unsubscribe_v5(self._handle, byref(mid), name, props)
        return result(self._done(code, "unsubscribe"), mid.value)

    def unsubscribe_multiple(self, topics: Sequence[str], *, properties: _PropertyMapping = None) -> Result:
        """As :meth:`unsubscribe`, for several filters in one request."""
        mid = c_int()
        array = (c_char_p * len(topics))(*[text(topic) for topic in topics])
        with property_list(properties) as props:
            code = lib.unsubscribe_multiple(self._handle, byref(mid), len(topics), array, props)
        return result(self._done(code, "unsubscribe_multiple"), mid.value)

    # Running

    def loop(self, timeout: int = -1, max_packets: int = 1) -> int:
        """Lets the client work once: waits for the network, reads, writes, keeps alive, calls the callbacks.

        Args:
            timeout: the most milliseconds to wait; 0 returns at once, -1 means one second.
            max_packets: kept for old programs.

        Returns:
            0: call it again. Else the connection has ended; the loop does not connect again.
        """
        with self._running():
            code = lib.loop(self._handle, timeout, max_packets)
        return self._done(code, "loop")

    def loop_forever(self, timeout: int = -1, max_packets: int = 1) -> int:
        """Lets the client work until :meth:`disconnect` is called; connects again whenever the connection is lost.

        Ctrl-C raises ``KeyboardInterrupt`` here, also when it comes while a callback runs.

        Args:
            timeout: milliseconds to wait for the network at a time; -1 for one second.
            max_packets: kept for old programs.

        Returns:
            0 after :meth:`disconnect`; else the number of an error that connecting again would not mend.
        """
        waited = 0
        with self._running():
            while True:
                code = lib.loop(self._handle, timeout, max_packets)
                if self._interrupt is not None:
                    break
                if not code:
                    waited = 0
                    continue
                if self._closing.is_set():
                    code = _SUCCESS
                    break
                if code in _FATAL:
                    break
                waited = self._next_delay(waited)
                if self._closing.wait(waited):
                    code = _SUCCESS
                    break
                if lib.socket(self._handle) < 0:  # else a callback or a thread has connected
                    lib.reconnect(self._handle)  # may well succeed the next time
        return self._done(code, "loop_forever")

    def loop_start(self) -> int:
        """Lets the client work on a thread of its own, as :meth:`loop_forever` does. Connect before or after."""
        code = lib.loop_start(self._handle)
        self._thread_started = self._thread_started or code == _SUCCESS
        return self._done(code, "loop_start")

    def loop_stop(self, force: bool = False) -> int:
        """Ends the thread of :meth:`loop_start` and waits for it, also for a callback that it is running.

        Args:
            force: True: at once. False: finishes what was published before, and a disconnect under way.
        """
        code = lib.loop_stop(self._handle, force)
        self._thread_started = self._thread_started and code != _SUCCESS
        return self._done(code, "loop_stop")

    def loop_read(self, max_packets: int = 1) -> int:
        """Reads and handles what has arrived; call it when :meth:`socket` is readable."""
        return self._done(lib.loop_read(self._handle, max_packets), "loop_read")

    def loop_write(self, max_packets: int = 1) -> int:
        """Writes what is queued; call it when :meth:`socket` is writable and :meth:`want_write` is True."""
        return self._done(lib.loop_write(self._handle, max_packets), "loop_write")

    def loop_misc(self) -> int:
        """Keeps the connection alive; call it every second or so, or at least four times per keepalive."""
        return self._done(lib.loop_misc(self._handle), "loop_misc")

    def socket(self) -> int:
        """The file descriptor of the connection, for ``select`` and its like; -1 if there is none."""
        return int(lib.socket(self._handle))

    fileno = socket

    def want_write(self) -> bool:
        """Whether something waits to be written. Ask again after every call and every callback."""
        return bool(lib.want_write(self._handle))

    def threaded_set(self, threaded: bool = True) -> int:
        """Tells that a thread of the program runs the loop, so that :meth:`publish` only queues and the loop writes."""
        return self._done(lib.threaded_set(self._handle, threaded), "threaded_set")

    # Settings

    def will_set(
        self,
        topic: str,
        payload: Payload = None,
        qos: int = 0,
        retain: bool = False,
        *,
        properties: _PropertyMapping = None,
    ) -> int:
        """Sets the message that the server publishes if the connection ends without :meth:`disconnect`.

        It counts from the next connection on. The arguments are those of :meth:`publish`.
        """
        try:
            data = payload_bytes(payload)
            name = text(topic)
        except ValueError as error:
            return self._done(_refused(error), "will_set")
        with property_list(properties) as props:
            code = lib.will_set_v5(self._handle, name, len(data), data, qos, retain, props)
            if code == _SUCCESS:
                props.value = None  # the library's now
        return self._done(code, "will_set")

    def will_clear(self) -> int:
        """Takes the will back. It counts from the next connection on."""
        return self._done(lib.will_clear(self._handle), "will_clear")

    def username_pw_set(
        self, username: Optional[str] = None, password: Union[None, str, bytes] = None
    ) -> int:
        """Sets user name and password; None for none. It counts from the next connection on."""
        return self._done(lib.username_pw_set(self._handle, text(username), text(password)), "username_pw_set")

    def tls_set(
        self,
        cafile: Optional[str] = None,
        capath: Optional[str] = None,
        certfile: Optional[str] = None,
        keyfile: Optional[str] = None,
        password: Union[None, str, bytes] = None,
    ) -> int:
        """Sets certificates, and so chooses TLS for the connections to come. All files are PEM.

        Args:
            cafile: certificates of authorities to trust.
            capath: a directory of them, prepared with ``openssl rehash``. One of the two must be given.
            certfile: the certificate of this client.
            keyfile: its private key.
            password: of the keyfile, if it is encrypted.
        """
        data = text(password)
        function = None if data is None else _callbacks.password_function(data)
        if function is not None:
            self._passwords.append(function)  # a connection may still be using an earlier one
        files = [text(file) for file in (cafile, capath, certfile, keyfile)]
        return self._done(lib.tls_set(self._handle, *files, cast(function, c_void_p) if function else None), "tls_set")

    def tls_insecure_set(self, value: bool) -> int:
        """True: does not check that the certificate of the server is for its host name. For tests only."""
        return self._done(lib.tls_insecure_set(self._handle, value), "tls_insecure_set")

    def tls_opts_set(
        self, cert_reqs: int = 1, tls_version: Optional[str] = None, ciphers: Optional[str] = None
    ) -> int:
        """Sets details of TLS.

        Args:
            cert_reqs: 1 (also ``ssl.CERT_REQUIRED``): the certificate of the server is checked. 0: not; for tests only.
            tls_version: ``"tlsv1.3"`` or ``"tlsv1.2"``; None for the default.
            ciphers: as ``openssl ciphers`` lists them; None for the default.
        """
        code = lib.tls_opts_set(self._handle, 1 if cert_reqs else 0, text(tls_version), text(ciphers))
        return self._done(code, "tls_opts_set")

    def tls_psk_set(self, psk: str, identity: str, ciphers: Optional[str] = None) -> int:
        """Sets a pre-shared key, hexadecimal, and so chooses TLS with it for the connections to come."""
        return self._done(lib.tls_psk_set(self._handle, text(psk), text(identity), text(ciphers)), "tls_psk_set")

    def socks5_set(
        self, host: str, port: int = 1080, username: Optional[str] = None, password: Optional[str] = None
    ) -> int:
        """Sets a SOCKS5 proxy through which to connect."""
        code = lib.socks5_set(self._handle, text(host), port, text(username), text(password))
        return self._done(code, "socks5_set")

    def max_inflight_messages_set(self, max_inflight_messages: int) -> int:
        """Sets how many messages with QoS 1 and 2 are sent before they are acknowledged; default 20, 0 for 65535."""
        code = lib.max_inflight_messages_set(self._handle, max_inflight_messages)
        return self._done(code, "max_inflight_messages_set")

    def message_retry_set(self, message_retry: int) -> int:
        """Has no effect: MQTT sends messages again only on a new connection. Kept for old programs."""
        lib.message_retry_set(self._handle, message_retry)
        return _SUCCESS

    def reconnect_delay_set(
        self, reconnect_delay: int, reconnect_delay_max: int, reconnect_exponential_backoff: bool = False
    ) -> int:
        """Sets how many seconds to wait before connecting again: at first, at most, and whether the wait doubles."""
        code = lib.reconnect_delay_set(
            self._handle, reconnect_delay, reconnect_delay_max, reconnect_exponential_backoff
        )
        if code == _SUCCESS:
            self._reconnect_delay = (reconnect_delay, reconnect_delay_max, reconnect_exponential_backoff)
        return self._done(code, "reconnect_delay_set")

    def option_set(self, option: int, value: Union[int, str, None]) -> int:
        """Sets one of :class:`Option`; the value is a number or a text, as described there."""
        if isinstance(value, int):
            return self._done(lib.int_option(self._handle, option, value), "option_set")
        return self._done(lib.string_option(self._handle, option, text(value)), "option_set")

    def user_data_set(self, obj: Any) -> None:
        """Sets the object that callbacks get as their second argument."""
        self._obj = obj

    def user_data(self) -> Any:
        """The object that callbacks get as their second argument."""
        return self._obj

    def ext_auth_continue(
        self, method: str, data: Payload = None, *, properties: _PropertyMapping = None
    ) -> int:
        """Sends AUTH, the next step of an extended authentication (MQTT 5); usually inside ``on_ext_auth``."""
        content = payload_bytes(data)
        if len(content) > 0xFFFF:
            raise ValueError("data has more than 65535 bytes")
        with property_list(properties) as props:
            code = lib.ext_auth_continue(self._handle, text(method), len(content), content, props)
        return self._done(code, "ext_auth_continue")

    # The context manager

    def __enter__(self) -> "Mosquitto":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], *_: object) -> None:
        """Disconnects, lets what is queued be written, and ends the thread."""
        if _callbacks.is_running(self, sys._getframe()):
            self._closing.set()
            lib.disconnect_v5(self._handle, 0, None)
            return
        lib.disconnect_v5(self._handle, 0, None)
        self._closing.set()
        if self._thread_started:
            self._thread_started = False
            lib.loop_stop(self._handle, kind is not None)
        end = time.monotonic() + _FAREWELL
        while lib.socket(self._handle) >= 0 and time.monotonic() < end:
            if lib.loop(self._handle, 100, 1):
                break

    # Within

    def _done(self, code: int, what: str) -> int:
        """Every method ends here: what interrupted a callback and, if wanted, errors become exceptions."""
        if self._interrupt is not None:
            interrupt, self._interrupt = self._interrupt, None
            raise interrupt
        if code and self.raise_errors:
            raise MosquittoError(code, what)
        return code

    def _need(self, *attributes: str) -> None:
        for attribute in attributes:
            if attribute not in self._always:
                self._always.add(attribute)
                _callbacks.install(self._handle, attribute, True)

    @contextmanager
    def _running(self) -> Iterator[None]:
        before, self._looper = self._looper, threading.get_ident()
        try:
            yield
        finally:
            self._looper = before

    def _next_delay(self, last: int) -> int:
        first, most, doubles = self._reconnect_delay
        first = max(first, 1)
        if most <= first:
            return most
        if not last:
            return first
        return min(last * 2 if doubles else last + first, most)


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
