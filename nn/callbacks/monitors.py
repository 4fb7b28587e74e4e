"""Callbacks that watch a measurement: early stopping, and a rate that is reduced."""

from __future__ import annotations

import math
from typing import Any

from autograd.errors import OptionError
from nn.styles import plain_model
from nn.training.callback import Callback
from nn.training.options import measured


class Monitor(Callback):
    """The base class of callbacks that watch a measurement.

    Parameters
    ----------
    monitor : str
        The measurement.
    mode : {"auto", "min", "max"}
        Whether smaller or larger is better; "auto" knows it for losses and the metrics of the
        library, and asks for others.
    min_delta : float
        Smaller changes do not count as improvement.
    """

    def __init__(self, monitor: str, mode: str = "auto", min_delta: float = 0.0) -> None:
        if mode not in ("auto", "min", "max"):
            raise OptionError(f"mode={mode!r} must be 'auto', 'min' or 'max'.")
        if mode == "auto" and monitor.removeprefix("val_") == "loss":
            mode = "min"
        self.monitor, self.mode, self.min_delta = monitor, mode, abs(min_delta)
        self.best, self.best_epoch, self.wait = math.nan, 0, 0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Begin anew, unless the run is resumed.

        Parameters
        ----------
        logs : dict
            Not used.
        """
        if not len(self.history):
            self.best, self.best_epoch, self.wait = math.nan, 0, 0

    def improves(self, epoch: int, logs: dict[str, float] | None) -> bool:
        """Record the measurement of an epoch; return whether it is the best.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            The measurements.
        """
        number = measured(logs or {}, self.monitor)
        if self.mode == "auto":
            self.mode = self._direction()
        sign = -1.0 if self.mode == "max" else 1.0
        better = sign * number < sign * self.best - self.min_delta
        if better or (math.isnan(self.best) and not math.isnan(number)):
            self.best, self.best_epoch = number, epoch
            return True
        return False

    def _direction(self) -> str:
        """Return the direction that the measurement says, or raise."""
        found = str(
            getattr(self, "params", {})
            .get("directions", {})
            .get(self.monitor.removeprefix("val_"), "")
        )
        if not found:
            raise OptionError(
                f"Is a larger {self.monitor!r} better? Write {type(self).__name__}(..., "
                "mode='max') or mode='min'."
            )
        return found

    def state_dict(self) -> dict[str, Any]:
        """Return the state, which checkpoints of `fit` hold."""
        return {"best": self.best, "best_epoch": self.best_epoch, "wait": self.wait}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state.

        Parameters
        ----------
        state : dict
            A result of `state_dict`.
        """
        vars(self).update(state)


class EarlyStopping(Monitor):
    """Ends training when a measurement has not improved for some epochs.

    Parameters
    ----------
    monitor : str
        The measurement.
    min_delta : float
        Smaller changes do not count as improvement.
    patience : int
        The number of epochs without improvement after which to stop.
    verbose : int
        Whether to say so.
    mode : {"auto", "min", "max"}
        Whether smaller or larger is better; "auto" knows it for losses and the metrics of the
        library, and asks for others.
    baseline : float, optional
        What the measurement must reach within the patience.
    restore_best_weights : bool
        Whether the model ends with the weights of its best epoch.
    start_from_epoch : int
        The epoch to begin with.

    Attributes
    ----------
    stopped_epoch : int
        The epoch, counted from 0, after which it has ended training; 0 if it has not.

    Examples
    --------
    >>> EarlyStopping(patience=3, restore_best_weights=True).mode
    'min'
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience, self.verbose, self.baseline = patience, verbose, baseline
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch
        self.weights: dict[str, Any] = {}
        self.stopped_epoch = 0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Begin anew, unless the run is resumed.

        Parameters
        ----------
        logs : dict
            Not used.
        """
        super().on_train_begin(logs)
        self.stopped_epoch = 0
        if not len(self.history):
            self.weights = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> bool:
        """Return whether the patience is used up.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            The measurements.
        """
        if epoch < self.start_from_epoch:
            return False
        self.wait += 1
        if not self.improves(epoch, logs):
            if self.wait >= self.patience and epoch > 0:
                self.stopped_epoch = epoch
            return self.stopped_epoch > 0
        if self.restore_best_weights:
            self.weights = plain_model(self.model).state_dict()
        sign = -1.0 if self.mode == "max" else 1.0
        if self.baseline is None or sign * self.best < sign * self.baseline - self.min_delta:
            self.wait = 0
        return False

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Restore the weights of the best epoch.

        Parameters
        ----------
        logs : dict
            Not used.
        """
        if self.weights:
            self.model.load_state_dict(self.weights)
            self.history.best = self.best_epoch + 1
        if self.verbose and self.wait and self.wait >= self.patience:
            print(f"Stopped early; the best {self.monitor} was in epoch {self.best_epoch + 1}.")

    def state_dict(self) -> dict[str, Any]:
        """Return the state, which checkpoints of `fit` hold."""
        best = {f"weights.{name}": array for name, array in self.weights.items()}
        return {**super().state_dict(), **best}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state.

        Parameters
        ----------
        state : dict
            A result of `state_dict`.
        """
        prefix = "weights."
        self.weights = {n.removeprefix(prefix): a for n, a in state.items() if prefix in n[:8]}
        super().load_state_dict({n: a for n, a in state.items() if prefix not in n[:8]})


class ReduceLROnPlateau(Monitor):
    """Reduces the learning rate when a measurement has not improved for some epochs.

    Parameters
    ----------
    monitor : str
        The measurement.
    factor : float
        What to multiply the rate by.
    patience : int
        The number of epochs without improvement after which to reduce it.
    verbose : int
        Whether to say so.
    mode : {"auto", "min", "max"}
        Whether smaller or larger is better; "auto" knows it for losses and the metrics of the
        library, and asks for others.
    min_delta : float
        Smaller changes do not count as improvement.
    cooldown : int
        The number of epochs after a reduction that do not count.
    min_lr : float
        The smallest rate.

    Raises
    ------
    OptionError
        If the factor is not below 1.

    Examples
    --------
    >>> ReduceLROnPlateau(factor=0.5, patience=2).patience
    2
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        if not 0 < factor < 1:
            raise OptionError(f"factor={factor!r} must be between 0 and 1.")
        super().__init__(monitor, mode, min_delta)
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr, self.rest = cooldown, min_lr, 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Reduce the rate if the patience is used up.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            The measurements.
        """
        if self.rest:
            self.rest, self.wait = self.rest - 1, 0
        if self.improves(epoch, logs) or self.rest:
            self.wait = 0
            return
        self.wait += 1
        if self.wait < self.patience:
            return
        self.rest, self.wait = self.cooldown, 0
        for group in self.optimizer.param_groups:
            if group["lr"] > self.min_lr:
                group["lr"] = max(group["lr"] * self.factor, self.min_lr)
                if self.verbose:
                    print(f"Epoch {epoch + 1}: the learning rate is now {group['lr']:.6g}.")

    def state_dict(self) -> dict[str, Any]:
        """Return the state, which checkpoints of `fit` hold."""
        return {**super().state_dict(), "rest": self.rest}
