"""Keras' layers of several inputs: `Add`, `Concatenate`, `Dot` and others."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.keras_style.layers.layer import Layer


class Merge(Layer):
    """The base class of layers that take a list of arrays.

    Parameters
    ----------
    **options
        Options of `Layer`.
    """

    function: Callable[[Any, Any], Any]
    supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return one array for several.

        Parameters
        ----------
        inputs : list of array_like
            The inputs.
        mask : list of array or None, optional
            Their masks. A product, maximum or minimum leaves out what is masked.
        """
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ShapeError(f"{type(self).__name__} takes a list of at least two arrays.")
        if mask is None:
            return self.merged(list(inputs))
        return self.merged_but(
            list(inputs), [like(x, m) for x, m in zip(inputs, mask, strict=True)]
        )

    def merged_but(self, inputs: list[Any], masks: list[Any]) -> Any:
        """Return one array for several with masks, which most merges do not look at."""
        del masks
        return self.merged(inputs)

    def merged(self, inputs: list[Any]) -> Any:
        """Return one array for several."""
        return functools.reduce(type(self).function, inputs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where any of the inputs has a step; None if one of them has no mask.

        Parameters
        ----------
        inputs : list of array
            The inputs.
        mask : list of array or None, optional
            Their masks.
        """
        if mask is None or not self.keeps_steps or any(part is None for part in mask):
            return None
        return functools.reduce(np.logical_or, mask)


class Add(Merge):
    """The sum of the inputs.

    Examples
    --------
    >>> Add()([np.ones(2), np.ones(2)])
    array([2., 2.], dtype=float32)
    """

    function = staticmethod(np.add)


class Subtract(Merge):
    """The difference of two inputs."""

    def merged(self, inputs: list[Any]) -> Any:
        """Return the difference."""
        if len(inputs) != 2:
            raise ShapeError(f"Subtract takes two arrays, not {len(inputs)}.")
        return inputs[0] - inputs[1]


class Multiply(Merge):
    """The product of the inputs, element by element."""

    function = staticmethod(np.multiply)

    def merged_but(self, inputs: list[Any], masks: list[Any]) -> Any:
        """Return the product of what is not masked; 0 where all inputs are."""
        ones = [np.asarray(1, x.dtype) for x in inputs]
        parts = zip(inputs, masks, ones, strict=True)
        y = self.merged([x if m is None else np.where(m, x, one) for x, m, one in parts])
        if any(m is None for m in masks):
            return y
        return np.where(functools.reduce(np.logical_or, masks), y, np.asarray(0, y.dtype))


class Extreme(Merge):
    """The base class of `Maximum` and `Minimum`."""

    def merged_but(self, inputs: list[Any], masks: list[Any]) -> Any:
        """Return the extreme of what is not masked, the inputs taken one after the other."""
        y, seen = inputs[0], masks[0]
        for x, mask in zip(inputs[1:], masks[1:], strict=True):
            other = x if mask is None else np.where(mask, x, y)
            y = self.merged([y if seen is None else np.where(seen, y, other), other])
            seen = None if seen is None or mask is None else np.logical_or(seen, mask)
        return y


class Maximum(Extreme):
    """The largest of the inputs, element by element."""

    function = staticmethod(np.maximum)


class Minimum(Extreme):
    """The smallest of the inputs, element by element."""

    function = staticmethod(np.minimum)


class Average(Merge):
    """The mean of the inputs, element by element."""

    def merged(self, inputs: list[Any]) -> Any:
        """Return the mean."""
        return functools.reduce(np.add, inputs) / len(inputs)


class Concatenate(Merge):
    """The inputs one behind the other.

    Parameters
    ----------
    axis : int
        The axis to join.
    **options
        Options of `Layer`.
    """

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis

    def merged(self, inputs: list[Any]) -> Any:
        """Return the inputs joined."""
        return np.concatenate(inputs, axis=self.axis)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the masks joined; along the last axis, where all inputs have a step.

        Parameters
        ----------
        inputs : list of array
            The inputs.
        mask : list of array or None, optional
            Their masks.
        """
        if mask is None:
            return None
        each = [
            np.ones(x.shape[:2], bool) if one is None else one
            for x, one in zip(inputs, mask, strict=True)
        ]
        if self.axis % inputs[0].ndim == 1:
            return np.concatenate(each, axis=1)
        return functools.reduce(np.logical_or, each)


class Dot(Merge):
    """The products of vectors of two inputs.

    Parameters
    ----------
    axes : int or (int, int)
        The axes of the vectors.
    normalize : bool
        Whether to divide the vectors by their lengths first.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> Dot(axes=1)([np.ones((2, 3)), np.ones((2, 3))]).shape
    (2, 1)
    """

    keeps_steps = False

    def __init__(self, axes: Any, normalize: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.axes, self.normalize = axes, normalize

    def merged(self, inputs: list[Any]) -> Any:
        """Return the products."""
        if len(inputs) != 2 or inputs[0].ndim not in (2, 3) or inputs[1].ndim not in (2, 3):
            raise ShapeError("Dot takes two arrays with two or three axes.")
        axes = (self.axes, self.axes) if isinstance(self.axes, int) else tuple(self.axes)
        axes = tuple(axis % x.ndim for axis, x in zip(axes, inputs, strict=True))
        if 0 in axes:
            raise OptionError("Dot does not multiply along the axis of the batch.")
        a, b = inputs
        if self.normalize:
            a, b = unit(a, axes[0]), unit(b, axes[1])
        a = np.moveaxis(a, axes[0], -1)
        b = np.moveaxis(b, axes[1], 1)
        y = np.matmul(a[:, None] if a.ndim == 2 else a, b[..., None] if b.ndim == 2 else b)
        if a.ndim == b.ndim == 2:
            return y[:, 0]
        return y[:, 0] if a.ndim == 2 else y[..., 0] if b.ndim == 2 else y


def like(x: Any, mask: Any) -> Any:
    """Return the mask of steps with as many axes as an array has."""
    return None if mask is None else np.reshape(mask, mask.shape + (1,) * (x.ndim - mask.ndim))


def unit(x: Any, axis: Any) -> Any:
    """Return vectors of length 1."""
    squares = np.sum(x * x, axis=axis, keepdims=True)
    return x / np.sqrt(np.maximum(squares, 1e-12))


def merge_function(kind: type[Merge]) -> Callable[..., Any]:
    """Return a function of a list of arrays for a layer."""

    def merge(inputs: Any, **options: Any) -> Any:
        return kind(**options)(inputs)

    merge.__doc__ = kind.__doc__
    return merge


add, subtract, multiply = map(merge_function, (Add, Subtract, Multiply))
average, maximum, minimum = map(merge_function, (Average, Maximum, Minimum))
concatenate, dot = merge_function(Concatenate), merge_function(Dot)
