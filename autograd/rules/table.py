"""The table of built-in rules: `elementwise`, `linear` and `define` write its rows.

A derivative is written once, with operators and functions of this package or of NumPy. It is
then called with floats, with arrays and, for higher derivatives, with nodes.

The conventions: ``g`` is the cotangent, the derivative of the final result with respect to the
result of this function; ``y`` or ``z`` is that result; ``x`` (and ``y``) are the arguments.

A built-in rule never replaces one that the user has registered, and returns new arrays. Rules of
users are registered by `autograd.rules.custom`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from autograd.engine import objects
from autograd.engine.batching import Batched
from autograd.engine.broadcasting import size_of
from autograd.engine.dispatch import plain
from autograd.engine.fields import ArrayNode
from autograd.engine.foreign import is_foreign
from autograd.engine.node import Node
from autograd.engine.primitive import Primitive
from autograd.engine.registry import DISPATCH, USER_RULES, WITHOUT_DERIVATIVE, take_declared
from autograd.engine.tracing import Followed
from autograd.errors import AutogradError

Handler = TypeVar("Handler", bound=Callable[..., Any])

Partial = float | Callable[..., Any]


def elementwise(
    function: Callable[..., Any],
    scalar: Callable[..., float] | None,
    *partials: Partial,
    name: str | None = None,
    replaces: Iterable[Any] | None = None,
) -> Primitive:
    """Register an elementwise function with its partial derivatives: see `autograd.elementwise`."""
    if not partials:
        raise TypeError("elementwise needs a partial derivative for each argument.")
    for partial in partials:
        if not callable(partial) and not isinstance(partial, (int, float)):
            raise TypeError(f"A partial derivative is a number or a function, not {partial!r}.")
    primitive = _row(function, name, len(partials), replaces)
    primitive.scalar = function if scalar is None else scalar
    primitive.partials = partials
    primitive.gives_numbers = True
    primitive.fresh_slopes = True
    primitive.reads_data = any(callable(partial) for partial in partials)
    return primitive


def linear(
    function: Callable[..., Any],
    *transposes: Callable[..., Any],
    name: str | None = None,
    replaces: Iterable[Any] | None = None,
) -> Primitive:
    """Register a linear function with its transposes: see `autograd.linear`."""
    primitive = _row(function, name, len(transposes), replaces)
    primitive.transposes = transposes
    primitive.reads_data = False
    return primitive


def define(
    function: Callable[..., Any],
    *vjps: Callable[..., Any],
    variadic: Callable[..., Any] | None = None,
    multilinear: bool = False,
    name: str | None = None,
    replaces: Iterable[Any] | None = None,
) -> Primitive:
    """Register any function with its vector-Jacobian products: see `autograd.define`."""
    if bool(vjps) == (variadic is not None):
        raise TypeError("define needs either one vjp for each argument, or variadic=.")
    primitive = _row(function, name, len(vjps) if vjps else -1, replaces)
    primitive.vjps = vjps if vjps else None
    primitive.variadic = variadic
    if multilinear:
        primitive.jvp = lambda argnum, tangent, y, arguments, keywords: primitive(
            *arguments[:argnum], tangent, *arguments[argnum + 1 :], **keywords
        )
    return primitive


def implements(*functions: Any) -> Callable[[Handler], Handler]:
    """Register a handler: what is called when one of these functions gets a node."""

    def decorate(handler: Handler) -> Handler:
        for function in functions:
            register(function, handler)
        return handler

    return decorate


def composition_of(*functions: Any) -> Callable[[Handler], Handler]:
    """Register a handler that computes these functions by steps that have rules.

    NumPy's own function runs first, on plain data: it raises whatever NumPy raises, and its result
    gives the value and the dtype. The steps only give the derivative.
    """

    def decorate(handler: Handler) -> Handler:
        for function in functions:
            register(function, as_in_numpy(function, handler))
        return handler

    return decorate


def register(function: Any, handler: Callable[..., Any]) -> None:
    """Call a handler instead of a function of NumPy or SciPy, unless the user has registered one."""
    if function not in USER_RULES:
        DISPATCH[function] = handler


def as_in_numpy(
    function: Callable[..., Any], handler: Callable[..., Any], exact: bool = True
) -> Callable[..., Any]:
    """Return a handler with the errors of a NumPy function and, if these are `exact`, its values."""

    @functools.wraps(handler)
    def call(*arguments: Any, **keywords: Any) -> Any:
        try:
            expected = function(*plain(arguments), **plain(keywords))
        except Exception as error:
            _raise_better(error, handler, arguments, keywords)
            raise
        with np.errstate(all="ignore"):  # NumPy has warned already
            found = handler(*arguments, **keywords)
            return with_values(found, expected, arguments) if exact else found

    return call


def _raise_better(error: Exception, handler: Any, arguments: Any, keywords: Any) -> None:
    """Raise the handler's own error if it is of the same type: its message is better."""
    try:
        handler(*arguments, **keywords)
    except AutogradError as better:
        if isinstance(better, type(error)):
            raise
    except Exception:
        pass


def with_values(found: Any, expected: Any, arguments: Any = ()) -> Any:
    """Return nodes with NumPy's values and types; views of arguments have them already."""
    if isinstance(found, (tuple, list)) and isinstance(expected, (tuple, list)):
        parts = [with_values(f, e, arguments) for f, e in zip(found, expected, strict=True)]
        return type(found)(*parts) if hasattr(found, "_fields") else type(found)(parts)
    if not isinstance(found, Node):
        return expected
    expected = plain(objects.joined(expected))  # a function that it was given returned nodes
    if size_of(expected) == 0 and np.shape(found) != np.shape(expected):
        return expected  # an empty array has no derivative
    numbers = plain(found)
    if (
        arguments
        and hasattr(numbers, "dtype")  # a number is part of nothing
        and getattr(expected, "dtype", None) == numbers.dtype
        and _is_part(found, arguments)
    ):
        return found
    if _identical(numbers, expected):
        return found
    return as_numpy(found, expected)


def _is_part(found: Any, arguments: Any) -> bool:
    """Return whether a node is one of some arguments, or a view of one."""
    while True:
        if any(found is x for x in arguments):
            return True
        if not isinstance(found, ArrayNode) or found._view is None:
            return False
        found = found._view.base


def _identical(data: Any, expected: Any) -> bool:
    """Return whether numbers agree to the last bit and lie in memory alike, as sums depend on it.

    False if that is not known, because they are traced or on a device.
    """
    if isinstance(data, Followed) or isinstance(expected, Followed):
        return False
    if isinstance(data, Batched) and isinstance(expected, Batched):
        return data.level is expected.level and _identical(data.array, expected.array)
    if isinstance(data, Batched) or isinstance(expected, Batched):
        return False
    if is_foreign(data) or is_foreign(expected):
        return False
    a, b = np.asarray(data), np.asarray(expected)
    same_kind = a.dtype == b.dtype and a.shape == b.shape and a.strides == b.strides
    return same_kind and a.tobytes() == b.tobytes()


def giving_numbers(*primitives: Primitive) -> None:
    """Note that NumPy returns a number where the result of these has the shape ()."""
    for primitive in primitives:
        primitive.gives_numbers = True


def without_derivative(*functions: Any) -> None:
    """Register functions that have no derivative: they are called on plain data."""
    WITHOUT_DERIVATIVE.update(functions)


def _row(
    function: Callable[..., Any], name: str | None, arity: int, replaces: Iterable[Any] | None
) -> Primitive:
    primitive = take_declared(str(name or getattr(function, "__name__", "function")))
    primitive.function = function
    primitive.makes_views = not isinstance(function, np.ufunc)
    primitive.arity = arity
    primitive.fresh_results = True
    for replaced in replaced_by(function) if replaces is None else replaces:
        register(replaced, primitive)
    return primitive


def replaced_by(function: Callable[..., Any]) -> tuple[Any, ...]:
    """Return the function itself if it dispatches on its arguments, by NumPy's protocols."""
    dispatches = isinstance(function, np.ufunc) or hasattr(function, "_implementation")
    return (function,) if dispatches else ()


#: The same node with NumPy's value, if that of the steps is another one, or of another type.
as_numpy = elementwise(lambda y, value: value, None, 1, 0, name="as_numpy")
as_numpy.arity = 1  # the value has no derivative
as_numpy.jvp = lambda argnum, tangent, y, arguments, keywords: tangent
