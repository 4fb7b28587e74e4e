"""The epochs of a run of `fit`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from nn.optim import Optimizer, ReduceLROnPlateau, Scheduler
from nn.training.batches import Loss, Metric, batches_of
from nn.training.callback import Callbacks
from nn.training.early_stopping import EarlyStopping
from nn.training.history import History
from nn.training.metrics import Means
from nn.training.nan import NanLossError, TerminateOnNaN
from nn.training.options import measured
from nn.training.trainer import Trainer


@dataclass
class Run:
    """A run of `fit`: its parts, and the epochs. For the options see there."""

    model: Any
    data: Iterable[Any]
    loss: Loss
    optimizer: Optimizer
    validation: Iterable[Any] | None
    metrics: list[Metric]
    schedule: Scheduler | None
    schedule_each: str
    monitor: str
    early_stopping: EarlyStopping | None
    accumulate: int
    targets: str
    gradient_norm: bool
    history: History
    trainer: Trainer
    callbacks: Callbacks = field(init=False)
    place: str = "the first epoch"  # where an interruption is

    def steps(self) -> int | None:
        """Return the number of steps in an epoch, or None if it is not known."""
        count = getattr(self.data, "__len__", None)
        return None if count is None else -(-count() // self.accumulate)

    def train(self, epochs: int, save: Callable[[], None] | None) -> None:
        """Train until there have been so many epochs, or something ends it; save after each."""
        history, callbacks = self.history, self.callbacks
        try:
            callbacks.call("on_train_begin", {})
            while history.before + len(history) < epochs and not history.stopped:
                self.take_epoch()
                if save is not None:
                    save()
            self.restore_best()
        except NanLossError as error:
            seen = (*callbacks.hooked, *callbacks.functions)
            if not any(isinstance(callback, TerminateOnNaN) for callback in seen):
                raise
            history.stopped = f"in {error.place}: the loss is NaN"
            self.restore_best()
        except KeyboardInterrupt:
            history.stopped = f"interrupted in {self.place}"
        finally:
            self.optimizer.zero_grad()
            self.model.eval()
            callbacks.call("on_train_end", history.rows[-1] if history.rows else {})

    def take_epoch(self) -> None:
        """Train and validate, record what is measured, and find out whether to stop."""
        history = self.history
        epoch = history.before + len(history) + 1
        row = self._measured(epoch)
        history.rows.append(row)
        if self.schedule_each == "epoch":
            self._advance(row)
        stopping, monitor = self.early_stopping, self.monitor
        if stopping and stopping.ends(epoch, measured(row, monitor), self.model):
            history.stopped = f"after epoch {epoch}; {stopping}, by {monitor}"
        history.stopped = self.callbacks.end_epoch(epoch, row) or history.stopped

    def restore_best(self) -> None:
        """Restore the weights that early stopping found best."""
        if self.early_stopping and self.early_stopping.weights:
            self.model.load_state_dict(self.early_stopping.weights)
            self.history.best = self.early_stopping.epoch

    def _measured(self, epoch: int) -> dict[str, float]:
        """Train for an epoch and validate; return the measurements."""
        self.place = f"epoch {epoch}, before its first step"
        self.callbacks.call("on_epoch_begin", epoch - 1, {})
        means = Means(self.metrics, self.loss)
        windows = self.trainer.windows(self.data, self.targets, epoch, self.accumulate)
        for step in self.trainer.steps(windows, means, epoch, self.callbacks.begin_step):
            self.place = f"epoch {epoch}, after step {step}"
            if self.schedule_each == "batch":
                self._advance(means.row())
            self.callbacks.end_step(step, means.row)
        self.trainer.end_epoch()
        self.place = f"epoch {epoch}, after its last step"
        row = {"lr": self.optimizer.param_groups[0].get("lr", math.nan), **means.row()}
        if self.gradient_norm:
            row["gradient_norm"] = sum(means.norms) / len(means.norms)
        if self.validation is not None:
            self.callbacks.call("on_test_begin", {})
            batches = batches_of(self.validation, self.targets)
            means = Means(self.metrics, self.loss)
            found = self.trainer.evaluate(self.callbacks.watched(batches, means.row), means)
            found = {f"val_{name}": number for name, number in found.items()}
            row |= found
            self.callbacks.call("on_test_end", found)
        return row

    def _advance(self, row: dict[str, float]) -> None:
        """Take a step of the learning rate schedule."""
        schedule: Any = self.schedule
        if isinstance(schedule, ReduceLROnPlateau):
            schedule.step(measured(row, self.monitor))
        elif schedule is not None:
            schedule.step()
