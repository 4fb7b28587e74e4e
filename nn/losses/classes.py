"""Losses of classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.devices import as_array, beside, is_foreign
from autograd.errors import OptionError, ShapeError
from autograd.program import is_tracing
from nn.arrays import floating, grids, plain, shape_of
from nn.layers.activations import log_softmax
from nn.layers.linear import indices_below
from nn.losses.kernels import Kept, surprisal, weighted_sum
from nn.losses.reductions import reduced, same_shape, weights_in
from nn.types import typed_loss


@typed_loss
def nll(
    outputs: Any,
    targets: Any,
    reduction: str = "mean",
    weight: Any = None,
    ignore_index: int = -100,
) -> Any:
    """Return the negative log-likelihood: minus the output of the target class.

    Parameters
    ----------
    outputs : array_like or node, shape (classes,), (batch, classes) or (batch, classes, ...)
        Logarithms of probabilities.
    targets : array_like of int
        The class indices, of the same shape without the axis of classes.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    weight : array_like, shape (classes,), optional
        The weight of each class; the mean is weighted.
    ignore_index : int
        A target that stands for no class; such examples are ignored.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` an array of the shape of the outputs without the axis
        of classes.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    DataError
        If the class indices are not integers, or out of range.

    Examples
    --------
    >>> float(np.round(nll(np.log([[0.5, 0.5], [0.25, 0.75]]), [0, 0]), 4))
    1.0397
    """
    outputs = floating(outputs)
    counted, index, weights = target_classes(outputs, targets, weight, ignore_index)
    total = weights.sum() if reduction == "mean" else 1
    selected = outputs[index]
    if is_tracing() or type(weights) is not np.ndarray or not weights.all():
        ignored = ~counted if isinstance(weights, Tensor) else weights == 0
        selected = np.where(ignored, 0.0, selected)  # may be infinite there
    return reduced_by(selected * (weights / -total), reduction)


@typed_loss
def cross_entropy(
    outputs: Any,
    targets: Any,
    reduction: str = "mean",
    weight: Any = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Any:
    """Return -log softmax(outputs) at the target class.

    Parameters
    ----------
    outputs : array_like or node, shape (classes,), (batch, classes) or (batch, classes, ...)
        Logits: any numbers. Do not apply softmax to them.
    targets : array_like
        The class indices, integers, of the same shape without the axis of classes; or the
        probability of each class, of the same shape.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    weight : array_like, shape (classes,), optional
        The weight of each class; the mean over class indices is weighted.
    ignore_index : int
        A target that stands for no class; such examples are ignored.
    label_smoothing : float
        The share of the target, from 0 to 1, that is spread evenly over all classes. Source:
        Szegedy et al., "Rethinking the Inception architecture", 2016.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` an array of the shape of the outputs without the axis
        of classes.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    DataError
        If the class indices are not integers, or out of range.
    OptionError
        If `label_smoothing` is not from 0 to 1.

    Examples
    --------
    >>> logits = np.array([[2.0, 0.0], [0.0, 1e4]])
    >>> cross_entropy(logits, [0, 0], reduction="none")
    array([1.26928011e-01, 1.00000000e+04])
    """
    if not 0 <= label_smoothing <= 1:
        raise OptionError(f"label_smoothing= must be from 0 to 1, not {label_smoothing}.")
    outputs = floating(outputs)
    axis = class_axis(outputs)
    count = shape_of(outputs)[axis]
    if shape_of(targets) == shape_of(outputs):
        shares: Any = same_shape(outputs, targets)[1]
        if label_smoothing:
            shares = shares * (1 - label_smoothing) + label_smoothing / count
        if weight is not None:
            shares = shares * weights_of_classes(outputs, weight)
        total = max(np.size(outputs) // max(count, 1), 1) if reduction == "mean" else 1
        losses = weighted_sum(log_softmax(outputs, axis=axis), shares, axis)
        return reduced_by(losses / -total, reduction)
    counted, index, weights = target_classes(outputs, targets, weight, ignore_index)
    total = weights.sum() if reduction == "mean" else 1
    factors = weights * ((1 - label_smoothing) / total)
    if isinstance(weights, Tensor):  # which get gradients, also where they are 0
        losses = surprisal(outputs, axis, index, as_array(counted, outputs.dtype), Kept()) * factors
    else:
        losses = surprisal(outputs, axis, index, factors, Kept())
    if label_smoothing:
        even = outputs.dtype.type(-label_smoothing / count) / total
        every = 1 if weight is None else weights_of_classes(outputs, weight)
        shares = even * np.expand_dims(counted, axis) * every * np.ones_like(plain(outputs))
        losses = losses + weighted_sum(log_softmax(outputs, axis=axis), shares, axis)
    return reduced_by(losses, reduction)


def reduced_by(losses: Any, reduction: str) -> Any:
    """Reduce losses that are already divided by the number that the mean divides by."""
    return reduced(losses, "sum" if reduction == "mean" else reduction)


def class_axis(outputs: Any) -> int:
    """Return the axis of the classes."""
    if not shape_of(outputs):
        raise ShapeError("The outputs must have an axis of classes: shape (batch, classes).")
    return min(len(shape_of(outputs)) - 1, 1)


def assert_indices(outputs: Any, targets: Any) -> None:
    """Raise if targets do not have the shape of class indices."""
    shape, axis = shape_of(outputs), class_axis(outputs)
    if targets.shape != shape[:axis] + shape[axis + 1 :]:
        raise ShapeError(
            f"The outputs have shape {shape}, with {shape[axis]} classes along axis {axis}; the "
            f"targets have shape {targets.shape}. Class indices must have shape "
            f"{shape[:axis] + shape[axis + 1 :]}, probabilities the shape of the outputs."
        )


def weights_of_classes(outputs: Any, weight: Any) -> Any:
    """Return the weight of each class, with as many axes as the outputs have."""
    axis = class_axis(outputs)
    shape, weight = shape_of(outputs), weights_in(outputs.dtype, weight)
    if weight.shape != (shape[axis],):
        raise ShapeError(
            f"weight= has shape {weight.shape}; for outputs of shape {shape}, with {shape[axis]} "
            f"classes, it must have shape {(shape[axis],)}."
        )
    return weight.reshape([-1 if a == axis else 1 for a in range(len(shape))])


def target_classes(
    outputs: Any, targets: Any, weight: Any, ignore_index: int
) -> tuple[Any, tuple[Any, ...], Any]:
    """Return which examples count, the index of their target classes, and their weights."""
    axis = class_axis(outputs)
    targets = beside(as_array(plain(targets)), outputs)
    assert_indices(outputs, targets)
    counted = targets != ignore_index
    if is_tracing() or is_foreign(counted) or not counted.all():
        targets = np.where(counted, targets, 0)
    classes = indices_below(shape_of(outputs)[axis], targets, "A classification loss")
    index = grids(targets)
    index.insert(axis, classes)
    weights = as_array(counted, outputs.dtype)
    if weight is not None:
        weights = weights * weights_of_classes(outputs, weight).reshape(-1)[classes]
    return counted, tuple(index), weights
