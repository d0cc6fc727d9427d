"""MQTT 5 properties: a mapping here, a linked list in C."""

from contextlib import contextmanager
from ctypes import byref, c_int, c_uint8, c_uint16, c_uint32, c_void_p, string_at
from typing import Any, Callable, Dict, Iterator, List, Mapping, MutableMapping, Optional, Tuple, Union

from ._library import free, lib
from .enums import Property, PropertyType
from .errors import MosquittoError

#: How a property is named: ``"content-type"``, ``"content_type"`` or ``Property.MQTT_PROP_CONTENT_TYPE``.
PropertyKey = Union[str, int]

_MULTIPLE = (Property.MQTT_PROP_USER_PROPERTY, Property.MQTT_PROP_SUBSCRIPTION_IDENTIFIER)


def _describe(identifier: int) -> Tuple[str, int]:
    name = lib.property_identifier_to_string(identifier)
    number, kind = c_int(), c_int()
    lib.string_to_property_info(name, byref(number), byref(kind))
    return name.decode(), kind.value


_NAMES: Dict[int, str] = {}
_TYPES: Dict[int, int] = {}
for _identifier in Property:
    _NAMES[int(_identifier)], _TYPES[int(_identifier)] = _describe(_identifier)
_IDENTIFIERS = {name: identifier for identifier, name in _NAMES.items()}


def _identify(key: PropertyKey) -> int:
    identifier = _IDENTIFIERS.get(key.lower().replace("_", "-")) if isinstance(key, str) else int(key)
    if identifier not in _NAMES:
        raise KeyError(key)
    return identifier


class Properties(MutableMapping[PropertyKey, Any]):
    """The properties of a packet of MQTT 5: a mapping from names to values.

    Names are those of the standard in small letters, ``"content-type"``; ``"content_type"`` and the members of
    :class:`Property` do as well. Values are ``int``, ``str`` or ``bytes`` after the type of the property.
    ``"user-property"`` is a list of pairs of text (or, when given, a mapping of text to text), and
    ``"subscription-identifier"`` of received messages a list of numbers. Wherever properties are wanted a plain
    ``dict`` does::

        client.publish("a", "b", properties={"content-type": "text/plain", "user-property": [("k", "v")]})
    """

    __slots__ = ("_values",)

    def __init__(self, values: Optional[Mapping[PropertyKey, Any]] = None, **named: Any) -> None:
        self._values: Dict[int, Any] = {}
        self.update(values or {}, **named)

    def __getitem__(self, key: PropertyKey) -> Any:
        return self._values[_identify(key)]

    def __setitem__(self, key: PropertyKey, value: Any) -> None:
        self._values[_identify(key)] = value

    def __delitem__(self, key: PropertyKey) -> None:
        del self._values[_identify(key)]

    def __contains__(self, key: object) -> bool:
        try:
            return _identify(key) in self._values  # type: ignore[arg-type]
        except (KeyError, TypeError, ValueError):
            return False

    def __iter__(self) -> Iterator[str]:
        return (_NAMES[identifier] for identifier in self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Properties({dict(self)!r})"


def _several(identifier: int, value: Any) -> List[Any]:
    if identifier == Property.MQTT_PROP_USER_PROPERTY:
        return list(value.items()) if isinstance(value, Mapping) else list(value)
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _add(head: c_void_p, identifier: int, value: Any) -> int:
    from ._types import payload_bytes, text

    kind = _TYPES[identifier]
    if kind == PropertyType.MQTT_PROP_TYPE_STRING_PAIR:
        name, content = value
        return int(lib.property_add_string_pair(byref(head), identifier, text(name), text(content)))
    if kind == PropertyType.MQTT_PROP_TYPE_STRING:
        return int(lib.property_add_string(byref(head), identifier, text(value)))
    if kind == PropertyType.MQTT_PROP_TYPE_BINARY:
        data = payload_bytes(value)
        if len(data) > 0xFFFF:
            raise ValueError(f"{_NAMES[identifier]} has more than 65535 bytes")
        return int(lib.property_add_binary(byref(head), identifier, data, len(data)))
    add, most = _ADD[kind]
    number = int(value)
    if not 0 <= number <= most:  # ctypes would cut it off
        raise ValueError(f"{_NAMES[identifier]} must be 0 to {most}, not {number}")
    return int(add(byref(head), identifier, number))


_ADD: Dict[int, Tuple[Callable[..., int], int]] = {
    PropertyType.MQTT_PROP_TYPE_BYTE: (lib.property_add_byte, 0xFF),
    PropertyType.MQTT_PROP_TYPE_INT16: (lib.property_add_int16, 0xFFFF),
    PropertyType.MQTT_PROP_TYPE_INT32: (lib.property_add_int32, 0xFFFFFFFF),
    PropertyType.MQTT_PROP_TYPE_VARINT: (lib.property_add_varint, 0xFFFFFFF),
}

_READ: Dict[int, Tuple[Callable[..., Any], Any]] = {
    PropertyType.MQTT_PROP_TYPE_BYTE: (lib.property_read_byte, c_uint8),
    PropertyType.MQTT_PROP_TYPE_INT16: (lib.property_read_int16, c_uint16),
    PropertyType.MQTT_PROP_TYPE_INT32: (lib.property_read_int32, c_uint32),
    PropertyType.MQTT_PROP_TYPE_VARINT: (lib.property_read_varint, c_uint32),
}


@contextmanager
def property_list(values: Optional[Mapping[PropertyKey, Any]]) -> Iterator[c_void_p]:
    """A list in C for the time of a ``with``; NULL for None and for an empty mapping. Set it to NULL to give it away.

    Raises:
        KeyError: a name that is not one of a property.
        ValueError, TypeError: a value that does not fit.
        MosquittoError: the library refuses a value.
    """
    head = c_void_p()
    try:
        for key, value in (values or {}).items():
            identifier = _identify(key)
            for one in _several(identifier, value) if identifier in _MULTIPLE else [value]:
                code = _add(head, identifier, one)
                if code:
                    raise MosquittoError(code, f"property {_NAMES[identifier]}")
        yield head
    finally:
        if head:
            lib.property_free_all(byref(head))


def properties_at(address: Optional[int]) -> Properties:
    """Copies the list of properties at an address; None is the empty list."""
    properties = Properties.__new__(Properties)
    values = properties._values = {}
    node = address
    while node:
        identifier = lib.property_identifier(node)
        if identifier in _TYPES:
            value = _read(node, identifier)
            if identifier in _MULTIPLE:
                values.setdefault(identifier, []).append(value)
            else:
                values[identifier] = value
        node = lib.property_next(node)
    return properties


def _read(node: int, identifier: int) -> Any:
    kind = _TYPES[identifier]
    if kind in _READ:
        read, number_type = _READ[kind]
        number = number_type()
        read(node, identifier, byref(number), False)
        return number.value
    first, second, length = c_void_p(), c_void_p(), c_uint16()
    if kind == PropertyType.MQTT_PROP_TYPE_BINARY:
        lib.property_read_binary(node, identifier, byref(first), byref(length), False)
        return _take(first, length.value)
    if kind == PropertyType.MQTT_PROP_TYPE_STRING:
        lib.property_read_string(node, identifier, byref(first), False)
        return _take(first).decode("utf-8", "replace")
    lib.property_read_string_pair(node, identifier, byref(first), byref(second), False)
    return _take(first).decode("utf-8", "replace"), _take(second).decode("utf-8", "replace")


def _take(pointer: c_void_p, length: int = -1) -> bytes:
    """The bytes at a pointer that is ours to free; NULL is the empty string."""
    if not pointer.value:
        return b""
    try:
        return string_at(pointer.value, length)
    finally:
        free(pointer)
