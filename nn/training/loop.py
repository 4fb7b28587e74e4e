"""The training loop, `fit`, and evaluation."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from autograd.errors import OptionError
from nn.data.shards import Shards
from nn.optim import Optimizer, Scheduler
from nn.styles import plain_loss, plain_model
from nn.training.batches import Loss, Metric, batches_of
from nn.training.callback import Callbacks
from nn.training.checkpoints import Checkpoint
from nn.training.early_stopping import EarlyStopping
from nn.training.history import History
from nn.training.metrics import Means, direction_of, is_running, named
from nn.training.options import check_beginning, check_loss, check_options, listed, monitored
from nn.training.progress import displays
from nn.training.run import Run
from nn.training.trainer import Trainer
from nn.training.workers import ShardTrainer


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
    callbacks: Iterable[Any] = (),
    checkpoint: Any = None,
    resume: bool = False,
    progress: bool | str = "auto",
    jit: bool = False,
    targets: str = "last",
    gradient_norm: bool = False,
    client: Any = None,
    initial_epoch: int = 0,
) -> History:
    """Train a model, and put it into evaluation mode.

    Parameters
    ----------
    model : Module
        The model, called with all parts of a batch except the last.
    data : DataLoader, Shards, or iterable of batches
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
        What is no mean of that, such as a rank correlation, is an object with ``begin()``,
        ``take(outputs, targets)`` for each batch, and ``result()`` for all examples together.
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
    callbacks : iterable of callable or Callback
        ``callback(model, history)``, called after each epoch; training stops if it returns True.
        Objects as in `nn.callbacks` are called at other times as well.
    checkpoint : path, optional
        A file in which to save the state after each epoch.
    resume : bool
        Whether to continue from that file, if it exists. The results are the same, bit for bit, as
        without the interruption.
    progress : bool or "auto"
        Whether to show a progress bar, with the loss, the steps per second and the time left, if
        tqdm is installed; "auto" for a terminal and Jupyter only. Where the standard error stream
        is neither, such as a log, True writes a line for an epoch, at most every ten seconds.
    jit : bool
        Whether to record steps and evaluation with `autograd.jit` and replay them. The results are
        the same, bit for bit. A batch of another size is recorded once more. Model and loss must be
        such that `autograd.jit` can record them; metrics and callbacks run as they are.
    targets : {"last", "inputs"}
        "inputs" if a batch is one array or dict, which goes to the model and to the loss: for an
        autoencoder, or if the loss finds the targets itself.
    gradient_norm : bool
        Whether to measure the mean norm of the gradients, before they are clipped, of each epoch.
    client : dask.distributed.Client or mpi4py.MPI.Comm, optional
        The cluster whose workers compute the gradients, or the processes that ``mpirun`` has
        started, each of which calls `fit`; `data` must be `Shards`.
    initial_epoch : int
        The number of epochs before this call, which count among `epochs`.

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
    check_options(model, loss, optimizer, schedule, schedule_each, epochs, accumulate)
    check_beginning(initial_epoch, epochs, checkpoint, resume)
    metrics, callbacks = listed("metrics", metrics), listed("callbacks", callbacks)
    monitor = monitored(monitor, validation is not None, metrics, early_stopping, schedule)
    shown, loss = model, plain_loss(loss, model)
    model = plain_model(model)
    history = History(before=initial_epoch)
    generator = getattr(data, "generator", None)
    parts = [part for part in callbacks if hasattr(part, "load_state_dict")]
    saved = Checkpoint(model, optimizer, history, schedule, early_stopping, generator, parts)
    if resume and os.path.isfile(checkpoint):
        saved.restore(checkpoint)
        if not (early_stopping and early_stopping.has_ended(len(history))):
            history.stopped = ""  # what ended training may be different now
    run = Run(
        model, data, loss, optimizer, validation=validation, metrics=metrics, schedule=schedule,
        schedule_each=schedule_each, monitor=monitor, early_stopping=early_stopping,
        accumulate=accumulate, targets=targets, gradient_norm=gradient_norm, history=history,
        trainer=_trainer(
            data, client, model, loss, optimizer, max_norm, metrics, jit, gradient_norm
        ),
    )  # fmt: skip
    directions = {name: direction_of(name, metrics) for name in ["loss", *named(metrics)]}
    params = {"epochs": epochs, "steps": run.steps(), "directions": directions}
    seen = [*callbacks, *displays(progress)]
    run.callbacks = Callbacks(seen, shown, optimizer, history, params)
    run.train(epochs, None if checkpoint is None else lambda: saved.save(checkpoint))
    return history


def _trainer(
    data: Any, client: Any, model: Any, loss: Loss, optimizer: Any, max_norm: float | None,
    metrics: list[Metric], jit: bool, gradient_norm: bool,
) -> Trainer:  # fmt: skip
    """Return what takes the steps: in this process, or on the shards of the data."""
    options = (model, loss, optimizer, max_norm, bool(metrics), jit, gradient_norm)
    if not isinstance(data, Shards):
        if client is not None:
            raise OptionError("client= needs data in shards: nn.Shards((inputs, targets), 8, 64).")
        return getattr(model, "__trainer__", Trainer)(*options)
    if any(is_running(metric) for metric in metrics):
        raise OptionError("With shards, metrics are functions: means over the batches.")
    if jit:
        raise OptionError("jit= and shards exclude each other: write jit=False.")
    return ShardTrainer(data, client, *options)


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
        ``metric(outputs, targets)`` of arrays, the mean over the batch, or objects as for `fit`.
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
    model, loss = plain_model(model), plain_loss(loss, model)
    means = Means(listed("metrics", metrics), loss)
    trainer = Trainer(model, loss, None, None, bool(means.names[1:]), jit, False)
    return trainer.evaluate(batches_of(data, targets), means)
