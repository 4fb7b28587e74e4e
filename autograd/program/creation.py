"""Functions that NumPy and Python do not dispatch, while a function is traced.

``np.asarray(x)``, ``math.sin(x)`` and ``float(x)`` convert any object in C, where nothing can be
recorded; ``np.zeros(3)`` makes an array to which a function may assign what depends on its inputs.
So while a function is traced, the names `np`, `math`, `float` ... in its module refer to something
that records these calls. Also, while any thread traces a function, `numpy.asarray` and the like
are functions for all code that record their calls in that thread, where something is followed.
"""

from __future__ import annotations

import builtins
import cmath
import functools
import math
import operator
import sys
import threading
import time
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.batching.shapes import in_order
from autograd.engine import Tensor, dispatch, registry, tracing
from autograd.engine.batching import Batched
from autograd.engine.callers import gives_way
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.node import Node
from autograd.engine.objects import by_itself
from autograd.engine.tracing import Followed
from autograd.errors import ImpureFunctionError
from autograd.program.hosts import is_on_device
from autograd.program.traced import Traced, TracedArray, TracedNumber

#: Convert what they are called with.
CONVERTING = (
    "array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "asarray_chkfinite",
    "require",
)  # fmt: skip
#: Return the array that they are called with, if nothing else is given.
_KEEPING = ("asarray", "asanyarray")
#: Order the elements in memory.
_ORDERS = {"ascontiguousarray": "C", "asfortranarray": "F"}
#: Make arrays of a shape, their first argument.
FILLING = ("zeros", "empty", "ones", "full")
#: Functions of the module `time` that say what time it is.
CLOCKS = (
    "time", "time_ns", "perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns",
    "process_time", "process_time_ns", "thread_time", "thread_time_ns",
)  # fmt: skip
#: Make arrays whose shape depends on their arguments.
RANGES = ("arange", "eye", "identity", "tri")
#: Make arrays between numbers.
BETWEEN = ("linspace", "logspace", "geomspace")
#: Make arrays like others; NumPy dispatches them if the others are followed.
LIKE = ("zeros_like", "empty_like", "ones_like", "full_like", "copy")
_FULL = np.full
_LOCK = threading.Lock()
_TRACES = [0]


def _followed_only(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that records its calls where something is followed."""
    keeps = function.__name__ in _KEEPING

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        if (
            registry.YIELDING
            and gives_way(sys._getframe(1))
            and (any_of(Node, arguments) or any_of(Batched, arguments))
        ):
            return by_itself(arguments[0])
        if GRAD_MODE.batched and any_of(Batched, arguments):
            if is_scipy(sys._getframe(1)):  # its error makes vmap loop
                return function(*arguments, **keywords)
            return of_batch(function, *arguments, **keywords)
        tracer = tracing.tracer()
        if tracer is None:
            return function(*arguments, **keywords)
        if keeps and len(arguments) == 1 and not keywords and type(arguments[0]) is TracedArray:
            return arguments[0]
        arguments = _of_numbers(arguments)
        if not (any_of(Followed, arguments) or any_of(Followed, keywords.values())):
            return function(*arguments, **keywords)
        if is_scipy(sys._getframe(1)):
            return function(*arguments, **keywords)  # compiled code is going to use the result
        return recorded(tracer, function, arguments, keywords)

    return call


def is_scipy(frame: types.FrameType) -> bool:
    """Return whether this is code of SciPy."""
    return str(frame.f_globals.get("__name__", "")).startswith("scipy.")


def of_batch(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Return the array that a function makes of batched arrays."""
    if function is _FULL:
        shape, fill, *rest = arguments
        like: Any = np.full_like
        return like(fill, fill, *rest, shape=shape, **keywords)
    x, *rest = arguments
    options = {**dict(zip(("dtype",), rest, strict=False)), **keywords}
    dtype, copy = options.pop("dtype", None), options.pop("copy", function.__name__ == "array")
    order = _ORDERS.get(function.__name__, options.pop("order", "K"))
    options = {key: item for key, item in options.items() if key not in ("order", "like")}
    if options or len(rest) > 1:
        return function(*arguments, **keywords)  # raises an error that says what to write
    if isinstance(x, (list, tuple)):
        parts = [of_batch(function, p) if any_of(Batched, (p,)) else np.asarray(p) for p in x]
        x = np.stack(parts)
    elif copy:
        x = x.copy()
    x = x if dtype is None else x.astype(dtype, copy=False)
    if function.__name__ in _ORDERS:
        x = np.atleast_1d(x)
    return x if order not in _ORDERS.values() else in_order(x, order)


def _of_numbers(arguments: Any) -> Any:
    """Replace a constant Tensor by its numbers: it has no derivative that an array could lose."""
    x = arguments[0] if arguments else None
    if not isinstance(x, Tensor) or not x._is_constant():
        return arguments
    return (dispatch.plain(x).copy("K"), *arguments[1:])


def _array_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that records all its calls."""
    like = function.__name__ in LIKE

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        tracer = tracing.tracer()
        if tracer is not None and not like:
            arguments = _of_numbers(arguments)
        if tracer is None or any_of(Node, arguments) or any_of(Node, keywords.values()):
            return function(*arguments, **keywords)
        if like and type(arguments[0] if arguments else None) is not np.ndarray:
            return function(*arguments, **keywords)  # NumPy dispatches it
        return recorded(tracer, function, arguments, keywords)

    return call


def recorded(tracer: Any, function: Any, arguments: Any, keywords: Any) -> Any:
    """Record a call that makes an array."""
    name = function.__name__
    alone = name in _KEEPING and len(arguments) == 1 and not keywords
    if alone and isinstance(arguments[0], (TracedArray, np.ndarray)):
        return arguments[0]
    found = tracer.emit(function, arguments, keywords)
    sizes = (*arguments, *keywords.values()) if name in RANGES else arguments[:1]
    if name in (*RANGES, *FILLING) and any_of(Followed, (sizes, keywords.get("shape"))):
        tracer.guard_shapes(found)
    return found


def _number_function(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        tracer = tracing.tracer()
        if tracer is None or not any_of(Followed, arguments):
            return function(*arguments, **keywords)
        return tracer.emit(function, arguments, keywords)

    return call


def any_of(kind: type, items: Any) -> bool:
    """Return whether something in nested tuples and lists is of a kind."""
    for item in items:
        if isinstance(item, kind):
            return True
        if isinstance(item, (tuple, list)) and any_of(kind, item):
            return True
    return False


class _FloatType(type):
    """The type of what stands for `float`: the same, but a followed number stays followed."""

    def __call__(cls, *arguments: Any) -> Any:
        tracer = tracing.tracer()
        if tracer is None or not (arguments and isinstance(arguments[0], Followed)):
            return float(*arguments)
        return tracer.emit(float, arguments, {})

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(tracing.concrete(x), float)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, float)

    def __eq__(cls, other: object) -> bool:
        return other is float or other is cls

    def __hash__(cls) -> int:
        return hash(float)

    def __repr__(cls) -> str:
        return repr(float)


class _Float(float, metaclass=_FloatType):
    """Stands for `float`; NumPy takes it for the same type."""


_Float.__name__ = _Float.__qualname__ = "float"


class _TypeType(type):
    """The type of what stands for `type`: a followed number has the type of its value."""

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        if len(arguments) == 1 and isinstance(arguments[0], Traced):
            kind = type(arguments[0]._value)
        else:
            kind = type(*arguments, **keywords)
        if kind is float:
            return _Float
        return _Type if kind in (type, _FloatType, _TypeType) else kind

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(tracing.concrete(x), type)

    def __eq__(cls, other: object) -> bool:
        return other is type or other is cls

    def __hash__(cls) -> int:
        return hash(type)

    def __repr__(cls) -> str:
        return repr(type)


class _Type(type, metaclass=_TypeType):
    """Stands for `type`."""


def _clock(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call() -> Any:
        tracer = tracing.tracer()
        if tracer is None:
            return function()
        return tracer.refuse(
            f"A function that is traced reads a clock, time.{function.__name__}. Read it outside, "
            "and pass it as an argument.",
            ImpureFunctionError,
        )

    return call


def _isinstance(x: Any, kind: Any, /) -> bool:
    """Stand for `isinstance`: a followed number is what it represents."""
    return isinstance(x._value if isinstance(x, TracedNumber) else x, kind)


def _extreme(function: Any, is_better: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Return what stands for `max` or `min`: it records choices between floats, without guards."""

    @functools.wraps(function)
    def extreme(*arguments: Any, **keywords: Any) -> Any:
        if keywords or not arguments or tracing.tracer() is None:
            return function(*arguments, **keywords)
        items = [*arguments[0]] if len(arguments) == 1 else arguments
        kinds = {type(x._value if isinstance(x, TracedNumber) else x) for x in items}
        if kinds != {float} or not tracing.any_followed(tuple(items)):
            return function(items)
        best = items[0]
        for x in items[1:]:
            best = tracing.here().choice(is_better(x, best), x, best)
        return best

    return extreme


def _isscalar(element: Any) -> bool:
    """Stand for `numpy.isscalar`."""
    return isinstance(element, TracedNumber) or _numpy_isscalar(element)


_numpy_isscalar = np.isscalar


#: What stands for Python's own names in the modules of traced functions.
BUILTINS: dict[str, Any] = {
    "float": _Float,
    "type": _Type,
    "isinstance": _isinstance,
    "max": _extreme(max, operator.gt),
    "min": _extreme(min, operator.lt),
}

#: What stands for a function or a type that a variable holds, by its identity: in `kind is float`
#: both are the same.
STANDING_FOR: dict[int, Any] = {
    **{id(getattr(builtins, name)): found for name, found in BUILTINS.items()},
    id(np.isscalar): _isscalar,
    **{id(getattr(time, name)): _clock(getattr(time, name)) for name in CLOCKS},
    **{
        id(getattr(np, name)): _array_function(getattr(np, name))
        for name in (*CONVERTING, *FILLING, *RANGES, *BETWEEN, *LIKE)
    },
    **{
        id(function): _number_function(function)
        for module in (math, cmath)
        for name, function in vars(module).items()
        if callable(function) and not name.startswith("_")
    },
}

#: Name, the function itself, and what stands for it in all code.
_REPLACED = [
    (name, getattr(np, name), _followed_only(getattr(np, name))) for name in (*CONVERTING, "full")
]
STANDING_FOR.update({id(other): STANDING_FOR[id(function)] for _, function, other in _REPLACED})


#: Functions and types, by the identity of what stands for them.
_ORIGINALS: dict[int, Any] = {
    **{id(found): getattr(builtins, name) for name, found in BUILTINS.items()},
    **{
        id(STANDING_FOR[id(function)]): function
        for module in (math, cmath, time, np)
        for function in vars(module).values()
        if id(function) in STANDING_FOR
    },
}


def standing_for(x: Any) -> Any:
    """Return what stands for a function or a type while a function is traced."""
    return STANDING_FOR.get(id(x), x)


def original(x: Any) -> Any:
    """Return what something stands for; anything else unchanged."""
    return _ORIGINALS.get(id(x), x)


class StandIn(types.ModuleType):
    """Stands for a module; functions that make arrays or take numbers record their calls."""

    def __init__(self, module: types.ModuleType) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__["_module"] = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.__dict__["_module"], name)
        return STANDING_FOR.get(id(found), found)

    def __setattr__(self, name: str, item: Any) -> None:
        setattr(self.__dict__["_module"], name, item)

    def __dir__(self) -> list[str]:
        return dir(self.__dict__["_module"])


def stand_in(x: Any, represent: Callable[[Any], Any]) -> Any:
    """Return what stands for an array, a function or a module while a function is traced."""
    if isinstance(x, types.ModuleType):
        return StandIn(x)
    if isinstance(x, tuple):
        parts = [stand_in(item, represent) if has_stand_in(item) else item for item in x]
        return tuple.__new__(type(x), parts)
    found = STANDING_FOR.get(id(x))
    return represent(x) if found is None else found


def has_stand_in(x: Any) -> bool:
    """Return whether something stands for this object while a function is traced."""
    if isinstance(x, types.ModuleType):
        return x in (np, math, cmath, time) or x.__name__ == "autograd.numpy"
    if isinstance(x, tuple):
        return any(has_stand_in(item) for item in x)
    return is_array(x) or id(x) in STANDING_FOR


def is_array(x: Any) -> bool:
    """Return whether this is an array that something followed can stand for."""
    return type(x) is np.ndarray or is_on_device(x)


def begin() -> None:
    """Replace the functions, if no other thread has."""
    with _LOCK:
        _TRACES[0] += 1
        if _TRACES[0] == 1:
            for name, _, other in _REPLACED:
                setattr(np, name, other)


def end() -> None:
    """Put the original functions back, if no other thread needs the others."""
    with _LOCK:
        _TRACES[0] -= 1
        if _TRACES[0] == 0:
            for name, function, _ in _REPLACED:
                setattr(np, name, function)
