"""How a rule is written down: `elementwise`, `linear` and `define` make rows of the table.

A derivative is written once, with operators and functions of this package or of NumPy. It is
then called with floats, with arrays and, for higher derivatives, with nodes.

The conventions: ``g`` is the derivative of something further on with respect to the result
(the cotangent), ``y`` or ``z`` the result, ``x`` (and ``y``) the arguments.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from autograd.engine.dispatch import plain
from autograd.engine.node import Node
from autograd.engine.primitive import (
    DISPATCH,
    USER_RULES,
    WITHOUT_DERIVATIVE,
    Primitive,
    take_declared,
)
from autograd.errors import AutogradError

Handler = TypeVar("Handler", bound=Callable[..., Any])

Partial = float | Callable[..., Any]


def elementwise(
    function: Callable[..., Any],
    scalar: Callable[..., float] | None,
    *partials: Partial,
    name: str | None = None,
) -> Primitive:
    """Give an elementwise function its partial derivatives.

    Parameters
    ----------
    function : callable
        Computes the result from arrays, broadcasting its arguments as NumPy's ufuncs do.
    scalar : callable or None
        Computes it from floats; None if `function` does that as well.
    *partials : number or callable
        For each argument the partial derivative: a constant, or a function of the result and
        all arguments, ``partial(y, x)`` or ``partial(z, x, y)``.
    name : str, optional
        What to call it in graphs; by default the name of `function`.

    Returns
    -------
    Primitive
        Callable with floats, arrays, Values and Tensors.

    Raises
    ------
    TypeError
        If there is no partial derivative, or one is neither a number nor callable.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd
    >>> gauss = autograd.elementwise(
    ...     lambda x: np.exp(-x * x), None, lambda y, x: -2 * x * y, name="gauss"
    ... )
    >>> x = autograd.Value(1.0)
    >>> gauss(x).backward()
    >>> round(x.grad, 6)
    -0.735759
    """
    if not partials:
        raise TypeError("elementwise needs a partial derivative for each argument.")
    for partial in partials:
        if not callable(partial) and not isinstance(partial, (int, float)):
            raise TypeError(f"A partial derivative is a number or a function, not {partial!r}.")
    primitive = _row(function, name, None, len(partials))
    primitive.scalar = function if scalar is None else scalar
    primitive.partials = partials
    primitive.reads_data = any(callable(partial) for partial in partials)
    return primitive


def linear(
    function: Callable[..., Any],
    *transposes: Callable[..., Any],
    name: str | None = None,
    replaces: Iterable[Any] | None = None,
) -> Primitive:
    """Give a function that is linear in its arguments the transpose in each of them.

    Parameters
    ----------
    function : callable
        Computes the result from arrays and any further, constant, arguments.
    *transposes : callable
        For each argument that may be a node: ``transpose(g, *arguments, **keywords)``, of the
        shape of that argument. Of the arguments themselves only shapes should be used.
    name : str, optional
        What to call it in graphs; by default the name of `function`.
    replaces : iterable of callable, optional
        The NumPy functions this is to be called for; by default `function` itself.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd
    >>> backwards = autograd.linear(lambda x: x[::-1], lambda g, x: g[::-1], name="backwards")
    >>> t = autograd.Tensor([1.0, 2.0, 3.0])
    >>> (backwards(t) * np.array([1.0, 10.0, 100.0])).sum().backward()
    >>> t.grad
    array([100.,  10.,   1.])
    """
    primitive = _row(function, name, replaces, len(transposes))
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
    """Give any function a vector-Jacobian product for each of its arguments.

    Parameters
    ----------
    function : callable
        Computes the result from arrays and any further, constant, arguments.
    *vjps : callable
        For each argument that may be a node: ``vjp(g, y, *arguments, **keywords)``, the product
        of the cotangent `g` with the Jacobian, of the shape of that argument.
    variadic : callable, optional
        Instead of `vjps`, for a function of any number of arguments:
        ``vjp(argnum, g, y, *arguments, **keywords)``.
    multilinear : bool
        Whether it is linear in each argument, as products are: a tangent then goes forward
        through the function itself, in the place of the argument.
    name : str, optional
        What to call it in graphs; by default the name of `function`.
    replaces : iterable of callable, optional
        The NumPy functions this is to be called for; by default `function` itself.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd
    >>> norm = autograd.define(lambda x: np.sqrt((x * x).sum()), lambda g, y, x: g * x / y)
    >>> t = autograd.Tensor([3.0, 4.0])
    >>> norm(t).backward()
    >>> t.grad
    array([0.6, 0.8])
    """
    if bool(vjps) == (variadic is not None):
        raise TypeError("define needs either one vjp for each argument, or variadic=.")
    primitive = _row(function, name, replaces, len(vjps) if vjps else -1)
    primitive.vjps = vjps if vjps else None
    primitive.variadic = variadic
    if multilinear:
        primitive.jvp = lambda argnum, tangent, y, arguments, keywords: primitive(
            *arguments[:argnum], tangent, *arguments[argnum + 1 :], **keywords
        )
    return primitive


def implements(*functions: Any) -> Callable[[Handler], Handler]:
    """Say that a function of ours is to be called where one of these has a node among its arguments."""

    def register(handler: Handler) -> Handler:
        for function in functions:
            _call_for(function, handler, handler.__module__)
        return handler

    return register


def composition_of(*functions: Any) -> Callable[[Handler], Handler]:
    """Register a function of ours that computes the same as these in steps that have rules.

    NumPy's own function runs first, on the plain data: it raises whatever NumPy raises, and its
    result gives the value and the type. The steps only give the derivative.
    """

    def register(handler: Handler) -> Handler:
        for function in functions:
            _call_for(function, as_in_numpy(function, handler), handler.__module__)
        return handler

    return register


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
            return with_values(found, expected) if exact else found

    return call


def _raise_better(error: Exception, handler: Any, arguments: Any, keywords: Any) -> None:
    """Raise the handler's own error where it is of the same type, and says more."""
    try:
        handler(*arguments, **keywords)
    except AutogradError as ours:
        if isinstance(ours, type(error)):
            raise
    except Exception:
        pass


def with_values(found: Any, expected: Any) -> Any:
    """Return nodes with the values and types that NumPy computed."""
    if isinstance(found, (tuple, list)) and isinstance(expected, (tuple, list)):
        parts = [with_values(f, e) for f, e in zip(found, expected, strict=True)]
        return type(found)(*parts) if hasattr(found, "_fields") else type(found)(parts)
    if not isinstance(found, Node):
        return expected
    if np.size(expected) == 0 and np.shape(found) != np.shape(expected):
        return expected  # of nothing: it has no derivative
    data = plain(found)
    same_type = np.result_type(data) == np.result_type(expected)
    return found if same_type and _equal(data, expected) else as_numpy(found, expected)


def _equal(data: Any, expected: Any) -> bool:
    """Return whether numbers are the same up to a few units in the last place, zeros with their sign."""
    if not np.all(data == expected):
        few_ulps = 8 * np.finfo(np.result_type(expected)).eps
        if not np.allclose(data, expected, rtol=few_ulps, atol=0.0, equal_nan=True):
            return False
    zero = expected == 0
    return not np.any(
        zero & (np.copysign(1.0, np.real(data)) != np.copysign(1.0, np.real(expected)))
    )


def without_derivative(*functions: Any) -> None:
    """Say that these functions have no derivative by nature: they are called on the plain data."""
    WITHOUT_DERIVATIVE.update(functions)


def _row(
    function: Callable[..., Any], name: str | None, replaces: Iterable[Any] | None, arity: int
) -> Primitive:
    primitive = take_declared(str(name or getattr(function, "__name__", "function")))
    primitive.function = function
    primitive.makes_views = not isinstance(function, np.ufunc)
    primitive.arity = arity
    origin = str(sys._getframe(2).f_globals.get("__name__"))  # where the row stands
    primitive.fresh_results = origin.startswith(("autograd.rules.", "nn."))
    if replaces is None:
        replaces = (function,) if _dispatches(function) else ()
    for replaced in replaces:
        _call_for(replaced, primitive, origin)
    return primitive


def _call_for(function: Any, handler: Callable[..., Any], origin: str) -> None:
    """Have a handler called for a function; one from outside the library stays for good."""
    if not origin.startswith("autograd."):
        USER_RULES.add(function)
    elif function in USER_RULES:
        return
    DISPATCH[function] = handler


def _dispatches(function: Callable[..., Any]) -> bool:
    """Return whether a function asks its arguments what to do, by NumPy's protocols."""
    return isinstance(function, np.ufunc) or hasattr(function, "_implementation")


#: The same node with the value of NumPy, which differs in type, or where the steps lose digits or
#: meet infinity or NaN.
as_numpy = elementwise(lambda y, value: value, None, 1, 0, name="as_numpy")
