"""Publishes a message and receives it, from Python by ctypes alone: nothing to compile, nothing to install.

Usage: ctypes_client.py LIBRARY HOST PORT

LIBRARY is "libmosquitto.so.1" or a path. For more than this, the module in python/ is the better way.
"""

import ctypes
import sys
from ctypes import POINTER, c_bool, c_char_p, c_int, c_void_p


class Message(ctypes.Structure):
    """struct mosquitto_message"""

    _fields_ = [
        ("mid", c_int),
        ("topic", c_char_p),
        ("payload", c_void_p),
        ("payloadlen", c_int),
        ("qos", c_int),
        ("retain", c_bool),
    ]


OnConnect = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_int)
OnSubscribe = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_int, c_int, POINTER(c_int))
OnMessage = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, POINTER(Message))

# A pointer must be declared, or ctypes takes it for an int and cuts it.
PROTOTYPES = {
    "mosquitto_new": (c_void_p, [c_char_p, c_bool, c_void_p]),
    "mosquitto_destroy": (None, [c_void_p]),
    "mosquitto_connect": (c_int, [c_void_p, c_char_p, c_int, c_int]),
    "mosquitto_disconnect": (c_int, [c_void_p]),
    "mosquitto_subscribe": (c_int, [c_void_p, POINTER(c_int), c_char_p, c_int]),
    "mosquitto_publish": (c_int, [c_void_p, POINTER(c_int), c_char_p, c_int, c_char_p, c_int, c_bool]),
    "mosquitto_loop_forever": (c_int, [c_void_p, c_int, c_int]),
    "mosquitto_strerror": (c_char_p, [c_int]),
    "mosquitto_connect_callback_set": (None, [c_void_p, OnConnect]),
    "mosquitto_subscribe_callback_set": (None, [c_void_p, OnSubscribe]),
    "mosquitto_message_callback_set": (None, [c_void_p, OnMessage]),
}


def main(file: str, host: str, port: str) -> None:
    library = ctypes.CDLL(file)
    for name, (result, arguments) in PROTOTYPES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments

    def check(rc: int) -> None:
        if rc != 0:
            raise OSError(library.mosquitto_strerror(rc).decode())

    # As long as the client lives, Python must keep these: the library knows them by address only.
    @OnConnect
    def on_connect(client, userdata, rc):
        check(library.mosquitto_subscribe(client, None, b"greeting", 1))

    @OnSubscribe
    def on_subscribe(client, userdata, mid, count, granted):
        check(library.mosquitto_publish(client, None, b"greeting", 5, b"hello", 1, False))

    @OnMessage
    def on_message(client, userdata, message):
        payload = ctypes.string_at(message[0].payload, message[0].payloadlen)
        print(f"{message[0].topic.decode()}: {payload.decode()}")
        check(library.mosquitto_disconnect(client))

    client = library.mosquitto_new(None, True, None)
    library.mosquitto_connect_callback_set(client, on_connect)
    library.mosquitto_subscribe_callback_set(client, on_subscribe)
    library.mosquitto_message_callback_set(client, on_message)
    check(library.mosquitto_connect(client, host.encode(), int(port), 60))
    check(library.mosquitto_loop_forever(client, -1, 1))
    library.mosquitto_destroy(client)


if __name__ == "__main__":
    main(*sys.argv[1:])
