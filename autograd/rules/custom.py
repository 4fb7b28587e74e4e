"""Rules for functions of your own: `autograd.elementwise`, `linear` and `define`.

They are the functions of `autograd.rules.table` of the same names, with two differences: a rule
registered here replaces a built-in one for good, and unless it says so, the arrays that it returns
are not assumed to be new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd.engine.primitive import Primitive
from autograd.engine.registry import DISPATCH, USER_RULES
from autograd.rules import table
from autograd.rules.table import Partial


def elementwise(
    function: Callable[..., Any],
    scalar: Callable[..., float] | None,
    *partials: Partial,
    name: str | None = None,
) -> Primitive:
    """Return an elementwise function with the given partial derivatives.

    Parameters
    ----------
    function : callable
        Computes the result from arrays and broadcasts its arguments, as NumPy's ufuncs do.
    scalar : callable or None
        Computes the result from floats; None if `function` does that as well.
    *partials : number or callable
        One partial derivative for each argument: a constant, or a function of the result and all
        arguments, ``partial(y, x)`` or ``partial(z, x, y)``.
    name : str, optional
        The name in graphs and messages; by default the name of `function`.

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
    row = table.elementwise(function, scalar, *partials, name=name, replaces=())
    return _registered(row, None, fresh_results=True)


def linear(
    function: Callable[..., Any],
    *transposes: Callable[..., Any],
    fresh_results: bool = False,
    name: str | None = None,
    replaces: Iterable[Any] | None = None,
    batch: Callable[..., Any] | None = None,
) -> Primitive:
    """Return a function, linear in its arguments, with the given transposes.

    Parameters
    ----------
    function : callable
        Computes the result from arrays; further arguments are constants.
    *transposes : callable
        One for each argument that may be a node: ``transpose(g, *arguments, **keywords)``, of the
        shape of that argument. It should use the arguments only for their shapes.
    fresh_results : bool
        Whether each array that a transpose returns is new or one of its arguments, as it is
        unless the transpose keeps it or returns it twice. Derivatives are then added up in place.
    name : str, optional
        The name in graphs and messages; by default the name of `function`.
    replaces : iterable of callable, optional
        The NumPy functions to call it for; by default `function`, if that is one.
    batch : callable, optional
        For `vmap`: `function` for many calls at once, ``batch(*arguments, **keywords)``, where each
        array has one more axis in front, and so has the result. By default `function` itself is
        called with batched arrays, if it consists of NumPy's functions, else once for each entry.

    Returns
    -------
    Primitive
        Callable with floats, arrays, Values and Tensors.

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
    row = table.linear(function, *transposes, name=name, replaces=())
    row.batch = None if batch is None else _for_all(batch)
    return _registered(row, replaces, fresh_results)


def define(
    function: Callable[..., Any],
    *vjps: Callable[..., Any],
    variadic: Callable[..., Any] | None = None,
    multilinear: bool = False,
    fresh_results: bool = False,
    name: str | None = None,
    replaces: Iterable[Any] | None = None,
    batch: Callable[..., Any] | None = None,
) -> Primitive:
    """Return a function with the given vector-Jacobian products.

    Parameters
    ----------
    function : callable
        Computes the result from arrays; further arguments are constants.
    *vjps : callable
        One for each argument that may be a node: ``vjp(g, y, *arguments, **keywords)``, the product
        of the cotangent `g` with the Jacobian, of the shape of that argument.
    variadic : callable, optional
        Instead of `vjps`, for a function of any number of arguments:
        ``vjp(argnum, g, y, *arguments, **keywords)``.
    multilinear : bool
        Whether the function is linear in each argument, as products are. A tangent is then pushed
        forward by the function itself, in the place of the argument.
    fresh_results : bool
        Whether each array that a vjp returns is new or one of its arguments, as it is unless the
        vjp keeps it or returns it twice. Derivatives are then added up in place.
    name : str, optional
        The name in graphs and messages; by default the name of `function`.
    replaces : iterable of callable, optional
        The NumPy functions to call it for; by default `function`, if that is one.
    batch : callable, optional
        For `vmap`: `function` for many calls at once, ``batch(*arguments, **keywords)``, where each
        array has one more axis in front, and so has the result. By default `function` itself is
        called with batched arrays, if it consists of NumPy's functions, else once for each entry.

    Returns
    -------
    Primitive
        Callable with floats, arrays, Values and Tensors.

    Raises
    ------
    TypeError
        If there are both `vjps` and `variadic`, or neither.

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
    row = table.define(
        function, *vjps, variadic=variadic, multilinear=multilinear, name=name, replaces=()
    )
    row.batch = None if batch is None else _for_all(batch)
    return _registered(row, replaces, fresh_results)


def _registered(row: Primitive, replaces: Iterable[Any] | None, fresh_results: bool) -> Primitive:
    """Call a row for NumPy functions, whatever built-in rule they have or are given later."""
    row.fresh_results = fresh_results
    for function in table.replaced_by(row.function) if replaces is None else replaces:
        USER_RULES.add(function)
        DISPATCH[function] = row
    return row


def _for_all(batch: Callable[..., Any]) -> Callable[[Any, Any, Any], Any]:
    """Return how to compute a primitive for a batch, from a function of arrays of all calls."""

    def call(function: Any, arguments: Any, keywords: Any) -> Any:
        from autograd.batching.loops import of_whole  # needs time to import

        return of_whole(batch, arguments, keywords)

    return call
