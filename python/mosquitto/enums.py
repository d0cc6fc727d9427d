"""The numbers of MQTT and of the library, as enumerations.

Every member is also a constant of the module (``mosquitto.MOSQ_ERR_NO_CONN``), and equal to the plain number that the
functions return and the callbacks get, so ``Error(rc)`` names it.
"""

from enum import IntEnum, IntFlag


class Error(IntEnum):
    """What the methods return, and callbacks get as ``rc``: 0 is success."""

    #: The server enforces a quota that has been exceeded.
    MOSQ_ERR_QUOTA_EXCEEDED = -6
    #: Used inside broker plugins: the answer comes later.
    MOSQ_ERR_AUTH_DELAYED = -5
    #: Used inside broker plugins: one more step of an authentication exchange.
    MOSQ_ERR_AUTH_CONTINUE = -4
    #: Used inside brokers: nobody subscribes to the topic.
    MOSQ_ERR_NO_SUBSCRIBERS = -3
    #: Used inside brokers: the subscription exists already.
    MOSQ_ERR_SUB_EXISTS = -2
    #: A connection attempt is still under way.
    MOSQ_ERR_CONN_PENDING = -1
    #: Done.
    MOSQ_ERR_SUCCESS = 0
    #: Memory could not be allocated.
    MOSQ_ERR_NOMEM = 1
    #: The peer, or the arguments, broke a rule of the MQTT protocol.
    MOSQ_ERR_PROTOCOL = 2
    #: An argument is not valid.
    MOSQ_ERR_INVAL = 3
    #: The client is not connected.
    MOSQ_ERR_NO_CONN = 4
    #: The server refused the connection.
    MOSQ_ERR_CONN_REFUSED = 5
    #: Nothing with this identifier or name exists.
    MOSQ_ERR_NOT_FOUND = 6
    #: The connection was lost.
    MOSQ_ERR_CONN_LOST = 7
    #: TLS failed.
    MOSQ_ERR_TLS = 8
    #: The payload is larger than a packet can carry.
    MOSQ_ERR_PAYLOAD_SIZE = 9
    #: This library, or this protocol version, cannot do that.
    MOSQ_ERR_NOT_SUPPORTED = 10
    #: Authorisation failed.
    MOSQ_ERR_AUTH = 11
    #: An access rule of the server forbids it.
    MOSQ_ERR_ACL_DENIED = 12
    #: Unknown error.
    MOSQ_ERR_UNKNOWN = 13
    #: A system call failed; see errno.
    MOSQ_ERR_ERRNO = 14
    #: A host name could not be resolved.
    MOSQ_ERR_EAI = 15
    #: The proxy refused or broke off the connection.
    MOSQ_ERR_PROXY = 16
    #: Used inside broker plugins: let the next plugin decide.
    MOSQ_ERR_PLUGIN_DEFER = 17
    #: A string is not valid UTF-8 as MQTT demands it.
    MOSQ_ERR_MALFORMED_UTF8 = 18
    #: The server did not answer in time.
    MOSQ_ERR_KEEPALIVE = 19
    #: A DNS service lookup failed.
    MOSQ_ERR_LOOKUP = 20
    #: A packet could not be decoded.
    MOSQ_ERR_MALFORMED_PACKET = 21
    #: A property that may occur once occurs twice.
    MOSQ_ERR_DUPLICATE_PROPERTY = 22
    #: The TLS handshake failed.
    MOSQ_ERR_TLS_HANDSHAKE = 23
    #: The server does not support this Quality of Service.
    MOSQ_ERR_QOS_NOT_SUPPORTED = 24
    #: The packet is larger than the receiver accepts.
    MOSQ_ERR_OVERSIZE_PACKET = 25
    #: The certificate status check (OCSP) failed.
    MOSQ_ERR_OCSP = 26
    #: Time ran out.
    MOSQ_ERR_TIMEOUT = 27
    #: Something with this name exists already.
    MOSQ_ERR_ALREADY_EXISTS = 31
    #: Used inside broker plugins: the plugin takes no part.
    MOSQ_ERR_PLUGIN_IGNORE = 32
    #: Used inside brokers: the HTTP Origin header is not acceptable.
    MOSQ_ERR_HTTP_BAD_ORIGIN = 33
    #: A reason that the sender does not want to tell, or for which there is no code.
    MOSQ_ERR_UNSPECIFIED = 128
    #: A reason of the receiver's own.
    MOSQ_ERR_IMPLEMENTATION_SPECIFIC = 131
    #: The server does not speak this version of MQTT.
    MOSQ_ERR_UNSUPPORTED_PROTOCOL_VERSION = 132
    #: The client identifier is not allowed.
    MOSQ_ERR_CLIENT_IDENTIFIER_NOT_VALID = 133
    #: Bad user name or password.
    MOSQ_ERR_BAD_USERNAME_OR_PASSWORD = 134
    #: The server is not available.
    MOSQ_ERR_SERVER_UNAVAILABLE = 136
    #: The server is busy; try again later.
    MOSQ_ERR_SERVER_BUSY = 137
    #: This client has been banned.
    MOSQ_ERR_BANNED = 138
    #: The server is shutting down.
    MOSQ_ERR_SERVER_SHUTTING_DOWN = 139
    #: The authentication method is not supported or not the one of the connection.
    MOSQ_ERR_BAD_AUTHENTICATION_METHOD = 140
    #: Another connection uses the same client identifier.
    MOSQ_ERR_SESSION_TAKEN_OVER = 142
    #: The topic filter is not accepted.
    MOSQ_ERR_TOPIC_FILTER_INVALID = 143
    #: The topic name is not accepted.
    MOSQ_ERR_TOPIC_NAME_INVALID = 144
    #: The packet identifier is in use already.
    MOSQ_ERR_PACKET_ID_IN_USE = 145
    #: The packet identifier is not known.
    MOSQ_ERR_PACKET_ID_NOT_FOUND = 146
    #: More messages in flight than the receiver allows.
    MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED = 147
    #: The topic alias is 0 or above the maximum.
    MOSQ_ERR_TOPIC_ALIAS_INVALID = 148
    #: Too many messages in too short a time.
    MOSQ_ERR_MESSAGE_RATE_TOO_HIGH = 150
    #: An administrator closed the connection.
    MOSQ_ERR_ADMINISTRATIVE_ACTION = 152
    #: The payload is not what the payload format indicator says.
    MOSQ_ERR_PAYLOAD_FORMAT_INVALID = 153
    #: The server does not support retained messages.
    MOSQ_ERR_RETAIN_NOT_SUPPORTED = 154
    #: Use another server for now.
    MOSQ_ERR_USE_ANOTHER_SERVER = 156
    #: Use another server from now on.
    MOSQ_ERR_SERVER_MOVED = 157
    #: The server does not support shared subscriptions.
    MOSQ_ERR_SHARED_SUBS_NOT_SUPPORTED = 158
    #: Too many connections in too short a time.
    MOSQ_ERR_CONNECTION_RATE_EXCEEDED = 159
    #: The connection has lasted as long as is allowed.
    MOSQ_ERR_MAXIMUM_CONNECT_TIME = 160
    #: The server does not support subscription identifiers.
    MOSQ_ERR_SUBSCRIPTION_IDS_NOT_SUPPORTED = 161
    #: The server does not support wildcards in subscriptions.
    MOSQ_ERR_WILDCARD_SUBS_NOT_SUPPORTED = 162


class ConnackCode(IntEnum):
    """``rc`` of ``on_connect`` with MQTT 3.1 and 3.1.1."""

    #: Connected.
    CONNACK_ACCEPTED = 0
    #: The server does not speak this version of MQTT.
    CONNACK_REFUSED_PROTOCOL_VERSION = 1
    #: The client identifier is not allowed.
    CONNACK_REFUSED_IDENTIFIER_REJECTED = 2
    #: The server is not available.
    CONNACK_REFUSED_SERVER_UNAVAILABLE = 3
    #: Bad user name or password.
    CONNACK_REFUSED_BAD_USERNAME_PASSWORD = 4
    #: Not authorised.
    CONNACK_REFUSED_NOT_AUTHORIZED = 5


class ReasonCode(IntEnum):
    """Reason codes of MQTT 5; those of 128 and more are failures."""

    #: Success.
    MQTT_RC_SUCCESS = 0
    #: The subscription was accepted with QoS 1 at most.
    MQTT_RC_GRANTED_QOS1 = 1
    #: The subscription was accepted with QoS 2 at most.
    MQTT_RC_GRANTED_QOS2 = 2
    #: Disconnect, and publish the will nevertheless.
    MQTT_RC_DISCONNECT_WITH_WILL_MSG = 4
    #: Accepted, but nobody subscribes to the topic.
    MQTT_RC_NO_MATCHING_SUBSCRIBERS = 16
    #: There was no such subscription.
    MQTT_RC_NO_SUBSCRIPTION_EXISTED = 17
    #: One more step of an authentication exchange.
    MQTT_RC_CONTINUE_AUTHENTICATION = 24
    #: Start a new authentication exchange.
    MQTT_RC_REAUTHENTICATE = 25
    #: A reason that the sender does not want to tell, or for which there is no code.
    MQTT_RC_UNSPECIFIED = 128
    #: A packet could not be decoded.
    MQTT_RC_MALFORMED_PACKET = 129
    #: A packet broke a rule of the protocol.
    MQTT_RC_PROTOCOL_ERROR = 130
    #: A reason of the receiver's own.
    MQTT_RC_IMPLEMENTATION_SPECIFIC = 131
    #: The server does not speak this version of MQTT.
    MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION = 132
    #: The client identifier is not allowed.
    MQTT_RC_CLIENTID_NOT_VALID = 133
    #: Bad user name or password.
    MQTT_RC_BAD_USERNAME_OR_PASSWORD = 134
    #: Not authorised.
    MQTT_RC_NOT_AUTHORIZED = 135
    #: The server is not available.
    MQTT_RC_SERVER_UNAVAILABLE = 136
    #: The server is busy; try again later.
    MQTT_RC_SERVER_BUSY = 137
    #: This client has been banned.
    MQTT_RC_BANNED = 138
    #: The server is shutting down.
    MQTT_RC_SERVER_SHUTTING_DOWN = 139
    #: The authentication method is not supported or not the one of the connection.
    MQTT_RC_BAD_AUTHENTICATION_METHOD = 140
    #: No packet for one and a half times the keepalive.
    MQTT_RC_KEEP_ALIVE_TIMEOUT = 141
    #: Another connection uses the same client identifier.
    MQTT_RC_SESSION_TAKEN_OVER = 142
    #: The topic filter is not accepted.
    MQTT_RC_TOPIC_FILTER_INVALID = 143
    #: The topic name is not accepted.
    MQTT_RC_TOPIC_NAME_INVALID = 144
    #: The packet identifier is in use already.
    MQTT_RC_PACKET_ID_IN_USE = 145
    #: The packet identifier is not known.
    MQTT_RC_PACKET_ID_NOT_FOUND = 146
    #: More messages in flight than the receiver allows.
    MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED = 147
    #: The topic alias is 0 or above the maximum.
    MQTT_RC_TOPIC_ALIAS_INVALID = 148
    #: The packet is larger than the receiver accepts.
    MQTT_RC_PACKET_TOO_LARGE = 149
    #: Too many messages in too short a time.
    MQTT_RC_MESSAGE_RATE_TOO_HIGH = 150
    #: A quota has been exceeded.
    MQTT_RC_QUOTA_EXCEEDED = 151
    #: An administrator closed the connection.
    MQTT_RC_ADMINISTRATIVE_ACTION = 152
    #: The payload is not what the payload format indicator says.
    MQTT_RC_PAYLOAD_FORMAT_INVALID = 153
    #: The server does not support retained messages.
    MQTT_RC_RETAIN_NOT_SUPPORTED = 154
    #: The server does not support this Quality of Service.
    MQTT_RC_QOS_NOT_SUPPORTED = 155
    #: Use another server for now.
    MQTT_RC_USE_ANOTHER_SERVER = 156
    #: Use another server from now on.
    MQTT_RC_SERVER_MOVED = 157
    #: The server does not support shared subscriptions.
    MQTT_RC_SHARED_SUBS_NOT_SUPPORTED = 158
    #: Too many connections in too short a time.
    MQTT_RC_CONNECTION_RATE_EXCEEDED = 159
    #: The connection has lasted as long as is allowed.
    MQTT_RC_MAXIMUM_CONNECT_TIME = 160
    #: The server does not support subscription identifiers.
    MQTT_RC_SUBSCRIPTION_IDS_NOT_SUPPORTED = 161
    #: The server does not support wildcards in subscriptions.
    MQTT_RC_WILDCARD_SUBS_NOT_SUPPORTED = 162


class Property(IntEnum):
    """Identifiers of the properties of MQTT 5: the type of each and the packets that may carry it."""

    #: Byte; in PUBLISH, the will.
    MQTT_PROP_PAYLOAD_FORMAT_INDICATOR = 1
    #: 32 bit integer; in PUBLISH, the will.
    MQTT_PROP_MESSAGE_EXPIRY_INTERVAL = 2
    #: String; in PUBLISH, the will.
    MQTT_PROP_CONTENT_TYPE = 3
    #: String; in PUBLISH, the will.
    MQTT_PROP_RESPONSE_TOPIC = 8
    #: Binary data; in PUBLISH, the will.
    MQTT_PROP_CORRELATION_DATA = 9
    #: Variable byte integer; in PUBLISH, SUBSCRIBE.
    MQTT_PROP_SUBSCRIPTION_IDENTIFIER = 11
    #: 32 bit integer; in CONNECT, CONNACK, DISCONNECT.
    MQTT_PROP_SESSION_EXPIRY_INTERVAL = 17
    #: String; in CONNACK.
    MQTT_PROP_ASSIGNED_CLIENT_IDENTIFIER = 18
    #: 16 bit integer; in CONNACK.
    MQTT_PROP_SERVER_KEEP_ALIVE = 19
    #: String; in CONNECT, CONNACK, AUTH.
    MQTT_PROP_AUTHENTICATION_METHOD = 21
    #: Binary data; in CONNECT, CONNACK, AUTH.
    MQTT_PROP_AUTHENTICATION_DATA = 22
    #: Byte; in CONNECT.
    MQTT_PROP_REQUEST_PROBLEM_INFORMATION = 23
    #: 32 bit integer; in the will.
    MQTT_PROP_WILL_DELAY_INTERVAL = 24
    #: Byte; in CONNECT.
    MQTT_PROP_REQUEST_RESPONSE_INFORMATION = 25
    #: String; in CONNACK.
    MQTT_PROP_RESPONSE_INFORMATION = 26
    #: String; in CONNACK, DISCONNECT.
    MQTT_PROP_SERVER_REFERENCE = 28
    #: String; in every answer, DISCONNECT, AUTH.
    MQTT_PROP_REASON_STRING = 31
    #: 16 bit integer; in CONNECT, CONNACK.
    MQTT_PROP_RECEIVE_MAXIMUM = 33
    #: 16 bit integer; in CONNECT, CONNACK.
    MQTT_PROP_TOPIC_ALIAS_MAXIMUM = 34
    #: 16 bit integer; in PUBLISH.
    MQTT_PROP_TOPIC_ALIAS = 35
    #: Byte; in CONNACK.
    MQTT_PROP_MAXIMUM_QOS = 36
    #: Byte; in CONNACK.
    MQTT_PROP_RETAIN_AVAILABLE = 37
    #: Pair of strings; in every packet and the will.
    MQTT_PROP_USER_PROPERTY = 38
    #: 32 bit integer; in CONNECT, CONNACK.
    MQTT_PROP_MAXIMUM_PACKET_SIZE = 39
    #: Byte; in CONNACK.
    MQTT_PROP_WILDCARD_SUB_AVAILABLE = 40
    #: Byte; in CONNACK.
    MQTT_PROP_SUBSCRIPTION_ID_AVAILABLE = 41
    #: Byte; in CONNACK.
    MQTT_PROP_SHARED_SUB_AVAILABLE = 42


class PropertyType(IntEnum):
    """Types of the values of properties."""

    #: One byte.
    MQTT_PROP_TYPE_BYTE = 1
    #: Two bytes.
    MQTT_PROP_TYPE_INT16 = 2
    #: Four bytes.
    MQTT_PROP_TYPE_INT32 = 3
    #: Variable byte integer, at most 268435455.
    MQTT_PROP_TYPE_VARINT = 4
    #: Bytes, at most 65535.
    MQTT_PROP_TYPE_BINARY = 5
    #: UTF-8 string, at most 65535 bytes.
    MQTT_PROP_TYPE_STRING = 6
    #: Two UTF-8 strings, a name and a value.
    MQTT_PROP_TYPE_STRING_PAIR = 7


class SubscribeOption(IntFlag):
    """``options`` of :meth:`Mosquitto.subscribe` (MQTT 5), to be combined by ``|``."""

    #: Do not send back what this client publishes.
    MQTT_SUB_OPT_NO_LOCAL = 4
    #: Leave the retain flag of messages as it was published.
    MQTT_SUB_OPT_RETAIN_AS_PUBLISHED = 8
    #: Send retained messages at every subscribe.
    MQTT_SUB_OPT_SEND_RETAIN_ALWAYS = 0
    #: Send retained messages only if the subscription is new.
    MQTT_SUB_OPT_SEND_RETAIN_NEW = 16
    #: Send no retained messages at subscribe.
    MQTT_SUB_OPT_SEND_RETAIN_NEVER = 32


class Option(IntEnum):
    """Options of :meth:`Mosquitto.option_set`; the first word is the type of the value."""

    #: int: MQTT_PROTOCOL_V31, MQTT_PROTOCOL_V311 (default) or MQTT_PROTOCOL_V5.
    MOSQ_OPT_PROTOCOL_VERSION = 1
    #: int: how many messages with QoS above 0 may be on their way to this client, 1 to 65535.
    MOSQ_OPT_RECEIVE_MAXIMUM = 4
    #: int: how many messages with QoS above 0 this client has on their way, 0 (no limit) to 65535; default 20.
    MOSQ_OPT_SEND_MAXIMUM = 5
    #: string: "pem" or "engine": what keyfile means.
    MOSQ_OPT_TLS_KEYFORM = 6
    #: string: identifier of an OpenSSL engine.
    MOSQ_OPT_TLS_ENGINE = 7
    #: string: SHA-1 of the password of the engine's key, 40 hexadecimal digits.
    MOSQ_OPT_TLS_ENGINE_KPASS_SHA1 = 8
    #: int: 1 to demand a stapled OCSP response from the server.
    MOSQ_OPT_TLS_OCSP_REQUIRED = 9
    #: string: the application protocol to offer in the TLS handshake.
    MOSQ_OPT_TLS_ALPN = 10
    #: int: 1 to send small packets at once (TCP_NODELAY).
    MOSQ_OPT_TCP_NODELAY = 11
    #: string: local address or host name to connect from.
    MOSQ_OPT_BIND_ADDRESS = 12
    #: int: 1 to trust the certificates of the operating system.
    MOSQ_OPT_TLS_USE_OS_CERTS = 13
    #: int: 1 for no wake-up descriptor; only for programs that drive the client from one thread.
    MOSQ_OPT_DISABLE_SOCKETPAIR = 14
    #: int: one of enum mosq_transport_t.
    MOSQ_OPT_TRANSPORT = 15
    #: string: path of the HTTP request that opens a WebSocket; default "/mqtt".
    MOSQ_OPT_HTTP_PATH = 16
    #: int: the most bytes that the HTTP answer opening a WebSocket may have.
    MOSQ_OPT_HTTP_HEADER_SIZE = 17


class Transport(IntEnum):
    """Values of ``MOSQ_OPT_TRANSPORT``."""

    #: MQTT straight on TCP, TLS or a Unix socket.
    MOSQ_T_TCP = 1
    #: MQTT in WebSocket frames.
    MOSQ_T_WEBSOCKETS = 2


class Protocol(IntEnum):
    """Versions of MQTT, for ``Mosquitto(protocol=...)``."""

    #: MQTT 3.1.
    MQTT_PROTOCOL_V31 = 3
    #: MQTT 3.1.1, the default.
    MQTT_PROTOCOL_V311 = 4
    #: MQTT 5.0.
    MQTT_PROTOCOL_V5 = 5


class LogLevel(IntFlag):
    """``level`` of ``on_log``."""

    #: Information.
    MOSQ_LOG_INFO = 1
    #: Notices.
    MOSQ_LOG_NOTICE = 2
    #: Warnings.
    MOSQ_LOG_WARNING = 4
    #: Errors.
    MOSQ_LOG_ERR = 8
    #: Every packet sent and received.
    MOSQ_LOG_DEBUG = 16


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
