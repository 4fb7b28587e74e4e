"""Layers that treat each channel as a whole: dropout, shuffles and `PReLU`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, leaky_relu
from autograd.devices import beside
from autograd.errors import ShapeError
from nn.arrays import floating, shape_of
from nn.function_module import OneInput
from nn.layers.linear import Dropout
from nn.module import Module
from nn.parameter import Parameter
from nn.seeding import chosen


class ChannelDropout(Dropout):
    """The base class of `Dropout1d` to `Dropout3d`; for its parameters see there."""

    ndim: int

    def forward(self, x: Any) -> Any:
        """Return x, with random channels zero in training mode.

        Parameters
        ----------
        x : array_like, shape (batch, channels, *grid) or (channels, *grid)
            The input.

        Raises
        ------
        ShapeError
            If the number of axes is another.
        """
        x = floating(x)
        shape = shape_of(x)
        if len(shape) not in (self.ndim + 1, self.ndim + 2):
            raise ShapeError(
                f"{type(self).__name__} got an input of shape {shape}; it takes {self.ndim + 1} or "
                f"{self.ndim + 2} axes."
            )
        if not self.training or self.p == 0:
            return x
        channels = shape[: len(shape) - self.ndim] + (1,) * self.ndim
        kept = chosen(self.generator).random(channels, np.float32) >= self.p
        scale = 1 / (1 - self.p) if self.p < 1 else 0.0
        return x * beside(kept * np.asarray(scale, x.dtype), x)


class Dropout1d(ChannelDropout):
    """Sets random channels of inputs (batch, channels, length) to zero, in training mode.

    The others are multiplied by 1 / (1 - p). Source: Tompson et al., "Efficient object
    localization using convolutional networks", 2015.

    Parameters
    ----------
    p : float
        The probability of a zero, from 0 to 1.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> Dropout1d(0.5).eval()(np.ones((1, 1, 3)))
    array([[[1., 1., 1.]]])
    """

    ndim = 1


class Dropout2d(ChannelDropout):
    """Sets random channels of inputs (batch, channels, height, width) to zero, in training mode.

    The others are multiplied by 1 / (1 - p). Source: as for `Dropout1d`.

    Parameters
    ----------
    p : float
        The probability of a zero, from 0 to 1.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> Dropout2d(0.5).eval()(np.ones((1, 1, 1, 2)))
    array([[[[1., 1.]]]])
    """

    ndim = 2


class Dropout3d(ChannelDropout):
    """Sets random channels of inputs (batch, channels, depth, height, width) to zero.

    That is in training mode; the others are multiplied by 1 / (1 - p). Source: as for
    `Dropout1d`.

    Parameters
    ----------
    p : float
        The probability of a zero, from 0 to 1.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> Dropout3d(0.5).eval()(np.ones((1, 1, 1, 1, 2)))
    array([[[[[1., 1.]]]]])
    """

    ndim = 3


class ChannelShuffle(OneInput):
    """Mixes groups of channels: the first of each group, then the second of each, and so on.

    Source: Zhang, Zhou, Lin & Sun, "ShuffleNet: an extremely efficient convolutional neural network
    for mobile devices", 2018.

    Parameters
    ----------
    groups : int
        The number of groups.

    Raises
    ------
    ShapeError
        If `groups` does not divide the channels.

    Examples
    --------
    >>> ChannelShuffle(2)(np.arange(4).reshape(1, 4, 1)).ravel()
    array([0, 2, 1, 3])
    """

    def __init__(self, groups: int) -> None:
        self.groups = groups

    def forward(self, x: Any) -> Any:
        """Return x with its channels in another order.

        Parameters
        ----------
        x : array_like, shape (batch, channels, ...)
            The input.
        """
        shape = shape_of(x)
        if len(shape) < 2 or shape[1] % self.groups:
            raise ShapeError(
                f"ChannelShuffle({self.groups}) got an input of shape {shape}; its second axis "
                f"must be a multiple of {self.groups}."
            )
        batch, channels, *grid = shape
        groups = np.reshape(x, (batch, self.groups, channels // self.groups, *grid))
        return np.reshape(np.swapaxes(groups, 1, 2), shape)


class PReLU(Module):
    """x where it is positive, elsewhere a trained slope times x.

    Source: He et al., "Delving deep into rectifiers", 2015.

    Parameters
    ----------
    num_parameters : int
        One slope, or one for each channel, the second axis.
    init : float
        The initial slope.

    Raises
    ------
    ShapeError
        If the input has another number of channels.

    Examples
    --------
    >>> PReLU()(np.array([-4.0, 2.0])).tolist()
    [-1.0, 2.0]
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25) -> None:
        self.slopes = num_parameters
        self.weight = Parameter(np.full(num_parameters, init))

    def forward(self, x: Any) -> Tensor:
        """Return the activation, of the shape of x.

        Parameters
        ----------
        x : array_like
            The input.
        """
        x = floating(x)
        shape = shape_of(x)
        channels = shape[1] if len(shape) > 1 else 1
        if self.slopes not in (1, channels):
            raise ShapeError(
                f"PReLU({self.slopes}) got an input of shape {shape}, with {channels} channels."
            )
        slope: Tensor = self.weight
        if len(shape) > 1 and self.slopes > 1:
            slope = slope.reshape((-1,) + (1,) * (len(shape) - 2))
        y: Tensor = leaky_relu(x, slope)
        return y
