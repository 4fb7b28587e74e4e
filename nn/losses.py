"""Loss functions: how far the outputs of a model are from the targets, as one number.

Formulas and reductions are PyTorch's. Unless stated otherwise, outputs and targets have the same
shape; a `ShapeError` is raised if they do not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import OptionError, ShapeError
from autograd.program import is_tracing
from nn.activations import log_softmax
from nn.linear import indices_below
from nn.loss_kernels import (
    cross_entropy_of_bits,
    cross_entropy_of_logits,
    huber_of_difference,
    surprisal,
    weighted_sum,
)
from nn.module import plain, shape_of
from nn.types import typed_loss

REDUCTIONS: dict[str, Callable[[Any], Any]]
REDUCTIONS = {
    "mean": lambda losses: losses.mean(),
    "sum": lambda losses: losses.sum(),
    "none": lambda losses: losses,
}


def reduced(losses: Any, reduction: str) -> Any:
    """Return the mean or the sum of losses, or the losses themselves."""
    if reduction not in REDUCTIONS:
        raise OptionError(f'reduction= must be "mean", "sum" or "none", not {reduction!r}.')
    return REDUCTIONS[reduction](losses)


def same_shape(outputs: Any, targets: Any) -> Any:
    """Return targets with the dtype of the outputs; raise if the shapes differ."""
    if not isinstance(targets, Tensor):
        targets = np.asarray(targets, outputs.dtype if isinstance(outputs, Tensor) else None)
    if shape_of(outputs) != targets.shape:
        raise ShapeError(
            f"The outputs have shape {shape_of(outputs)}, the targets {targets.shape}; they must "
            f"be equal. Write targets.reshape({shape_of(outputs)}) if that is what you mean."
        )
    return targets


# -- numbers ----------------------------------------------------------------------------------


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
    return reduced((outputs - same_shape(outputs, targets)) ** 2, reduction)


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
    return reduced(np.abs(outputs - same_shape(outputs, targets)), reduction)


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
    difference = outputs - same_shape(outputs, targets)
    return reduced(huber_of_difference(difference, delta), reduction)


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
    targets = same_shape(outputs, targets)
    if not (np.abs(plain(targets)) == 1).all():
        raise OptionError("hinge takes targets -1 and 1. For targets 0 and 1 write 2 * t - 1.")
    return reduced(np.maximum(margin - targets * outputs, 0.0), reduction)


# -- probabilities ----------------------------------------------------------------------------


@typed_loss
def binary_cross_entropy(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """Return -t log p - (1 - t) log(1 - p), for probabilities p and targets t.

    If the probabilities come from a sigmoid, `binary_cross_entropy_with_logits` is more accurate.

    Parameters
    ----------
    outputs : array_like or node
        Probabilities, from 0 to 1.
    targets : array_like, of the same shape
        Probabilities, from 0 to 1.
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
    OptionError
        If outputs or targets are not between 0 and 1.

    Examples
    --------
    >>> float(np.round(binary_cross_entropy(np.array([0.5, 1.0]), [1, 1]), 4))
    0.3466
    """
    targets = same_shape(outputs, targets)
    for what, numbers in (("outputs", plain(outputs)), ("targets", plain(targets))):
        if ((numbers < 0) | (numbers > 1)).any():
            raise OptionError(
                f"The {what} of binary_cross_entropy must be probabilities, from 0 to 1; they "
                f"range from {numbers.min():.6g} to {numbers.max():.6g}. For outputs without a "
                "sigmoid use binary_cross_entropy_with_logits."
            )
    return reduced(cross_entropy_of_bits(outputs, targets), reduction)


@typed_loss
def binary_cross_entropy_with_logits(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """Return the binary cross-entropy of sigmoid(outputs), without overflow.

    Parameters
    ----------
    outputs : array_like or node
        Logits: any numbers.
    targets : array_like, of the same shape
        Probabilities, from 0 to 1.
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
    >>> binary_cross_entropy_with_logits(np.array([-1000.0, 1000.0]), [1, 1], reduction="none")
    array([1000.,    0.])
    """
    return reduced(cross_entropy_of_logits(outputs, same_shape(outputs, targets)), reduction)


@typed_loss
def kl_divergence(
    outputs: Any, targets: Any, reduction: str = "mean", log_target: bool = False
) -> Any:
    """Return t (log t - output), the Kullback-Leibler divergence.

    Source: Kullback & Leibler, "On information and sufficiency", 1951.

    Parameters
    ----------
    outputs : array_like or node
        Logarithms of probabilities.
    targets : array_like, of the same shape
        Probabilities t, or their logarithms.
    reduction : {"mean", "sum", "batchmean", "none"}
        "mean" averages over all elements, as in PyTorch; "batchmean" divides the sum by the number
        of examples, which gives the divergence as it is defined.
    log_target : bool
        Whether the targets are logarithms.

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
    >>> float(np.round(kl_divergence(np.log([[0.5, 0.5]]), [[1.0, 0.0]], "batchmean"), 4))
    0.6931
    """
    targets = same_shape(outputs, targets)
    if log_target:
        losses = np.exp(targets) * (targets - outputs)
    else:
        positive = plain(targets) > 0
        losses = np.where(positive, targets, 0.0) * (
            np.log(np.where(positive, targets, 1.0)) - outputs
        )
    if reduction == "batchmean":
        return np.sum(losses) / shape_of(outputs)[0]
    return reduced(losses, reduction)


# -- classes ----------------------------------------------------------------------------------


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
    _, index, weights = target_classes(outputs, targets, weight, ignore_index)
    total = weights.sum() if reduction == "mean" else 1
    selected = np.where(weights == 0, 0.0, outputs[index])  # may be infinite where ignored
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
    axis = class_axis(outputs)
    count = shape_of(outputs)[axis]
    if shape_of(targets) == shape_of(outputs):
        shares: Any = same_shape(outputs, targets)
        if label_smoothing:
            shares = shares * (1 - label_smoothing) + label_smoothing / count
        if weight is not None:
            shares = shares * weights_of_classes(outputs, weight)
        total = max(np.size(outputs) // max(count, 1), 1) if reduction == "mean" else 1
        return reduced_by(
            weighted_sum(log_softmax(outputs, axis=axis), shares / -total, axis), reduction
        )
    counted, index, weights = target_classes(outputs, targets, weight, ignore_index)
    total = weights.sum() if reduction == "mean" else 1
    losses = surprisal(outputs, axis, index, weights * ((1 - label_smoothing) / total), [])
    if label_smoothing:
        even = np.full((), -label_smoothing / count / total, outputs.dtype)
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


def weights_of_classes(outputs: Any, weight: Any) -> Any:
    """Return the weight of each class, with as many axes as the outputs have."""
    axis = class_axis(outputs)
    shape, weight = shape_of(outputs), np.asarray(plain(weight), outputs.dtype)
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
    shape, axis = shape_of(outputs), class_axis(outputs)
    targets = np.asarray(plain(targets))
    if targets.shape != shape[:axis] + shape[axis + 1 :]:
        raise ShapeError(
            f"The outputs have shape {shape}, with {shape[axis]} classes along axis {axis}; the "
            f"targets have shape {targets.shape}. Class indices must have shape "
            f"{shape[:axis] + shape[axis + 1 :]}, probabilities the shape of the outputs."
        )
    counted = targets != ignore_index
    if is_tracing() or not counted.all():
        targets = np.where(counted, targets, 0)
    classes = indices_below(shape[axis], targets, "A classification loss")
    index = list(np.indices(targets.shape, sparse=True))
    index.insert(axis, classes)
    weights = np.asarray(counted, outputs.dtype)
    if weight is not None:
        weights = weights * weights_of_classes(outputs, weight).reshape(-1)[classes]
    return counted, tuple(index), weights
