"""Initial values, written into a parameter: PyTorch's functions with a trailing underscore.

Each function writes what a function of `arrays` returns into a parameter, and returns it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.devices import beside
from nn.arrays import shape_of
from nn.init import arrays
from nn.init.arrays import Generator, calculate_gain
from nn.seeding import chosen


def written(tensor: Any, numbers: Any) -> Any:
    """Write numbers into a parameter, whether or not a graph is recorded; return it."""
    data = tensor.data
    data[...] = beside(numbers, data)
    tensor.data = data  # tells the engine about the change
    return tensor


def zeros_(tensor: Any) -> Any:
    """Set all numbers to 0.

    Parameters
    ----------
    tensor : Tensor
        The parameter.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> zeros_(layer.bias).tolist()
    [0.0, 0.0]
    """
    return written(tensor, arrays.zeros(shape_of(tensor)))


def ones_(tensor: Any) -> Any:
    """Set all numbers to 1.

    Parameters
    ----------
    tensor : Tensor
        The parameter.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> ones_(layer.bias).tolist()
    [1.0, 1.0]
    """
    return written(tensor, arrays.ones(shape_of(tensor)))


def constant_(tensor: Any, val: float) -> Any:
    """Set all numbers to `val`.

    Parameters
    ----------
    tensor : Tensor
        The parameter.
    val : float
        The number.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> constant_(layer.bias, 3.0).tolist()
    [3.0, 3.0]
    """
    return written(tensor, arrays.constant(shape_of(tensor), val))


def eye_(tensor: Any) -> Any:
    """Set a matrix to the identity, with zeros where it is not square.

    Parameters
    ----------
    tensor : Tensor
        The parameter.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> eye_(layer.weight).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return written(tensor, np.eye(*shape_of(tensor)))


def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0, generator: Generator = None) -> Any:
    """Draw from the uniform distribution from a to b.

    Parameters
    ----------
    tensor : Tensor
        The parameter.
    a, b : float
        The limits.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> bool((uniform_(layer.weight).data >= 0.0).all())
    True
    """
    return written(tensor, chosen(generator).uniform(a, b, shape_of(tensor)))


def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, generator: Generator = None) -> Any:
    """Draw from a normal distribution.

    Parameters
    ----------
    tensor : Tensor
        The parameter.
    mean, std : float
        Its mean and standard deviation.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> normal_(layer.weight, std=0.02) is layer.weight
    True
    """
    return written(tensor, mean + arrays.normal(shape_of(tensor), std, generator))


def trunc_normal_(
    tensor: Any,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator = None,
) -> Any:
    """Draw from a normal distribution, restricted to the interval from a to b.

    Parameters
    ----------
    tensor : Tensor
        The parameter.
    mean, std : float
        Mean and standard deviation before the restriction.
    a, b : float
        The limits.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> bool((np.abs(trunc_normal_(layer.weight).data) <= 2.0).all())
    True
    """
    found = arrays.truncated_normal(shape_of(tensor), std, a - mean, b - mean, generator)
    return written(tensor, mean + found)


def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Generator = None) -> Any:
    """Draw as `xavier_uniform` does.

    Parameters
    ----------
    tensor : Tensor
        The parameter.
    gain : float
        The factor for the activation; see `calculate_gain`.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> xavier_uniform_(layer.weight) is layer.weight
    True
    """
    return written(tensor, arrays.xavier_uniform(shape_of(tensor), gain, generator))


def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Generator = None) -> Any:
    """Draw as `xavier_normal` does.

    Parameters
    ----------
    tensor : Tensor
        The parameter.
    gain : float
        The factor for the activation; see `calculate_gain`.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> xavier_normal_(layer.weight) is layer.weight
    True
    """
    return written(tensor, arrays.xavier_normal(shape_of(tensor), gain, generator))


def kaiming_uniform_(
    tensor: Any,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator = None,
) -> Any:
    """Draw as `kaiming_uniform` does; by default for a leaky ReLU of slope a.

    Parameters
    ----------
    tensor : Tensor
        The parameter.
    a : float
        The negative slope, for "leaky_relu".
    mode : {"fan_in", "fan_out"}
        "fan_in" keeps the variance in the forward pass, "fan_out" in the backward pass.
    nonlinearity : str
        The activation that follows, a key of `GAINS`.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> kaiming_uniform_(layer.weight, nonlinearity="relu") is layer.weight
    True
    """
    shape = shape_of(tensor)
    std = calculate_gain(nonlinearity, a) * arrays.kaiming_std(shape, mode, "linear")
    return written(tensor, arrays.uniform(shape, math.sqrt(3) * std, generator))


def kaiming_normal_(
    tensor: Any,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator = None,
) -> Any:
    """Draw as `kaiming_normal` does; by default for a leaky ReLU of slope a.

    Parameters
    ----------
    tensor : Tensor
        The parameter.
    a : float
        The negative slope, for "leaky_relu".
    mode : {"fan_in", "fan_out"}
        "fan_in" keeps the variance in the forward pass, "fan_out" in the backward pass.
    nonlinearity : str
        The activation that follows, a key of `GAINS`.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> kaiming_normal_(layer.weight, nonlinearity="relu") is layer.weight
    True
    """
    shape = shape_of(tensor)
    std = calculate_gain(nonlinearity, a) * arrays.kaiming_std(shape, mode, "linear")
    return written(tensor, arrays.normal(shape, std, generator))


def orthogonal_(tensor: Any, gain: float = 1.0, generator: Generator = None) -> Any:
    """Draw as `orthogonal` does.

    Parameters
    ----------
    tensor : Tensor
        The parameter.
    gain : float
        The factor for the activation; see `calculate_gain`.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 2)
    >>> orthogonal_(layer.weight) is layer.weight
    True
    """
    return written(tensor, arrays.orthogonal(shape_of(tensor), gain, generator))


def dirac_(tensor: Any, groups: int = 1) -> Any:
    """Write what `dirac` returns.

    Parameters
    ----------
    tensor : Tensor
        The weight of a convolution.
    groups : int
        The number of groups of outputs.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Conv1d(1, 1, 3)
    >>> dirac_(layer.weight).tolist()
    [[[0.0, 1.0, 0.0]]]
    """
    return written(tensor, arrays.dirac(shape_of(tensor), groups))


def sparse_(tensor: Any, sparsity: float, std: float = 0.01, generator: Generator = None) -> Any:
    """Draw as `sparse` does.

    Parameters
    ----------
    tensor : Tensor
        The parameter.
    sparsity : float
        The share of each column that is 0.
    std : float
        The standard deviation of the others.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 4)
    >>> int((sparse_(layer.weight, 0.5).data == 0).sum())
    4
    """
    return written(tensor, arrays.sparse(shape_of(tensor), sparsity, std, generator))
