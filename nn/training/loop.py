"""The training loop, `fit`, and evaluation."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from typing import Any

from autograd.errors import MissingProgramError, OptionError
from nn.optim import Optimizer, ReduceLROnPlateau, Scheduler
from nn.optional_imports import require
from nn.training.batches import Loss, Metric, batches_of, windows_of
from nn.training.checkpoints import Checkpoint
from nn.training.early_stopping import EarlyStopping
from nn.training.history import History
from nn.training.metrics import Means
from nn.training.nan import NanLossError, TerminateOnNaN
from nn.training.options import check_loss, check_options, measured, monitored
from nn.training.trainer import Trainer


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
    targets: str = "last",
) -> History:
    """Train a model, and put it into evaluation mode.

    Parameters
    ----------
    model : Module
        The model, called with all parts of a batch except the last.
    data : DataLoader, or iterable of batches
        The training data. A batch is a tuple or list of inputs and, last, the targets.
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
    targets : {"last", "inputs"}
        "inputs" if a batch is one array or dict, which goes to the model and to the loss: for an
        autoencoder, or if the loss finds the targets itself.

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
    DataError
        If it is not clear which part of a batch is the target, or an argument has a wrong type.
    NonFiniteError
        If the loss of a step is NaN; with `TerminateOnNaN` among the callbacks training ends.
    TraceError
        If `jit`, and model or loss do something that cannot be recorded.

    Examples
    --------
    >>> import numpy as np
    >>> import nn
    >>> x = np.linspace(-1, 1, 32)[:, None]
    >>> model = nn.Linear(1, 1, generator=np.random.default_rng(0))
    >>> loader = nn.DataLoader((x, 2 * x + 1), batch_size=8)
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
    >>> history = nn.fit(model, loader, nn.mse, optimizer, epochs=20, progress=False)
    >>> history["loss"][-1] < 1e-6
    True
    """
    check_options(model, loss, optimizer, schedule_each, accumulate)
    if resume and checkpoint is None:
        raise OptionError("resume=True needs a file: checkpoint='run.safetensors'.")
    metrics, callbacks = list(metrics), list(callbacks)
    monitor = monitored(monitor, validation is not None, metrics, early_stopping, schedule)
    history = History()
    generator = getattr(data, "generator", None)
    saved = Checkpoint(model, optimizer, history, schedule, early_stopping, generator)
    if resume and os.path.isfile(checkpoint):
        saved.restore(checkpoint)
        if not (early_stopping and early_stopping.has_ended(len(history))):
            history.stopped = ""  # what ended training may be different now
    trainer = Trainer(model, loss, optimizer, max_norm, bool(metrics), jit)
    bar = _bar(epochs, len(history)) if progress else None
    place = "the first epoch"
    try:
        while len(history) < epochs and not history.stopped:
            epoch = len(history) + 1
            place = f"epoch {epoch}, before its first step"
            means = Means(metrics, loss)
            windows = windows_of(batches_of(data, targets), accumulate)
            for step in trainer.steps(windows, means, epoch):
                place = f"epoch {epoch}, after step {step}"
                if schedule_each == "batch":
                    _advance(schedule, means.row(), monitor)
            place = f"epoch {epoch}, after its last step"
            row = {"lr": optimizer.param_groups[0].get("lr", math.nan), **means.row()}
            if validation is not None:
                found = trainer.evaluate(batches_of(validation, targets), Means(metrics, loss))
                row |= {f"val_{name}": number for name, number in found.items()}
            history.rows.append(row)
            if schedule_each == "epoch":
                _advance(schedule, row, monitor)
            if early_stopping and early_stopping.ends(epoch, measured(row, monitor), model):
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
        _restore_best(early_stopping, model, history)
    except NanLossError as error:
        if not any(isinstance(callback, TerminateOnNaN) for callback in callbacks):
            raise
        history.stopped = f"in {error.place}: the loss is NaN"
        _restore_best(early_stopping, model, history)
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
    targets: str = "last",
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
    targets : {"last", "inputs"}
        What the targets of a batch are, as for `fit`.

    Returns
    -------
    dict of str to float
        The loss, and each metric under its name.

    Raises
    ------
    OptionError
        If there is no batch.
    DataError
        If it is not clear which part of a batch is the target.

    Examples
    --------
    >>> import numpy as np
    >>> import nn
    >>> evaluate(nn.Tanh(), [(np.zeros(3), np.ones(3))], nn.mse)
    {'loss': 1.0}
    """
    check_loss(loss)
    means = Means(metrics, loss)
    trainer = Trainer(model, loss, None, None, bool(means.metrics), jit)
    return trainer.evaluate(batches_of(data, targets), means)


def _restore_best(early_stopping: EarlyStopping | None, model: Any, history: History) -> None:
    if early_stopping and early_stopping.weights:
        model.load_state_dict(early_stopping.weights)
        history.best = early_stopping.epoch


def _advance(schedule: Any, row: dict[str, float], name: str) -> None:
    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(measured(row, name))
    elif schedule is not None:
        schedule.step()


def _bar(epochs: int, done: int) -> Any:
    try:
        tqdm = require("tqdm.auto", "A progress bar", "train")
    except MissingProgramError:
        return None
    return tqdm.tqdm(total=epochs, initial=done, desc="training", unit="epoch")
