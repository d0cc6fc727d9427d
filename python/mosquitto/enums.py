"""The numbers of MQTT and of the library, as enumerations.

Every member is also a constant of the module (``mosquitto.MOSQ_ERR_NO_CONN``), and equal to the plain number that the
functions return and the callbacks get, so ``Error(rc)`` names it.
"""

from enum import IntEnum, IntFlag


class _Numbers(IntEnum):
    """Numbers that have a text each, which pydoc shows."""

    _value_: int

    def __new__(cls, value: int, text: str = "") -> "_Numbers":
        member = int.__new__(cls, value)
        member._value_ = value
        member.__doc__ = text
        return member


class _Bits(IntFlag):
    """Bits that have a text each."""

    _value_: int

    def __new__(cls, value: int, text: str = "") -> "_Bits":
        member = int.__new__(cls, value)
        member._value_ = value
        member.__doc__ = text
        return member


class Error(_Numbers):
    """What the methods return, and callbacks get as ``rc``: 0 is success."""

    MOSQ_ERR_QUOTA_EXCEEDED = -6, "The server enforces a quota that has been exceeded."
    MOSQ_ERR_AUTH_DELAYED = -5, "Used inside broker plugins: the answer comes later."
    MOSQ_ERR_AUTH_CONTINUE = -4, "Used inside broker plugins: one more step of an authentication exchange."
    MOSQ_ERR_NO_SUBSCRIBERS = -3, "Used inside brokers: nobody subscribes to the topic."
    MOSQ_ERR_SUB_EXISTS = -2, "Used inside brokers: the subscription exists already."
    MOSQ_ERR_CONN_PENDING = -1, "A connection attempt is still under way."
    MOSQ_ERR_SUCCESS = 0, "Done."
    MOSQ_ERR_NOMEM = 1, "Memory could not be allocated."
    MOSQ_ERR_PROTOCOL = 2, "The peer, or the arguments, broke a rule of the MQTT protocol."
    MOSQ_ERR_INVAL = 3, "An argument is not valid."
    MOSQ_ERR_NO_CONN = 4, "The client is not connected."
    MOSQ_ERR_CONN_REFUSED = 5, "The server refused the connection."
    MOSQ_ERR_NOT_FOUND = 6, "Nothing with this identifier or name exists."
    MOSQ_ERR_CONN_LOST = 7, "The connection was lost."
    MOSQ_ERR_TLS = 8, "TLS failed."
    MOSQ_ERR_PAYLOAD_SIZE = 9, "The payload is larger than a packet can carry."
    MOSQ_ERR_NOT_SUPPORTED = 10, "This library, or this protocol version, cannot do that."
    MOSQ_ERR_AUTH = 11, "Authorisation failed."
    MOSQ_ERR_ACL_DENIED = 12, "An access rule of the server forbids it."
    MOSQ_ERR_UNKNOWN = 13, "Unknown error."
    MOSQ_ERR_ERRNO = 14, "A system call failed; see errno."
    MOSQ_ERR_EAI = 15, "A host name could not be resolved."
    MOSQ_ERR_PROXY = 16, "The proxy refused or broke off the connection."
    MOSQ_ERR_PLUGIN_DEFER = 17, "Used inside broker plugins: let the next plugin decide."
    MOSQ_ERR_MALFORMED_UTF8 = 18, "A string is not valid UTF-8 as MQTT demands it."
    MOSQ_ERR_KEEPALIVE = 19, "The server did not answer in time."
    MOSQ_ERR_LOOKUP = 20, "A DNS service lookup failed."
    MOSQ_ERR_MALFORMED_PACKET = 21, "A packet could not be decoded."
    MOSQ_ERR_DUPLICATE_PROPERTY = 22, "A property that may occur once occurs twice."
    MOSQ_ERR_TLS_HANDSHAKE = 23, "The TLS handshake failed."
    MOSQ_ERR_QOS_NOT_SUPPORTED = 24, "The server does not support this Quality of Service."
    MOSQ_ERR_OVERSIZE_PACKET = 25, "The packet is larger than the receiver accepts."
    MOSQ_ERR_OCSP = 26, "The certificate status check (OCSP) failed."
    MOSQ_ERR_TIMEOUT = 27, "Time ran out."
    MOSQ_ERR_ALREADY_EXISTS = 31, "Something with this name exists already."
    MOSQ_ERR_PLUGIN_IGNORE = 32, "Used inside broker plugins: the plugin takes no part."
    MOSQ_ERR_HTTP_BAD_ORIGIN = 33, "Used inside brokers: the HTTP Origin header is not acceptable."
    MOSQ_ERR_UNSPECIFIED = 128, "A reason that the sender does not want to tell, or for which there is no code."
    MOSQ_ERR_IMPLEMENTATION_SPECIFIC = 131, "A reason of the receiver's own."
    MOSQ_ERR_UNSUPPORTED_PROTOCOL_VERSION = 132, "The server does not speak this version of MQTT."
    MOSQ_ERR_CLIENT_IDENTIFIER_NOT_VALID = 133, "The client identifier is not allowed."
    MOSQ_ERR_BAD_USERNAME_OR_PASSWORD = 134, "Bad user name or password."
    MOSQ_ERR_SERVER_UNAVAILABLE = 136, "The server is not available."
    MOSQ_ERR_SERVER_BUSY = 137, "The server is busy; try again later."
    MOSQ_ERR_BANNED = 138, "This client has been banned."
    MOSQ_ERR_SERVER_SHUTTING_DOWN = 139, "The server is shutting down."
    MOSQ_ERR_BAD_AUTHENTICATION_METHOD = (
        140,
        "The authentication method is not supported or not the one of the connection.",
    )
    MOSQ_ERR_SESSION_TAKEN_OVER = 142, "Another connection uses the same client identifier."
    MOSQ_ERR_TOPIC_FILTER_INVALID = 143, "The topic filter is not accepted."
    MOSQ_ERR_TOPIC_NAME_INVALID = 144, "The topic name is not accepted."
    MOSQ_ERR_PACKET_ID_IN_USE = 145, "The packet identifier is in use already."
    MOSQ_ERR_PACKET_ID_NOT_FOUND = 146, "The packet identifier is not known."
    MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED = 147, "More messages in flight than the receiver allows."
    MOSQ_ERR_TOPIC_ALIAS_INVALID = 148, "The topic alias is 0 or above the maximum."
    MOSQ_ERR_MESSAGE_RATE_TOO_HIGH = 150, "Too many messages in too short a time."
    MOSQ_ERR_ADMINISTRATIVE_ACTION = 152, "An administrator closed the connection."
    MOSQ_ERR_PAYLOAD_FORMAT_INVALID = 153, "The payload is not what the payload format indicator says."
    MOSQ_ERR_RETAIN_NOT_SUPPORTED = 154, "The server does not support retained messages."
    MOSQ_ERR_USE_ANOTHER_SERVER = 156, "Use another server for now."
    MOSQ_ERR_SERVER_MOVED = 157, "Use another server from now on."
    MOSQ_ERR_SHARED_SUBS_NOT_SUPPORTED = 158, "The server does not support shared subscriptions."
    MOSQ_ERR_CONNECTION_RATE_EXCEEDED = 159, "Too many connections in too short a time."
    MOSQ_ERR_MAXIMUM_CONNECT_TIME = 160, "The connection has lasted as long as is allowed."
    MOSQ_ERR_SUBSCRIPTION_IDS_NOT_SUPPORTED = 161, "The server does not support subscription identifiers."
    MOSQ_ERR_WILDCARD_SUBS_NOT_SUPPORTED = 162, "The server does not support wildcards in subscriptions."


class ConnackCode(_Numbers):
    """``rc`` of ``on_connect`` with MQTT 3.1 and 3.1.1."""

    CONNACK_ACCEPTED = 0, "Connected."
    CONNACK_REFUSED_PROTOCOL_VERSION = 1, "The server does not speak this version of MQTT."
    CONNACK_REFUSED_IDENTIFIER_REJECTED = 2, "The client identifier is not allowed."
    CONNACK_REFUSED_SERVER_UNAVAILABLE = 3, "The server is not available."
    CONNACK_REFUSED_BAD_USERNAME_PASSWORD = 4, "Bad user name or password."
    CONNACK_REFUSED_NOT_AUTHORIZED = 5, "Not authorised."


class ReasonCode(_Numbers):
    """Reason codes of MQTT 5; those of 128 and more are failures."""

    MQTT_RC_SUCCESS = 0, "Success."
    MQTT_RC_GRANTED_QOS1 = 1, "The subscription was accepted with QoS 1 at most."
    MQTT_RC_GRANTED_QOS2 = 2, "The subscription was accepted with QoS 2 at most."
    MQTT_RC_DISCONNECT_WITH_WILL_MSG = 4, "Disconnect, and publish the will nevertheless."
    MQTT_RC_NO_MATCHING_SUBSCRIBERS = 16, "Accepted, but nobody subscribes to the topic."
    MQTT_RC_NO_SUBSCRIPTION_EXISTED = 17, "There was no such subscription."
    MQTT_RC_CONTINUE_AUTHENTICATION = 24, "One more step of an authentication exchange."
    MQTT_RC_REAUTHENTICATE = 25, "Start a new authentication exchange."
    MQTT_RC_UNSPECIFIED = 128, "A reason that the sender does not want to tell, or for which there is no code."
    MQTT_RC_MALFORMED_PACKET = 129, "A packet could not be decoded."
    MQTT_RC_PROTOCOL_ERROR = 130, "A packet broke a rule of the protocol."
    MQTT_RC_IMPLEMENTATION_SPECIFIC = 131, "A reason of the receiver's own."
    MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION = 132, "The server does not speak this version of MQTT."
    MQTT_RC_CLIENTID_NOT_VALID = 133, "The client identifier is not allowed."
    MQTT_RC_BAD_USERNAME_OR_PASSWORD = 134, "Bad user name or password."
    MQTT_RC_NOT_AUTHORIZED = 135, "Not authorised."
    MQTT_RC_SERVER_UNAVAILABLE = 136, "The server is not available."
    MQTT_RC_SERVER_BUSY = 137, "The server is busy; try again later."
    MQTT_RC_BANNED = 138, "This client has been banned."
    MQTT_RC_SERVER_SHUTTING_DOWN = 139, "The server is shutting down."
    MQTT_RC_BAD_AUTHENTICATION_METHOD = (
        140,
        "The authentication method is not supported or not the one of the connection.",
    )
    MQTT_RC_KEEP_ALIVE_TIMEOUT = 141, "No packet for one and a half times the keepalive."
    MQTT_RC_SESSION_TAKEN_OVER = 142, "Another connection uses the same client identifier."
    MQTT_RC_TOPIC_FILTER_INVALID = 143, "The topic filter is not accepted."
    MQTT_RC_TOPIC_NAME_INVALID = 144, "The topic name is not accepted."
    MQTT_RC_PACKET_ID_IN_USE = 145, "The packet identifier is in use already."
    MQTT_RC_PACKET_ID_NOT_FOUND = 146, "The packet identifier is not known."
    MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED = 147, "More messages in flight than the receiver allows."
    MQTT_RC_TOPIC_ALIAS_INVALID = 148, "The topic alias is 0 or above the maximum."
    MQTT_RC_PACKET_TOO_LARGE = 149, "The packet is larger than the receiver accepts."
    MQTT_RC_MESSAGE_RATE_TOO_HIGH = 150, "Too many messages in too short a time."
    MQTT_RC_QUOTA_EXCEEDED = 151, "A quota has been exceeded."
    MQTT_RC_ADMINISTRATIVE_ACTION = 152, "An administrator closed the connection."
    MQTT_RC_PAYLOAD_FORMAT_INVALID = 153, "The payload is not what the payload format indicator says."
    MQTT_RC_RETAIN_NOT_SUPPORTED = 154, "The server does not support retained messages."
    MQTT_RC_QOS_NOT_SUPPORTED = 155, "The server does not support this Quality of Service."
    MQTT_RC_USE_ANOTHER_SERVER = 156, "Use another server for now."
    MQTT_RC_SERVER_MOVED = 157, "Use another server from now on."
    MQTT_RC_SHARED_SUBS_NOT_SUPPORTED = 158, "The server does not support shared subscriptions."
    MQTT_RC_CONNECTION_RATE_EXCEEDED = 159, "Too many connections in too short a time."
    MQTT_RC_MAXIMUM_CONNECT_TIME = 160, "The connection has lasted as long as is allowed."
    MQTT_RC_SUBSCRIPTION_IDS_NOT_SUPPORTED = 161, "The server does not support subscription identifiers."
    MQTT_RC_WILDCARD_SUBS_NOT_SUPPORTED = 162, "The server does not support wildcards in subscriptions."


class Property(_Numbers):
    """Identifiers of the properties of MQTT 5: the type of each and the packets that may carry it."""

    MQTT_PROP_PAYLOAD_FORMAT_INDICATOR = 1, "Byte; in PUBLISH, the will."
    MQTT_PROP_MESSAGE_EXPIRY_INTERVAL = 2, "32 bit integer; in PUBLISH, the will."
    MQTT_PROP_CONTENT_TYPE = 3, "String; in PUBLISH, the will."
    MQTT_PROP_RESPONSE_TOPIC = 8, "String; in PUBLISH, the will."
    MQTT_PROP_CORRELATION_DATA = 9, "Binary data; in PUBLISH, the will."
    MQTT_PROP_SUBSCRIPTION_IDENTIFIER = 11, "Variable byte integer; in PUBLISH, SUBSCRIBE."
    MQTT_PROP_SESSION_EXPIRY_INTERVAL = 17, "32 bit integer; in CONNECT, CONNACK, DISCONNECT."
    MQTT_PROP_ASSIGNED_CLIENT_IDENTIFIER = 18, "String; in CONNACK."
    MQTT_PROP_SERVER_KEEP_ALIVE = 19, "16 bit integer; in CONNACK."
    MQTT_PROP_AUTHENTICATION_METHOD = 21, "String; in CONNECT, CONNACK, AUTH."
    MQTT_PROP_AUTHENTICATION_DATA = 22, "Binary data; in CONNECT, CONNACK, AUTH."
    MQTT_PROP_REQUEST_PROBLEM_INFORMATION = 23, "Byte; in CONNECT."
    MQTT_PROP_WILL_DELAY_INTERVAL = 24, "32 bit integer; in the will."
    MQTT_PROP_REQUEST_RESPONSE_INFORMATION = 25, "Byte; in CONNECT."
    MQTT_PROP_RESPONSE_INFORMATION = 26, "String; in CONNACK."
    MQTT_PROP_SERVER_REFERENCE = 28, "String; in CONNACK, DISCONNECT."
    MQTT_PROP_REASON_STRING = 31, "String; in every answer, DISCONNECT, AUTH."
    MQTT_PROP_RECEIVE_MAXIMUM = 33, "16 bit integer; in CONNECT, CONNACK."
    MQTT_PROP_TOPIC_ALIAS_MAXIMUM = 34, "16 bit integer; in CONNECT, CONNACK."
    MQTT_PROP_TOPIC_ALIAS = 35, "16 bit integer; in PUBLISH."
    MQTT_PROP_MAXIMUM_QOS = 36, "Byte; in CONNACK."
    MQTT_PROP_RETAIN_AVAILABLE = 37, "Byte; in CONNACK."
    MQTT_PROP_USER_PROPERTY = 38, "Pair of strings; in every packet and the will."
    MQTT_PROP_MAXIMUM_PACKET_SIZE = 39, "32 bit integer; in CONNECT, CONNACK."
    MQTT_PROP_WILDCARD_SUB_AVAILABLE = 40, "Byte; in CONNACK."
    MQTT_PROP_SUBSCRIPTION_ID_AVAILABLE = 41, "Byte; in CONNACK."
    MQTT_PROP_SHARED_SUB_AVAILABLE = 42, "Byte; in CONNACK."


class PropertyType(_Numbers):
    """Types of the values of properties."""

    MQTT_PROP_TYPE_BYTE = 1, "One byte."
    MQTT_PROP_TYPE_INT16 = 2, "Two bytes."
    MQTT_PROP_TYPE_INT32 = 3, "Four bytes."
    MQTT_PROP_TYPE_VARINT = 4, "Variable byte integer, at most 268435455."
    MQTT_PROP_TYPE_BINARY = 5, "Bytes, at most 65535."
    MQTT_PROP_TYPE_STRING = 6, "UTF-8 string, at most 65535 bytes."
    MQTT_PROP_TYPE_STRING_PAIR = 7, "Two UTF-8 strings, a name and a value."


class SubscribeOption(_Bits):
    """``options`` of :meth:`Mosquitto.subscribe` (MQTT 5), to be combined by ``|``."""

    MQTT_SUB_OPT_NO_LOCAL = 4, "Do not send back what this client publishes."
    MQTT_SUB_OPT_RETAIN_AS_PUBLISHED = 8, "Leave the retain flag of messages as it was published."
    MQTT_SUB_OPT_SEND_RETAIN_ALWAYS = 0, "Send retained messages at every subscribe."
    MQTT_SUB_OPT_SEND_RETAIN_NEW = 16, "Send retained messages only if the subscription is new."
    MQTT_SUB_OPT_SEND_RETAIN_NEVER = 32, "Send no retained messages at subscribe."


class Option(_Numbers):
    """Options of :meth:`Mosquitto.option_set`; the first word is the type of the value."""

    MOSQ_OPT_PROTOCOL_VERSION = 1, "int: MQTT_PROTOCOL_V31, MQTT_PROTOCOL_V311 (default) or MQTT_PROTOCOL_V5."
    MOSQ_OPT_RECEIVE_MAXIMUM = (
        4,
        "int: how many messages with QoS above 0 may be on their way to this client, 1 to 65535.",
    )
    MOSQ_OPT_SEND_MAXIMUM = (
        5,
        "int: how many messages with QoS above 0 this client has on their way, 0 (no limit) to 65535; default 20.",
    )
    MOSQ_OPT_TLS_KEYFORM = 6, 'string: "pem" or "engine": what keyfile means.'
    MOSQ_OPT_TLS_ENGINE = 7, "string: identifier of an OpenSSL engine."
    MOSQ_OPT_TLS_ENGINE_KPASS_SHA1 = 8, "string: SHA-1 of the password of the engine's key, 40 hexadecimal digits."
    MOSQ_OPT_TLS_OCSP_REQUIRED = 9, "int: 1 to demand a stapled OCSP response from the server."
    MOSQ_OPT_TLS_ALPN = 10, "string: the application protocol to offer in the TLS handshake."
    MOSQ_OPT_TCP_NODELAY = 11, "int: 1 to send small packets at once (TCP_NODELAY)."
    MOSQ_OPT_BIND_ADDRESS = 12, "string: local address or host name to connect from."
    MOSQ_OPT_TLS_USE_OS_CERTS = 13, "int: 1 to trust the certificates of the operating system."
    MOSQ_OPT_DISABLE_SOCKETPAIR = (
        14,
        "int: 1 for no wake-up descriptor; only for programs that drive the client from one thread.",
    )
    MOSQ_OPT_TRANSPORT = 15, "int: one of enum mosq_transport_t."
    MOSQ_OPT_HTTP_PATH = 16, 'string: path of the HTTP request that opens a WebSocket; default "/mqtt".'
    MOSQ_OPT_HTTP_HEADER_SIZE = 17, "int: the most bytes that the HTTP answer opening a WebSocket may have."


class Transport(_Numbers):
    """Values of ``MOSQ_OPT_TRANSPORT``."""

    MOSQ_T_TCP = 1, "MQTT straight on TCP, TLS or a Unix socket."
    MOSQ_T_WEBSOCKETS = 2, "MQTT in WebSocket frames."


class Protocol(_Numbers):
    """Versions of MQTT, for ``Mosquitto(protocol=...)``."""

    MQTT_PROTOCOL_V31 = 3, "MQTT 3.1."
    MQTT_PROTOCOL_V311 = 4, "MQTT 3.1.1, the default."
    MQTT_PROTOCOL_V5 = 5, "MQTT 5.0."


class LogLevel(_Bits):
    """``level`` of ``on_log``."""

    MOSQ_LOG_INFO = 1, "Information."
    MOSQ_LOG_NOTICE = 2, "Notices."
    MOSQ_LOG_WARNING = 4, "Warnings."
    MOSQ_LOG_ERR = 8, "Errors."
    MOSQ_LOG_DEBUG = 16, "Every packet sent and received."


ENUMERATIONS = (
    Error,
    ConnackCode,
    ReasonCode,
    Property,
    PropertyType,
    SubscribeOption,
    Option,
    Transport,
    Protocol,
    LogLevel,
)

# The manual of each begins with all of them, in this order; pydoc sorts by name and leaves zeros out.
for _enumeration in ENUMERATIONS:
    _texts = [f"    {name} = {int(member)}: {member.__doc__}" for name, member in _enumeration.__members__.items()]
    _enumeration.__doc__ = "\n".join([f"{_enumeration.__doc__}\n", *_texts])
