"""What ``compile`` chooses: the loss and the metrics, by what `nn.fit` calls them with."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError
from nn.arrays import plain, shape_of
from nn.keras_style import losses
from nn.keras_style import metrics as known
from nn.module import Module


class Compiled:
    """The loss and the metrics of a compiled model, which take targets with weights as well.

    Parameters
    ----------
    loss, metrics
        As for ``compile``.
    penalties : callable
        Returns what to add to the loss.
    """

    def __init__(self, loss: Any, metrics: Any, penalties: Callable[[], list[Any]] = list) -> None:
        self.penalties = penalties
        self.of_examples = outputs_first("loss", losses.get(loss))
        self.metrics = [_unweighted(known.get(metric)) for metric in listed(metrics)]
        self.is_weighted = isinstance(losses.get(loss), losses.Loss)

    def loss(self, outputs: Any, targets: Any) -> Any:
        """Return the mean of the weighted losses of the examples, and the penalties."""
        return sum(self.penalties(), self._of_batch(outputs, targets))

    def _of_batch(self, outputs: Any, targets: Any) -> Any:
        targets, weights = _parts(targets)
        if self.is_weighted:
            return np.mean(self.of_examples(outputs, targets, sample_weight=weights))
        found = self.of_examples(outputs, targets)
        if weights is None:
            return np.mean(found)
        if shape_of(found) != shape_of(weights):
            raise DataError(
                f"The loss returned an array of shape {shape_of(found)}; weights of examples need "
                f"a loss of shape {shape_of(weights)}, one number for each: a name such as "
                '"mse", or a loss with reduction="none".'
            )
        return np.mean(found * weights)


def listed(given: Any) -> list[Any]:
    """Return a list of what may be nothing, one thing or several."""
    if given is None:
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _parts(targets: Any) -> tuple[Any, Any]:
    """Return the targets, and the weights of the examples or None."""
    if isinstance(targets, dict) and targets.keys() == {"targets", "weights"}:
        return targets["targets"], targets["weights"]
    return targets, None


def _unweighted(metric: Any) -> Any:
    of_batch = isinstance(metric, known.MeanMetricWrapper)
    measured = outputs_first("metric", metric.of_batch if of_batch else metric)

    def measure(outputs: Any, targets: Any) -> Any:
        return np.mean(plain(measured(outputs, _parts(targets)[0])))

    measure.__name__ = getattr(metric, "__name__", type(metric).__name__)
    return measure


def outputs_first(what: str, function: Any) -> Callable[..., Any]:
    """Return a function of outputs and targets for one that may take these the other way round.

    Keras passes the targets first, `nn` the outputs; the names of the parameters say which.
    """
    if isinstance(function, Module):
        return function
    parameters = inspect.signature(function).parameters
    if "y_true" in parameters and "y_pred" in parameters:

        def call(outputs: Any, targets: Any, **options: Any) -> Any:
            return function(y_true=targets, y_pred=outputs, **options)

        call.__name__ = getattr(function, "__name__", type(function).__name__)
        return call
    if list(parameters)[1:2] != ["targets"]:
        named = getattr(function, "__name__", type(function).__name__)
        raise OptionError(
            f"Does the {what} {named}({', '.join(parameters)}) take the targets first, as in "
            f"Keras? Then name its parameters: {named}(y_true, y_pred); else "
            f"{named}(outputs, targets)."
        )
    return function  # type: ignore[no-any-return]
