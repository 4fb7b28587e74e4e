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
