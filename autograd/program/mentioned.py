"""Which names code mentions."""

from __future__ import annotations

import dis
import functools
import types
from collections.abc import Container
from typing import Any

#: Methods that operators do not call.
_UNCALLED = frozenset(
    ("__init__", "__new__", "__post_init__", "__del__", "__reduce__", "__reduce_ex__",
     "__getstate__", "__setstate__", "__init_subclass__", "__class_getitem__")
)  # fmt: skip


#: Methods that make text, and the functions that call them; f-strings count as `format`.
_TEXTUAL = frozenset(("__repr__", "__str__"))
_MAKING_TEXT = frozenset(("repr", "str", "ascii", "format", "print"))

#: What code mentions that reads all attributes of objects.
ALL = frozenset(("vars", "__dict__", "asdict", "astuple"))

#: The errors that code handles if it tries to read an attribute.
HANDLED = frozenset(("AttributeError", "Exception"))


@functools.lru_cache(maxsize=1000)
def names_in(code: types.CodeType) -> tuple[str, ...]:
    """Return the names and texts in a code object and in the functions inside it."""
    found = dict.fromkeys(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found.update(dict.fromkeys(names_in(constant)))
        elif isinstance(constant, str) and constant.isidentifier():
            found.pop(constant, None)
            found[Text(constant)] = None  # for getattr
    if any(i.opname.startswith("FORMAT_") for i in dis.get_instructions(code)):
        found["format"] = None
    return tuple(found)


class Text(str):
    """A name in quotes."""

    __slots__ = ()


@functools.lru_cache(maxsize=1000)
def globals_in(code: types.CodeType) -> tuple[str, ...]:
    """Return the global names in a code object and in the functions inside it."""
    found = {
        instruction.argval: None
        for instruction in dis.get_instructions(code)
        if instruction.opname.endswith(("_GLOBAL", "_NAME"))
    }
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found.update(dict.fromkeys(globals_in(constant)))
    return tuple(found)


def functions_in(member: Any) -> list[types.FunctionType]:
    """Return the functions of a method or a property."""
    found = (
        (member.fget, member.fset)
        if isinstance(member, property)
        else (getattr(member, "__func__", member), getattr(member, "func", None))
    )
    return [x for x in found if isinstance(x, types.FunctionType)]


def is_descriptor(member: Any) -> bool:
    """Return whether a member of a class is an object whose own ``__get__`` is called for it."""
    return isinstance(getattr(type(member), "__get__", None), types.FunctionType)


def is_uncalled(name: str, names: Container[str]) -> bool:
    """Return whether code that mentions some names does not call a special method."""
    if name in _TEXTUAL:
        return not any(other in names for other in _MAKING_TEXT)
    return name in _UNCALLED
