"""Keras' `BatchNormalization`, `LayerNormalization`, `Normalization` and `Rescaling`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.arrays import plain
from nn.keras_style import initializers, regularizers
from nn.keras_style.configured import described
from nn.keras_style.layers.layer import Layer
from nn.keras_style.symbolic import is_tried
from nn.layers.normalisation import Kept, normalised


class Scaled(Layer):
    """The base class of layers with a factor gamma and a shift beta.

    Parameters
    ----------
    epsilon : float
        Added to the variance.
    center, scale : bool
        Whether to shift, and to multiply.
    beta_initializer, gamma_initializer : str or callable
        The first numbers.
    beta_regularizer, gamma_regularizer : str or callable, optional
        Penalties.
    **options
        Options of `Layer`.
    """

    supports_masking = True
    autocast = "fiub"

    def __init__(
        self,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.epsilon, self.center, self.scale = epsilon, center, scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.gamma: Any = None
        self.beta: Any = None

    def make(self, shape: tuple[int, ...]) -> None:
        """Make gamma and beta."""
        if self.scale:
            self.gamma = self.add_weight(
                shape, self.gamma_initializer, regularizer=self.gamma_regularizer
            )
        if self.center:
            self.beta = self.add_weight(
                shape, self.beta_initializer, regularizer=self.beta_regularizer
            )


class BatchNormalization(Scaled):
    """(x - mean) / √(variance + epsilon) · gamma + beta, for each channel.

    In training mean and variance are those of the batch, and moving averages of them are kept;
    elsewhere these are used, and also if ``trainable`` is False.

    Parameters
    ----------
    axis : int
        The axis of channels.
    momentum : float
        The weight of what the moving averages were.
    epsilon, center, scale
        As for `Scaled`.
    moving_mean_initializer, moving_variance_initializer : str or callable
        The first moving averages.
    **options
        Options of `Scaled` and `Layer`.

    Examples
    --------
    >>> layer = BatchNormalization()
    >>> layer(np.ones((4, 3))).shape, len(layer.get_weights())
    ((4, 3), 4)
    """

    moving_mean: Any
    moving_variance: Any

    def __init__(
        self, axis: int = -1, momentum: float = 0.99, epsilon: float = 1e-3, *,
        moving_mean_initializer: Any = "zeros", moving_variance_initializer: Any = "ones",
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(epsilon, **options)
        self.axis, self.momentum = axis, momentum
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    def build(self, input_shape: Any) -> None:
        """Make the weights and the moving averages.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        shape = (input_shape[self.axis],)
        self.make(shape)
        first = self.moving_mean_initializer, self.moving_variance_initializer
        self.register_buffer("moving_mean", first[0](shape, self.dtype))
        self.register_buffer("moving_variance", first[1](shape, self.dtype))

    def call(self, inputs: Any, training: bool = False, mask: Any = None) -> Any:
        """Return the inputs, normalised.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        training : bool
            Whether to train.
        mask : array of bool, optional
            Which steps count.
        """
        channels = self.axis % inputs.ndim
        along = [-1 if axis == channels else 1 for axis in range(inputs.ndim)]
        gamma, beta = (
            None if weight is None else np.reshape(weight, along)
            for weight in (self.gamma, self.beta)
        )
        if training and self.trainable:
            axes = tuple(axis for axis in range(inputs.ndim) if axis != channels)
            if mask is None:
                kept = Kept()
                y = normalised(inputs, gamma, beta, axes, self.epsilon, True, kept)
                self._track(kept.mean, kept.variance)
                return y
            mean, variance = moments(inputs, mask, axes)
            self._track(plain(mean), plain(variance))
        else:
            mean, variance = self.moving_mean.reshape(along), self.moving_variance.reshape(along)
        y = (inputs - mean) / np.sqrt(variance + self.epsilon)
        y = y if gamma is None else y * gamma
        return y if beta is None else y + beta

    def _track(self, mean: Any, variance: Any) -> None:
        share = 1 - self.momentum
        self.moving_mean += share * (mean.reshape(-1) - self.moving_mean)
        self.moving_variance += share * (variance.reshape(-1) - self.moving_variance)


def moments(x: Any, mask: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
    """Return mean and variance of the steps that a mask leaves."""
    shares = np.broadcast_to(np.asarray(mask, x.dtype)[..., None], x.shape)
    count = np.sum(shares, axis=axes, keepdims=True) + 1e-7  # as in Keras
    mean = np.sum(x * shares, axis=axes, keepdims=True) / count
    far = (x - mean) * shares
    return mean, np.sum(far * far, axis=axes, keepdims=True) / count


class LayerNormalization(Scaled):
    """(x - mean) / √(variance + epsilon) · gamma + beta, for each example.

    Parameters
    ----------
    axis : int or list of int
        The last axes, over which mean and variance are computed.
    epsilon, center, scale
        As for `Scaled`.
    **options
        Options of `Scaled` and `Layer`.

    Examples
    --------
    >>> LayerNormalization()(np.ones((4, 3))).shape
    (4, 3)
    """

    def __init__(self, axis: Any = -1, epsilon: float = 1e-3, **options: Any) -> None:
        super().__init__(epsilon, **options)
        self.axis = axis if isinstance(axis, int) else tuple(axis)

    def _axes(self, ndim: int) -> tuple[int, ...]:
        axes = (self.axis,) if isinstance(self.axis, int) else self.axis
        found = tuple(sorted(axis % ndim for axis in axes))
        if found != tuple(range(ndim - len(found), ndim)):
            raise OptionError(f"LayerNormalization(axis={self.axis}) takes the last axes here.")
        return found

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        self.make(tuple(input_shape[axis] for axis in self._axes(len(input_shape))))

    def call(self, inputs: Any) -> Any:
        """Return the inputs, normalised.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        axes = self._axes(inputs.ndim)
        return normalised(inputs, self.gamma, self.beta, axes, self.epsilon, True, Kept())


class Normalization(Layer):
    """(x - mean) / √variance, with numbers that `adapt` finds or that are given.

    Parameters
    ----------
    axis : int, tuple of int or None
        The axes of features; None for one mean of everything.
    mean, variance : array_like, optional
        The numbers.
    invert : bool
        Whether to compute ``x · √variance + mean`` instead.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> layer = Normalization()
    >>> layer.adapt(np.array([[1.0], [3.0]]))
    >>> layer(np.array([[5.0]]))
    array([[3.]], dtype=float32)
    """

    supports_masking = True
    autocast = "fiub"
    fixed = ("mean", "variance")

    def __init__(
        self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        self.axis, self.invert = axis, invert
        self.mean: Any = None
        self.variance: Any = None
        if (mean is None) != (variance is None):
            raise OptionError("Normalization takes both mean= and variance=, or neither.")
        if mean is not None:
            self.mean, self.variance = (
                np.asarray(mean, self.dtype),
                np.asarray(variance, self.dtype),
            )

    def get_config(self) -> dict[str, Any]:
        """Return the options; what `adapt` has found is among the weights."""
        is_found = "mean" in self._buffers
        found = (None, None) if is_found else (self.mean, self.variance)
        own = {"axis": self.axis, "mean": found[0], "variance": found[1]}
        return {**super().get_config(), **described(own)}

    def _set(self, mean: Any, variance: Any) -> None:
        self.register_buffer("mean", np.asarray(mean, self.dtype))
        self.register_buffer("variance", np.asarray(variance, self.dtype))

    def expect(self, arrays: dict[str, Any]) -> None:
        """Take mean and variance of a file.

        Parameters
        ----------
        arrays : dict of str to array
            The weights by their names.
        """
        if "mean" in arrays and "variance" in arrays:
            self._set(arrays["mean"], arrays["variance"])

    def adapt(self, data: Any) -> None:
        """Take mean and variance from data.

        Parameters
        ----------
        data : array_like, shape (examples, ...)
            The data.
        """
        data = np.asarray(plain(data), float)
        data = data[:, None] if data.ndim == 1 and self.axis is not None else data
        if self.axis is None:
            self._set(data.mean(), data.var())
            return
        axes = (self.axis,) if isinstance(self.axis, int) else self.axis
        own = {axis % data.ndim for axis in axes}
        others = tuple(a for a in range(data.ndim) if a not in own)
        self._set(data.mean(axis=others, keepdims=True), data.var(axis=others, keepdims=True))

    def call(self, inputs: Any) -> Any:
        """Return the inputs, normalised.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        if self.mean is None and is_tried():
            return inputs  # to be adapted later
        if self.mean is None:
            raise OptionError(f"{self.name} has no mean yet: write layer.adapt(data) first.")
        if self.mean.ndim == 2 and inputs.shape[-1] != self.mean.size and self.mean.size > 1:
            raise ShapeError(
                f"{self.name} got inputs of shape {inputs.shape}; it was adapted to "
                f"{self.mean.size} features."
            )
        scale = np.maximum(np.sqrt(self.variance), 1e-7)
        return self.mean + inputs * scale if self.invert else (inputs - self.mean) / scale


class Rescaling(Layer):
    """x · scale + offset.

    Parameters
    ----------
    scale, offset : float
        The numbers.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> Rescaling(1 / 255)(np.array([[255]], np.uint8))
    array([[1.]], dtype=float32)
    """

    supports_masking = True
    autocast = "fiub"

    def __init__(self, scale: float, offset: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale, self.offset = scale, offset

    def call(self, inputs: Any) -> Any:
        """Return x · scale + offset.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        return inputs * self.scale + self.offset
