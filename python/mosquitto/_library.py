"""Finding and loading libmosquitto, and the prototypes of its functions. Knows nothing of clients."""

import os
from ctypes import (
    CDLL,
    CFUNCTYPE,
    POINTER,
    PyDLL,
    c_bool,
    c_char_p,
    c_int,
    c_size_t,
    c_uint,
    c_uint8,
    c_uint16,
    c_uint32,
    c_void_p,
)
from pathlib import Path
from typing import Any, Dict, Iterator, Optional, Tuple

ENVIRONMENT = "MOSQUITTO_LIBRARY"
FILE = "libmosquitto.so"


def candidates() -> Iterator[str]:
    """The files to try, best first: of the environment, of the wheel, of the checkout, of the system."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        yield named  # and nothing else: who names a file wants no other
        return
    here = Path(__file__).resolve().parent
    yield str(here / FILE)
    checkout = here.parent.parent
    if (checkout / "Cargo.toml").exists():
        target = Path(os.environ.get("CARGO_TARGET_DIR") or "target")
        yield str(checkout / target / "release" / FILE)
    yield FILE + ".1"


def load() -> CDLL:
    """Loads the first of the candidates that exists.

    A file that exists and does not load is an error: to go on in silence with another library would hide it.
    """
    tried = []
    for name in candidates():
        if os.sep in name and not os.path.exists(name):
            tried.append(f"{name}: no such file")
            continue
        try:
            return CDLL(name, use_errno=True)
        except OSError as error:
            tried.append(f"{name}: {error}")
            if os.sep in name:
                break
    raise ImportError("libmosquitto cannot be loaded; tried\n  " + "\n  ".join(tried))


class _Absent:
    """Stands for a function that an older library lacks."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *_: Any) -> Any:
        raise NotImplementedError(f"{lib._name} has no function {self._name}")


# The types of the callbacks. Messages and properties come as addresses, NULL as None.
PLAIN = CFUNCTYPE(None, c_void_p, c_void_p)
NUMBER = CFUNCTYPE(None, c_void_p, c_void_p, c_int)
NUMBER2 = CFUNCTYPE(None, c_void_p, c_void_p, c_int, c_int)
NUMBER_PROPS = CFUNCTYPE(None, c_void_p, c_void_p, c_int, c_void_p)
NUMBER2_PROPS = CFUNCTYPE(None, c_void_p, c_void_p, c_int, c_int, c_void_p)
ADDRESS = CFUNCTYPE(None, c_void_p, c_void_p, c_void_p)
ADDRESS2 = CFUNCTYPE(None, c_void_p, c_void_p, c_void_p, c_void_p)
ARRAY = CFUNCTYPE(None, c_void_p, c_void_p, c_int, c_int, POINTER(c_int))
ARRAY_PROPS = CFUNCTYPE(None, c_void_p, c_void_p, c_int, c_int, POINTER(c_int), c_void_p)
AUTH = CFUNCTYPE(c_int, c_void_p, c_void_p, c_char_p, c_uint16, c_void_p, c_void_p)
LOG = CFUNCTYPE(None, c_void_p, c_void_p, c_int, c_char_p)
PASSWORD = CFUNCTYPE(c_int, c_void_p, c_int, c_int, c_void_p)

_MOSQ = c_void_p
_PROPS = c_void_p  # a list of properties
_OUT = POINTER(c_int)
_LIST = POINTER(c_void_p)

# name: (type of the result, types of the arguments), without the "mosquitto_" that all names begin with. Without types,
# for the one that is called for each message, ctypes takes a third of the time: it passes bytes, int and bool as they
# are, and pointers must come as such (c_void_p, byref).
_FUNCTIONS: Dict[str, Tuple[Any, Optional[Tuple[Any, ...]]]] = {
    "lib_init": (c_int, ()),
    "lib_version": (c_int, (_OUT, _OUT, _OUT)),
    "new": (c_void_p, (c_char_p, c_bool, c_void_p)),
    "destroy": (None, (_MOSQ,)),
    "connect_bind_v5": (c_int, (_MOSQ, c_char_p, c_int, c_int, c_char_p, _PROPS)),
    "connect_bind_async": (c_int, (_MOSQ, c_char_p, c_int, c_int, c_char_p)),
    "connect_srv": (c_int, (_MOSQ, c_char_p, c_int, c_char_p)),
    "reconnect": (c_int, (_MOSQ,)),
    "reconnect_async": (c_int, (_MOSQ,)),
    "disconnect_v5": (c_int, (_MOSQ, c_int, _PROPS)),
    "publish": (c_int, None),
    "publish_v5": (c_int, (_MOSQ, _OUT, c_char_p, c_int, c_char_p, c_int, c_bool, _PROPS)),
    "subscribe_v5": (c_int, (_MOSQ, _OUT, c_char_p, c_int, c_int, _PROPS)),
    "subscribe_multiple": (c_int, (_MOSQ, _OUT, c_int, POINTER(c_char_p), c_int, c_int, _PROPS)),
    "unsubscribe_v5": (c_int, (_MOSQ, _OUT, c_char_p, _PROPS)),
    "unsubscribe_multiple": (c_int, (_MOSQ, _OUT, c_int, POINTER(c_char_p), _PROPS)),
    "loop": (c_int, (_MOSQ, c_int, c_int)),
    "loop_start": (c_int, (_MOSQ,)),
    "loop_stop": (c_int, (_MOSQ, c_bool)),
    "loop_read": (c_int, (_MOSQ, c_int)),
    "loop_write": (c_int, (_MOSQ, c_int)),
    "loop_misc": (c_int, (_MOSQ,)),
    "socket": (c_int, (_MOSQ,)),
    "want_write": (c_bool, (_MOSQ,)),
    "threaded_set": (c_int, (_MOSQ, c_bool)),
    "will_set_v5": (c_int, (_MOSQ, c_char_p, c_int, c_char_p, c_int, c_bool, _PROPS)),
    "will_clear": (c_int, (_MOSQ,)),
    "username_pw_set": (c_int, (_MOSQ, c_char_p, c_char_p)),
    "tls_set": (c_int, (_MOSQ, c_char_p, c_char_p, c_char_p, c_char_p, c_void_p)),
    "tls_insecure_set": (c_int, (_MOSQ, c_bool)),
    "tls_opts_set": (c_int, (_MOSQ, c_int, c_char_p, c_char_p)),
    "tls_psk_set": (c_int, (_MOSQ, c_char_p, c_char_p, c_char_p)),
    "socks5_set": (c_int, (_MOSQ, c_char_p, c_int, c_char_p, c_char_p)),
    "max_inflight_messages_set": (c_int, (_MOSQ, c_uint)),
    "message_retry_set": (None, (_MOSQ, c_uint)),
    "reconnect_delay_set": (c_int, (_MOSQ, c_uint, c_uint, c_bool)),
    "int_option": (c_int, (_MOSQ, c_int, c_int)),
    "string_option": (c_int, (_MOSQ, c_int, c_char_p)),
    "ext_auth_continue": (c_int, (_MOSQ, c_char_p, c_uint16, c_char_p, _PROPS)),
    "strerror": (c_char_p, (c_int,)),
    "connack_string": (c_char_p, (c_int,)),
    "reason_string": (c_char_p, (c_int,)),
    "topic_matches_sub2": (c_int, (c_char_p, c_size_t, c_char_p, c_size_t, POINTER(c_bool))),
    "pub_topic_check2": (c_int, (c_char_p, c_size_t)),
    "sub_topic_check2": (c_int, (c_char_p, c_size_t)),
    "property_add_byte": (c_int, (_LIST, c_int, c_uint8)),
    "property_add_int16": (c_int, (_LIST, c_int, c_uint16)),
    "property_add_int32": (c_int, (_LIST, c_int, c_uint32)),
    "property_add_varint": (c_int, (_LIST, c_int, c_uint32)),
    "property_add_binary": (c_int, (_LIST, c_int, c_char_p, c_uint16)),
    "property_add_string": (c_int, (_LIST, c_int, c_char_p)),
    "property_add_string_pair": (c_int, (_LIST, c_int, c_char_p, c_char_p)),
    "property_read_byte": (c_void_p, (_PROPS, c_int, POINTER(c_uint8), c_bool)),
    "property_read_int16": (c_void_p, (_PROPS, c_int, POINTER(c_uint16), c_bool)),
    "property_read_int32": (c_void_p, (_PROPS, c_int, POINTER(c_uint32), c_bool)),
    "property_read_varint": (c_void_p, (_PROPS, c_int, POINTER(c_uint32), c_bool)),
    "property_read_binary": (c_void_p, (_PROPS, c_int, _LIST, POINTER(c_uint16), c_bool)),
    "property_read_string": (c_void_p, (_PROPS, c_int, _LIST, c_bool)),
    "property_read_string_pair": (c_void_p, (_PROPS, c_int, _LIST, _LIST, c_bool)),
    "property_identifier": (c_int, (_PROPS,)),
    "property_next": (c_void_p, (_PROPS,)),
    "property_free_all": (None, (_LIST,)),
    "property_identifier_to_string": (c_char_p, (c_int,)),
    "string_to_property_info": (c_int, (c_char_p, _OUT, _OUT)),
    **{
        f"{event}_callback_set": (None, (_MOSQ, c_void_p))
        for event in (
            "pre_connect connect connect_with_flags connect_v5 disconnect disconnect_v5 publish publish_v5 message "
            "message_v5 subscribe subscribe_v5 unsubscribe unsubscribe2_v5 ext_auth log"
        ).split()
    },
}


# Called without letting other Python threads run: they return at once, and to hand the interpreter over and back costs
# more than the call. Only with our own library, which neither waits nor holds a lock while a callback waits for the
# interpreter; in others that would be a deadlock.
_QUICK = frozenset(("publish", "publish_v5", "socket", "want_write"))


class _Functions:
    """The functions of the library, under their names without ``mosquitto_``."""

    def __init__(self, library: CDLL) -> None:
        self._name = library._name
        ours = hasattr(library, "mosquitto_x_version")
        quick = PyDLL(library._name, use_errno=True) if ours else library
        for name, (result, arguments) in _FUNCTIONS.items():
            try:
                function = (quick if name in _QUICK else library)["mosquitto_" + name]
            except AttributeError:
                setattr(self, name, _Absent("mosquitto_" + name))
                continue
            function.restype = result
            if arguments is not None:
                function.argtypes = arguments
            setattr(self, name, function)

    def __getattr__(self, name: str) -> Any:  # for type checkers: everything was set above
        raise AttributeError(name)


lib = _Functions(load())
lib.lib_init()

free = CDLL(None).free
free.argtypes = (c_void_p,)
free.restype = None
