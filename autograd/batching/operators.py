"""Python's operators for batched arrays, and errors for writes that would reach all calls."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from autograd.batching.entries import RULES, Entries
from autograd.batching.explaining import raise_as_in_one_call
from autograd.batching.level import Level, aligned, innermost, is_in, ndim
from autograd.engine.batching import Batched
from autograd.engine.node import Node, plain
from autograd.errors import BatchError, lost


def applied(function: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    """Apply a binary operator for all calls."""
    if isinstance(a, Node) or isinstance(b, Node):
        return NotImplemented
    if isinstance(a, (list, tuple)) and not isinstance(a, Batched):
        a = np.asarray(a)
    if isinstance(b, (list, tuple)) and not isinstance(b, Batched):
        b = np.asarray(b)
    level: Level = innermost((a, b))
    axes = max(ndim(a), ndim(b))
    try:
        found = function(aligned(a, level, axes), aligned(b, level, axes))
    except (ValueError, TypeError) as error:
        raise_as_in_one_call(error, function, (a, b), {})
    one: Any = a if is_in(a, level) else b
    if isinstance(found, tuple):
        return tuple([one.with_array(part) for part in found])
    return one.with_array(found)


def _binary(function: Any) -> tuple[Any, Any]:
    def forward(self: Entries, other: Any) -> Any:
        return applied(function, self, other)

    def reflected(self: Entries, other: Any) -> Any:
        return applied(function, other, self)

    return forward, reflected


def repeated(number: Any, other: Any) -> Any:
    """Multiply; a list or a tuple times a number is a longer one, whose length must be known."""
    if isinstance(other, (list, tuple)):
        return other * operator.index(number)
    return applied(operator.mul, number, other)


def inplace(function: Any) -> Any:
    """Return a method that changes an array in place."""

    def change(self: Entries, other: Any) -> Any:
        if isinstance(other, Node):
            if not other._is_constant():
                raise lost(
                    "Changing a batched array in place by a node",
                    "Write a = a + node, or make it a Tensor before: a = Tensor(a).",
                )
            other = plain(other)
        if innermost((self, other)) is not self.level:
            refuse_write(self)
        array = self.array
        try:
            changed = function(array, aligned(other, self.level, self.ndim))
        except (ValueError, TypeError) as error:
            raise_as_in_one_call(error, function, (self, other), {})
        if changed.shape != array.shape:
            raise BatchError(
                f"An operator in place gives shape {changed.shape[1:]} for an array of shape "
                f"{self.shape}."
            )
        if not np.can_cast(changed.dtype, array.dtype, "same_kind"):
            np.zeros(1, array.dtype).__iadd__(np.zeros(1, changed.dtype))  # raises NumPy's error
        array[...] = changed
        return self

    return change


def refuse_write(target: Any) -> NoReturn:
    """Raise the error for a write into what all calls of a batch share."""
    raise BatchError(
        f"An array of shape {np.shape(target)} that all calls of a batch share cannot be "
        "changed by numbers that differ between them. Make it in the function, from a batched "
        "array: np.zeros_like(x, shape=...)."
    )


def _unary(function: Any) -> Any:
    def apply(self: Entries) -> Any:
        return self.with_array(function(self.array))

    return apply


def matmul(a: Any, b: Any) -> Any:
    """Return the matrix product."""
    if isinstance(a, Node) or isinstance(b, Node):
        return NotImplemented
    return RULES["ufunc"](np.matmul, "__call__", (a, b), {})


def _method(name: str) -> Any:
    """Return a method that calls the function of NumPy with its name."""
    function = getattr(np, name)

    def call(self: Entries, *arguments: Any, **keywords: Any) -> Any:
        return function(self, *arguments, **keywords)

    return call


#: The operators that arrays have in place as well.
ARITHMETIC = {
    name: getattr(operator, f"__{name}__")
    for name in (
        "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift",
        "rshift",
    )
}  # fmt: skip

for _name, _function in {**ARITHMETIC, "divmod": np.divmod}.items():
    _forward, _reflected = _binary(_function)
    setattr(Entries, f"__{_name}__", _forward)
    setattr(Entries, f"__r{_name}__", _reflected)
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Entries, f"__{_name}__", _binary(getattr(operator, _name))[0])
for _name in ("neg", "pos", "invert", "abs"):
    setattr(Entries, f"__{_name}__", _unary(getattr(operator, _name)))
for _name in (
    "all", "any", "argmax", "argmin", "argpartition", "argsort", "choose", "cumprod", "cumsum",
    "diagonal", "max", "mean", "min", "nonzero", "prod", "ptp", "ravel", "repeat",
    "round", "searchsorted", "squeeze", "std", "sum", "swapaxes", "take", "trace", "var",
):  # fmt: skip
    setattr(Entries, _name, _method(_name))


def _clip(self: Entries, min: Any = None, max: Any = None, *more: Any, **keywords: Any) -> Any:
    """Limit to an interval; unlike the function, the method takes one bound as well."""
    return np.clip(self, min, max, *more, **keywords)


Entries.clip = _clip  # type: ignore[attr-defined]

RULES["matmul"] = matmul
