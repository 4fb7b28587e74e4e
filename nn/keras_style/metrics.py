"""Metrics by Keras' names: functions of outputs and targets, arrays, that return a mean."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import DataError, OptionError
from nn.keras_style import losses
from nn.missing_names import refuse


def binary_accuracy(outputs: Any, targets: Any, threshold: float = 0.5) -> float:
    """Return the share of outputs on the right side of the threshold.

    Parameters
    ----------
    outputs : array
        Probabilities.
    targets : array
        0 or 1, of the same shape.
    threshold : float
        What is above it counts as 1.

    Examples
    --------
    >>> binary_accuracy(np.array([0.2, 0.7]), np.array([0, 0]))
    0.5
    """
    outputs, targets = np.asarray(outputs), np.asarray(targets)
    if outputs.shape not in (targets.shape, (*targets.shape, 1)):
        raise DataError(
            f"binary_accuracy: the outputs have shape {outputs.shape}, the targets "
            f"{targets.shape}; they must be the same."
        )
    right = (outputs > threshold) == (targets.reshape(outputs.shape) > 0.5)
    return float(np.mean(right & ~np.isnan(outputs)))


def categorical_accuracy(outputs: Any, targets: Any) -> float:
    """Return the share of examples whose largest output is at the largest target.

    Parameters
    ----------
    outputs, targets : array, shape (..., classes)
        One number for each class.

    Examples
    --------
    >>> categorical_accuracy(np.array([[0.2, 0.8]]), np.array([[0, 1]]))
    1.0
    """
    return _share(outputs, np.argmax(targets, axis=-1))


def sparse_categorical_accuracy(outputs: Any, targets: Any) -> float:
    """Return the share of examples whose largest output is that of their class.

    Parameters
    ----------
    outputs : array, shape (..., classes)
        One number for each class.
    targets : array of int
        The class indices.

    Examples
    --------
    >>> sparse_categorical_accuracy(np.array([[0.2, 0.8]]), np.array([0]))
    0.0
    """
    return _share(outputs, np.asarray(targets).reshape(np.shape(outputs)[:-1]))


def _share(outputs: Any, classes: Any) -> float:
    """Return the share of examples whose largest output is that of their class, none of it NaN."""
    right = (np.argmax(outputs, axis=-1) == classes) & ~np.isnan(outputs).any(axis=-1)
    return float(np.mean(right))


def accuracy(outputs: Any, targets: Any) -> float:
    """Return one of the accuracies, chosen by the shapes as Keras does.

    Parameters
    ----------
    outputs, targets : array
        The outputs of the model, and the targets.

    Raises
    ------
    DataError
        If the shapes fit none of them.

    Examples
    --------
    >>> accuracy(np.array([[0.2, 0.8]]), np.array([1]))
    1.0
    """
    outputs, targets = np.asarray(outputs), np.asarray(targets)
    if outputs.shape[-1:] == (1,) or outputs.ndim == 1:
        return binary_accuracy(outputs, targets)
    if targets.shape == outputs.shape:
        return categorical_accuracy(outputs, targets)
    if targets.shape in (outputs.shape[:-1], (*outputs.shape[:-1], 1)):
        return sparse_categorical_accuracy(outputs, targets)
    raise DataError(
        f"The outputs have shape {outputs.shape}, the targets {targets.shape}: accuracy takes "
        "class indices, one number for each class, or one output."
    )


def _mean_of(loss: str) -> Callable[[Any, Any], float]:
    function = losses.named(loss)

    def metric(outputs: Any, targets: Any) -> float:
        return float(np.mean(function(np.asarray(outputs), targets)))

    metric.__name__ = loss
    return metric


#: The metrics by name.
METRICS: dict[str, Callable[[Any, Any], float]] = {
    "accuracy": accuracy,
    "acc": accuracy,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    **{name: _mean_of(name) for name in [*losses.FUNCTIONS, *losses.ALIASES]},
}


def named(metric: Any) -> Any:
    """Return the metric of a name; anything else unchanged."""
    if not isinstance(metric, str):
        return metric
    if metric.lower() not in METRICS:
        raise OptionError(f"There is no metric {metric!r}; there are {', '.join(METRICS)}.")
    return METRICS[metric.lower()]


def _maker(metric: Callable[..., float]) -> Callable[..., Any]:
    def make(name: str = "", dtype: Any = None, **options: Any) -> Any:
        found = functools.partial(metric, **options)
        found.__name__ = name or metric.__name__  # type: ignore[attr-defined]
        return found

    make.__doc__ = f"Return {metric.__name__}, perhaps under another name."
    return make


Accuracy = _maker(accuracy)
BinaryAccuracy = _maker(binary_accuracy)
CategoricalAccuracy = _maker(categorical_accuracy)
SparseCategoricalAccuracy = _maker(sparse_categorical_accuracy)
MeanAbsoluteError = _maker(METRICS["mean_absolute_error"])
MeanSquaredError = _maker(METRICS["mean_squared_error"])


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(
            f"nn.keras_style has no metrics.{name}: write a function of outputs and targets, "
            "arrays, such as those of sklearn.metrics with their arguments exchanged."
        )
