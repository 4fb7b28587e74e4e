"""Steps of training and evaluation, which a model may define itself as in Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from autograd import no_grad
from autograd.errors import DataError, OptionError
from nn.arrays import is_array
from nn.keras_style.compiled import Compiled, number_of, parts_of_targets
from nn.keras_style.layers.building import taken_by
from nn.keras_style.layers.layer import Layer
from nn.keras_style.metric import Mean, Metric
from nn.keras_style.outputs import NOTHING, WEIGHTS, key_of, weights_by_key, weights_in
from nn.training.batches import Batch
from nn.training.metrics import Means
from nn.training.trainer import Trainer


class Steps(Layer):
    """The steps of `fit`, `evaluate` and `predict`, and what they are made of."""

    _compiled: Compiled | None
    optimizer: Any
    _graph: Any = None

    def train_step(self, data: Any) -> dict[str, Any]:
        """Take a step; return the measurements so far.

        Parameters
        ----------
        data : array or tuple
            Inputs, and perhaps targets and weights of the examples.
        """
        x, y, weights = unpacked(data)
        outputs = self._called(x)
        self.optimizer.zero_grad()
        loss = self._loss(x, y, outputs, weights, True)
        loss.backward()
        self.optimizer.step()
        return self._measurements(loss, x, y, outputs, weights)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Evaluate a batch; return the measurements so far.

        Parameters
        ----------
        data : array or tuple
            As for `train_step`.
        """
        x, y, weights = unpacked(data)
        outputs = self._called(x)
        loss = self._loss(x, y, outputs, weights, False)
        return self._measurements(loss, x, y, outputs, weights)

    def predict_step(self, data: Any) -> Any:
        """Return the outputs for a batch.

        Parameters
        ----------
        data : array or tuple
            As for `train_step`.
        """
        return self._called(unpacked(data)[0])

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None,
        training: bool = True,
    ) -> Any:  # fmt: skip
        """Return the loss of a batch, and the penalties.

        Parameters
        ----------
        x, y, y_pred, sample_weight : array
            Inputs, targets, outputs, and the weights of the examples.
        training : bool
            Not used.
        """
        compiled = self._need_compiled()
        if sample_weight is not None and compiled.several is not None:
            weights = weights_by_key(sample_weight, compiled.several.names)
            y = {**compiled.several.targets(y), **weights}
        elif sample_weight is not None:
            y = {"targets": y, "weights": sample_weight}
        return compiled.loss(y_pred, y)

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Let the metrics of ``compile`` take a batch; return the measurements so far.

        Parameters
        ----------
        x, y, y_pred, sample_weight : array
            As for `compute_loss`.
        """
        self._need_compiled().update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the measurements so far."""
        return measurements({metric.name: metric.result() for metric in self.metrics})

    @property
    def metrics(self) -> list[Any]:
        """The mean of the loss, what measures the metrics of ``compile``, and those of layers."""
        compiled = vars(self).get("_compiled")
        found: list[Any] = [] if compiled is None else [self._mean_loss]
        if compiled is not None and compiled.metrics:
            found.append(compiled)
        parts = [part for module in self.modules() for part in vars(module).values()]
        own = vars(self).get("_tracker")  # of the loss
        found += [one for one in parts if isinstance(one, Metric) and one is not own]
        return found

    @property
    def metrics_names(self) -> list[str]:
        """The names of the metrics."""
        return [metric.name for metric in self.metrics]

    def reset_metrics(self) -> None:
        """Let all metrics forget what they have measured."""
        for metric in self.metrics:
            metric.reset_state()

    @property
    def _mean_loss(self) -> Mean:
        if "_tracker" not in vars(self):
            self._tracker = Mean("loss")
        return self._tracker

    def _loss(self, x: Any, y: Any, outputs: Any, weights: Any, training: bool) -> Any:
        given = {"x": x, "y": y, "y_pred": outputs, "sample_weight": weights}
        if "training" in taken_by(type(self).compute_loss):
            given["training"] = training
        return self.compute_loss(**given)

    def _measurements(
        self, loss: Any, x: Any, y: Any, outputs: Any, weights: Any
    ) -> dict[str, Any]:
        first = x
        while not is_array(first):
            first = next(iter(first.values() if isinstance(first, dict) else first))
        self._mean_loss.update_state(loss, len(first))
        return self.compute_metrics(x, y, outputs, sample_weight=weights)

    def _called(self, x: Any) -> Any:
        """Return the outputs for inputs, which may be several."""
        several = isinstance(x, (list, tuple)) and self._graph is None and self._takes() != 1
        return self(*x) if several else self(x)

    def _takes(self) -> int | None:
        """Return how many inputs the model takes; None if that is not known."""
        raise NotImplementedError

    def _need_compiled(self) -> Compiled:
        """Return what ``compile`` chose, or raise."""
        raise NotImplementedError

    def __trainer__(self, *options: Any) -> Trainer:
        """Return what takes the steps of `fit`: those of the class, if it defines any."""
        return (OwnSteps if has_own_steps(self) else Trainer)(*options)


#: The methods that `fit` calls if a class defines one of them.
OWN_STEPS = ("train_step", "test_step", "compute_loss", "compute_metrics")


def has_own_steps(model: Any) -> bool:
    """Return whether a class defines a step, or a part of one."""
    return any(getattr(type(model), name) is not getattr(Steps, name) for name in OWN_STEPS)


class OwnSteps(Trainer):
    """Takes the steps of `fit` that a model defines itself; for the arguments see `Trainer`."""

    def __init__(self, model: Any, *options: Any) -> None:
        super().__init__(model, *options)
        if self._derived is not None:
            raise OptionError("A train_step of your own runs as it is: write jit_compile=False.")

    def steps(
        self, windows: Iterable[list[Batch]], means: Means, epoch: int,
        before: Callable[[int], None],
    ) -> Iterator[int]:  # fmt: skip
        """Take the steps of an epoch; yield the number of each."""
        self.model.reset_metrics()
        yield from super().steps(windows, means, epoch, before)

    def step(self, window: list[Batch], means: Means) -> None:
        """Take a step."""
        for batch in window:
            means.reported = measurements(self.model.train_step(packed(batch, self.model)))

    def evaluate(self, batches: Iterable[Batch], means: Means) -> dict[str, float]:
        """Return the measurements of all examples."""
        self.model.eval()
        self.model.reset_metrics()
        with no_grad():
            for batch in batches:
                means.reported = measurements(self.model.test_step(packed(batch, self.model)))
        return means.row()


def measurements(found: Any) -> dict[str, float]:
    """Return what a step has measured as numbers; dicts in dicts become one."""
    if not isinstance(found, dict):
        raise DataError(
            f"A step returned {type(found).__name__}; it must return a dict of measurements, such "
            'as {"loss": self.loss_tracker.result()}.'
        )
    row: dict[str, float] = {}
    for name, number in found.items():
        row |= measurements(number) if isinstance(number, dict) else {name: number_of(number, name)}
    return row


def packed(batch: Batch, model: Any) -> Any:
    """Return a batch as steps of Keras take it: (x, y) or (x, y, weights), or x alone."""
    inputs, targets = batch
    x = model._as_given(inputs)
    if isinstance(targets, dict) and NOTHING in targets:
        return (x,) if isinstance(x, (list, tuple)) else x
    targets, weights = parts_of_targets(targets)
    if isinstance(targets, dict) and weights is None:
        given = {name: weights_in(targets, name) for name in targets}
        own = {name: part for name, part in given.items() if key_of(name) in targets}
        weights = own or targets.get(WEIGHTS)
        keys = {WEIGHTS, *map(key_of, own)}
        targets = {name: part for name, part in targets.items() if name not in keys}
    return (x, targets) if weights is None else (x, targets, weights)


def unpacked(data: Any) -> tuple[Any, Any, Any]:
    """Return inputs, targets and weights, of which the last two may be None."""
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise DataError(
            f"Data have {len(data)} parts; they must be (x,), (x, y) or (x, y, weights)."
        )
    return (*data, None, None)[:3]


def row_of(found: dict[str, float], as_dict: bool) -> Any:
    """Return measurements as a dict, as a list, or as one number."""
    if as_dict:
        return found
    numbers = [float(np.float64(number)) for number in found.values()]
    return numbers[0] if len(numbers) == 1 else numbers
