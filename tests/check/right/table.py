"""A row of the tables of right gradients: a function, its gradient by hand, and where to check it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Right:
    """Functions of some inputs and, after them, constant data.

    Inputs and data are numbers, lists, or functions of a random generator such as `normal(3)`;
    all are rounded to the precision of the check. `undecided` says why the checker may answer
    that it cannot tell, if that is true.
    """

    name: str
    f: Any
    gradient: Any
    at: tuple
    data: tuple = ()
    seeds: int = 1
    options: dict = field(default_factory=dict)
    undecided: str = ""

    def __str__(self):
        return self.name

    def arrange(self, dtype, seed=0):
        """Return f, the gradient and the inputs in a precision."""
        random = np.random.default_rng((seed, *self.name.encode()))
        inputs = tuple(draw(x, random, dtype) for x in self.at)
        data = tuple(draw(x, random, dtype) for x in self.data)

        def f(*inputs):
            return self.f(*inputs, *data)

        def gradient(*inputs):
            return self.gradient(*inputs, *data)

        return f, gradient, inputs


def draw(x, random, dtype):
    """Return what an entry of a row stands for."""
    if isinstance(x, dict):
        return {name: draw(item, random, dtype) for name, item in x.items()}
    if isinstance(x, Tiny):
        x = x.single if dtype == np.float32 else x.double
    x = np.asarray(x(random) if callable(x) else x)
    if np.iscomplexobj(x):
        return x.astype(np.complex64 if dtype == np.float32 else complex)[()]
    if x.dtype.kind in "iub":
        return x
    if x.ndim == 0:
        return dtype(x) if dtype == np.float32 else float(x)
    return x.astype(dtype)


@dataclass(frozen=True)
class Tiny:
    """A number or a list that must differ with the precision: one beyond the other's range."""

    double: Any
    single: Any


def normal(*shape, scale=1.0, shift=0.0):
    return lambda random: shift + scale * random.normal(size=shape)


def uniform(low, high, *shape):
    return lambda random: random.uniform(low, high, shape)


def whole(low, high, *shape):
    """Integers for indices and labels: not rounded, not differentiated."""
    return lambda random: random.integers(low, high, shape)


def mask(*shape):
    return lambda random: random.random(shape) < 0.6


def right(name, f, gradient, *at, **keywords):
    return Right(name, f, gradient, at, **keywords)


def single(x):
    """Round a number or an array to single precision."""
    if np.iscomplexobj(x):
        return np.asarray(x, np.complex64)[()]
    return np.asarray(x, np.float32)[()] if np.asarray(x).dtype.kind == "f" else x
