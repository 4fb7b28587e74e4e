"""Layers over grids, such as images, whose channels may be the last axis or the second."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.keras_style.layers.building import shapes_of
from nn.keras_style.layers.layer import Layer

FORMATS = (None, "channels_last", "channels_first")


def channels_first(x: Any) -> Any:
    """Return an array with its last axis as the second."""
    return np.moveaxis(x, -1, 1)


def channels_last(x: Any) -> Any:
    """Return an array with its second axis as the last."""
    return np.moveaxis(x, 1, -1)


class Grid(Layer):
    """The base class: ``build`` and ``call`` see inputs (batch, *grid, channels).

    Parameters
    ----------
    *arguments
        Arguments of the next base class.
    data_format : {"channels_last", "channels_first"}, optional
        The order of the axes of inputs and outputs.
    **options
        Options of the next base class and of `Layer`.
    """

    activation: Any  # of the layers that have one

    def __init__(self, *arguments: Any, data_format: str | None = None, **options: Any) -> None:
        if data_format not in FORMATS:
            raise OptionError(f"data_format={data_format!r} must be one of {FORMATS[1:]}.")
        super().__init__(*arguments, **options)
        self.data_format = self.order_of_activation = data_format

    def _shape_to_build(self, shape: Any) -> Any:
        """Return the shape with the channels as the last axis."""
        if self.data_format != "channels_first":
            return shape
        return (shape[0], *shape[2:], shape[1])

    def activated(self, y: Any) -> Any:
        """Return what the activation makes of ``(batch, *grid, channels)``.

        One along the last axis, such as softmax, sees the axes in the order of the outputs.
        """
        if self.order_of_activation != "channels_first":
            return self.activation(y)
        return channels_last(self.activation(channels_first(y)))

    def forward(self, inputs: Any, *more: Any, **options: Any) -> Any:  # type: ignore[override]
        """Make the weights, if there are none yet, and compute ``call``.

        Parameters
        ----------
        inputs : array_like or Tensor
            The inputs.
        *more, **options
            Options of ``call``.
        """
        if self.data_format != "channels_first":
            return super().forward(inputs, *more, **options)
        outputs = super().forward(channels_last(self._cast(inputs)), *more, **options)
        if outputs.ndim > 2:
            outputs = channels_first(outputs)
        self._output_shape = shapes_of(outputs)
        return outputs
