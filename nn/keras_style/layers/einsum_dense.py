"""Keras' `EinsumDense`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.keras_style.layers.core import Weighted


class EinsumDense(Weighted):
    """activation(einsum(equation, x, kernel) + bias).

    Parameters
    ----------
    equation : str
        As for `numpy.einsum`, such as "ab,bc->ac" or "...x,xy->...y".
    output_shape : int or tuple of int or None
        The shape of an output, without the axis of the batch; None for lengths of the inputs.
    activation : str or callable, optional
        What to apply to the result.
    bias_axes : str, optional
        The axes of the result that the bias has; by default there is none.
    **options
        Options of `Weighted` and `Layer`.

    Examples
    --------
    >>> EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d")(np.ones((2, 5, 3))).shape
    (2, 5, 4)
    """

    fixed = ("output_shape", "use_bias")

    def __init__(
        self, equation: str, output_shape: Any, activation: Any = None,
        bias_axes: str | None = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(activation, use_bias=bias_axes is not None, **options)
        self.equation, self.bias_axes = equation.replace(" ", ""), bias_axes
        self._wanted = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a layer again."""
        return {**super().get_config(), "output_shape": self._wanted}

    def build(self, input_shape: Any) -> None:
        """Make the kernel and the bias, whose lengths the equation tells.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        try:
            left, result = self.equation.split("->")
            inputs, kernel = left.split(",")
        except ValueError:
            raise OptionError(
                f'The equation {self.equation!r} must be of inputs and kernel, "ab,bc->ac".'
            ) from None
        axes = result.replace("...", "")
        if len(self._wanted) > len(axes):
            raise OptionError(
                f"output_shape={self._wanted} has more axes than the result of {self.equation!r}."
            )
        lengths = {**lengths_of(inputs, input_shape), **lengths_of(f"...{axes}", self._wanted)}
        missing = [axis for axis in (*kernel, *(self.bias_axes or "")) if axis not in lengths]
        if missing:
            raise OptionError(f"Nothing tells the length of {missing[0]!r} in {self.equation!r}.")
        first = [axes.index(axis) for axis in self.bias_axes or ""]
        shape = [lengths[axis] if axis in (self.bias_axes or "") else 1 for axis in axes]
        bias = shape[min(first) :] if first else []
        self.make(tuple(lengths[axis] for axis in kernel), tuple(bias))

    def call(self, inputs: Any) -> Any:
        """Return activation(einsum(equation, x, kernel) + bias).

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        y = np.einsum(self.equation, inputs, self.kernel)
        return self.activation(y if self.bias is None else y + self.bias)


def lengths_of(axes: str, shape: Any) -> dict[str, int]:
    """Return the lengths of the axes that an equation names, as far as they are known.

    Examples
    --------
    >>> lengths_of("ab...c", (None, 2, 3, 4)), lengths_of("...bc", (4,))
    ({'b': 2, 'c': 4}, {'c': 4})
    """
    begin, _, end = axes.partition("...")
    pairs = [*zip(begin, shape, strict=False)]
    pairs += zip(reversed(end), reversed(shape), strict=False)
    return {axis: n for axis, n in pairs if n is not None}
