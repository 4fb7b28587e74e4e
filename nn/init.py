"""Where parameters begin. Each function returns an array of a shape, to make a `Parameter` of.

A shape is that of a weight: (outputs, inputs), or (outputs, inputs, *kernel) of a convolution.
Random numbers come from ``generator=``, by default the one that `nn.seed` sets: here, and wherever
`nn` takes one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.module import Parameter
from nn.seeding import chosen

Shape = Sequence[int]
Generator = np.random.Generator | None

#: By how much an activation shrinks what goes through it, to be made up for by its weights.
GAINS = {
    "linear": 1.0,
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "leaky_relu": math.sqrt(2 / (1 + 0.01**2)),
    "selu": 3 / 4,
}


def fans(shape: Shape) -> tuple[int, int]:
    """Return how many numbers each output of a weight is made of, and each input goes to."""
    if len(shape) < 2:
        raise ShapeError(
            f"A weight of shape {tuple(shape)} has no inputs and outputs: at least two axes are "
            "needed. For a bias take zeros, or uniform."
        )
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def zeros(shape: Shape) -> Any:
    """Return zeros."""
    return np.zeros(shape)


def ones(shape: Shape) -> Any:
    """Return ones."""
    return np.ones(shape)


def constant(shape: Shape, number: float) -> Any:
    """Return the same number everywhere."""
    return np.full(shape, float(number))


def uniform(shape: Shape, bound: float, generator: Generator = None) -> Any:
    """Draw evenly from -bound to bound."""
    return chosen(generator).uniform(-bound, bound, shape)


def normal(shape: Shape, std: float = 1.0, generator: Generator = None) -> Any:
    """Draw from a normal distribution around zero."""
    return chosen(generator).normal(0.0, std, shape)


def xavier_uniform(shape: Shape, gain: float = 1.0, generator: Generator = None) -> Any:
    """Draw evenly, with variance gain² · 2 / (fan_in + fan_out).

    Source: Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", 2010.
    """
    return uniform(shape, math.sqrt(3) * _xavier(shape, gain), generator)


def xavier_normal(shape: Shape, gain: float = 1.0, generator: Generator = None) -> Any:
    """Draw normally, with the variance of `xavier_uniform`."""
    return normal(shape, _xavier(shape, gain), generator)


def _xavier(shape: Shape, gain: float) -> float:
    return gain * math.sqrt(2 / max(sum(fans(shape)), 1))


def kaiming_uniform(
    shape: Shape, mode: str = "fan_in", nonlinearity: str = "relu", generator: Generator = None
) -> Any:
    """Draw evenly, with variance gain² / fan.

    By `mode` "fan_in" the variance is kept going forward, by "fan_out" going backward; what
    follows, `nonlinearity`, is a key of `GAINS`. An `OptionError` says if one is not known.
    Source: He et al., "Delving deep into rectifiers", 2015.
    """
    return uniform(shape, math.sqrt(3) * _kaiming(shape, mode, nonlinearity), generator)


def kaiming_normal(
    shape: Shape, mode: str = "fan_in", nonlinearity: str = "relu", generator: Generator = None
) -> Any:
    """Draw normally, with the variance of `kaiming_uniform`."""
    return normal(shape, _kaiming(shape, mode, nonlinearity), generator)


def _kaiming(shape: Shape, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise OptionError(f'mode= is "fan_in" or "fan_out", not {mode!r}.')
    if nonlinearity not in GAINS:
        raise OptionError(f"nonlinearity= is one of {', '.join(GAINS)}, not {nonlinearity!r}.")
    fan = fans(shape)[mode == "fan_out"]
    return GAINS[nonlinearity] / math.sqrt(max(fan, 1))


def orthogonal(shape: Shape, gain: float = 1.0, generator: Generator = None) -> Any:
    """Draw a matrix whose rows, or columns if they are fewer, are orthonormal, times gain.

    Source: Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks", 2014.

    Examples
    --------
    >>> weight = orthogonal((2, 5), generator=np.random.default_rng(0))
    >>> np.round(weight @ weight.T, 12) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """
    fans(shape)  # or raise
    rows, columns = shape[0], math.prod(shape[1:])
    long = normal((max(rows, columns), min(rows, columns)), 1.0, generator)
    q, r = np.linalg.qr(long)
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)  # so that every such matrix is equally likely
    return gain * (q if rows >= columns else q.T).reshape(shape)


def truncated_normal(
    shape: Shape,
    std: float = 1.0,
    low: float = -2.0,
    high: float = 2.0,
    generator: Generator = None,
) -> Any:
    """Draw from a normal distribution around zero, anew whatever is not between low and high.

    An `OptionError` says if there is next to nothing between these limits.
    """
    if not low < high or low > 4 * std or high < -4 * std:
        raise OptionError(
            f"A normal distribution of standard deviation {std} hardly ever is between {low} "
            f"and {high}."
        )
    found = normal(shape, std, generator)
    while (outside := (found < low) | (found > high)).any():
        found[outside] = normal((int(outside.sum()),), std, generator)
    return found


def weight_and_bias(
    shape: Shape, bias: bool, generator: Generator = None
) -> tuple[Parameter, Parameter | None]:
    """Return a weight and a bias, evenly drawn up to 1 / √fan_in, as PyTorch begins with."""
    bound = 1 / math.sqrt(max(fans(shape)[0], 1))
    weight = Parameter(uniform(shape, bound, generator))
    return weight, Parameter(uniform(shape[:1], bound, generator)) if bias else None
