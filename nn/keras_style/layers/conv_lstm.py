"""Keras' `ConvLSTM1D` to `ConvLSTM3D`: long short-term memory whose states are images."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.arrays import shape_of
from nn.keras_style import window_ops
from nn.keras_style.layers.convolution import check_padding
from nn.keras_style.layers.grid import FORMATS
from nn.keras_style.layers.noise import kept
from nn.keras_style.layers.recurrent import LSTM
from nn.layers.sliding_window import sizes_of


class ConvLSTM(LSTM):
    """The base class: an `LSTM` with convolutions instead of products.

    Source: Shi et al., "Convolutional LSTM network: a machine learning approach for precipitation
    nowcasting", 2015, without connections from the cell to the gates, as in Keras.

    Parameters
    ----------
    filters : int
        The number of outputs.
    kernel_size : int or tuple of int
        The size of both kernels.
    strides, padding, dilation_rate
        Of the convolution of the inputs; see `Conv`. That of the states has the padding "same".
    data_format : {"channels_last", "channels_first"}, optional
        The order of the axes of each step.
    activation, recurrent_activation, use_bias
        As for `Recurrent`.
    kernel_initializer, recurrent_initializer, bias_initializer, unit_forget_bias
        As for `LSTM`.
    **options
        Options of `Recurrent`, such as ``return_sequences=True``.

    Examples
    --------
    >>> from nn.keras_style.layers import ConvLSTM2D
    >>> ConvLSTM2D(4, 3, padding="same")(np.ones((2, 5, 6, 6, 1))).shape
    (2, 6, 6, 4)
    """

    ndim: int
    fixed = ("units",)

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(
            filters, activation, recurrent_activation, use_bias,
            unit_forget_bias=unit_forget_bias, kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
            **options,
        )  # fmt: skip
        if data_format not in FORMATS:
            raise OptionError(f"data_format={data_format!r} must be one of {FORMATS[1:]}.")
        padding = padding.lower()
        check_padding(padding)
        self.filters, self.padding, self.data_format = filters, padding, data_format
        self.kernel_size = sizes_of(self.ndim, kernel_size, "kernel_size", 1)
        self.strides = sizes_of(self.ndim, strides, "strides", 1)
        self.dilation_rate = sizes_of(self.ndim, dilation_rate, "dilation_rate", 1)

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        if len(input_shape) != self.ndim + 3:
            raise ShapeError(
                f"{self.name} got inputs of shape {input_shape}; it takes {self.ndim + 3} axes: "
                "(batch, steps, ..., channels)."
            )
        channels = input_shape[2 if self.data_format == "channels_first" else -1]
        self.kernel = self.add_weight(
            (*self.kernel_size, channels, 4 * self.filters), self.kernel_initializer,
            regularizer=self.kernel_regularizer,
        )  # fmt: skip
        self.recurrent_kernel = self.add_weight(
            (*self.kernel_size, self.filters, 4 * self.filters), self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
        )  # fmt: skip
        if self.use_bias:
            self.bias = self.add_weight(
                (4 * self.filters,), self.bias_initializer, regularizer=self.bias_regularizer
            )
            if self.unit_forget_bias:
                self.bias.data[self.filters : 2 * self.filters] = 1.0

    def call(
        self, inputs: Any, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        """Return the last output, or all; and the states if `return_state`.

        Parameters
        ----------
        inputs : array_like, shape (batch, steps, *grid, channels)
            The sequences of images.
        initial_state : list of array, optional
            The states before the first step.
        mask : array of bool, shape (batch, steps), optional
            Which steps count: in the others the states stay.
        training : bool
            Whether to train.
        """
        first = self.data_format == "channels_first"
        x = np.moveaxis(inputs, 2, -1) if first else inputs
        if self.go_backwards:
            x, mask = x[:, ::-1], None if mask is None else mask[:, ::-1]
        if training and self.dropout:
            x = x * kept((x.shape[0], 1, *x.shape[2:]), self.dropout, x.dtype)
        if self.stateful and initial_state is None:
            initial_state = self.last_states(x)
        elif first and initial_state is not None:
            initial_state = [np.moveaxis(state, 1, -1) for state in initial_state]
        x = self._convolved(x)
        outputs, states = self._run(x, self._first(initial_state, x), mask, training)
        self.keep_states(states)
        result = np.swapaxes(outputs, 0, 1) if self.return_sequences else outputs[-1]
        if first:
            result = np.moveaxis(result, -1, 2 if self.return_sequences else 1)
            states = [np.moveaxis(state, -1, 1) for state in states]
        return [result, *states] if self.return_state else result

    def _convolved(self, x: Any) -> Any:
        """Return what the inputs of all steps add to the gates."""
        images = np.reshape(x, (x.shape[0] * x.shape[1], *x.shape[2:]))
        y = window_ops.conv(
            images, self.kernel, self.strides, self.padding, None, self.dilation_rate
        )
        y = y if self.bias is None else y + self.bias
        return np.reshape(y, (*x.shape[:2], *y.shape[1:]))

    def _first(self, given: Any, inputs: Any) -> list[Any]:
        shape = (inputs.shape[0], *inputs.shape[2:-1], self.filters)
        if given is None:
            return [np.zeros(shape, self.kernel.dtype) for _ in range(2)]
        if [tuple(shape_of(state)) for state in given] != [shape] * 2:
            raise ShapeError(f"{self.name} takes an initial_state of 2 arrays of shape {shape}.")
        return list(given)

    def is_usual(self) -> bool:
        """Return False: no primitive computes convolutions of states."""
        return False

    def _sum(self, x: Any, h: Any) -> Any:
        return x + window_ops.conv(h, self.recurrent_kernel, 1, "same")


class ConvLSTM1D(ConvLSTM):
    """Memory of sequences of sequences; see `ConvLSTM`."""

    ndim = 1


class ConvLSTM2D(ConvLSTM):
    """Memory of sequences of images; see `ConvLSTM`."""

    ndim = 2


class ConvLSTM3D(ConvLSTM):
    """Memory of sequences of volumes; see `ConvLSTM`."""

    ndim = 3
