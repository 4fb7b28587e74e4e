"""Callbacks made of functions."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from autograd.errors import OptionError
from nn.training.callback import Callback


class LambdaCallback(Callback):
    """A callback made of functions.

    Parameters
    ----------
    **methods : callable
        The methods of `Callback` to replace, by name.

    Raises
    ------
    OptionError
        If `Callback` has no method of a name.

    Examples
    --------
    >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    >>> callback.on_epoch_end(3, {"loss": 0.5})
    3 0.5
    """

    def __init__(self, **methods: Callable[..., Any]) -> None:
        known = [name for name in vars(Callback) if name.startswith("on_")]
        for name, method in methods.items():
            if name not in known:
                raise OptionError(f"A callback has no {name}; it has {', '.join(known)}.")
            setattr(self, name, method)


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch.

    Parameters
    ----------
    schedule : callable
        ``schedule(epoch, lr)`` returns the rate; epochs are counted from 0, `lr` is the present
        rate. It may also take the epoch alone.
    verbose : int
        Whether to print the rate.

    Examples
    --------
    >>> LearningRateScheduler(lambda epoch, lr: lr * 0.9).schedule(0, 1.0)
    0.9
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Set the rate.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 0.
        logs : dict
            Not used.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = float(self._rate(epoch, group["lr"]))
        if self.verbose:
            rate = self.optimizer.param_groups[0]["lr"]
            print(f"Epoch {epoch + 1}: the learning rate is {rate:.6g}.")

    def _rate(self, epoch: int, lr: float) -> float:
        try:
            signature(self.schedule).bind(epoch, lr)
        except TypeError:
            return self.schedule(epoch)
        return self.schedule(epoch, lr)
