"""`fit`, the loop of training."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from autograd import no_grad
from autograd.errors import MissingProgramError, OptionError
from nn.checkpoints import Checkpoint
from nn.history import History
from nn.module import plain
from nn.optim import Formula, Optimizer, ReduceLROnPlateau, Scheduler, clip_grad_norm
from nn.optional_imports import require

Metric = Callable[[Any, Any], Any]
Loss = Callable[[Any, Any], Any]


@dataclass
class EarlyStopping:
    """Ends training when the monitored number has not got better for `patience` epochs.

    Less is better with `mode` "min", more with "max", by more than `min_delta`. Either way the
    model ends with the weights of its best epoch.
    """

    patience: int = 5
    mode: str = "min"
    min_delta: float = 0.0
    best: float = field(default=math.nan, init=False)
    epoch: int = field(default=0, init=False)
    weights: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.mode not in ("min", "max"):
            raise OptionError(f"mode={self.mode!r} must be 'min' or 'max'.")

    def ends(self, epoch: int, number: float, model: Any) -> bool:
        """Take note of a number, keep the weights if it is the best; say whether to stop."""
        sign = 1 if self.mode == "min" else -1
        better = sign * number < sign * self.best - self.min_delta
        if better or (math.isnan(self.best) and not math.isnan(number)):
            self.best, self.epoch, self.weights = number, epoch, model.state_dict()
        return epoch - self.epoch >= self.patience

    def __str__(self) -> str:
        return f"the best, {self.best:.6g}, having been epoch {self.epoch}"


def accuracy(outputs: Any, targets: Any) -> float:
    """Return the share of examples that are put into the right class.

    Outputs of shape (examples, classes) are scores, and targets integers; of shape (examples,)
    logits of yes or no, and targets 0 and 1, or -1 and 1.
    """
    if outputs.ndim > 1 and outputs.shape[-1] > 1:
        return float(np.mean(outputs.argmax(axis=-1) == targets))
    return float(np.mean((outputs.reshape(-1) > 0) == (np.reshape(targets, -1) > 0)))


def fit(
    model: Any,
    data: Iterable[Any],
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    *,
    validation: Iterable[Any] | None = None,
    metrics: Iterable[Metric] = (),
    schedule: Scheduler | None = None,
    schedule_each: str = "epoch",
    monitor: str = "",
    early_stopping: EarlyStopping | None = None,
    accumulate: int = 1,
    max_norm: float | None = None,
    callbacks: Iterable[Callable[[Any, History], Any]] = (),
    checkpoint: Any = None,
    resume: bool = False,
    progress: bool = True,
) -> History:
    """Train a model, and leave it in evaluation mode.

    Parameters
    ----------
    model : Module
        Called with all parts of a batch but the last; with a batch that is no tuple, as it is.
    data : DataLoader, or iterable of batches
        A batch is a tuple of inputs and, last, the targets.
    loss : callable
        ``loss(outputs, targets)``, the mean over the batch.
    epochs : int
        How often to go through the data, those of a resumed training included.
    validation : DataLoader, or iterable of batches, optional
        Measured after each epoch.
    metrics : iterable of callable
        ``metric(outputs, targets)`` of plain arrays, the mean over the batch; told by its name.
    schedule, schedule_each : Scheduler, optional, and {"epoch", "batch"}
        Stepped after each epoch, or after each step of the optimiser.
    monitor : str
        What early stopping and a plateau look at; by default the loss, of the validation if any.
    accumulate : int
        How many batches make one step; the same step as one large batch.
    max_norm : float, optional
        What the norm of all gradients is clipped to.
    callbacks : iterable of callable
        ``callback(model, history)`` after each epoch; training stops if it returns True.
    checkpoint : path, optional
        A file to save all that training depends on to, after each epoch.
    resume : bool
        Whether to go on from that file, if it exists: to the same numbers, bit for bit, that
        training without an interruption would give.
    progress : bool
        Whether to show a bar, if tqdm is installed.

    Returns
    -------
    History
        What was measured. After KeyboardInterrupt too, which ends training and keeps the model.

    Examples
    --------
    >>> import nn
    >>> x = np.linspace(-1, 1, 32)[:, None]
    >>> model = nn.Linear(1, 1, generator=np.random.default_rng(0))
    >>> loader = nn.DataLoader((x, 2 * x + 1), batch_size=8)
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
    >>> history = nn.fit(model, loader, nn.mse, optimizer, epochs=20, progress=False)
    >>> history["loss"][-1] < 1e-6
    True
    """
    if schedule_each not in ("epoch", "batch"):
        raise OptionError(f"schedule_each={schedule_each!r} must be 'epoch' or 'batch'.")
    if accumulate < 1:
        raise OptionError(f"accumulate={accumulate!r} must be at least 1.")
    if resume and checkpoint is None:
        raise OptionError("To resume, name the file: checkpoint='run.safetensors'.")
    metrics, callbacks = list(metrics), list(callbacks)
    monitor = monitor or ("loss" if validation is None else "val_loss")
    history = History()
    generator = getattr(data, "generator", None)
    saved = Checkpoint(model, optimizer, history, schedule, early_stopping, generator)
    if resume and os.path.isfile(checkpoint):
        saved.restore(checkpoint)
    bar = _bar(epochs, len(history)) if progress else None
    place = "the first epoch"
    try:
        while len(history) < epochs and not history.stopped:
            epoch = len(history) + 1
            place = f"epoch {epoch}, before its first step"
            model.train()
            means = _Means(metrics)
            for step, window in enumerate(_windows(data, accumulate), 1):
                optimizer.step(partial(_backward, model, window, loss, optimizer, means, max_norm))
                means.close()
                place = f"epoch {epoch}, after step {step}"
                if schedule_each == "batch":
                    _advance(schedule, means.row(), monitor)
            place = f"epoch {epoch}, after its last step"
            row = {"lr": optimizer.param_groups[0].get("lr", math.nan), **means.row()}
            if validation is not None:
                found = evaluate(model, validation, loss, metrics)
                row |= {f"val_{name}": number for name, number in found.items()}
            history.rows.append(row)
            if schedule_each == "epoch":
                _advance(schedule, row, monitor)
            if early_stopping and early_stopping.ends(epoch, _monitored(row, monitor), model):
                history.stopped = f"after epoch {epoch}, {early_stopping}, by {monitor}"
            for callback in callbacks:
                if callback(model, history) is True:
                    name = getattr(callback, "__name__", type(callback).__name__)
                    history.stopped = f"after epoch {epoch}, by {name}"
            if checkpoint is not None:
                saved.save(checkpoint)
            if bar is not None:
                bar.set_postfix({name: f"{number:.4g}" for name, number in row.items()})
                bar.update()
        if early_stopping and early_stopping.weights:
            model.load_state_dict(early_stopping.weights)
            history.best = early_stopping.epoch
    except KeyboardInterrupt:
        history.stopped = f"interrupted in {place}"
    finally:
        optimizer.zero_grad()
        model.eval()
        if bar is not None:
            bar.close()
    return history


def evaluate(
    model: Any, data: Iterable[Any], loss: Loss, metrics: Iterable[Metric] = ()
) -> dict[str, float]:
    """Return loss and metrics as means over all examples; leave the model in evaluation mode."""
    means = _Means(metrics)
    model.eval()
    with no_grad():
        for batch in data:
            outputs, targets = _outputs(model, batch)
            means.take(loss(outputs, targets), outputs, targets, _size(batch))
            means.close()
    return means.row()


class _Means:
    """Means of the loss and of metrics over batches of different sizes."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self.metrics = {getattr(m, "__name__", type(m).__name__): m for m in metrics}
        self.sums = dict.fromkeys(["loss", *self.metrics], 0.0)
        self.count = 0
        self.begin()

    def begin(self) -> None:
        """Forget what was taken since `close`: the same step is computed once more."""
        self.pending: list[tuple[dict[str, float], int]] = []

    def take(self, loss: Any, outputs: Any, targets: Any, size: int) -> None:
        outputs, targets = plain(outputs), plain(targets)
        found = {"loss": float(plain(loss))}
        found |= {name: float(metric(outputs, targets)) for name, metric in self.metrics.items()}
        self.pending.append((found, size))

    def close(self) -> None:
        for found, size in self.pending:
            self.count += size
            for name, number in found.items():
                self.sums[name] += size * number
        self.begin()

    def row(self) -> dict[str, float]:
        if not self.count:
            raise OptionError(
                "There was no batch: the data are empty, drop_last left none, or they are an "
                "iterator, which gives its batches only once."
            )
        return {name: number / self.count for name, number in self.sums.items()}


def _backward(
    model: Any, window: list[Any], loss: Loss, optimizer: Optimizer, means: _Means, max_norm: Any
) -> Any:
    """Compute the gradients of the mean loss over all examples of a window of batches."""
    optimizer.zero_grad()
    means.begin()
    sizes = [_size(batch) for batch in window]
    total: Any = 0.0
    for batch, size in zip(window, sizes, strict=True):
        outputs, targets = _outputs(model, batch)
        result = loss(outputs, targets)
        means.take(result, outputs, targets, size)
        share = result if len(window) == 1 else result * (size / sum(sizes))
        share.backward()
        total = total + plain(share)
    if max_norm is not None:
        groups = optimizer.param_groups
        clip_grad_norm([p for group in groups for p in group["params"]], max_norm)
    return total


def _windows(data: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batches = iter(data)
    while window := list(islice(batches, size)):
        yield window


def _outputs(model: Any, batch: Any) -> tuple[Any, Any]:
    """Return what a model makes of a batch, and the targets, or else the batch itself."""
    if isinstance(batch, tuple):
        return model(*batch[:-1]), batch[-1]
    return model(batch), batch


def _size(batch: Any) -> int:
    if isinstance(batch, tuple):
        return len(batch[-1])
    return len(next(iter(batch.values())) if isinstance(batch, dict) else batch)


def _monitored(row: dict[str, float], name: str) -> float:
    if name not in row:
        raise OptionError(f"There is no {name!r} to monitor; there are {', '.join(row)}.")
    return row[name]


def _advance(schedule: Scheduler | None, row: dict[str, float], name: str) -> None:
    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(_monitored(row, name))
    elif isinstance(schedule, Formula):
        schedule.step()


def _bar(epochs: int, done: int) -> Any:
    try:
        tqdm = require("tqdm.auto", "A bar", "train")
    except MissingProgramError:
        return None
    return tqdm.tqdm(total=epochs, initial=done, desc="training", unit="epoch")
