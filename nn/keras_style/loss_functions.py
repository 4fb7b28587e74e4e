"""Keras' losses as functions of targets and outputs, which return one number for each example.

Where outputs have more than two axes, only the last one is averaged; where they have one, none.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np

from autograd import log_softmax, sigmoid, softmax, softplus
from autograd.errors import DataError, ShapeError
from nn import losses
from nn.arrays import plain, shape_of
from nn.layers.linear import indices_below

#: The smallest probability whose logarithm is taken, and the smallest divisor.
LEAST = 1e-7


def floats(x: Any) -> Any:
    """Return numbers that can be subtracted: integers as float64."""
    x = x if hasattr(x, "dtype") else np.asarray(x)
    return x if x.dtype.kind in "fc" else x.astype(np.float64)


def alike(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Return targets and outputs of the same shape, though one may lack a last axis of length 1."""
    y_true, y_pred = floats(y_true), floats(y_pred)
    true, pred = shape_of(y_true), shape_of(y_pred)
    if true == (*pred, 1) or pred == (*true, 1):
        flat = min(len(true), len(pred)) > 1
        shape = min(true, pred, key=len) if flat else max(true, pred, key=len)
        return np.reshape(y_true, shape), np.reshape(y_pred, shape)
    if true != pred:
        raise ShapeError(
            f"The targets have shape {true}, the outputs {pred}; they must have the same shape."
        )
    return y_true, y_pred


def _mean(found: Any) -> Any:
    return np.mean(found, axis=-1) if len(shape_of(found)) > 1 else found


def _elementwise(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a loss that is the mean of a function over the last axis."""

    def loss(y_true: Any, y_pred: Any, *arguments: Any, **options: Any) -> Any:
        return _mean(function(*alike(y_true, y_pred), *arguments, **options))

    loss.__name__ = loss.__qualname__ = function.__name__.lstrip("_")
    loss.__doc__ = function.__doc__
    loss.__signature__ = signature(function)  # type: ignore[attr-defined]
    return loss


@_elementwise
def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of squared differences."""
    return losses.mse(y_pred, y_true, "none")


@_elementwise
def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of absolute differences."""
    return losses.mae(y_pred, y_true, "none")


@_elementwise
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of differences in percent of the targets."""
    return 100.0 * np.abs((y_true - y_pred) / np.maximum(np.abs(y_true), LEAST))


@_elementwise
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of squared differences of log(1 + x)."""
    logs = [np.log(np.maximum(x, LEAST) + 1.0) for x in (y_pred, y_true)]
    return (logs[0] - logs[1]) ** 2


@_elementwise
def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Return the mean of Huber's losses: squares near 0, absolute values beyond delta."""
    return losses.huber(y_pred, y_true, "none", delta)


@_elementwise
def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of log(cosh(difference))."""
    difference = y_pred - y_true
    return difference + softplus(-2.0 * difference) - np.log(2.0)


def _signs(y_true: Any) -> Any:
    bits = np.isin(plain(y_true), (0, 1)).all()
    return 2.0 * y_true - 1.0 if bits else y_true


@_elementwise
def hinge(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of max(1 - y·output, 0), where y is -1 or 1; targets may be 0 and 1."""
    return np.maximum(1.0 - _signs(y_true) * y_pred, 0.0)


@_elementwise
def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of the squares of the hinge losses."""
    return np.maximum(1.0 - _signs(y_true) * y_pred, 0.0) ** 2


@_elementwise
def poisson(y_true: Any, y_pred: Any) -> Any:
    """Return the mean of rate - count·log(rate)."""
    return losses.poisson_nll(y_pred, y_true, "none", False, eps=LEAST)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """Return how far the largest other output is above that of the class, less 1; at least 0."""
    y_true, y_pred = alike(y_true, y_pred)
    other = np.max((1.0 - y_true) * y_pred, axis=-1)
    return np.maximum(other - np.sum(y_true * y_pred, axis=-1) + 1.0, 0.0)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return minus the cosine of the angle between targets and outputs."""
    units = [_unit(x, axis) for x in alike(y_true, y_pred)]
    return -np.sum(units[0] * units[1], axis=axis)


def _unit(x: Any, axis: int) -> Any:
    squares = np.sum(x * x, axis=axis, keepdims=True)
    return x / np.sqrt(np.maximum(squares, LEAST**2))


def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """Return the Kullback-Leibler divergence of the outputs from the targets."""
    y_true, y_pred = (np.clip(x, LEAST, 1.0) for x in alike(y_true, y_pred))
    return np.sum(y_true * (np.log(y_true) - np.log(y_pred)), axis=-1)


def check_probabilities(name: str, outputs: Any) -> None:
    """Raise if outputs are no probabilities."""
    numbers = plain(outputs)
    if not ((numbers >= 0) & (numbers <= 1) | np.isnan(numbers)).all():
        raise DataError(
            f"{name} takes probabilities, but the outputs range from {np.min(numbers):.3g} to "
            f"{np.max(numbers):.3g}. End the model with nn.Softmax(axis=1) or nn.Sigmoid(), or, "
            "for logits, write the loss with from_logits=True."
        )


def _bits(y_true: Any, label_smoothing: float) -> Any:
    return y_true * (1 - label_smoothing) + label_smoothing / 2 if label_smoothing else y_true


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0
) -> Any:
    """Return the mean cross-entropy of two classes, given the probability of the second."""
    y_true, y_pred = alike(y_true, y_pred)
    y_true = _bits(y_true, label_smoothing)
    if from_logits:
        return _mean(losses.binary_cross_entropy_with_logits(y_pred, y_true, "none"))
    check_probabilities("binary_crossentropy", y_pred)
    y_pred = np.clip(y_pred, LEAST, 1 - LEAST)
    return _mean(losses.binary_cross_entropy(y_pred, y_true, "none"))


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
) -> Any:
    """Return the mean of cross-entropies times (1 - p)^gamma, p the probability of the target."""
    y_true, y_pred = alike(y_true, y_pred)
    y_true = _bits(y_true, label_smoothing)
    p = sigmoid(y_pred) if from_logits else y_pred
    check_probabilities("binary_focal_crossentropy", p)
    entropy = losses.binary_cross_entropy(np.clip(p, LEAST, 1 - LEAST), y_true, "none")
    found = (1.0 - (y_true * p + (1 - y_true) * (1 - p))) ** gamma * entropy
    if apply_class_balancing:
        found = found * (y_true * alpha + (1 - y_true) * (1 - alpha))
    return _mean(found)


def _shares(outputs: Any) -> Any:
    shares = outputs / np.sum(outputs, axis=-1, keepdims=True)
    return np.clip(shares, LEAST, 1 - LEAST)


def _one_for_each(name: str, y_true: Any, y_pred: Any, label_smoothing: float) -> Any:
    """Return targets with one number for each class."""
    y_true = floats(y_true)
    if y_true.shape != shape_of(y_pred):
        raise DataError(
            f"{name} takes one number for each class: the outputs have shape "
            f"{shape_of(y_pred)}, the targets {y_true.shape}. For class indices write "
            '"sparse_categorical_crossentropy".'
        )
    return y_true * (1 - label_smoothing) + label_smoothing / y_true.shape[-1]


def _logarithms(name: str, outputs: Any, from_logits: bool) -> Any:
    if from_logits:
        return log_softmax(outputs, axis=-1)
    check_probabilities(name, outputs)
    return np.log(_shares(outputs))


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0
) -> Any:
    """Return the cross-entropy of classes, given one number for each class as targets."""
    name = "categorical_crossentropy"
    y_true = _one_for_each(name, y_true, y_pred, label_smoothing)
    return -np.sum(y_true * _logarithms(name, y_pred, from_logits), axis=-1)


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
) -> Any:
    """Return the cross-entropy of classes, each term times alpha·(1 - p)^gamma."""
    name = "categorical_focal_crossentropy"
    y_true = _one_for_each(name, y_true, y_pred, label_smoothing)
    p = softmax(y_pred, axis=-1) if from_logits else y_pred
    check_probabilities(name, p)
    p = _shares(p)
    return -np.sum(alpha * (1.0 - p) ** gamma * y_true * np.log(p), axis=-1)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None
) -> Any:
    """Return the cross-entropy of classes, given their indices; 0 where one is ignored."""
    name = "sparse_categorical_crossentropy"
    y_true = np.asarray(plain(y_true))
    if y_true.shape == (*shape_of(y_pred)[:-1], 1):
        y_true = y_true[..., 0]
    if y_true.shape != shape_of(y_pred)[:-1]:
        raise DataError(
            f"{name} takes class indices: the outputs have shape {shape_of(y_pred)}, the targets "
            f'{y_true.shape}. For one number for each class write "categorical_crossentropy".'
        )
    counts = None if ignore_class is None else y_true != ignore_class
    y_true = y_true if counts is None else np.where(counts, y_true, 0)
    chosen = indices_below(shape_of(y_pred)[-1], y_true, name)
    logarithms = _logarithms(name, y_pred, from_logits)
    found = -np.take_along_axis(logarithms, chosen[..., None], axis=-1)[..., 0]
    return found if counts is None else np.where(counts, found, np.zeros((), found.dtype))
