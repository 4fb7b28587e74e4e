"""Keras' `GroupNormalization`, `RMSNormalization` and `UnitNormalization`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.keras_style.layers.layer import Layer
from nn.keras_style.layers.merging import unit
from nn.keras_style.layers.normalisation import Scaled


class GroupNormalization(Scaled):
    """(x - mean) / √(variance + epsilon) · gamma + beta, for groups of channels of each example.

    Source: Wu and He, "Group normalization", 2018.

    Parameters
    ----------
    groups : int
        The number of groups; -1 for one channel in each.
    axis : int
        The axis of channels.
    epsilon, center, scale
        As for `Scaled`.
    **options
        Options of `Scaled` and `Layer`.

    Examples
    --------
    >>> GroupNormalization(2)(np.ones((1, 3, 4))).shape
    (1, 3, 4)
    """

    def __init__(
        self, groups: int = 32, axis: int = -1, epsilon: float = 1e-3, **options: Any
    ) -> None:
        super().__init__(epsilon, **options)
        self.groups, self.axis = groups, axis

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        channels = input_shape[self.axis]
        groups = channels if self.groups == -1 else self.groups
        if groups < 1 or channels % groups:
            raise OptionError(
                f"{self.name} has {self.groups} groups, which do not divide {channels} channels."
            )
        self.make((channels,))

    def call(self, inputs: Any) -> Any:
        """Return the inputs, normalised.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        x = np.moveaxis(inputs, self.axis, -1)
        groups = x.shape[-1] if self.groups == -1 else self.groups
        parts = np.reshape(x, (*x.shape[:-1], groups, x.shape[-1] // groups))
        axes = (*range(1, x.ndim - 1), x.ndim)
        far = parts - np.mean(parts, axis=axes, keepdims=True)
        variance = np.mean(far * far, axis=axes, keepdims=True)
        y = np.reshape(far / np.sqrt(variance + self.epsilon), x.shape)
        y = y if self.gamma is None else y * self.gamma
        y = y if self.beta is None else y + self.beta
        return np.moveaxis(y, -1, self.axis)


class RMSNormalization(Layer):
    """x / √(mean of x² + epsilon) · scale.

    Source: Zhang and Sennrich, "Root mean square layer normalization", 2019.

    Parameters
    ----------
    axis : int
        The axis of the mean.
    epsilon : float
        Added to the mean.
    **options
        Options of `Layer`.
    """

    supports_masking = True
    autocast = "fiub"

    def __init__(self, axis: int = -1, epsilon: float = 1e-6, **options: Any) -> None:
        super().__init__(**options)
        self.axis, self.epsilon = axis, epsilon
        self.scale: Any = None

    def build(self, input_shape: Any) -> None:
        """Make the scale.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        self.scale = self.add_weight((input_shape[self.axis],), "ones")

    def call(self, inputs: Any) -> Any:
        """Return the inputs, normalised.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        squares = np.mean(inputs * inputs, axis=self.axis, keepdims=True)
        shape = [1] * inputs.ndim
        shape[self.axis] = inputs.shape[self.axis]
        return inputs / np.sqrt(squares + self.epsilon) * np.reshape(self.scale, shape)


class UnitNormalization(Layer):
    """Vectors divided by their lengths.

    Parameters
    ----------
    axis : int, list or tuple of int
        The axis of the vectors, or their axes.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> UnitNormalization()(np.array([[3.0, 4.0]])).round(3).tolist()
    [[0.6000000238418579, 0.800000011920929]]
    """

    supports_masking = True
    autocast = "fiub"

    def __init__(self, axis: Any = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = tuple(axis) if isinstance(axis, list) else axis

    def call(self, inputs: Any) -> Any:
        """Return the vectors, with the length 1.

        Parameters
        ----------
        inputs : array_like
            The vectors.
        """
        return unit(inputs, self.axis)
