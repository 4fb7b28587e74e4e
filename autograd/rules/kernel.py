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

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from autograd.engine import batching, tracing
from autograd.engine.batching import Batched
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.node import Node
from autograd.engine.tracing import Followed

#: `numpy.full` itself, which has another meaning while a function is traced.
_FULL = np.full

#: Self-contained functions, and whether they are elementwise.
_KERNELS: dict[Any, bool] = {}

Function = TypeVar("Function", bound=Callable[..., Any])


def self_contained(function: Function) -> Function:
    """Note that a function refers to nothing but NumPy, `math` and other such functions.

    It is a kernel in all but this: it is called by kernels only, or only with floats.
    """
    _KERNELS[function] = False
    return function


def kernel(elementwise: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that makes a function a kernel.

    Parameters
    ----------
    elementwise : bool
        Whether each element of its result depends only on the same element of each array.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        _KERNELS[function] = elementwise

        def traced(*arguments: Any, **keywords: Any) -> Any:
            if GRAD_MODE.batched and elementwise:
                found = batching.elements(call, arguments, keywords)
                if found is not None:
                    return found
            if _is_traced(arguments):
                return tracing.tracer().emit(function, arguments, keywords)
            return function(*arguments, **keywords)

        call = functools.wraps(function)(_unless_tracing(function, traced))
        return call

    return decorate


def _unless_tracing(function: Callable[..., Any], traced: Callable[..., Any]) -> Any:
    """Return a function that calls one of these two.

    With the parameters of the first, a call takes a third of what ``*arguments`` costs.
    """
    code = function.__code__
    given = ", ".join(code.co_varnames[: code.co_argcount])
    if function.__defaults__ or code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        given = "*arguments, **keywords"
    source = f"lambda {given}: _traced({given}) if _mode.tracing or _mode.batched else _function({given})"
    names = {"_mode": GRAD_MODE, "_traced": traced, "_function": function}
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


def is_elementwise(function: Any) -> bool:
    """Return whether a function is a kernel, and each element of its result stands for itself."""
    return is_kernel(function) and _KERNELS[function]


def any_holds(mask: Any) -> bool:
    """Return whether a mask holds anywhere; True for an array that is traced."""
    if isinstance(mask, Batched):
        return any_holds(mask.array)
    is_traced = isinstance(mask, Followed) and isinstance(mask, np.ndarray)
    return is_traced or bool(np.any(mask))


def followed_with(array: Any, others: Any) -> Any:
    """Return an array, traced if some others are: NumPy asks only some arguments of a call."""
    if GRAD_MODE.tracing == 0 or type(array) is not np.ndarray or not tracing.any_followed(others):
        return array
    return tracing.tracer().constant(array)


def taken(array: Any, index: Any) -> Any:
    """Return ``array[index]``, also if only the index is traced or batched."""
    if GRAD_MODE.batched and batching.any_batched((index,)):
        array = batching.holding(array, index, 0)
    return followed_with(array, (index,))[index]


def full_of(shape: Any, x: Any) -> Any:
    """Return a new array that repeats numbers, as an instruction even if these are constants."""
    number = float(x) if type(x) is np.float64 else x  # easier to read
    return tracing.tracer().emit(_FULL, (shape, number), {})


def zeros(shape: Any, dtype: Any, *followed: Any) -> Any:
    """Return zeros into which these arrays, if they are traced, can be written."""
    if GRAD_MODE.batched and batching.any_batched(followed):
        return batching.zeros(shape, dtype, followed)
    if GRAD_MODE.tracing != 0 and tracing.any_followed(followed):
        kind = np.dtype(dtype)
        kind = kind.type if np.dtype(kind.type) == kind else kind  # easier to read
        return tracing.tracer().emit(np.zeros, (shape, kind), {})
    return np.zeros(shape, dtype)
