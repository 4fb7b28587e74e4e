"""Kernels: plain NumPy functions that a program calls, instead of looking inside.

A rule may choose a formula by its data: a faster one where no element needs care. While a function
is traced, such a branch would hold for one call only. So it is written as a kernel: a function that
takes arrays and returns arrays, changes none of its arguments, and refers to nothing but NumPy,
SciPy, `math` and other kernels. A program records its call as one instruction, and a saved program
contains its source.

Kernels are also called with nodes, for higher derivatives. Then they run as any other function: each
of their steps makes a node.
"""

from __future__ import annotations

import contextlib
import enum
import functools
import inspect
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

import numpy as np

from autograd.engine import batching, tracing
from autograd.engine.batching import Batched
from autograd.engine.foreign import index_beside, is_foreign, like
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.node import Node
from autograd.engine.tiles import in_tiles
from autograd.engine.tracing import Followed
from autograd.rules.in_c import CText

#: `numpy.full` itself, which has another meaning while a function is traced.
_FULL = np.full


class Kind(enum.Enum):
    """What is known of a kernel: whether it is elementwise, and whether it is faster in tiles."""

    ANY = enum.auto()
    ELEMENTWISE = enum.auto()
    TILED = enum.auto()


#: Self-contained functions, and what is known of them.
_KERNELS: dict[Any, Kind] = {}

#: What kernels compute, in C.
_IN_C: dict[Any, CText] = {}

#: Whether the steps of a kernel are recorded in place of its call.
_OPENED: ContextVar[Callable[[Any], bool]] = ContextVar("opened", default=lambda function: False)

Function = TypeVar("Function", bound=Callable[..., Any])


def self_contained(function: Function) -> Function:
    """Note that a function refers to nothing but NumPy, `math` and other such functions.

    It is a kernel in all but this: it is called by kernels only, or only with floats.
    """
    _KERNELS[function] = Kind.ANY
    return function


@self_contained
def holds(condition: Any) -> bool:
    """Return whether a condition holds anywhere: the one number that a guard reads from a device.

    Parameters
    ----------
    condition : array_like of bool
        Of any shape.

    Returns
    -------
    bool

    Examples
    --------
    >>> holds(np.ones(3) > 1)
    False
    """
    found = np.any(condition)
    return bool(found.item() if hasattr(found, "item") else found)


@self_contained
def extreme(function: Any, x: Any, axis: Any = -1, otherwise: float = 0.0) -> Any:
    """Return the largest or smallest numbers along axes, or `otherwise` of no numbers.

    CuPy's functions have no ``initial=``.
    """
    axes = axis if isinstance(axis, tuple) else range(np.ndim(x)) if axis is None else (axis,)
    if 0 in [np.shape(x)[k] for k in axes]:
        return np.sum(x, axis=axis) + otherwise
    return function(x, axis=axis)


def kernel(
    elementwise: bool = False, tiled: bool = False, c: str | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator for functions that `jit` and `trace` call without looking inside.

    Such a kernel may choose a formula by its data, and work in place and in parts. It takes arrays
    and returns new arrays, changes none of its arguments, and refers to nothing but NumPy, SciPy,
    `math` and other kernels, so that a saved program can contain its source. It has no derivative
    of its own: use it inside `elementwise`, `linear` or `define`.

    Parameters
    ----------
    elementwise : bool
        Whether each element of its result depends only on the same element of each array.
    tiled : bool
        Whether an elementwise function takes many steps. It is then called with parts of large
        arrays, so that the results of its steps stay in the cache.
    c : str, optional
        For `jit` and saved programs in C: what the function computes, as for `define`, or for an
        elementwise one as for `elementwise`. If it returns a tuple of arrays and None, the
        statements fill ``result_0``, ``result_1`` and so on; None is a null pointer.

    Raises
    ------
    SourceError
        If `c` is not what it should be.

    Examples
    --------
    >>> import autograd
    >>> @autograd.kernel(elementwise=True)
    ... def clipped(x):
    ...     return x.copy() if np.max(x, initial=0.0) <= 1 else np.minimum(x, 1.0)
    >>> clip = autograd.elementwise(clipped, None, lambda y, x: x < 1)
    >>> autograd.jit(autograd.elementwise_grad(clip))(np.array([0.5, 2.0]))
    array([1., 0.])
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        _KERNELS[function] = Kind.TILED if tiled else Kind.ELEMENTWISE if elementwise else Kind.ANY
        if c is not None:
            _IN_C[function] = CText(c, function, is_expression=elementwise or tiled)
        direct = functools.partial(_in_tiles, function) if tiled else function

        def traced(*arguments: Any, **keywords: Any) -> Any:
            if GRAD_MODE.batched and elementwise:
                found = batching.elements(call, arguments, keywords)
                if found is not None:
                    return found
            if _is_traced(arguments) and not _OPENED.get()(function):
                return tracing.tracer().emit(function, arguments, keywords)
            return direct(*arguments, **keywords)

        call = functools.wraps(function)(_unless_tracing(function, direct, traced))
        return call

    return decorate


def _in_tiles(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    return function(*arguments, **keywords) if keywords else in_tiles(function, arguments)


def _unless_tracing(
    function: Callable[..., Any], direct: Callable[..., Any], traced: Callable[..., Any]
) -> Any:
    """Return a function with the parameters of the first that calls one of the others.

    A call takes a third of what ``*arguments`` costs.
    """
    code = function.__code__
    given = ", ".join(code.co_varnames[: code.co_argcount])
    if function.__defaults__ or code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        given = "*arguments, **keywords"
    source = f"lambda {given}: _traced({given}) if _mode.tracing or _mode.batched else _function({given})"
    names = {"_mode": GRAD_MODE, "_traced": traced, "_function": direct}
    return eval(compile(source, __file__, "eval"), names)  # this file: it is not the user's code


def _is_traced(arguments: Any) -> bool:
    """Return whether some arguments are traced, and none is a node."""
    if any(isinstance(x, Node) for x in arguments):
        return False
    return tracing.any_followed(arguments) and tracing.tracer() is not None


def is_kernel(function: Any) -> bool:
    """Return whether a function is self-contained: its source alone says what it computes."""
    try:
        return function in _KERNELS
    except TypeError:
        return False


@contextlib.contextmanager
def looking_inside(opens: Callable[[Any], bool]) -> Iterator[None]:
    """While a function is traced, record the steps of some kernels: those that `opens` chooses."""
    before = _OPENED.set(opens)
    try:
        yield
    finally:
        _OPENED.reset(before)


def recorded_as(function: Any) -> Any:
    """Return what a program calls for a function: for a kernel the function that was decorated."""
    inside = getattr(function, "__wrapped__", None)
    return inside if is_kernel(inside) else function


def in_c_of(function: Any) -> CText | None:
    """Return what a kernel computes, in C; None if it has none, or is no kernel."""
    try:
        return _IN_C.get(function)
    except TypeError:
        return None


def is_elementwise(function: Any) -> bool:
    """Return whether a function is a kernel, and each element of its result stands for itself."""
    return is_kernel(function) and _KERNELS[function] is not Kind.ANY


def is_tiled(function: Any) -> bool:
    """Return whether a function is an elementwise kernel that is faster in tiles."""
    return is_kernel(function) and _KERNELS[function] is Kind.TILED


def any_holds(mask: Any) -> bool:
    """Return whether a mask holds anywhere; True, without looking, if it is traced or foreign."""
    if isinstance(mask, Batched):
        return any_holds(mask.array)
    is_traced = isinstance(mask, Followed) and isinstance(mask, np.ndarray)
    return is_traced or is_foreign(mask) or bool(np.any(mask))


@self_contained
def may_hold(mask: Any) -> bool:
    """Return whether a mask holds anywhere; True, without looking, if it is not one of NumPy's."""
    is_numpys = issubclass(mask.__class__, (bool, np.ndarray, np.generic))  # also if it is traced
    return not is_numpys or bool(np.any(mask))


def followed_with(array: Any, others: Any) -> Any:
    """Return an array, traced if some others are: NumPy asks only some arguments of a call."""
    if GRAD_MODE.tracing == 0 or type(array) is not np.ndarray or array.dtype.hasobject:
        return array
    if not tracing.any_followed(others):
        return array
    return tracing.tracer().constant(array)


def taken(array: Any, index: Any) -> Any:
    """Return ``array[index]``, also if only the index is traced or batched, or if it is NumPy's."""
    index = index_beside(index, array)
    if GRAD_MODE.batched and batching.any_batched((index,)):
        array = batching.holding(array, index, 0)
    return followed_with(array, (index,))[index]


def full_of(shape: Any, x: Any) -> Any:
    """Return a new array that repeats numbers, as an instruction even if these are constants."""
    number = float(x) if type(x) is np.float64 else x  # easier to read
    return tracing.tracer().emit(_FULL, (shape, number), {})


def zeros(shape: Any, dtype: Any, *followed: Any) -> Any:
    """Return zeros into which these arrays, if they are traced or foreign, can be written."""
    if GRAD_MODE.batched and batching.any_batched(followed):
        return batching.zeros(shape, dtype, followed)
    if GRAD_MODE.tracing != 0 and tracing.any_followed(followed):
        kind = np.dtype(dtype)
        kind = kind.type if np.dtype(kind.type) == kind else kind  # easier to read
        return tracing.tracer().emit(np.zeros, (shape, kind), {})
    return np.zeros(shape, dtype=dtype, like=like(*followed))
