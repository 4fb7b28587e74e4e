"""Initial values of parameters. Each function returns an array, to be made a `Parameter`.

The shape of a weight is (outputs, inputs), or (outputs, inputs, *kernel) for a convolution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.parameter import Parameter
from nn.seeding import chosen

Shape = Sequence[int]
Generator = np.random.Generator | None

#: For each activation the factor for the weights that keeps the variance of its input.
GAINS = {
    "linear": 1.0,
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "leaky_relu": math.sqrt(2 / (1 + 0.01**2)),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor for weights that keeps the variance of an activation's input.

    Parameters
    ----------
    nonlinearity : str
        The activation, a key of `GAINS`; "linear" also stands for convolutions.
    param : float, optional
        For "leaky_relu" its negative slope.

    Raises
    ------
    OptionError
        If the activation is unknown.

    Examples
    --------
    >>> calculate_gain("tanh")
    1.6666666666666667
    """
    name = "linear" if nonlinearity.startswith("conv") else nonlinearity
    if name not in GAINS:
        raise OptionError(f"nonlinearity= must be one of {', '.join(GAINS)}, not {nonlinearity!r}.")
    if name == "leaky_relu" and param is not None:
        return math.sqrt(2 / (1 + param * param))
    return GAINS[name]


def fans(shape: Shape) -> tuple[int, int]:
    """Return the number of inputs of each output of a weight, and of outputs of each input.

    Parameters
    ----------
    shape : sequence of int
        The shape of the weight.

    Raises
    ------
    ShapeError
        If there are fewer than two axes.

    Examples
    --------
    >>> fans((8, 3, 5, 5))
    (75, 200)
    """
    if len(shape) < 2:
        raise ShapeError(
            f"A weight of shape {tuple(shape)} has no inputs and outputs; it needs at least two "
            "axes. For a bias use zeros or uniform."
        )
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def zeros(shape: Shape) -> Any:
    """Return zeros.

    Parameters
    ----------
    shape : sequence of int
        The shape of the array.

    Examples
    --------
    >>> zeros((2,))
    array([0., 0.])
    """
    return np.zeros(shape)


def ones(shape: Shape) -> Any:
    """Return ones.

    Parameters
    ----------
    shape : sequence of int
        The shape of the array.

    Examples
    --------
    >>> ones((2,))
    array([1., 1.])
    """
    return np.ones(shape)


def constant(shape: Shape, number: float) -> Any:
    """Return an array filled with one number.

    Parameters
    ----------
    shape : sequence of int
        The shape of the array.
    number : float
        The number.

    Examples
    --------
    >>> constant((2,), 0.5)
    array([0.5, 0.5])
    """
    return np.full(shape, float(number))


def uniform(shape: Shape, bound: float, generator: Generator = None) -> Any:
    """Draw from the uniform distribution from -bound to bound.

    Parameters
    ----------
    shape : sequence of int
        The shape of the array.
    bound : float
        The largest magnitude.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> bool((np.abs(uniform((100,), 0.5)) <= 0.5).all())
    True
    """
    return chosen(generator).uniform(-bound, bound, shape)


def normal(shape: Shape, std: float = 1.0, generator: Generator = None) -> Any:
    """Draw from the normal distribution with mean 0.

    Parameters
    ----------
    shape : sequence of int
        The shape of the array.
    std : float
        The standard deviation.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> normal((2, 3), 0.1).shape
    (2, 3)
    """
    return chosen(generator).normal(0.0, std, shape)


def xavier_uniform(shape: Shape, gain: float = 1.0, generator: Generator = None) -> Any:
    """Draw from a uniform distribution with variance gain² · 2 / (fan_in + fan_out).

    Source: Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", 2010.

    Parameters
    ----------
    shape : sequence of int
        The shape of the weight, with at least two axes.
    gain : float
        The factor for the activation; see `GAINS`.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> bool(np.abs(xavier_uniform((2, 4))).max() <= 1.0)
    True
    """
    return uniform(shape, math.sqrt(3) * _xavier(shape, gain), generator)


def xavier_normal(shape: Shape, gain: float = 1.0, generator: Generator = None) -> Any:
    """Draw from a normal distribution with variance gain² · 2 / (fan_in + fan_out).

    Source: as for `xavier_uniform`.

    Parameters
    ----------
    shape : sequence of int
        The shape of the weight, with at least two axes.
    gain : float
        The factor for the activation; see `GAINS`.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> xavier_normal((2, 4), GAINS["tanh"]).shape
    (2, 4)
    """
    return normal(shape, _xavier(shape, gain), generator)


def _xavier(shape: Shape, gain: float) -> float:
    return gain * math.sqrt(2 / max(sum(fans(shape)), 1))


def kaiming_uniform(
    shape: Shape, mode: str = "fan_in", nonlinearity: str = "relu", generator: Generator = None
) -> Any:
    """Draw from a uniform distribution with variance gain² / fan.

    Source: He et al., "Delving deep into rectifiers", 2015.

    Parameters
    ----------
    shape : sequence of int
        The shape of the weight, with at least two axes.
    mode : {"fan_in", "fan_out"}
        "fan_in" keeps the variance in the forward pass, "fan_out" in the backward pass.
    nonlinearity : str
        The activation that follows, a key of `GAINS`.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If `mode` or `nonlinearity` is unknown.

    Examples
    --------
    >>> bool(np.abs(kaiming_uniform((2, 6))).max() <= 1.0)
    True
    """
    return uniform(shape, math.sqrt(3) * kaiming_std(shape, mode, nonlinearity), generator)


def kaiming_normal(
    shape: Shape, mode: str = "fan_in", nonlinearity: str = "relu", generator: Generator = None
) -> Any:
    """Draw from a normal distribution with variance gain² / fan.

    Source: as for `kaiming_uniform`.

    Parameters
    ----------
    shape : sequence of int
        The shape of the weight, with at least two axes.
    mode : {"fan_in", "fan_out"}
        "fan_in" keeps the variance in the forward pass, "fan_out" in the backward pass.
    nonlinearity : str
        The activation that follows, a key of `GAINS`.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If `mode` or `nonlinearity` is unknown.

    Examples
    --------
    >>> kaiming_normal((8, 3, 5, 5), mode="fan_out").shape
    (8, 3, 5, 5)
    """
    return normal(shape, kaiming_std(shape, mode, nonlinearity), generator)


def kaiming_std(shape: Shape, mode: str, nonlinearity: str) -> float:
    """Return the standard deviation of `kaiming_normal`."""
    if mode not in ("fan_in", "fan_out"):
        raise OptionError(f'mode= must be "fan_in" or "fan_out", not {mode!r}.')
    fan = fans(shape)[mode == "fan_out"]
    return calculate_gain(nonlinearity) / math.sqrt(max(fan, 1))


def orthogonal(shape: Shape, gain: float = 1.0, generator: Generator = None) -> Any:
    """Draw a matrix with orthonormal rows, or columns if they are fewer, times gain.

    Source: Saxe, McClelland & Ganguli, "Exact solutions to the nonlinear dynamics of learning in
    deep linear neural networks", 2014.

    Parameters
    ----------
    shape : sequence of int
        The shape of the weight, with at least two axes.
        The axes from the second on count as columns.
    gain : float
        The factor for the activation; see `GAINS`.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> weight = orthogonal((2, 5), generator=np.random.default_rng(0))
    >>> np.round(weight @ weight.T, 12) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """
    fans(shape)  # raises if there are fewer than two axes
    rows, columns = shape[0], math.prod(shape[1:])
    drawn = normal((rows, columns), 1.0, generator)
    q, r = np.linalg.qr(drawn if rows >= columns else drawn.T)
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)  # makes the distribution uniform
    return gain * (q if rows >= columns else q.T).reshape(shape)


def dirac(shape: Shape, groups: int = 1) -> Any:
    """Return the weight of a convolution that returns its input, as far as there are channels.

    Parameters
    ----------
    shape : sequence of int
        The shape of the weight: (outputs, inputs, *kernel).
    groups : int
        The number of groups of outputs, each of which returns all inputs.

    Raises
    ------
    ShapeError
        If it is no weight of a convolution, or the groups do not divide the outputs.

    Examples
    --------
    >>> dirac((1, 1, 3)).tolist()
    [[[0.0, 1.0, 0.0]]]
    """
    if len(shape) not in (3, 4, 5) or shape[0] % groups:
        raise ShapeError(
            f"dirac got the shape {tuple(shape)}; it takes (outputs, inputs, *kernel), with the "
            f"outputs in {groups} groups."
        )
    found = np.zeros(shape)
    middle = tuple(n // 2 for n in shape[2:])
    for group in range(groups):
        for i in range(min(shape[0] // groups, shape[1])):
            found[(group * (shape[0] // groups) + i, i, *middle)] = 1.0
    return found


def sparse(shape: Shape, sparsity: float, std: float = 0.01, generator: Generator = None) -> Any:
    """Draw from the normal distribution, with a share of zeros in each column.

    Source: Martens, "Deep learning via Hessian-free optimization", 2010.

    Parameters
    ----------
    shape : sequence of int
        The shape of the array, with two axes.
    sparsity : float
        The share of each column that is 0.
    std : float
        The standard deviation of the others.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Raises
    ------
    ShapeError
        If there are not two axes.

    Examples
    --------
    >>> (sparse((10, 3), 0.25) == 0).sum(axis=0).tolist()
    [3, 3, 3]
    """
    if len(shape) != 2:
        raise ShapeError(f"sparse takes a shape of two axes, not {tuple(shape)}.")
    found = normal(shape, std, generator)
    order = np.argsort(chosen(generator).random(shape), axis=0)
    return np.where(order < math.ceil(sparsity * shape[0]), 0.0, found)


def truncated_normal(
    shape: Shape,
    std: float = 1.0,
    low: float = -2.0,
    high: float = 2.0,
    generator: Generator = None,
) -> Any:
    """Draw from the normal distribution with mean 0, restricted to the interval from low to high.

    Parameters
    ----------
    shape : sequence of int
        The shape of the array.
    std : float
        The standard deviation before the restriction.
    low, high : float
        The limits.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If `low` is not less than `high`, or `std` is negative.

    Examples
    --------
    >>> bool((np.abs(truncated_normal((100,))) <= 2.0).all())
    True
    """
    if not low < high or not std >= 0:
        raise OptionError(f"low={low} must be less than high={high}, and std={std} not negative.")
    top = min(max(low, 0.0), high)  # the likeliest number
    if std == 0:
        return np.full(shape, top)
    if math.erf(high / std / math.sqrt(2)) - math.erf(low / std / math.sqrt(2)) > 0.6:
        found = normal(shape, std, generator)
        while (outside := (found < low) | (found > high)).any():
            found = np.where(outside, normal(shape, std, generator), found)
        return found
    return _by_rejection(shape, std, low, high, top, chosen(generator))


def _by_rejection(
    shape: Shape, std: float, low: float, high: float, top: float, drawn: np.random.Generator
) -> Any:
    """Draw numbers evenly, and each again until it is accepted: by its share of the density at top.

    Beyond 40 standard deviations from there the share is 0.
    """
    low, high = max(low, top - 40 * std), min(high, top + 40 * std)

    def refused(found: Any) -> Any:
        share = np.exp((top * top - found * found) / (2 * std * std))
        return drawn.uniform(0.0, 1.0, shape) > share

    found = drawn.uniform(low, high, shape)
    pending = refused(found)
    while np.any(pending):
        others = drawn.uniform(low, high, shape)
        found = np.where(pending, others, found)
        pending = pending & refused(others)
    return found


def weight_and_bias(
    shape: Shape, bias: bool, generator: Generator = None
) -> tuple[Parameter, Parameter | None]:
    """Return a weight and a bias, drawn uniformly up to 1 / √fan_in as in PyTorch.

    Parameters
    ----------
    shape : sequence of int
        The shape of the weight, with at least two axes.
    bias : bool
        Whether there is a bias; otherwise None is returned for it.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> weight, bias = weight_and_bias((2, 3), bias=False)
    >>> weight.shape, bias
    ((2, 3), None)
    """
    bound = 1 / math.sqrt(max(fans(shape)[0], 1))
    weight = Parameter(uniform(shape, bound, generator))
    return weight, Parameter(uniform(shape[:1], bound, generator)) if bias else None
