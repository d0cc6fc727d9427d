"""Settings, most of them for the connections to come."""

from ctypes import c_void_p, cast
from typing import Any, Optional, Union

from . import _callbacks
from ._core import SUCCESS, Core, PropertyMapping, refused
from ._library import lib
from ._properties import property_list
from ._types import Payload, payload_bytes, text


class Settings(Core):
    """The will, who the client is, TLS, proxies, limits."""

    def will_set(
        self,
        topic: str,
        payload: Payload = None,
        qos: int = 0,
        retain: bool = False,
        *,
        properties: PropertyMapping = None,
    ) -> int:
        """Sets the message that the server publishes if the connection ends without :meth:`disconnect`.

        It counts from the next connection on. The arguments are those of :meth:`publish`.
        """
        try:
            data = payload_bytes(payload)
            name = text(topic)
        except ValueError as error:
            return self._done(refused(error), "will_set")
        with property_list(properties) as props:
            code = lib.will_set_v5(self._handle, name, len(data), data, qos, retain, props)
            if code == SUCCESS:
                props.value = None  # the library's now
        return self._done(code, "will_set")

    def will_clear(self) -> int:
        """Takes the will back. It counts from the next connection on."""
        return self._done(lib.will_clear(self._handle), "will_clear")

    def username_pw_set(self, username: Optional[str] = None, password: Union[None, str, bytes] = None) -> int:
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

    def tls_opts_set(self, cert_reqs: int = 1, tls_version: Optional[str] = None, ciphers: Optional[str] = None) -> int:
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
        return SUCCESS

    def reconnect_delay_set(
        self, reconnect_delay: int, reconnect_delay_max: int, reconnect_exponential_backoff: bool = False
    ) -> int:
        """Sets how many seconds to wait before connecting again: at first, at most, and whether the wait doubles."""
        code = lib.reconnect_delay_set(
            self._handle, reconnect_delay, reconnect_delay_max, reconnect_exponential_backoff
        )
        if code == SUCCESS:
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

    def ext_auth_continue(self, method: str, data: Payload = None, *, properties: PropertyMapping = None) -> int:
        """Sends AUTH, the next step of an extended authentication (MQTT 5); usually inside ``on_ext_auth``."""
        content = payload_bytes(data)
        if len(content) > 0xFFFF:
            raise ValueError("data has more than 65535 bytes")
        with property_list(properties) as props:
            code = lib.ext_auth_continue(self._handle, text(method), len(content), content, props)
        return self._done(code, "ext_auth_continue")
