"""Random numbers in batched functions: an error, the same in all calls, or different ones."""

from __future__ import annotations

import contextlib
import random
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import tree
from autograd.batching.array import BatchedArray
from autograd.batching.level import Level, aligned, shape
from autograd.engine.batching import Batched, levels
from autograd.engine.node import Node
from autograd.errors import BatchError, OptionError

#: How many parameters each distribution has before ``size``.
DISTRIBUTIONS = {
    "random": 0, "standard_normal": 0, "standard_exponential": 0, "normal": 2, "uniform": 2,
    "exponential": 1, "poisson": 1, "integers": 2, "beta": 2, "binomial": 2, "chisquare": 1,
    "gamma": 2, "standard_gamma": 1, "geometric": 1, "gumbel": 2, "laplace": 2, "logistic": 2,
    "lognormal": 2, "pareto": 1, "power": 1, "rayleigh": 1, "standard_cauchy": 0, "standard_t": 1,
    "triangular": 3, "vonmises": 2, "wald": 2, "weibull": 1, "f": 2, "negative_binomial": 2,
    "noncentral_chisquare": 2, "noncentral_f": 3, "zipf": 1, "logseries": 1, "hypergeometric": 3,
}  # fmt: skip

SHARED = (
    "A function that vmap calls draws random numbers, which all calls would share. Pass a "
    'numpy.random.Generator as an argument and randomness="different", or draw the numbers before; '
    'write randomness="same" to share them.'
)

CHOICES = ("error", "same", "different")

_GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)


class BatchedGenerator:
    """A generator that draws different numbers in each call of a batch."""

    def __init__(self, generator: np.random.Generator, level: Level) -> None:
        self._generator = generator
        self._level = level

    def __getattr__(self, name: str) -> Callable[..., Any]:
        count = DISTRIBUTIONS.get(name)
        if count is None:
            raise BatchError(
                f"Generator.{name} cannot draw different numbers in each call of a batch. Draw "
                "them before, and pass them as an argument with an axis for the batch."
            )
        draw = getattr(self._generator, name)
        level = self._level

        def drawn(*arguments: Any, size: Any = None, **keywords: Any) -> Any:
            parameters = list(arguments[:count])
            if len(arguments) > count:
                size, *rest = arguments[count:]
                keywords.update(zip(("dtype",), rest, strict=False))
            if size is None:
                named = [x for x in keywords.values() if not isinstance(x, (str, type, bool))]
                size = np.broadcast_shapes(*[shape(x) for x in (*parameters, *named)])
            wanted = tuple(size) if isinstance(size, (tuple, list)) else (int(size),)
            plain = [aligned(x, level, len(wanted)) for x in parameters[:count]]
            options = {key: aligned(x, level, len(wanted)) for key, x in keywords.items()}
            options["size"] = (level.size, *wanted)
            return BatchedArray(draw(*plain, **options), level)

        return drawn


class Randomness:
    """What a batched function may do with random numbers."""

    def __init__(self, choice: str, function: Any) -> None:
        if choice not in CHOICES:
            raise OptionError(f"randomness={choice!r} must be one of {', '.join(CHOICES)}.")
        self.choice = choice
        self.function = function

    def generator(self, generator: np.random.Generator, level: Level) -> Any:
        """Return what stands for a generator among the arguments."""
        return BatchedGenerator(generator, level) if self.choice == "different" else generator

    @contextlib.contextmanager
    def watching(self, arguments: Any, keywords: Any) -> Iterator[None]:
        """Raise an error if the function draws numbers that all calls would share."""
        if self.choice == "same":
            yield
            return
        passed = [x for x in tree.flat((arguments, keywords)) if _is_generator(x)]
        known = passed if self.choice == "error" else []
        watched = [*known, *[x for x in _reachable(self.function) if x not in passed]]
        before = [_state(x) for x in watched]
        shared = _shared_state()
        yield
        if shared != _shared_state() or before != [_state(x) for x in watched]:
            raise BatchError(SHARED)


def drawn(generator: np.random.Generator) -> Any:
    """Return what stands for a generator that a module draws from; raise if that is an error."""
    found = levels()
    if not found or found[-1].randomness == "same":
        return generator
    if found[-1].randomness == "different":
        return BatchedGenerator(generator, found[-1])
    raise BatchError(SHARED)


def _is_generator(x: Any) -> bool:
    return isinstance(x, _GENERATORS)


def _state(generator: Any) -> Any:
    """Return the state of a generator, to compare."""
    if isinstance(generator, random.Random):
        return generator.getstate()
    if isinstance(generator, np.random.RandomState):
        return repr(generator.get_state(legacy=False))
    return repr(generator.bit_generator.state)


def _shared_state() -> tuple[Any, ...]:
    """Return the state of `numpy.random` and of `random` without a generator."""
    found = np.random.get_state()
    return (found[1].tobytes(), *found[2:], random.getstate())  # type: ignore[index, union-attr]


def _reachable(function: Any) -> list[Any]:
    """Return the generators that a function refers to."""
    seen: set[int] = set()
    found: list[Any] = []
    waiting = [function]
    while waiting:
        x = waiting.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        if _is_generator(x):
            found.append(x)
            continue
        waiting.extend(_referred_to(x))
    return found


def _referred_to(x: Any) -> list[Any]:
    """Return what a function, a method or an object of the user holds."""
    owner = getattr(x, "__self__", None)
    if _is_generator(owner):  # its method
        return [owner]
    code = getattr(x, "__code__", None)
    if code is not None:
        names = getattr(x, "__globals__", {})
        cells = [c.cell_contents for c in getattr(x, "__closure__", None) or () if _is_filled(c)]
        held = [] if _is_of_library(x) else [names[n] for n in code.co_names if n in names]
        return [*cells, *held, *(getattr(x, "__defaults__", None) or ())]
    if isinstance(x, tree.CONTAINERS):
        return list(tree.items(x)) if len(x) < LARGE else []
    if isinstance(x, (type, types.ModuleType, Node, Batched, np.ndarray, np.generic, np.ufunc)):
        return []
    if _is_of_library(type(x)):
        return [vars(x)[name] for name in _WRAPPED if name in getattr(x, "__dict__", {})]
    own = [*getattr(x, "__dict__", {}).values(), getattr(x, "__func__", None)]
    methods = [m for kind in type(x).__mro__[:-1] for m in vars(kind).values()]
    return [*own, *[m for m in methods if hasattr(m, "__code__") and not _is_of_library(m)]]


def _is_of_library(x: Any) -> bool:
    return str(getattr(x, "__module__", "")).split(".")[0] in _LIBRARIES


#: Packages whose functions draw no numbers, or call `drawn` if they do.
_LIBRARIES = ("autograd", "numpy", "scipy", "builtins", "functools", "types")

#: What objects of these packages call.
_WRAPPED = ("func", "function", "__wrapped__")

#: A larger container is not searched.
LARGE = 100


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - raises if it is empty
    except ValueError:
        return False
    return True
