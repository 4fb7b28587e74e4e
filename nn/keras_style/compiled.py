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
from nn.keras_style.layers.layer import MASKS
from nn.keras_style.outputs import Several, by_name
from nn.module import Module


class Compiled:
    """The loss and the metrics of a compiled model, which take targets with weights as well.

    Parameters
    ----------
    loss, metrics
        As for ``compile``.
    penalties : callable
        Returns what to add to the loss.
    names : list of str, optional
        The names of the outputs.
    loss_weights : list or dict of float, optional
        The factors of the losses of several outputs.
    """

    def __init__(
        self, loss: Any, metrics: Any, penalties: Callable[[], list[Any]] = list,
        names: list[str] | None = None, loss_weights: Any = None,
    ) -> None:  # fmt: skip
        self.penalties = penalties
        self.several: Several | None = None
        if names is not None and len(names) == 1:
            loss, metrics = (only(part, names[0]) for part in (loss, metrics))
            loss_weights = None if loss_weights in (None, 1.0, [1.0]) else loss_weights
        if names is not None and len(names) > 1 and not isinstance(loss, (dict, list, tuple)):
            loss = dict.fromkeys(names, loss)
        if isinstance(loss, (dict, list, tuple)):
            self.several = _several(loss, metrics, names, loss_weights)
            self.metrics: list[Any] = self.several.metrics
            return
        if loss_weights is not None:
            raise OptionError("loss_weights= needs several outputs: write a loss of your own.")
        self._one = OfOutput(loss)
        self.metrics = [_unweighted(known.get(metric)) for metric in listed(metrics)]

    def loss(self, outputs: Any, targets: Any) -> Any:
        """Return the mean of the weighted losses of the examples, and the penalties."""
        if self.several is not None:
            return sum(self.penalties(), self.several.loss(outputs, targets))
        targets, weights = _parts(targets)
        return sum(self.penalties(), self._one(outputs, targets, weights))


class OfOutput:
    """The loss of one output.

    Parameters
    ----------
    loss
        As for ``compile``.
    """

    def __init__(self, loss: Any) -> None:
        found = losses.get(loss)
        self.of_examples = outputs_first("loss", found)
        self.is_weighted = isinstance(found, losses.Loss)

    def __call__(self, outputs: Any, targets: Any, weights: Any) -> Any:
        """Return the mean over the batch, of masked outputs over what is not masked."""
        mask = MASKS.of_outputs(outputs)
        if self.is_weighted:
            own = {} if mask is None else {"mask": mask}
            return np.mean(self.of_examples(outputs, targets, sample_weight=weights, **own))
        found = self.of_examples(outputs, targets)
        if mask is not None:
            return losses.masked_mean(found, mask, weights)
        if weights is None:
            return np.mean(found)
        if shape_of(found) != shape_of(weights):
            raise DataError(
                f"The loss returned an array of shape {shape_of(found)}; weights of examples need "
                f"a loss of shape {shape_of(weights)}, one number for each: a name such as "
                '"mse", or a loss with reduction="none".'
            )
        return np.mean(found * weights)


def only(given: Any, name: str) -> Any:
    """Return what was given for the only output: a dict with its name stands for what it has."""
    return given[name] if isinstance(given, dict) and list(given) == [name] else given


def _several(loss: Any, metrics: Any, names: list[str] | None, weights: Any) -> Several:
    """Return the losses and metrics of several outputs."""
    if names is None:
        numbered = [f"output_{place + 1}" for place in range(len(loss))]
        names = list(loss) if isinstance(loss, dict) else numbered
    given = by_name("loss", loss, names)
    missing = [name for name in names if given.get(name) is None]
    if missing:
        raise OptionError(f"loss= has none for the outputs {', '.join(missing)}.")
    if isinstance(metrics, str) or callable(metrics):
        raise OptionError(f"metrics= must be a list or a dict for the outputs {', '.join(names)}.")
    return Several(
        names,
        {name: OfOutput(given[name]) for name in names},
        by_name("loss_weights", weights, names),
        {
            name: [_unweighted(known.get(metric)) for metric in listed(own)]
            for name, own in by_name("metrics", metrics or None, names).items()
        },
    )


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
        found = plain(measured(outputs, _parts(targets)[0]))
        mask = MASKS.of_outputs(outputs)
        return np.mean(found) if mask is None else plain(losses.masked_mean(found, mask))

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
