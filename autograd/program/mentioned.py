"""Which names code mentions."""

from __future__ import annotations

import dis
import functools
import types
from typing import Any

#: Methods that operators do not call.
UNCALLED = frozenset(
    ("__init__", "__new__", "__post_init__", "__del__", "__repr__", "__str__", "__reduce__",
     "__reduce_ex__", "__getstate__", "__setstate__", "__init_subclass__", "__class_getitem__")
)  # fmt: skip


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
