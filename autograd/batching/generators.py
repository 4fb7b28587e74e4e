"""`BatchedGenerator`: draws different numbers in each call of a batch."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.batching.array import batched
from autograd.batching.level import Level, aligned, is_in, shape
from autograd.batching.loops import looped
from autograd.batching.operators import refuse_write
from autograd.errors import BatchError

#: How many parameters each distribution has before ``size``.
DISTRIBUTIONS = {
    "random": 0, "standard_normal": 0, "standard_exponential": 0, "normal": 2, "uniform": 2,
    "exponential": 1, "poisson": 1, "integers": 2, "beta": 2, "binomial": 2, "chisquare": 1,
    "gamma": 2, "standard_gamma": 1, "geometric": 1, "gumbel": 2, "laplace": 2, "logistic": 2,
    "lognormal": 2, "pareto": 1, "power": 1, "rayleigh": 1, "standard_cauchy": 0, "standard_t": 1,
    "triangular": 3, "vonmises": 2, "wald": 2, "weibull": 1, "f": 2, "negative_binomial": 2,
    "noncentral_chisquare": 2, "noncentral_f": 3, "zipf": 1, "logseries": 1, "hypergeometric": 3,
}  # fmt: skip

#: The parameters after ``size``, where they are not these.
_AFTER_SIZE = {
    "standard_exponential": ("dtype", "method", "out"), "integers": ("dtype", "endpoint"),
}  # fmt: skip
_USUALLY_AFTER_SIZE = ("dtype", "out")

#: Methods that draw anything else; they are called for each entry.
OTHERS = frozenset(
    (
        "choice", "permutation", "permuted", "shuffle", "multinomial", "multivariate_normal",
        "dirichlet", "multivariate_hypergeometric",
        # of numpy.random.RandomState
        "rand", "randn", "randint", "random_sample", "tomaxint", "random_integers",
        # of random.Random
        "randrange", "choices", "sample", "gauss", "normalvariate", "lognormvariate",
        "expovariate", "betavariate", "gammavariate", "paretovariate", "weibullvariate",
        "vonmisesvariate", "binomialvariate", "getrandbits",
    )
)  # fmt: skip

#: What may stand among the arguments of a function that draws random numbers.
GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)


class BatchedGenerator:
    """A generator that draws different numbers in each call of a batch.

    `isinstance` takes it for a generator of the same kind.
    """

    def __init__(self, generator: Any, level: Level) -> None:
        self._generator = generator
        self._level = level

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return self._generator.__class__

    def unbatched(self) -> Any:
        """Return the generator from which the numbers come."""
        found = self._generator
        return found.unbatched() if type(found) is BatchedGenerator else found

    def __reduce__(self) -> Any:
        raise BatchError(
            "A generator that draws different numbers in each call of a batch cannot be copied: "
            "the copy would draw the same numbers again. Pass two generators."
        )

    def __getattr__(self, name: str) -> Callable[..., Any]:
        draw = getattr(self._generator, name)  # raises the error for an unknown name
        of_numpy = self.__class__ is not random.Random
        if of_numpy and name in DISTRIBUTIONS:
            return self._in_lanes(name, draw)
        if name in OTHERS or name in DISTRIBUTIONS:
            return self._in_a_loop(name, draw)
        raise BatchError(
            f"{self.__class__.__name__}.{name} of a generator that draws different numbers in each "
            "call of a batch: draw or seed before, and pass the numbers, or a seed, as an argument "
            "with an axis for the batch."
        )

    def _in_lanes(self, name: str, draw: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method that draws for all calls at once."""
        count, level = DISTRIBUTIONS[name], self._level

        def drawn(*arguments: Any, size: Any = None, out: Any = None, **keywords: Any) -> Any:
            parameters = list(arguments[:count])
            if len(arguments) > count:
                size, *rest = arguments[count:]
                names = _AFTER_SIZE.get(name, _USUALLY_AFTER_SIZE)
                keywords.update(zip(names, rest, strict=False))
                out = keywords.pop("out", out)
            if out is not None and not is_in(out, level):
                refuse_write(out)
            if size is None:
                named = [x for x in (*keywords.values(), out) if x is not None]
                named = [x for x in named if not isinstance(x, (str, type, bool))]
                size = np.broadcast_shapes(*[shape(x) for x in (*parameters, *named)])
            wanted = tuple(size) if isinstance(size, (tuple, list)) else (int(size),)
            plain = [aligned(x, level, len(wanted)) for x in parameters]
            options = {key: aligned(x, level, len(wanted)) for key, x in keywords.items()}
            options["size"] = (level.size, *wanted)
            if out is not None:
                draw(*plain, **options, out=out.array)
                return out
            return batched(draw(*plain, **options), level)

        return drawn

    def _in_a_loop(self, name: str, draw: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method that draws for one call after the other."""
        level = self._level

        def drawn(*arguments: Any, **keywords: Any) -> Any:
            if name == "shuffle" and not is_in(arguments[0], level):
                refuse_write(arguments[0])
            return looped(draw, level, arguments, keywords)

        return drawn
