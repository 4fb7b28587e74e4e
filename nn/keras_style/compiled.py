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
from nn.keras_style.layers.passing import MASKS
from nn.keras_style.metric import Mean, MeanMetricWrapper, Metric
from nn.keras_style.outputs import Several, by_name, weights_by_key
from nn.keras_style.reductions import of_steps, reduced
from nn.module import Module
from nn.training.metrics import direction_of


class Compiled:
    """The loss and the metrics of a compiled model, which take targets with weights as well.

    Parameters
    ----------
    loss, metrics, weighted
        As for ``compile``; the weighted metrics take the weights of the examples.
    penalties : callable
        Returns what to add to the loss.
    names : list of str, optional
        The names of the outputs.
    loss_weights : list or dict of float, optional
        The factors of the losses of several outputs.
    """

    name = "compile_metrics"
    is_empty = False

    def __init__(
        self, loss: Any, metrics: Any, penalties: Callable[[], list[Any]] = list,
        names: list[str] | None = None, loss_weights: Any = None, weighted: Any = None,
    ) -> None:  # fmt: skip
        self.penalties = penalties
        self.several: Several | None = None
        if names is not None and len(names) == 1:
            loss, metrics, weighted = (only(part, names[0]) for part in (loss, metrics, weighted))
            loss_weights = None if loss_weights in (None, 1.0, [1.0]) else loss_weights
        if names is not None and len(names) > 1 and not isinstance(loss, (dict, list, tuple)):
            loss = dict.fromkeys(names, loss) if loss is not None else None
        if isinstance(loss, (dict, list, tuple)):
            self.several = _several(loss, metrics, names, loss_weights, weighted)
            self.metrics: list[Any] = self.several.metrics
            return
        if loss_weights is not None:
            raise OptionError("loss_weights= needs several outputs: write a loss of your own.")
        self._one = None if loss is None else OfOutput(loss)
        self.is_empty = loss is None
        self.metrics = counted(metrics, weighted)

    def loss(self, outputs: Any, targets: Any) -> Any:
        """Return the mean of the weighted losses of the examples, and the penalties."""
        found = self.penalties()
        if self.several is not None:
            return sum(found, self.several.loss(outputs, targets))
        if self._one is None:
            if not found:
                raise OptionError('compile needs a loss, such as loss="mse".')
            return sum(found)
        targets, weights = parts_of_targets(targets)
        return sum(found, self._one(outputs, targets, weights))

    def reset_state(self) -> None:
        """Forget all examples."""
        for metric in self.metrics:
            metric.begin()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take more examples."""
        if sample_weight is not None and self.several is not None:
            weights = weights_by_key(sample_weight, self.several.names)
            y_true = {**self.several.targets(y_true), **weights}
        elif sample_weight is not None:
            y_true = {"targets": y_true, "weights": sample_weight}
        for metric in self.metrics:
            metric.take(y_pred, y_true)

    def result(self) -> dict[str, Any]:
        """Return the metrics by name."""
        return {metric.__name__: metric.result() for metric in self.metrics}


class Counted:
    """A metric of all examples of an epoch, as `nn.fit` calls it.

    Parameters
    ----------
    metric : Metric
        The metric.
    is_weighted : bool
        Whether it takes the weights of the examples.
    name : str, optional
        Another name.
    part : callable, optional
        Returns outputs, targets and weights for those of the batch.
    """

    def __init__(
        self, metric: Any, is_weighted: bool = False, name: str = "", part: Any = None
    ) -> None:
        self.metric, self.is_weighted, self.part = metric, is_weighted, part
        self.__name__ = name or metric.name
        self.direction = getattr(metric, "direction", "")

    def begin(self) -> None:
        """Forget all examples."""
        self.metric.reset_state()

    def take(self, outputs: Any, targets: Any) -> None:
        """Take the examples of a batch, of masked outputs those that are not masked."""
        if self.part is not None:
            outputs, targets, weights = self.part(outputs, targets)
        else:
            targets, weights = parts_of_targets(targets)
        weights = np.asarray(plain(weights)) if self.is_weighted and weights is not None else None
        mask = MASKS.of_outputs(outputs)
        if mask is not None and not isinstance(self.metric, BatchMeans):
            mask = np.asarray(mask, float)
            per_step = None if weights is None else of_steps(weights, mask)
            weights = mask if per_step is None else mask * per_step
        given = {} if weights is None else {"sample_weight": weights}
        self.metric.update_state(plain(targets), plain(outputs), **given)

    def result(self) -> float:
        """Return the metric."""
        return number_of(self.metric.result(), self.__name__)


def number_of(found: Any, name: str) -> float:
    """Return a measurement as a number, or raise."""
    found = np.asarray(plain(found))
    if found.size != 1:
        raise DataError(f"The metric {name} is an array of shape {found.shape}, not a number.")
    return float(found.reshape(()))


class BatchMeans(Mean):
    """The mean of a function of a whole batch, which counts as often as the batch has examples.

    Parameters
    ----------
    function : callable
        ``function(outputs, targets, weights)``, one number.
    name : str
        The name.
    direction : {"min", "max", ""}
        Which is better, if that is known.
    """

    def __init__(self, function: Callable[..., Any], name: str, direction: str = "") -> None:
        super().__init__(name)
        self.function, self.direction = function, direction

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take the examples of a batch."""
        super().update_state(self.function(y_pred, y_true, sample_weight), len(y_true))


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
        self.is_aligned = not self.is_weighted and takes_targets_first(found)

    def __call__(self, outputs: Any, targets: Any, weights: Any) -> Any:
        """Return the mean over the batch, of masked outputs over what is not masked."""
        mask = MASKS.of_outputs(outputs)
        if self.is_aligned:  # as Keras does for functions
            targets, outputs = aligned(targets, outputs)
        if self.is_weighted:
            own = {} if mask is None else {"mask": mask}
            return np.mean(self.of_examples(outputs, targets, sample_weight=weights, **own))
        found = self.of_examples(outputs, targets)
        if mask is not None:
            return reduced(found, weights, mask)
        if weights is None:
            return np.mean(found)
        if shape_of(found) != shape_of(weights):
            raise DataError(
                f"The loss returned an array of shape {shape_of(found)}; weights of examples need "
                f"a loss of shape {shape_of(weights)}, one number for each: a name such as "
                '"mse", or a loss with reduction="none".'
            )
        return np.mean(found * weights)


def aligned(targets: Any, outputs: Any) -> tuple[Any, Any]:
    """Return targets and outputs with as many axes, where one lacks a last axis of length 1.

    Examples
    --------
    >>> [part.shape for part in aligned(np.zeros(3), np.zeros((3, 1)))]
    [(3, 1), (3, 1)]
    """
    pair = [targets, outputs]
    for longer, other in ((0, 1), (1, 0)):
        shape, short = shape_of(pair[longer]), shape_of(pair[other])
        if len(shape) == len(short) + 1 and shape[-1] == 1:
            if len(short) == 1:
                pair[other] = np.reshape(pair[other], (*short, 1))
            else:
                pair[longer] = np.reshape(pair[longer], shape[:-1])
    return pair[0], pair[1]


def only(given: Any, name: str) -> Any:
    """Return what was given for the only output: a dict with its name stands for what it has."""
    return given[name] if isinstance(given, dict) and list(given) == [name] else given


def _several(
    loss: Any, metrics: Any, names: list[str] | None, weights: Any, weighted: Any
) -> Several:
    """Return the losses and metrics of several outputs."""
    if names is None:
        numbered = [f"output_{place + 1}" for place in range(len(loss))]
        names = list(loss) if isinstance(loss, dict) else numbered
    given = by_name("loss", loss, names)
    missing = [name for name in names if given.get(name) is None]
    if missing:
        raise OptionError(f"loss= has none for the outputs {', '.join(missing)}.")
    if any(isinstance(part, str) or callable(part) for part in (metrics, weighted)):
        raise OptionError(f"metrics= must be a list or a dict for the outputs {', '.join(names)}.")
    plain_ones = by_name("metrics", metrics or None, names)
    with_weights = by_name("weighted_metrics", weighted or None, names)
    several = Several(
        names,
        {name: OfOutput(given[name]) for name in names},
        by_name("loss_weights", weights, names),
    )
    found: list[Any] = []
    for name in names:
        mean = BatchMeans(several.losses[name], f"{name}_loss", "min")
        found.append(Counted(mean, True, "", several.part(name)))
    own: list[Any] = []
    for name in names:
        for one in counted(plain_ones.get(name), with_weights.get(name)):
            full = f"{name}_{one.__name__}"
            own.append(Counted(one.metric, one.is_weighted, full, several.part(name)))
    several.metrics = [*found, *sorted(own, key=lambda one: one.__name__)]  # Keras' order
    return several


def listed(given: Any) -> list[Any]:
    """Return a list of what may be nothing, one thing or several."""
    if given is None:
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]


def parts_of_targets(targets: Any) -> tuple[Any, Any]:
    """Return the targets, and the weights of the examples or None."""
    if isinstance(targets, dict) and targets.keys() == {"targets", "weights"}:
        return targets["targets"], targets["weights"]
    return targets, None


def counted(metrics: Any, weighted: Any = None) -> list[Counted]:
    """Return what measures the metrics that were given, first those without weights."""
    found = [Counted(of_examples(metric)) for metric in listed(metrics)]
    names = {one.__name__ for one in found}
    for metric in listed(weighted):
        one = of_examples(metric)
        name = f"weighted_{one.name}" if one.name in names else one.name
        found.append(Counted(one, True, name))
    return found


def of_examples(metric: Any) -> Any:
    """Return a metric with Keras' methods for what may be its name or a function."""
    metric = known.get(metric)
    if isinstance(metric, Metric):
        return metric
    named = getattr(metric, "__name__", type(metric).__name__)
    if not isinstance(metric, Module) and takes_targets_first(metric):
        return MeanMetricWrapper(metric, named)
    measured = outputs_first("metric", metric)

    def of_batch(outputs: Any, targets: Any, weights: Any) -> Any:
        found = plain(measured(outputs, targets))
        mask = MASKS.of_outputs(outputs)
        return np.mean(found) if mask is None else plain(reduced(found, None, mask))

    return BatchMeans(of_batch, named, direction_of(named, [metric]))


def takes_targets_first(function: Any) -> bool:
    """Return whether a function names its parameters as Keras does."""
    parameters = inspect.signature(function).parameters
    return "y_true" in parameters and "y_pred" in parameters


def outputs_first(what: str, function: Any) -> Callable[..., Any]:
    """Return a function of outputs and targets for one that may take these the other way round.

    Keras passes the targets first, `nn` the outputs; the names of the parameters say which.
    """
    if isinstance(function, Module):
        return function
    if takes_targets_first(function):

        def call(outputs: Any, targets: Any, **options: Any) -> Any:
            return function(y_true=targets, y_pred=outputs, **options)

        call.__name__ = getattr(function, "__name__", type(function).__name__)
        return call
    parameters = inspect.signature(function).parameters
    if list(parameters)[1:2] != ["targets"]:
        named = getattr(function, "__name__", type(function).__name__)
        raise OptionError(
            f"Does the {what} {named}({', '.join(parameters)}) take the targets first, as in "
            f"Keras? Then name its parameters: {named}(y_true, y_pred); else "
            f"{named}(outputs, targets)."
        )
    return function  # type: ignore[no-any-return]
