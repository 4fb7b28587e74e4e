"""Early stopping."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from autograd.errors import OptionError


@dataclass
class EarlyStopping:
    """Stops training when a measurement has not improved for some epochs, in `fit`.

    The model ends with the weights of its best epoch, whether or not training stopped early.

    Parameters
    ----------
    patience : int
        The number of epochs without improvement after which to stop.
    mode : {"auto", "min", "max"}
        Whether smaller or larger measurements are better. "auto" knows it for losses and
        `accuracy`; for other metrics `fit` asks.
    min_delta : float
        Smaller changes do not count as improvement.
    monitor : str
        The measurement, such as "val_accuracy"; by default the one that `fit` monitors.

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
    mode: str = "auto"
    min_delta: float = 0.0
    monitor: str = ""
    best: float = field(default=math.nan, init=False)
    epoch: int = field(default=0, init=False)
    weights: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.mode not in ("auto", "min", "max"):
            raise OptionError(f"mode={self.mode!r} must be 'auto', 'min' or 'max'.")

    def direct(self, monitor: str, direction: str) -> None:
        """Choose the direction in which the monitored measurement is better.

        Parameters
        ----------
        monitor : str
            The measurement.
        direction : {"min", "max", ""}
            Its direction, if that is known.

        Raises
        ------
        OptionError
            If the mode contradicts the direction, or neither is known.
        """
        if self.mode == "auto":
            if not direction:
                raise OptionError(
                    f"Is a larger {monitor!r} better? Write EarlyStopping(mode='max') or "
                    "EarlyStopping(mode='min')."
                )
            self.mode = direction
        check_direction(f"EarlyStopping(mode={self.mode!r})", self.mode, monitor, direction)

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
        sign = -1 if self.mode == "max" else 1
        better = sign * number < sign * self.best - self.min_delta
        if better or (math.isnan(self.best) and not math.isnan(number)):
            self.best, self.epoch, self.weights = number, epoch, model.state_dict()
        return self.has_ended(epoch)

    def has_ended(self, epoch: int) -> bool:
        """Return whether the patience is used up after an epoch.

        Parameters
        ----------
        epoch : int
            The epoch, counted from 1.
        """
        return epoch - self.epoch >= self.patience

    def __str__(self) -> str:
        return f"the best was {self.best:.6g}, in epoch {self.epoch}"


def check_direction(who: str, mode: str, monitor: str, direction: str) -> None:
    """Raise if a mode contradicts the direction in which a measurement is better."""
    if direction and mode != direction:
        better = "larger" if direction == "max" else "smaller"
        raise OptionError(
            f"{who} contradicts {monitor!r}, of which {better} values are better: write "
            f"mode={direction!r}."
        )
