"""Metrics by Keras' names: functions of outputs and targets, arrays, that return a mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError
from nn.keras_style import losses


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
    targets = np.asarray(targets).reshape(np.shape(outputs))
    return float(np.mean((np.asarray(outputs) > threshold) == (targets > 0.5)))


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
    return float(np.mean(np.argmax(outputs, axis=-1) == np.argmax(targets, axis=-1)))


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
    targets = np.asarray(targets).reshape(np.shape(outputs)[:-1])
    return float(np.mean(np.argmax(outputs, axis=-1) == targets))


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
