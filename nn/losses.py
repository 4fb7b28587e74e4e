"""Losses, as functions and as modules: how wrong an output is, as one number.

All take ``reduction=``: "mean", "sum", or "none" for the loss of each example. What the mean is
taken over, and every formula, is PyTorch's. Where no other shapes are given, outputs and targets
must be of the same, and a `ShapeError` says if they are not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Tensor, define, elementwise, sigmoid, softmax
from autograd.errors import OptionError, ShapeError
from nn.activations import log_softmax
from nn.linear import indices_below
from nn.module import module_of, plain, shape_of

REDUCTIONS: dict[str, Callable[[Any], Any]]
REDUCTIONS = {
    "mean": lambda losses: losses.mean(),
    "sum": lambda losses: losses.sum(),
    "none": lambda losses: losses,
}


def reduced(losses: Any, reduction: str) -> Any:
    """Return the mean, the sum, or the losses themselves."""
    if reduction not in REDUCTIONS:
        raise OptionError(f'reduction= is "mean", "sum" or "none", not {reduction!r}.')
    return REDUCTIONS[reduction](losses)


def same_shape(outputs: Any, targets: Any) -> Any:
    """Return targets in the precision of the outputs, after a check that they are not broadcast."""
    if not isinstance(targets, Tensor):
        targets = np.asarray(targets, outputs.dtype if isinstance(outputs, Tensor) else None)
    if shape_of(outputs) != targets.shape:
        raise ShapeError(
            f"The outputs have shape {shape_of(outputs)}, the targets {targets.shape}: they must "
            f"be the same. Write targets.reshape({shape_of(outputs)}) if that is what you mean."
        )
    return targets


# -- the calculus -----------------------------------------------------------------------------


def log_at_least(x: Any) -> Any:
    """Return log(x), and -100 where that is less: PyTorch's limit for the loss of one example."""
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(x), -100.0)


def weighed_array(x: Any, weights: Any, axis: int) -> Any:
    """Sum weights times x along an axis; where a weight is zero, x may be infinite."""
    return np.sum(weights * np.where(weights == 0, 0.0, x), axis=axis)


def surprise_array(x: Any, axis: int, index: Any, weights: Any, kept: list[Any]) -> Any:
    """Return minus the logarithms of the softmax at some elements, times their weights."""
    shifted = x - np.maximum.reduce(x, axis, keepdims=True)
    right = shifted[index]
    exponentials = np.exp(shifted, out=shifted if shifted.dtype.kind == "f" else None)
    total = np.add.reduce(exponentials, axis, keepdims=True)
    kept[:] = [(x, exponentials, total)]  # the way back begins with them
    surprises = np.log(total.squeeze(axis)) - right  # infinite or NaN, perhaps, where none counts
    return weights * np.where(weights == 0, 0.0, surprises)


def surprise_vjp(g: Any, y: Any, x: Any, axis: int, index: Any, weights: Any, kept: Any) -> Any:
    """Return g · weights · (softmax(x) − 1 at the elements that were picked)."""
    g = g * weights
    of_each = g[(slice(None),) * axis + (None,)]
    if isinstance(g, Tensor) or isinstance(x, Tensor):
        picked = np.zeros(x.shape, x.dtype)
        picked[index] = 1
        return (softmax(x, axis=axis) - picked) * of_each
    if not kept or kept[0][0] is not x:  # the way back is gone a second time, or by a checker
        surprise_array(x, axis, index, weights, kept)
    _, exponentials, total = kept.pop()  # taken out, for the derivative takes their place
    slope = np.multiply(exponentials, of_each / total, out=exponentials)
    slope[index] -= g
    return slope


# fmt: off
huber_of_difference = elementwise(
    lambda d, delta: np.where(np.abs(d) <= delta, d * d / 2, delta * (np.abs(d) - delta / 2)), None,
    lambda y, d, delta: np.clip(d, -delta, delta),
    lambda y, d, delta: np.maximum(np.abs(d) - delta, 0.0), name="huber")
cross_entropy_of_bits = elementwise(
    lambda p, t: -(t * log_at_least(p) + (1 - t) * log_at_least(1 - p)), None,
    lambda y, p, t: (p - t) / np.maximum(p * (1 - p), 1e-12),
    lambda y, p, t: np.maximum(np.log(1 - p), -100.0) - np.maximum(np.log(p), -100.0),
    name="binary_cross_entropy")
cross_entropy_of_logits = elementwise(
    lambda z, t: np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z))), None,
    lambda y, z, t: sigmoid(z) - t,
    lambda y, z, t: -z, name="binary_cross_entropy_with_logits")
surprise = define(surprise_array, surprise_vjp, fresh_results=True, name="cross_entropy")
weighed = define(weighed_array,
    lambda g, y, x, weights, axis: np.expand_dims(g, axis) * weights,
    lambda g, y, x, weights, axis: np.expand_dims(g, axis) * x,
    fresh_results=True, name="weighed_sum")
# fmt: on

# -- numbers ----------------------------------------------------------------------------------


def mse(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """Return the squared error.

    Examples
    --------
    >>> float(mse(np.array([1.0, 2.0]), [0.0, 0.0]))
    2.5
    """
    return reduced((outputs - same_shape(outputs, targets)) ** 2, reduction)


def mae(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """Return the absolute error."""
    return reduced(np.abs(outputs - same_shape(outputs, targets)), reduction)


def huber(outputs: Any, targets: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    """Return half the squared error up to `delta`, and beyond it the tangent to that.

    Source: Huber, "Robust estimation of a location parameter", 1964.
    """
    difference = outputs - same_shape(outputs, targets)
    return reduced(huber_of_difference(difference, delta), reduction)


def hinge(outputs: Any, targets: Any, reduction: str = "mean", margin: float = 1.0) -> Any:
    """Return max(0, margin - target · output), for targets of -1 and 1."""
    targets = same_shape(outputs, targets)
    if not (np.abs(plain(targets)) == 1).all():
        raise OptionError("The targets of a hinge loss are -1 and 1. Of 0 and 1 make 2 t - 1.")
    return reduced(np.maximum(margin - targets * outputs, 0.0), reduction)


# -- probabilities ----------------------------------------------------------------------------


def binary_cross_entropy(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """Return -t log p - (1 - t) log(1 - p), for probabilities p and targets t from 0 to 1.

    An `OptionError` says if they are not. Of probabilities that are sigmoids,
    `binary_cross_entropy_with_logits` is more exact.
    """
    targets = same_shape(outputs, targets)
    for what, numbers in (("outputs", plain(outputs)), ("targets", plain(targets))):
        if ((numbers < 0) | (numbers > 1)).any():
            raise OptionError(
                f"The {what} of a binary cross-entropy are probabilities, from 0 to 1; there are "
                f"some from {numbers.min():.6g} to {numbers.max():.6g}. For outputs without a "
                "sigmoid write binary_cross_entropy_with_logits."
            )
    return reduced(cross_entropy_of_bits(outputs, targets), reduction)


def binary_cross_entropy_with_logits(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """Return the binary cross-entropy of sigmoid(outputs), without overflow anywhere."""
    return reduced(cross_entropy_of_logits(outputs, same_shape(outputs, targets)), reduction)


def kl_divergence(
    outputs: Any, targets: Any, reduction: str = "mean", log_target: bool = False
) -> Any:
    """Return t (log t - output): outputs are logarithms of probabilities, targets probabilities.

    With `log_target` targets are logarithms as well. ``reduction="mean"`` is that over all
    numbers, as in PyTorch; "batchmean" divides by the number of examples only, which is the
    divergence of Kullback & Leibler.
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


def nll(
    outputs: Any,
    targets: Any,
    reduction: str = "mean",
    weight: Any = None,
    ignore_index: int = -100,
) -> Any:
    """Return minus the output of the right class: the negative log-likelihood.

    Outputs are logarithms of probabilities; targets are numbers of classes, and all else is as
    for `cross_entropy`.
    """
    _, index, weights = right_classes(outputs, targets, weight, ignore_index)
    total = weights.sum() if reduction == "mean" else 1
    right = np.where(weights == 0, 0.0, outputs[index])  # which may be infinite there
    return reduced_by(right * (weights / -total), reduction)


def cross_entropy(
    outputs: Any,
    targets: Any,
    reduction: str = "mean",
    weight: Any = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Any:
    """Return minus the logarithm of the softmax of the right class.

    Parameters
    ----------
    outputs : array_like, shape (classes,), (batch, classes) or (batch, classes, ...)
        Any numbers; their softmax is taken here.
    targets : array_like
        The numbers of the right classes, integers, of the same shape without the axis of classes;
        or the probability of each class, of the same shape.
    weight : array_like, shape (classes,), optional
        How much each class counts; the mean over numbers of classes is weighted.
    ignore_index : int
        A number that stands for no class: such an example does not count.
    label_smoothing : float
        The share, from 0 to 1, of the target that is spread over all classes evenly. Source:
        Szegedy et al., "Rethinking the Inception architecture", 2016.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    DataError
        If the numbers of classes are not whole, or one is not that of a class.
    OptionError
        If `label_smoothing` is not from 0 to 1.

    Examples
    --------
    >>> logits = np.array([[2.0, 0.0], [0.0, 1e4]])
    >>> cross_entropy(logits, [0, 0], reduction="none")
    array([1.26928011e-01, 1.00000000e+04])
    """
    if not 0 <= label_smoothing <= 1:
        raise OptionError(f"label_smoothing= is a share, from 0 to 1, not {label_smoothing}.")
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
            weighed(log_softmax(outputs, axis=axis), shares / -total, axis), reduction
        )
    counted, index, weights = right_classes(outputs, targets, weight, ignore_index)
    total = weights.sum() if reduction == "mean" else 1
    right = surprise(outputs, axis, index, weights * ((1 - label_smoothing) / total), [])
    if label_smoothing:
        even = np.full((), -label_smoothing / count / total, outputs.dtype)
        every = 1 if weight is None else weights_of_classes(outputs, weight)
        shares = even * np.expand_dims(counted, axis) * every * np.ones_like(plain(outputs))
        right = right + weighed(log_softmax(outputs, axis=axis), shares, axis)
    return reduced_by(right, reduction)


def reduced_by(losses: Any, reduction: str) -> Any:
    """Return the sum of losses that have been divided by what the mean is taken over."""
    return reduced(losses, "sum" if reduction == "mean" else reduction)


def class_axis(outputs: Any) -> int:
    """Return which axis of the outputs is that of the classes."""
    if not shape_of(outputs):
        raise ShapeError("The outputs need an axis of classes: shape (batch, classes).")
    return min(len(shape_of(outputs)) - 1, 1)


def weights_of_classes(outputs: Any, weight: Any) -> Any:
    """Return the weight of each class, with as many axes as the outputs."""
    axis = class_axis(outputs)
    shape, weight = shape_of(outputs), np.asarray(plain(weight), outputs.dtype)
    if weight.shape != (shape[axis],):
        raise ShapeError(
            f"weight= has shape {weight.shape}; outputs of shape {shape} have {shape[axis]} "
            "classes, and one weight for each is wanted."
        )
    return weight.reshape([-1 if a == axis else 1 for a in range(len(shape))])


def right_classes(
    outputs: Any, targets: Any, weight: Any, ignore_index: int
) -> tuple[Any, tuple[Any, ...], Any]:
    """Return which examples count, the index of each one's right class, and how much it counts."""
    shape, axis = shape_of(outputs), class_axis(outputs)
    targets = np.asarray(plain(targets))
    if targets.shape != shape[:axis] + shape[axis + 1 :]:
        raise ShapeError(
            f"The outputs have shape {shape}, with {shape[axis]} classes along axis {axis}; the "
            f"targets have shape {targets.shape}. As numbers of classes they must have shape "
            f"{shape[:axis] + shape[axis + 1 :]}, as probabilities that of the outputs."
        )
    counted = targets != ignore_index
    classes = targets if counted.all() else np.where(counted, targets, 0)
    classes = indices_below(shape[axis], classes, "A loss of classes")
    index = list(np.indices(targets.shape, sparse=True))
    index.insert(axis, classes)
    weights = np.asarray(counted, outputs.dtype)
    if weight is not None:
        weights = weights * weights_of_classes(outputs, weight).reshape(-1)[classes]
    return counted, tuple(index), weights


MSELoss = module_of("MSELoss", mse, 2)
L1Loss = module_of("L1Loss", mae, 2)
HuberLoss = module_of("HuberLoss", huber, 2)
HingeLoss = module_of("HingeLoss", hinge, 2)
BCELoss = module_of("BCELoss", binary_cross_entropy, 2)
BCEWithLogitsLoss = module_of("BCEWithLogitsLoss", binary_cross_entropy_with_logits, 2)
KLDivLoss = module_of("KLDivLoss", kl_divergence, 2)
NLLLoss = module_of("NLLLoss", nll, 2)
CrossEntropyLoss = module_of("CrossEntropyLoss", cross_entropy, 2)
