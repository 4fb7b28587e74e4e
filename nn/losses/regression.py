"""Losses of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.devices import holds
from autograd.errors import OptionError
from nn.arrays import plain
from nn.losses.kernels import huber_of_difference
from nn.losses.reductions import reduced, same_shape
from nn.types import typed_loss


@typed_loss
def mse(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """Return the squared error, (output - target)².

    Parameters
    ----------
    outputs : array_like or node
        Any numbers.
    targets : array_like, of the same shape
        Any numbers.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` an array of the shape of the outputs.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> float(mse(np.array([1.0, 2.0]), [0.0, 0.0]))
    2.5
    """
    outputs, targets = same_shape(outputs, targets)
    return reduced((outputs - targets) ** 2, reduction)


@typed_loss
def mae(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """Return the absolute error, |output - target|.

    Parameters
    ----------
    outputs : array_like or node
        Any numbers.
    targets : array_like, of the same shape
        Any numbers.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` an array of the shape of the outputs.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> float(mae(np.array([1.0, -2.0]), [0.0, 0.0]))
    1.5
    """
    outputs, targets = same_shape(outputs, targets)
    return reduced(np.abs(outputs - targets), reduction)


@typed_loss
def huber(outputs: Any, targets: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    """Return half the squared error up to an error of delta, and its tangent beyond.

    For the error d this is d²/2 where |d| ≤ delta, else delta · (|d| - delta/2). Source: Huber,
    "Robust estimation of a location parameter", 1964.

    Parameters
    ----------
    outputs : array_like or node
        Any numbers.
    targets : array_like, of the same shape
        Any numbers.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    delta : float
        The error, in the units of the outputs, beyond which the loss is linear.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` an array of the shape of the outputs.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> huber(np.array([0.5, 3.0]), [0.0, 0.0], reduction="none")
    array([0.125, 2.5  ])
    """
    if not delta > 0:
        raise OptionError(f"delta={delta!r} must be positive.")
    outputs, targets = same_shape(outputs, targets)
    return reduced(huber_of_difference(outputs - targets, delta), reduction)


@typed_loss
def hinge(outputs: Any, targets: Any, reduction: str = "mean", margin: float = 1.0) -> Any:
    """Return max(0, margin - target · output), the loss of support vector machines.

    Source: Cortes & Vapnik, "Support-vector networks", 1995.

    Parameters
    ----------
    outputs : array_like or node
        Scores; the sign is the predicted class.
    targets : array_like, of the same shape
        The classes, -1 or 1.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    margin : float
        Scores of the right sign beyond the margin have no loss.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` an array of the shape of the outputs.

    Raises
    ------
    ShapeError
        If the shapes differ.
    OptionError
        If a target is neither -1 nor 1.

    Examples
    --------
    >>> hinge(np.array([2.0, 0.5]), [1, -1], reduction="none")
    array([0. , 1.5])
    """
    outputs, targets = same_shape(outputs, targets)
    if holds(np.abs(plain(targets)) != 1):
        raise OptionError("hinge takes targets -1 and 1. For targets 0 and 1 write 2 * t - 1.")
    return reduced(np.maximum(margin - targets * outputs, 0.0), reduction)
