"""Whether two recordings of the same call are the same."""

from __future__ import annotations

import dataclasses
import datetime
import numbers
import types
from typing import Any

import numpy as np

from autograd import tree
from autograd.errors import ImpureFunctionError, TraceError
from autograd.program import structure
from autograd.program.instructions import Constant, Guard, Variable, same
from autograd.program.places import at
from autograd.program.program import Program

#: What a program may return as it was recorded, though the function makes it at each call.
_RETURNED = (
    Variable, Constant, numbers.Number, np.generic, slice, datetime.date, datetime.time,
    datetime.timedelta, *structure.VALUES,
)  # fmt: skip


def require_same(first: Program, second: Program) -> None:
    """Raise an error if two recordings of the same call differ."""
    for a, b in zip(first.items, second.items, strict=False):
        reason = "" if a is b else difference(a, b)
        if reason:
            raise ImpureFunctionError(f"{at(a.place)}{reason}")
    if len(first.items) != len(second.items):
        longer = max(first.items, second.items, key=len)
        raise ImpureFunctionError(
            f"{at(longer[min(len(first.items), len(second.items))].place)}"
            "The function takes another course when it is called again with the same arguments."
        )
    for x, y in zip(tree.flat(first.output), tree.flat(second.output), strict=False):
        is_closure = isinstance(x, types.FunctionType) and x.__closure__
        if x is not y and (is_closure or not isinstance(x, _RETURNED)):
            raise TraceError(
                f"A function that is traced returns a {type(x).__name__}, which it makes at each "
                "call. Return a tuple, a list or a dict of arrays, numbers and texts."
            )
    if not _equal(first.output, second.output):
        raise ImpureFunctionError(
            "The function returns something else when it is called again with the same arguments."
        )


def difference(a: Any, b: Any) -> str:
    """Return why two instructions or guards are not the same, in words; "" if they are."""
    changed = "The function takes another course when it is called again with the same arguments."
    if type(a) is not type(b):
        return changed
    if isinstance(a, Guard):
        is_same = same(a.expected, b.expected) and a.convert == b.convert
        return "" if is_same and _equal(a.variable, b.variable) else changed
    if a.function != b.function:
        of_c = isinstance(a.function, (types.BuiltinFunctionType, np.ufunc))
        if of_c or type(a.function) is not type(b.function):
            return changed
    if _equal(a.arguments, b.arguments) and _equal(a.keywords, b.keywords):
        return ""
    return (
        "A number here is another one when the function is called again with the same arguments: "
        "it draws random numbers, reads a clock or counts. Pass such numbers as arguments, or a "
        "numpy.random.Generator."
    )


def _equal(a: Any, b: Any) -> bool:
    """Return whether two recordings refer to the same variables and constants."""
    kind = type(a)
    if kind is not type(b):
        return False
    if kind is Variable:
        return bool(a.number == b.number and a.shape == b.shape and a.dtype == b.dtype)
    if kind is tuple or kind is list:
        return len(a) == len(b) and all(map(_equal, a, b))
    if kind is dict:
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    if kind is Constant:
        return bool(a.equals(b))
    if isinstance(a, types.FunctionType):  # a new one at each call
        parts = [
            (f.__defaults__, f.__kwdefaults__, [cell.cell_contents for cell in f.__closure__ or ()])
            for f in (a, b)
        ]
        return a is b or (a.__code__ is b.__code__ and _equal(*parts))
    if isinstance(a, types.MethodType):
        return a.__func__ is b.__func__ and _equal(a.__self__, b.__self__)
    if dataclasses.is_dataclass(a):  # which compares functions by identity
        names = [field.name for field in dataclasses.fields(a)]
        return all(_equal(getattr(a, name), getattr(b, name)) for name in names)
    if isinstance(a, dict):
        return list(a) == list(b) and all(map(_equal, a.values(), b.values()))
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, slice):
        return _equal((a.start, a.stop, a.step), (b.start, b.stop, b.step))
    if isinstance(a, (float, complex, np.generic)):
        return bool(a == b or (a != a and b != b))
    try:
        return bool(a == b)
    except Exception:
        return a is b
