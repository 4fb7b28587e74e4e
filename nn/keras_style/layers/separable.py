"""Keras' convolutions of each channel by itself, and those of all channels behind them."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.keras_style.layers.convolution import Conv, Conv1D, Conv2D
from nn.keras_style.layers.grid import Grid


class DepthwiseConv(Conv):
    """The base class of `DepthwiseConv1D` and `DepthwiseConv2D`: each channel by itself.

    Parameters
    ----------
    kernel_size : int or tuple of int
        The size of the kernel.
    strides : int or tuple of int
        The distance of windows.
    padding : {"valid", "same"}
        Whether to add zeros.
    depth_multiplier : int
        The number of outputs of each channel.
    data_format, dilation_rate, activation, use_bias
        As for `Conv`.
    depthwise_initializer : str or callable
        The first numbers.
    depthwise_regularizer : str or callable, optional
        A penalty.
    **options
        Options of `Conv`.
    """

    fixed = ("filters", "groups", "kernel_initializer", "kernel_regularizer")

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        *,
        depthwise_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            1, kernel_size, strides, padding, data_format, dilation_rate, 1, activation,
            use_bias=use_bias, kernel_initializer=depthwise_initializer,
            kernel_regularizer=depthwise_regularizer, **options,
        )  # fmt: skip
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = self.kernel_initializer
        self.depthwise_regularizer = self.kernel_regularizer

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        self.groups = input_shape[-1]
        count = self.groups * self.depth_multiplier
        self.make((*self.kernel_size, self.groups, self.depth_multiplier), (count,))

    def weight(self) -> Any:
        """Return the kernel with the outputs of all channels as the first axis."""
        turned = np.moveaxis(self.kernel, (-2, -1), (0, 1))
        return np.reshape(turned, (-1, 1, *self.kernel_size))


class DepthwiseConv1D(DepthwiseConv):
    """Convolution of each feature of sequences by itself; see `DepthwiseConv`."""

    ndim = 1


class DepthwiseConv2D(DepthwiseConv):
    """Convolution of each channel of images by itself; see `DepthwiseConv`."""

    ndim = 2


class SeparableConv(Grid):
    """The base class of `SeparableConv1D` and `SeparableConv2D`.

    A convolution of each channel, and one with a kernel of size 1 behind it.

    Parameters
    ----------
    filters : int
        The number of outputs.
    kernel_size, strides, padding, data_format, dilation_rate, depth_multiplier
        As for `DepthwiseConv`.
    activation, use_bias
        As for `Conv`.
    depthwise_initializer, pointwise_initializer, bias_initializer : str or callable
        The first numbers.
    depthwise_regularizer, pointwise_regularizer, bias_regularizer : str or callable, optional
        Penalties.
    **options
        Options of `Layer`.
    """

    ndim: int
    fixed = (
        "filters", "kernel_size", "strides", "padding", "dilation_rate", "depth_multiplier",
        "activation", "use_bias", "depthwise_initializer", "pointwise_initializer",
        "bias_initializer", "depthwise_regularizer", "pointwise_regularizer", "bias_regularizer",
    )  # fmt: skip

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(data_format=data_format, **options)
        each, behind = KINDS[self.ndim]
        self.depthwise = each(
            kernel_size, strides, padding, depth_multiplier, None, dilation_rate,
            depthwise_initializer=depthwise_initializer,
            depthwise_regularizer=depthwise_regularizer, use_bias=False, dtype=self.dtype,
            name="depthwise",
        )  # fmt: skip
        self.pointwise = behind(
            filters, 1, activation=activation, use_bias=use_bias,
            kernel_initializer=pointwise_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=pointwise_regularizer, bias_regularizer=bias_regularizer,
            dtype=self.dtype, name="pointwise",
        )  # fmt: skip
        self.pointwise.order_of_activation = data_format

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a layer again."""
        each, behind = self.depthwise.get_config(), self.pointwise.get_config()
        found = {name: (each if name in each else behind).get(name) for name in self.fixed}
        for name in ("activation", "use_bias", "filters", "bias_initializer", "bias_regularizer"):
            found[name] = behind[name]
        for name in ("initializer", "regularizer"):
            found[f"pointwise_{name}"] = behind[f"kernel_{name}"]
        return {**super().get_config(), **found}

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        self.depthwise.build(input_shape)
        channels = input_shape[-1] * self.depthwise.depth_multiplier
        self.pointwise.build((*input_shape[:-1], channels))

    @property
    def depthwise_kernel(self) -> Any:
        """The weights of the convolution of each channel."""
        return self.depthwise.kernel

    @property
    def pointwise_kernel(self) -> Any:
        """The weights of the convolution of all channels."""
        return self.pointwise.kernel

    @property
    def bias(self) -> Any:
        """The addends of the outputs; None without."""
        return self.pointwise.bias

    def call(self, inputs: Any) -> Any:
        """Return the convolution.

        Parameters
        ----------
        inputs : array_like, shape (batch, *grid, channels)
            The inputs.
        """
        return self.pointwise(self.depthwise(inputs))


class SeparableConv1D(SeparableConv):
    """`DepthwiseConv1D`, and `Conv1D` with a kernel of size 1 behind it; see `SeparableConv`."""

    ndim = 1


class SeparableConv2D(SeparableConv):
    """`DepthwiseConv2D`, and `Conv2D` with a kernel of size 1 behind it; see `SeparableConv`."""

    ndim = 2


#: By the number of axes, what a separable convolution is made of.
KINDS: dict[int, tuple[Any, Any]] = {1: (DepthwiseConv1D, Conv1D), 2: (DepthwiseConv2D, Conv2D)}
