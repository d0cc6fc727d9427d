"""pydoc reads like a manual: everything public is documented."""

import enum
import importlib
import inspect
import pydoc
import unittest
from typing import Any, Iterator, Tuple

import mosquitto
import mosquitto.aio

MODULES = [importlib.import_module(f"mosquitto{name}") for name in ("", ".aio", ".client", ".enums", ".errors")]


def members(kind: type) -> Iterator[Tuple[str, Any]]:
    """What a class has, also from other classes of the package."""
    for base in kind.__mro__:
        if base.__module__.startswith("mosquitto"):
            yield from vars(base).items()


def public() -> Iterator[Tuple[str, Any]]:
    """Every public thing of the package, with its name."""
    for module in MODULES:
        yield module.__name__, module
        for name, value in vars(module).items():
            if name.startswith("_") or not getattr(value, "__module__", "").startswith("mosquitto"):
                continue
            if isinstance(value, enum.Enum) or not (inspect.isclass(value) or inspect.isfunction(value)):
                continue
            yield f"{module.__name__}.{name}", value
            if inspect.isclass(value):
                for member_name, member in members(value):
                    if member_name.startswith("_") or isinstance(member, enum.Enum):
                        continue
                    if inspect.isfunction(member) or isinstance(member, property):
                        yield f"{module.__name__}.{name}.{member_name}", member


class Documentation(unittest.TestCase):
    def test_everything_is_documented(self) -> None:
        names = [name for name, _ in public()]
        self.assertGreater(len(names), 100)
        self.assertEqual([name for name, value in public() if not (value.__doc__ or "").strip()], [])

    def test_everything_is_typed(self) -> None:
        untyped = []
        for name, value in public():
            function = value.fget if isinstance(value, property) else value
            if inspect.isfunction(function):
                parameters = inspect.signature(function).parameters.values()
                missing = [p.name for p in parameters if p.name != "self" and p.annotation is p.empty]
                if missing or "return" not in function.__annotations__:
                    untyped.append(name)
        self.assertEqual(untyped, [])

    def test_pydoc_shows_it(self) -> None:
        text = pydoc.plain(pydoc.render_doc(mosquitto))
        for wanted in ("class Mosquitto", "on_message(mosq, obj, msg)", "loop_forever", "MOSQ_ERR_NO_CONN", "publish"):
            self.assertIn(wanted, text)
        self.assertIn("async", pydoc.plain(pydoc.render_doc(mosquitto.aio)))

    def test_all_names_exist(self) -> None:
        self.assertEqual([name for name in mosquitto.__all__ if not hasattr(mosquitto, name)], [])

    def test_members_are_constants(self) -> None:
        for enumeration in mosquitto.enums.ENUMERATIONS:
            for name, member in enumeration.__members__.items():
                self.assertIs(getattr(mosquitto, name), member)

    def test_every_member_is_described(self) -> None:
        for enumeration in mosquitto.enums.ENUMERATIONS:
            manual = pydoc.plain(pydoc.render_doc(enumeration))
            for name, member in enumeration.__members__.items():
                self.assertGreater(len(member.__doc__), 4, name)
                self.assertIn(name, manual)
                self.assertIn(member.__doc__, manual)

    def test_every_attribute_of_a_value_is_described(self) -> None:
        for kind in (
            mosquitto.MosquittoMessage,
            mosquitto.Result,
            mosquitto.MosquittoError,
            mosquitto.ConnectionRefused,
        ):
            names = [name for name in vars(kind).get("__annotations__", {})]
            documented = inspect.getdoc(kind) or ""
            self.assertEqual([name for name in names if f"    {name}: " not in documented], [])
