"""Normalisation of groups of channels: `GroupNorm` and `InstanceNorm`."""

from __future__ import annotations

import math
from typing import Any

from autograd import Tensor
from autograd.errors import OptionError, ShapeError
from nn import init
from nn.arrays import floating, shape_of
from nn.layers.normalisation import Kept, normalised
from nn.module import Module
from nn.parameter import Parameter


class GroupNorm(Module):
    """Normalisation of each example over groups of channels and all positions.

    (x - mean) / √(variance + eps) in each group, multiplied by a weight and shifted by a bias for
    each channel. Source: Wu & He, "Group normalization", 2018.

    Parameters
    ----------
    num_groups : int
        The number of groups, which divides `num_channels`.
    num_channels : int
        The number of channels.
    eps : float
        Added to the variance.
    affine : bool
        Whether to scale and shift.

    Raises
    ------
    OptionError
        If `num_groups` does not divide `num_channels`.

    Examples
    --------
    >>> import numpy as np
    >>> GroupNorm(2, 4)(np.ones((5, 4, 8, 8))).shape
    (5, 4, 8, 8)
    """

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True
    ) -> None:
        if num_groups < 1 or num_channels % num_groups:
            raise OptionError(f"num_groups={num_groups} must divide num_channels={num_channels}.")
        self.num_groups, self.num_channels, self.eps = num_groups, num_channels, eps
        self.weight = Parameter(init.ones((num_channels,))) if affine else None
        self.bias = Parameter(init.zeros((num_channels,))) if affine else None

    def forward(self, x: Any) -> Tensor:
        """Return x normalised, of the same shape.

        Parameters
        ----------
        x : array_like, shape (batch, num_channels, ...)
            The input.

        Raises
        ------
        ShapeError
            If the number of channels is another, or a group of an example has only one number.
        """
        x = floating(x)
        shape = shape_of(x)
        if len(shape) < 2 or shape[1] != self.num_channels:
            raise ShapeError(
                f"{type(self).__name__} got an input of shape {shape}; it takes (batch, "
                f"{self.num_channels}, ...)."
            )
        y: Tensor = group_normalised(x, self.num_groups, self.weight, self.bias, self.eps)
        return y


def group_normalised(x: Any, groups: int, weight: Any, bias: Any, eps: float) -> Any:
    """Return x normalised in groups of channels; see `GroupNorm.forward`."""
    shape = shape_of(x)
    if shape[1] % groups:
        raise ShapeError(
            f"{groups} groups do not divide the channels of an input of shape {shape}."
        )
    count = math.prod(shape[1:]) // groups
    if count < 2:
        raise ShapeError(
            f"GroupNorm needs more than one number in each group, but the input has shape {shape}."
        )
    channels = shape[1] // groups
    rows = (shape[0], groups, channels, count // channels)
    return normalised(x, weight, bias, (2, 3), eps, True, Kept(), rows, (groups, channels, 1))


class InstanceNorm(GroupNorm):
    """The base class of `InstanceNorm1d` to `InstanceNorm3d`; for its parameters see there."""

    ndim: int

    def __init__(self, num_features: int, eps: float = 1e-5, *, affine: bool = False) -> None:
        super().__init__(num_features, num_features, eps, affine)

    def forward(self, x: Any) -> Tensor:
        """Return x normalised, of the same shape.

        Parameters
        ----------
        x : array_like, shape (batch, num_features, *grid)
            The input.

        Raises
        ------
        ShapeError
            If the shape does not fit.
        """
        if len(shape_of(x)) != self.ndim:
            raise ShapeError(
                f"{type(self).__name__} got an input of shape {shape_of(x)}; it takes {self.ndim} "
                "axes."
            )
        return super().forward(x)


class InstanceNorm1d(InstanceNorm):
    """Normalisation of each channel of each example, of shape (batch, channels, length).

    Source: Ulyanov, Vedaldi & Lempitsky, "Instance normalization: the missing ingredient for fast
    stylization", 2016.

    Parameters
    ----------
    num_features : int
        The number of channels.
    eps : float
        Added to the variance.
    affine : bool
        Whether to scale and shift each channel.

    Examples
    --------
    >>> import numpy as np
    >>> InstanceNorm1d(3)(np.zeros((5, 3, 8))).shape
    (5, 3, 8)
    """

    ndim = 3


class InstanceNorm2d(InstanceNorm):
    """Normalisation of each channel of each example, of shape (batch, channels, height, width).

    Source: as for `InstanceNorm1d`.

    Parameters
    ----------
    num_features : int
        The number of channels.
    eps : float
        Added to the variance.
    affine : bool
        Whether to scale and shift each channel.

    Examples
    --------
    >>> import numpy as np
    >>> InstanceNorm2d(3)(np.zeros((5, 3, 8, 8))).shape
    (5, 3, 8, 8)
    """

    ndim = 4


class InstanceNorm3d(InstanceNorm):
    """Normalisation of each channel of each example, with inputs of five axes.

    They are (batch, channels, depth, height, width).
    Source: as for `InstanceNorm1d`.

    Parameters
    ----------
    num_features : int
        The number of channels.
    eps : float
        Added to the variance.
    affine : bool
        Whether to scale and shift each channel.

    Examples
    --------
    >>> import numpy as np
    >>> InstanceNorm3d(3)(np.zeros((5, 3, 4, 4, 4))).shape
    (5, 3, 4, 4, 4)
    """

    ndim = 5
