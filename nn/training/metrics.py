"""Metrics, and their means over batches."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from autograd.devices import to_numpy
from autograd.errors import DataError, OptionError, ShapeError
from nn import losses
from nn.arrays import plain, shape_of
from nn.losses.classes import assert_indices, class_axis
from nn.training.batches import Batch, Loss, Metric, size_of

#: The outputs of the second of two classes are above these numbers, given the loss.
THRESHOLDS: dict[Any, float] = {
    losses.binary_cross_entropy: 0.5,
    losses.binary_cross_entropy_with_logits: 0.0,
    losses.hinge: 0.0,
}


def accuracy(
    outputs: Any, targets: Any, threshold: float | None = None, ignore_index: int = -100
) -> float:
    """Return the share of examples that are classified correctly.

    Shapes are those of the losses. An output that is NaN is wrong. In `fit` and `evaluate` the
    threshold is that of the loss.

    Parameters
    ----------
    outputs : array
        For each class a score, logits or probabilities, of shape (classes,), (batch, classes) or
        (batch, classes, ...) as for `cross_entropy`. For two classes also one number for each
        example, of shape (batch,) or (batch, 1), as for `binary_cross_entropy`.
    targets : array_like
        The class indices, of the same shape without the axis of classes; or a probability for each
        class, whose largest counts. For one output 0 and 1, or -1 and 1.
    threshold : float, optional
        For one output: what is above it is of the second class. For probabilities that is 0.5, for
        logits 0. By default 0, if an output is not a probability or a target is -1.
    ignore_index : int
        A target that stands for no class; such examples are ignored.

    Returns
    -------
    float
        From 0 to 1; NaN if there is no example.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    DataError
        If the targets are not classes.
    OptionError
        If one output per example may be a probability or a logit, and there is no threshold.

    Examples
    --------
    >>> accuracy(np.array([[2.0, 1.0], [0.0, 3.0]]), [0, 0])
    0.5
    >>> accuracy(np.array([0.2, 0.7]), [0, 1], threshold=0.5)
    1.0
    """
    outputs, targets = to_numpy(plain(outputs)), to_numpy(plain(targets))
    shape = outputs.shape
    single = (len(shape) == 1 and targets.ndim == 1) or (len(shape) == 2 and shape[1] == 1)
    if single:
        right = _right_of_two(outputs, targets, threshold)
    else:
        right = _right_of_classes(outputs, targets, ignore_index)
    return float(np.mean(right)) if right.size else float("nan")


def _right_of_two(outputs: Any, targets: Any, threshold: float | None) -> Any:
    """Return for each example, with one output each, whether it is classified correctly."""
    if targets.shape not in (outputs.shape, outputs.shape[:1]):
        raise ShapeError(
            f"The outputs have shape {outputs.shape}, the targets {targets.shape}; they must be "
            f"equal: write targets.reshape({outputs.shape})."
        )
    outputs, targets = outputs.reshape(-1), targets.reshape(-1)
    classes = set(np.unique(targets).tolist())
    if not (classes <= {0, 1} or classes <= {-1, 1}):
        raise DataError(
            "With one output for each example, targets must be 0 and 1, or -1 and 1, not "
            f"{sorted(classes)[:5]}."
        )
    if threshold is None:
        if outputs.dtype.kind != "f" and not set(np.unique(outputs).tolist()) <= {-1, 0, 1}:
            raise DataError(
                "The outputs are integers, which may be classes; accuracy takes scores. For "
                "classes write (outputs == targets).mean(), for logits outputs.astype(float)."
            )
        if -1 not in classes and ((outputs >= 0) & (outputs <= 1)).all() and outputs.size:
            raise OptionError(
                "All outputs are between 0 and 1, so they may be probabilities or logits. Write "
                "accuracy(outputs, targets, threshold=0.5) for probabilities, threshold=0 for "
                "logits; as a metric, functools.partial(nn.accuracy, threshold=0.5)."
            )
        threshold = 0.0
    return ((outputs > threshold) == (targets > 0)) & ~np.isnan(outputs)


def _right_of_classes(outputs: Any, targets: Any, ignore_index: int) -> Any:
    """Return for each example that counts whether the largest output is that of its class."""
    shape, axis = outputs.shape, class_axis(outputs)
    if targets.shape == shape:
        if (targets < 0).any() or not np.allclose(targets.sum(axis=axis), 1.0, atol=1e-3):
            raise DataError(
                f"Outputs and targets have shape {shape}, so the targets must be probabilities of "
                f"the classes along axis {axis}, which sum to 1. If each output is a decision of "
                "its own, write the metric yourself: ((outputs > 0) == targets).mean()."
            )
        targets = targets.argmax(axis=axis)
    else:
        assert_indices(outputs, targets)
    counted = targets != ignore_index
    right = (outputs.argmax(axis=axis) == targets) & ~np.isnan(outputs).any(axis=axis)
    chosen = targets[counted]
    if not ((chosen >= 0) & (chosen < shape[axis]) & (chosen % 1 == 0)).all():
        raise DataError(
            f"Class indices must be integers from 0 to {shape[axis] - 1}; these range from "
            f"{chosen.min()} to {chosen.max()}."
        )
    return right[counted]


#: The direction in which a metric is better.
DIRECTIONS: dict[Any, str] = {accuracy: "max"}


def direction_of(name: str, metrics: Iterable[Metric]) -> str:
    """Return "min" or "max", whichever is better for a measurement; empty if that is not known."""
    name = name.removeprefix("val_")
    if name == "loss":
        return "min"
    metric = _inner(named(metrics).get(name))
    if any(metric is getattr(losses, one) for one in losses.__all__):
        return "min"
    known = DIRECTIONS.get(metric, "") if callable(metric) else ""
    return known or getattr(metric, "direction", "")


#: What `fit` measures itself.
MEASURED = ("loss", "lr", "gradient_norm")


def named(metrics: Iterable[Metric]) -> dict[str, Metric]:
    """Return metrics by the name under which they are reported; equal names get numbers."""
    found: dict[str, Metric] = {}
    for metric in metrics:
        name = wanted = getattr(_inner(metric), "__name__", type(metric).__name__)
        number = 2
        while name in found or name in MEASURED:
            name, number = f"{wanted}_{number}", number + 1
        found[name] = metric
    return found


def _inner(metric: Any) -> Any:
    """Return the function of a `functools.partial`."""
    return metric.func if isinstance(metric, partial) else metric


def for_loss(metric: Metric, loss: Loss) -> Metric:
    """Return a metric that takes outputs as the loss does."""
    function = getattr(type(loss), "function", loss)
    found: dict[Callable[..., Any], float] = THRESHOLDS
    if metric is accuracy and function in found:
        return partial(accuracy, threshold=found[function])
    return metric


def number_of(name: str, found: Any) -> float:
    """Return what a metric returned as a number, or raise."""
    numbers = plain(found)
    shape = np.shape(numbers)
    if numbers is None or math.prod(shape) != 1:
        what = "None" if numbers is None else f"an array of shape {shape}"
        raise DataError(
            f"The metric {name} returned {what}; it must return one number, such as the mean "
            "over the batch."
        )
    return float(np.reshape(to_numpy(numbers), ()))


def is_running(metric: Any) -> bool:
    """Return whether a metric measures all examples together, not a mean over batches."""
    return hasattr(metric, "begin") and hasattr(metric, "take") and hasattr(metric, "result")


class Means:
    """Means of the loss and the metrics over batches of different sizes."""

    def __init__(self, metrics: Iterable[Metric], loss: Loss) -> None:
        found = named(metrics)
        self.names = ["loss", *found]
        self.running: dict[str, Any] = {
            name: metric for name, metric in found.items() if is_running(metric)
        }
        self.metrics = {
            name: for_loss(m, loss) for name, m in found.items() if name not in self.running
        }
        for metric in self.running.values():
            metric.begin()
        self.reported: dict[str, float] | None = None  # by a step of the model's own
        self.sums = dict.fromkeys(["loss", *self.metrics], 0.0)
        self.count = 0
        self.norms: list[float] = []  # of the gradients of each step
        self.begin()

    def begin(self) -> None:
        """Discard the measurements since `close`, because the step is computed again."""
        self.pending: list[tuple[dict[str, float], int]] = []
        self.taken: list[tuple[Any, Any]] = []  # what running metrics will take
        self.norm: float | None = None

    def take(self, loss: Any, outputs: Any, batch: Batch) -> None:
        """Measure one batch."""
        if shape_of(loss) != ():
            raise ShapeError(
                f"The loss has shape {shape_of(loss)}; it must be one number, the mean over the "
                "batch."
            )
        outputs, targets = plain(outputs), plain(batch[1])
        found = {"loss": to_numpy(plain(loss)).item()}
        found |= {
            name: number_of(name, metric(outputs, targets)) for name, metric in self.metrics.items()
        }
        self.pending.append((found, size_of(batch)))
        if self.running:
            self.taken.append((outputs, targets))

    def take_norm(self, norm: float | None) -> None:
        """Measure the norm of the gradients of a step."""
        self.norm = norm

    def take_all(self, window: list[Batch], found: list[Any], norm: float | None) -> None:
        """Measure several batches, given the loss and the outputs of each, and their gradients."""
        self.take_norm(norm)
        for batch, (loss, outputs) in zip(window, found, strict=True):
            self.take(loss, outputs, batch)

    def loss(self) -> float:
        """Return the sum of the losses since `begin`, which is NaN if one of them is."""
        return sum(found["loss"] for found, _ in self.pending)

    def close(self) -> None:
        """Count the measurements since `begin`."""
        if self.norm is not None:
            self.norms.append(float(self.norm))
        for found, size in self.pending:
            self.count += size
            for name, number in found.items():
                self.sums[name] += size * number
        for outputs, targets in self.taken:
            for metric in self.running.values():
                metric.take(outputs, targets)
        self.begin()

    def row(self) -> dict[str, float]:
        """Return the means so far."""
        if self.reported is not None:
            return self.reported
        if not self.count:
            raise OptionError(
                "There was no batch: the data are empty, drop_last=True dropped the only batch, or "
                "they are an iterator that is exhausted."
            )
        found = {name: number / self.count for name, number in self.sums.items()}
        found |= {name: number_of(name, m.result()) for name, m in self.running.items()}
        return {name: found[name] for name in self.names}
