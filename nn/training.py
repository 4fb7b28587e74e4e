"""The training loop, `fit`, and evaluation."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

import autograd
from autograd import no_grad
from autograd.errors import MissingProgramError, OptionError
from autograd.program import State
from nn.checkpoints import Checkpoint
from nn.history import History
from nn.module import plain
from nn.optim import Formula, Optimizer, ReduceLROnPlateau, Scheduler, clip_grad_norm
from nn.optional_imports import require

Metric = Callable[[Any, Any], Any]
Loss = Callable[[Any, Any], Any]


@dataclass
class EarlyStopping:
    """Stops training when a measurement has not improved for some epochs, in `fit`.

    The model ends with the weights of its best epoch, whether or not training stopped early.

    Parameters
    ----------
    patience : int
        The number of epochs without improvement after which to stop.
    mode : {"min", "max"}
        Whether smaller or larger measurements are better.
    min_delta : float
        Smaller changes do not count as improvement.

    Attributes
    ----------
    best : float
        The best measurement; NaN before the first one.
    epoch : int
        Its epoch.
    weights : dict of str to array
        The weights of that epoch.

    Raises
    ------
    OptionError
        If `mode` is something else.

    Examples
    --------
    >>> EarlyStopping(patience=3).patience
    3
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
        """Record a measurement, keep the weights if it is the best, and return whether to stop.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 1.
        number : float
            The measurement.
        model : Module
            The model.
        """
        sign = 1 if self.mode == "min" else -1
        better = sign * number < sign * self.best - self.min_delta
        if better or (math.isnan(self.best) and not math.isnan(number)):
            self.best, self.epoch, self.weights = number, epoch, model.state_dict()
        return epoch - self.epoch >= self.patience

    def __str__(self) -> str:
        return f"the best was {self.best:.6g}, in epoch {self.epoch}"


def accuracy(outputs: Any, targets: Any) -> float:
    """Return the share of examples that are classified correctly.

    Parameters
    ----------
    outputs : array, shape (examples, classes) or (examples,)
        The scores of the classes; or for two classes the logits of the second one.
    targets : array_like
        The class indices; for two classes 0 and 1, or -1 and 1.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> accuracy(np.array([[2.0, 1.0], [0.0, 3.0]]), [0, 0])
    0.5
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
    jit: bool = False,
) -> History:
    """Train a model, and put it into evaluation mode.

    Parameters
    ----------
    model : Module
        The model, called with all parts of a batch except the last; or with the batch itself if it
        is not a tuple.
    data : DataLoader, or iterable of batches
        The training data. A batch is a tuple of inputs and, last, the targets; if it is not a
        tuple, it is also the target.
    loss : callable
        ``loss(outputs, targets)``, the mean over the batch.
    optimizer : Optimizer
        Updates the parameters of the model.
    epochs : int
        The number of passes through the data, including those before a training run was resumed.
    validation : DataLoader, or iterable of batches, optional
        The validation data, evaluated after each epoch.
    metrics : iterable of callable
        ``metric(outputs, targets)`` of arrays, the mean over the batch; reported under its name.
    schedule : Scheduler, optional
        The learning rate schedule.
    schedule_each : {"epoch", "batch"}
        Whether `schedule` takes a step after each epoch, or after each step of the optimiser.
    monitor : str
        The measurement for early stopping and `nn.optim.ReduceLROnPlateau`; by default the
        validation loss, or else the training loss.
    early_stopping : EarlyStopping, optional
        Stops training when the monitored measurement no longer improves.
    accumulate : int
        The number of batches per step, which together act as one large batch.
    max_norm : float, optional
        The norm to clip the gradients to.
    callbacks : iterable of callable
        ``callback(model, history)``, called after each epoch; training stops if it returns True.
    checkpoint : path, optional
        A file in which to save the state after each epoch.
    resume : bool
        Whether to continue from that file, if it exists. The results are the same, bit for bit, as
        without the interruption.
    progress : bool
        Whether to show a progress bar, if tqdm is installed.
    jit : bool
        Whether to record steps and evaluation with `autograd.jit` and replay them. The results are
        the same, bit for bit. A batch of another size is recorded once more. Model and loss must be
        such that `autograd.jit` can record them; metrics and callbacks run as they are.

    Returns
    -------
    History
        The measurements, also after KeyboardInterrupt, which ends training and keeps the model.

    Raises
    ------
    OptionError
        If an option is invalid, or `monitor` is not measured.
    WeightsError
        If the checkpoint belongs to another training run.
    TraceError
        If `jit`, and model or loss do something that cannot be recorded.

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
        raise OptionError("resume=True needs a file: checkpoint='run.safetensors'.")
    metrics, callbacks = list(metrics), list(callbacks)
    monitor = monitor or ("loss" if validation is None else "val_loss")
    history = History()
    generator = getattr(data, "generator", None)
    saved = Checkpoint(model, optimizer, history, schedule, early_stopping, generator)
    if resume and os.path.isfile(checkpoint):
        saved.restore(checkpoint)
    trainer = _Trainer(model, loss, optimizer, max_norm, bool(metrics), jit)
    bar = _bar(epochs, len(history)) if progress else None
    place = "the first epoch"
    try:
        while len(history) < epochs and not history.stopped:
            epoch = len(history) + 1
            place = f"epoch {epoch}, before its first step"
            model.train()
            means = _Means(metrics)
            for step, window in enumerate(_windows(data, accumulate), 1):
                trainer.step(window, means)
                means.close()
                place = f"epoch {epoch}, after step {step}"
                if schedule_each == "batch":
                    _advance(schedule, means.row(), monitor)
            place = f"epoch {epoch}, after its last step"
            row = {"lr": optimizer.param_groups[0].get("lr", math.nan), **means.row()}
            if validation is not None:
                found = trainer.evaluate(validation, _Means(metrics))
                row |= {f"val_{name}": number for name, number in found.items()}
            history.rows.append(row)
            if schedule_each == "epoch":
                _advance(schedule, row, monitor)
            if early_stopping and early_stopping.ends(epoch, _monitored(row, monitor), model):
                history.stopped = f"after epoch {epoch}; {early_stopping}, by {monitor}"
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
    model: Any,
    data: Iterable[Any],
    loss: Loss,
    metrics: Iterable[Metric] = (),
    jit: bool = False,
) -> dict[str, float]:
    """Return the means of the loss and the metrics over all examples.

    The model is put into evaluation mode.

    Parameters
    ----------
    model : Module
        The model.
    data : DataLoader, or iterable of batches
        The data, as for `fit`.
    loss : callable
        ``loss(outputs, targets)``, the mean over the batch.
    metrics : iterable of callable
        ``metric(outputs, targets)`` of arrays, the mean over the batch.
    jit : bool
        Whether to record model and loss with `autograd.jit`, once for each size of a batch, and
        replay them.

    Returns
    -------
    dict of str to float
        The loss, and each metric under its name.

    Raises
    ------
    OptionError
        If there is no batch.

    Examples
    --------
    >>> import nn
    >>> evaluate(nn.Tanh(), [(np.zeros(3), np.ones(3))], nn.mse)
    {'loss': 1.0}
    """
    means = _Means(metrics)
    return _Trainer(model, loss, None, None, bool(means.metrics), jit).evaluate(data, means)


class _Trainer:
    """Steps and evaluation of a model, perhaps recorded as programs."""

    def __init__(
        self,
        model: Any,
        loss: Loss,
        optimizer: Any,
        max_norm: float | None,
        with_outputs: bool,
        jit: bool,
    ) -> None:
        self.model, self.loss, self.optimizer, self.max_norm = model, loss, optimizer, max_norm
        self.with_outputs = with_outputs
        self._measured: Any = self._measure
        self._steps: Any = None  # whole steps
        self._derived: Any = None  # only their gradients
        if jit:
            self._measured = autograd.jit(self._measure)
            self._derived = autograd.jit(self._gradients)
            if optimizer is not None and type(optimizer).step is Optimizer.step:
                self._steps = autograd.jit(self._step)

    def __program_state__(self) -> Iterator[State]:
        """Yield the state of all parts, for programs that `autograd.jit` records."""
        yield State(vars(self))
        for part in (self.model, self.loss, self.optimizer):
            if hasattr(part, "__program_state__"):
                yield from part.__program_state__()

    def step(self, window: list[Any], means: _Means) -> None:
        """Take a step with the gradients of the mean loss over all examples in some batches."""
        if self._steps is not None:
            means.take_all(window, self._steps(window))
        else:
            self.optimizer.step(partial(self._closure, window, means))

    def evaluate(self, data: Iterable[Any], means: _Means) -> dict[str, float]:
        """Return the means of the loss and the metrics over all examples."""
        self.model.eval()
        with no_grad():
            for batch in data:
                loss, outputs = self._measured(batch)
                means.take(loss, outputs, _targets(batch), _size(batch))
                means.close()
        return means.row()

    def _closure(self, window: list[Any], means: _Means) -> Any:
        means.begin()  # the closure may be called again
        if self._derived is None:
            return self._gradients(window, means)[0]
        total, found = self._derived(window)
        means.take_all(window, found)
        return total

    def _step(self, window: list[Any]) -> Any:
        found: list[Any] = []

        def closure() -> Any:
            total, found[:] = self._gradients(window)
            return total

        self.optimizer.step(closure)
        return found

    def _gradients(self, window: list[Any], means: _Means | None = None) -> Any:
        """Compute the gradients; return the loss, and for each batch its loss and outputs.

        With means, hand losses and outputs over to these, and do not keep them.
        """
        self.optimizer.zero_grad()
        sizes = [_size(batch) for batch in window]
        total: Any = 0.0
        found: list[Any] = []
        for batch, size in zip(window, sizes, strict=True):
            result, outputs = self._result(batch)
            if means is None:
                found.append((plain(result), plain(outputs) if self.with_outputs else None))
            else:
                means.take(result, outputs, _targets(batch), size)
            share = result if len(window) == 1 else result * (size / sum(sizes))
            share.backward()
            total = total + plain(share)
        if self.max_norm is not None:
            groups = self.optimizer.param_groups
            clip_grad_norm([p for group in groups for p in group["params"]], self.max_norm)
        return total, found

    def _measure(self, batch: Any) -> Any:
        """Return the loss and the outputs of a batch as plain arrays."""
        result, outputs = self._result(batch)
        return plain(result), plain(outputs) if self.with_outputs else None

    def _result(self, batch: Any) -> tuple[Any, Any]:
        outputs = self.model(*batch[:-1]) if isinstance(batch, tuple) else self.model(batch)
        return self.loss(outputs, _targets(batch)), outputs


class _Means:
    """Means of the loss and the metrics over batches of different sizes."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self.metrics = {getattr(m, "__name__", type(m).__name__): m for m in metrics}
        self.sums = dict.fromkeys(["loss", *self.metrics], 0.0)
        self.count = 0
        self.begin()

    def begin(self) -> None:
        """Discard the measurements since `close`, because the step is computed again."""
        self.pending: list[tuple[dict[str, float], int]] = []

    def take(self, loss: Any, outputs: Any, targets: Any, size: int) -> None:
        outputs, targets = plain(outputs), plain(targets)
        found = {"loss": float(plain(loss))}
        found |= {name: float(metric(outputs, targets)) for name, metric in self.metrics.items()}
        self.pending.append((found, size))

    def take_all(self, window: list[Any], found: list[Any]) -> None:
        for batch, (loss, outputs) in zip(window, found, strict=True):
            self.take(loss, outputs, _targets(batch), _size(batch))

    def close(self) -> None:
        for found, size in self.pending:
            self.count += size
            for name, number in found.items():
                self.sums[name] += size * number
        self.begin()

    def row(self) -> dict[str, float]:
        if not self.count:
            raise OptionError(
                "There was no batch: the data are empty, drop_last=True dropped the only batch, or "
                "they are an iterator that is exhausted."
            )
        return {name: number / self.count for name, number in self.sums.items()}


def _windows(data: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batches = iter(data)
    while window := list(islice(batches, size)):
        yield window


def _targets(batch: Any) -> Any:
    """Return the targets of a batch, or else the batch itself."""
    return batch[-1] if isinstance(batch, tuple) else batch


def _size(batch: Any) -> int:
    if isinstance(batch, tuple):
        return len(batch[-1])
    return len(next(iter(batch.values())) if isinstance(batch, dict) else batch)


def _monitored(row: dict[str, float], name: str) -> float:
    if name not in row:
        raise OptionError(
            f"{name!r} is not measured, so it cannot be monitored. Measured: {', '.join(row)}."
        )
    return row[name]


def _advance(schedule: Scheduler | None, row: dict[str, float], name: str) -> None:
    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(_monitored(row, name))
    elif isinstance(schedule, Formula):
        schedule.step()


def _bar(epochs: int, done: int) -> Any:
    try:
        tqdm = require("tqdm.auto", "A progress bar", "train")
    except MissingProgramError:
        return None
    return tqdm.tqdm(total=epochs, initial=done, desc="training", unit="epoch")
