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
from autograd.rules.in_c import CText
from autograd.rules.notation import Notation
from autograd.rules.own_batch import for_all
from autograd.rules.own_sparsity import checked_sparsity
from autograd.rules.source_text import checked
from autograd.rules.table import Partial


def elementwise(
    function: Callable[..., Any],
    scalar: Callable[..., float] | None,
    *partials: Partial,
    fresh_results: bool = False,
    name: str | None = None,
    source: str | Callable[..., Any] | None = None,
    c: str | None = None,
    notation: Notation | None = None,
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
    fresh_results : bool
        Whether each array that a partial derivative returns is new or one of its arguments, and
        whether it may be called with a part of each array. Derivatives of large arrays are then
        computed part by part, in their memory.
    name : str, optional
        The name in graphs and messages; by default the name of `function`.
    source : str or callable, optional
        What saved programs contain for `function`, as for `define`.
    c : str, optional
        What C programs compute: one expression, in which the parameters of `function` are numbers,
        ``double`` or ``float``. By default programs in C call `function`.
    notation : Notation, optional
        How it is written in pictures, text and lessons; by default by its name.

    Returns
    -------
    Primitive
        Callable with floats, arrays, Values and Tensors.

    Raises
    ------
    TypeError
        If there is no partial derivative, or one is neither a number nor callable.
    SourceError
        If `source` or `c` is not what it should be; for C that does not compile, or computes
        something else than `function`, when it is used.

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
    row.source = checked(source, row.name)
    row.in_c = None if c is None else CText(c, function, is_expression=True)
    row.notation = notation
    row.fresh_slopes = fresh_results
    return _registered(row, None, fresh_results=True)


def linear(
    function: Callable[..., Any],
    *transposes: Callable[..., Any],
    fresh_results: bool = False,
    name: str | None = None,
    replaces: Iterable[Any] | None = None,
    batch: Callable[..., Any] | None = None,
    source: str | Callable[..., Any] | None = None,
    c: str | None = None,
    sparsity: str | Callable[..., Any] | None = None,
    notation: Notation | None = None,
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
    source, c, sparsity, notation : optional
        As for `define`.

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
    _extend(row, batch, source, c, sparsity)
    row.notation = notation
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
    source: str | Callable[..., Any] | None = None,
    c: str | None = None,
    sparsity: str | Callable[..., Any] | None = None,
    notation: Notation | None = None,
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
    source : str or callable, optional
        For saved programs: the text of a function of NumPy that computes the same, or a function
        that they can import. By default `kernel`s are written with their own source, and anything
        else is refused.
    c : str, optional
        For `jit` and saved programs in C: statements that fill ``result`` with what `function`
        computes. Each array, under the name of the parameter, is a pointer to its elements in C
        order, beside its ``_size``, ``_ndim`` and ``_shape``; numbers are numbers; a tuple of
        integers, or a dataclass of such, is a pointer to ``long``, beside its ``_size``; None is a
        null pointer; ``real`` is the type of the result, and of all arrays of floats: if they
        differ, `function` is called, as it is after ``LEAVE_TO_PYTHON;``, to raise its error. By
        default `jit` calls `function`, and a program is not saved as C.
    sparsity : str or callable, optional
        For sparse derivatives: "elementwise", "dense", or a function of the arguments that returns
        for each argument in turn which of its elements each result depends on: a matrix with a row
        for each result and a column for each element in C order, of booleans or of `scipy.sparse`;
        None for all. Numbers that may differ between calls are NaN there. By default the pattern
        is that of the functions of NumPy that the derivative calls.
    notation : Notation, optional
        How it is written in pictures, text and lessons; by default by its name.

    Returns
    -------
    Primitive
        Callable with floats, arrays, Values and Tensors.

    Raises
    ------
    TypeError
        If there are both `vjps` and `variadic`, or neither.
    SourceError, OptionError
        If `source`, `c` or `sparsity` is not what it should be. A wrong shape of `batch`, C that
        computes something else, and a sparsity that lacks entries are errors when they are used.

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
    _extend(row, batch, source, c, sparsity)
    row.notation = notation
    return _registered(row, replaces, fresh_results)


def _registered(row: Primitive, replaces: Iterable[Any] | None, fresh_results: bool) -> Primitive:
    """Call a row for NumPy functions, whatever built-in rule they have or are given later."""
    row.fresh_results = fresh_results
    for function in table.replaced_by(row.function) if replaces is None else replaces:
        USER_RULES.add(function)
        DISPATCH[function] = row
    return row


def _extend(row: Primitive, batch: Any, source: Any, c: Any, sparsity: Any) -> None:
    """Give a row what the user has written beside its derivative."""
    row.batch = None if batch is None else for_all(batch, row.name)
    row.source = checked(source, row.name)
    row.in_c = None if c is None else CText(c, row.function, is_expression=False)
    row.sparsity = checked_sparsity(sparsity, row.name)
